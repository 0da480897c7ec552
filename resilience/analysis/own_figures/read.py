"""Figures that a council supplies itself, read from a CSV file or a workbook.

Nothing supplied leaves the machine and nothing is stored: the file is read, looked at and forgotten. This module
reads what stands in the cells; ``checks`` says whether it can be so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from resilience.analysis.own_figures.cells import amount as read_amount
from resilience.analysis.own_figures.cells import refuse_heading_unit, refuse_unit
from resilience.analysis.own_figures.faults import Faults
from resilience.analysis.own_figures.find import Found, filled, tables_of
from resilience.analysis.own_figures.lines import is_unit, line_of, whose, year_at
from resilience.analysis.own_figures.xlsx import unread_cells
from resilience.councils import resolve
from resilience.errors import DataError
from resilience.publications.outturn.sheets import column_letters
from resilience.years import outturn_year_of

#: What stands on every page, table and file that shows such figures.
MARK = "UNPUBLISHED FIGURES SUPPLIED BY THE USER"


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
    again : tuple of ((year, line), Supplied)
        Figures of the plan that the form gives as well.
    partial : frozenset of int
        Years of which a line or cell could not be read, so that no sum of theirs is checked.
    """

    file: str
    ons_code: str
    cells: Mapping[tuple[int, str], Supplied]
    years: Mapping[int, str]
    remarks: tuple[str, ...] = ()
    again: tuple[tuple[tuple[int, str], Supplied], ...] = ()
    partial: frozenset[int] = frozenset()


def read_table(path: str | Path, code: str, faults: Faults | None = None) -> Table:
    """Read a filled-in template, or a file in its form.

    Parameters
    ----------
    path : path
        A .csv, .xlsx, .xls or .ods file with a heading row that begins "MHCLG code" (the form) or "Plan line" (the
        plan), or one of each, and has a financial year over each column of figures.
    code : str
        The council that the figures are said to be of.
    faults : Faults, optional
        Where to note what is wrong with cells, lines and headings; by default they end the reading.

    Returns
    -------
    Table

    Raises
    ------
    DataError
        If the file holds no such table, or another council's.
    FaultyFigures
        Every fault at once: file, sheet, row and column, what was expected, what to do.
    """
    source = Path(path)
    noted = Faults(source.name) if faults is None else faults
    tables = tables_of(source)
    said = [whose(table, code) for table in tables]
    remarks = () if any(said) else ("The file does not say which council it is for.",)
    read = [_Reading(table, noted).done() for table in sorted(tables, key=lambda one: one.plan)]
    if not any(one.years for one in read):
        noted.raise_if_any()
    if faults is None:
        noted.raise_if_any()
    cells: dict[tuple[int, str], Supplied] = {}
    again = []
    for one in read:
        again += [(key, cell) for key, cell in one.cells.items() if key in cells]
        cells = one.cells | cells
    years = {year: where for one in reversed(read) for year, where in one.headed.items()}
    partial = frozenset[int]().union(*(one.partial for one in read))
    return Table(source.name, resolve(code), cells, years, remarks, tuple(again), partial)


class _Reading:
    """One table being read: its cells, and the years of which something could not be read."""

    def __init__(self, table: Found, faults: Faults) -> None:
        self.table, self.place, self.faults = table, table.place, faults
        self.cells: dict[tuple[int, str], Supplied] = {}
        self.partial: set[int] = set()
        self.years = self._years()
        self.headed = {year: self.place.at(table.at + 1, column) for column, year in self.years.items()}

    def done(self) -> _Reading:
        """Read every row below the heading."""
        heads, at = self.table.rows[self.table.at], self.table.at
        unread = unread_cells(self.place.path, self.place.sheet) if self.place.path.suffix.lower() == ".xlsx" else {}
        seen: dict[str, int] = {}
        unit_at = next((i for i, cell in enumerate(heads) if is_unit(cell)), None)
        for number, row in enumerate(self.table.rows[at + 1 :], start=at + 2):
            errors = {
                column: unread[number, column_letters(column)]
                for column in self.years
                if (number, column_letters(column)) in unread
            }
            if not (any(filled(cell) for cell in row) or errors):
                continue
            before = len(self.faults.found)
            line = None
            with self.faults.noted():
                line = line_of(row, self.years, number, self.place)
                if line in seen:
                    raise DataError(
                        f"{self.place.at(number, 0)}: {str(row[0]).strip()} stood in row {seen[line]} already; keep "
                        "one row a line."
                    )
            if line is not None:
                seen.setdefault(line, number)
            with self.faults.noted():
                if line is not None:
                    refuse_unit(row, unit_at, number, self.place)
            if len(self.faults.found) > before:
                self.partial |= set(self.years.values())  # which years the line would have changed nobody knows
            self._cells(row, number, line, errors)
        return self

    def _cells(self, row: list[Any], number: int, line: str | None, errors: Mapping[int, str]) -> None:
        """Read one row's cells; those of a row without a line are only looked at for a spreadsheet's errors."""
        for column in sorted({*range(len(row)), *errors}):
            cell = row[column] if column < len(row) else None
            if column in errors:
                self.faults.add(errors[column])
                self.partial.add(self.years[column])
            elif line is None:
                continue
            elif column in self.years:
                read = None
                before = len(self.faults.found)
                with self.faults.noted():
                    read = read_amount(cell, number, column, self.place)
                if len(self.faults.found) > before:
                    self.partial.add(self.years[column])
                if read is not None:
                    self.cells.setdefault((self.years[column], line), Supplied(read, self.place.at(number, column)))
            elif self.years and column > max(self.years) and filled(cell):
                self.faults.add(
                    f"{self.place.at(number, column)}: a figure stands under no financial year; head the column with "
                    "one."
                )

    def _years(self) -> dict[int, int]:
        """Return the columns that hold figures, each with its year."""
        at, rows = self.table.at, self.table.rows
        for number, row in enumerate(self.table.above, start=at + 1 - len(self.table.above)):
            for column, cell in enumerate(row):
                with self.faults.noted():
                    refuse_heading_unit(cell, number, column, self.place, above=True)
        years: dict[int, int] = {}
        before = len(self.faults.found)
        for column, cell in enumerate(rows[at]):
            with self.faults.noted():
                refuse_heading_unit(cell, at + 1, column, self.place)
            with self.faults.noted():
                year = year_at(rows, at, column, self.place)
                if year is None:
                    continue
                where = self.place.at(at + 1, column)
                if year in years.values():
                    raise DataError(f"{where}: {outturn_year_of(year)} has two columns; keep one.")
                if years and year < max(years.values()):
                    self.faults.add(
                        f"{where}: {outturn_year_of(year)} stands after {outturn_year_of(max(years.values()))}; put "
                        "the years in order, the earliest first."
                    )
                years[column] = year
        if not years and len(self.faults.found) == before:
            self.faults.add(
                f"{self.place.at(at + 1, 0)}: no financial year stands in the heading row; write it like 2026-27."
            )
        if len(self.faults.found) > before:
            self.partial |= set(years.values())
        return years
