"""The static site: no server, nothing loaded from elsewhere; built beside and renamed into place."""

from __future__ import annotations

import json
import logging
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
from joblib import Parallel, delayed

from resilience import __version__, method
from resilience.analysis.mergers.past import evidence
from resilience.analysis.mergers.proposed import Merger, every_merger
from resilience.backtest.full import FullRecord, full_record
from resilience.backtest.past_lists import January, januaries, keep, score_past_lists
from resilience.backtest.rolling import FIRST, Backtest
from resilience.councils import resolve
from resilience.errors import DataError
from resilience.files import swap_folders, write_atomically
from resilience.formatting import day
from resilience.model.scoring import ScoredDay
from resilience.report import api
from resilience.report.formats.html import slug
from resilience.report.views import (
    changed,
    compare,
    council,
    dictionary,
    feed,
    mergers,
    methods,
    national,
    places,
    portfolio,
    record,
    record_page,
    replies,
    scoreboard,
    workbook,
)
from resilience.report.views.api import FOLDER as API
from resilience.report.views.api import council_addresses, page
from resilience.report.views.map import view as map_view
from resilience.report.views.past_lists import file_name, history_view, january_view
from resilience.report.writers import PAGE, write

_log = logging.getLogger(__name__)

#: By this file a folder is known to be a site that may be replaced.
MANIFEST = "site.json"
DRAWS = 400
_PAGES = (
    ("index.html", "Watch list"),
    ("changed.html", "What changed"),
    ("history.html", "Past lists"),
    ("record.html", "The record"),
    ("scoreboard.html", "Scoreboard"),
    ("national.html", "National picture"),
    ("map.html", "Map"),
    ("portfolio.html", "Portfolio"),
    ("compare.html", "Compare"),
    ("places.html", "Places"),
    ("mergers.html", "Mergers"),
    ("methods.html", "Methods"),
    ("dictionary.html", "Dictionary"),
)
#: Below every page: about the site itself.
_ABOUT = (
    ("api.html", "Data and API"),
    ("corrections.html", "Corrections and replies"),
    ("accessibility.html", "Accessibility"),
)


@dataclass(frozen=True)
class Site:
    """What every page of one site shares.

    Attributes
    ----------
    run : ScoredDay
    record : FullRecord
    lists : list of January
    names : dict of str to str
        Code → file name of each council that has a page.
    mergers : dict of str to Merger
        New councils decided or proposed.
    past_mergers : DataFrame
        From ``past.evidence``.
    contact : str
        How to reach whoever publishes the site; by default what ``data/replies.toml`` says.
    """

    run: ScoredDay
    record: FullRecord
    lists: list[January]
    names: dict[str, str]
    mergers: dict[str, Merger]
    past_mergers: pd.DataFrame
    contact: str = ""

    @property
    def result(self) -> Backtest:
        """The back test of the record."""
        return self.record.result

    def address(self, code: str) -> str | None:
        """Return a council's page as linked from the site's top folder."""
        return f"councils/{self.names[code]}" if code in self.names else None


def build_site(
    output: Path,
    *,
    as_of: date | None = None,
    councils: Iterable[str] | None = None,
    first: int = FIRST,
    n_jobs: int = 2,
    draws: int = DRAWS,
    contact: str = "",
) -> Path:
    """Build the site.

    Parameters
    ----------
    output : Path
        The folder; one that exists is replaced, if it is empty or holds a site.
    as_of : date, optional
        The day of the list, by default today.
    councils : iterable of str, optional
        Names or codes of the councils that get a page of their own; by default every council.
    first : int
        The first January looked back to.
    n_jobs : int
        Processes.
    draws : int
        Bootstrap draws of the record.
    contact : str
        How to reach whoever publishes the site; by default what ``data/replies.toml`` says.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    DataError
        If something else than a site is in the folder's place, or it cannot be written.
    """
    output = Path(output)
    _may_replace(output)
    site = prepare(as_of=as_of, councils=councils, first=first, n_jobs=n_jobs, draws=draws)
    return write_site(replace(site, contact=contact), output, n_jobs=n_jobs)


def write_site(site: Site, output: Path, *, n_jobs: int = 2) -> Path:
    """Write every page beside the folder, then put all of them in its place; parameters as in ``build_site``."""
    _may_replace(output)
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{output.name}.", dir=output.parent))
    except OSError as error:
        raise DataError(f"{output} cannot be written ({error.strerror}); choose another place.") from error
    try:
        _log.info("pages")
        for name, content in site_pages(site):
            write_atomically(beside / name, content)
        _log.info("%s councils", len(site.names))
        council_pages(site, beside / "councils", n_jobs=n_jobs)
        write_atomically(beside / MANIFEST, _manifest(site, beside))
        beside.chmod(0o755)
        swap_folders(beside, output)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return output


def prepare(
    *,
    as_of: date | None = None,
    councils: Iterable[str] | None = None,
    first: int = FIRST,
    n_jobs: int = 2,
    draws: int = DRAWS,
) -> Site:
    """Work out everything the pages share, each thing once."""
    _log.info("scores")
    run = method.run(as_of)
    _log.info("past lists and the record")
    figures, events = run.indicators, run.events
    last = max(first, min(run.as_of.year, events.until.year))
    recorded, past, past_mergers = Parallel(n_jobs=n_jobs)(
        [
            delayed(full_record)(figures, events, first=first, last=last, draws=draws, n_jobs=1),
            delayed(score_past_lists)(figures, events, run.as_of, first=first),
            delayed(evidence)(run),
        ]
    )
    keep(run, past)
    wanted = run.table.index if councils is None else [resolve(one) for one in councils]
    names = {code: f"{slug(run.table.loc[code, 'council'])}.html" for code in wanted}
    return Site(run, recorded, januaries(run, past), names, every_merger(run), past_mergers)


def links(here: str, *, root: str = "") -> list[Mapping]:
    """Return the site's pages as links from one of them, or from a folder below; ``about`` stand in the footer."""
    pages = [(name, text, about) for about, pages in ((False, _PAGES), (True, _ABOUT)) for name, text in pages]
    return [{"href": root + name, "text": text, "here": name == here, "about": about} for name, text, about in pages]


#: The pages of the site's top folder but for the list and the Januaries: file, subject, how its view is made.
_VIEWS: tuple[tuple[str, str, Callable[[Site], dict[str, Any]]], ...] = (
    ("history.html", "history", lambda site: history_view(site.run, site.lists, site.address)),
    ("national.html", "national", lambda site: national.view(site.run)),
    ("map.html", "map", lambda site: map_view(site.run, site.address)),
    ("portfolio.html", "portfolio", lambda site: portfolio.view(site.run, site.address)),
    ("compare.html", "compare", lambda site: compare.view(site.run, site.address)),
    ("places.html", "places", lambda site: places.view(site.run, site.address)),
    ("mergers.html", "mergers", lambda site: mergers.view(site.run, site.mergers, site.past_mergers, site.address)),
    (
        "record.html",
        "record page",
        lambda site: record_page.view(site.run, site.record, site.lists, site.address),
    ),
    ("scoreboard.html", "scoreboard", lambda site: scoreboard.view(site.run.events, site.run.as_of)),
    ("methods.html", "methods", lambda site: methods.view(site.run, site.record.blind_year)),
    ("dictionary.html", "dictionary", lambda site: dictionary.view(site.run)),
    ("api.html", "api", lambda site: page(site.run, list(site.names))),
    ("corrections.html", "corrections", lambda site: replies.view(site.run, site.contact, site.address)),
    ("accessibility.html", "accessibility", lambda site: {"contact": replies.contact(site.run, site.contact)}),
)


def site_pages(site: Site) -> Iterable[tuple[str, str | bytes]]:
    """Yield every file of the site's top folder: name and content."""
    yield from _watchlist(site)
    for name, subject, view in _VIEWS:
        yield name, write(subject, PAGE, {**view(site), "links": links(name)})
    yield from _changed(site)
    for one in site.lists:
        shown = january_view(site.run, one, site.lists, site.address)
        yield file_name(one), write("january", PAGE, {**shown, "links": links("history.html")})


def _changed(site: Site) -> Iterable[tuple[str, str | bytes]]:
    """Yield what changed since each earlier list, as a page and a table, and the feed."""
    every = changed.earlier(site.run, [one.scored.as_of for one in site.lists])
    around = {"links": links(changed.PAGE)}
    newest = next((one for one in every if not one.version), None)
    for one in every:
        shown = changed.view(site.run, one, every, site.address)
        content = write("changed", PAGE, {**shown, **around})
        yield changed.file_name(one), content
        yield changed.file_name(one, "csv"), write("changed", "csv", shown)
        if one is newest:
            yield changed.PAGE, content
    if newest is None:
        yield changed.PAGE, write("changed", PAGE, {**changed.view(site.run, None, every, site.address), **around})
    yield changed.FEED, write("feed", "atom", feed.view(site.run, newest, site.address))


def _watchlist(site: Site) -> Iterable[tuple[str, str | bytes]]:
    """Yield the list as a page and in its other forms."""
    listed, recorded = workbook.view(site.run), record.view(site.record)
    downloads = (
        ("watchlist.xlsx", "Workbook", "the list, call sheet, what changed, indicators, contributions, dictionary"),
        ("watchlist.csv", "CSV", "the list"),
        ("watchlist.json", "JSON", "the list, for programs"),
        ("record.json", "Record as JSON", "the back test, for programs"),
    )
    written = {}
    for name, _, _ in downloads:
        subject, _, form = name.partition(".")
        written[name] = write(subject, form, recorded if subject == "record" else listed)
    yield from written.items()
    forms = {form: written[f"watchlist.{form}"] for form in ("json", "csv")}
    yield from api.files(site.run, list(site.names), site.address, forms)
    around = {
        "links": links("index.html"),
        "page_of": {code: site.address(code) for code in site.names},
        "downloads": [
            {"href": name, "text": text, "note": note}
            for name, text, note in (*downloads, ("api.html", "Each council's figures", "CSV and JSON, with schemas"))
        ],
    }
    yield "index.html", write("watchlist", "html", {**listed, **around})


def council_pages(site: Site, folder: Path, *, n_jobs: int) -> None:
    """Write one page a council, on all processes."""
    folder.mkdir(parents=True, exist_ok=True)
    codes = list(site.names)
    # One chunk a process: what the pages of one run share is worked out once in each.
    chunks = [codes[start::n_jobs] for start in range(n_jobs)]
    Parallel(n_jobs=n_jobs)(
        delayed(_write_councils)(site.run, {code: site.names[code] for code in chunk}, site.names, site.mergers, folder)
        for chunk in chunks
        if chunk
    )


def _write_councils(
    run: ScoredDay, wanted: dict[str, str], names: dict[str, str], mergers: dict[str, Merger], folder: Path
) -> None:
    around = {"links": links("", root="../"), "page_of": names, "mergers_page": "../mergers.html"}
    beside = {"about": "../api.html", "corrections": "../corrections.html"}
    for code, name in wanted.items():
        data = {form: f"../{API}/{there}" for form, there in council_addresses(code).items()} | beside
        try:
            shown = council.view(run, code, mergers=mergers)
            content = write("council", "html", {**shown, **around, "data": data})
            api.write_council(folder.parent, run, code, shown)
        except Exception as error:
            error.add_note(f"The page of {code} ({name}) could not be made.")
            raise
        write_atomically(folder / name, content)


def _manifest(site: Site, folder: Path) -> str:
    content = {
        "what": "A static site made by council-resilience; this folder is replaced when it is built again.",
        "as_of": str(site.run.as_of),
        "title": f"Watch list of English councils, {day(site.run.as_of)}",
        "version": __version__,
        "pages": {str(one.relative_to(folder)): one.stat().st_size for one in sorted(folder.rglob("*.html"))},
    }
    return json.dumps(content, indent=1) + "\n"


def _may_replace(output: Path) -> None:
    """Refuse to replace a folder that holds something else than a site."""
    if not output.exists():
        return
    if not output.is_dir():
        raise DataError(f"{output} is a file; give a folder for the site.")
    if any(output.iterdir()) and not (output / MANIFEST).is_file():
        raise DataError(f"{output} holds files other than a site; give an empty or a new folder.")
