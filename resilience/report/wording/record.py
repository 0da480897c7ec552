"""The record in words: its measures, and the targets the project set itself."""

from __future__ import annotations

from typing import Any

from resilience.formatting import number

#: The targets the project set itself, and what a simple rule reached in a first look.
TARGETS = {
    "auc": ("AUC, all councils", 0.82, 0.86, 0.90),
    "auc_upper_tier": ("AUC, upper tier", 0.72, 0.76, 0.82),
    "recall_at_30": ("First events among the top 30 of each origin", 0.49, 0.52, 0.65),
}
MEASURES = {
    "auc": "AUC, all",
    "auc_upper_tier": "AUC, upper tier",
    "average_precision": "Average precision",
    "recall_at_10": "Events in top 10",
    "recall_at_20": "Events in top 20",
    "recall_at_30": "Events in top 30",
    "recall_at_50": "Events in top 50",
    "precision_at_10": "Precision, top 10",
    "precision_at_20": "Precision, top 20",
    "precision_at_30": "Precision, top 30",
    "precision_at_50": "Precision, top 50",
    "brier_skill": "Brier skill",
    "calibration_intercept": "Calibration intercept",
    "calibration_slope": "Calibration slope",
    "observed_expected": "Observed ÷ expected",
}
#: What the prior alone is called beside rules that others published.
PRIOR = "Equal weights, nothing learnt from past events"


def with_range(entry: dict[str, Any] | None, digits: int = 2) -> str:
    """Write a measure with its interval: "0.86 (0.81 to 0.90)"; a dash where there is none."""
    if not entry or entry["value"] is None:
        return "–"
    text = number(entry["value"], digits)
    if entry["low"] is not None:
        text += f" ({number(entry['low'], digits)} to {number(entry['high'], digits)})"
    return text


#: What a column of detectable differences means.
DETECTABLE = "Detectable: the smallest true difference that would be found four times in five, at 5% significance."


def detectable(entry: dict[str, Any] | None, digits: int = 2) -> str:
    """Write the smallest difference a comparison could have told from chance; a dash where nothing was drawn."""
    found = (entry or {}).get("detectable")
    return "–" if found is None else f"{found:.{digits}f}"


def alone(entry: dict[str, Any]) -> str:
    """Write a measure without its interval."""
    return with_range({**entry, "low": None})


def in_brief(precision: float, prior: float, less: dict[str, Any]) -> str:
    """Say what the record comes to.

    Parameters
    ----------
    precision : float
        Share of the first thirty that went on to an event.
    prior : float
        AUC of the prior alone.
    less : dict
        The model's AUC less the prior's, with its interval.
    """
    sure = less["high"] is not None and (less["high"] < 0 or less["low"] > 0)
    ranks = ("a little better than" if less["value"] < 0 else "a little worse than") if sure else "about as well as"
    return (
        f"Of the first thirty councils of a January whose 24 months are over, on average {30 * precision:.0f} had an "
        f"event; {30 - 30 * precision:.0f} had none. The prior alone, with nothing learnt from events, ranks "
        f"{ranks} the fitted model (AUC {prior:.2f}): what the project adds, if anything, is the choice of figures "
        "rather than the fit."
    )
