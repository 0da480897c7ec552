"""One council's assessment: everything its page, its text and its JSON show, as one plain dictionary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from resilience import __version__
from resilience.analysis.explain import Explanation, explain
from resilience.analysis.mergers.proposed import Merger
from resilience.backtest.past_lists import past_lists
from resilience.councils import Council
from resilience.councils import council as facts_of
from resilience.model.risk_set import AT_RISK
from resilience.model.scoring import ScoredDay
from resilience.report.plain import plain
from resilience.report.views import again, replies
from resilience.report.views.claims import claims
from resilience.report.views.council_beyond import beyond, neighbours
from resilience.report.views.council_figures import PUBLICATIONS, indicators, other_definitions, sources
from resilience.report.views.council_lines import lines
from resilience.report.views.council_score import change, change_in_words, levers, score, steps
from resilience.report.views.council_since import since_lists
from resilience.report.views.new_councils import new_councils
from resilience.report.wording import caveats, council_beside
from resilience.report.wording import council as wording
from resilience.report.wording.events import council_events
from resilience.report.wording.general import SCORE_IS
from resilience.report.wording.levers import WARNING
from resilience.report.wording.standing import NOT_SCORED


def view(scored: ScoredDay, council: str, *, mergers: Mapping[str, Merger] | None = None) -> dict[str, Any]:
    """Put together everything that is shown of one council.

    Parameters
    ----------
    scored : ScoredDay
        From ``method.run``.
    council : str
        Any code or name.
    mergers : mapping of str to Merger, optional
        From ``analysis.mergers.proposed.every_merger``: give it when there are several councils.

    Returns
    -------
    dict
        Plain values: what ``docs/schemas/assessment.schema.json`` names, under the same names, and the same in words
        and rows for the page.

    Raises
    ------
    DataError
        If the council was not in being on the day.
    UnknownCouncilError
        If no council is known by that code or name.
    """
    why = explain(scored, council)
    code, facts = why.ons_code, facts_of(why.ons_code)
    shown = indicators(scored, code)
    return {
        "what": SCORE_IS,
        "as_of": str(why.as_of),
        "horizon_months": scored.model.horizon,
        "version": __version__,
        "council": _council(why, facts),
        # Years before this one are added up from predecessors.
        "added_up_before": facts.start_date.year if facts.start_date and facts.predecessors else 0,
        **_standing(scored, why),
        "support_again": again.council(scored, code),
        "what_would_change_it": levers(scored, code),
        "what_would_change_it_warning": WARNING,
        "since_lists": since_lists(scored, code),
        "form_lines": lines(scored, why.before_event or why),
        "indicators": shown,
        "published": PUBLICATIONS,
        "second_hand": any(row["second_hand"] for row in shown),
        "other_definitions": other_definitions(scored, code),
        "events": _events(scored, code),
        **replies.of_council(scored, code),
        "neighbours": neighbours(scored, code),
        **beyond(scored, code),
        **new_councils(scored, code, mergers),
        "sources": sources(scored, code, shown),
        "flags": caveats.flags(why),
        "cannot_see": caveats.cannot_see(why),
    }


def _council(why: Explanation, facts: Council) -> dict[str, Any]:
    return {
        "ons_code": why.ons_code,
        "name": why.council,
        "class": why.class_,
        "tier": why.tier,
        "region": facts.region,
        "predecessors": list(facts.predecessors),
    }


def _standing(scored: ScoredDay, why: Explanation) -> dict[str, Any]:
    """Return where it stands, compared with whom, since when, how sure, and what changed."""
    horizon, at_risk, before = scored.model.horizon, why.status == AT_RISK, why.before_event
    same = scored.at_risk[scored.at_risk["class"] == why.class_]
    history = _history(scored, why)
    told_of = why if at_risk else before
    class_rank = int((same["rank"] <= why.rank).sum())
    compared = wording.compared(why, class_rank, len(same), round(same["rank"].median())) if at_risk else ""
    said, past = claims(), past_lists(scored)
    januaries = past.closed["origin"].dt.year
    class_level = (
        council_beside.class_level(
            why.class_,
            past.expected_and_observed(why.class_),
            past.expected_and_observed(),
            int(januaries.min()),
            int(januaries.max()),
        )
        if at_risk and len(januaries)
        else ""
    )
    return {
        "status": why.status,
        "at_risk": at_risk,
        "status_text": wording.status_text(why),
        "not_scored_because": NOT_SCORED[why.not_scored_because],
        "headline": wording.headline(why, horizon),
        "claim": said["claim"] if at_risk else "",
        "beside": wording.beside(why, horizon) if at_risk else [],
        "disagree": council_beside.disagree(why) if at_risk else "",
        "score": score(why) if at_risk else None,
        "before_the_event": {"as_of": str(before.as_of), **score(before)} if before else None,
        "steps": steps(told_of) if told_of else [],
        "class_rank": class_rank if at_risk else 0,
        "class_of": len(same) if at_risk else 0,
        "compared": compared,
        "since": wording.since(why, history),
        "how_sure": [*wording.how_sure(why, horizon, said["level"]), *filter(None, [class_level])] if at_risk else [],
        "changed": wording.changed(why),
        "change": change(why),
        "change_in_words": change_in_words(why),
        "history": plain(history.rename(columns={"on": "day"}).to_dict("records")),
    }


def _history(scored: ScoredDay, why: Explanation) -> pd.DataFrame:
    """Return each January and the day itself: ``on, risk, band, rank, of, status, class_median, class_rank``."""
    table = past_lists(scored).table
    past = table[table["origin"] < pd.Timestamp(why.as_of)]
    own = past[past["ons_code"] == why.ons_code]
    same = past[(past["class"] == why.class_) & (past["status"] == AT_RISK)]
    columns = ["on", "risk", "band", "rank", "of", "status"]
    rows = own.rename(columns={"origin": "on"})[columns]
    middle = same.groupby("origin")
    rows = rows.assign(
        class_median=rows["on"].map(middle["risk"].median()),
        class_rank=rows["on"].map(middle["rank"].median().astype(float)),
    )
    ranked = scored.at_risk[scored.at_risk["class"] == why.class_]["rank"]
    now = {
        "on": pd.Timestamp(why.as_of),
        "risk": why.risk,
        "band": why.band,
        "rank": why.rank or None,
        "of": why.of,
        "status": why.status,
        "class_median": scored.table.loc[scored.table["class"] == why.class_, "risk"].median(),
        "class_rank": float(ranked.median()) if len(ranked) else None,
    }
    records = [*rows.to_dict("records"), now]
    return pd.DataFrame.from_records(records, columns=[*columns, "class_median", "class_rank"]).astype({"risk": float})


def _events(scored: ScoredDay, code: str) -> list[dict[str, Any]]:
    """Return the events known on the day, its predecessors' too, the oldest first."""
    events = council_events(scored.events, code, scored.as_of)
    rows = events.drop(columns="known").assign(known=events["known"].map(plain, na_action=None))
    result: list[dict[str, Any]] = plain(rows.to_dict("records"))
    return result
