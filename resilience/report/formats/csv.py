"""Tables as CSV, in one place: no cell of text that a spreadsheet would run, numbers with the digits asked for."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO
from typing import Any

#: A spreadsheet takes text that begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

WATCHLIST = (
    "ons_code",
    "council",
    "class",
    "region",
    "status",
    "rank",
    "risk",
    "risk_low",
    "risk_high",
    "band",
    "outturn_year",
    "source_kind",
    "carried",
    "event_date",
    "event_type",
    "built",
    "flags",
    "main_reasons",
)


def table(rows: Iterable[Mapping[str, Any]], columns: Sequence[str], *, number: str = "") -> str:
    """Return rows as CSV.

    Parameters
    ----------
    rows : iterable of mappings
        Plain values; what is missing (None, or not there) stays an empty cell.
    columns : sequence of str
        Keys of the rows, which are the headings too.
    number : str
        How fractions are written, e.g. ".4f"; by default with every digit.
    """
    buffer = StringIO()
    lines = csv.writer(buffer, lineterminator="\n")
    lines.writerow([safe_cell(name) for name in columns])
    lines.writerows([_cell(row.get(name), number) for name in columns] for row in rows)
    return buffer.getvalue()


def safe_cell(value: object) -> object:
    """Keep a spreadsheet from reading text as a formula."""
    return "'" + value if isinstance(value, str) and value[:1] in _FORMULA else value


def watchlist(view: Mapping[str, Any]) -> str:
    """Return the watch list as CSV, one row a council."""
    rows = ({**row, "main_reasons": "; ".join(row["main_reasons"])} for row in view["councils"])
    return table(rows, WATCHLIST, number=".4f")


def _cell(value: object, number: str) -> object:
    return format(value, number) if isinstance(value, float) else safe_cell(value)
