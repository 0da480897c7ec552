"""What the rows and columns of a file of own figures stand for: lines, years, and whose they are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from resilience.analysis.own_figures.cells import TIMES, Place
from resilience.analysis.own_figures.find import COUNCIL, Found, filled, plain
from resilience.councils import council, resolve
from resilience.errors import DataError, UnknownCouncilError
from resilience.publications.lines import Line, load_lines
from resilience.years import year_of

#: The two reserves as one figure: what second-hand years have, and what a plan may know only together.
TOGETHER = "int_reserves_unallocated_and_earmarked"
TOGETHER_CODE = "INT-reserves-unallocated-and-earmarked"
TOGETHER_LABEL = "Unallocated and other earmarked reserves together at 31 March (where not known apart)"
#: What a plan takes from the two in a year: the form has no such line, a medium-term plan does.
USE = "int_planned_use_of_reserves"
USE_CODE = "INT-planned-use-of-reserves"
USE_LABEL = "Planned use of unallocated and other earmarked reserves in the year, less what is added (use positive)"

#: What the budget meant to move to or from reserves: the only lines read of the budget form.
BUDGETED = ("ra_appresoth_net_exp", "ra_appresunall_net_exp")

_COINED = {TOGETHER_CODE.lower(): TOGETHER, USE_CODE.lower(): USE}
_LABELS = {TOGETHER: "lines 915 and 916 together", USE: "the planned use of reserves"}
_PLAIN_HEADS = {"formrow", "row", "line", "label", "note", "notes", "section"}
_YEAR = re.compile(r"^\s*(\d{4}\s*[-/_–]\s*(?:\d{4}|\d{2}))(?:$|[\s(*,])")


def line_label(name: str) -> str:
    """Return how a line is named to a person: its form row and label."""
    if name in _LABELS:
        return _LABELS[name]
    line = load_lines().by_name[name]
    return f"line {line.row} ({line.label})"


def whose(table: Found, code: str) -> bool:
    """Refuse another council's table; say whether it names one."""
    own, place = resolve(code), table.place
    for number, row in enumerate(table.above, start=table.at + 1 - len(table.above)):
        if len(row) < 2 or plain(row[0]) != COUNCIL:
            continue
        said = [str(cell).strip() for cell in row[1:3] if filled(cell)]
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
            return True
    return False


def year_at(rows: list[list[Any]], at: int, column: int, place: Place) -> int | None:
    """Return the year that heads a column; None of a column that holds no figures."""
    cell, where = rows[at][column], place.at(at + 1, column)
    if isinstance(cell, TIMES):
        raise DataError(f"{where}: the spreadsheet has turned the year into a date; write it as text like 2026-27.")
    if column == 0 or not filled(cell) or plain(cell) in _PLAIN_HEADS or is_unit(cell):
        return None
    match = _YEAR.match(str(cell))
    if match is None:
        if any(len(row) > column and filled(row[column]) for row in rows[at + 1 :]):
            raise DataError(f"{where}: '{cell}' is not a financial year; write it like 2026-27.")
        return None
    try:
        return year_of(re.sub(r"\s*[-/_–]\s*", "-", match[1]))
    except DataError as error:
        raise DataError(f"{where}: {error}") from error


def is_unit(cell: Any) -> bool:
    """Say whether a heading stands over the column of units: "Unit", "Unit (£ thousand)"."""
    return plain(cell).startswith("unit")


def line_of(row: list[Any], years: Mapping[int, int], number: int, place: Place) -> str | None:
    """Return the line a row's code stands for; None of a heading or remark, which may hold no figure."""
    where = place.at(number, 0)
    if not row or not filled(row[0]):
        if any(len(row) > column and filled(row[column]) for column in years):
            raise DataError(f"{where}: the row has figures but no code; copy it from the template.")
        return None
    if isinstance(row[0], TIMES):
        raise DataError(f"{where}: a date stands where MHCLG's code of a line is expected; copy it from the template.")
    text = str(row[0]).strip()
    coined = _COINED.get(text.lower().replace("_", "-"))
    if coined:
        return coined
    found: Line | None = load_lines().of_code(text, form="RS")
    if found is None:
        raise DataError(f"{where}: '{text}' is no line of the form; use a code of the template, or delete the row.")
    if (found.form != "RS" and found.name not in BUDGETED) or found.unit != "GBP thousand":
        raise DataError(f"{where}: {text} is no amount of the outturn form, so it is not read; delete the row.")
    return found.name
