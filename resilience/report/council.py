"""One council's assessment: everything its page shows, as one object, and as a page, as JSON or as text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from resilience.councils import Council
from resilience.councils import council as facts_of
from resilience.explanation import Explanation, explain
from resilience.history import Background, background
from resilience.model.calibration import BANDS
from resilience.model.risk_set import AT_RISK
from resilience.model.scoring import ScoredDay
from resilience.report.council_beyond import Beyond, beyond
from resilience.report.council_tables import indicator_table, levers, peer_table, sources, switch_table
from resilience.report.event_words import council_events
from resilience.report.merge_text import Merger
from resilience.report.words import CLASS_PLURALS, chance, chance_range, day
from resilience.sentences import in_words

#: Who the tier's median council stands for.
TIERS = {
    "upper": "councils responsible for social care: unitaries, counties, metropolitan districts, London boroughs",
    "lower": "district councils",
}


@dataclass(frozen=True)
class Assessment:
    """What is known of one council on a day.

    Attributes
    ----------
    explanation : Explanation
    facts : Council
        Codes, names, region, start and end, predecessors.
    history : DataFrame
        Each January and the day itself: ``on, risk, band, rank, of, status, class_median``.
    indicators, switches, events, peers, levers, sources : DataFrame
        See ``council_tables`` and ``event_words``.
    beyond : Beyond
        Peers who recovered, the place, new councils.
    class_rank, class_of : int
        Its place among the councils of its class at risk; 0 where it has none.
    horizon : int
        Months looked ahead.
    """

    explanation: Explanation
    facts: Council
    history: pd.DataFrame
    indicators: pd.DataFrame
    switches: pd.DataFrame
    events: pd.DataFrame
    peers: pd.DataFrame
    levers: pd.DataFrame
    sources: pd.DataFrame
    beyond: Beyond
    class_rank: int
    class_of: int
    horizon: int

    @property
    def counted(self) -> pd.DataFrame:
        """The council's own qualifying events."""
        return self.events[self.events["counts"] & (self.events["ons_code"] == self.explanation.ons_code)]

    @property
    def second_hand(self) -> bool:
        """Whether any figure shown is second-hand."""
        return bool(self.indicators["second_hand"].any())


def assessment(
    run: ScoredDay, council: str, *, shared: Background | None = None, mergers: Mapping[str, Merger] | None = None
) -> Assessment:
    """Put together everything that one council's page shows.

    Parameters
    ----------
    run : ScoredDay
        From ``method.run``.
    council : str
        Any code or name.
    shared : Background, optional
        From ``history.background(run)``: give it when there are several councils.
    mergers : mapping of str to Merger, optional
        From ``council_beyond.every_merger(run)``, likewise.

    Raises
    ------
    DataError
        If the council was not in being on the day.
    UnknownCouncilError
        If no council is known by that code or name.
    """
    shared = shared or background(run)
    why = explain(run, council, shared=shared)
    code = why.ons_code
    table = indicator_table(shared, code)
    same = run.table[(run.table["class"] == why.class_) & (run.table["status"] == AT_RISK)]
    at_risk = why.status == AT_RISK
    return Assessment(
        why,
        facts_of(code),
        _history(shared, why),
        table,
        switch_table(shared, code),
        council_events(run.events, code, run.as_of),
        peer_table(shared, code),
        levers(shared, code),
        sources(shared, code, table),
        beyond(run, code, mergers),
        int((same["rank"] <= why.rank).sum()) if at_risk else 0,
        len(same) if at_risk else 0,
        run.model.horizon,
    )


def _history(shared: Background, why: Explanation) -> pd.DataFrame:
    past = shared.history[shared.history["origin"] < pd.Timestamp(why.as_of)]
    own = past[past["ons_code"] == why.ons_code]
    same = past[(past["class"] == why.class_) & (past["status"] == AT_RISK)]
    columns = ["on", "risk", "band", "rank", "of", "status"]
    rows = own.rename(columns={"origin": "on"})[columns]
    rows = rows.assign(class_median=rows["on"].map(same.groupby("origin")["risk"].median()))
    scores = shared.run.table
    now = {
        "on": pd.Timestamp(why.as_of),
        "risk": why.risk,
        "band": why.band,
        "rank": why.rank or None,
        "of": why.of,
        "status": why.status,
        "class_median": scores.loc[scores["class"] == why.class_, "risk"].median(),
    }
    records = [*rows.to_dict("records"), now]
    return pd.DataFrame.from_records(records, columns=[*columns, "class_median"]).astype({"risk": float})


def headline(one: Assessment) -> str:
    """Say how likely, in one sentence."""
    why = one.explanation
    if why.status != AT_RISK:
        return why.status_text
    said = in_words(why.risk)
    return (
        f"{said[0].upper()}{said[1:]}: the chance that {why.council} needs exceptional support or intervention within "
        f"{one.horizon} months of {day(why.as_of)}, judged from published figures."
    )


def compared(one: Assessment) -> str:
    """Say compared with whom."""
    why = one.explanation
    middle = one.history["class_median"].iloc[-1]
    return (
        f"Of {why.of} councils at risk it ranks {_ordinal(why.rank)} from the top, of the {one.class_of} "
        f"{CLASS_PLURALS[why.class_]} among them {_ordinal(one.class_rank)}. The middle one of these "
        f"{CLASS_PLURALS[why.class_]} has a chance of {chance(middle)}; a council at the median of its tier "
        f"({TIERS[why.tier]}) on every measure would have {chance(why.reference_chance)}."
    )


def since(one: Assessment) -> str:
    """Say since when the council has been in its band, or a worse one, without a break."""
    why = one.explanation
    order = {name: at for at, (name, _) in enumerate(reversed(BANDS))}
    if why.band not in order or not order[why.band]:
        return ""
    first = None
    for row in one.history.iloc[:-1][::-1].itertuples():
        if order.get(row.band, -1) < order[why.band]:
            break
        first = row.on
    worse = "" if why.band == BANDS[0][0] else " or worse"
    if first is None:
        before = one.history["on"].iloc[-2] if len(one.history) > 1 else None
        return f"New in the band “{why.band}”" + (f": on {day(before)} it stood lower." if before is not None else ".")
    start = " (the first January looked at)" if first == one.history["on"].min() else ""
    return f"In the band “{why.band}”{worse} every January since {first.year}{start}."


def how_sure(one: Assessment) -> list[str]:
    """Say how sure the chance is, a sentence a reason."""
    why = one.explanation
    said = []
    if not np.isnan(why.low):
        said.append(
            f"The range is {_range(why.low, why.high)}: where the chance lies in nine of ten redraws of the "
            "councils, the weights and the base rate it was worked out from."
        )
    if why.alike:
        alike = why.alike
        after = f"An event followed within {one.horizon} months in {alike.events} of these {alike.times}."
        stood = f"{_range(alike.low, alike.high)}, {alike.councils} councils in all"
        if alike.nearest:
            said.append(
                f"On the Januaries {alike.first} to {alike.last} few councils had a chance like this one; the "
                f"{alike.times} nearest had {stood}. {after}"
            )
        else:
            said.append(
                f"On the Januaries {alike.first} to {alike.last} a council had a chance about like this one "
                f"{alike.times} times ({stood}). {after}"
            )
    if why.band_record:
        record = why.band_record
        said.append(
            f"Of {record['councils']:.0f} placed in the band “{why.band}” then, {record['events']:.0f} went on to an "
            f"event ({chance(record['share'])}; the scores had said {chance(record['mean_chance'])})."
        )
    if not why.alike:
        said.append("No earlier list's 24 months had closed by this day, so there is no record to set beside it.")
    return said


def _range(low: float, high: float) -> str:
    return chance(low) if chance(low) == chance(high) else chance_range(low, high)


def changed(one: Assessment) -> str:
    """Say how the chance moved in a year."""
    why = one.explanation
    if not len(why.change):
        return "A year before, the council had no score, so no change is shown."
    before, now = chance(why.risk_then), chance(why.risk)
    moved = f"from {before} to {now}" if before != now else f"from {before} to {now}, by less than a point"
    return (
        f"Between {day(why.change_from)} and {day(why.as_of)} the chance went {moved}, by the same model on both days."
    )


def to_json(one: Assessment) -> str:
    """Return the assessment as JSON, in the form of ``docs/schemas/assessment.schema.json``."""
    from resilience.report.council_json import content

    return json.dumps(content(one), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def to_text(one: Assessment, *, width: int = 80) -> str:
    """Return the assessment as text for a terminal of at least 60 columns."""
    from resilience.report.council_text import render

    return render(one, width=width)


def to_html(
    one: Assessment,
    *,
    links: list[Mapping] | None = None,
    page_of: Mapping[str, str] | None = None,
    mergers_page: str = "",
) -> str:
    """Return the assessment as a page that needs nothing else and prints on two sides of A4.

    Parameters
    ----------
    one : Assessment
    links : list of mappings, optional
        The site's navigation (see ``html.environment``).
    page_of : mapping of str to str, optional
        ONS code → address of that council's page, for peers and place.
    mergers_page : str
        Address of the page on mergers, where there is one.
    """
    from resilience.report.council_page import render

    return render(one, links=links or [], page_of=page_of or {}, mergers_page=mergers_page)


def _ordinal(number: int) -> str:
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
