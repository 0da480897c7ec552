"""One council's assessment: everything its page shows, as one object, and as a page, as JSON or as text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from resilience.analysis.explain import Explanation, explain
from resilience.analysis.mergers.proposed import Merger
from resilience.backtest.past_lists import past_lists
from resilience.councils import Council
from resilience.councils import council as facts_of
from resilience.model.risk_set import AT_RISK
from resilience.model.scoring import ScoredDay
from resilience.report.views.council_beyond import Beyond, beyond
from resilience.report.views.council_tables import indicator_table, levers, peer_table, sources, switch_table
from resilience.report.wording.events import council_events


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
        See ``council_tables`` and ``wording.events``.
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
    def class_median(self) -> float:
        """The chance of the middle one of its class on the day."""
        return float(self.history["class_median"].iloc[-1])

    @property
    def second_hand(self) -> bool:
        """Whether any figure shown is second-hand."""
        return bool(self.indicators["second_hand"].any())


def assessment(run: ScoredDay, council: str, *, mergers: Mapping[str, Merger] | None = None) -> Assessment:
    """Put together everything that one council's page shows.

    Parameters
    ----------
    run : ScoredDay
        From ``method.run``.
    council : str
        Any code or name.
    mergers : mapping of str to Merger, optional
        From ``council_beyond.every_merger(run)``: give it when there are several councils.

    Raises
    ------
    DataError
        If the council was not in being on the day.
    UnknownCouncilError
        If no council is known by that code or name.
    """
    why = explain(run, council)
    code = why.ons_code
    table = indicator_table(run, code)
    same = run.table[(run.table["class"] == why.class_) & (run.table["status"] == AT_RISK)]
    at_risk = why.status == AT_RISK
    return Assessment(
        why,
        facts_of(code),
        _history(run, why),
        table,
        switch_table(run, code),
        council_events(run.events, code, run.as_of),
        peer_table(run, code),
        levers(run, code),
        sources(run, code, table),
        beyond(run, code, mergers),
        int((same["rank"] <= why.rank).sum()) if at_risk else 0,
        len(same) if at_risk else 0,
        run.model.horizon,
    )


def _history(run: ScoredDay, why: Explanation) -> pd.DataFrame:
    table = past_lists(run).table
    past = table[table["origin"] < pd.Timestamp(why.as_of)]
    own = past[past["ons_code"] == why.ons_code]
    same = past[(past["class"] == why.class_) & (past["status"] == AT_RISK)]
    columns = ["on", "risk", "band", "rank", "of", "status"]
    rows = own.rename(columns={"origin": "on"})[columns]
    rows = rows.assign(class_median=rows["on"].map(same.groupby("origin")["risk"].median()))
    scores = run.table
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


def to_json(one: Assessment) -> str:
    """Return the assessment as JSON, in the form of ``docs/schemas/assessment.schema.json``."""
    from resilience.report.formats.json_council import content

    return json.dumps(content(one), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def to_text(one: Assessment, *, width: int = 80) -> str:
    """Return the assessment as text for a terminal of at least 60 columns."""
    from resilience.report.formats.text.council import render

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
    from resilience.report.formats.html_council import render

    return render(one, links=links or [], page_of=page_of or {}, mergers_page=mergers_page)
