"""The one writer of CSV: whatever is written, a spreadsheet reads text as text and never as a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from io import StringIO
from typing import Any

#: Digits that a fraction or an amount keeps, and a chance in the watch list.
FIGURE, CHANCE = "%.6g", "%.4f"
#: Amounts of £ thousand and ratios as they are worked out, for programs.
EXACT = "%.12g"
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
    "risk_quiet",
    "risk_middling",
    "risk_busy",
    "reserves_rank",
    "top_30_of_both",
    "band_events",
    "band_councils",
    "again_12m",
    "again_24m",
    "years_since_support",
    "rounds_so_far",
    "not_scored_because",
)


def to_csv(columns: Sequence[str], rows: Iterable[Sequence[Any]], *, number: str = FIGURE) -> str:
    """Write a table as CSV.

    Parameters
    ----------
    columns : sequence of str
    rows : iterable of sequence
        One plain value a column; what is missing (None) is an empty cell.
    number : str
        How fractions and amounts are written.
    """
    return "".join(_line([_cell(value, number) for value in row]) for row in (columns, *rows))


def safe_cell(value: Any) -> Any:
    """Keep a spreadsheet from reading text as a formula: what begins like one gets an apostrophe before it."""
    return "'" + value if isinstance(value, str) and value.startswith(_FORMULA) else value


def from_view(view: Mapping[str, Any]) -> str:
    """Write what a view holds as a table, its ``table`` of ``columns`` and ``rows``."""
    return to_csv(view["table"]["columns"], view["table"]["rows"])


def exact(view: Mapping[str, Any]) -> str:
    """Write the same with all digits that count."""
    return to_csv(view["table"]["columns"], view["table"]["rows"], number=EXACT)


def watchlist(view: Mapping[str, Any]) -> str:
    """Return the watch list as CSV, one row a council."""
    rows = ({**row, "main_reasons": "; ".join(row["main_reasons"])} for row in view["councils"])
    return to_csv(WATCHLIST, ([row[name] for name in WATCHLIST] for row in rows), number=CHANCE)


def _line(cells: Sequence[Any]) -> str:
    buffer = StringIO()
    # With both signs as the line's end, a cell that holds either of them is quoted: it cannot begin a row of its own.
    csv.writer(buffer, lineterminator="\r\n").writerow(cells)
    return buffer.getvalue().removesuffix("\r\n") + "\n"


def _cell(value: Any, number: str) -> Any:
    if isinstance(value, float):
        return number % value
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}"
    return value.isoformat() if isinstance(value, date) else safe_cell(value)
