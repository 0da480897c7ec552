"""A council that does not exist yet: what it would inherit, and its chance, with an interval wide enough.

The combined council is put on the day's own scale and level: medians, spreads and intercept are those of the councils
in being, which it does not touch. Its interval takes the model's draws, as any council's, and is then widened on the
log-odds scale by two more doubts, added as variances:

- how far the predecessors lie apart (the standard deviation of their log-odds, weighted by net revenue expenditure and
  share): what is decided about the weaker one's books decides which of them the new council is like;
- how far past successors' first own figures lay from what their predecessors' gave (``past``): `PAST_ERROR`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from resilience.analysis.mergers.add_up import Part, merge_councils, merged_indicators, parts_of, read_share
from resilience.analysis.place import AMOUNTS, council_amounts
from resilience.councils import resolve
from resilience.councils.proposals import Proposal, every
from resilience.councils.proposals import proposal as find_proposal
from resilience.errors import DataError
from resilience.formatting import listed
from resilience.indicators.known import KnownFigures, known_on
from resilience.method import run as run_pipeline
from resilience.model.bands import band_at
from resilience.model.scoring import ScoredDay, score
from resilience.tables.panel import load_panel

#: Root mean square, in log-odds and rounded, by which the twelve successors of 2019 to 2023 differed in their first
#: own figures from what their predecessors' gave on the eve; docs/mergers.md has the table, a test holds it to it.
PAST_ERROR = 1.5


class NoSum(DataError):
    """In no recent year have all predecessors of a council returned what its sum needs."""


@dataclass(frozen=True)
class MergedScore:
    """How a council that does not exist yet would stand.

    Attributes
    ----------
    scored : ScoredDay
        The one council on the day's scale.
    place : int
        The rank it would have among the councils at risk.
    of : int
    between : float
        How far the predecessors lie apart, in log-odds.
    predecessors : DataFrame
        Index code: ``council, class, share, how, status, log_odds, risk, risk_low, risk_high, band, event``.
    """

    scored: ScoredDay
    place: int
    of: int
    between: float
    predecessors: pd.DataFrame

    @property
    def code(self) -> str:
        """The code that stands for it."""
        return str(self.scored.table.index[0])

    @property
    def known(self) -> pd.Series:
        """Its row: indicators as known on the day, the year they are of, chance, band."""
        return self.scored.table.iloc[0]

    @property
    def risk(self) -> float:
        """Its chance."""
        return float(self.known["risk"])

    @property
    def risk_low(self) -> float:
        """The lower end of the interval."""
        return float(self.known["risk_low"])

    @property
    def risk_high(self) -> float:
        """The upper end of the interval."""
        return float(self.known["risk_high"])

    @property
    def band(self) -> str:
        """The band of the rank it would have, where it can be scored."""
        return "" if np.isnan(self.risk) else band_at(self.place)


@dataclass(frozen=True)
class Merger:
    """A council made of others, decided, proposed or only thought of.

    Attributes
    ----------
    name : str
    parts : tuple of Part
    indicators : DataFrame
        From ``add_up.merged_indicators``.
    score : MergedScore
    brings : DataFrame
        What each predecessor brings, £ thousand, after its share is taken, the last figure known of each. Index code;
        ``council, share, how``, how it stands (``status, risk, band, event_date``), and the amounts of
        ``place.AMOUNTS`` with ``…_year``.
    proposal : Proposal, optional
    """

    name: str
    parts: tuple[Part, ...]
    indicators: pd.DataFrame
    score: MergedScore
    brings: pd.DataFrame
    proposal: Proposal | None = None

    @property
    def totals(self) -> pd.DataFrame:
        """What it would have in all: index `INHERITED`; ``amount`` and ``at_least``, missing where nothing is known.

        An amount is missing where that of a predecessor is; ``at_least`` is the sum of those there are. Districts hold
        no schools grant: their want of a deficit is no gap.
        """
        rows = {}
        for what in INHERITED:
            needed = sum(part.class_ != "SD" for part in self.parts) if what == "dsg_deficit" else len(self.parts)
            column = self.brings[what]
            rows[what] = (column.sum(min_count=max(1, needed)), column.sum(min_count=1))
        return pd.DataFrame.from_dict(rows, orient="index", columns=["amount", "at_least"])


#: The amounts of a place that a new council inherits; each council's tax is its own.
INHERITED = tuple(name for name in AMOUNTS if name != "council_tax")


def merger(
    run: ScoredDay,
    codes: Sequence[str],
    name: str = "",
    *,
    shares: Mapping[str, float] | None = None,
    proposal: Proposal | None = None,
) -> Merger:
    """Work out what a council made of others would inherit, and how it would stand.

    Parameters
    ----------
    run : ScoredDay
    codes : sequence of str
        Its predecessors, by any code or name.
    name : str
        What to call it; by default its predecessors' names.
    shares : mapping of str to float, optional
        See ``add_up.merge_councils``.
    proposal : Proposal, optional
        What it comes from.

    Raises
    ------
    DataError, UnknownCouncilError
        See ``add_up.parts_of`` and `score_merged`.
    """
    panel = run.known_panel
    parts = parts_of(panel, codes, shares)
    called = name or listed([part.council for part in parts])
    rows = merge_councils(panel, codes, called, shares=shares)
    indicators = merged_indicators(rows, run.indicators)
    stands = score_merged(run, indicators, parts)
    return Merger(called, tuple(parts), indicators, stands, _brings(run, parts), proposal)


def _brings(run: ScoredDay, parts: Sequence[Part]) -> pd.DataFrame:
    table = council_amounts(run, [part.ons_code for part in parts])
    shares = [part.share for part in parts]
    table[list(AMOUNTS)] = table[list(AMOUNTS)].mul(shares, axis=0)
    table["share"], table["how"] = shares, [part.how for part in parts]
    years = [f"{name}_year" for name in AMOUNTS]
    stands = ["status", "not_scored_because", "risk", "band", "event_date"]
    return table[["council", "share", "how", *stands, *AMOUNTS, *years]]


def merger_asked_for(
    councils: Sequence[str], name: str | None, proposal: str | None, shares: Sequence[str], as_of: date | None
) -> tuple[ScoredDay, Merger]:
    """Work out the merger that a command asks for, on the day it asks for.

    Parameters
    ----------
    councils : sequence of str
        Names or codes; none where a proposal is given.
    name, proposal : str, optional
    shares : sequence of str
        As typed: "Surrey=0.45".
    as_of : date, optional

    Raises
    ------
    DataError
        If it names neither two councils nor a proposal, or both; see also ``add_up.parts_of``.
    """
    if proposal and councils:
        raise DataError("Give either councils or --proposal, not both.")
    if not proposal and not councils:
        raise DataError("Name the councils to be merged, or give --proposal.")
    plan = find_proposal(proposal) if proposal else None
    codes = list(plan.codes) if plan else [resolve(one) for one in councils]
    taken = {**(plan.shares if plan else {}), **dict(read_share(text) for text in shares)}
    parts_of(load_panel(), codes, taken)  # what is wrong with them is said before anything is worked out
    run = run_pipeline(as_of)
    return run, merger(run, codes, name or (plan.name if plan else ""), shares=taken, proposal=plan)


def every_merger(run: ScoredDay, code: str | None = None) -> dict[str, Merger]:
    """Work out every new council decided or proposed before the day, or those that take a council; by its name.

    Left out are those of which a predecessor was not in being on the day.
    """
    return {
        plan.name: merger(run, plan.codes, plan.name, shares=plan.shares, proposal=plan)
        for plan in every(run.as_of)
        if (code is None or code in plan.codes) and set(plan.codes) <= set(run.table.index)
    }


def more_indebted_than(run: ScoredDay, one: Merger) -> tuple[int, int] | None:
    """Return how many councils of its tier, of how many, have less gross debt against net spending.

    Nothing where its own is unknown, or not among the highest tenth.
    """
    tier = run.table[run.table["tier"] == one.score.known["tier"]]["gross_debt_ratio"].dropna()
    debt = float(one.score.known["gross_debt_ratio"])
    return (int((tier < debt).sum()), len(tier)) if debt > tier.quantile(0.9) else None


def score_merged(run: ScoredDay, indicators: pd.DataFrame, parts: list[Part]) -> MergedScore:
    """Score a combined council on a run's day without disturbing the others.

    Parameters
    ----------
    run : ScoredDay
    indicators : DataFrame
        From ``merge.merged_indicators``.
    parts : list of Part
        From ``merge.parts_of``.

    Raises
    ------
    DataError
        If a predecessor did not exist on the day.
    NoSum
        If no year is known of all of them.
    """
    absent = [part.council for part in parts if part.ons_code not in run.table.index]
    if absent:
        raise DataError(f"{' and '.join(absent)} did not exist on {run.as_of}; choose another date.")
    known = known_on(indicators, run.as_of, councils=as_council(indicators))
    if known.scorable.empty:
        raise NoSum(
            f"{known.table['council'].iloc[0]} cannot be assessed: in no recent year have all its predecessors "
            "returned net revenue expenditure and reserves."
        )
    before = predecessors_on(run, parts)
    weights = (before["share"] * before["net_revenue_expenditure"]).to_numpy(dtype=float)
    odds = before["log_odds"].to_numpy(dtype=float)
    there = ~np.isnan(odds) & ~np.isnan(weights) & (weights > 0)
    between = 0.0
    if there.any():
        centre = np.average(odds[there], weights=weights[there])
        between = float(np.sqrt(np.average((odds[there] - centre) ** 2, weights=weights[there])))
    doubt = float(np.hypot(between, PAST_ERROR))
    ages = _ages(run, known, before.index, np.nan_to_num(weights))
    merged = score(run.model, known, run.events, scale=run.scale, doubt=doubt, ages=ages)
    risk = float(merged.table["risk"].iloc[0])
    return MergedScore(merged, run.place_of(risk), len(run.at_risk), between, before)


def _ages(run: ScoredDay, known: KnownFigures, codes: pd.Index, weights: np.ndarray) -> pd.DataFrame:
    """Return how stale each combined figure counts: at least as its predecessors' figures do, weighted by their size.

    Where one of them did not return a line, its last amount stands in for it in the sum; that makes it no fresher.
    """
    own = known.table["year"].iloc[0] - run.known.years.loc[codes, known.ages.columns]
    own = own.clip(lower=0)
    weight = own.notna().mul(weights, axis=0)
    mean = (own.fillna(0).mul(weight).sum() / weight.sum().where(weight.sum() > 0)).round()
    return known.ages.where(known.ages.isna() | ~(mean > known.ages), mean, axis=1)


def as_council(indicators: pd.DataFrame) -> pd.DataFrame:
    """Return the council that rows are of, in the form of ``councils_on``."""
    last = indicators.sort_values("year").iloc[[-1]].set_index("ons_code")
    return last[["council", "class", "region", "tier"]]


def predecessors_on(run: ScoredDay, parts: list[Part]) -> pd.DataFrame:
    """Return how each predecessor stands today; one with an event keeps the log-odds its figures give."""
    codes = [part.ons_code for part in parts]
    rows = run.table.loc[codes]
    happened = run.events.onsets(outcome=run.model.outcome)
    facts = pd.DataFrame(
        {
            "council": [part.council for part in parts],
            "class": [part.class_ for part in parts],
            "share": [part.share for part in parts],
            "how": [part.how for part in parts],
        },
        index=codes,
    )
    columns = ["status", "risk", "risk_low", "risk_high", "band", "net_revenue_expenditure", "outturn_year"]
    facts = facts.join(rows[columns])
    facts["log_odds"] = run.log_odds.reindex(codes)
    facts["event"] = happened["date"].reindex(codes)
    facts["event_type"] = happened["event_type"].reindex(codes)
    return facts
