"""One page for a report under section 25 of the Local Government Act 2003: HTML that prints on A4, and Markdown."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from resilience.errors import DataError
from resilience.formatting import day
from resilience.report.formats.html import page
from resilience.report.formats.markdown.table import table

View = Mapping[str, Any]

#: What a name ends in, and the format it asks for.
KINDS = {".html": "html", ".htm": "html", ".md": "markdown"}


def annex_kind(path: Path) -> str:
    """Return the format that an annex's file name asks for.

    Raises
    ------
    DataError
        If it is none.
    """
    if path.suffix.lower() not in KINDS:
        raise DataError(f"An annex is a .html or .md file, not '{path.name}'; both open in a word processor.")
    return KINDS[path.suffix.lower()]


#: A page has no room for more remarks; the assessment has them all.
_REMARKS = 5


def html(view: View) -> str:
    """Return the annex as a page of its own.

    Parameters
    ----------
    view : mapping
        From ``views.own_figures``.
    """
    return page("annex.html.j2", **{**view, "remarks": _remarks(view)})


def markdown(view: View) -> str:
    """Return the annex as Markdown.

    Parameters
    ----------
    view : mapping
        From ``views.own_figures``.
    """
    years = view["by_year"]
    heads = ["", *(f"{one['year']} ({one['kind']})" for one in years["columns"])]
    rows = [[row["label"], *row["cells"]] for row in years["rows"] if not row["family"]]
    families = [[row["label"], *row["cells"]] for row in years["rows"] if row["family"]]
    parts = [
        f"# Annex: financial resilience of {view['council']}",
        f"**{view['mark']}.** For the report under section 25 of the Local Government Act 2003, "
        f"{day(view['as_of'])}. The columns after the first rest on figures that nobody has published or checked.",
        "## Where the council stands now, by published figures alone",
        " ".join([view["headline"], *view["beside"]]),
        "## Year by year",
        table(heads, rows),
        *([view["lasting"]] if view["lasting"] else []),
        *([f"**{view['families_are']}**", table(heads, families)] if families else []),
        "## What this rests on",
        _list([*view["reading"], *view["rests_on"], *_remarks(view)]),
        "## What the model cannot see",
        _list([*view["unseen"], f"The score is {view['what']}."]),
        "## Its record",
        _list(view["record"]),
        f"*{view['mark']}. Made by council-resilience {view['version']} on the council's own machine; nothing of it is "
        "stored or sent.*",
    ]
    return "\n\n".join(parts) + "\n"


def _list(said: list[str]) -> str:
    return "\n".join(f"- {one}" for one in said)


def _remarks(view: View) -> list[str]:
    """Return the first remarks, and how many more there are."""
    remarks: list[str] = list(view["remarks"])
    more = len(remarks) - _REMARKS
    return [*remarks[:_REMARKS], f"{more} more remarks stand in the assessment."] if more > 1 else remarks
