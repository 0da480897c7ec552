"""What stands beside the record: its cases, the three figures, level and spread; tables of text, and for programs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from resilience.backtest.cases import Case, to_plain
from resilience.backtest.first_release import MEASURES, NAME, own_record
from resilience.backtest.full import FullRecord
from resilience.backtest.masks import MASKS
from resilience.backtest.proof import Proof
from resilience.formatting import signed
from resilience.report.plain import plain
from resilience.report.views import of_2026
from resilience.report.wording.record import alone, detectable, with_range
from resilience.report.wording.record_beside import (
    BESIDE_BEST,
    BESIDE_FIRST,
    CASES,
    DESIGNS,
    case,
    spread,
    three_figures,
)

_AUC = "auc"


def tables(full: FullRecord) -> list[dict[str, Any]]:
    """Return the tables, each with ``title, words, columns, rows``; those of which there is nothing are left out."""
    cases = [to_plain(one) for one in ordered(full.cases)]
    year = of_2026.view(of_2026.content_of(full.blind_year), every=True)
    found = [_cases(cases), _beside(cases, False), _beside(cases, True), _three(full), year, _levels(full)]
    return [one for one in found if one["rows"]]


def content(full: FullRecord) -> dict[str, Any]:
    """Return the same for programs."""
    apart = full.levels
    return {
        "cases": [to_plain(one) for one in ordered(full.cases)],
        "release_0_1_0": {key: own_record()[key] for key in ("commit", "sha256", "settings", "model")},
        "three_figures": [_proof(str(until), proof) for until, proof in full.proofs.items()],
        "blind_2026": of_2026.content_of(full.blind_year),
        "levels": None
        if apart is None
        else {
            "slope": apart.slope,
            "slope_standard_error": apart.slope_error,
            "outside": len(apart.table) - apart.held,
            "of": len(apart.table),
            "origins": plain(apart.table.reset_index().to_dict("records")),
        },
    }


def ordered(cases: list[Case]) -> list[Case]:
    """Return cases with the closed origins first, then by register and mask; all councils ranked come last."""
    masks = [mask.name for mask in MASKS]
    return sorted(cases, key=lambda one: (one.unlike_too, one.register_to, not one.closed, masks.index(one.mask)))


def _proof(until: str, proof: Proof) -> dict[str, Any]:
    return {
        "register_to": until,
        "indicators": list(proof.indicators),
        "sets": proof.sets,
        "closed": proof.closed,
        "pooled": proof.pooled,
    }


def _cases(cases: list[Mapping[str, Any]]) -> dict[str, Any]:
    rows = [
        [case(one), str(one["events"]), *(with_range(one["model"][measure], 3) for measure in MEASURES)]
        for one in cases
    ]
    columns = ["Origins; lines; register", "Events", "AUC", "AUC upper", "Top 30"]
    return {"title": "The model, by origins, lines and register", "words": CASES, "columns": columns, "rows": rows}


def _beside(cases: list[Mapping[str, Any]], first: bool) -> dict[str, Any]:
    rows = []
    for one in cases:
        who = NAME if first else one["best_rule"]
        less = one["differences"][who][_AUC]
        rows.append([case(one), who, _figures(one["rivals"][who]), with_range(less, 3), detectable(less, 3)])
    title = "The same beside release 0.1.0" if first else "The same beside the best rule"
    columns = ["Origins; lines; register", "Which", "AUC/upper/top 30", "Model − it, AUC", "Detectable"]
    return {"title": title, "words": BESIDE_FIRST if first else BESIDE_BEST, "columns": columns, "rows": rows}


def _figures(found: Mapping[str, Any]) -> str:
    return "/".join(alone(found[measure]).removeprefix("0") for measure in MEASURES)


def _three(full: FullRecord) -> dict[str, Any]:
    rows: list[list[str]] = []
    words = ""
    for until, proof in full.proofs.items():
        parts = [("all", proof.pooled)]
        # Closed origins are the same under a longer register until the next January.
        if proof.closed and not rows:
            parts.insert(0, ("closed", proof.closed))
        for name, found in parts:
            for who, label in DESIGNS.items():
                own = found["model"] if who == "model" else found["rivals"][who]
                less = found["differences"].get(who, {}).get(_AUC)
                rows.append(
                    [
                        f"{name}, to {until:%b %Y}",
                        label,
                        *(with_range(own[measure]) for measure in MEASURES),
                        *((with_range(less, 3), detectable(less, 3)) if less else ("", "")),
                    ]
                )
        words = words or three_figures(proof.sets, len(proof.indicators))
    columns = ["Origins", "Design", "AUC", "AUC upper", "Top 30", "A less it, AUC", "Detectable"]
    return {"title": "Three figures, always together", "words": words, "columns": columns, "rows": rows}


def _levels(full: FullRecord) -> dict[str, Any]:
    title = "Level and spread of the chances apart, closed origins"
    columns = ["Origin", "Expected", "90% interval", "Came", "Within", "Shift in log-odds (standard error)"]
    if full.levels is None:
        return {"title": title, "words": "", "columns": columns, "rows": []}
    rows = [
        [
            str(year),
            f"{row['expected']:.1f}",
            f"{row['low']:.0f} to {row['high']:.0f}",
            f"{row['events']:.0f}",
            "yes" if row["held"] else "no",
            f"{signed(row['shift'])} ({row['shift_error']:.2f})",
        ]
        for year, row in full.levels.table.iterrows()
    ]
    words = spread(full.levels.slope, full.levels.slope_error, full.levels.held, len(rows))
    return {"title": title, "words": words, "columns": columns, "rows": rows}
