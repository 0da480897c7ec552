"""The record under stated conditions: which register, which origins, which lines missing; beside the best rule and 0.1.0.

The first register is cut at the day up to which the designs were made: release 0.1.0's own reach. What came later is
shown apart.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd

from resilience.backtest.first_release import NAME, beside
from resilience.backtest.masks import MASKS, NONE, Mask
from resilience.backtest.rolling import DRAWS, POOLED_FROM, Backtest, judged_by, predict_origin
from resilience.backtest.summaries import best_of
from resilience.model.fitting import SEED
from resilience.model.risk_set import yearly
from resilience.tables.events import EventRegister

#: The register's reach when release 0.1.0 was frozen.
EARLIER_REGISTER = date(2025, 12, 31)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Case:
    """The record under one set of conditions.

    Attributes
    ----------
    register_to : date
        The last day of the register.
    mask : str
        The name of the mask.
    closed : bool
        Whether only origins count whose whole horizon lies within the register.
    first, last : int
        The origins.
    best_rule : str
        The published rule with the highest area under the curve, here.
    found : dict
        ``model``; ``rivals`` and ``differences`` (model less rival, paired) of the best rule and of 0.1.0; ``events``,
        ``rows``. See ``rolling.measured``.
    """

    register_to: date
    mask: str
    closed: bool
    first: int
    last: int
    best_rule: str
    found: dict[str, Any]


def run_cases(
    indicators: pd.DataFrame,
    events: EventRegister,
    unmasked: pd.DataFrame,
    *,
    draws: int = DRAWS,
    seed: int = SEED,
    n_jobs: int = 2,
) -> list[Case]:
    """Work out every case: the register as 0.1.0 had it and as it is, under every mask, all origins and closed ones.

    Parameters
    ----------
    indicators, events : DataFrame, EventRegister
        From ``compute_indicators`` and ``load_events``.
    unmasked : DataFrame
        ``Backtest.predictions`` of these, for the horizon of 24 months and the outcome "distress".
    draws, seed, n_jobs : int
        See ``backtest``.
    """
    every = {NONE: unmasked[unmasked["origin"] >= pd.Timestamp(POOLED_FROM, 1, 1)]}
    for mask in MASKS:
        if mask not in every:
            every[mask] = masked_predictions(indicators, events, mask)
    cases = []
    for register in _registers(events):
        for mask, predictions in every.items():
            known = predictions[predictions["origin"] < register.end]
            rows = judged_by(known, indicators, register)
            whole = rows["closed"].astype(bool)
            for part, closed in ((rows, False), (rows[whole], True)):
                # Later registers close the same origins until the next January: once is enough.
                if part.empty or (closed and any(_same(case, mask, part) for case in cases)):
                    continue
                _log.info("register to %s, mask %s%s", register.until, mask.name, ", closed origins" if closed else "")
                cases.append(_case(part, register, mask, closed, draws=draws, seed=seed, n_jobs=n_jobs))
    return cases


def masked_predictions(indicators: pd.DataFrame, events: EventRegister, mask: Mask) -> pd.DataFrame:
    """Return the back test's predictions of the pooled origins, each list doing without the mask's lines."""
    origins = yearly(POOLED_FROM, last_origin(events))
    return pd.concat([predict_origin(indicators, events, one, mask=mask)[0] for one in origins], ignore_index=True)


def _registers(events: EventRegister) -> list[EventRegister]:
    if events.until <= EARLIER_REGISTER:
        return [events]
    return [events.known_by(EARLIER_REGISTER + timedelta(days=1)), events]


def _same(case: Case, mask: Mask, rows: pd.DataFrame) -> bool:
    return case.closed and case.mask == mask.name and case.last == rows["origin"].max().year


def _case(rows: pd.DataFrame, register: EventRegister, mask: Mask, closed: bool, **how: int) -> Case:
    best = best_of(measured(rows, draws=0)["rivals"])
    ours = f"rival: {NAME}"
    chosen = rows.assign(**{ours: beside(rows, mask)})
    found = measured(chosen, rivals=[f"rival: {best}", ours], lines=False, **how)
    years = rows["origin"].dt.year
    return Case(register.until, mask.name, closed, int(years.min()), int(years.max()), best, found)


def to_plain(case: Case) -> Mapping[str, Any]:
    """Return a case for programs."""
    return {
        "register_to": str(case.register_to),
        "mask": case.mask,
        "closed_origins_only": case.closed,
        "origins": [case.first, case.last],
        "best_rule": case.best_rule,
        **case.found,
    }
