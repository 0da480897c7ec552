"""The one writer of CSV: whatever is written, a spreadsheet reads text as text and never as a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from io import StringIO
from typing import Any

#: Digits that a fraction or an amount keeps.
FIGURE = "%.6g"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(value: Any) -> Any:
    """Keep a spreadsheet from reading text as a formula: what begins like one gets an apostrophe before it."""
    return "'" + value if isinstance(value, str) and value.startswith(_FORMULA) else value


def to_csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Write a table as CSV.

    Parameters
    ----------
    columns : sequence of str
    rows : iterable of sequence
        One value a column; None is an empty cell, days are written as 2026-11-24.
    """
    return "".join(_line(row) for row in (columns, *rows))


def from_view(view: dict[str, Any]) -> str:
    """Write what a view holds as a table, its ``table`` of ``columns`` and ``rows``."""
    return to_csv(view["table"]["columns"], view["table"]["rows"])


def _line(cells: Sequence[Any]) -> str:
    buffer = StringIO()
    # With both signs as the line's end, a cell that holds either of them is quoted: it cannot begin a row of its own.
    csv.writer(buffer, lineterminator="\r\n").writerow([_cell(value) for value in cells])
    return buffer.getvalue().removesuffix("\r\n") + "\n"


def _cell(value: Any) -> Any:
    if isinstance(value, float):
        return FIGURE % value
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}"
    return value.isoformat() if isinstance(value, date) else safe_cell(value)
