"""The whole run, as the method in one short function."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import pandas as pd

from resilience.councils.lineage import with_lineage
from resilience.errors import DataError
from resilience.events import load_events
from resilience.indicators.compute import compute_indicators
from resilience.model import artefact
from resilience.model.fitting import RiskModel, fit, training_rows
from resilience.model.scoring import score
from resilience.panel import load_panel
from resilience.vintages import load_vintages, panel_as_of

#: Before this day too little is known to train on.
EARLIEST = date(2016, 1, 1)


@dataclass(frozen=True)
class Run:
    """Everything one day's list was made from."""

    as_of: date
    panel: pd.DataFrame
    indicators: pd.DataFrame
    events: pd.DataFrame
    model: RiskModel
    scores: pd.DataFrame

    @cached_property
    def whole_panel(self) -> pd.DataFrame:
        """The panel with the rows built for successor councils; not to be changed."""
        return self.panel if "built" in self.panel else with_lineage(self.panel)


def run(
    as_of: date | None = None,
    *,
    events: str | Path | pd.DataFrame | None = None,
    outcome: str = "distress",
    horizon: int = 24,
    panel: pd.DataFrame | None = None,
    switches: dict[str, bool] | None = None,
    intervals: bool = True,
) -> Run:
    """Score every council on a day, from the shipped figures.

    Parameters
    ----------
    as_of : date, optional
        By default today.
    events : path or DataFrame, optional
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
        If the day is too early for anything to be trained on.
    """
    day = as_of or date.today()
    if day < EARLIEST:
        raise DataError(f"{day} is too early: no list can be given for a day before {EARLIEST}.")
    register = events if isinstance(events, pd.DataFrame) else load_events(events)
    figures = panel_as_of(load_panel(), load_vintages(), day) if panel is None else panel
    indicators = compute_indicators(figures, switches=switches)
    shipped = events is None and panel is None and not switches and horizon == 24
    model = model_for(indicators, register, day, outcome=outcome, horizon=horizon, shipped=shipped)
    return Run(
        day,
        figures,
        indicators,
        register,
        model,
        score(model, indicators, day, events=register, intervals=intervals),
    )


def model_for(
    indicators: pd.DataFrame,
    events: pd.DataFrame,
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
            return model
    return fit(training_rows(indicators, events, as_of, horizon=horizon, outcome=outcome))


def train(as_of: date | None = None, *, outcome: str = "distress", path: Path | None = None) -> Path:
    """Fit the model as of a day and write its artefact; return where."""
    events = load_events()
    day = as_of or date(events.attrs["to"].year + 1, 1, 1)
    indicators = compute_indicators(load_panel())
    model = fit(training_rows(indicators, events, day, outcome=outcome))
    return artefact.save(model, score(model, indicators, day, events=events, intervals=False), path)
