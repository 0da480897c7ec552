"""The levers in words: what each is called, a step of it, what it takes for granted, and how far it must go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from resilience.errors import DataError
from resilience.formatting import percent, pounds
from resilience.report.wording.indicators import wording

WARNING = (
    "The model is not causal: it says how councils with such figures have fared, not what an act would bring about. A "
    "council that moves a figure without changing what lies behind it moves the score and not its risk; support or a "
    "capitalisation direction can refill reserves for a year and cure nothing."
)
OUT_OF_REACH = "not achievable by this alone"


def label(lever: str) -> str:
    """Return what a lever is called."""
    return str(_words(lever)["label"])


def step(lever: str, amount: float, share: float) -> str:
    """Say a step: £ thousand, and the same as a share of net revenue expenditure."""
    return str(_words(lever)["step"]).format(pounds=pounds(amount), share=percent(share))


def assumes(lever: str) -> str:
    """Say what a lever takes for granted."""
    return str(_words(lever)["assumes"]).format(spending_stays=wording()["spending_stays"])


def reach(record: Mapping[str, Any]) -> str:
    """Say how much of a lever alone would reach the next lower band, from a row of ``whatif.levers``."""
    if not record["next_band"]:
        return "in the lowest band"
    return OUT_OF_REACH if np.isnan(record["to_next_band"]) else pounds(record["to_next_band"])


def next_band(record: Mapping[str, Any]) -> str:
    """Say the same as a sentence."""
    if not record["next_band"]:
        return "Already in the lowest band."
    if np.isnan(record["to_next_band"]):
        return f"To be ranked {record['next_band']}: {OUT_OF_REACH} (looked up to {pounds(record['furthest'])})."
    share = percent(record["to_next_band_share"])
    return f"To be ranked {record['next_band']}: {pounds(record['to_next_band'])} ({share} of net revenue expenditure)."


def _words(lever: str) -> dict[str, str]:
    entries: dict[str, dict[str, str]] = wording()["lever"]
    if lever not in entries:
        raise DataError(f"wording.toml has no words for the lever '{lever}'; add an entry.")
    return entries[lever]
