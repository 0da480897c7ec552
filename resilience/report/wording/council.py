"""What a council's page says of it: where it ranks, compared with whom, since when, how sure, what changed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from resilience.analysis.evidence import STALE_YEARS
from resilience.analysis.explain import Explanation
from resilience.analysis.own_figures.step import Step
from resilience.backtest.rolling import CAPACITY
from resilience.formatting import chance, chance_range, closing_day, day, ordinal, when
from resilience.indicators.known import NO_LIKE
from resilience.model.bands import NAMES
from resilience.model.risk_set import AT_RISK, EVENT_ALREADY
from resilience.report.wording.bands import at_paces, at_rank, both, by_reserves, capped, headline_record, share
from resilience.report.wording.general import CLASS_PLURALS

#: Who the tier's median council stands for.
TIERS = {
    "upper": "councils responsible for social care: unitaries, counties, metropolitan districts, London boroughs",
    "lower": "district councils",
}


def status_text(why: Explanation) -> str:
    """Say a council's status on a day in a sentence."""
    if why.status == AT_RISK:
        return f"No event was known by {day(why.as_of)}."
    if why.status == EVENT_ALREADY and why.first_event:
        text = why.first_event.date_text
        said = f"{'on ' if len(text) == 10 else 'in '}{when(text, why.first_event.known)}"
        alone = " Nor would any be given without it: no council compares with it." if unlike(why) else ""
        return (
            f"Its first event was announced {said}. The ranking is of councils that have had none, so it has "
            f"no rank.{alone} Its figures are shown all the same."
        )
    if unlike(why):
        return (
            "Cannot be scored: no council compares with it in its duties and its sources of income, and the score is a "
            "comparison. No rank is given. Its figures are shown all the same."
        )
    return (
        "Cannot be scored: no complete return was published for the last four years. No rank is given, and none is "
        "guessed from other councils."
    )


def unlike(why: Explanation) -> bool:
    """Say whether a council is left without a score for want of any other like it."""
    return why.not_scored_because == NO_LIKE


def headline(why: Explanation, horizon: int) -> str:
    """Say where the council stands and what followed for past councils that stood there."""
    if why.status != AT_RISK:
        return status_text(why)
    return f"{ranks(why.council, why.rank, why.of, why.as_of)} {headline_record(why.band, why.record, horizon)}"


def ranks(council: str, rank: int, of: int, as_of: object) -> str:
    """Say where a council ranks on a day."""
    return (
        f"{council} ranks {ordinal(rank)} of the {of} councils without an earlier event on {day(as_of)}, judged from "
        "published figures."
    )


def beside(why: Explanation, horizon: int) -> list[str]:
    """Say what stands beside the rank: the plain ratio's, and the chance for each number of councils in need."""
    in_both = max(why.rank, why.reserves_rank) <= CAPACITY
    said = [
        by_reserves(why.reserves_rank, why.of, in_both),
        _stale(why),
        both(why.record, horizon) if in_both else "",
        at_paces(why.paces, horizon, why.record.cap),
    ]
    return [one for one in said if one]


def _stale(why: Explanation) -> str:
    """Say that a council is ranked by a return of years ago; "" where its newest is as new as others'."""
    newest = max((int(year[:4]) + 1 for year, _ in why.limits.years), default=0)
    if not newest or why.as_of.year - newest < STALE_YEARS:
        return ""
    return (
        f"Its reserves here are those of {closing_day(newest)}: no later return of its is complete, so neither rank "
        "should be relied on."
    )


def compared(why: Explanation, class_rank: int, class_of: int, class_median: int) -> str:
    """Say compared with whom.

    Parameters
    ----------
    why : Explanation
    class_rank, class_of : int
        Its place among the councils of its class at risk.
    class_median : int
        The rank of the middle one of these among all.
    """
    plural = CLASS_PLURALS[why.class_]
    return (
        f"Of the {class_of} {plural} among them it ranks {ordinal(class_rank)}; the median one of these ranks "
        f"{ordinal(class_median)} of all. The score is set against the median "
        f"council of its tier ({TIERS[why.tier]})."
    )


def since(why: Explanation, history: pd.DataFrame) -> str:
    """Say since when the council has been in its band, or a worse one, without a break.

    Parameters
    ----------
    why : Explanation
    history : DataFrame
        ``on, band`` of each January and, last, of the day itself.
    """
    order = {name: at for at, name in enumerate(reversed(NAMES))}
    if why.band not in order or not order[why.band]:
        return ""
    first = None
    for row in history.iloc[:-1][::-1].itertuples():
        if order.get(row.band, -1) < order[why.band]:
            break
        first = row.on
    higher = "" if why.band == NAMES[0] else " or higher"
    if first is None:
        stood = f": on {day(history['on'].iloc[-2])} it stood lower" if len(history) > 1 else ""
        return f"New among those {at_rank(why.band)}{stood}."
    start = " (the first January looked at)" if first == history["on"].min() else ""
    return f"Ranked {why.band}{higher} every January since {first.year}{start}."


def how_sure(why: Explanation, horizon: int, level: str) -> list[str]:
    """Say how sure the rank and the chance are, a sentence a reason.

    Parameters
    ----------
    why : Explanation
    horizon : int
    level : str
        What the record says of the level of the chances (``wording.claim.level``).
    """
    record, cap = why.record, why.record.cap
    said = [headline_record(why.band, record, horizon)]
    if found := record.of(why.band):
        said[0] = f"{said[0].removesuffix('.')} ({share(found)}); the same council can stand on several lists."
    if not np.isnan(why.low):
        said.append(
            f"At the pace of the last twelve months the model puts it at {chance(why.risk, cap=cap)} (its own 90% "
            f"interval: {chance_range(why.low, why.high, cap=cap)})."
        )
    if why.similar:
        similar = why.similar
        after = f"An event followed within {horizon} months in {similar.events} of these {similar.times}."
        stood = f"{chance_range(similar.low, similar.high, cap=cap)}, {similar.councils} councils in all"
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
    said += [capped(record), level]
    return [one for one in said if one]


def changed(why: Explanation) -> str:
    """Say how the chance moved in a year."""
    if not len(why.change):
        return "A year before, the council had no score, so no change is shown."
    before, now = (chance(one, cap=why.record.cap) for one in (why.risk_then, why.risk))
    if before != now:
        moved = f"went from {before} to {now}"
    elif why.risk > why.record.cap:
        moved = f"was {now} on both days"
    else:
        moved = f"moved by less than a point and is {now}"
    return f"Between {day(why.change_from)} and {day(why.as_of)} the chance {moved}, by the same model on both days."


def own_step(step: Step) -> str:
    """Say what went into one step of an assessment with own figures."""
    if step.kind == "year":
        return f"with {step.outturn_year}"
    return {"corrected": "with published years corrected", "as published": "as published"}[step.kind]
