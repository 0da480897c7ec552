"""The page of one council: what the template needs, the charts drawn."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from resilience.explain import Explanation
from resilience.indicators.definitions import FAMILIES
from resilience.report import council as told
from resilience.report.charts import contributions_chart, history_chart, sparkline, step_chance
from resilience.report.council import Assessment
from resilience.report.html import page
from resilience.riskset import AT_RISK
from resilience.sentences import short_figure

#: Families whose rows are left out in print, where two sides are all there is.
SCREEN_ONLY = ("context", "reporting")


def render(one: Assessment, *, links: list[Mapping], page_of: Mapping[str, str]) -> str:
    """Return the page."""
    why = one.explanation
    told_of = why if why.status == AT_RISK else why.eve
    return page(
        "council.html.j2",
        one=one,
        why=why,
        told_of=told_of,
        at_risk=why.status == AT_RISK,
        headline=told.headline(one),
        compared=told.compared(one) if why.status == AT_RISK else "",
        since=told.since(one),
        how_sure=told.how_sure(one) if why.status == AT_RISK else [],
        changed=told.changed(one),
        chart=contributions_chart(told_of) if told_of else "",
        history=history_chart(why.council, one.history, one.counted) if one.history["risk"].notna().any() else "",
        steps=steps(told_of) if told_of else [],
        change=change_rows(why),
        families=families(one),
        printed_out=SCREEN_ONLY,
        links=links,
        page_of=page_of,
    )


def steps(why: Explanation) -> list[dict]:
    """Return the contributions as rows of text, "from x to y" as in the chart."""
    rows = why.contributions[why.contributions["applies"]]
    return [
        {
            "label": row.label,
            "sentence": row.sentence,
            "log_odds": f"{row.log_odds:+.2f}".replace("-", "−"),
            "from": step_chance(row.chance_from),
            "to": step_chance(row.chance_to),
            "raises": row.log_odds > 0,
            "worth": abs(row.log_odds) >= 0.1,
        }
        for row in rows.itertuples()
    ]


def change_rows(why: Explanation) -> list[dict]:
    """Return what moved the chance in a year; what moved it by less than a hundredth of a log-odd is left out."""
    rows = []
    for row in why.change.itertuples():
        if abs(row.log_odds) < 0.01:
            continue
        if row.Index == "level":
            then, now = f"{row.value_then:.0f} first events a year", f"{row.value_now:.0f}"
        else:
            name = why.contributions.at[row.Index, "indicator"]
            then, now = (short_figure(name, value) for value in (row.value_then, row.value_now))
        rows.append(
            {
                "label": row.label,
                "then": then,
                "now": now,
                "from": step_chance(row.chance_from),
                "to": step_chance(row.chance_to),
                "raises": row.log_odds > 0,
            }
        )
    return rows


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


def place(percentile: float, worse: str) -> str:
    """Write a percentile; where neither direction is worse, say that it counts upwards."""
    if pd.isna(percentile):
        return "–"
    return f"{percentile:.0f}" + (" ↑" if worse == "neither" else "")
