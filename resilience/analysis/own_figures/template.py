"""The template that a council fills in: its last published lines, and empty columns for the years to come."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from resilience.analysis.own_figures.assess import known_rows
from resilience.analysis.own_figures.read import BUDGETED, MARK, TOGETHER, TOGETHER_CODE, TOGETHER_LABEL
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
HEADINGS = ("MHCLG code", "Form row", "Line", "Unit")
NOTES = (
    "Amounts in £ thousand with the form's own signs (income negative). Leave empty what you do not know: an empty "
    "cell changes nothing. Fill in a year to come, or correct a published figure.",
    f"An assessment with these figures is marked {MARK}. The file is read on this machine only and is not kept.",
)
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
    """Return the template's rows, cell by cell.

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
    known = rows.sort_values("year").set_index("year", drop=False)
    if known.empty:
        raise DataError(f"Nothing is published of {name} before {as_of}; choose a later date.")
    newest = int(known["year"].max())
    shown = [int(year) for year in known["year"].tail(SHOWN)]
    ahead = [newest + step for step in range(1, AHEAD + 1)]
    heads = [_heading(known.loc[year]) for year in shown] + [
        f"{outturn_year_of(year)} (your figures)" for year in ahead
    ]
    blank = [""] * len(heads)
    result: list[list[object]] = [
        ["Council", name, str(known["ons_code"].iloc[-1])],
        ["As of", str(as_of)],
        *(list[object]([note]) for note in NOTES),
        [],
        [*HEADINGS, *heads],
    ]
    for title, names in template_lines():
        result.append(["", "", title.upper(), ""])
        for line in names:
            code, row, label = _described(line)
            amounts = [_cell(known, year, line) for year in shown]
            result.append([code, row, label, "£ thousand", *amounts, *blank[len(shown) :]])
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
    entry = load_lines().by_name[line]
    return entry.code, entry.row, entry.label


def _cell(known: pd.DataFrame, year: int, line: str) -> object:
    amount = float(known.at[year, line]) if line in known else math.nan
    if math.isnan(amount):
        return ""
    return int(amount) if amount.is_integer() else amount


def template_bytes(rows: list[list[object]], path: Path) -> bytes:
    """Return the template as a file's content: .csv (UTF-8 with a byte order mark, for Excel) or .xlsx.

    Raises
    ------
    DataError
        If the name ends in anything else.
    """
    suffix = path.suffix.lower()
    if suffix == ".csv":
        text = io.StringIO()
        csv.writer(text, lineterminator="\r\n").writerows(rows)
        return text.getvalue().encode("utf-8-sig")
    if suffix == ".xlsx":
        return _xlsx(rows)
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
    rows = template_rows(known_rows(run, own), str(council(own).council), run.as_of)
    write_atomically(path, template_bytes(rows, path))


def _xlsx(rows: list[list[object]]) -> bytes:
    import xlsxwriter

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("Figures")
        bold = book.add_format({"bold": True})
        head = book.add_format({"bold": True, "text_wrap": True, "bottom": 1, "valign": "top"})
        number = book.add_format({"num_format": "#,##0"})
        own = book.add_format({"num_format": "#,##0", "bg_color": "#FFF8DC"})
        at = next(place for place, row in enumerate(rows) if row and row[0] == HEADINGS[0])
        mine = {column for column, text in enumerate(rows[at]) if str(text).endswith("(your figures)")}
        for place, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, int | float):
                    sheet.write_number(place, column, value, number)
                elif place > at and column in mine:
                    sheet.write_blank(place, column, None, own)
                elif value != "":
                    title = place > at and not row[0]
                    sheet.write_string(place, column, str(value), head if place == at else bold if title else None)
        sheet.freeze_panes(at + 1, len(HEADINGS))
        sheet.set_column(0, 0, 26)
        sheet.set_column(2, 2, 52)
        sheet.set_column(len(HEADINGS), len(rows[at]) - 1, 15)
    return buffer.getvalue()
