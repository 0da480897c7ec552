"""Rows of text that a council's page and its terminal text share."""

from __future__ import annotations

import pandas as pd

from resilience.analysis.explain import WORTH_SAYING, Explanation
from resilience.formatting import signed, step_chance
from resilience.report.wording.indicators import contribution, figure


def steps(why: Explanation) -> list[dict]:
    """Return the contributions as rows of text, "from x to y" as in the chart."""
    rows = why.contributions[why.contributions["applies"]]
    return [
        {
            "label": row.label,
            "sentence": contribution(row, why.class_),
            "log_odds": signed(row.log_odds),
            "from": step_chance(row.chance_from),
            "to": step_chance(row.chance_to),
            "raises": row.log_odds > 0,
            "worth": abs(row.log_odds) >= WORTH_SAYING,
        }
        for row in rows.itertuples()
    ]


def change_rows(why: Explanation) -> list[dict]:
    """Return what moved the chance in a year, without what moved it too little to be seen in the chances."""
    rows = []
    for row in why.change.itertuples():
        if step_chance(row.chance_from) == step_chance(row.chance_to):
            continue
        if row.Index == "level":
            then, now = (f"{value:.0f}" for value in (row.value_then, row.value_now))
            word, same = " a year", "; others moved"
        else:
            name = why.contributions.at[row.Index, "indicator"]
            then, now = (figure(name, value) for value in (row.value_then, row.value_now))
            word, same = "", "; its tier moved"
        rows.append(
            {
                "label": row.label,
                "moved": f"{then} → {now}{word}" if then != now else f"still {now}{word}{same}",
                "still": then == now,
                "from": step_chance(row.chance_from),
                "to": step_chance(row.chance_to),
                "raises": row.log_odds > 0,
            }
        )
    return rows


def place(percentile: float, worse: str) -> str:
    """Write a percentile; where neither direction is worse, say that it counts upwards."""
    if pd.isna(percentile):
        return "–"
    return f"{percentile:.0f}" + (" ↑" if worse == "neither" else "")
