"""Own figures beside the published ones, and the levers, as text for a terminal and as plain records for JSON."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from resilience import __version__
from resilience.analysis.levers import levers
from resilience.analysis.own_figures.assess import OwnAssessment, Step, with_own_figures
from resilience.analysis.own_figures.read import MARK, line_label
from resilience.councils import resolve
from resilience.formatting import chance, chance_range, day, pounds
from resilience.model.risk_set import AT_RISK
from resilience.model.scoring import ScoredDay
from resilience.report.plain import plain
from resilience.report.views.watchlist import safe_cell
from resilience.report.wording import levers as wording
from resilience.report.wording.council import own_step
from resilience.report.wording.general import CANNOT_SEE, SCORE_IS
from resilience.report.wording.indicators import figure

WIDTH = 100
#: A term's move is told from this many log-odds on.
WORTH_SAYING = 0.01
_SHOWN = 40


def own_text(assessment: OwnAssessment) -> str:
    """Return an assessment with own figures as text: published alone, beside it with the figures, what moved, gaps."""
    lines = [
        f"*** {MARK} ***",
        f"{assessment.council}, as of {day(assessment.as_of)}",
        *_wrapped(
            f"Chance: {SCORE_IS}. Everything marked 'own' rests on figures that nobody has published or checked."
        ),
        "",
        *_beside(assessment),
        "",
    ]
    for step in assessment.steps:
        lines += _moves(step)
    lines += _supplied(assessment)
    lines += [f"Note: {remark}" for remark in assessment.figures.remarks]
    lines += [
        *_wrapped(
            "The scales, the weights and the level of the chances are those of the published list, so no other council "
            "moves; the rank is the one the council would have. " + CANNOT_SEE
        ),
        f"*** {MARK} ***",
    ]
    return "\n".join(lines) + "\n"


def _wrapped(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent)


def _beside(assessment: OwnAssessment) -> list[str]:
    """Lay out the published and own results side by side, one line each."""
    form = "{:<42.42} {:>8} {:>10}  {:<10} {:>5}  {}"
    lines = [form.format("", "Chance", "90 % range", "Band", "Rank", "Figures")]
    for label, row in _results(assessment):
        if row["status"] != AT_RISK:
            lines.append(f"{label:<42.42} {row['status']}: no chance is given")
            continue
        cells = chance(row["risk"]), chance_range(row["risk_low"], row["risk_high"]), row["band"], int(row["rank"])
        lines.append(form.format(label, *cells, _year(row)))
    return lines


def _results(assessment: OwnAssessment) -> list[tuple[str, pd.Series]]:
    """Return the rows to be set beside each other, the published one first."""
    own = [(f"Own figures: {own_step(step)}", step.row) for step in assessment.steps]
    return [("Published figures only", assessment.published), *own]


def _year(row: pd.Series) -> str:
    if pd.isna(row["outturn_year"]):
        return "none"
    return row["outturn_year"] + {"interim": " (second-hand)", "own": " (UNPUBLISHED)"}.get(row["source_kind"], "")


def _moves(step: Step) -> list[str]:
    """Say which terms moved, the largest first, and which figures were not supplied."""
    moved = _moved(step)
    what = own_step(step)
    lines = [f"What moved, {what} ({MARK}):" if moved else f"Nothing moved, {what}."]
    lines += [f"  {one['label']:<40.40} {one['published']:>24} → {one['own']:<24} {one['odds']}" for one in moved]
    for note in _gaps(step):
        lines += _wrapped(note, "  ")
    return [*lines, ""]


def _moved(step: Step) -> list[dict[str, str]]:
    """Return the terms that moved enough to speak of, in words."""
    moved = step.terms[step.terms["change"].abs() >= WORTH_SAYING]
    return [
        {
            "label": term["label"],
            "published": _figure(term, "published"),
            "own": _figure(term, "own"),
            "odds": f"{'raises' if term['change'] > 0 else 'lowers'} the odds ×{np.exp(term['change']):.2f}",
        }
        for _, term in moved.iterrows()
    ]


def _gaps(step: Step) -> list[str]:
    """Say which figures were not supplied, and what stands in for them."""
    found = []
    if step.carried:
        said = "; ".join(f"{label} ({year})" for label, year in step.carried)
        found.append(f"Not supplied for the year, carried forward from the last one: {said}.")
    if step.neutral:
        found.append(f"No figure of recent years, so taken as the median council's: {'; '.join(step.neutral)}.")
    return found


def _figure(term: pd.Series, side: str) -> str:
    value, year = term[side], term[f"{side}_year"]
    if pd.isna(value):
        return "not known"
    return f"{figure(term['indicator'], value)} ({year})"


def _supplied(assessment: OwnAssessment) -> list[str]:
    """List the figures that differ from what is published."""
    changes = assessment.figures.changes
    if changes.empty:
        return ["Nothing supplied differs from what is published.", ""]
    lines = [f"Supplied in {assessment.figures.file} ({MARK}): {len(changes)} figures."]
    corrected = changes[changes["published"].notna()]
    for _, row in corrected.head(_SHOWN).iterrows():
        lines.append(
            f"  {row['outturn_year']} {line_label(row['line'])}: published {pounds(row['published'])}, own "
            f"{pounds(row['supplied'])}"
        )
    if len(corrected) > _SHOWN:
        lines.append(f"  … and {len(corrected) - _SHOWN} more corrections.")
    return [*lines, ""]


def own_record(assessment: OwnAssessment) -> dict[str, Any]:
    """Return an assessment with own figures as plain types, marked as unpublished, for JSON or a page."""
    return {
        "mark": MARK,
        "published_by_nobody": True,
        "what": SCORE_IS,
        "ons_code": assessment.ons_code,
        "council": assessment.council,
        "as_of": str(assessment.as_of),
        "version": __version__,
        "published": _result(assessment.published),
        "with_own_figures": [
            {
                "label": own_step(step),
                "mark": MARK,
                **_result(step.row),
                "terms": [{k: _cell(v) for k, v in row.items()} for row in step.terms.reset_index().to_dict("records")],
                "carried": [{"label": label, "outturn_year": year} for label, year in step.carried],
                "at_the_median_for_want_of_a_figure": list(step.neutral),
            }
            for step in assessment.steps
        ],
        "supplied": [
            {name: _cell(row[name]) for name in ("outturn_year", "line", "published", "supplied")}
            for row in assessment.figures.changes.to_dict("records")
        ],
        "remarks": list(assessment.figures.remarks),
    }


def own_json(assessment: OwnAssessment) -> str:
    """Return an assessment with own figures as JSON."""
    return json.dumps(own_record(assessment), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def own_content(run: ScoredDay, code: str, file: str | Path, form: str = "text") -> str:
    """Assess a council with the figures in a file and return the result as "text", "html" or "json"."""
    write = {"text": own_text, "html": own_html, "json": own_json}[form]
    return write(with_own_figures(run, code, file))


def own_html(assessment: OwnAssessment) -> str:
    """Return an assessment with own figures as a page that needs nothing else, marked as unpublished throughout."""
    from resilience.report.formats.html import page

    results = []
    for label, row in _results(assessment):
        at_risk = row["status"] == AT_RISK
        results.append(
            {
                "label": label,
                "year": _year(row),
                "status": row["status"],
                "risk": chance(row["risk"]) if at_risk else "",
                "range": chance_range(row["risk_low"], row["risk_high"]),
                "band": row["band"],
                "rank": int(row["rank"]) if at_risk else "",
            }
        )
    return page(
        "own_figures.html.j2",
        mark=MARK,
        record=own_record(assessment),
        results=results,
        steps=[{"label": own_step(s), "moved": _moved(s), "notes": _gaps(s)} for s in assessment.steps],
        remarks=list(assessment.figures.remarks),
        links=[],
    )


def _result(row: pd.Series) -> dict[str, Any]:
    names = ("status", "risk", "risk_low", "risk_high", "band", "rank", "outturn_year", "source_kind")
    return {name: _cell(row[name]) for name in names}


def _cell(value: Any) -> Any:
    return safe_cell(plain(value))


def levers_text(run: ScoredDay, code: str) -> str:
    """Return the levers of a council as text for a terminal, with the warning that the model is not causal."""
    table, row = levers(run, code), run.table.loc[resolve(code, on=run.as_of)]
    if table.empty:
        note = f"{row['council']}: {row['status']}, so no chance is given that could move."
        return "\n".join(["What would change it", *_wrapped(note)]) + "\n"
    lines = [
        f"What would change it: {row['council']}, {chance(row['risk'])} ({row['band']}) as of {day(run.as_of)}",
        *_wrapped(wording.WARNING),
        "",
    ]
    for name, steps in table.groupby("lever", sort=False):
        lines.append(wording.label(str(name)))
        for _, step in steps.iterrows():
            after = f"{chance(step['risk_after']):>9}, {step['band_after']}, rank {step['rank_after']}"
            said = wording.step(str(name), step["amount"], step["share_of_nre"])
            lines.append(f"  {said:<64.64} → {after}")
        lines.append(f"  {wording.next_band(steps.iloc[0].to_dict())}")
        lines += _wrapped(f"Assumes: {wording.assumes(str(name))}.", "  ")
    return "\n".join(lines) + "\n"


def levers_json(run: ScoredDay, code: str) -> str:
    """Return the levers of a council as JSON, with the warning."""
    records = plain(levers(run, code).to_dict("records"))
    content = {"warning": wording.WARNING, "as_of": str(run.as_of), "levers": records}
    return json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
