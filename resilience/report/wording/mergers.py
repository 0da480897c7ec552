"""Mergers in words: what no sum can promise, when a new council is to begin, and how past ones fared."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from resilience.analysis.mergers.add_up import Part
from resilience.analysis.mergers.past import PastMergers
from resilience.analysis.mergers.proposed import PAST_ERROR
from resilience.councils.proposals import Proposal
from resilience.formatting import day, percent, pounds, signed

NO_SUCH = "No such council exists yet: this adds up what its predecessors published; nothing here is its own."
HOW_WIDE = (
    "The interval is wider than a council's own: it adds how far apart the predecessors are, and how far past "
    f"successors' first own figures were from their predecessors' ({PAST_ERROR:g} in log-odds; docs/mergers.md)."
)
SUPPORT = (
    "already had exceptional financial support, a notice or an intervention. Support refills reserves, and the chance "
    "does not count what led to it. All three councils formed since 2019 from one with such an event had one "
    "themselves (docs/mergers.md)."
)
#: What is said below the list of proposals.
INCOMPLETE = "The table is incomplete: decisions of July 2026 and later were found for three areas only."


def together(totals: pd.DataFrame) -> dict[str, str]:
    """Return what a new council would have in all; ">" where a predecessor's figure is missing.

    Parameters
    ----------
    totals : DataFrame
        ``Merger.totals``.
    """
    said = {}
    for what, row in totals.iterrows():
        least = ">" + pounds(row["at_least"]) if row["at_least"] > 0 else "–"
        said[str(what)] = least if np.isnan(row["amount"]) else pounds(row["amount"])
    return said


def amounts(row: pd.Series, names: Sequence[str]) -> dict[str, str]:
    """Return amounts of a row; a dash where one is missing."""
    return {name: "–" if np.isnan(row[name]) else pounds(row[name]) for name in names}


def split(parts: Sequence[Part]) -> str:
    """Say which predecessors come in part, and by what rule."""
    in_part = [part for part in parts if part.how != "whole"]
    if not in_part:
        return "Every predecessor is taken in whole."
    named = ", ".join(f"{part.council} {percent(part.share, 1)} ({part.how})" for part in in_part)
    return f"Taken in part: {named}. Change a share with --share COUNCIL=0.45."


def plan(one: Proposal | None) -> str:
    """Say when a new council is to be: "decided on 25 March 2026, to begin in April 2028 (target)"; "" of none."""
    if one is None:
        return ""
    decided = f"{one.status} on {day(one.decision_date[:10])}" if one.decision_date[:10] else one.status
    return f"{decided}, to begin {vesting(one.vesting_date)}"


def vesting(text: str) -> str:
    """Write a vesting date as precisely as it is known."""
    when, _, rest = text.partition(" ")
    rest = f" {rest}" if rest else ""
    if len(when) == 10:
        return f"on {day(when)}{rest}"
    return f"in {pd.Timestamp(when):%B %Y}{rest}" if len(when) == 7 else f"on a day {text}"


def command(name: str) -> str:
    """Return what to type for a new council decided or proposed."""
    return f'resilience merge --proposal "{name.removesuffix(" Council")}"'


def compared(error: float) -> str:
    """Say a difference of log-odds as odds: "odds 4.1 times higher", "about the same"; "" where unknown."""
    if np.isnan(error):
        return ""
    if abs(error) < 0.25:
        return "about the same"
    return f"odds {np.exp(abs(error)):.1f} times {'higher' if error > 0 else 'lower'}"


def no_sum(risk: float) -> str:
    """Say why a past merger had no chance on the eve; "" where it had one."""
    return "no sum: a predecessor has no reliable unallocated figure" if np.isnan(risk) else ""


def past(found: PastMergers | None) -> str:
    """Say what the past mergers come to; "" where there are none."""
    if found is None:
        return ""
    way = "mostly for the worse" if found.worse > 0.5 else "in either direction"
    return (
        f"Of {found.councils} councils formed since {found.since}, {found.with_event} had an event of their own. By "
        f"their predecessors' figures of the 1 January before, {found.low} of the {_summed(found)} would have ranked "
        f"below 100, and only {found.upper_half} of those {found.with_event} in the upper half. Adding predecessors "
        f"up hides the weakest one behind the others' reserves. {found.inherited} were formed from a council that had "
        f"already had an event; {found.inherited_with_event} of these {found.inherited} had one themselves. The odds "
        f"by the new councils' first own figures differed from those sums by a factor of {np.exp(found.error):.1f} "
        f"(root mean square), {way}."
    )


def _summed(found: PastMergers) -> str:
    if not found.without_sum:
        return str(found.councils)
    return f"{found.councils - found.without_sum} that could be added up"


def past_in_brief(found: PastMergers) -> str:
    """Say the same for docs/mergers.md, in log-odds."""
    return (
        f"Of {found.councils} new councils {found.with_event} had an event of their own by the end of the register. On "
        f"the 1 January before they were formed, {found.low} of {_summed(found)} would have ranked below 100, and "
        f"{found.upper_half} of the {found.with_event} in the upper half. {found.inherited} were formed from a council "
        f"that had had an event, and {found.inherited_with_event} of those had one themselves. The first own figures "
        f"were {signed(found.mean_error, 1)} log-odds from the sums on average (+ is worse), root mean square "
        f"{found.error:.2f}; {PAST_ERROR:g} is added to the interval of every merged council."
    )
