"""Needing support again in words: every chance with its track record in the same sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from resilience.formatting import chance_range, day, percent
from resilience.model.again import AgainRate

TITLE = "Councils already supported"
#: How a council stands, by whole years since its last event (the last: and longer).
STANDS = (
    "support in the twelve months before",
    "their last support one to two years before",
    "their last support two years or longer before",
)
MEANS = (
    "Support again means exceptional financial support for a year that had none before, a section 114(3) notice or a "
    "new statutory intervention; a final direction or another amount for the same year does not count."
)
SAME_FOR_ALL = (
    "This is the record of all such councils, not of this one: a small model of each council's own figures was no more "
    "accurate over all rounds (docs/support_again.md)."
)
NO_RECORD = "no chance is given, as no council was in this position on a past 1 January whose months are over"
_SHORT = ("less than a year ago", "one to two years ago", "two years ago or longer")


def short(since: int) -> str:
    """Say in a few words how long ago a group's last event was."""
    return _SHORT[since]


def track_record(in_12: AgainRate, in_24: AgainRate) -> str:
    """Say what became of those who stood so before: a council counts once a January."""
    if not in_12.times:
        return NO_RECORD
    said = (
        f"of {in_12.times} places (a council counts once a January) that had {STANDS[in_12.since]} a past 1 January, "
        f"{_were(in_12.again)} supported again within 12 months"
    )
    return said + (
        f", and of the {in_24.times} whose 24 months are over, {in_24.again} within 24" if in_24.times else ""
    )


def _were(number: int) -> str:
    return "none was" if number == 0 else f"{number} was" if number == 1 else f"{number} were"


def chances(group: Mapping[str, Any]) -> str:
    """Say a group's chances with their track record, as part of a sentence.

    Parameters
    ----------
    group : mapping
        With ``again_12m, low, high, again_24m`` and ``record`` (from `track_record`).
    """
    if group["again_12m"] is None:
        return str(group["record"])
    between = chance_range(group["low"], group["high"], cap=1.0)
    said = f"{percent(group['again_12m'], 0)} within 12 months (90% interval {between}; the true uncertainty is wider)"
    if group["again_24m"] is not None:
        said += f" and {percent(group['again_24m'], 0)} within 24 by the yearly shares"
    return f"{said}: {group['record']}"


def reason(group: Mapping[str, Any], in_12: AgainRate) -> str:
    """Say it in the list's column of reasons."""
    if group["again_12m"] is None:
        return "no record yet of councils in this position"
    stood = f"{in_12.again} of {in_12.times} in this position"
    return f"support again within 12 months: {percent(group['again_12m'], 0)} ({stood})"


def of_group(group: Mapping[str, Any]) -> str:
    """Say it of all councils that stand so, with how many there are."""
    return f"Last support {short(group['since'])} ({group['councils']} now): {chances(group)}."


def of_council(group: Mapping[str, Any], name: str, last: object, rounds: int) -> str:
    """Say it of one council, in a sentence."""
    so_far = "the only one so far" if rounds == 1 else f"it has had one in each of {rounds} calendar years"
    return (
        f"{name}'s most recent support, notice or intervention was on {day(last)}; {so_far}. "
        f"The chance that it needs support again: {chances(group)}. {SAME_FOR_ALL}"
    )
