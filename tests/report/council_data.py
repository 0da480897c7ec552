"""One day's views of councils of each kind, for all tests of what is shown of a council; made once."""

from datetime import date
from functools import lru_cache

from resilience import method
from resilience.report.views import council

DAY = date(2026, 1, 1)
COUNCILS = ("Sutton", "Croydon", "Cumberland", "Somerset", "Melton", "City of London", "Isles of Scilly", "Kent")


@lru_cache(maxsize=1)
def scored():
    return method.run(DAY)


@lru_cache(maxsize=len(COUNCILS))
def view_of(name):
    """Return a council's view; tests that change it copy it first."""
    return council.view(scored(), name)
