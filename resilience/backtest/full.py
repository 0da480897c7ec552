"""The whole record: the back test, and what it takes to read it rightly."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date

import pandas as pd

from resilience.backtest.blind_year import BlindYear, blind_year
from resilience.backtest.cases import MADE, Case, predictions_as, registers, run_cases
from resilience.backtest.frozen import frozen_lists
from resilience.backtest.levels import Levels, levels
from resilience.backtest.masks import NONE
from resilience.backtest.proof import Proof, prove
from resilience.backtest.rolling import DRAWS, FIRST, Backtest, backtest, judged_by
from resilience.formatting import Printed
from resilience.model.fitting import SEED
from resilience.tables.events import EventRegister

_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class FullRecord(Printed):
    """The record with everything that belongs beside it.

    Attributes
    ----------
    result : Backtest
    cases : list of Case
        By register, mask and origins, beside the best rule and 0.1.0; empty but for 24 months and "distress".
    proofs : dict of date to Proof
        The end of the register → the three figures; empty likewise.
    levels : Levels or None
        Calibration in two parts; None where no origin has closed.
    blind_year : BlindYear or None
        The list of 1 January 2026; None where 0.1.0's is not at hand.
    """

    result: Backtest
    cases: list[Case]
    proofs: dict[date, Proof]
    levels: Levels | None
    blind_year: BlindYear | None

    def __repr__(self) -> str:
        return f"FullRecord({self.result!r}, cases={len(self.cases)}, proofs={len(self.proofs)})"


def full_record(
    indicators: pd.DataFrame,
    events: EventRegister,
    *,
    first: int = FIRST,
    last: int | None = None,
    horizon: int = 24,
    outcome: str = "distress",
    draws: int = DRAWS,
    seed: int = SEED,
    n_jobs: int = 2,
) -> FullRecord:
    """Work out the whole record; parameters as of ``backtest``."""
    result = backtest(
        indicators,
        events,
        first=first,
        last=last,
        horizon=horizon,
        outcome=outcome,
        draws=draws,
        seed=seed,
        n_jobs=n_jobs,
    )
    return beside(result, indicators, events, draws=draws, seed=seed, n_jobs=n_jobs)


def beside(
    result: Backtest,
    indicators: pd.DataFrame,
    events: EventRegister,
    *,
    draws: int = DRAWS,
    seed: int = SEED,
    n_jobs: int = 2,
) -> FullRecord:
    """Set beside a back test what it takes to read it rightly.

    Parameters
    ----------
    result : Backtest
        Of these indicators and events.
    indicators, events : DataFrame, EventRegister
    draws, seed, n_jobs : int
        See ``backtest``.
    """
    horizon, outcome = result.settings["horizon_months"], result.settings["outcome"]
    apart = levels(result.predictions, events, horizon=horizon, outcome=outcome)
    if (horizon, outcome) != (24, "distress"):  # 0.1.0 and the designs nobody chose are kept for these alone
        return FullRecord(result, [], {}, apart, None)
    made = {one: predictions_as(indicators, events, result, *one) for one in MADE}
    cases = run_cases(indicators, events, made, draws=draws, seed=seed, n_jobs=n_jobs)
    proofs = {}
    for register in registers(events):
        _log.info("designs that nobody chose, register to %s", register.until)
        rows = made[NONE, False]
        rows = judged_by(rows[rows["origin"] < register.end], indicators, register)
        proofs[register.until] = prove(indicators, register, rows, draws=draws, seed=seed, n_jobs=n_jobs)
    return FullRecord(result, cases, proofs, apart, blind_year(frozen_lists(), events, made[NONE, True]))
