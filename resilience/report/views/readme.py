"""What the README quotes of the record."""

from __future__ import annotations

from typing import Any

from resilience.backtest.summaries import best_of
from resilience.report.wording.record import TARGETS, in_brief, with_range


def view(content: dict[str, Any]) -> dict[str, Any]:
    """Return the record against its targets, ``columns`` and ``rows``, closed origins first, and in a few ``words``.

    Parameters
    ----------
    content : dict
        What ``docs/record.json`` holds.
    """
    parts = {"closed origins": content["closed"], "all, half-observed too": content}
    shown = {name: part for name, part in parts.items() if part.get("model")}
    rows = [
        [
            label,
            f"{first:.2f}",
            f"{must:.2f}",
            f"{goal:.2f}",
            *(with_range(p["model"][measure]) for p in shown.values()),
        ]
        for measure, (label, first, must, goal) in TARGETS.items()
    ]
    rows.append(["AUC above the best other rule, paired", "0", "> 0", "> 0.04", *map(_less, shown.values())])
    expected = (with_range(part["model"]["observed_expected"]) for part in shown.values())
    rows.append(["observed ÷ expected", "–", "0.7–1.4", "0.85–1.15", *expected])
    first = next(iter(shown.values()))
    return {
        "columns": ["measure", "first look", "must", "goal", *shown],
        "rows": rows,
        "words": in_brief(
            first["model"]["precision_at_30"]["value"],
            first["rivals"]["prior alone"]["auc"]["value"],
            first["differences"]["prior alone"]["auc"],
        ),
    }


def _less(part: dict[str, Any]) -> str:
    best = best_of(part["rivals"])
    return f"{with_range(part['differences'][best]['auc'], 3)}, `{best}`"
