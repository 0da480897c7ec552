"""One run, and one small site, for all tests of what a person reads; they take seconds, so each is made once."""

import shutil
import tempfile
from atexit import register
from datetime import date
from functools import lru_cache
from pathlib import Path

from resilience import method
from resilience.report.site import Site, prepare, write_site
from resilience.report.views import watchlist
from tests.shared import once

AS_OF = date(2026, 11, 22)
#: A council of each kind: with an event, at the top, at the bottom, built from predecessors, and the two oddities.
TWELVE = (
    "Croydon",
    "Woking",
    "Sutton",
    "Brighton and Hove",
    "Oxford",
    "Kent",
    "Sheffield",
    "Somerset",
    "Spelthorne",
    "Westmorland and Furness",
    "City of London",
    "Isles of Scilly",
)


@lru_cache(maxsize=1)
def one_run():
    return once("run", lambda: method.run(AS_OF))


@lru_cache(maxsize=1)
def one_view():
    """Return the list's view; tests that change it copy it first."""
    return watchlist.view(one_run())


@lru_cache(maxsize=1)
def small_site() -> Site:
    return once("site", lambda: prepare(as_of=AS_OF, councils=TWELVE, first=2023, draws=20))


@lru_cache(maxsize=1)
def small_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="resilience-site-"))
    register(shutil.rmtree, folder, ignore_errors=True)
    return write_site(small_site(), folder / "site")
