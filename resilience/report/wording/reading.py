"""How the list in a terminal is read: what its marks, years and ranks are, what is not in it, and where to see more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from resilience.formatting import day, listed
from resilience.model.risk_set import EVENT_ALREADY
from resilience.report.wording.bands import IN_BOTH

#: What an event is, by the outcome asked for.
EVENT_IS = {
    "distress": "Event: a section 114(3) notice, exceptional financial support or a financial intervention.",
    "severe": "Event: a section 114(3) notice, or commissioners for a financial cause.",
}
NO_VERDICT = "no verdict on a council or its officers"
MORE = "More: --why reasons and notes; --all every council; resilience assess NAME."


def marks(signs: Any, *, exact: bool) -> str:
    """Say what a family's bar means.

    Parameters
    ----------
    signs : named tuple
        ``worse, better, near, none``.
    exact : bool
        Whether from how many spreads on there is one sign more.
    """
    one, near = signs.worse, f"{signs.better} better, {signs.near} near"
    if not exact:
        return f"{one} somewhat, {one * 2} clearly, {one * 3} far worse than its tier's median; {near}."
    return (
        f"{one} worse than the median of its tier by a quarter of a spread or more, {one * 2} by one or more, "
        f"{one * 3} by two or more; {near} it, {signs.none} no figure. About one council in six stands a spread "
        "or more from the median, on either side. A family whose figures are carried forward counts for less, and its "
        "bar with it. Besides the families, the tier counts: councils responsible for social care stand higher."
    )


def figures(rows: Sequence[Mapping[str, Any]]) -> str:
    """Say how old the figures are, with the newest year shown as the example."""
    families = [one for row in rows for one in row["families"]]
    newest = max((one["outturn_year"] for one in families), default="")
    if not newest:
        return ""
    carried = ", ' carried forward" if any(one["carried"] for one in families) else ""
    second_hand = ", * second-hand" if any(one["second_hand"] for one in families) else ""
    return f"Year of the oldest figure: {newest[2:4]} is {newest}{carried}{second_hand}."


def others(status: str, number: int, register_to: str) -> str:
    """Say how many councils are not ranked, and how to see which."""
    councils = f"{number} council{'' if number == 1 else 's'}"
    if status == EVENT_ALREADY:
        return f"Event already by {day(register_to)}: {councils}, not ranked (--why names them)."
    return f"Cannot be scored: {councils} (--why names them and says why)."


def columns(paces: Mapping[str, int], horizon: int) -> str:
    """Say what stands beside a council's rank and under its reasons."""
    numbers = [str(events) for events in paces.values()]
    at_paces = (
        f" {'/'.join(numbers)}%: how likely the model puts each to be among them if {listed(numbers, 'or')} councils "
        f"have a first event within {horizon} months, which no figure in the returns tells."
    )
    return f"By reserves: rank by plain reserves.{at_paces if paces else ''}"


def beside(row: Mapping[str, Any], paces: Mapping[str, int]) -> str:
    """Say what else is known of a council's place on the list: at each pace, of which year, in both rankings."""
    numbers = "/".join(str(events) for events in paces.values())
    said = [f"{numbers}%: {row['at_paces']}"] if row["at_paces"] else []
    said.append(f"figures {row['figures']}")
    return "; ".join([*said, *([f"in the {IN_BOTH}"] if row["top_30_of_both"] else [])])
