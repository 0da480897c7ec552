"""One cell of a file of a council's own figures: an amount in £ thousand, or one sentence on why it is none."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from resilience.errors import DataError
from resilience.publications.outturn.sheets import column_letters

#: What a spreadsheet may give where a number or text is expected.
TIMES = (date, datetime, time, timedelta)
LARGEST = 1e12

_UNITS = {"", "£thousand", "£thousands", "£000", "£000s", "£k", "gbpthousand", "000"}
_DIGITS = re.compile(r"(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d*)?|\.\d+")
_EXPONENT = re.compile(r"\d+(?:\.\d*)?e[-+]?\d+", re.IGNORECASE)
_ABSENT = {"", "n/a", "na", "[x]", "[z]", "..", "...", "not known"}
#: A unit that stands by itself: "£3.2m" in a remark is none.
_MILLIONS = re.compile(r"(?:£|gbp)\s*[’']?\s*(?:m|mn|mio|millions?|bn|billions?)\b", re.IGNORECASE)
_POUNDS = re.compile(r"£(?!\s*[’']?\s*(?:thousands?|000|k))", re.IGNORECASE)
_MULTIPLES = re.compile(r"\d\s*(?:m|mn|million|k|bn)$", re.IGNORECASE)


@dataclass(frozen=True)
class Place:
    """Says where a cell stands, in words."""

    path: Path
    sheet: str

    def at(self, row: int, column: int) -> str:
        """Return "own.xlsx, sheet 'Figures', row 12, column E"; rows count from 1, columns from 0."""
        sheet = "" if self.path.suffix.lower() == ".csv" else f", sheet '{self.sheet}'"
        return f"{self.path.name}{sheet}, row {row}, column {column_letters(column)}"


def refuse_unit(row: list[Any], at: int | None, number: int, place: Place) -> None:
    """Refuse a unit other than £ thousand in a row that states one."""
    if at is not None and len(row) > at:
        text = str(row[at]).strip()
        if re.sub(r"[\s’']", "", text).lower() not in _UNITS:
            raise DataError(
                f"{place.at(number, at)}: the unit is '{text}', but every amount is in £ thousand; convert it."
            )


def refuse_heading_unit(cell: Any, number: int, column: int, place: Place, *, above: bool = False) -> None:
    """Refuse a heading, or a line above it, that says the amounts are in anything but £ thousand."""
    said = (_MILLIONS if above else _POUNDS).search(cell) if isinstance(cell, str) else None
    if said:
        unit = _MILLIONS.search(cell)
        raise DataError(
            f"{place.at(number, column)}: '{cell.strip()[:60]}' says that amounts are in {unit[0] if unit else '£'}, "
            "but every amount is in £ thousand; convert them and mend the heading."
        )


def amount(cell: Any, number: int, column: int, place: Place) -> float | None:
    """Return a cell's amount, None where it is empty."""
    where = place.at(number, column)
    if isinstance(cell, (bool, *TIMES)):
        kind = "TRUE or FALSE" if isinstance(cell, bool) else "a date or time"
        raise DataError(f"{where}: {kind} stands where an amount in £ thousand is expected; write a number.")
    if isinstance(cell, int | float):
        if cell != cell or abs(cell) > LARGEST:
            raise DataError(f"{where}: {cell!r} is no amount in £ thousand; write a number.")
        return float(cell)
    text = str(cell).strip() if cell is not None else ""
    if text.lower() in _ABSENT:
        return None
    if text.startswith("#"):
        raise DataError(f"{where}: the spreadsheet shows the error {text}; put its formula right or write a number.")
    if text in ("-", "–", "—"):
        raise DataError(f"{where}: '{text}' may mean zero or not known; write 0 or leave the cell empty.")
    if text.endswith("%"):
        raise DataError(f"{where}: '{text}' is a percentage, but an amount in £ thousand is expected; convert it.")
    if _MULTIPLES.search(text):
        raise DataError(f"{where}: '{text}' has a unit of its own, but amounts are in £ thousand; convert it.")
    return _number(text, where)


def _number(text: str, where: str) -> float:
    """Read a number written as text: "£1,234", "(1,234)", "-1234.5", "1234-"."""
    bare = re.sub(r"[£\s\u00a0\u202f]", "", text).replace("\u2212", "-")
    negative = False
    if bare.startswith("(") and bare.endswith(")"):
        bare, negative = bare[1:-1], True
    elif bare[:1] in ("-", "+"):
        bare, negative = bare[1:], bare[0] == "-"
    elif bare.endswith("-"):
        bare, negative = bare[:-1], True
    if not (_DIGITS.fullmatch(bare) or _EXPONENT.fullmatch(bare)):
        raise DataError(f"{where}: '{text[:40]}' is no number; write an amount in £ thousand, e.g. 12345 or -678.")
    value = float(bare.replace(",", "")) + 0.0
    if value > LARGEST:
        raise DataError(f"{where}: '{text[:40]}' is no amount in £ thousand; write a number.")
    return -value if negative else value
