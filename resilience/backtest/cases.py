"""The record under stated conditions: which register, origins and lines; beside the best rule and 0.1.0.

The first register is cut at the day up to which the designs were made: release 0.1.0's own reach. What came later is
shown apart.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pandas as pd

from resilience.backtest.first_release import NAME, beside
from resilience.backtest.masks import MASKS, NONE, Mask
from resilience.backtest.measuring import measured
from resilience.backtest.rolling import DRAWS, POOLED_FROM, Backtest, judged_by, predict_origin
from resilience.backtest.summaries import best_of
from resilience.model.fitting import SEED
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
    unlike_too : bool
        Whether City of London and Isles of Scilly are ranked too, although no council compares with them.
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
    unlike_too: bool
    closed: bool
    first: int
    last: int
    best_rule: str
    found: dict[str, Any]


#: What the lists were made from: the mask, and whether the two councils without comparison are ranked too.
Made = tuple[Mask, bool]
MADE: tuple[Made, ...] = (*((mask, False) for mask in MASKS), (NONE, True))


def predictions_as(
    indicators: pd.DataFrame, events: EventRegister, result: Backtest, mask: Mask = NONE, unlike_too: bool = False
) -> pd.DataFrame:
    """Return the predictions of the pooled origins made otherwise, by the back test's own models.

    Parameters
    ----------
    indicators, events : DataFrame, EventRegister
        Those of the back test.
    result : Backtest
    mask : Mask
        Lines that each list has to do without.
    unlike_too : bool
        Whether the councils that nothing compares with are scored too, by models trained without them.
    """
    rows = result.predictions[result.predictions["origin"] >= pd.Timestamp(POOLED_FROM, 1, 1)]
    if mask == NONE and not unlike_too:
        return rows
    tables = []
    for stamp in rows["origin"].drop_duplicates():
        origin = stamp.date()
        model = result.models[str(origin)]
        table, _ = predict_origin(indicators, events, origin, mask=mask, unlike_too=unlike_too, model=model)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def run_cases(
    indicators: pd.DataFrame,
    events: EventRegister,
    made: Mapping[Made, pd.DataFrame],
    *,
    draws: int = DRAWS,
    seed: int = SEED,
    n_jobs: int = 2,
) -> list[Case]:
    """Work out every case: the register as 0.1.0 had it and as it is, all pooled origins and the closed ones.

    Parameters
    ----------
    indicators, events : DataFrame, EventRegister
        From ``compute_indicators`` and ``load_events``.
    made : mapping
        What the lists were made from → `predictions_as`.
    draws, seed, n_jobs : int
        See ``backtest``.
    """
    cases: list[Case] = []
    for register in registers(events):
        for (mask, unlike_too), predictions in made.items():
            known = predictions[predictions["origin"] < register.end]
            rows = judged_by(known, indicators, register, unlike_too=unlike_too)
            whole = rows["closed"].astype(bool)
            for part, closed in ((rows, False), (rows[whole], True)):
                case = Case(register.until, mask.name, unlike_too, closed, *_years(part), "", {})
                # A longer register closes no further origin until the next January: once is enough.
                if part.empty or (closed and any(_same(case, before) for before in cases)):
                    continue
                _log.info("register to %s, mask %s, origins to %s", case.register_to, case.mask, case.last)
                cases.append(_measured(case, part, mask, draws=draws, seed=seed, n_jobs=n_jobs))
    return cases


def registers(events: EventRegister) -> list[EventRegister]:
    """Return the register as far as 0.1.0 knew it, and as it is; one if it reaches no further."""
    if events.until <= EARLIER_REGISTER:
        return [events]
    return [events.known_by(EARLIER_REGISTER + timedelta(days=1)), events]


def _years(rows: pd.DataFrame) -> tuple[int, int]:
    years = rows["origin"].dt.year
    return (int(years.min()), int(years.max())) if len(rows) else (0, 0)


def _same(case: Case, before: Case) -> bool:
    return before.closed and (before.mask, before.unlike_too, before.last) == (case.mask, case.unlike_too, case.last)


def _measured(case: Case, rows: pd.DataFrame, mask: Mask, **how: int) -> Case:
    best = best_of(measured(rows, draws=0)["rivals"])
    ours = f"rival: {NAME}"
    chosen = rows.assign(**{ours: beside(rows, mask)})
    return replace(case, best_rule=best, found=measured(chosen, rivals=[f"rival: {best}", ours], lines=False, **how))


def to_plain(case: Case) -> Mapping[str, Any]:
    """Return a case for programs."""
    return {
        "register_to": str(case.register_to),
        "mask": case.mask,
        "with_city_of_london_and_isles_of_scilly": case.unlike_too,
        "closed_origins_only": case.closed,
        "origins": [case.first, case.last],
        "best_rule": case.best_rule,
        **case.found,
    }
