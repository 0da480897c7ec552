"""The national picture as a page: bands each January, by class, region and deprivation, and what moved them."""

from __future__ import annotations

from typing import Any

from resilience.analysis.national import COVID_JANUARIES, GROUPINGS, NAMES, NOW, OTHERS, THIRDS, National, national
from resilience.formatting import signed
from resilience.model.scoring import ScoredDay
from resilience.report.formats.text.national import COVID, FIXED, LEAST, NAMED, RATES, SECOND_HAND
from resilience.report.wording.general import CLASS_PLURALS

_TITLES = {"class": "By class", "region": "By region", "deprivation": "By deprivation: third of its tier"}
_TIERS = {"upper": "Councils with social care", "lower": "Districts"}


def national_values(run: ScoredDay) -> dict[str, Any]:
    """Return everything the national page shows."""
    picture = national(run=run)
    days = list(dict.fromkeys(picture.councils["day"]))
    return {
        "as_of": run.as_of,
        "names": list(NAMES),
        "days": [_label(one) for one in days],
        "counts": _counts(picture),
        "groupings": [_grouping(picture, by, days) for by in GROUPINGS],
        "moves": _moves(picture),
        "notes": [COVID, RATES, SECOND_HAND],
        "fixed": FIXED,
        "register_to": picture.register_to,
    }


def _label(label: str) -> str:
    return "Now" if label == NOW else f"{label}{'†' if label in COVID_JANUARIES else ''}"


def _counts(picture: National) -> list[dict[str, Any]]:
    rows = []
    for label, row in picture.counts().iterrows():
        known = label != NOW and int(str(label)) in picture.events.index
        total = int(row.sum())
        rows.append(
            {
                "day": _label(str(label)),
                "bands": [(name, int(row[name]), 100 * row[name] / total) for name in NAMES],
                "already": int(row[OTHERS[0]]),
                "already_share": 100 * row[OTHERS[0]] / total,
                "unscored": int(row[OTHERS[1]]),
                "total": total,
                "events": int(picture.events.at[int(str(label)), "first_events"]) if known else None,
            }
        )
    return rows


def _grouping(picture: National, by: str, days: list[str]) -> dict[str, Any]:
    counts = picture.counts(by)
    there = set(counts.index.get_level_values(0))
    groups = [one for one in THIRDS if one in there] if by == "deprivation" else sorted(there)
    rows = []
    for group in groups:
        part = counts.loc[group]
        total = part.sum(axis=1)
        high = part["very high"] + part["high"] + part[OTHERS[0]]
        name = CLASS_PLURALS.get(group, group)
        cells = [(int(high[day]), int(total[day])) for day in days]
        rows.append({"name": name[:1].upper() + name[1:], "cells": cells})
    return {"title": _TITLES[by], "rows": rows}


def _moves(picture: National) -> list[dict[str, Any]]:
    """Return what moved each tier between two days, the newest first."""
    rows = []
    for (since, until), part in picture.drivers.groupby(["since", "until"], sort=False):
        for tier, name in _TIERS.items():
            own = part[part["tier"] == tier]
            worse = own[own["change"] >= LEAST].nlargest(NAMED, "change")["label"]
            better = own[own["change"] <= -LEAST].nsmallest(NAMED, "change")["label"]
            rows.append(
                {
                    "from": _label(str(since)),
                    "to": _label(str(until)),
                    "tier": name,
                    "total": signed(own["change"].sum()),
                    "worse": ", ".join(text.lower() for text in worse) or "–",
                    "better": ", ".join(text.lower() for text in better) or "–",
                }
            )
    return rows[::-1]
