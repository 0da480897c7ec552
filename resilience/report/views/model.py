"""The fitted model in two tables: how far the cases moved each weight, and how much carried figures count."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from resilience.formatting import signed
from resilience.model.fitting import RiskModel, moved_by_cases
from resilience.model.scale import TIERS, UPPER

_TIERS = {"upper": "councils with social care", "lower": "districts"}


def weights(model: RiskModel) -> list[dict[str, str]]:
    """Return each weight before and after the cases, in log-odds a spread, a row a family."""
    rows, moved = [], moved_by_cases(model)
    spreads = dict(zip(model.names, model.draws.std(axis=0), strict=True)) if len(model.draws) else {}
    labels = {family.name: family.label for family in model.families} | {UPPER: "Upper-tier council"}
    for name, label in labels.items():
        row = moved.loc[name]
        rows.append(
            {
                "family": label,
                "before any case": f"{row['prior']:.2f} ± {row['prior_sd']:.2f}",
                "as fitted": f"{row['fitted']:.2f}" + (f" ± {spreads[name]:.2f}" if name in spreads else ""),
                "moved by the cases": signed(row["moved"]),
            }
        )
    return rows


def reliability(model: RiskModel, masks: Mapping[str, Mapping[str, int]]) -> list[dict[str, Any]]:
    """Return what each family counts, of 1, under some masks, a row a family and tier.

    Parameters
    ----------
    model : RiskModel
    masks : mapping
        Heading → indicator → how many of the newest years lack it.
    """
    rows = []
    for tier in TIERS:
        for family in model.families:
            terms = family.in_tier(tier)
            found = {
                heading: model.reliability.one(
                    tier, family.name, tuple(int(mask.get(term.indicator, 0)) for term in terms)
                )
                for heading, mask in masks.items()
            }
            rows.append(
                {
                    "family": family.label,
                    "tier": _TIERS[tier],
                    **{heading: f"{value:.2f}" for heading, value in found.items()},
                }
            )
    return rows
