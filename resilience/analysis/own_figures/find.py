"""Where the tables of a file of own figures stand: the plan and the form, on one sheet or two."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from resilience.analysis.own_figures.cells import Place
from resilience.errors import DataError, PublicationError
from resilience.publications.guard import check_csv
from resilience.publications.outturn.sheets import WIDEST, Sheet, read_sheets

#: What the heading row of either table begins with, as the template writes it.
FORM_HEAD, PLAN_HEAD = "MHCLG code", "Plan line"
#: What the row begins with that says whose figures they are.
COUNCIL = "council"
_HEADS = {"mhclgcode": False, "code": False, "linecode": False, "planline": True}


@dataclass(frozen=True)
class Found:
    """One table of a file.

    Attributes
    ----------
    place : Place
        The file and sheet.
    above : list of list
        The rows before its heading that are its own.
    rows : list of list
        The sheet's rows up to the table's end.
    at : int
        The position of its heading row among them.
    plan : bool
        Whether it is the short table of the plan.
    """

    place: Place
    above: list[list[Any]]
    rows: list[list[Any]]
    at: int
    plan: bool


def tables_of(path: Path) -> list[Found]:
    """Return a file's tables: the form, the plan, or both.

    Parameters
    ----------
    path : Path
        A .csv, .xlsx, .xls or .ods file.

    Raises
    ------
    DataError
        If it holds neither, or two of a kind.
    """
    found: list[Found] = []
    for sheet in _sheets(path):
        heads = list(_headings(sheet))
        # Where two stand one beneath the other the second begins with its own "Council".
        starts = [0, *(_begins(sheet.rows, before, at) for before, at in pairwise(heads))]
        ends = [*starts[1:], len(sheet.rows)]
        for start, at, end in zip(starts, heads, ends, strict=False):
            plan = _HEADS[plain(sheet.rows[at][0])]
            found.append(Found(Place(path, sheet.name), sheet.rows[start:at], sheet.rows[:end], at, plan))
    if not found:
        raise DataError(
            f"{path.name} has no row that begins with '{FORM_HEAD}' or '{PLAN_HEAD}' and names financial years; "
            "start from the file that --template writes."
        )
    for plan, head in ((False, FORM_HEAD), (True, PLAN_HEAD)):
        if sum(table.plan == plan for table in found) > 1:
            raise DataError(f"{path.name} has more than one table headed '{head}'; leave only the one to be read.")
    return found


def _begins(rows: list[list[Any]], before: int, at: int) -> int:
    """Return where a table begins that is headed by one row and follows the table headed by another."""
    return next((number for number in range(before + 1, at) if rows[number] and plain(rows[number][0]) == COUNCIL), at)


def plain(cell: Any) -> str:
    """Return a heading without what may be written otherwise: "MHCLG code" → "mhclgcode"."""
    return re.sub(r"[\s_.:]", "", cell).lower() if isinstance(cell, str) else ""


def filled(cell: Any) -> bool:
    """Say whether anything stands in a cell."""
    return cell is not None and str(cell).strip() != ""


def _sheets(path: Path) -> list[Sheet]:
    """Return a file's sheets, with the guard's words made to fit a file of the user's own."""
    try:
        if path.suffix.lower() == ".csv":
            return [Sheet(path.stem, _csv(path))]
        if path.suffix.lower() not in (".xlsx", ".xls", ".ods"):
            raise DataError(f"{path.name} is neither CSV nor a workbook; save it as .csv or .xlsx.")
        return list(read_sheets(path))
    except PublicationError as error:
        words = str(error).replace("; run 'resilience fetch' or put it there", "; check its name and folder")
        raise DataError(words.replace("download it again", "save it again")) from error


def _csv(path: Path) -> list[list[Any]]:
    """Return a CSV file's rows, separated by the comma, semicolon or tab that its heading row has."""
    with path.open(encoding=check_csv(path), newline="") as handle:
        text = handle.read()
    try:
        for mark in (",", ";", "\t"):
            rows = [row[:WIDEST] for row in csv.reader(io.StringIO(text, newline=""), delimiter=mark)]
            if any(_headings(Sheet(path.stem, rows))):
                return rows
    except csv.Error as error:
        raise DataError(f"{path.name} cannot be read as CSV ({error}); save it as 'CSV UTF-8'.") from error
    return []


def _headings(sheet: Sheet) -> Iterator[int]:
    """Give the positions of the rows that head a table."""
    for at, row in enumerate(sheet.rows):
        if len(row) > 1 and plain(row[0]) in _HEADS:
            yield at
