"""How far a lever is thought to reach: only from a current figure, and no further than councils went in a year."""

from __future__ import annotations

import numpy as np
import pandas as pd

from resilience.analysis.evidence import STALE_YEARS
from resilience.analysis.lever_catalogue import Lever
from resilience.analysis.recovery_lines import COVID_YEARS
from resilience.indicators.known import SIZE
from resilience.model.scoring import ScoredDay

#: A step is no larger than one year in twenty has seen among the councils of a tier.
SEEN_IN = 0.95
#: Years looked at begin with this one: before it, rates retention and council tax support moved every ratio.
FIRST_YEAR = 2014
#: Between two years whose net revenue expenditure differs by more than this, a ratio moves by what is below its line.
SAME_SIZE = 0.10


def is_current(run: ScoredDay, code: str, lever: Lever) -> bool:
    """Say whether every figure that a lever moves is of the council's newest year, and that year is no old one."""
    ages, newest = run.known.ages.loc[code], run.known.newest(code)
    return newest is not None and run.as_of.year - newest < STALE_YEARS and bool((ages[list(lever.figures)] == 0).all())


def furthest_seen(run: ScoredDay, tier: str, lever: Lever) -> float:
    """Return the largest step, as a share of net revenue expenditure, that is thought of: what one year in twenty saw.

    Parameters
    ----------
    run : ScoredDay
        Only figures known on its day are looked at.
    tier : str
    lever : Lever

    Returns
    -------
    float
        Nought where councils of the tier did not move that way.
    """
    if not lever.seen_in:
        return np.inf
    return run.once(("furthest seen", tier, lever.name), lambda: _furthest(run, tier, lever))


def _furthest(run: ScoredDay, tier: str, lever: Lever) -> float:
    moves = run.once("moves between two years", lambda: _moves(run))
    found = (lever.way * moves.loc[moves["tier"] == tier, lever.seen_in]).dropna()
    return max(0.0, float(found.quantile(SEEN_IN))) if len(found) else 0.0


def _moves(run: ScoredDay) -> pd.DataFrame:
    """Return what every ratio moved by between two years of one council that compare."""
    rows = run.known.rows
    rows = rows[~rows["built"].astype(bool)].sort_values(["ons_code", "year"])
    figures = rows.select_dtypes("number").drop(columns="year")
    before = figures.groupby(rows["ons_code"]).shift(1)
    next_year = rows.groupby("ons_code")["year"].diff() == 1
    like = (figures[SIZE] / before[SIZE] - 1).abs() <= SAME_SIZE
    # Reserves held grants of the pandemic at the end of two years; they left in the year after.
    plain = ~rows["year"].isin((*COVID_YEARS, max(COVID_YEARS) + 1)) & (rows["year"] >= FIRST_YEAR)
    found = next_year & like & plain
    return (figures - before)[found].assign(tier=rows["tier"][found])
