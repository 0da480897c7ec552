"""The page of one council: what the template needs, the charts drawn."""

from __future__ import annotations

from collections.abc import Mapping

from resilience.indicators.definitions import FAMILIES
from resilience.model.risk_set import AT_RISK
from resilience.report.formats.charts import contributions_chart, history_chart, sparkline
from resilience.report.formats.html import page
from resilience.report.views.council import Assessment
from resilience.report.views.council_beyond import place_rows, reorganised, risk_changes
from resilience.report.views.council_rows import change_rows, place, steps
from resilience.report.views.merger import plan_row
from resilience.report.wording import caveats
from resilience.report.wording import council as wording
from resilience.report.wording.levers import WARNING
from resilience.report.wording.peers import set_aside

#: Families whose rows are left out in print, where two sides are all there is.
SCREEN_ONLY = ("context", "reporting")


def render(one: Assessment, *, links: list[Mapping], page_of: Mapping[str, str], mergers_page: str = "") -> str:
    """Return the page."""
    why = one.explanation
    at_risk = why.status == AT_RISK
    told_of = why if at_risk else why.before_event
    story = one.beyond.story
    return page(
        "council.html.j2",
        one=one,
        why=why,
        told_of=told_of,
        at_risk=at_risk,
        headline=wording.headline(why, one.horizon),
        compared=wording.compared(why, one.class_rank, one.class_of, one.class_median) if at_risk else "",
        since=wording.since(why, one.history),
        how_sure=wording.how_sure(why, one.horizon) if at_risk else [],
        changed=wording.changed(why),
        unseen=caveats.cannot_see(why),
        flags=caveats.flags(why),
        chart=contributions_chart(told_of) if told_of else "",
        history=history_chart(why.council, one.history, one.counted) if one.history["risk"].notna().any() else "",
        steps=steps(told_of) if told_of else [],
        change=change_rows(why),
        families=families(one),
        printed_out=SCREEN_ONLY,
        lever_warning=WARNING,
        plans=[plan_row(each, why.ons_code) for each in one.beyond.mergers],
        reorganised=reorganised(one.beyond, why.as_of),
        set_aside=[(name, set_aside(reason)) for name, reason in story.set_aside] if story else [],
        recovered=risk_changes(story.recovered) if story else [],
        worsened=risk_changes(story.worsened) if story else [],
        area=place_rows(one.beyond),
        links=links,
        page_of=page_of,
        mergers_page=mergers_page,
    )


def families(one: Assessment) -> list[tuple[str, str, list[dict]]]:
    """Return the indicator table's rows by family: key, heading, rows with their sparklines."""
    table = one.indicators
    years = [year for series in table["series"] for year in series]
    first, last = (min(years), max(years)) if years else (2008, 2024)
    built = int(one.facts.start_date.year) if one.facts.start_date and one.facts.predecessors else 0
    result = []
    for key, heading in FAMILIES.items():
        rows = [
            {
                **row,
                "spark": sparkline(row["series"], label=row["label"], first=first, last=last, dashed_to=built),
                "of_class": place(row["class_percentile"], row["worse"]),
                "of_near": place(row["near_percentile"], row["worse"]),
            }
            for row in table[table["family"] == key].to_dict("records")
        ]
        if rows:
            result.append((key, heading, rows))
    return result
