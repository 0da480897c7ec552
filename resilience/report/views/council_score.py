"""One council's score in parts: the exact sum, what moved it in a year, what would move it."""

from __future__ import annotations

from typing import Any

from resilience.analysis.evidence import NOT_ITS_DUTY
from resilience.analysis.explain import WORTH_SAYING, Explanation
from resilience.analysis.levers import levers as every_lever
from resilience.backtest.rolling import CAPACITY
from resilience.formatting import chance_step, signed, step_chance
from resilience.model.scoring import ScoredDay
from resilience.report.plain import plain
from resilience.report.wording import levers as wording
from resilience.report.wording.families import counts_for_less, stands
from resilience.report.wording.indicators import contribution, figure, kind_of
from resilience.years import outturn_year_of

#: A lever is said to move the chance from half a tenth of a point on.
SMALLEST_MOVE = 0.0005
#: Levers are shown at the step nearest to this share of net revenue expenditure.
LEVER_STEP = 0.02

#: What programs are told of a family beside its indicators.
_BAR = (
    "label",
    "asks",
    "spreads",
    "weight",
    "log_odds",
    "reliability",
    "without_figure",
    "at_limit",
    "chance_from",
    "chance_to",
    "points",
)

#: From so much on a family is said to count for less, or more, than a year before.
STALER = 0.005

Rows = list[dict[str, Any]]


def score(why: Explanation) -> dict[str, Any]:
    """Return the chance and its exact sum, each contribution with a sentence on the figure behind it."""
    said = [contribution(row, why.class_) for row in why.contributions.itertuples()]
    rows = why.contributions.assign(evidence=said).rename(columns={"evidence": "sentence"}).reset_index()
    found = why.record.of(why.band)
    result: dict[str, Any] = plain(
        {
            "chance": why.risk,
            "low": why.low,
            "high": why.high,
            "band": why.band,
            "rank": why.rank,
            "of": why.of,
            **{f"chance_{name}": risk for name, risk in why.paces.items()},
            "reserves_rank": why.reserves_rank,
            "top_30_of_both": max(why.rank, why.reserves_rank) <= CAPACITY,
            "band_events": found.events if found else None,
            "band_councils": found.councils if found else None,
            "log_odds": why.log_odds,
            "reference_log_odds": why.reference,
            "reference_chance": why.reference_chance,
            "contributions": rows.to_dict("records"),
            "families": families(why),
        }
    )
    return result


def families(why: Explanation) -> Rows:
    """Return the five bars, the largest first, each with the figures beneath it."""
    result = []
    for bar in why.families.itertuples():
        own = why.contributions[(why.contributions["family"] == bar.Index) & why.contributions["applies"]]
        carried = [row.outturn_year for row in own.itertuples() if row.carried]
        result.append(
            {
                "family": bar.Index,
                **{name: getattr(bar, name) for name in _BAR},
                "stands": stands(bar),
                "counts": counts_for_less(bar, carried),
                "indicators": [_in_family(row, why.class_) for row in own.itertuples()],
            }
        )
    return result


def _in_family(row: Any, class_: str) -> dict[str, Any]:
    """Return one figure of a family: what it is, what is usual, and its share of the family."""
    there = bool(row.outturn_year)
    return {
        "term": row.Index,
        "label": row.label,
        "figure": figure(row.indicator, row.value, missing="no figure"),
        "usual": figure(row.indicator, row.median, missing="") if there else "",
        "outturn_year": row.outturn_year,
        "kind": kind_of(row.evidence),
        "carried": row.carried,
        "not_its_duty": row.indicator in NOT_ITS_DUTY.get(class_, ()),
        "spreads": row.spreads if there else None,
        "log_odds": row.log_odds,
    }


def steps(why: Explanation) -> Rows:
    """Return the contributions in words, "from x to y" as in the chart."""
    rows = why.contributions[why.contributions["applies"]]
    rows = rows[~rows["indicator"].isin(NOT_ITS_DUTY.get(why.class_, ()))]
    return [
        {
            "label": row.label,
            "sentence": contribution(row, why.class_),
            "log_odds": signed(row.log_odds),
            "from": step_chance(row.chance_from),
            "to": step_chance(row.chance_to),
            "step": chance_step(row.chance_from, row.chance_to),
            "raises": bool(row.log_odds > 0),
            "worth": bool(abs(row.log_odds) >= WORTH_SAYING),
        }
        for row in rows.itertuples()
    ]


def change(why: Explanation) -> dict[str, Any] | None:
    """Return the change of a year as an exact sum; None where the council had no score then."""
    if not len(why.change):
        return None
    parts = plain(why.change.reset_index().to_dict("records"))
    return {"from": str(why.change_from), "chance_then": why.risk_then, "parts": parts}


def change_in_words(why: Explanation) -> Rows:
    """Return what moved the chance in a year, without what moved it too little to be seen in the chances."""
    rows = []
    no_duty = NOT_ITS_DUTY.get(why.class_, ())
    for row in why.change.itertuples():
        if step_chance(row.chance_from, cap=1) == step_chance(row.chance_to, cap=1):
            continue
        if row.Index != "level" and why.contributions.at[row.Index, "indicator"] in no_duty:
            continue
        if row.Index == "level":
            then, now = (f"{value:.0f}" for value in (row.value_then, row.value_now))
            word, same = " a year", "; others moved"
        else:
            name = why.contributions.at[row.Index, "indicator"]
            then, now = (figure(name, value) for value in (row.value_then, row.value_now))
            word, same = "", _still(row.reliability_then, row.reliability_now)
        rows.append(
            {
                "label": row.label,
                "moved": f"{then} → {now}{word}" if then != now else f"still {now}{word}{same}",
                "still": then == now,
                "from": step_chance(row.chance_from),
                "to": step_chance(row.chance_to),
                "step": chance_step(row.chance_from, row.chance_to),
                "raises": bool(row.log_odds > 0),
                "log_odds": float(row.log_odds),
            }
        )
    return rows


def _still(then: float, now: float) -> str:
    """Say what moved where a council's own figure did not."""
    if abs(now - then) < STALER:
        return "; its tier moved"
    less, older = ("less", "older") if now < then else ("more", "newer")
    return f"; its family counts for {less}, as figures in it are {older}"


def levers(scored: ScoredDay, code: str) -> Rows:
    """Return what the chance would be with one figure moved by about 2% of net revenue expenditure.

    It is arithmetic and says nothing of causes.

    Returns
    -------
    list of dict
        From ``analysis.levers``, the most telling first: ``lever, label, step`` (in words), ``risk, rank, next_band``
        ("" where there is none lower), ``to_next`` (in words: how much of this alone would reach it) and for the page
        ``year`` (of the figures moved). Empty for a council without a score, or without a current figure to move.
    """
    moved = every_lever(scored, code)
    if moved.empty:
        return []
    nearest = (moved["share_of_nre"] - LEVER_STEP).abs()
    whole = moved["lever"].eq("flexible receipts")  # flexible use of receipts is ended, not eased
    chosen = moved.loc[nearest.mask(whole, -moved["share_of_nre"]).groupby(moved["lever"]).idxmin()]
    chosen = chosen[chosen["points"] <= -SMALLEST_MOVE].sort_values("points", kind="stable")
    return [
        {
            "lever": row["lever"],
            "label": wording.label(row["lever"]),
            "step": wording.step(row["lever"], row["amount"], row["share_of_nre"]),
            "risk": float(row["risk_after"]),
            "rank": int(row["rank_after"]),
            "next_band": row["next_band"],
            "to_next": wording.reach(row),
            "year": outturn_year_of(scored.known.newest(code) or 0),
        }
        for row in chosen.to_dict("records")
    ]
