"""Councils chosen together, in words: what the numbers are of, and what they leave out."""

from __future__ import annotations

from collections.abc import Mapping

from resilience.backtest.track_record import TrackRecord
from resilience.formatting import listed, percent
from resilience.model.calibration import PACES
from resilience.report.wording.bands import januaries

LEAD = (
    "Choose councils: see how many first events to expect among them, which ranks they hold, and how long a list it "
    "pays you to ring."
)
FIRST_EVENT = (
    "A first event is a council's first section 114(3) notice, exceptional financial support, or statutory "
    "intervention for a financial cause. Councils that had one already and councils that cannot be scored are counted "
    "apart and are in no sum."
)
PACE_NAMES = {"quiet": "Quiet time", "middling": "Middling time", "busy": "Busy time"}
#: What a range is the range of.
RANGE = (
    "A range holds the number of first events among the councils 9 times in 10 if that is the pace, each council "
    "standing for itself. What strikes many at once (a change of policy, one lender, one auditor) makes it "
    "wider; doubt about the model's weights moves an end by one at most, in every class and region."
)
WIDEST = (
    "At any of the three paces: from the low end in a quiet to the high end in a busy time. How likely either is, "
    "nobody can say, so this is no 90% interval."
)
CALL = (
    "Ring a council where its chance × your cost of a miss is above your cost of a call. Its chance is taken to be the "
    "share of past councils in its band that had a first event, not the figure the model gives it."
)
COSTS = (
    "Both costs in one unit, hours or pounds. The cost of a miss is what it costs you, on average, that a council "
    "which then has a first event was not rung; count only what a call could have saved."
)
APART = (
    "They can have no first event any more. What stands here is how often councils that stood so needed support again; "
    "it is added to nothing above."
)


def paces(horizon: int) -> str:
    """Say why the number is given for three paces."""
    quiet, middling, busy = PACES.values()
    return (
        "How many first events will come depends on how many councils need support at all, which no figure in the "
        f"returns tells. So the number is given for a quiet time (about {quiet} to be expected in England within "
        f"{horizon} months), a middling one (about {middling}) and a busy one (about {busy})."
    )


def past_counts(counts: Mapping[int, int], horizon: int) -> str:
    """Say how many first events followed past Januaries; "" where none of their months are over."""
    if not counts:
        return ""
    numbers = listed([f"{events} from January {year}" for year, events in counts.items()])
    return (
        f"What came in England within {horizon} months, councils not scored or formed later included: {numbers}. So "
        "neither a quieter nor a busier time than shown can be ruled out. (Each period overlaps the next.)"
    )


def at_past_shares(record: TrackRecord) -> str:
    """Say what the number at the past shares of the bands supposes; "" without a record."""
    if not record.bands:
        return ""
    average = sum(found.events for found in record.bands.values()) / (record.last - record.first + 1)
    return (
        f"At the shares that followed in each band {januaries(record)}; {average:.0f} first events came after such a "
        "list on average, so this is the number if the pace is as it was then."
    )


def most(cap: float) -> str:
    """Say why no larger number is shown; "" where the record bears larger ones out."""
    if cap >= 1:
        return ""
    return (
        f"No number is given that would mean more than {percent(cap, 0)} of the councils chosen: the record does not "
        "bear such chances out."
    )
