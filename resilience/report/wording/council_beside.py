"""What stands beside a council's rank, in words: why plain reserves rank it otherwise, its class, earlier lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from resilience.analysis.evidence import NOT_ITS_DUTY
from resilience.analysis.explain import WORTH_SAYING, Explanation
from resilience.formatting import listed, ordinal
from resilience.model.families import Term
from resilience.report.wording.changed import NOTHING_OF_ITS_OWN
from resilience.report.wording.general import CLASS_PLURALS

#: Two ranks that differ by more than this are said to disagree, and why.
FAR_APART = 50
#: How it begins where only what became known since a list is told.
NEW_FIGURES = "New figures since:"
#: So many families are named as the reason.
_MOST = 2
#: What the tier itself does to a rank beside a rule that compares all councils by one ratio.
_TIER = {"lower": "how few district councils have had an event", "upper": "how many of the events were in its tier"}


def disagree(why: Explanation) -> str:
    """Say in a sentence why the model and plain reserves rank a council far apart; "" where they do not."""
    apart = why.rank - why.reserves_rank
    if not why.rank or abs(apart) <= FAR_APART:
        return ""
    way = -1 if apart > 0 else 1  # the model ranks it lower, or higher
    others = way * why.families.drop("reserves")["log_odds"]
    named = others[others >= WORTH_SAYING].sort_values(ascending=False, kind="stable").index[:_MOST]
    labels = [str(why.families.at[name, "label"]) for name in named]
    also = []
    if labels:
        stands = "better" if way < 0 else "worse"
        also.append(
            f"{listed([_lower(label) for label in labels])}, where it stands {stands} than the median of its tier"
            + _for_want_of_duty(why, list(named), way)
        )
    if (why.tier == "lower") == (way < 0):
        also.append(_TIER[why.tier])
    if not also:
        also = ["how fast reserves are falling and how much of them is unallocated"]
    return (
        f"The two ranks are {abs(apart)} places apart: plain reserves set one ratio beside that of every other "
        f"council, while the model also weighs {', and '.join(also)}."
    )


def _for_want_of_duty(why: Explanation, families: list[str], way: int) -> str:
    """Say that a family stands there largely because of a line that is no duty of the class."""
    rows = why.contributions[why.contributions["family"].isin(families)]
    rows = rows[rows["indicator"].isin(NOT_ITS_DUTY.get(why.class_, ())) & (way * rows["log_odds"] >= WORTH_SAYING)]
    if rows.empty:
        return ""
    return f" ({listed([_lower_of(str(label)) for label in rows['label']])} being no duty of a county)"


def _lower_of(label: str) -> str:
    return label.replace("General Fund h", "h")


def _lower(label: str) -> str:
    return label[:1].lower() + label[1:]


def class_level(class_: str, own: tuple[float, int], every: tuple[float, int], first: int, last: int) -> str:
    """Say how the chances of a class compared with what followed; "" where no list has closed.

    Parameters
    ----------
    class_ : str
    own, every : tuple of float and int
        How many first events the chances added up to, and how many followed: in the class, and in all classes.
    first, last : int
        The Januaries whose horizon has closed.
    """
    if not every[0] or not own[0]:
        return ""
    return (
        f"Of {CLASS_PLURALS[class_]}, the chances on the lists of January {first}–{last} added up to {own[0]:.1f} "
        f"first events, and {own[1]} followed ({own[1] / own[0]:.1f} times as many); of all councils they added up to "
        f"{every[0]:.1f}, and {every[1]} followed ({every[1] / every[0]:.1f} times)."
    )


def since_list(name: str, row: Mapping[str, Any], of_then: int, of: int) -> str:
    """Say where a council stood on an earlier list, where it stands now, and what moved it.

    Parameters
    ----------
    name : str
        The list: "the list of 1 January 2026".
    row : mapping
        From ``views.changed.rows``.
    of_then, of : int
        Councils ranked on either list.
    """
    if row["rank_then"] is None:
        then = f"On {name} it had no rank ({row['band_then']})."
    else:
        then = f"On {name} it ranked {ordinal(row['rank_then'])} of {of_then} ({row['band_then']})"
        if row["rank"] is None:
            then += "."
        elif row["rank"] == row["rank_then"]:
            then += ", as now." if of == of_then else f", as now of {of}."
        else:
            band = ", the same band" if row["band"] == row["band_then"] else f" ({row['band']})"
            then += f"; now {ordinal(row['rank'])} of {of}{band}."
    reason = row["main_reason"]
    if reason == NOTHING_OF_ITS_OWN:
        reason = "" if row["rank"] == row["rank_then"] else f" {reason}."
    elif reason:
        reason = f" {reason}." if reason.startswith(NEW_FIGURES) else f" What moved it most: {reason}."
    events = f" Since then: {row['events']}." if row["events"] else ""
    return then + reason + events


def figures_since(terms: Sequence[Term]) -> str:
    """Say of which terms a council has other figures than on an earlier day; "" where of none."""
    return f"{NEW_FIGURES} {listed([_lower(term.label) for term in terms])}" if terms else ""
