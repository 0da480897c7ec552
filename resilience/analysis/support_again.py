"""Councils already supported on a scored day: how they stand, and the base rates of needing it again."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from resilience.model.again import AgainRate, base_rates, standing
from resilience.model.risk_set import EVENT_ALREADY
from resilience.model.scoring import ScoredDay


@dataclass(frozen=True, eq=False)
class SupportAgain:
    """What is known on a day of councils already supported.

    Attributes
    ----------
    standing : DataFrame
        From ``model.again.standing``.
    in_12, in_24 : dict of int to AgainRate
        Base rates within 12 and 24 months, by whole years since the last event.
    """

    standing: pd.DataFrame
    in_12: dict[int, AgainRate]
    in_24: dict[int, AgainRate]


def support_again(scored: ScoredDay) -> SupportAgain:
    """Return what is known of councils already supported; worked out once for the day."""

    def make() -> SupportAgain:
        events, day = scored.events, scored.as_of
        return SupportAgain(standing(events, day), base_rates(events, day, 12), base_rates(events, day, 24))

    return scored.once("support again", make)


def is_supported(scored: ScoredDay, code: str) -> bool:
    """Say whether a council had a qualifying event before the day, and so may need support again."""
    return bool(scored.table.at[code, "status"] == EVENT_ALREADY) and code in support_again(scored).standing.index
