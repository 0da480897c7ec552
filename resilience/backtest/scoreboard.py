"""What came of each frozen list: the events after its day, and how it and other people's rules had ranked them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from resilience.backtest import metrics
from resilience.backtest.betting import Bet, bet
from resilience.backtest.frozen import MODEL, FrozenList
from resilience.backtest.measuring import CAPACITIES, INTERVAL
from resilience.backtest.power import detectable_of
from resilience.backtest.rolling import DRAWS
from resilience.councils import load_councils, resolve
from resilience.model.fitting import SEED
from resilience.model.risk_set import AT_RISK
from resilience.tables.events import EventRegister

RESERVES, FLAGS = "reserves_rank", "cipfa_flags"
#: The rules the list is bet against; the claim to be better is one against the first.
BET_AGAINST = (RESERVES, FLAGS)


@dataclass(frozen=True, eq=False)
class ListScore:
    """One frozen list with what came after its day.

    Attributes
    ----------
    frozen : FrozenList
    until : date
        The last day looked at: that of the register, or of the list's horizon if that ends sooner.
    over : bool
        Whether the whole horizon lies within the register.
    begun : bool
        Whether the register reaches the list's day at all.
    events : DataFrame
        First events at councils on the list, a row each, the first to come first: index the code; ``council, tier,
        date``, ``blind`` (whether the list's makers cannot have had it at hand) and, for the list and each rule, the
        rank among the councils at risk.
    at_risk, upper : int
        Councils ranked that had had no event before the day, as is known now; and those of the upper tier.
    had_event : tuple of str
        Names of councils that the list ranks and that had had an event before its day, as is known now.
    unranked : tuple of str
        Names of councils with a first event after the day that the list gives no rank.
    measures : DataFrame
        Index "model" and the rules; ``auc``, its 90% interval ``auc_low, auc_high``, ``auc_upper_tier``, ``hits_10``
        and ``recall_10`` and so on, and ``less, less_low, less_high``: the list's AUC less the rule's, with
        ``detectable``, the smallest true difference that so many events find 4 times in 5. Empty without events.
    bets, bets_back : dict of str to Bet
        The list's bet against a rule, and the rule's against the list. Only events the list is blind to count.
    """

    frozen: FrozenList
    until: date
    over: bool
    begun: bool
    events: pd.DataFrame
    at_risk: int
    upper: int
    had_event: tuple[str, ...]
    unranked: tuple[str, ...]
    measures: pd.DataFrame
    bets: dict[str, Bet]
    bets_back: dict[str, Bet]

    @property
    def blind(self) -> bool:
        """Whether the list's makers can have known none of the events."""
        return bool(self.events["blind"].all())


def scoreboard(lists: Iterable[FrozenList], events: EventRegister, *, draws: int = DRAWS) -> list[ListScore]:
    """Score frozen lists against what the register says came after their days; parameters as of `score_list`."""
    return [score_list(one, events, draws=draws) for one in lists]


def score_list(frozen: FrozenList, events: EventRegister, *, draws: int = DRAWS) -> ListScore:
    """Score a frozen list.

    Parameters
    ----------
    frozen : FrozenList
    events : EventRegister
        As far as it is known now.
    draws : int
        Bootstrap draws over councils, for the intervals.
    """
    start = pd.Timestamp(frozen.as_of)
    last = (start + pd.DateOffset(months=int(frozen.facts["horizon_months"]))).date() - timedelta(days=1)
    until = min(last, events.until)
    happened = events.onsets(outcome=frozen.facts["outcome"])["date"].sort_values(kind="stable")
    # Codes change; today's register has each council under its newest.
    today = pd.Index([resolve(code) for code in frozen.councils.index])
    councils, ranks = (table.set_axis(today) for table in (frozen.councils, frozen.ranks))
    after = happened[(happened >= start) & (happened <= pd.Timestamp(until))]
    came = after[after.index.isin(today)]
    listed = councils.index[councils["status"] == AT_RISK]
    before = happened.index[happened < start]
    at_risk = listed[~listed.isin(before)]
    # Those that had had an event unknown to the list are taken out, and the others close up.
    placed = ranks.loc[at_risk].rank(na_option="bottom", method="first").astype(int)
    struck = came[came.index.isin(at_risk)]
    table = councils.loc[struck.index, ["council", "tier"]].assign(
        date=struck, blind=struck > pd.Timestamp(frozen.events_at_hand_to)
    )
    ends = _ends()
    bets, back = {}, {}
    for rule in BET_AGAINST:
        if rule in placed:
            ours, theirs = ranks.loc[at_risk, MODEL], ranks.loc[at_risk, rule]
            blind = struck[table["blind"]]
            bets[rule], back[rule] = bet(ours, theirs, blind, ends), bet(theirs, ours, blind, ends)
    return ListScore(
        frozen,
        until,
        over=last <= events.until,
        begun=frozen.as_of <= events.until,
        events=table.join(placed),
        at_risk=len(at_risk),
        upper=int((councils.loc[at_risk, "tier"] == "upper").sum()),
        had_event=tuple(councils.loc[listed[listed.isin(before)], "council"]),
        unranked=tuple(councils.loc[came.index[~came.index.isin(at_risk)], "council"]),
        measures=_measures(placed, (councils.loc[at_risk, "tier"] == "upper").to_numpy(), struck.index, draws),
        bets=bets,
        bets_back=back,
    )


def _ends() -> pd.Series:
    table = load_councils().drop_duplicates("ons_code").set_index("ons_code")
    return pd.to_datetime(table["end_date"])


def _measures(placed: pd.DataFrame, upper: np.ndarray, struck: pd.Index, draws: int) -> pd.DataFrame:
    event = placed.index.isin(struck)
    if not event.any():
        return pd.DataFrame()
    one = np.ones((1, len(placed)))
    rng = np.random.default_rng([SEED, 12])
    # The list and all rules on the same draws: their difference is paired.
    weights = rng.multinomial(len(placed), np.full(len(placed), 1 / len(placed)), size=draws).astype(float)
    rows: dict[str, dict[str, float]] = {}
    drawn: dict[str, np.ndarray] = {}
    for name in placed:
        score = -placed[name].to_numpy(dtype=float)
        drawn[name] = metrics.auc(score, event, weights)
        low, high = _interval(drawn[name])
        row = {"auc": metrics.auc(score, event, one)[0], "auc_low": low, "auc_high": high}
        row["auc_upper_tier"] = metrics.auc(score[upper], event[upper], one[:, upper])[0]
        for capacity in CAPACITIES:
            row[f"hits_{capacity}"] = float((event & (placed[name] <= capacity)).sum())
            row[f"recall_{capacity}"] = row[f"hits_{capacity}"] / event.sum()
        row["less"] = rows.get(MODEL, row)["auc"] - row["auc"]
        row["less_low"], row["less_high"] = _interval(drawn[MODEL] - drawn[name])
        least = None if name == MODEL else detectable_of(drawn[MODEL] - drawn[name])
        row["detectable"] = np.nan if least is None else least
        rows[name] = row
    return pd.DataFrame.from_dict(rows, orient="index")


def _interval(drawn: np.ndarray) -> tuple[float, float]:
    finite = drawn[np.isfinite(drawn)]
    if not len(finite):
        return np.nan, np.nan
    low, high = np.quantile(finite, INTERVAL)
    return float(low), float(high)
