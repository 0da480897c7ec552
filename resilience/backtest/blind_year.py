"""The list of 1 January 2026 and the first events after it: blind for 0.1.0 and the rules, not for the second model.

0.1.0 was frozen with events to 31 December 2025, and the rules are older than that; the second model was made by
people some of whom had seen what 2026 said of 0.1.0. So its line stands here for comparison and proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from resilience.backtest import metrics
from resilience.backtest.first_release import NAME
from resilience.backtest.frozen import MODEL, FrozenList
from resilience.backtest.measuring import CAPACITIES
from resilience.backtest.scoreboard import score_list
from resilience.indicators.comparisons import UNLIKE_OTHERS
from resilience.tables.events import EventRegister

DAY = date(2026, 1, 1)


@dataclass(frozen=True, eq=False)
class BlindYear:
    """What came after 1 January 2026, and how each list had ranked it.

    Attributes
    ----------
    register_to : date
    at_risk, events : int
        Councils ranked on the day, and first events among them; City of London and Isles of Scilly included.
    table : DataFrame
        Index "0.1.0", each rule, the best first, and last "five families"; ``auc``, ``auc_upper_tier``, ``hits_10``,
        ``hits_20``, ``hits_30``, ``hits_50``, ``auc_without`` (City of London and Isles of Scilly left out, which the
        second model does not score) and ``blind``.
    """

    register_to: date
    at_risk: int
    events: int
    table: pd.DataFrame


SECOND = "five families"


def blind_year(lists: Iterable[FrozenList], events: EventRegister, predictions: pd.DataFrame) -> BlindYear | None:
    """Score the lists of 1 January 2026; nothing where 0.1.0's is not at hand or no event came.

    Parameters
    ----------
    lists : iterable of FrozenList
        From ``frozen_lists``: that of 0.1.0 has its own ranking and those of the rules, as they stood then.
    events : EventRegister
    predictions : DataFrame
        ``cases.predictions_as`` with ``unlike_too``: the second model on figures known then, all councils ranked.
    """
    frozen = next((one for one in lists if (one.as_of, one.version) == (DAY, NAME)), None)
    rows = predictions[predictions["origin"] == pd.Timestamp(DAY)]
    if frozen is None or rows.empty:
        return None
    score = score_list(frozen, events, draws=0)
    if score.measures.empty:
        return None
    columns = ["auc", "auc_upper_tier", *(f"hits_{capacity}" for capacity in CAPACITIES)]
    table = score.measures[columns].rename(index={MODEL: NAME})
    table["auc_without"] = [_auc(frozen.ranks[MODEL if name == NAME else name], frozen, events) for name in table.index]
    table["blind"] = True
    table.loc[SECOND] = {**_second(rows), "blind": False}
    order = sorted(table.index, key=lambda name: (name == SECOND, name != NAME, -table.at[name, "auc"]))
    return BlindYear(events.until, score.at_risk, len(score.events), table.loc[order])


def _auc(ranks: pd.Series, frozen: FrozenList, events: EventRegister) -> float:
    """Return a frozen ranking's area under the curve without the councils that nothing compares with."""
    happened = events.onsets()["date"]
    at_risk = ranks.index[(frozen.councils["status"] == "at risk").to_numpy()]
    listed = at_risk[~at_risk.isin(happened.index[happened < pd.Timestamp(DAY)]) & ~at_risk.isin(UNLIKE_OTHERS)]
    # A council that a rule does not speak of comes last.
    score = -ranks[listed].fillna(len(ranks)).to_numpy(dtype=float)
    return float(metrics.auc(score, listed.isin(happened.index), np.ones((1, len(listed))))[0])


def _second(rows: pd.DataFrame) -> dict[str, float]:
    risk, event = rows["risk"].to_numpy(dtype=float), rows["event"].to_numpy(dtype=bool)
    upper, like = (rows["tier"] == "upper").to_numpy(), ~rows["ons_code"].isin(UNLIKE_OTHERS).to_numpy()

    def auc(part: np.ndarray) -> float:
        return float(metrics.auc(risk[part], event[part], np.ones((1, int(part.sum()))))[0])

    place = (-rows["risk"]).rank(method="first").to_numpy()
    hits = {f"hits_{capacity}": float((event & (place <= capacity)).sum()) for capacity in CAPACITIES}
    return {"auc": auc(np.ones(len(rows), bool)), "auc_upper_tier": auc(upper), **hits, "auc_without": auc(like)}
