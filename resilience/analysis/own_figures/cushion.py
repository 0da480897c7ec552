"""How long the reserves of a plan last: by year, and the first year they do not."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from resilience.analysis.own_figures.checks import OwnFigures
from resilience.analysis.own_figures.identities import EARMARKED, NRE, UNALLOCATED, reserves_by_year
from resilience.analysis.own_figures.lines import USE
from resilience.years import outturn_year_of

#: Why reserves run out in a year: none is left at its end, or less was there at its start than is to be used.
NIL, USE_EXCEEDS = "nil", "use"
_TRANSFERS = ("rs_appresunall_net_exp", "rs_appresoth_net_exp")


@dataclass(frozen=True)
class CushionYear:
    """Usable reserves of one year, £ thousand; what is not known is NaN.

    Attributes
    ----------
    outturn_year : str
    reserves, unallocated, earmarked : float
        At 31 March; the two parts only where given apart.
    spending : float
        Net revenue expenditure.
    use : float
        Taken from reserves in the year, less what was added.
    use_stated : bool
        Whether the plan says so, or the form's transfers; otherwise it is the fall since the year before.
    own, derived : bool
        Whether the council's own figures are in it; whether its reserves are worked out from the year before.
    """

    outturn_year: str
    reserves: float
    unallocated: float
    earmarked: float
    spending: float
    use: float
    use_stated: bool
    own: bool
    derived: bool

    @property
    def share(self) -> float:
        """Reserves over net revenue expenditure."""
        return self.reserves / self.spending if self.spending > 0 else math.nan


@dataclass(frozen=True)
class Cushion:
    """The reserves of a plan.

    Attributes
    ----------
    years : tuple of CushionYear
        The last published year with reserves, and each year to come.
    runs_out : str
        The first year to come that the reserves do not outlast; "" where they outlast the plan.
    because : str
        ``NIL``, ``USE_EXCEEDS`` or "".
    lasts : float
        Of reserves that outlast the plan: for how many years more at the last year's use; infinite without any.
    """

    years: tuple[CushionYear, ...]
    runs_out: str
    because: str
    lasts: float


def cushion(figures: OwnFigures, switches: Mapping[str, bool] | None = None) -> Cushion:
    """Follow reserves through a plan.

    Parameters
    ----------
    figures : OwnFigures
    switches : mapping of str to bool, optional
        The definitions of the run (``ScoredDay.switches``).
    """
    rows = figures.rows.set_index("year", drop=False).sort_index()
    reserves = reserves_by_year(rows, switches)
    ahead = set(figures.future)
    there = [int(year) for year in reserves.dropna().index if year not in ahead]
    shown = [*there[-1:], *figures.future]
    years = []
    for year in shown:
        row, before = rows.loc[year], float(reserves.get(year - 1, math.nan))
        stated = float(row.get(USE, math.nan))
        if math.isnan(stated):
            stated = -sum(float(row.get(line, math.nan)) for line in _TRANSFERS) if year in ahead else math.nan
        years.append(
            CushionYear(
                outturn_year_of(year),
                float(reserves[year]),
                float(row[UNALLOCATED]),
                float(row[EARMARKED]),
                float(row[NRE]),
                before - float(reserves[year]) if math.isnan(stated) else stated,
                not math.isnan(stated),
                bool(row["source_kind"] == "own"),
                year in figures.derived,
            )
        )
    runs_out, because = _runs_out(years, len(years) - len(figures.future))
    last = years[-1] if years else None
    lasts = math.nan
    if last is not None and not runs_out and figures.future:
        lasts = last.reserves / last.use if last.use > 0 else math.inf
    return Cushion(tuple(years), runs_out, because, lasts)


def _runs_out(years: list[CushionYear], first: int) -> tuple[str, str]:
    """Return the first year to come that reserves do not outlast, and why."""
    for at in range(first, len(years)):
        year = years[at]
        opening = years[at - 1].reserves if at else math.nan
        if year.use_stated and year.use > 0 and opening < year.use:
            return year.outturn_year, USE_EXCEEDS
        if year.reserves <= 0:
            return year.outturn_year, NIL
    return "", ""
