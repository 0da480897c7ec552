"""What stands beside the record, in words: under which conditions, by which designs, and the year that was blind."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from resilience.formatting import day as said
from resilience.formatting import listed

#: What a list was made without, by the mask's name.
LINES = {"none": "all lines", "today": "today's gaps", "0.1.0": "0.1.0's gaps"}
UNLIKE = "every council"

CASES = (
    "Closed origins are those whose 24 months lie within the register; of others the part observed counts. A register "
    "to December 2025 is as far as 0.1.0 and the design of the families go. Today's gaps: each list does without the "
    "lines that today's newest years lack (investment income, flexible use of capital receipts, revenue contribution "
    "to capital and budgeted use of reserves for two years, housing for one); 0.1.0's gaps: without the seven that it "
    "lacked for two years. Last figures are carried forward then. Every council: City of London and Isles of Scilly, "
    "which no council compares with and the model does not score, are ranked too."
)
BESIDE_BEST = "Differences are paired: both sides are measured on the same councils drawn."
BESIDE_FIRST = (
    "0.1.0's figures are those of its own code, run on its own panel and register of the time; what came is judged by "
    "today's register (python -m benchmarks.first_release)."
)
DESIGNS = {
    "model": "A. the design as it is",
    "design-blind": "B. design-blind",
    "all equal": "C. all indicators, equal",
}
BLIND = {True: "yes", False: "no"}


def three_figures(sets: Mapping[str, float], indicators: int) -> str:
    """Say what the three figures are, and where the design stands among the random sets."""
    return (
        f"B: the average score of {sets['sets']:.0f} random sets of eight to twelve of the {indicators} financial "
        "indicators that the dictionary gives a worse direction, weighted at each origin by partial likelihood of what "
        f"had closed; C: all {indicators} at equal weights. Nobody chose either with hindsight. The single "
        f"sets have a median AUC of {sets['median']:.3f} (nine in ten lie between {sets['low']:.3f} and "
        f"{sets['high']:.3f}); {100 * sets['below']:.0f}% do worse than A, which was chosen with these years in view."
    )


def spread(slope: float, error: float, held: int, origins: int) -> str:
    """Say what level and spread came to."""
    return (
        f"The spread within an origin: slope {slope:.2f} (standard error {error:.2f}; 1 is right; less means that "
        f"chances are too extreme). The level: its 90% interval held what came at {held} of {origins} closed origins. "
        "No figure in the returns tells how many councils will need support in a year."
    )


def of_2026(content: Mapping[str, Any]) -> str:
    """Say what the list of 1 January 2026 came to, and for whom it was a blind test.

    Parameters
    ----------
    content : mapping
        ``blind_2026`` of ``docs/record.json``.
    """
    by_name = {one["name"]: one for one in content["lists"]}
    first, plain = by_name["0.1.0"], by_name["reserves_rank"]
    second = by_name["five families"]
    better = {True: "worse", False: "no worse"}[first["auc"] < plain["auc"]]
    return (
        f"The list of 1 January 2026: {content['at_risk']} councils without an earlier event, {content['events']} "
        f"first events by {said(date.fromisoformat(content['register_to']))}. 0.1.0, blind, did {better} than ranking "
        f"councils by reserves alone: AUC {first['auc']:.2f} against {plain['auc']:.2f}, {first['hits_30']:.0f} "
        f"against {plain['hits_30']:.0f} of the {content['events']} in the top 30. 0.1.0 was frozen with events to 31 "
        "December 2025 and the rules are older: only they were tested blind. The second model was not: its last "
        "details were settled by someone who had seen what 2026 said of 0.1.0 and of the rules. It does not score City "
        "of London and Isles of Scilly; they are ranked in its line only so that all rank the same councils. Its "
        f"{second['auc']:.2f} therefore proves nothing. {content['events']} events do not settle which ranking is "
        "better (a 90% interval of about ±0.15), but what evidence there is goes against the list, and a lead on "
        "2021–2025 is not to be relied on: read it beside the rank by plain reserves."
    )


def case(one: Mapping[str, Any]) -> str:
    """Name a case: "2021–24 closed; all lines; to Dec 2025"."""
    first, last = one["origins"]
    parts = [
        f"{first}–{str(last)[2:]}" + (" closed" if one["closed_origins_only"] else ""),
        LINES[one["mask"]],
        *([UNLIKE] if one["with_city_of_london_and_isles_of_scilly"] else []),
        f"to {date.fromisoformat(one['register_to']):%b %Y}",
    ]
    return "; ".join(parts)


def years_of(origins: list[str]) -> str:
    """Name the years of some origins: "2021, 2022 and 2023"."""
    return listed([one[:4] for one in origins])
