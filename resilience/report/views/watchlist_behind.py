"""What stands behind the watch list: every council's indicators, the sum of its score, the dictionary, the sources."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from resilience import paths
from resilience.indicators.definitions import FAMILIES, Definition, load_definitions
from resilience.model.risk_set import AT_RISK
from resilience.model.scale import UPPER
from resilience.model.scoring import ScoredDay
from resilience.report.plain import plain

_WHO = ("council", "class", "region")


def behind(scored: ScoredDay, codes: Sequence[str]) -> dict[str, Any]:
    """Return it for the councils listed.

    Returns
    -------
    dict
        ``indicators`` (a row a council, ``values`` by name), ``contributions`` (``intercept``, ``labels`` and a row a
        council at risk), ``dictionary`` (a row an indicator), and of the publications ``data_attribution``,
        ``data_licence`` and ``publications``.
    """
    definitions = {name: one for name, one in load_definitions().items() if name in scored.table}
    return {
        "indicators": _indicators(scored, codes, definitions),
        "contributions": _contributions(scored, codes),
        "dictionary": [_definition(one) for one in definitions.values()],
        **_publications(),
    }


def _indicators(scored: ScoredDay, codes: Sequence[str], definitions: dict[str, Definition]) -> list[dict[str, Any]]:
    names = list(definitions)
    table = scored.table.loc[list(codes), [*_WHO, "outturn_year", "source_kind", *names]]
    return [
        {
            "ons_code": code,
            **{name: plain(row[name]) for name in (*_WHO, "outturn_year", "source_kind")},
            "values": {name: plain(row[name]) for name in names},
        }
        for code, row in zip(codes, table.to_dict("records"), strict=True)
    ]


def _contributions(scored: ScoredDay, codes: Sequence[str]) -> dict[str, Any]:
    """Return what each indicator adds to a council's log-odds; with the intercept they make up the chance exactly."""
    labels = {term.name: term.label for term in scored.model.terms} | {UPPER: "Upper-tier council"}
    names = list(labels)
    scores = scored.table.loc[list(codes)]
    at_risk = scores[scores["status"] == AT_RISK]
    terms = scored.contributions.loc[at_risk.index, names].to_dict("records")
    return {
        "intercept": float(scored.scale.intercept),
        "labels": labels,
        "councils": [
            {
                "ons_code": str(code),
                **{name: plain(row[name]) for name in _WHO},
                "terms": plain(own),
                "log_odds": float(row["log_odds"]),
                "risk": float(row["risk"]),
            }
            for (code, row), own in zip(at_risk.iterrows(), terms, strict=True)
        ],
    }


def _definition(one: Definition) -> dict[str, Any]:
    return {
        "name": one.name,
        "label": one.label,
        "family": FAMILIES[one.family],
        "meaning": one.meaning,
        "formula": one.formula,
        "unit": one.unit,
        "worse": "" if one.worse == "neither" else one.worse,
        "classes": list(one.classes),
        "source": one.source,
        "first_year": one.first_year,
        "breaks": list(one.breaks),
        "caveat": one.caveat,
        "used_by": one.used_by,
    }


def _publications() -> dict[str, Any]:
    """Return the attribution, the licence and the publications the figures come from, as far as they are recorded."""
    source = paths.processed() / "provenance.json"
    if not source.is_file():
        return {"data_attribution": "", "data_licence": "", "publications": []}
    found = json.loads(source.read_text("utf-8"))
    named = dict.fromkeys((one["title"], one["publisher"]) for one in found["files"])
    return {
        "data_attribution": found["attribution"],
        "data_licence": found["licence"],
        "publications": [{"title": title, "publisher": publisher} for title, publisher in named],
    }
