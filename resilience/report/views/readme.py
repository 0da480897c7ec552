"""What the README quotes of the record."""

from __future__ import annotations

from typing import Any

from resilience.report.wording.record import TARGETS, in_brief, with_range


def view(content: dict[str, Any]) -> dict[str, Any]:
    """Return the record against its targets, ``columns`` and ``rows``, and in a few ``words``.

    Parameters
    ----------
    content : dict
        What ``docs/record.json`` holds.
    """
    model, rivals = content["model"], content["rivals"]
    rows = [
        [label, f"{first:.2f}", f"{must:.2f}", f"{goal:.2f}", with_range(model[measure])]
        for measure, (label, first, must, goal) in TARGETS.items()
    ]
    best = max((name for name in rivals if name != "prior alone"), key=lambda name: rivals[name]["auc"]["value"])
    difference = content["differences"][best]["auc"]
    rows.append([f"AUC above the best other rule (`{best}`), paired", "0", "> 0", "> 0.04", with_range(difference, 3)])
    rows.append(["observed ÷ expected", "–", "0.7–1.4", "0.85–1.15", with_range(model["observed_expected"])])
    return {
        "columns": ["measure", "first look", "must", "goal", "reached (90 % interval)"],
        "rows": rows,
        "words": in_brief(model["precision_at_30"]["value"], rivals["prior alone"]["auc"]["value"]),
    }
