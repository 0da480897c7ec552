"""Whether one figure by itself can be so: its unit, its size beside the last year's, its sign."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from resilience.analysis.own_figures.identities import NRE
from resilience.analysis.own_figures.lines import TOGETHER, USE, line_label
from resilience.analysis.own_figures.read import Supplied
from resilience.publications.lines import load_lines
from resilience.years import outturn_year_of

Cells = Mapping[tuple[int, str], Supplied]

#: An amount so many times last year's, and more than half of all the council spends, is one in £.
TIMES_LARGER, SHARE_OF_SPENDING = 200, 0.5
#: No line is more than so many times net revenue expenditure.
LARGEST_SHARE = 3
#: An amount between these shares of last year's is likely to be in £ million.
SMALLER = (1 / 3000, 1 / 300)
#: From so many £ thousand on last year's figure is large enough to compare with.
COMPARED_FROM = 500
#: Spending that does not shrink to a thousandth in a year; reserves, one-offs and a service's net cost can, and are
#: asked about.
_STEADY = (
    NRE,
    "rs_totsx_net_exp",
    "rs_csc_net_exp",
    "rs_asc_net_exp",
    "rs_intextpay_net_exp",
)
_SPENDING = (NRE, "rs_totsx_net_exp", "rs_intextpay_net_exp", "rs_provprin_net_exp", "rs_csc_net_exp", "rs_asc_net_exp")


def last_before(rows: pd.DataFrame, year: int) -> Callable[[str], float]:
    """Return a look-up of a line's last figure before a year."""

    def last(line: str) -> float:
        earlier = rows.loc[rows.index < year, line].dropna() if line in rows else pd.Series(dtype=float)
        return float(earlier.iloc[-1]) if len(earlier) else math.nan

    return last


def unit_faults(changed: Cells, year: int, published: pd.DataFrame, remarks: list[str]) -> list[str]:
    """Say which figures of a year are in £ or £m: they are a thousand times the last published ones, or a thousandth.

    What may be so and may be a slip is asked about in a remark.
    """
    last = last_before(published, year + 1)
    spending = abs(last(NRE))
    own = {line: cell for (at, line), cell in changed.items() if at == year}
    ratios = {
        line: abs(cell.amount / last(line))
        for line, cell in own.items()
        if abs(last(line)) >= COMPARED_FROM and cell.amount
    }
    found = {}
    for line, cell in own.items():
        if line in ratios and ratios[line] > TIMES_LARGER and abs(cell.amount) > SHARE_OF_SPENDING * spending:
            found[line] = (
                f"{cell.where}: {line_label(line)} is {ratios[line]:,.0f} times the last published figure, so it seems "
                "to be in £ and not £ thousand; divide by 1,000."
            )
        elif line not in ratios and abs(cell.amount) > LARGEST_SHARE * spending > 0:
            found[line] = (
                f"{cell.where}: {line_label(line)} is {abs(cell.amount) / spending:,.0f} times all that the council "
                "spent when last published, so it seems to be in £ and not £ thousand; divide by 1,000."
            )
        elif line in ratios and ratios[line] > TIMES_LARGER:
            remarks.append(_asked(cell, line, f"{ratios[line]:,.0f} times the last published figure"))
    if found:
        return _as_one(list(found.values()), year)
    small = {line: ratio for line, ratio in ratios.items() if SMALLER[0] < ratio < SMALLER[1]}
    whole = NRE in small or (len(ratios) > 1 and SMALLER[0] < float(np.median(list(ratios.values()))) < SMALLER[1])
    if small and whole:
        line = NRE if NRE in small else next(iter(small))
        return [
            f"{own[line].where}: {line_label(line)} is {1 / small[line]:,.0f} times smaller than the last published "
            f"figure, so the amounts of {outturn_year_of(year)} seem to be in £ million and not £ thousand; multiply "
            "by 1,000."
        ]
    for line, ratio in small.items():
        if line in _STEADY:
            found[line] = (
                f"{own[line].where}: {line_label(line)} is {1 / ratio:,.0f} times smaller than the last published "
                "figure, so it seems to be in £ million and not £ thousand; multiply by 1,000."
            )
        else:
            remarks.append(_asked(own[line], line, f"{1 / ratio:,.0f} times smaller than the last published figure"))
    return list(found.values())


def _asked(cell: Supplied, line: str, said: str) -> str:
    return f"Please check {cell.where}: {line_label(line)} is {said}; it is taken as it stands."


def _as_one(found: list[str], year: int) -> list[str]:
    """Tell a few slips one by one, and a whole year in £ once."""
    if len(found) <= 3:
        return found
    return [
        f"{found[0].removesuffix('.')} (so do {len(found) - 1} more figures of {outturn_year_of(year)} in that column)."
    ]


def sign_faults(changed: Cells, year: int, row: pd.Series, last: Callable[[str], float]) -> list[str]:
    """Say where a figure has a sign that it cannot have."""
    found = []
    for (at, line), cell in changed.items():
        if at != year or line in (TOGETHER, USE):
            continue
        if line.startswith("rs_resoth") and cell.amount < 0:
            found.append(
                f"{cell.where}: {line_label(line)} is negative, but earmarked reserves cannot be below nil; write what "
                "is left of them, and put a deficit into unallocated reserves (line 916)."
            )
            continue
        before = last(line)
        sign = load_lines().by_name[line].sign
        large = abs(cell.amount) >= 0.005 * abs(row[NRE]) and abs(cell.amount) >= 0.5 * abs(before)
        if sign == "income or credit negative" and before < 0 < cell.amount and large:
            found.append(
                f"{cell.where}: {line_label(line)} is income, which the form shows as negative (last published "
                f"{before:,.0f}); write it with a minus."
            )
        if line in _SPENDING and cell.amount < 0 < before:
            found.append(f"{cell.where}: {line_label(line)} is negative; spending is positive on the form, so turn it.")
    return found
