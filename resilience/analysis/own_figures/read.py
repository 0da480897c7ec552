"""Figures that a council supplies itself, read from a CSV file or a workbook.

Nothing supplied leaves the machine and nothing is stored: the file is read, looked at and forgotten. This module
reads what stands in the cells; ``ownfigures_checks`` says whether it can be so.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from resilience.analysis.own_figures.cells import TIMES, Place, refuse_unit
from resilience.analysis.own_figures.cells import amount as read_amount
from resilience.analysis.own_figures.xlsx import refuse_unread_cells
from resilience.councils import council, resolve
from resilience.errors import DataError, PublicationError, UnknownCouncilError
from resilience.publications.guard import check_csv
from resilience.publications.lines import Line, load_lines
from resilience.publications.outturn.sheets import WIDEST, Sheet, column_letters, read_sheets
from resilience.years import year_of

#: What stands on every page, table and file that shows such figures.
MARK = "UNPUBLISHED FIGURES SUPPLIED BY THE USER"
#: The two reserves as one figure: what second-hand years have, and what a plan may know only together.
TOGETHER = "int_reserves_unallocated_and_earmarked"
TOGETHER_CODE = "INT-reserves-unallocated-and-earmarked"
TOGETHER_LABEL = "Unallocated and other earmarked reserves together at 31 March (where not known apart)"

#: What the budget meant to move to or from reserves: the only lines read of the budget form.
BUDGETED = ("ra_appresoth_net_exp", "ra_appresunall_net_exp")

_HEADS = {"mhclgcode", "code", "linecode"}
_PLAIN_HEADS = {"formrow", "row", "line", "label", "unit", "note", "notes", "section"}
_YEAR = re.compile(r"^\s*(\d{4}\s*[-/_–]\s*(?:\d{4}|\d{2}))(?:$|[\s(*,])")


@dataclass(frozen=True)
class Supplied:
    """One figure supplied: £ thousand, and the cell it stands in, e.g. "sheet 'Figures', row 12, column E"."""

    amount: float
    where: str


@dataclass(frozen=True)
class Table:
    """What a file holds, before it is compared with anything.

    Attributes
    ----------
    file : str
        The file's name without its folder.
    ons_code : str
        The council it is taken to be about.
    cells : mapping of (year, line) to Supplied
        Every cell that holds a number; ``year`` is the calendar year in which the financial year ends.
    years : mapping of int to str
        The years that have a column, with where their heading stands.
    remarks : tuple of str
        What a person ought to know but need not put right.
    """

    file: str
    ons_code: str
    cells: Mapping[tuple[int, str], Supplied]
    years: Mapping[int, str]
    remarks: tuple[str, ...] = ()


def read_table(path: str | Path, code: str) -> Table:
    """Read a filled-in template, or a file in its form.

    Parameters
    ----------
    path : path
        A .csv, .xlsx, .xls or .ods file with a heading row that begins "MHCLG code" and has a financial year over
        each column of figures.
    code : str
        The council that the figures are said to be of.

    Returns
    -------
    Table

    Raises
    ------
    DataError
        In one sentence: file, sheet, row and column, what was expected, what to do.
    """
    source = Path(path)
    sheets = [(sheet, at) for sheet in _sheets(source) for at in _headings(sheet)]
    if not sheets:
        raise DataError(
            f"{source.name} has no row that begins with 'MHCLG code' and names financial years; "
            "start from the file that --template writes."
        )
    if len(sheets) > 1:
        raise DataError(f"{source.name} has more than one table headed 'MHCLG code'; leave only the one to be read.")
    sheet, at = sheets[0]
    place = Place(source, sheet.name)
    remarks = _whose(sheet.rows[:at], code, place)
    years = _years(sheet.rows, at, place)
    if source.suffix.lower() == ".xlsx":
        refuse_unread_cells(source, sheet.name, at + 1, {column_letters(column) for column in years})
    cells: dict[tuple[int, str], Supplied] = {}
    seen: dict[str, int] = {}
    unit_at = next((i for i, cell in enumerate(sheet.rows[at]) if _plain(cell) == "unit"), None)
    for number, row in enumerate(sheet.rows[at + 1 :], start=at + 2):
        if not any(_filled(cell) for cell in row):
            continue
        if not row or not _filled(row[0]):
            _no_figures(row, years, number, place)
            continue
        line = _line(row[0], number, place)
        if line in seen:
            raise DataError(
                f"{place.at(number, 0)}: {str(row[0]).strip()} stood in row {seen[line]} already; keep one row a line."
            )
        seen[line] = number
        refuse_unit(row, unit_at, number, place)
        for column, cell in enumerate(row):
            if column in years:
                amount = read_amount(cell, number, column, place)
                if amount is not None:
                    cells[years[column], line] = Supplied(amount, place.at(number, column))
            elif column > max(years) and _filled(cell):
                raise DataError(
                    f"{place.at(number, column)}: a figure stands under no financial year; head the column with one."
                )
    headed = {year: place.at(at + 1, column) for column, year in years.items()}
    return Table(source.name, resolve(code), cells, headed, tuple(remarks))


def line_label(name: str) -> str:
    """Return how a line is named to a person: its form row and label."""
    if name == TOGETHER:
        return "lines 915 and 916 together"
    line = load_lines().by_name[name]
    return f"line {line.row} ({line.label})"


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
        if len(row) > 1 and _plain(row[0]) in _HEADS:
            yield at


def _plain(cell: Any) -> str:
    return re.sub(r"[\s_.:]", "", str(cell)).lower() if isinstance(cell, str) else ""


def _filled(cell: Any) -> bool:
    return cell is not None and str(cell).strip() != ""


def _whose(rows: list[list[Any]], code: str, place: Place) -> list[str]:
    """Refuse another council's file; say so where the file does not name one."""
    own = resolve(code)
    for number, row in enumerate(rows, start=1):
        if len(row) < 2 or _plain(row[0]) != "council":
            continue
        said = [str(cell).strip() for cell in row[1:3] if _filled(cell)]
        for text in said:
            try:
                other = resolve(text)
            except UnknownCouncilError as error:
                raise DataError(f"{place.at(number, 1)}: '{text}' is no council that is known; {error}") from error
            if other != own:
                raise DataError(
                    f"{place.at(number, 1)}: the file is for {council(other).council}, not {council(own).council}; "
                    "give that council's name on the command line or another file."
                )
        if said:
            return []
    return ["The file does not say which council it is for."]


def _years(rows: list[list[Any]], at: int, place: Place) -> dict[int, int]:
    """Return the columns that hold figures, each with its year."""
    years: dict[int, int] = {}
    below = rows[at + 1 :]
    for column, cell in enumerate(rows[at]):
        where = place.at(at + 1, column)
        if isinstance(cell, TIMES):
            raise DataError(f"{where}: the spreadsheet has turned the year into a date; write it as text like 2026-27.")
        if column == 0 or not _filled(cell) or _plain(cell) in _PLAIN_HEADS:
            continue
        match = _YEAR.match(str(cell))
        if match is None:
            if any(len(row) > column and _filled(row[column]) for row in below):
                raise DataError(f"{where}: '{cell}' is not a financial year; write it like 2026-27.")
            continue
        try:
            year = year_of(re.sub(r"\s*[-/_–]\s*", "-", match[1]))
        except DataError as error:
            raise DataError(f"{where}: {error}") from error
        if year in years.values():
            raise DataError(f"{where}: {match[1]} has two columns; keep one.")
        years[column] = year
    if not years:
        raise DataError(f"{place.at(at + 1, 0)}: no financial year stands in the heading row; write it like 2026-27.")
    return years


def _line(cell: Any, number: int, place: Place) -> str:
    """Return the line a code stands for."""
    where = place.at(number, 0)
    if isinstance(cell, TIMES):
        raise DataError(f"{where}: a date stands where MHCLG's code of a line is expected; copy it from the template.")
    text = str(cell).strip()
    if text.lower().replace("_", "-") == TOGETHER_CODE.lower():
        return TOGETHER
    found: Line | None = load_lines().of_code(text, form="RS")
    if found is None:
        raise DataError(f"{where}: '{text}' is no line of the form; use a code of the template, or delete the row.")
    if (found.form != "RS" and found.name not in BUDGETED) or found.unit != "GBP thousand":
        raise DataError(f"{where}: {text} is no amount of the outturn form, so it is not read; delete the row.")
    return found.name


def _no_figures(row: list[Any], years: Mapping[int, int], number: int, place: Place) -> None:
    """Let headings and remarks pass, but no figure without a code."""
    for column in years:
        if len(row) > column and _filled(row[column]):
            raise DataError(f"{place.at(number, 0)}: the row has figures but no code; copy it from the template.")
