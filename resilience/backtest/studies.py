"""How the record moves when something is changed: outcome, horizon, definitions, lines masked, and learners.

Each study reruns the back test; none of them was used to choose anything on the pooled origins.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from resilience.backtest import metrics
from resilience.backtest.masks import OLD, TODAY
from resilience.backtest.rolling import CAPACITY, POOLED_FROM, backtest, last_origin, predict_origin
from resilience.backtest.summaries import by_group, lead_times
from resilience.indicators.compute import SWITCHES, compute_indicators
from resilience.indicators.known import published_before
from resilience.model.families import load_families, load_terms, without_terms
from resilience.model.fitting import last_closed_origin
from resilience.model.risk_set import AT_RISK, risk_set, yearly
from resilience.tables.events import EventRegister

_log = logging.getLogger(__name__)


def summary(predictions: pd.DataFrame, score: str = "risk") -> dict[str, float]:
    """Return the main figures of a set of predictions, without intervals.

    Returns
    -------
    dict
        ``events``, ``auc``, ``auc_upper_tier``, ``average_precision``, ``recall_at_30``, ``observed_expected``.
    """
    rows = predictions[(predictions["origin"] >= pd.Timestamp(POOLED_FROM, 1, 1)) & (predictions["observed"] > 0)]
    one = np.ones((1, len(rows)))
    event, origin = rows["event"].to_numpy(dtype=bool), rows["origin"].to_numpy()
    upper = (rows["tier"] == "upper").to_numpy()
    values = rows[score].to_numpy(dtype=float)
    rank = metrics.within_origin(values, origin)
    hits, events, _ = metrics.caught(values, event, origin, one, CAPACITY)
    found = {
        "events": float(event.sum()),
        "auc": metrics.auc(rank, event, one)[0],
        "auc_upper_tier": metrics.auc(metrics.within_origin(values[upper], origin[upper]), event[upper], one[:, upper])[
            0
        ],
        "average_precision": metrics.average_precision(rank, event, one)[0],
        "recall_at_30": hits[0] / events[0] if events[0] else np.nan,
    }
    found["observed_expected"] = event.sum() / rows["risk_observed"].sum()
    return {name: float(value) for name, value in found.items()}


def _predict(
    indicators: pd.DataFrame,
    events: EventRegister,
    *,
    first: int = POOLED_FROM,
    **options: object,
) -> pd.DataFrame:
    last = last_origin(events)
    tables = []
    for origin in yearly(first, last):
        tables.append(predict_origin(indicators, events, origin, **options)[0])  # type: ignore[arg-type]
    return pd.concat(tables, ignore_index=True)


def by_outcome_and_horizon(indicators: pd.DataFrame, events: EventRegister) -> pd.DataFrame:
    """Return the main figures for both outcomes and the three horizons."""
    found = {}
    for outcome in ("distress", "severe"):
        for horizon in (12, 24, 36):
            predictions = _predict(indicators, events, outcome=outcome, horizon=horizon)
            found[outcome, f"{horizon} months"] = summary(predictions)
    return pd.DataFrame(found).T


def by_switch(panel: pd.DataFrame, events: EventRegister) -> pd.DataFrame:
    """Return the main figures with each definition turned the other way, one at a time."""
    found = {"as published by default": summary(_predict(compute_indicators(panel), events))}
    for name, (default, _) in SWITCHES.items():
        turned = compute_indicators(panel, switches={name: not default})
        found[f"{name} = {not default}"] = summary(_predict(turned, events))
    return pd.DataFrame(found).T


def masked(indicators: pd.DataFrame, events: EventRegister) -> pd.DataFrame:
    """Show what it costs that the newest years lack lines, by masking the same lines in earlier newest years.

    At each origin the newest years known lose the lines that today's list lacks (`masks.TODAY`), or those that release
    0.1.0's lacked (`masks.OLD`). Either the council's own last figure is carried forward, or the indicators that need
    those lines are left out, or nothing is masked.
    """
    few = without_terms(load_families(), {term.name for term in load_terms() if term.indicator in OLD.years})
    return pd.DataFrame(
        {
            "all lines known": summary(_predict(indicators, events)),
            "masked as the newest years are today, own last figures carried forward": summary(
                _predict(indicators, events, mask=TODAY)
            ),
            "two newest years masked as in 0.1.0, own last figures carried forward": summary(
                _predict(indicators, events, mask=OLD)
            ),
            "two newest years masked as in 0.1.0, only the indicators they have": summary(
                _predict(indicators, events, mask=OLD, families=few)
            ),
        }
    ).T


def without_each_term(indicators: pd.DataFrame, events: EventRegister) -> pd.DataFrame:
    """Return the main figures with each family, and each indicator, left out, one at a time."""
    families = load_families()
    found = {"all families": summary(_predict(indicators, events))}
    for family in families:
        kept = tuple(one for one in families if one is not family)
        found[f"without the family {family.name}"] = summary(_predict(indicators, events, families=kept))
    for term in load_terms():
        kept = without_terms(families, {term.name})
        found[f"without {term.name}"] = summary(_predict(indicators, events, families=kept))
    return pd.DataFrame(found).T


def learners(indicators: pd.DataFrame, events: EventRegister) -> pd.DataFrame:
    """Return the main figures of every challenger beside the model and the prior alone."""
    from resilience.backtest.learners import run_challengers  # brings statsmodels with it

    last = last_origin(events)
    ours = _predict(indicators, events)
    found = {"this model": summary(ours), "prior alone": summary(ours, "rival: prior alone")}
    scored = run_challengers(indicators, events, yearly(POOLED_FROM, last))
    facts = ours[["origin", "ons_code", "event", "observed", "tier", "risk_observed"]]
    for name, part in scored.groupby("challenger", sort=False):
        if name in ("prior_alone",):
            continue
        joined = facts.merge(part.assign(origin=pd.to_datetime(part["origin"])), on=["origin", "ons_code"])
        found[str(name)] = summary(joined, "score")
        found[str(name)]["observed_expected"] = np.nan
    return pd.DataFrame(found).T.sort_values("auc", ascending=False)


def net_benefit(predictions: pd.DataFrame, *, cost: float = 0.05) -> pd.DataFrame:
    """Return, by the number of councils rung at each origin, events caught less false alarms at their price.

    Parameters
    ----------
    predictions : DataFrame
        From the back test.
    cost : float
        What one false alarm costs, in events caught (0.05: one event caught is worth twenty calls).
    """
    rows = predictions[predictions["origin"] >= pd.Timestamp(POOLED_FROM, 1, 1)]
    capacities = [5, 10, 15, 20, 30, 40, 50, 75, 100]
    event, origin = rows["event"].to_numpy(dtype=bool), rows["origin"].to_numpy()
    columns: Mapping[str, str] = {"this model": "risk"} | {
        name.removeprefix("rival: "): name for name in rows if name.startswith("rival: ")
    }
    return pd.DataFrame(
        {
            name: metrics.net_benefit(rows[column].to_numpy(dtype=float), event, origin, capacities, cost)
            for name, column in columns.items()
        },
        index=pd.Index(capacities, name="councils rung"),
    )


def missed(indicators: pd.DataFrame, predictions: pd.DataFrame) -> pd.DataFrame:
    """Return the events that no origin's top 30 held, with what was known a year before.

    Returns
    -------
    DataFrame
        ``council, class, event_date``, the best rank at any origin whose horizon held the event, and the model's
        indicators at the last origin before it.
    """
    rows = predictions[predictions["event"] & (predictions["origin"] >= pd.Timestamp(POOLED_FROM, 1, 1))]
    best = rows.groupby("ons_code")["rank"].min()
    never = best[best > CAPACITY]
    last = rows.sort_values("origin").drop_duplicates("ons_code", keep="last").set_index("ons_code").loc[never.index]
    figures = []
    for code, row in last.iterrows():
        own = indicators[indicators["ons_code"] == code]
        known = own[published_before(own, row["origin"])].sort_values("year")
        figures.append(known[[term.indicator for term in load_terms()]].ffill().iloc[-1])
    result = last[["council", "class", "event_date"]].assign(best_rank=never)
    return pd.concat([result, pd.DataFrame(figures, index=last.index)], axis=1).sort_values("event_date")


def closed_rows(indicators: pd.DataFrame, events: EventRegister) -> pd.DataFrame:
    """Return how many rows and events each training window holds."""
    last = last_closed_origin(events, events.until, 24)
    rows = risk_set(indicators, events, yearly(2012, last)).table
    rows = rows[rows["status"] == AT_RISK]
    return rows.groupby(rows["origin"].dt.year).agg(councils=("event", "size"), events=("event", "sum"))


@dataclass(frozen=True, eq=False)
class Studies:
    """Every study of the record, in the order in which they are read.

    Attributes
    ----------
    first, last : int
        The origins over which figures are pooled.
    tables : dict of str to DataFrame
        By the study's name; see the function of that name where there is one.
    """

    first: int
    last: int
    tables: dict[str, pd.DataFrame]


def run_studies(panel: pd.DataFrame, indicators: pd.DataFrame, events: EventRegister) -> Studies:
    """Run every study; minutes.

    Parameters
    ----------
    panel, indicators, events : DataFrame, DataFrame, EventRegister
        From ``load_panel``, ``compute_indicators`` and ``load_events``.
    """
    _log.info("back test")
    result = backtest(indicators, events, draws=0)
    pooled = result.settings["pooled_origins"]
    tables = {}
    for name, table in _every_study(panel, indicators, events, result.predictions):
        _log.info("study: %s", name)
        tables[name] = table()
    return Studies(int(pooled[0][:4]), int(pooled[-1][:4]), tables)


def _every_study(
    panel: pd.DataFrame, indicators: pd.DataFrame, events: EventRegister, predictions: pd.DataFrame
) -> Iterator[tuple[str, Callable[[], pd.DataFrame]]]:
    yield "closed rows", lambda: closed_rows(indicators, events)
    yield "by outcome and horizon", lambda: by_outcome_and_horizon(indicators, events)
    yield "by switch", lambda: by_switch(panel, events)
    yield "masked", lambda: masked(indicators, events)
    yield "without each term", lambda: without_each_term(indicators, events)
    yield "learners", lambda: learners(indicators, events)
    yield "lead times", lambda: lead_times(events, predictions).set_index("council")
    yield "net benefit", lambda: net_benefit(predictions)
    yield "by class", lambda: by_group(predictions, "class")
    yield "by region", lambda: by_group(predictions, "region")
    yield "missed", lambda: missed(indicators, predictions).set_index("council")
