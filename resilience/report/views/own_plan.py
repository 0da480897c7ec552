"""The years of a council's own plan side by side: standing, reserves, the five families, and what they rest on."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from resilience.analysis.families import family_bars
from resilience.analysis.own_figures.assess import OwnAssessment
from resilience.analysis.own_figures.cushion import CushionYear
from resilience.backtest.rolling import CAPACITY
from resilience.backtest.track_record import TrackRecord, reserves_ranks, track_record
from resilience.formatting import chance, percent, pounds, signed
from resilience.indicators.known import CORE, SIZE
from resilience.model.risk_set import AT_RISK, EVENT_ALREADY
from resilience.model.scoring import ScoredDay
from resilience.report.plain import plain
from resilience.report.views import again
from resilience.report.views.claims import claims
from resilience.report.wording import own_figures as wording
from resilience.report.wording.bands import by_reserves, every_band, headline_record
from resilience.report.wording.council import ranks
from resilience.report.wording.general import CANNOT_SEE
from resilience.report.wording.standing import NOT_SCORED, standing

Row = dict[str, Any]


def plan_view(scored: ScoredDay, assessment: OwnAssessment) -> Row:
    """Return the years of a plan.

    Returns
    -------
    dict
        ``plan`` (one entry a column: published, corrected, each year to come) and ``cushion`` for programs; in words
        ``headline, beside, by_year`` (``columns`` and ``rows``), ``lasting, reading, rests_on, unseen, record``.
    """
    code, record = assessment.ons_code, track_record(scored)
    columns = _columns(scored, assessment, record)
    found, said = assessment.cushion, claims()
    horizon = scored.model.horizon
    ahead = [step.outturn_year for step in assessment.steps if step.kind == "year"]
    newest = assessment.published["outturn_year"]
    headline, beside = _now(scored, code, columns[0], record)
    return {
        "horizon_months": horizon,
        "plan": columns,
        "cushion": {
            "runs_out": found.runs_out,
            "because": found.because,
            "lasts": None if math.isnan(found.lasts) or math.isinf(found.lasts) else found.lasts,
        },
        "headline": headline,
        "beside": beside,
        "by_year": {"columns": [_head(one) for one in columns], "rows": _rows(columns, horizon, len(scored.at_risk))},
        "families_are": wording.FAMILIES,
        "lasting": wording.lasting(found),
        "reading": wording.reading(scored.as_of, ahead, columns[-1]["status"] == AT_RISK),
        "rests_on": wording.rests_on("" if pd.isna(newest) else str(newest), assessment.steps),
        "unseen": [CANNOT_SEE],
        "record": [
            one
            for one in (every_band(record, horizon), said["claim"], said["level"], wording.NO_RECORD_OF_PLANS)
            if one
        ],
    }


def _now(scored: ScoredDay, code: str, first: Row, record: TrackRecord) -> tuple[str, list[str]]:
    """Say where the council stands by published figures alone, and what stands beside that."""
    row, of = scored.table.loc[code], len(scored.at_risk)
    if row["status"] == AT_RISK:
        followed = headline_record(row["band"], record, scored.model.horizon)
        both = max(first["rank"], first["reserves_rank"]) <= CAPACITY
        return (
            f"{ranks(str(row['council']), int(row['rank']), of, scored.as_of)} {followed}",
            [by_reserves(first["reserves_rank"], of, both)],
        )
    if row["status"] == EVENT_ALREADY:
        supported = again.council(scored, code)
        return (
            f"{row['council']} has no rank ({standing(row)}): the list ranks councils that have had none. Its figures "
            "are shown all the same.",
            [supported["sentence"]] if supported else [],
        )
    return f"{row['council']} cannot be scored: {NOT_SCORED[row['not_scored_because']]}. No rank is given.", []


def _columns(scored: ScoredDay, assessment: OwnAssessment, record: TrackRecord) -> list[Row]:
    """Return a column for the published figures, and one a step."""
    code, published = assessment.ons_code, assessment.published
    years = {year.outturn_year: year for year in assessment.cushion.years}
    place = int(reserves_ranks(scored)[code]) if published["status"] == AT_RISK else 0
    order = [family.name for family in scored.model.families]
    newest = "" if pd.isna(published["outturn_year"]) else str(published["outturn_year"])
    first = _column(record, published, family_bars(scored, code), place, order)
    result = [{"kind": "published", "outturn_year": newest, **first, **_as_published(scored, code)}]
    for step in assessment.steps:
        if step.kind != "as published":
            result.append(
                {
                    "kind": step.kind,
                    "outturn_year": step.outturn_year or newest,
                    **_column(record, step.row, step.bars, step.reserves_rank, order),
                    **_reserves(years.get(step.outturn_year or newest)),
                }
            )
    made: list[Row] = plain(result)
    return made


def _head(column: Row) -> Row:
    """Return what stands over a column: its year, and what kind of figures they are."""
    kind = "plan" if column["kind"] == "year" else column["kind"]
    return {"year": column["outturn_year"] or "no year", "kind": kind}


def _column(record: TrackRecord, row: pd.Series, bars: pd.DataFrame, place: int, order: list[str]) -> Row:
    at_risk = row["status"] == AT_RISK
    followed = record.of(row["band"]) if at_risk else None
    families = {
        str(bar.Index): {"label": bar.label, "spreads": None if bar.without_figure else bar.spreads}
        for bar in bars.loc[order].itertuples()
    }
    return {
        "status": row["status"],
        "rank": int(row["rank"]) if at_risk else None,
        "band": row["band"] if at_risk else "",
        "band_events": followed.events if followed else None,
        "band_councils": followed.councils if followed else None,
        "reserves_rank": place or None,
        "risk": row["risk"],
        "families": families,
    }


def _as_published(scored: ScoredDay, code: str) -> Row:
    """Return the published reserves as the score takes them; the unallocated part only where of the same year."""
    row, known = scored.table.loc[code], scored.known
    same = known.year_of(code, "unallocated_ratio") == known.newest(code)
    return {
        "reserves": float(row[CORE] * row[SIZE]),
        "unallocated": float(row["unallocated_ratio"] * row[SIZE]) if same else None,
        "spending": float(row[SIZE]),
        "share": float(row[CORE]),
        "use": None,
        "use_stated": False,
        "derived": False,
    }


def _reserves(year: CushionYear | None) -> Row:
    """Return the reserves of a year as the council's own figures have them."""
    if year is None:
        names = ("reserves", "unallocated", "spending", "share", "use")
        return {**dict.fromkeys(names), "use_stated": False, "derived": False}
    return {
        "reserves": year.reserves,
        "unallocated": year.unallocated,
        "spending": year.spending,
        "share": year.share,
        "use": year.use,
        "use_stated": year.use_stated,
        "derived": year.derived,
    }


def _rows(columns: list[Row], horizon: int, of: int) -> list[Row]:
    """Return the rows of the table of years, in words; those that say nothing of any year left out."""
    words = wording.ROWS
    made = [
        (words["reserves"], [_or_none(one["reserves"], pounds) for one in columns]),
        (words["unallocated"], [_or_none(one["unallocated"], pounds) for one in columns]),
        (words["share"], [_or_none(one["share"], percent) for one in columns]),
        (words["use"], [_or_none(one["use"], pounds) for one in columns]),
        (words["rank"].format(of=of), [str(one["rank"] or "") for one in columns]),
        (words["band"], [one["band"] for one in columns]),
        (words["reserves_rank"], [str(one["reserves_rank"] or "") for one in columns]),
        (words["chance"].format(horizon=horizon), [_or_none(one["risk"], chance) for one in columns]),
    ]
    rows = [{"label": label, "cells": cells, "family": False} for label, cells in made if any(cells)]
    for name, first in columns[-1]["families"].items():
        spreads = [one["families"].get(name, {}).get("spreads") for one in columns]
        if any(one is not None for one in spreads):
            cells = ["no figure" if one is None else signed(one, 1) for one in spreads]
            rows.append({"label": first["label"], "cells": cells, "family": True})
    return rows


def _or_none(value: float | None, write: Any) -> str:
    return "" if value is None else str(write(value))
