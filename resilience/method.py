"""The whole run, as the method in one short function."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd

from resilience.errors import DataError
from resilience.indicators.compute import compute_indicators
from resilience.indicators.known import known_on
from resilience.model import artefact
from resilience.model.fitting import RiskModel, fit, training_rows
from resilience.model.scoring import ScoredDay, score
from resilience.tables.events import EventRegister, load_events
from resilience.tables.panel import load_panel
from resilience.tables.revisions import load_vintages, panel_as_of
from resilience.years import Day, day_of

_log = logging.getLogger(__name__)

#: Before this day too little is known to train on.
EARLIEST = date(2016, 1, 1)


def run(
    as_of: Day | None = None,
    *,
    events: str | Path | EventRegister | None = None,
    outcome: str = "distress",
    horizon: int = 24,
    panel: pd.DataFrame | None = None,
    switches: dict[str, bool] | None = None,
    intervals: bool = True,
) -> ScoredDay:
    """Score every council on a day, from the shipped figures.

    Parameters
    ----------
    as_of : date or str, optional
        A date, or its text like "2026-11-01"; by default today.
    events : path or EventRegister, optional
        Another register in the shipped one's format.
    outcome, horizon : str, int
        See ``risk_set``.
    panel : DataFrame, optional
        Other figures in the panel's form.
    switches : dict of str to bool, optional
        Definitions that differ from the default.
    intervals : bool
        Whether to work out intervals.

    Raises
    ------
    DataError
        If the day is no date, or too early for anything to be trained on.
    """
    day = date.today() if as_of is None else day_of(as_of)
    if day < EARLIEST:
        raise DataError(f"{day} is too early: no list can be given for a day before {EARLIEST}.")
    register = (events if isinstance(events, EventRegister) else load_events(events)).known_by(day)
    figures = panel_as_of(load_panel(), load_vintages(), day) if panel is None else panel
    indicators = compute_indicators(figures, switches=switches)
    shipped = events is None and panel is None and not switches and horizon == 24
    model = model_for(indicators, register, day, outcome=outcome, horizon=horizon, shipped=shipped)
    scored = score(model, known_on(indicators, day), register, intervals=intervals)
    return replace(scored, panel=figures, switches=dict(switches or {}))


def model_for(
    indicators: pd.DataFrame,
    events: EventRegister,
    as_of: date,
    *,
    outcome: str = "distress",
    horizon: int = 24,
    shipped: bool = False,
) -> RiskModel:
    """Return the model that was trainable on a day: the shipped one where it is that, otherwise fitted now."""
    if shipped and artefact.path_of(outcome, horizon).is_file():
        model = artefact.load(outcome=outcome, horizon=horizon)
        if artefact.trained_for(model, events, as_of):
            differing = artefact.other_data(model)
            if not differing:
                return model
            _log.warning(differing)
    return fit(training_rows(indicators, events, as_of, horizon=horizon, outcome=outcome))


def train(as_of: Day | None = None, *, outcome: str = "distress", path: Path | None = None) -> Path:
    """Fit the model as of a day and write its artefact; return where."""
    events = load_events()
    day = events.end.date() if as_of is None else day_of(as_of)
    indicators = compute_indicators(load_panel())
    model = fit(training_rows(indicators, events, day, outcome=outcome))
    return artefact.save(score(model, known_on(indicators, day), events, intervals=False), path)
