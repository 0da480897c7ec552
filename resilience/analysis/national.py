"""The national picture: how many councils stand in each band each January, and what moved them.

Two levels are told apart. ``counts`` is by the fixed yardstick (today's model, medians and level applied to the
figures known each January, and the bands are the places these scores would have in today's list): what changes from
year to year is the figures alone. How many events there were, and how
many would have been expected at each day's own level, stands beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
import pandas as pd

from resilience.analysis.characteristics import deprivation_known
from resilience.backtest.past_lists import FIRST_JANUARY
from resilience.method import run as run_pipeline
from resilience.model.bands import NAMES
from resilience.model.risk_set import AT_RISK, EVENT_ALREADY, NOT_SCORABLE
from resilience.model.scoring import ScoredDay, on_fixed_scale
from resilience.publications.others.context import load_deprivation

OTHERS = (EVENT_ALREADY, NOT_SCORABLE)
THIRDS = ("least deprived third", "middle third", "most deprived third")
NOW = "now"
#: Years ending whose reserves held COVID grants to be spent later, by the January that first showed them.
COVID_JANUARIES = ("2022", "2023")
GROUPINGS = ("class", "region", "deprivation")


@dataclass(frozen=True)
class National:
    """The national picture.

    Attributes
    ----------
    as_of : date
    councils : DataFrame
        One row a day and council: ``day`` ("2018" … , "now"), ``ons_code``, ``class, region, deprivation, status,
        risk, band``, by the fixed yardstick.
    drivers : DataFrame
        ``tier, since, until, term, label, change``: mean change of a term's part of the log-odds between two days,
        over the councils at risk or with an event that are scored on both.
    events : DataFrame
        Index the calendar year; ``first_events`` in it (missing beyond the register) and ``councils``, their names.
    register_to : str
    """

    as_of: date
    councils: pd.DataFrame
    drivers: pd.DataFrame
    events: pd.DataFrame
    register_to: str

    def counts(self, by: str | None = None) -> pd.DataFrame:
        """Return how many councils stand in each band, or have had an event, on each day.

        Parameters
        ----------
        by : {"class", "region", "deprivation"}, optional
            A grouping; its values come first in the index.
        """
        table = self.councils.assign(
            stands=self.councils["band"].where(self.councils["status"] == AT_RISK, self.councils["status"])
        )
        keys = ["day"] if by is None else [by, "day"]
        counted = table.groupby([*keys, "stands"]).size().unstack("stands", fill_value=0)
        days = list(dict.fromkeys(self.councils["day"]))
        counted = counted.reindex(columns=[*NAMES, *OTHERS], fill_value=0)
        if by is None:
            return counted.reindex(days)
        order = [(group, day) for group in dict.fromkeys(counted.index.get_level_values(0)) for day in days]
        return counted.reindex(pd.MultiIndex.from_tuples(order, names=keys), fill_value=0)


def national(*, run: ScoredDay | None = None) -> National:
    """Draw the national picture up.

    Parameters
    ----------
    run : ScoredDay, optional
        By default today's.
    """
    day = run_pipeline(intervals=False) if run is None else run
    days = [(str(year), date(year, 1, 1)) for year in range(FIRST_JANUARY, day.as_of.year + 1)]
    days = [(label, when) for label, when in days if when < day.as_of] + [(NOW, day.as_of)]
    scored = {label: on_fixed_scale(day, when) for label, when in days}
    thirds = deprivation_thirds() if deprivation_known(day.as_of) else pd.Series(dtype=str)
    columns = ["council", "class", "tier", "region", "status", "risk", "band", "outturn_year"]
    tables = []
    for label, one in scored.items():
        part = one.table[columns].reset_index()
        part["band"] = [day.band_of(risk) for risk in part["risk"]]
        part.insert(0, "day", label)
        part["deprivation"] = part["ons_code"].map(thirds.to_dict()).astype(object).fillna("not known").astype(str)
        tables.append(part)
    return National(day.as_of, pd.concat(tables, ignore_index=True), _drivers(scored), *_events(day))


def deprivation_thirds() -> pd.Series:
    """Return each council's third of its tier by the average score of the Indices of Deprivation 2025.

    Councils abolished before it have none.
    """
    table = load_deprivation().set_index("ons_code")
    tier = np.where(table.index.str.startswith("E07"), "lower", "upper")
    score = table["imd_average_score"]
    ranks = score.groupby(tier).rank(pct=True)
    return pd.cut(ranks, [0, 1 / 3, 2 / 3, 1], labels=list(THIRDS)).astype(str).where(score.notna(), "not known")


def _drivers(scored: dict[str, ScoredDay]) -> pd.DataFrame:
    rows = []
    for since, until in pairwise(scored):
        first, last = scored[since], scored[until]
        both = first.log_odds.index.intersection(last.log_odds.index)
        change = last.contributions.loc[both] - first.contributions.loc[both]
        for tier in ("upper", "lower"):
            own = change[(last.table.loc[both, "tier"] == tier).to_numpy()].mean()
            rows += [(tier, since, until, term.name, term.label, float(own[term.name])) for term in last.model.terms]
    return pd.DataFrame(rows, columns=["tier", "since", "until", "term", "label", "change"])


def _events(day: ScoredDay) -> tuple[pd.DataFrame, str]:
    first = day.events.onsets(outcome=day.model.outcome)["date"]
    end = pd.Timestamp(day.events.until)
    names = day.indicators.drop_duplicates("ons_code", keep="last").set_index("ons_code")["council"]
    rows = []
    for year in range(FIRST_JANUARY, min(end, pd.Timestamp(day.as_of)).year + 1):
        codes = first.index[first.dt.year == year]
        rows.append((year, len(codes), "; ".join(sorted(str(names.get(code, code)) for code in codes))))
    return pd.DataFrame(rows, columns=["year", "first_events", "councils"]).set_index("year"), str(end.date())
