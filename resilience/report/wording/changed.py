"""What changed between two lists, in words: the events, the figure and the families behind a move, what to mind."""

from __future__ import annotations

from datetime import date

import pandas as pd

from resilience.analysis.changed import NOT_IN_BEING, Changes, Moved, NewEvent
from resilience.analysis.explain import WORTH_SAYING
from resilience.backtest.rolling import CAPACITY
from resilience.formatting import day, listed, signed
from resilience.model.families import Family
from resilience.model.risk_set import AT_RISK, EVENT_ALREADY
from resilience.report.wording.indicators import figure
from resilience.tables.events import describe
from resilience.years import outturn_year_of

#: What is said where a council moved and no figure of its own stands out.
NOTHING_OF_ITS_OWN = "No figure of its own stands out: others moved, or the model was fitted again"
#: What is said where there is no list to set this one beside.
NO_EARLIER_LIST = "Empty: no list could be made on an earlier day to set this one beside."
#: What is said where no family moved a council enough to be named.
NO_FAMILY = f"none by {WORTH_SAYING} or more"
#: What became of a council, as in ``Changes.marks`` → how a filter calls it.
MARKS = {
    "event": "New event",
    "entered": f"Into the first {CAPACITY}",
    "left": f"Out of the first {CAPACITY}",
    "band": "Another band",
    "newly_ranked": "Newly ranked",
    "no_longer": "No longer ranked",
}


def new_events(events: list[NewEvent]) -> str:
    """Say what became known of a council between two lists."""
    return "; ".join(new_event(one) for one in events)


def new_event(one: NewEvent) -> str:
    """Say one event: "exceptional financial support, 23 February 2026"."""
    return describe(pd.Series({"event_type": one.event_type, "date": one.known}))


def moved(one: Moved | None) -> str:
    """Say which figure moved a council most: "Usable reserves: 17% (2023-24) → 12% (2024-25)"."""
    if one is None:
        return NOTHING_OF_ITS_OWN
    then, now = (
        figure(one.term.indicator, value) + (f" ({outturn_year_of(year)})" if year else "")
        for value, year in ((one.value_then, one.year_then), (one.value, one.year))
    )
    return f"{one.term.label}: {then} → {now}"


def families(own: pd.Series, every: tuple[Family, ...]) -> str:
    """Say which families moved a council, the largest first: "Reserves +0.8, Demand −0.3"."""
    labels = {one.name: one.label for one in every}
    worth = own[own.abs() >= WORTH_SAYING]
    order = worth.abs().sort_values(ascending=False, kind="stable").index
    return ", ".join(f"{labels[name]} {signed(float(own[name]), 1)}" for name in order) or NO_FAMILY


def told(found: Changes, code: str, every: tuple[Family, ...]) -> str:
    """Say what moved a council, the families and the figure; "" where nothing of its own stands out."""
    if code not in found.families.index:
        return ""
    named, one = families(found.families.loc[code], every), found.moved.get(code)
    parts = [named if named != NO_FAMILY else "", moved(one) if one else ""]
    return ". ".join(part for part in parts if part)


def list_of(found: Changes) -> str:
    """Name the earlier list: "the list of 1 January 2026", and of a frozen one the version."""
    frozen = f", frozen by version {found.version}" if found.version else ""
    return f"the list of {day(found.since)}{frozen}"


def short(found: Changes) -> str:
    """Name the earlier list in a link: "1 January 2026", "24 November 2026, frozen (0.1.0)"."""
    return f"{day(found.since)}, frozen ({found.version})" if found.version else day(found.since)


def what_changed(since: date) -> str:
    """Say what the workbook's sheet of what changed holds."""
    return (
        f"Set beside the list of {day(since)}, made with the figures, the events and the model of that day: every "
        "council with an event since, in another band, or that came onto the list or left it. A rank also moves where "
        "other councils move, and where the model is fitted again."
    )


def how_made(found: Changes) -> str:
    """Say how the earlier list was made and what that means for a move."""
    if found.version:
        return (
            f"This list was frozen by version {found.version} and is shown as it was kept. Another version may have "
            "ranked by other figures, so that part of a move can come of the version. A frozen list keeps no figures: "
            "which families moved a council is told for lists drawn up afresh only."
        )
    return (
        "The earlier list is drawn up with the figures, the events and the model of its day. A rank also moves where "
        "other councils move or leave the list with an event, and where the model is fitted again."
    )


def in_short(found: Changes) -> str:
    """Say in a few sentences how much changed."""
    marks = found.marks()
    first = int((marks["event"] & (found.table["status_then"] != EVENT_ALREADY)).sum())
    count = {name: int(number) for name, number in marks.sum().items()}
    new, gone = count["newly_ranked"], count["no_longer"]
    parts = [
        f"Since {list_of(found)}, {_councils(count['event'])} had an event, {first or 'none'} of them a first one",
        f"{_councils(count['entered'])} came into the first {CAPACITY} and {count['left']} left it",
        f"{_councils(count['band'])} ranked on both days changed band",
        f"{_councils(new)} {'is' if new == 1 else 'are'} newly ranked" if new else "",
        f"{_councils(gone)} {'is' if gone == 1 else 'are'} no longer ranked or in being" if gone else "",
    ]
    return " ".join(f"{part[0].upper()}{part[1:]}." for part in parts if part)


def _councils(number: int) -> str:
    return f"{number or 'no'} council{'' if number == 1 else 's'}"


def why_left(rank: int | None, status: str, events: str) -> str:
    """Say why a council left the first thirty."""
    if status == AT_RISK and rank is not None:
        return f"now ranked {rank}"
    if status == NOT_IN_BEING:
        return "no longer in being"
    return events or status


def top_thirty(found: Changes) -> list[str]:
    """Say who came into the first thirty and who left it, a sentence each."""
    marks, table = found.marks(), found.table
    entered = table[marks["entered"]].sort_values("rank")
    left = table[marks["left"]].sort_values("rank_then")
    came = [f"{row['council']} ({int(row['rank'])})" for _, row in entered.iterrows()]
    went = [f"{row['council']} ({int(row['rank_then'])} then)" for _, row in left.iterrows()]
    return [
        f"Into the first {CAPACITY}: {listed(came) or 'nobody'}.",
        f"Out of the first {CAPACITY}: {listed(went) or 'nobody'}.",
    ]


def stood(rank: int | None, status: str, origin: date | None, band: str = "") -> str:
    """Say where a council stood on the list of the January before an event."""
    if origin is None or not status:
        return "No list of an earlier January has it."
    if rank is None:
        return f"On the list of {day(origin)} it was not ranked: {status}."
    return f"On the list of {day(origin)} it ranked {rank}, in the band {band}."
