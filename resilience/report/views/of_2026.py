"""The list of 1 January 2026 and what came: a table and a paragraph for every page that speaks of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from resilience.backtest.blind_year import BlindYear
from resilience.backtest.first_release import NAME
from resilience.backtest.rivals import UPPER_FIRST, rivals
from resilience.report.plain import plain
from resilience.report.wording.record_beside import BLIND, of_2026

COLUMNS = (
    "list or rule",
    "blind",
    "AUC",
    "among upper tier",
    "in top 10",
    "top 20",
    "top 30",
    "top 50",
    "AUC without the two",
)


def content_of(year: BlindYear | None) -> dict[str, Any] | None:
    """Return the table for programs, as ``docs/record.json`` has it; and by themselves the two figures most quoted."""
    if year is None:
        return None
    auc = year.table["auc"]
    rows = year.table.rename(columns={"auc_without": "auc_without_city_of_london_and_isles_of_scilly"})
    return {
        "register_to": str(year.register_to),
        "at_risk": year.at_risk,
        "events": year.events,
        "version_1": float(auc[NAME]),
        "reserves_rank": float(auc["reserves_rank"]),
        "lists": plain(rows.rename_axis("name").reset_index().to_dict("records")),
    }


def view(content: Mapping[str, Any] | None, *, every: bool = False) -> dict[str, Any]:
    """Return ``title, words, columns, rows``; without rows where nothing is at hand.

    Parameters
    ----------
    content : mapping or None
        From `content_of`.
    every : bool
        Whether the rules with upper-tier councils first are shown too, and all by their short names.
    """
    found: dict[str, Any] = {"title": "The list of 1 January 2026", "columns": list(COLUMNS), "words": "", "rows": []}
    if content is None:
        return found
    labels = {rule.name: rule.label for rule in rivals()} | {
        "0.1.0": "version 0.1.0",
        "five families": "five families (this model)",
    }
    rows = [
        [
            one["name"] if every else labels.get(one["name"], one["name"]),
            BLIND[one["blind"]],
            f"{one['auc']:.2f}",
            f"{one['auc_upper_tier']:.2f}",
            *(f"{one[f'hits_{capacity}']:.0f}" for capacity in (10, 20, 30, 50)),
            f"{one['auc_without_city_of_london_and_isles_of_scilly']:.2f}",
        ]
        for one in content["lists"]
        if every or not one["name"].endswith(UPPER_FIRST) or one["name"].startswith("reserves_rank")
    ]
    return {**found, "words": of_2026(content), "rows": rows}
