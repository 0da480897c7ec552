"""Opens a workbook or CSV once the guard has looked at it, and gives its sheets as rows of cells."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from resilience.errors import PublicationError
from resilience.publications.guard import check_csv, check_workbook
from resilience.publications.outturn.formulas import mark_unstored

SUFFIXES = (".xls", ".xlsx", ".ods", ".csv")
WIDEST = 1024  # a stray cell makes one workbook 16,384 columns wide; no form has a third of this
#: What a publication writes where nothing was returned; any other text is a figure that could not be read.
NOT_RETURNED = re.compile(r"(?:\[(?:\w{1,3}|note \d+)\]\s*)+|[.…É:\-–—*]{1,3}|M|NULL|N/?A|#N/A", re.IGNORECASE)
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True)
class Sheet:
    """One visible sheet: its name and its rows, each a list of cells, row 1 first."""

    name: str
    rows: list[list[Any]]


def read_sheets(path: Path) -> Iterator[Sheet]:
    """Give a file's visible sheets one after the other, looked at by the guard first.

    Parameters
    ----------
    path : Path
        An .xls, .xlsx, .ods or .csv file.

    Yields
    ------
    Sheet
        Rows start at the sheet's first row and first column, so that addresses are right.

    Raises
    ------
    PublicationError
        If the file is missing, empty, cut short, password-protected or no workbook at all.
    """
    if path.suffix.lower() == ".csv":
        yield Sheet(path.stem, _csv_rows(path))
        return
    check_workbook(path)
    try:
        book = CalamineWorkbook.from_path(path)
        for sheet in book.sheets_metadata:
            if sheet.visible == SheetVisibleEnum.Visible and sheet.typ == SheetTypeEnum.WorkSheet:
                yield Sheet(sheet.name, mark_unstored(path, sheet.name, _rows(book, sheet.name)))
    except PublicationError:
        raise
    except BaseException as error:  # a panic inside the reader is no Exception
        if isinstance(error, KeyboardInterrupt | SystemExit | GeneratorExit | MemoryError):
            raise
        raise PublicationError(
            f"{path.name} cannot be read as a workbook, being damaged or cut short; download it again."
        ) from error


def _rows(book: CalamineWorkbook, name: str) -> list[list[Any]]:
    sheet = book.get_sheet_by_name(name)
    if sheet.start is None:
        return []
    left = [""] * sheet.start[1]  # rows come from row 1 on, but columns only from the first one filled
    return [(left + row)[:WIDEST] for row in sheet.iter_rows()]


def _csv_rows(path: Path) -> list[list[Any]]:
    encoding = check_csv(path)
    try:
        with path.open(encoding=encoding, newline="") as handle:
            return [row[:WIDEST] for row in csv.reader(handle)]
    except csv.Error as error:
        raise PublicationError(f"{path.name} cannot be read as CSV ({error}); download it again.") from error


def column_letters(index: int) -> str:
    """Return a column's letters, 0 → "A", 26 → "AA"."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def amounts(cells: list[Any]) -> tuple[np.ndarray, list[str | None]]:
    """Return the amounts of cells, and what stood there where it was no number.

    Parameters
    ----------
    cells : list
        Cells of one column as the reader gives them.

    Returns
    -------
    tuple
        Amounts (NaN where no number) and texts (None where a number or nothing stood). "1,234", "(5)" and
        "£12" are numbers; "[x]", "M", "..." and "n/a" are not. Negative zero is zero.
    """
    numbers = np.full(len(cells), np.nan)
    texts: list[str | None] = [None] * len(cells)
    for place, cell in enumerate(cells):
        if isinstance(cell, float | int) and not isinstance(cell, bool):
            numbers[place] = cell
        elif cell is not None and (text := str(cell).strip()):
            value = _number(text)
            if value is None:
                texts[place] = text
            else:
                numbers[place] = value
    numbers[~np.isfinite(numbers)] = np.nan
    return numbers + 0.0, texts


def _number(text: str) -> float | None:
    bare = "".join(text.replace(",", "").replace("£", "").replace("\u2212", "-").split())  # spaces of every width
    negative = bare.startswith("(") and bare.endswith(")")
    if negative:
        bare = bare[1:-1]
    if not _NUMBER.fullmatch(bare):
        return None
    return -float(bare) if negative else float(bare)
