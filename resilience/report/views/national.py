"""The national picture: bands each January, by class, region and deprivation, and what moved them."""

from __future__ import annotations

from typing import Any

import pandas as pd

from resilience.analysis.national import COVID_JANUARIES, GROUPINGS, NOW, OTHERS, THIRDS, National, national
from resilience.formatting import day, signed
from resilience.model.bands import NAMES
from resilience.model.risk_set import AT_RISK
from resilience.model.scoring import ScoredDay
from resilience.report.plain import plain
from resilience.report.wording.general import CANNOT_SEE, CLASS_PLURALS, SCORE_IS
from resilience.report.wording.national import COVID, FEW_LINES, FIXED, PARTS, RATES, TITLES

#: Digits after the point that figures for programs keep.
DIGITS = 6
#: How many terms are named each way between two days, and how much they must have moved.
NAMED, LEAST = 3, 0.03


def view(scored: ScoredDay) -> dict[str, Any]:
    """Return everything that is shown of the national picture.

    Returns
    -------
    dict
        ``content`` (for programs), ``table`` (the counts, a row a grouping, group and day), and what a reader sees:
        ``days`` ("2018" …, "now"), ``covid`` (the days whose reserves held grants), ``counts``, ``groupings``,
        ``moves`` (the oldest first) and notes.
    """
    picture = national(run=scored)
    days = list(dict.fromkeys(picture.councils["day"]))
    return {
        "as_of": scored.as_of,
        "title": f"The national picture, as of {day(scored.as_of)}",
        "limits": "Bands: the place a council's figures would have in today's list.",
        "fixed": FIXED,
        "notes": [COVID, RATES, FEW_LINES],
        "last_notes": [f"Chance: {SCORE_IS}.", CANNOT_SEE],
        "register_to": pd.Timestamp(picture.register_to).date(),
        "names": list(NAMES),
        "others": list(OTHERS),
        "days": days,
        "now": NOW,
        "covid": list(COVID_JANUARIES),
        "counts": _counts(picture),
        "groupings": [_grouping(picture, by, days) for by in GROUPINGS],
        "moves": _moves(picture),
        "table": _table(picture),
        "content": _content(scored, picture),
    }


def _counts(picture: National) -> list[dict[str, Any]]:
    years = picture.councils[picture.councils["status"] == AT_RISK].groupby("day")["outturn_year"]
    usual = years.agg(lambda values: values.mode().iloc[0])
    rows = []
    for label, row in picture.counts().iterrows():
        known = label != NOW and int(str(label)) in picture.events.index
        total = int(row.sum())
        rows.append(
            {
                "day": str(label),
                "bands": [[name, int(row[name]), float(100 * row[name] / total)] for name in NAMES],
                "already": int(row[OTHERS[0]]),
                "already_share": float(100 * row[OTHERS[0]] / total),
                "unscored": int(row[OTHERS[1]]),
                "events": int(picture.events.at[int(str(label)), "first_events"]) if known else None,
                "figures": str(usual.get(label, "")),
            }
        )
    return rows


def _grouping(picture: National, by: str, days: list[str]) -> dict[str, Any]:
    """Return how many of each group stand in the first two bands or have had an event, of how many, day by day."""
    counts = picture.counts(by)
    there = set(counts.index.get_level_values(0))
    groups = [one for one in THIRDS if one in there] if by == "deprivation" else sorted(there)
    rows = []
    for group in groups:
        part = counts.loc[group]
        total = part.sum(axis=1)
        high = part[NAMES[0]] + part[NAMES[1]] + part[OTHERS[0]]
        cells = [[int(high[one]), int(total[one])] for one in days]
        rows.append({"name": CLASS_PLURALS.get(group, group), "cells": cells})
    return {"title": TITLES[by], "part": PARTS[by], "rows": rows}


def _moves(picture: National) -> list[dict[str, Any]]:
    """Return what moved each tier between two days, the oldest first."""
    rows = []
    for (since, until), part in picture.drivers.groupby(["since", "until"], sort=False):
        for tier in ("upper", "lower"):
            own = part[part["tier"] == tier]
            worse = own[own["change"] >= LEAST].nlargest(NAMED, "change")
            better = own[own["change"] <= -LEAST].nsmallest(NAMED, "change")
            rows.append(
                {
                    "since": str(since),
                    "until": str(until),
                    "tier": tier,
                    "total": signed(own["change"].sum()),
                    "worse": _terms(worse),
                    "better": _terms(better),
                }
            )
    return rows


def _terms(rows: pd.DataFrame) -> list[dict[str, str]]:
    return [{"term": row.label.lower(), "change": signed(row.change)} for row in rows.itertuples()]


def _content(scored: ScoredDay, picture: National) -> dict[str, Any]:
    content: dict[str, Any] = {
        "what": SCORE_IS,
        "as_of": str(scored.as_of),
        "yardstick": FIXED,
        "notes": [COVID, RATES, FEW_LINES],
        "register_to": picture.register_to,
        "bands": list(NAMES),
        "counts": picture.counts().reset_index().to_dict("records"),
        "first_events": picture.events.reset_index().to_dict("records"),
        "drivers": picture.drivers.to_dict("records"),
    }
    for by in GROUPINGS:
        content[f"counts_by_{by}"] = picture.counts(by).reset_index().to_dict("records")
    result: dict[str, Any] = plain(content, DIGITS)
    return result


def _table(picture: National) -> dict[str, Any]:
    tables = [picture.counts().reset_index().assign(grouping="all", group="England")]
    for by in GROUPINGS:
        tables.append(picture.counts(by).reset_index().rename(columns={by: "group"}).assign(grouping=by))
    table = pd.concat(tables)[["grouping", "group", "day", *NAMES, *OTHERS]]
    return {"columns": list(table.columns), "rows": plain(table.to_numpy(dtype=object).tolist())}
