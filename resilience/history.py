"""The score as it stood each January, and what became of councils with such scores; worked out once for all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd
from scipy.special import logit

from resilience.errors import DataError
from resilience.evidence import Figures
from resilience.indicators.compute import SWITCHES, compute_indicators
from resilience.indicators.groups import percentiles
from resilience.model.backtest import bands_record
from resilience.model.fitting import RiskModel, fit, training_rows
from resilience.model.scoring import score
from resilience.peers import neighbour_table
from resilience.pipeline import Run
from resilience.riskset import AT_RISK, CARRY_YEARS, OLDEST_RETURN_YEARS

#: Flexible use of capital receipts (from 2016-17) was first in a published outturn in November 2017.
FIRST_JANUARY = 2018
#: Councils "like this one" had a chance within this many log-odds (odds within a factor of 1.5), or are the nearest.
LIKE = 0.4
FEWEST_LIKE = 40


@dataclass(frozen=True)
class Alike:
    """What became of councils that stood about here.

    Attributes
    ----------
    times, events, councils : int
        How often a council stood here on a 1 January, how often an event followed, and how many councils these were.
    low, high : float
        Between which chances they stood.
    first, last : int
        The Januaries looked at.
    nearest : bool
        Whether too few stood about here, so that the nearest are shown.
    """

    times: int
    events: int
    councils: int
    low: float
    high: float
    first: int
    last: int
    nearest: bool = False


@dataclass(frozen=True)
class Background:
    """What the pages of all councils share.

    Attributes
    ----------
    run : Run
        The list that is explained.
    figures : Figures
        Its indicators as known on the day: later years left out, later publications of known years blanked.
    standing : DataFrame
        On the index of ``figures.table``: percentiles by class, 100 the worst.
    neighbours : dict of str to list of str
        Each council's statistical neighbours, the nearest first; without the councils abolished since.
    near : DataFrame
        Percentiles among them, on the index of the last years of ``figures.table``.
    switched : dict of str to DataFrame
        The last years' indicators with one definition switched from its default, by the switch.
    before : DataFrame
        Scores one year earlier by the same model; empty where that is too early.
    history : DataFrame
        From :func:`score_history`.
    record : DataFrame
        Rows of ``history`` at risk whose whole horizon had closed by the day, with ``event`` and ``observed``.
    """

    run: Run
    figures: Figures
    standing: pd.DataFrame
    neighbours: dict[str, list[str]]
    near: pd.DataFrame
    switched: dict[str, pd.DataFrame]
    before: pd.DataFrame
    history: pd.DataFrame
    record: pd.DataFrame

    def bands(self) -> pd.DataFrame:
        """Return each band's record (``backtest.bands_record``), over closed horizons only."""
        return self._bands

    @cached_property
    def _bands(self) -> pd.DataFrame:
        return bands_record(self.record) if len(self.record) else pd.DataFrame()

    def alike(self, log_odds: float) -> Alike | None:
        """Return what became of councils whose chance was about this; nothing where no horizon had closed."""
        if self.record.empty or np.isnan(log_odds):
            return None
        distance = (logit(self.record["risk"]) - log_odds).abs()
        rows = self.record[distance <= LIKE]
        few = len(rows) < FEWEST_LIKE
        if few:
            rows = self.record.loc[distance.sort_values(kind="stable").index[:FEWEST_LIKE]]
        return Alike(
            len(rows),
            int(rows["event"].sum()),
            int(rows["ons_code"].nunique()),
            float(rows["risk"].min()),
            float(rows["risk"].max()),
            int(self.record["origin"].min().year),
            int(self.record["origin"].max().year),
            few,
        )


def score_history(
    indicators: pd.DataFrame,
    events: pd.DataFrame,
    as_of: date,
    *,
    outcome: str = "distress",
    horizon: int = 24,
    first: int = FIRST_JANUARY,
    progress: Callable[[str], None] | None = None,
) -> pd.DataFrame:
    """Score every council each 1 January up to a day, each time with the model that was trainable then.

    Parameters
    ----------
    indicators, events : DataFrame
        From ``compute_indicators`` and ``load_events``.
    as_of : date
        The last day looked at.
    outcome, horizon : str, int
        See ``risk_set``.
    first : int
        The first January.
    progress : callable, optional
        Told which January is being scored.

    Returns
    -------
    DataFrame
        One row a January and council in being then: ``origin``, ``ons_code``, ``council``, ``class``, ``tier``,
        ``status``, ``risk``, ``log_odds``, ``intercept``, ``rank``, ``of`` (councils ranked that day), ``band``,
        ``outturn_year``, ``source_kind``; one ``term: …`` and one ``median: …`` a term (its contribution, and the
        figure of the tier's median council; missing where that day's model did not have it); and, where the whole
        horizon had closed by ``as_of``, ``event`` and ``observed`` of ``risk_set``. Empty where no January lies
        between.
    """
    kept = ["council", "class", "tier", "status", "risk", "log_odds", "rank", "band", "outturn_year", "source_kind"]
    closed = _closed(indicators, events, as_of, outcome, horizon)
    tables = []
    for year in range(first, as_of.year + 1):
        origin = pd.Timestamp(year, 1, 1)
        if progress:
            progress(f"1 January {year}")
        # What had closed by the origin: the same rows as training_rows(…, origin), drawn up once.
        rows = closed[closed["origin"] + pd.DateOffset(months=horizon) <= origin]
        model = fit(rows, draws=0)
        scores = score(model, indicators, origin.date(), events=events, intervals=False)
        table = scores[[*kept, *(name for name in scores if name.startswith("term: "))]].reset_index()
        table.insert(0, "origin", origin)
        table = pd.concat([table, medians(model, scores.attrs["scales"], table["tier"])], axis=1)
        table["intercept"] = scores.attrs["intercept"]
        table["of"] = int((scores["status"] == AT_RISK).sum())
        tables.append(table)
    if not tables:
        return pd.DataFrame(columns=["origin", "ons_code", *kept, "intercept", "of", "event", "observed"])
    history = pd.concat(tables, ignore_index=True)
    followed = closed[["origin", "ons_code", "event", "observed"]]
    return history.merge(followed, on=["origin", "ons_code"], how="left", validate="one_to_one")


def medians(model: RiskModel, scales: Mapping, tiers: pd.Series) -> pd.DataFrame:
    """Return each term's indicator in the median council of each row's tier, as ``median: …`` columns."""
    columns = {}
    for term in model.terms:
        at = {tier: scales[tier].get(term.name) for tier in scales}
        middle = {tier: float(term.untransformed(one["centre"])) if one else np.nan for tier, one in at.items()}
        columns[f"median: {term.name}"] = tiers.map(middle).astype(float)
    return pd.DataFrame(columns, index=tiers.index)


def _closed(indicators: pd.DataFrame, events: pd.DataFrame, as_of: date, outcome: str, horizon: int) -> pd.DataFrame:
    rows = training_rows(indicators, events, as_of, horizon=horizon, outcome=outcome)
    return rows.sort_values(["origin", "ons_code"], kind="stable", ignore_index=True)


def background(
    run: Run, *, history: pd.DataFrame | None = None, progress: Callable[[str], None] | None = None
) -> Background:
    """Work out what the pages of all councils share (some ten seconds).

    Parameters
    ----------
    run : Run
        From ``pipeline.run``.
    history : DataFrame, optional
        From :func:`score_history`, where it is at hand.
    progress : callable, optional
        Told what is being done.
    """
    outcome, horizon = run.model.outcome, run.model.horizon
    if history is None:
        history = score_history(
            run.indicators, run.events, run.as_of, outcome=outcome, horizon=horizon, progress=progress
        )
    figures = known_figures(run.indicators, run.as_of)
    near = neighbours_on(figures)
    year_ago = (pd.Timestamp(run.as_of) - pd.DateOffset(years=1)).date()
    try:
        before = score(run.model, run.indicators, year_ago, events=run.events, intervals=False)
    except (IndexError, ValueError):
        before = pd.DataFrame()
    return Background(
        run,
        Figures(figures),
        percentiles(figures, by="class"),
        near,
        percentiles(figures[figures["year"] >= run.as_of.year - OLDEST_RETURN_YEARS], by="neighbours", neighbours=near),
        _switched(run.whole_panel, run.as_of),
        before,
        history,
        _record(history),
    )


def _switched(panel: pd.DataFrame, as_of: date) -> dict[str, pd.DataFrame]:
    """Compute the last years' indicators with each definition switched in turn."""
    known = pd.to_datetime(panel["known_from"]) < pd.Timestamp(as_of)
    # Changes over three years look back on figures that are themselves three years old.
    rows = panel[known & (panel["year"] >= as_of.year - OLDEST_RETURN_YEARS - 2 * CARRY_YEARS)]
    return {
        name: compute_indicators(rows, switches={name: not default}).set_index(["ons_code", "year"])
        for name, (default, _) in SWITCHES.items()
    }


def neighbours_on(figures: pd.DataFrame) -> dict[str, list[str]]:
    """Return every council's statistical neighbours by the newest original outturn known; empty where too early."""
    try:
        table = neighbour_table(int(figures.loc[figures["source_kind"] == "original", "year"].max()))
    except DataError:
        return {}
    return {str(code): list(rows) for code, rows in table.groupby("ons_code")["neighbour"]}


def known_figures(indicators: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Return the rows known on a day, with figures of other publications that came out later blanked."""
    from resilience.indicators.definitions import by_source

    rows = indicators[pd.to_datetime(indicators["known_from"]) < pd.Timestamp(as_of)].copy()
    for source, names in by_source().items():
        if f"known_from_{source}" in rows:
            late = ~(pd.to_datetime(rows[f"known_from_{source}"]) < pd.Timestamp(as_of))
            rows.loc[late, [name for name in names if name in rows]] = np.nan
    return rows


def _record(history: pd.DataFrame) -> pd.DataFrame:
    """Keep the scores whose whole horizon had closed; a council abolished in it tells nothing without an event."""
    whole = history["event"].eq(True) | (history["observed"] >= 1)
    return history[whole & (history["status"] == AT_RISK)].astype({"risk": float, "event": bool})
