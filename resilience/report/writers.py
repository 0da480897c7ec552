"""Which writer makes which file: the one table that the commands and the site read.

A view (``report/views``) is a plain dictionary; a writer makes text or bytes of it and knows nothing else. A new report
or a new format is one line here, and its command offers it from then on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from resilience.errors import DataError

View = Mapping[str, Any]
Writer = Callable[[View], str | bytes]

_JSON, _CSV = "json:from_view", "csv:from_view"
#: The format of what is a page of the site and nothing that a command offers.
PAGE = "page"

#: (subject, format) → "module:function" under ``report/formats``: only the one asked for is imported, so that printing
#: a list waits for no drawing library. A subject's first format is its command's default.
WRITERS: dict[tuple[str, str], str] = {
    ("watchlist", "table"): "text.watchlist:text",
    ("watchlist", "csv"): "csv:watchlist",
    ("watchlist", "json"): "json:watchlist",
    ("watchlist", "xlsx"): "workbook:watchlist",
    ("watchlist", "html"): "html_watchlist:html",
    ("council", "text"): "text.council:text",
    ("council", "html"): "html_council:html",
    ("council", "json"): "json:council",
    ("own_figures", "text"): "text.own_figures:text",
    ("own_figures", "html"): "html:own_figures",
    ("own_figures", "json"): "json:own_figures",
    ("annex", "html"): "annex:html",
    ("annex", "markdown"): "annex:markdown",
    ("peers", "text"): "text.peers:layout",
    ("peers", "json"): _JSON,
    ("peers", "csv"): _CSV,
    ("place", "text"): "text.place:layout",
    ("place", "json"): _JSON,
    ("place", "csv"): _CSV,
    ("merger", "text"): "text.merger:layout",
    ("merger", "json"): _JSON,
    ("proposals", "text"): "text.merger:proposals",
    ("national", "text"): "text.national:layout",
    ("national", "json"): _JSON,
    ("national", "csv"): _CSV,
    ("national", PAGE): "html_pages:national",
    ("record", "table"): "text.record:layout",
    ("record", "json"): _JSON,
    ("record page", PAGE): "html_pages:record",
    ("studies", "markdown"): "markdown.studies:layout",
    ("scoreboard", "table"): "text.record:layout",
    ("scoreboard", "json"): _JSON,
    ("scoreboard", "markdown"): "markdown.studies:layout",
    ("scoreboard", PAGE): "html_pages:scoreboard",
    ("checks", "text"): "text.checks:layout",
    ("revision", "text"): "text.checks:revision",
    ("history", PAGE): "html_pages:history",
    ("january", PAGE): "html_pages:january",
    ("places", PAGE): "html_pages:places",
    ("map", PAGE): "html_pages:tile_map",
    ("portfolio", PAGE): "html_pages:portfolio",
    ("compare", PAGE): "html_pages:compare",
    ("changed", PAGE): "html_pages:changed",
    ("changed", "csv"): _CSV,
    ("feed", "atom"): "atom:feed",
    ("mergers", PAGE): "html_pages:mergers",
    ("methods", PAGE): "html_pages:methods",
    ("dictionary", "markdown"): "markdown.dictionary:layout",
    ("dictionary", PAGE): "html_pages:dictionary",
    ("coverage", "markdown"): "markdown.coverage:layout",
    ("directions", "markdown"): "markdown.directions:layout",
    ("rivals", "markdown"): "markdown.rivals:layout",
    ("api index", "json"): _JSON,
    ("api figures", "csv"): "csv:exact",
    ("api table", "csv"): _CSV,
    ("api", PAGE): "html_pages:api",
    ("accessibility", PAGE): "html_pages:accessibility",
    ("corrections", PAGE): "html_pages:corrections",
    ("support again", "markdown"): "markdown.support_again:layout",
    ("support again", "json"): _JSON,
}


def forms(subject: str) -> tuple[str, ...]:
    """Return the formats a command offers for a subject, its default first.

    Raises
    ------
    DataError
        If there is no such subject.
    """
    found = tuple(form for name, form in WRITERS if name == subject and form != PAGE)
    if not any(name == subject for name, _ in WRITERS):
        raise DataError(f"There is no report '{subject}'; choose among {', '.join(sorted({s for s, _ in WRITERS}))}.")
    return found


def writer(subject: str, form: str) -> Writer:
    """Return the function that writes a subject's view in a format.

    Raises
    ------
    DataError
        If there is none.
    """
    if (subject, form) not in WRITERS:
        raise DataError(f"'{form}' is not a format of {subject}; choose among {', '.join(forms(subject))}.")
    module, _, function = WRITERS[subject, form].partition(":")
    found: Writer = getattr(import_module(f"resilience.report.formats.{module}"), function)
    return found


def write(subject: str, form: str, view: View) -> str | bytes:
    """Write a view.

    Parameters
    ----------
    subject, form : str
        A pair of ``WRITERS``.
    view : mapping
        From ``report/views/<subject>.py``. A page of the site is also given ``links``, ``page_of`` (ONS code → address
        of a council's page), ``downloads`` and ``mergers_page``.

    Raises
    ------
    DataError
        If there is no such pair.
    """
    return writer(subject, form)(view)
