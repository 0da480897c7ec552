"""Whether figures supplied by a council can be so: the form's own identities, units, years, signs."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from resilience.analysis.own_figures.identities import (
    EARMARKED,
    NRE,
    UNALLOCATED,
    identities,
    opening_breaches,
    sum_breaches,
)
from resilience.analysis.own_figures.read import TOGETHER, Supplied, Table, line_label
from resilience.errors import DataError
from resilience.formatting import pounds
from resilience.publications.lines import load_lines
from resilience.years import outturn_year_of

#: A plan looks five years beyond the last published year at most.
FURTHEST = 5
#: A figure within half a thousand pounds of the published one is the published one, rounded by a spreadsheet.
ROUNDING = 0.5
SMALLEST_NRE = 1_000.0


@dataclass(frozen=True)
class OwnFigures:
    """Supplied figures that passed every check.

    Attributes
    ----------
    file : str
        The file's name.
    ons_code : str
        The council's code.
    changes : DataFrame
        One row a figure that differs from what is published: ``year, outturn_year, line, published, supplied,
        where``.
    rows : DataFrame
        The council's rows of the panel with the figures in; the years they touch have ``source_kind`` "own".
    future : tuple of int
        The years supplied that are later than any published.
    remarks : tuple of str
    """

    file: str
    ons_code: str
    changes: pd.DataFrame
    rows: pd.DataFrame
    future: tuple[int, ...]
    remarks: tuple[str, ...]


def check_table(table: Table, rows: pd.DataFrame, as_of: date) -> OwnFigures:
    """Compare a table with what is published of the council, and put its figures in.

    Parameters
    ----------
    table : Table
        From ``read_table``.
    rows : DataFrame
        The council's rows of the panel (lineage included) that were known on the day.
    as_of : date
        The day of the assessment.

    Raises
    ------
    DataError
        In one sentence, for the first thing wrong; it says how many more there are.
    """
    published = rows.set_index("year", drop=False).sort_index()
    newest = int(published["year"].max())
    _known_years(table, published.index, newest)
    changed = {key: cell for key, cell in table.cells.items() if not _same(cell.amount, _published(published, *key))}
    _units(table.file, changed, published)
    remarks = list(table.remarks)
    result = _filled_in(published, changed, as_of, remarks)
    breaches: list[str] = []
    for year in sorted({year for year, _ in changed}):
        row = result.loc[year]
        before = _before(result, year)
        breaches += _complete(table, row, year)
        breaches += _signs(changed, year, row, before)
        for identity in identities():
            breaches += sum_breaches(identity, changed, year, result, published, remarks)
        breaches += opening_breaches(changed, year, result, remarks)
    if breaches:
        more = f" ({len(breaches) - 1} more after it)" if len(breaches) > 1 else ""
        raise DataError(breaches[0] + more)
    listed = [
        (year, outturn_year_of(year), line, _published(published, year, line), cell.amount, cell.where)
        for (year, line), cell in sorted(changed.items())
    ]
    columns = ["year", "outturn_year", "line", "published", "supplied", "where"]
    future = tuple(sorted({year for year, _ in changed if year > newest}))
    return OwnFigures(
        table.file,
        table.ons_code,
        pd.DataFrame(listed, columns=columns),
        result.reset_index(drop=True),
        future,
        tuple(dict.fromkeys(remarks)),
    )


def _published(rows: pd.DataFrame, year: int, line: str) -> float:
    return float(rows.at[year, line]) if year in rows.index and line in rows else math.nan


def _same(supplied: float, published: float) -> bool:
    return not math.isnan(published) and abs(supplied - published) <= ROUNDING + 1e-6


def _known_years(table: Table, known: pd.Index, newest: int) -> None:
    for year, where in table.years.items():
        supplied = any(at == year for at, _ in table.cells)
        if supplied and year > newest + FURTHEST:
            raise DataError(
                f"{where}: {outturn_year_of(year)} lies more than {FURTHEST} years after {outturn_year_of(newest)}, "
                "the last year published; take it out."
            )
        if supplied and year <= newest and year not in known:
            raise DataError(
                f"{where}: nothing is published of the council for {outturn_year_of(year)}, so there is nothing to "
                "correct; take the column out."
            )


def _filled_in(
    published: pd.DataFrame, changed: Mapping[tuple[int, str], Supplied], as_of: date, remarks: list[str]
) -> pd.DataFrame:
    """Return the rows with the supplied figures in place of, or after, the published ones."""
    result = published.copy()
    amounts = [name for name in result if name.split("_")[0] in ("rs", "ra", "int")]
    new_lines = sorted({line for _, line in changed} - set(result.columns))
    result = pd.concat([result, pd.DataFrame(np.nan, index=result.index, columns=new_lines)], axis=1)
    for year in sorted({year for year, _ in changed}):
        if year not in result.index:
            new = result.iloc[[-1]].drop(columns=amounts)
            new.index = pd.Index([year], name=result.index.name)
            new["year"], new["outturn_year"] = year, outturn_year_of(year)
            new["built"], new["built_from"], new["flags"] = False, "", ""
            new["known_from"] = pd.Timestamp(as_of) - pd.Timedelta(days=1)
            result = pd.concat([result, new]).sort_index()
        result.loc[year, "source_kind"] = "own"
        result.loc[year, "source_file"] = ""
        result.loc[year, "status"] = "returned"
        flags = [part for part in str(result.at[year, "flags"]).split(";") if part]
        result.loc[year, "flags"] = ";".join([*flags, "unpublished figures supplied by the user"])
    for (year, line), cell in changed.items():
        result.loc[year, line] = cell.amount
    for year, line in changed:
        adjusted = line.replace("resoth_", "resoth_adj_")
        if line not in (EARMARKED, "rs_resoth_start_cy") or (year, adjusted) in changed or year not in published.index:
            continue
        if not math.isnan(_published(published, year, adjusted)) and not math.isnan(_published(published, year, line)):
            result.loc[year, adjusted] += changed[year, line].amount - _published(published, year, line)
            remarks.append(
                f"{outturn_year_of(year)}: the adjusted earmarked reserves (line 915b) were moved with line 915; "
                "supply line 915b too if that is wrong."
            )
    return result


def _before(rows: pd.DataFrame, year: int) -> Callable[[str], float]:
    """Return a look-up of a line's last figure before a year."""

    def last(line: str) -> float:
        earlier = rows.loc[rows.index < year, line].dropna() if line in rows else pd.Series(dtype=float)
        return float(earlier.iloc[-1]) if len(earlier) else math.nan

    return last


def _units(file: str, changed: Mapping[tuple[int, str], Supplied], published: pd.DataFrame) -> None:
    """Refuse a year in £ or £m: its figures are a thousand times the last published ones, or a thousandth."""
    for year in sorted({year for year, _ in changed}):
        ratios = {}
        before = _before(published, year + 1)
        for (at, line), cell in changed.items():
            last = before(line)
            if at == year and abs(last) >= 500 and cell.amount != 0:
                ratios[line] = cell.amount / last
        spending = before(NRE)
        for line, ratio in ratios.items():
            amount = changed[year, line].amount
            if 300 < abs(ratio) < 3000 and abs(amount) > 3 * abs(spending):
                raise DataError(
                    f"{changed[year, line].where}: {line_label(line)} is {abs(ratio):,.0f} times the last published "
                    "figure, so it seems to be in £ and not £ thousand; divide by 1,000."
                )
        if ratios:
            middle = float(np.median(np.abs(list(ratios.values()))))
            key = NRE if NRE in ratios else next(iter(ratios))
            if 1 / 3000 < middle < 1 / 300 or (key == NRE and 1 / 3000 < abs(ratios[key]) < 1 / 300):
                raise DataError(
                    f"{changed[year, key].where}: {line_label(key)} is {1 / abs(ratios[key]):,.0f} times smaller than "
                    "the last published figure, so the amounts seem to be in £ million and not £ thousand; multiply "
                    "by 1,000."
                )


def _complete(table: Table, row: pd.Series, year: int) -> list[str]:
    """Say what a year lacks that no assessment can do without."""
    where, when = table.years[year], outturn_year_of(year)
    if math.isnan(row[NRE]):
        return [f"{where}: {when} lacks line 805 (net revenue expenditure), which everything is measured by; add it."]
    if row[NRE] < SMALLEST_NRE:
        return [
            f"{where}: net revenue expenditure (line 805) of {when} is {pounds(row[NRE])}, too small to divide by; "
            "write it in £ thousand, expenditure positive."
        ]
    apart = not (math.isnan(row[UNALLOCATED]) or math.isnan(row[EARMARKED]))
    if not apart and math.isnan(row.get(TOGETHER, math.nan)):
        return [
            f"{where}: {when} lacks reserves at 31 March; give lines 915 and 916, or the two together in the row "
            "INT-reserves-unallocated-and-earmarked."
        ]
    return []


def _signs(
    changed: Mapping[tuple[int, str], Supplied], year: int, row: pd.Series, before: Callable[[str], float]
) -> list[str]:
    """Say where income is given as positive that the form shows as negative, and where spending turned negative."""
    found = []
    for (at, line), cell in changed.items():
        if at != year or line == TOGETHER:
            continue
        sign, last = load_lines().by_name[line].sign, before(line)
        large = abs(cell.amount) >= 0.005 * abs(row[NRE]) and abs(cell.amount) >= 0.5 * abs(last)
        if sign == "income or credit negative" and last < 0 < cell.amount and large:
            found.append(
                f"{cell.where}: {line_label(line)} is income, which the form shows as negative (last published "
                f"{last:,.0f}); write it with a minus."
            )
        if line in (NRE, "rs_totsx_net_exp", "rs_intextpay_net_exp", "rs_provprin_net_exp") and cell.amount < 0 < last:
            found.append(f"{cell.where}: {line_label(line)} is negative; spending is positive on the form, so turn it.")
    return found
