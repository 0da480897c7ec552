"""Rank, band and what followed for past councils, in words: what stands where a bare chance would."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from resilience.backtest.rolling import CAPACITY
from resilience.backtest.track_record import Followed, TrackRecord
from resilience.formatting import chance_range, chances_at, number, percent
from resilience.model.bands import NAMES
from resilience.model.calibration import PACES

#: What is said where no past list can be set beside.
NO_RECORD = "No past list's {horizon} months had closed by this day, so there is no record to set beside it."
#: What is said of a council in the top thirty of both rankings.
IN_BOTH = f"top {CAPACITY} of both"


def at_rank(band: str) -> str:
    """Say where the councils of a band stand: "ranked 1–10", "ranked below 100"."""
    return f"ranked {band}"


def januaries(record: TrackRecord) -> str:
    """Say on which days the lists of a record were made."""
    if record.first == record.last:
        return f"on the list of January {record.first}"
    return f"on the lists of January {record.first}–{record.last}"


def headline_record(band: str, record: TrackRecord, horizon: int) -> str:
    """Say what followed for past councils in a band, in one sentence."""
    found = record.of(band)
    if found is None:
        return NO_RECORD.format(horizon=horizon)
    return (
        f"Of {found.councils:,} places {at_rank(band)} {januaries(record)}, {found.events} were followed by a first "
        f"event within {horizon} months."
    )


#: A share whose interval ends below this has a decimal, so that its interval can be seen.
SMALL = 0.02


def share(found: Followed) -> str:
    """Write a share with its interval: "27%, 90% interval 19–36%"; of a small one a decimal: "0.6%, … 0.3–1.0%"."""
    if found.high < SMALL:
        return f"{percent(found.share, 1)}, 90% interval {number(100 * found.low, 1)}–{percent(found.high, 1)}"
    between = chance_range(found.low, found.high, cap=1.0)
    return f"{percent(found.share, 0)}, 90% interval {between}"


def followed_here(found: Followed | None, horizon: int) -> str:
    """Say what followed for past councils in a band, beside its name."""
    if found is None:
        return "no record yet"
    return (
        f"{found.events} of {found.councils:,} past places here were followed by a first event within {horizon} months"
    )


def every_band(record: TrackRecord, horizon: int, names: Collection[str] = NAMES) -> str:
    """Say what followed in every band, or in those named, in one sentence."""
    bands = {name: found for name, found in record.bands.items() if name in names}
    if not bands:
        return NO_RECORD.format(horizon=horizon)
    (first, top), *others = bands.items()
    said = [f"{found.events} of {found.councils:,} {at_rank(band)}" for band, found in others]
    rest = f"; {', '.join(said)}" if said else ""
    return (
        f"Of {top.councils} places {at_rank(first)} {januaries(record)}, {top.events} were followed by a first event "
        f"within {horizon} months{rest}."
    )


def both(record: TrackRecord, horizon: int) -> str:
    """Say what followed for past councils in the top thirty of both rankings; "" where none is known."""
    if record.both is None:
        return ""
    return (
        f"Of {record.both.councils} places in the {IN_BOTH} rankings {januaries(record)}, {record.both.events} were "
        f"followed by a first event within {horizon} months ({share(record.both)})."
    )


def by_reserves(place: int, of: int, in_both: bool) -> str:
    """Say where a council stands by plain reserves."""
    mark = f", so it is in the {IN_BOTH}" if in_both else ""
    return (
        "By plain reserves (revenue reserves, unallocated and earmarked, over net revenue expenditure; lowest first) "
        f"it is ranked {place} of {of}{mark}."
    )


def at_paces(paces: Mapping[str, float], horizon: int, cap: float) -> str:
    """Say a council's chance for each number of councils that may need support; "" where none is worked out."""
    if not paces or any(risk != risk for risk in paces.values()):
        return ""
    chances = chances_at({PACES[name]: risk for name, risk in paces.items()}, cap=cap)
    return (
        f"How likely a first event is depends on how many councils will need support within {horizon} months, which no "
        f"figure in the returns tells: the model puts it at {chances}."
    )


def capped(record: TrackRecord) -> str:
    """Say why no higher chance is shown as a number; "" where the record bears higher ones out."""
    if record.cap >= 1:
        return ""
    found = record.above_cap
    said = (
        f"of {found.councils} past places given more, {found.events} were followed by one"
        if found
        else "no past place given more has a closed record"
    )
    return f"Chances above {percent(record.cap, 0)} are shown as “over {percent(record.cap, 0)}”: {said}."
