"""The one table of what can be written: (subject, format) → writer. Commands and the site read it.

A writer takes a view, the plain dict that ``views/<subject>.py`` returns, and gives text or bytes. It is imported when
it is first used, so that a command pays for its own format alone.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_JSON = "json:from_view"
_CSV = "csv:from_view"

#: Where each writer is, below ``resilience.report.formats``; the formats of a subject in the order they are offered.
WRITERS: dict[tuple[str, str], str] = {
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
    ("national", "html"): "html_pages:national",
    ("record", "table"): "text.record:layout",
    ("record", "json"): _JSON,
    ("record page", "html"): "html_pages:record",
    ("studies", "markdown"): "markdown.studies:layout",
    ("checks", "text"): "text.checks:layout",
    ("revision", "text"): "text.checks:revision",
    ("history", "html"): "html_pages:history",
    ("january", "html"): "html_pages:january",
    ("places", "html"): "html_pages:places",
    ("mergers", "html"): "html_pages:mergers",
    ("methods", "html"): "html_pages:methods",
    ("dictionary", "markdown"): "markdown.dictionary:layout",
    ("dictionary", "html"): "html_pages:dictionary",
    ("coverage", "markdown"): "markdown.coverage:layout",
    ("directions", "markdown"): "markdown.directions:layout",
}
#: Formats that are a page of the site and no format of a command.
PAGES = ("html",)


def write(subject: str, form: str, view: dict[str, Any]) -> str | bytes:
    """Write a view.

    Parameters
    ----------
    subject, form : str
        A key of `WRITERS`.
    view : dict
        From ``views/<subject>.py``.
    """
    module, _, name = WRITERS[subject, form].partition(":")
    content: str | bytes = getattr(import_module(f"resilience.report.formats.{module}"), name)(view)
    return content


def forms(subject: str) -> tuple[str, ...]:
    """Return the formats a command offers for a subject, the usual one first."""
    return tuple(form for one, form in WRITERS if one == subject and form not in PAGES)
