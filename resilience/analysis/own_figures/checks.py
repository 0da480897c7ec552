"""Whether figures supplied by a council can be so: years, the form's own identities, and the figures put in."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from resilience.analysis.own_figures.faults import Faults
from resilience.analysis.own_figures.fill import filled_in, published_amount
from resilience.analysis.own_figures.identities import (
    EARMARKED,
    NRE,
    UNALLOCATED,
    identities,
    opening_breaches,
    sum_breaches,
    use_breaches,
)
from resilience.analysis.own_figures.lines import TOGETHER, line_label
from resilience.analysis.own_figures.read import Supplied, Table
from resilience.analysis.own_figures.sizes import last_before, sign_faults, unit_faults
from resilience.formatting import pounds
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
    derived : tuple of int
        Years whose reserves are worked out from the year before and the planned use.
    """

    file: str
    ons_code: str
    changes: pd.DataFrame
    rows: pd.DataFrame
    future: tuple[int, ...]
    remarks: tuple[str, ...]
    derived: tuple[int, ...] = ()


def check_table(table: Table, rows: pd.DataFrame, as_of: date, faults: Faults | None = None) -> OwnFigures:
    """Compare a table with what is published of the council, and put its figures in.

    Parameters
    ----------
    table : Table
        From ``read_table``.
    rows : DataFrame
        The council's rows of the panel (lineage included) that were known on the day.
    as_of : date
        The day of the assessment.
    faults : Faults, optional
        What was found wrong in reading.

    Raises
    ------
    FaultyFigures
        Every fault at once, those of reading too.
    """
    noted = Faults(table.file) if faults is None else faults
    published = rows.set_index("year", drop=False).sort_index()
    newest = int(published["year"].max())
    cells = _once(table, published, noted)
    usable = _known_years(table, cells, published.index, newest, noted)
    changed = {
        key: cell
        for key, cell in cells.items()
        if key[0] in usable and not _same(cell.amount, published_amount(published, *key))
    }
    remarks = [*table.remarks, *_corrections(changed, newest)]
    worked_out: list[str] = []
    result, derived = filled_in(published, changed, as_of, worked_out)
    years = sorted({year for year, _ in changed})
    for year in years:
        row = result.loc[year]
        slips = unit_faults(changed, year, published, remarks)
        noted.add(*slips, *sign_faults(changed, year, row, last_before(result, year)))
        # Where a figure could not be read, or is in another unit, sums and gaps would tell the same fault again.
        if slips or year in table.partial:
            continue
        noted.add(*_complete(table, row, year))
        for identity in identities():
            noted.add(*sum_breaches(identity, changed, year, result, published, remarks))
        noted.add(*opening_breaches(changed, year, result, remarks))
        noted.add(*use_breaches(changed, year, result, published, remarks))
    noted.raise_if_any()
    listed = [
        (year, outturn_year_of(year), line, published_amount(published, year, line), cell.amount, cell.where)
        for (year, line), cell in sorted(changed.items())
    ]
    columns = ["year", "outturn_year", "line", "published", "supplied", "where"]
    future = tuple(year for year in years if year > newest)
    return OwnFigures(
        table.file,
        table.ons_code,
        pd.DataFrame(listed, columns=columns),
        result.reset_index(drop=True),
        future,
        tuple(dict.fromkeys([*remarks, *worked_out])),
        derived,
    )


def _once(table: Table, published: pd.DataFrame, faults: Faults) -> dict[tuple[int, str], Supplied]:
    """Return each figure once: what plan and form both give must agree, or one of them be as published."""
    cells = dict(table.cells)
    for (year, line), other in table.again:
        one = cells[year, line]
        if _same(one.amount, published_amount(published, year, line)):
            cells[year, line] = other
        elif not (_same(other.amount, published_amount(published, year, line)) or _same(other.amount, one.amount)):
            faults.add(
                f"{other.where}: {line_label(line)} of {outturn_year_of(year)} is {other.amount:,.0f} here and "
                f"{one.amount:,.0f} in {one.where}; keep one of the two."
            )
    return cells


def _corrections(changed: Mapping[tuple[int, str], Supplied], newest: int) -> list[str]:
    """Name the years already published of which figures are corrected."""
    found = []
    for year in sorted({year for year, _ in changed if year <= newest}):
        number = sum(at == year for at, _ in changed)
        found.append(
            f"{outturn_year_of(year)} is already published: {number} {'figures are' if number > 1 else 'figure is'} "
            "corrected or added for this assessment only."
        )
    return found


def _same(supplied: float, published: float) -> bool:
    return not math.isnan(published) and abs(supplied - published) <= ROUNDING + 1e-6


def _known_years(
    table: Table, cells: Mapping[tuple[int, str], Supplied], known: pd.Index, newest: int, faults: Faults
) -> set[int]:
    """Return the years whose figures can be looked at: neither too far off, nor before anything, nor beyond a gap."""
    given = {year for year, _ in cells}
    usable = set()
    for year, where in table.years.items():
        if year not in given:
            continue
        if year > newest + FURTHEST:
            faults.add(
                f"{where}: {outturn_year_of(year)} lies more than {FURTHEST} years after {outturn_year_of(newest)}, "
                "the last year published; take it out."
            )
        elif year <= newest and year not in known:
            faults.add(
                f"{where}: nothing is published of the council for {outturn_year_of(year)}, so there is nothing to "
                "correct; take the column out."
            )
        else:
            usable.add(year)
    ahead = sorted(year for year in usable if year > newest)
    for before, year in zip([newest, *ahead], ahead, strict=False):
        if year > before + 1 and not table.partial:
            faults.add(
                f"{table.years[year]}: {outturn_year_of(year)} has figures but {outturn_year_of(before + 1)} before "
                "it has none; fill the gap, for reserves are followed from year to year."
            )
    return usable


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
            "INT-reserves-unallocated-and-earmarked, or the planned use of reserves."
        ]
    return []
