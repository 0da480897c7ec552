"""The form's own sums and balances, checked where a supplied figure takes part in them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from resilience.analysis.own_figures.lines import TOGETHER, USE, line_label
from resilience.analysis.own_figures.read import Supplied
from resilience.formatting import pounds
from resilience.indicators.compute import chosen
from resilience.indicators.formulas import Books
from resilience.indicators.formulas.reserves import usable_reserves
from resilience.publications.lines import load_lines
from resilience.tables.checks import SERVICES
from resilience.years import outturn_year_of

NRE = "rs_netrevexp_net_exp"
UNALLOCATED, EARMARKED = "rs_resunall_end_cy", "rs_resoth_end_cy"


@dataclass(frozen=True)
class Identity:
    """A sum that the form makes: ``total`` is the sum of ``parts``."""

    total: str
    parts: tuple[str, ...]

    @property
    def tolerance(self) -> float:
        """Half a thousand pounds a figure, as each may be rounded; at least £2,000."""
        return max(2.0, 0.5 * (len(self.parts) + 1))


def _family(name: str, low: int, high: int) -> tuple[str, ...]:
    return tuple(
        line.name
        for line in load_lines().of_form("RS")
        if line.family == name and line.row.isdigit() and low <= int(line.row) <= high
    )


def identities() -> tuple[Identity, ...]:
    """Return the form's sums, from services (699) to net revenue expenditure (805), and the two reserves'."""
    current = tuple(n for n in _family("current", 701, 748) if n != "rs_disbmemo_net_exp")
    return (
        Identity("rs_totsx_net_exp", SERVICES),
        Identity("rs_netcurrtot_net_exp", ("rs_totsx_net_exp", *current)),
        Identity("rs_sub_tot_net_exp", ("rs_netcurrtot_net_exp", *_family("financing", 750, 784))),
        Identity(
            "rs_revenuetot_net_exp",
            ("rs_sub_tot_net_exp", *_family("financing", 786, 799), *_family("grants", 791, 798)),
        ),
        Identity(NRE, ("rs_revenuetot_net_exp", "rs_grantlss_net_exp", "rs_grantinaef_net_exp")),
        Identity(UNALLOCATED, ("rs_resunall_start_cy", "rs_appresunall_net_exp")),
        Identity(EARMARKED, ("rs_resoth_start_cy", "rs_appresoth_net_exp")),
    )


def sum_breaches(
    identity: Identity,
    changed: Mapping[tuple[int, str], Supplied],
    year: int,
    rows: pd.DataFrame,
    published: pd.DataFrame,
    remarks: list[str],
) -> list[str]:
    """Check one of the form's sums, where a supplied figure takes part in it and every part that matters is there.

    A part that is not given counts as nought if it was nought (or not on the form) when the total was last known;
    otherwise the sum cannot be checked, and a remark says so.
    """
    row = rows.loc[year]
    members = (identity.total, *identity.parts)
    mine = [line for line in members if (year, line) in changed]
    total = row.get(identity.total, math.nan)
    if not mine or math.isnan(total):
        return []
    parts = {line: float(row.get(line, math.nan)) for line in identity.parts}
    blank = [line for line, value in parts.items() if math.isnan(value)]
    earlier = rows[(rows.index < year) & rows[identity.total].notna()] if identity.total in rows else rows[:0]
    last = earlier.iloc[-1] if len(earlier) else row
    # Of a year whose total is published every line is published: what is blank there was not on its form.
    whole = year in published.index and pd.notna(published.at[year, identity.total])
    missing = [] if whole else [line for line in blank if abs(float(last.get(line, 0.0))) > 0]
    added = sum(value for value in parts.values() if not math.isnan(value))
    when = outturn_year_of(year)
    if missing or len(blank) == len(parts):
        if len(blank) < len(parts):
            remarks.append(
                f"{when}: {line_label(identity.total)} could not be checked, for {line_label(missing[0])}"
                + (f" and {len(missing) - 1} more are" if len(missing) > 1 else " is")
                + " not given."
            )
        return []
    if abs(added - total) <= identity.tolerance:
        return []
    where = changed[year, identity.total if (year, identity.total) in changed else mine[0]].where
    if len(parts) == 2 and identity.total.endswith("end_cy"):
        start, moved = parts.values()
        return [
            f"{where}: {line_label(identity.total)} of {when} is {total:,.0f}, but the opening balance {start:,.0f} "
            f"and the year's transfers {moved:,.0f} (line {_row(identity.parts[1])}) make {added:,.0f}; correct one of "
            "the three."
        ]
    return [
        f"{where}: {line_label(identity.total)} of {when} is {total:,.0f}, but the lines that make it up add to "
        f"{added:,.0f}, a difference of {total - added:,.0f} (£ thousand); correct the total or the line that is wrong."
    ]


def _row(line: str) -> str:
    return load_lines().by_name[line].row


def opening_breaches(
    changed: Mapping[tuple[int, str], Supplied], year: int, rows: pd.DataFrame, remarks: list[str]
) -> list[str]:
    """Check that a year opens where the year before closed."""
    found = []
    if year - 1 not in rows.index:
        return []
    when, last = outturn_year_of(year), outturn_year_of(year - 1)
    for start, end in (("rs_resunall_start_cy", UNALLOCATED), ("rs_resoth_start_cy", EARMARKED)):
        key = (year, start) if (year, start) in changed else (year - 1, end)
        opening, closing = rows.at[year, start], rows.at[year - 1, end]
        if key in changed and abs(opening - closing) > 2:
            found.append(
                f"{changed[key].where}: {line_label(start)} of {when} is {opening:,.0f}, but {last} closed at "
                f"{closing:,.0f}; correct the one that is wrong (a restated balance goes into the closing figure of "
                f"{last})."
            )
    together = rows.at[year - 1, TOGETHER] if TOGETHER in rows else math.nan
    apart = rows.at[year - 1, UNALLOCATED] + rows.at[year - 1, EARMARKED]
    opening = rows.at[year, "rs_resunall_start_cy"] + rows.at[year, "rs_resoth_start_cy"]
    if math.isnan(apart) and abs(opening - together) > max(2.0, 0.02 * abs(together)):
        remarks.append(
            f"{when}: reserves open at {pounds(opening)}, but the second-hand figure of {last} is {pounds(together)}; "
            f"supply lines 915 and 916 of {last} as well if you have them."
        )
    return found


def reserves_by_year(rows: pd.DataFrame, switches: Mapping[str, bool] | None = None) -> pd.Series:
    """Return usable reserves at 31 March by year, as the score takes them, of rows indexed by year."""
    books = Books(rows.reset_index(drop=True), chosen(switches or {}))
    return pd.Series(usable_reserves(books).to_numpy(), index=rows.index)


def use_breaches(
    changed: Mapping[tuple[int, str], Supplied],
    year: int,
    rows: pd.DataFrame,
    published: pd.DataFrame,
    remarks: list[str],
) -> list[str]:
    """Check that reserves given together are those given apart, and fall by what is planned to be used of them."""
    row, found = rows.loc[year], []
    apart = float(row[UNALLOCATED] + row[EARMARKED])
    together = float(row.get(TOGETHER, math.nan))
    if (year, TOGETHER) in changed and abs(apart - together) > 2:
        found.append(
            f"{changed[year, TOGETHER].where}: lines 915 and 916 together are {together:,.0f}, but given apart they "
            f"add to {apart:,.0f}; correct one of them or leave the row of the two together empty."
        )
    if (year, USE) not in changed:
        return found
    reserves = reserves_by_year(rows)
    use, fall = changed[year, USE].amount, float(reserves.get(year - 1, math.nan) - reserves[year])
    if math.isnan(fall) or abs(fall - use) <= 2:
        return found
    moved = "fall" if fall >= 0 else "rise"
    said = (
        f"{line_label(USE)} in {outturn_year_of(year)} is {use:,.0f}, but reserves {moved} by "
        f"{abs(fall):,.0f} from 31 March {year - 1} to 31 March {year}"
    )
    if year - 1 in published.index and not any(at == year - 1 for at, _ in changed):
        remarks.append(f"{said}; the year before is as published, not as in your own accounts.")
    else:
        found.append(f"{changed[year, USE].where}: {said}; correct one of the three.")
    return found
