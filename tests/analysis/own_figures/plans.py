"""Plans made up for tests: no council's own, and nothing of them is kept."""

from __future__ import annotations

import csv
from datetime import date
from functools import cache
from pathlib import Path

from resilience import method
from resilience.analysis.own_figures.assess import OwnAssessment, known_rows, with_own_figures
from resilience.analysis.own_figures.checks import OwnFigures, check_table
from resilience.analysis.own_figures.find import FORM_HEAD, PLAN_HEAD
from resilience.analysis.own_figures.lines import TOGETHER, USE
from resilience.analysis.own_figures.read import Supplied, Table
from resilience.analysis.own_figures.template import plan_rows, template_bytes, template_rows
from resilience.years import outturn_year_of

DAY = date(2026, 11, 1)
EALING, NORWICH, CROYDON, KENT, TORRIDGE = "E09000009", "E07000148", "E09000008", "E10000016", "E07000046"
NRE, UNALLOCATED, EARMARKED = "rs_netrevexp_net_exp", "rs_resunall_end_cy", "rs_resoth_end_cy"
YEARS = ("2026-27", "2027-28", "2028-29", "2029-30", "2030-31")


@cache
def day():
    return method.run(DAY, intervals=False)


def size(code: str) -> float:
    """Net revenue expenditure of the newest published year."""
    return float(day().table.at[code, "net_revenue_expenditure"])


def checked(code: str, cells: dict[tuple[int, str], float]) -> OwnFigures:
    """Check figures by calendar year and line as if a file had held them."""
    supplied = {key: Supplied(float(amount), f"own.csv, {key}") for key, amount in cells.items()}
    years = {year: f"own.csv, {outturn_year_of(year)}" for year, _ in cells}
    return check_table(Table("own.csv", code, supplied, years), known_rows(day(), code), DAY)


def assessed(code: str, cells: dict[tuple[int, str], float]) -> OwnAssessment:
    return with_own_figures(day(), code, checked(code, cells))


def together(code: str, *reserves: float, growth: float = 1.0, **lines: float) -> dict[tuple[int, str], float]:
    """A plan of reserves as one figure, year after year, beside net revenue expenditure."""
    cells = {}
    for step, amount in enumerate(reserves):
        cells |= {(2027 + step, NRE): size(code) * growth ** (step + 1), (2027 + step, TOGETHER): amount}
        cells |= {(2027 + step, name): value for name, value in lines.items()}
    return cells


def used(code: str, *uses: float) -> dict[tuple[int, str], float]:
    """A plan of what is used of reserves, year after year."""
    return {
        key: amount
        for step, use in enumerate(uses)
        for key, amount in (((2027 + step, NRE), size(code)), ((2027 + step, USE), use))
    }


class Filled:
    """The template's two tables as rows, with cells put in by code and year."""

    def __init__(self, code: str = EALING) -> None:
        given = known_rows(day(), code), str(day().table.at[code, "council"]), DAY
        self.form, self.plan = template_rows(*given), plan_rows(*given)

    def head(self, rows):
        return next(row for row in rows if row and row[0] in (FORM_HEAD, PLAN_HEAD))

    def column(self, rows, year: str) -> int:
        return next(at for at, text in enumerate(self.head(rows)) if str(text).startswith(year))

    def row(self, rows, code: str):
        return next(row for row in rows if row and row[0] == code)

    def put(self, year: str, *, form: bool = False, **cells: object) -> Filled:
        rows = self.form if form else self.plan
        for code, value in cells.items():
            self.row(rows, code.replace("_", "-"))[self.column(rows, year)] = value
        return self

    def five(self, reserves: float = 100_000, use: float = 10_000, spending: float = 340_000) -> Filled:
        for step, year in enumerate(YEARS, start=1):
            self.put(year, RS_netrevexp_net_exp=spending, INT_planned_use_of_reserves=use)
            self.put(year, INT_reserves_unallocated_and_earmarked=reserves - use * (step - 1))
        return self

    def save(self, folder: Path, name: str = "own.csv") -> Path:
        path = folder / name
        path.write_bytes(template_bytes(self.form, path, self.plan))
        return path


def as_csv(rows, path: Path) -> Path:
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows(rows)
    return path
