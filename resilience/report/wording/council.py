"""What a council's page says of it: how likely, compared with whom, since when, how sure, what changed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from resilience.analysis.explain import Explanation
from resilience.analysis.own_figures.assess import Step
from resilience.formatting import chance, chance_range, day, in_words, ordinal, when
from resilience.indicators.known import NO_LIKE
from resilience.model.calibration import BANDS
from resilience.model.risk_set import AT_RISK, EVENT_ALREADY
from resilience.report.wording.general import CLASS_PLURALS

#: Who the tier's median council stands for.
TIERS = {
    "upper": "councils responsible for social care: unitaries, counties, metropolitan districts, London boroughs",
    "lower": "district councils",
}


def status_text(why: Explanation) -> str:
    """Say a council's status on a day in a sentence."""
    if why.status == AT_RISK:
        return f"At risk of a first event: none was known by {day(why.as_of)}."
    if why.status == EVENT_ALREADY and why.first_event:
        text = why.first_event.date_text
        said = f"{'on ' if len(text) == 10 else 'in '}{when(text, why.first_event.known)}"
        alone = " Nor would any be given without it: no council compares with it." if unlike(why) else ""
        return (
            f"Its first event was announced {said}. The score is the chance of a first event, so none is "
            f"given.{alone} Its figures are shown all the same."
        )
    if unlike(why):
        return (
            "Cannot be scored: no council compares with it in its duties and its sources of income, and the score is a "
            "comparison. No rank and no chance are given. Its figures are shown all the same."
        )
    return (
        "Cannot be scored: no complete return was published for the last four years. No chance is given, and none "
        "is guessed from other councils."
    )


def unlike(why: Explanation) -> bool:
    """Say whether a council is left without a score for want of any other like it."""
    return why.not_scored_because == NO_LIKE


def headline(why: Explanation, horizon: int) -> str:
    """Say how likely within so many months, in one sentence."""
    if why.status != AT_RISK:
        return status_text(why)
    said = in_words(why.risk)
    return (
        f"{said[0].upper()}{said[1:]}: the chance that {why.council} needs exceptional support or intervention within "
        f"{horizon} months of {day(why.as_of)}, judged from published figures."
    )


def compared(why: Explanation, class_rank: int, class_of: int, class_median: float) -> str:
    """Say compared with whom.

    Parameters
    ----------
    why : Explanation
    class_rank, class_of : int
        Its place among the councils of its class at risk.
    class_median : float
        The chance of the middle one of these.
    """
    plural = CLASS_PLURALS[why.class_]
    return (
        f"Of {why.of} councils at risk it ranks {ordinal(why.rank)} from the top, of the {class_of} "
        f"{plural} among them {ordinal(class_rank)}. The middle one of these "
        f"{plural} has a chance of {chance(class_median)}; a council at the median of its tier "
        f"({TIERS[why.tier]}) on every measure would have {chance(why.reference_chance)}."
    )


def since(why: Explanation, history: pd.DataFrame) -> str:
    """Say since when the council has been in its band, or a worse one, without a break.

    Parameters
    ----------
    why : Explanation
    history : DataFrame
        ``on, band`` of each January and, last, of the day itself.
    """
    order = {name: at for at, (name, _) in enumerate(reversed(BANDS))}
    if why.band not in order or not order[why.band]:
        return ""
    first = None
    for row in history.iloc[:-1][::-1].itertuples():
        if order.get(row.band, -1) < order[why.band]:
            break
        first = row.on
    worse = "" if why.band == BANDS[0][0] else " or worse"
    if first is None:
        before = history["on"].iloc[-2] if len(history) > 1 else None
        return f"New in the band “{why.band}”" + (f": on {day(before)} it stood lower." if before is not None else ".")
    start = " (the first January looked at)" if first == history["on"].min() else ""
    return f"In the band “{why.band}”{worse} every January since {first.year}{start}."


def how_sure(why: Explanation, horizon: int) -> list[str]:
    """Say how sure the chance is, a sentence a reason."""
    said = []
    if not np.isnan(why.low):
        said.append(
            f"The range is {_range(why.low, why.high)}: where the chance lies in nine of ten redraws of the "
            "councils, the weights and the base rate it was worked out from."
        )
    if why.similar:
        similar = why.similar
        after = f"An event followed within {horizon} months in {similar.events} of these {similar.times}."
        stood = f"{_range(similar.low, similar.high)}, {similar.councils} councils in all"
        if similar.nearest:
            said.append(
                f"On the Januaries {similar.first} to {similar.last} few councils had a chance like this one; the "
                f"{similar.times} nearest had {stood}. {after}"
            )
        else:
            said.append(
                f"On the Januaries {similar.first} to {similar.last} a council had a chance about like this one "
                f"{similar.times} times ({stood}). {after}"
            )
    if why.band_record:
        record = why.band_record
        said.append(
            f"Of {record['councils']:.0f} placed in the band “{why.band}” then, {record['events']:.0f} went on to an "
            f"event ({chance(record['share'])}; the scores had said {chance(record['mean_chance'])})."
        )
    if not why.similar:
        said.append("No earlier list's 24 months had closed by this day, so there is no record to set beside it.")
    return said


def _range(low: float, high: float) -> str:
    return chance(low) if chance(low) == chance(high) else chance_range(low, high)


def changed(why: Explanation) -> str:
    """Say how the chance moved in a year."""
    if not len(why.change):
        return "A year before, the council had no score, so no change is shown."
    before, now = chance(why.risk_then), chance(why.risk)
    moved = f"from {before} to {now}" if before != now else f"from {before} to {now}, by less than a point"
    return (
        f"Between {day(why.change_from)} and {day(why.as_of)} the chance went {moved}, by the same model on both days."
    )


def own_step(step: Step) -> str:
    """Say what went into one step of an assessment with own figures."""
    if step.kind == "year":
        return f"with {step.outturn_year}"
    return {"corrected": "with published years corrected", "as published": "as published"}[step.kind]
