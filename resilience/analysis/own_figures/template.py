"""The template that a council fills in: its last published lines, and empty columns for the years to come."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from resilience.analysis.own_figures.assess import known_rows
from resilience.analysis.own_figures.checks import FURTHEST
from resilience.analysis.own_figures.find import FORM_HEAD, PLAN_HEAD
from resilience.analysis.own_figures.lines import (
    BUDGETED,
    TOGETHER,
    TOGETHER_CODE,
    TOGETHER_LABEL,
    USE,
    USE_CODE,
    USE_LABEL,
)
from resilience.analysis.own_figures.read import MARK
from resilience.analysis.own_figures.workbook import YOURS, template_workbook
from resilience.councils import council, resolve
from resilience.errors import DataError
from resilience.files import write_atomically
from resilience.publications.lines import load_lines
from resilience.years import outturn_year_of

if TYPE_CHECKING:
    from datetime import date

    from resilience.model.scoring import ScoredDay

#: How many published years the template shows, and how many empty ones follow.
SHOWN, AHEAD = 4, 2
HEADINGS = (FORM_HEAD, "Form row", "Line", "Unit")
NOTES = (
    "Amounts in £ thousand with the form's own signs (income negative). Leave empty what you do not know: an empty "
    "cell changes nothing. Fill in a year to come, or correct a published figure.",
    f"An assessment with these figures is marked {MARK}. The file is read on this machine only and is not kept.",
)
PLAN_NOTES = (
    f"The plan: up to {FURTHEST} years ahead, in £ thousand with the form's own signs (income negative). Each year "
    "needs net revenue expenditure, and reserves at 31 March (apart or together) or the planned use of them. Leave "
    "empty what the plan does not say: the last figure is kept.",
    "The form takes whole returns of the next years instead; a line given there need not be given here.",
)
#: The lines that the plan speaks of.
PLAN = {
    "Size and reserves": ("rs_netrevexp_net_exp", "rs_resunall_end_cy", "rs_resoth_end_cy", TOGETHER, USE),
    "Interest and investments": ("rs_intextpay_net_exp", "rs_intinvinc_net_exp"),
    "Demand": ("rs_hous_net_exp", "rs_csc_net_exp", "rs_asc_net_exp"),
    "Slack and one-offs": ("rs_caprecflex_net_exp", "rs_cera_net_exp"),
}
#: Lines that only councils responsible for social care have.
_UPPER_ONLY = ("rs_csc_net_exp", "rs_asc_net_exp")
#: Shown beside the others; no term of the score reads it.
_NOT_SCORED = ("rs_asc_net_exp",)
_PARTS = {
    "services": "Services",
    "current": "From services to net current expenditure",
    "financing": "Capital financing and other items",
    "totals": "Revenue expenditure and net revenue expenditure",
    "appropriations": "Transfers to (+) and from (-) reserves",
    "funding": "How it is paid for",
    "reserves_start": "Reserves at 1 April",
    "reserves_end": "Reserves at 31 March",
    "investment_income": "Of line 786",
    "equal_pay": "Equal pay",
}
_OF_FAMILY = {"grants": "financing"}
#: Grants that stand between revenue expenditure and net revenue expenditure.
_AFTER_REVENUE = ("rs_revenuetot_net_exp", "rs_grantlss_net_exp", "rs_grantinaef_net_exp", "rs_netrevexp_net_exp")
_LEFT_OUT = ("rs_servicetot_nonias_net_exp", "rs_pyadj_start_cy")


def template_lines() -> list[tuple[str, list[str]]]:
    """Return the lines of the template by part of the form: those of the newest form, in its order."""
    lines = load_lines()
    newest = lines.newest("RS")
    parts: dict[str, list[str]] = {title: [] for title in _PARTS.values()}
    for line in lines.of_form("RS"):
        family = _OF_FAMILY.get(line.family, line.family)
        if line.name in _AFTER_REVENUE:
            family = "totals"
        elif line.name == "rs_sub_tot_net_exp":
            family = "financing"
        if family not in _PARTS or newest not in line.years() or line.name in _LEFT_OUT:
            continue
        # Breakdowns of line 815, and of earmarked reserves at the start, which nothing here reads.
        if line.row in ("815a", "815b", "815d") or (family == "reserves_start" and line.row.startswith("10")):
            continue
        parts[_PARTS[family]].append(line.name)
    parts["Revenue expenditure and net revenue expenditure"].sort(key=_AFTER_REVENUE.index)
    parts["Reserves at 31 March"].append(TOGETHER)
    parts["As budgeted before the year began"] = list(BUDGETED)
    return list(parts.items())


def template_rows(rows: pd.DataFrame, name: str, as_of: date) -> list[list[object]]:
    """Return the rows of the form, cell by cell.

    Parameters
    ----------
    rows : DataFrame
        The council's rows of the panel (lineage included) that were known on the day.
    name : str
        The council's name.
    as_of : date
        The day of the assessment it is made for.

    Returns
    -------
    list of list
        Numbers as numbers, everything else text; an empty cell is "".
    """
    return _rows(rows, name, as_of, (HEADINGS, NOTES, template_lines(), AHEAD))


def plan_rows(rows: pd.DataFrame, name: str, as_of: date) -> list[list[object]]:
    """Return the rows of the plan: the few lines that a medium-term financial plan has, years ahead.

    Parameters and what is returned are those of `template_rows`.
    """
    district = bool(len(rows)) and rows["class"].iloc[-1] == "SD"
    parts = [(title, [one for one in some if not (district and one in _UPPER_ONLY)]) for title, some in PLAN.items()]
    return _rows(rows, name, as_of, ((PLAN_HEAD, *HEADINGS[1:]), PLAN_NOTES, parts, FURTHEST))


def _rows(
    rows: pd.DataFrame,
    name: str,
    as_of: date,
    table: tuple[tuple[str, ...], tuple[str, ...], list[tuple[str, list[str]]], int],
) -> list[list[object]]:
    """Return a table: the council, notes, a heading row, and a row a line with its last published figures."""
    headings, notes, parts, ahead = table
    known = rows.sort_values("year").set_index("year", drop=False)
    if known.empty:
        raise DataError(f"Nothing is published of {name} before {as_of}; choose a later date.")
    newest = int(known["year"].max())
    shown = [int(year) for year in known["year"].tail(SHOWN)]
    heads = [_heading(known.loc[year]) for year in shown]
    heads += [f"{outturn_year_of(newest + step)} {YOURS}" for step in range(1, ahead + 1)]
    result: list[list[object]] = [
        ["Council", name, str(known["ons_code"].iloc[-1])],
        ["As of", str(as_of)],
        *(list[object]([note]) for note in notes),
        [],
        [*headings, *heads],
    ]
    for title, names in parts:
        result.append(["", "", title.upper(), ""])
        for line in names:
            code, row, label = _described(line)
            label += (
                " (shown beside the score, which does not read it)" if line in _NOT_SCORED and ahead > AHEAD else ""
            )
            amounts = [_cell(known, year, line) for year in shown]
            result.append([code, row, label, "£ thousand", *amounts, *[""] * ahead])
    return result


def _heading(row: pd.Series) -> str:
    marks = [
        word
        for word, there in (
            ("second-hand", row["source_kind"] == "interim"),
            ("transcribed", row["source_kind"] == "transcribed"),
            ("added up from predecessors", bool(row.get("built", False))),
            ("no return", row["status"] == "not returned"),
        )
        if there
    ]
    return row["outturn_year"] + (f" ({', '.join(marks)})" if marks else "")


def _described(line: str) -> tuple[str, str, str]:
    if line == TOGETHER:
        return TOGETHER_CODE, "915+916", TOGETHER_LABEL
    if line == USE:
        return USE_CODE, "", USE_LABEL
    entry = load_lines().by_name[line]
    return entry.code, entry.row, entry.label


def _cell(known: pd.DataFrame, year: int, line: str) -> object:
    amount = float(known.at[year, line]) if line in known else math.nan
    if math.isnan(amount):
        return ""
    return int(amount) if amount.is_integer() else amount


def template_bytes(rows: list[list[object]], path: Path, plan: list[list[object]] | None = None) -> bytes:
    """Return the template as a file's content: .csv (UTF-8 with a byte order mark, for Excel) or .xlsx.

    Parameters
    ----------
    rows : list of list
        The form.
    path : Path
        Its name says which format.
    plan : list of list, optional
        The plan: a sheet before the form's, or in a .csv the table above it.

    Raises
    ------
    DataError
        If the name ends in anything else.
    """
    suffix = path.suffix.lower()
    if suffix == ".csv":
        text = io.StringIO()
        csv.writer(text, lineterminator="\r\n").writerows([*plan, [], *rows] if plan else rows)
        return text.getvalue().encode("utf-8-sig")
    if suffix == ".xlsx":
        sheets = {"Plan": plan, "Figures": rows} if plan else {"Figures": rows}
        return template_workbook(sheets, len(HEADINGS), (FORM_HEAD, PLAN_HEAD))
    raise DataError(f"A template is a .csv or .xlsx file, not '{path.name}'; give a name that ends so.")


def write_template(run: ScoredDay, code: str, path: Path) -> None:
    """Write a council's template to a file that does not exist yet: a filled-in one is never overwritten.

    Parameters
    ----------
    run : ScoredDay
        From ``method.run``.
    code : str
        The council, by any code or name.
    path : Path
        A .csv or .xlsx file.

    Raises
    ------
    DataError
        If the file is there already, its name ends otherwise, or nothing is published of the council.
    """
    if path.exists():
        raise DataError(f"{path.name} exists already and might be filled in; give another name or remove it.")
    own = resolve(code, on=run.as_of)
    given = known_rows(run, own), str(council(own).council), run.as_of
    write_atomically(path, template_bytes(template_rows(*given), path, plan_rows(*given)))
