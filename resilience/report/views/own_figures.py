"""A council's own figures beside the published ones, as one plain dictionary, marked as unpublished."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from resilience import __version__
from resilience.analysis.own_figures.assess import with_own_figures
from resilience.analysis.own_figures.checks import OwnFigures
from resilience.analysis.own_figures.lines import line_label
from resilience.analysis.own_figures.read import MARK
from resilience.analysis.own_figures.step import Step
from resilience.formatting import chance, chance_range, pounds
from resilience.model.risk_set import AT_RISK
from resilience.model.scoring import ScoredDay
from resilience.report.plain import plain
from resilience.report.views.own_plan import plan_view
from resilience.report.wording.council import own_step
from resilience.report.wording.general import KIND_WORDS, SCORE_IS
from resilience.report.wording.indicators import figure
from resilience.report.wording.standing import NOT_SCORED

#: A term's move is told from this many log-odds on.
WORTH_SAYING = 0.01

Rows = list[dict[str, Any]]


def view(scored: ScoredDay, council: str, figures: OwnFigures | str | Path) -> dict[str, Any]:
    """Assess a council with figures of its own and return everything that is shown of it.

    Parameters
    ----------
    scored : ScoredDay
        From ``method.run``; it is left as it is.
    council : str
        Any code or name.
    figures : OwnFigures or path
        See ``analysis.own_figures``.

    Returns
    -------
    dict
        Plain values: ``published`` and ``with_own_figures`` (one entry a step, with its ``terms``) for programs;
        ``results``, ``steps`` (what moved, and which figures were not supplied) and ``corrected`` in words; and what
        ``views.own_plan`` says of the years of a plan.

    Raises
    ------
    DataError
        If the figures are another council's, or the file fails a check.
    """
    assessment = with_own_figures(scored, council, figures)
    changes = assessment.figures.changes
    return {
        "mark": MARK,
        "published_by_nobody": True,
        "what": SCORE_IS,
        "ons_code": assessment.ons_code,
        "council": assessment.council,
        "as_of": str(assessment.as_of),
        "version": __version__,
        "published": _result(assessment.published),
        "with_own_figures": [_step(step) for step in assessment.steps],
        "supplied": plain(changes[["outturn_year", "line", "published", "supplied"]].to_dict("records")),
        "remarks": list(assessment.figures.remarks),
        "results": [
            _in_words("Published figures only", assessment.published),
            *(_in_words(f"Own figures: {own_step(step)}", step.row) for step in assessment.steps),
        ],
        "steps": [{"label": own_step(step), "moved": _moved(step), "notes": _gaps(step)} for step in assessment.steps],
        "file": assessment.figures.file,
        "corrected": _corrected(changes),
        **plan_view(scored, assessment),
    }


def _result(row: pd.Series) -> dict[str, Any]:
    names = ("status", "risk", "risk_low", "risk_high", "band", "rank", "outturn_year", "source_kind")
    return {name: plain(row[name]) for name in names} | {"not_scored_because": NOT_SCORED[row["not_scored_because"]]}


def _step(step: Step) -> dict[str, Any]:
    return {
        "label": own_step(step),
        "mark": MARK,
        **_result(step.row),
        "terms": plain(step.terms.reset_index().to_dict("records")),
        "carried": [{"label": label, "outturn_year": year} for label, year in step.carried],
        "without_a_figure": list(step.neutral),
    }


def _in_words(label: str, row: pd.Series) -> dict[str, Any]:
    at_risk = row["status"] == AT_RISK
    return {
        "label": label,
        "year": _year(row),
        "status": row["status"],
        "not_scored_because": NOT_SCORED[row["not_scored_because"]],
        "risk": chance(row["risk"]) if at_risk else "",
        "range": chance_range(row["risk_low"], row["risk_high"]),
        "band": row["band"],
        "rank": int(row["rank"]) if at_risk else "",
    }


def _year(row: pd.Series) -> str:
    if pd.isna(row["outturn_year"]):
        return "none"
    word = (KIND_WORDS | {"own": "UNPUBLISHED"}).get(row["source_kind"])
    return str(row["outturn_year"]) + (f" ({word})" if word else "")


def _moved(step: Step) -> Rows:
    """Return the terms that moved enough to speak of."""
    moved = step.terms[step.terms["change"].abs() >= WORTH_SAYING]
    return [
        {
            "label": term["label"],
            "published": _figure(term, "published"),
            "own": _figure(term, "own", term["label"] in step.anew),
            "odds": f"{'raises' if term['change'] > 0 else 'lowers'} the odds ×{np.exp(term['change']):.2f}",
        }
        for _, term in moved.iterrows()
    ]


def _figure(term: pd.Series, side: str, anew: bool = False) -> str:
    value, year = term[side], term[f"{side}_year"]
    again = ", recomputed" if anew else ""
    return "not known" if pd.isna(value) else f"{figure(term['indicator'], value)} ({year}{again})"


def _gaps(step: Step) -> list[str]:
    """Say which figures were not supplied, and what stands in for them."""
    found = []
    if step.carried:
        said = "; ".join(f"{label} ({year})" for label, year in step.carried)
        found.append(f"Not supplied for the year, carried forward from the last one: {said}.")
    if step.anew:
        found.append(f"Recomputed over the year's own reserves or net revenue expenditure: {'; '.join(step.anew)}.")
    if step.neutral:
        found.append(f"No figure of recent years, so left out of its family: {'; '.join(step.neutral)}.")
    return found


def _corrected(changes: pd.DataFrame) -> Rows:
    """Return the figures that differ from published ones."""
    return [
        {
            "year": row["outturn_year"],
            "line": line_label(row["line"]),
            "published": pounds(row["published"]),
            "own": pounds(row["supplied"]),
        }
        for row in changes[changes["published"].notna()].to_dict("records")
    ]
