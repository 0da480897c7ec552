"""From a fitted model to chances: of all councils on a day, and of any other rows on that day's scale."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from scipy.special import expit, gammaincinv, ndtri

from resilience.councils.lineage import with_lineage
from resilience.formatting import Printed
from resilience.indicators.known import KnownFigures, known_on, published_before
from resilience.model.bands import band_at
from resilience.model.calibration import JEFFREYS, PACES, PACES_MONTHS, BaseRate, base_rate, intercept_for, pace_shifts
from resilience.model.fitting import RiskModel
from resilience.model.risk_set import AT_RISK, EVENT_ALREADY, NOT_SCORABLE
from resilience.model.scale import UPPER, Placed, Scale, TierScale, place, tiers_of
from resilience.tables.events import EventRegister

#: The interval shown is the middle 90% of the draws.
INTERVAL = (0.05, 0.95)
#: Quantiles at which a doubt beyond the model's own is looked at, the same every time.
_FURTHER = (np.arange(99) + 0.5) / 99

Made = TypeVar("Made")


@dataclass(frozen=True, eq=False)
class ScoredDay(Printed):
    """Every council in being on a day with its chance, and everything it was made from.

    Attributes
    ----------
    known : KnownFigures
    events : EventRegister
        As known on the day.
    model : RiskModel
    scale : Scale
        What the log-odds are measured against; the day's own unless another was given.
    table : DataFrame
        Index ``ons_code``, ordered by rank, then councils with an event, then those that cannot be scored. Columns:
        those of ``KnownFigures.table`` and ``status, not_scored_because`` (of councils with an event too: why their
        figures give nothing), ``rank, risk, risk_low, risk_high, band, log_odds, event_date, event_type``.
    families : DataFrame
        On the same index: what each family, and the tier, adds to the log-odds (0 at the tier's median); missing for
        councils that cannot be scored. With the scale's intercept they add up to the log-odds.
    contributions : DataFrame
        The same by indicator: the shares of a family's indicators add up to the family's.
    placed : Placed
        The councils that can be scored, on the scale.
    log_odds : Series
        What the figures give, for councils with an event as well, of which the table gives no chance.
    panel : DataFrame
        The figures the indicators were computed from, as of the day; empty for rows scored by themselves.
    switches : dict of str to bool
        The definitions that differ from the default.
    """

    known: KnownFigures
    events: EventRegister
    model: RiskModel
    scale: Scale
    table: pd.DataFrame
    families: pd.DataFrame
    contributions: pd.DataFrame
    placed: Placed
    log_odds: pd.Series
    panel: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    switches: Mapping[str, bool] = field(default_factory=dict)
    _made: dict[Hashable, Any] = field(default_factory=dict, init=False, repr=False)

    def __repr__(self) -> str:
        counts = self.table["status"].value_counts()
        numbers = ", ".join(
            f"{name}={int(counts.get(status, 0))}"
            for name, status in (("at_risk", AT_RISK), ("event_already", EVENT_ALREADY), ("not_scorable", NOT_SCORABLE))
        )
        return (
            f"ScoredDay(as_of={self.as_of}, outcome={self.model.outcome!r}, horizon={self.model.horizon}, {numbers}, "
            f"expected={self.expected:.1f})"
        )

    @property
    def as_of(self) -> date:
        """The day."""
        return self.known.as_of

    @property
    def indicators(self) -> pd.DataFrame:
        """All rows of ``compute_indicators``, of whatever day."""
        return self.known.indicators

    @property
    def base_rate(self) -> BaseRate:
        """How many first events the latest closed year brought."""
        return self.scale.base_rate

    @property
    def expected(self) -> float:
        """First events expected within the horizon among the councils at risk."""
        return self.base_rate.expected(self.model.horizon)

    @property
    def at_risk(self) -> pd.DataFrame:
        """The rows of ``table`` that have a chance."""
        return self.table[self.table["status"] == AT_RISK]

    @cached_property
    def whole_panel(self) -> pd.DataFrame:
        """The panel with the rows built for successor councils; not to be changed."""
        return self.panel if "built" in self.panel else with_lineage(self.panel)

    @cached_property
    def known_panel(self) -> pd.DataFrame:
        """The rows of ``whole_panel`` that were out before the day; not to be changed."""
        return self.whole_panel[published_before(self.whole_panel, self.as_of)]

    def place_of(self, risk: float, *, without: str = "") -> int:
        """Return the rank that a chance would have among the councils at risk, leaving one out."""
        return 1 + int((self.at_risk["risk"].drop(without, errors="ignore").astype(float) > risk).sum())

    def band_of(self, risk: float, *, without: str = "") -> str:
        """Return the band of the rank that a chance would have among the councils at risk, leaving one out."""
        return "" if np.isnan(risk) else band_at(self.place_of(risk, without=without))

    @cached_property
    def paces(self) -> dict[str, float]:
        """What each of ``PACES`` adds to the day's log-odds; empty for an outcome or horizon they do not speak of."""
        spoken_of = self.model.outcome == "distress" and self.model.horizon == PACES_MONTHS and len(self.at_risk)
        return pace_shifts(self.at_risk["log_odds"].to_numpy(dtype=float)) if spoken_of else {}

    def at_paces(self, log_odds: float) -> dict[str, float]:
        """Return the chance of a council with these log-odds in a quiet, a middling and a busy time."""
        return {name: float(expit(log_odds + self.paces[name])) if self.paces else np.nan for name in PACES}

    def reference(self, tier: str) -> float:
        """Return the log-odds of a council at its tier's median in every family."""
        return self.scale.intercept + (self.model.weights[UPPER] if tier == "upper" else 0.0)

    def once(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """Return what is worked out once for this day, however many councils ask for it; it is not to be changed."""
        if key not in self._made:
            self._made[key] = make()
        made: Made = self._made[key]
        return made

    def has(self, key: Hashable) -> bool:
        """Say whether something has been worked out for this day by ``once``."""
        return key in self._made


def score(
    model: RiskModel,
    known: KnownFigures,
    events: EventRegister,
    *,
    scale: Scale | None = None,
    intervals: bool = True,
    doubt: float = 0.0,
    ages: pd.DataFrame | None = None,
) -> ScoredDay:
    """Score the councils of a table of known figures.

    Parameters
    ----------
    model : RiskModel
        Fitted to what was known on the day, or before.
    known : KnownFigures
        From ``known_on``: all councils in being, or any other rows in its form (own figures, a merged council).
    events : EventRegister
        For the status of each council and the base rate; what was announced on the day or later is not looked at.
    scale : Scale, optional
        Another day's, or that of a list these rows do not belong to; by default that of the known figures themselves.
    intervals : bool
        Whether to work out the interval from the draws.
    doubt : float
        A standard deviation, in log-odds, by which the interval is wider than the model alone makes it.
    ages : DataFrame, optional
        In the form of ``KnownFigures.ages``, by default those: how stale a carried figure counts as.

    Returns
    -------
    ScoredDay
    """
    events = events.known_by(known.as_of)
    first = events.onsets(outcome=model.outcome)
    scorable = known.scorable
    status = pd.Series(np.where(known.not_scored == "", AT_RISK, NOT_SCORABLE), index=known.table.index)
    status[known.table.index.isin(first.index)] = EVENT_ALREADY
    tiers = tiers_of(scorable, model.families) if scale is None else scale.tiers
    ages = known.ages if ages is None else ages
    reliability = model.reliability.of(scorable["tier"], ages.loc[scorable.index], model.families)
    placed = place(scorable, model.families, tiers, reliability)
    features = placed.families[model.names]
    families = features * model.weight_vector()
    # Family by family, so that a council's sum has the same last digit whoever else is scored with it.
    without = np.asarray(sum(families.to_numpy().T), dtype=float)
    at_risk = (status[scorable.index] == AT_RISK).to_numpy()
    if scale is None:
        scale = _scale_of(model, known.as_of, tiers, events, features.to_numpy()[at_risk], without[at_risk], intervals)
    log_odds = pd.Series(scale.intercept + without, index=scorable.index)

    result = known.table.copy()
    result["status"] = status
    result["not_scored_because"] = known.not_scored
    result["log_odds"] = log_odds
    result["risk"] = expit(log_odds)
    result["risk_low"], result["risk_high"] = np.nan, np.nan
    if intervals and len(scale.levels) and at_risk.any():
        low, high = interval(model, scale, features.to_numpy(), doubt=doubt)
        # The draws' middle need not hold the estimate itself to the last digit.
        result.loc[scorable.index, "risk_low"] = np.minimum(low, result.loc[scorable.index, "risk"])
        result.loc[scorable.index, "risk_high"] = np.maximum(high, result.loc[scorable.index, "risk"])
    # A council with an event is not at risk of a first one: no chance is given for it.
    result.loc[result["status"] != AT_RISK, ["log_odds", "risk", "risk_low", "risk_high"]] = np.nan
    result["rank"] = result["risk"].rank(ascending=False, method="first").astype("Int64")
    result["band"] = result["rank"].map(band_at)
    result["event_date"] = first["date"].reindex(result.index)
    result["event_type"] = first["event_type"].reindex(result.index)
    order = result["status"].map({AT_RISK: 0, EVENT_ALREADY: 1, NOT_SCORABLE: 2})
    result = result.assign(_order=order).sort_values(["_order", "rank", "council"], kind="stable")
    result = result.drop(columns="_order").copy()
    return ScoredDay(
        known,
        events,
        model,
        scale,
        result,
        families.reindex(result.index),
        _by_indicator(model, placed).reindex(result.index),
        placed,
        log_odds,
    )


def _by_indicator(model: RiskModel, placed: Placed) -> pd.DataFrame:
    """Return what each indicator, and the tier, adds to the log-odds."""
    weights = {term.name: model.weights[family.name] for family in model.families for term in family.terms}
    parts = placed.parts * pd.Series(weights)
    return parts.assign(**{UPPER: placed.families[UPPER] * model.weights[UPPER]})


def on_fixed_scale(scored: ScoredDay, on: date) -> ScoredDay:
    """Score the figures known on another day by a scored day's model, scale and level, worked out once.

    A list drawn up on a day uses the model of that day, that day's medians and that day's base rate. Between two such
    lists a council can move because the world around it moved, or because a line has grown stale. To see what its own
    figures did, everything else is held still here: each figure counts as stale as it is on the scored day.
    """

    def make() -> ScoredDay:
        known = known_on(scored.indicators, on)
        ages = scored.known.ages.reindex(known.table.index)
        return score(scored.model, known, scored.events, scale=scored.scale, intervals=False, ages=ages)

    return scored.once(("fixed scale", on), make)


def _scale_of(
    model: RiskModel,
    as_of: date,
    tiers: Mapping[str, TierScale],
    events: EventRegister,
    features: np.ndarray,
    without: np.ndarray,
    intervals: bool,
) -> Scale:
    """Set the day's level so that the chances of those at risk add up to the events expected, draw by draw too."""
    rate = base_rate(events, as_of, outcome=model.outcome)
    intercept = float(intercept_for(without, rate.expected(model.horizon)))
    levels = np.empty(0)
    if intervals and len(model.draws) and len(features):
        # Jeffreys' posterior of a Poisson rate after `events` events in a year is Gamma(events + 1/2).
        rates = gammaincinv(rate.events + JEFFREYS, np.clip(model.rate_draws, 1e-6, 1 - 1e-6)) * model.horizon / 12
        levels = intercept_for(model.draws @ features.T, rates)
    return Scale(as_of, tiers, rate, intercept, levels)


def interval(
    model: RiskModel, scale: Scale, features: np.ndarray, *, doubt: float = 0.0
) -> tuple[np.ndarray, np.ndarray]:
    """Return the interval's ends: weights drawn as in the fit, and the base rate drawn from its own doubt.

    Parameters
    ----------
    model : RiskModel
    scale : Scale
        With ``levels``.
    features : array of shape (n_councils, n_weights)
        ``Placed.families``, in the order of ``model.names``.
    doubt : float
        A further standard deviation in log-odds, added as a variance.

    Returns
    -------
    low, high : arrays of shape (n_councils,)
    """
    # einsum over rows of one layout, and not a matrix product: a council's last digits do not depend on the others.
    drawn = scale.levels[:, None] + np.einsum("dk,nk->dn", model.draws, np.ascontiguousarray(features))
    if doubt:
        drawn = (drawn[:, None, :] + (ndtri(_FURTHER) * doubt)[None, :, None]).reshape(-1, len(features))
    low, high = np.quantile(expit(drawn), INTERVAL, axis=0)
    return low, high
