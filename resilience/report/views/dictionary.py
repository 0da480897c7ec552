"""The dictionary of indicators: what each means, its formula, its breaks and its traps."""

from __future__ import annotations

from typing import Any

from resilience.indicators.compute import SWITCHES
from resilience.indicators.definitions import CLASSES, FAMILIES, Definition, load_definitions
from resilience.indicators.formulas import SMALLEST_DENOMINATOR
from resilience.model.scoring import ScoredDay
from resilience.report.wording.dictionary import SHOWN_AS, SOURCES, UNITS, WORSE


def view(scored: ScoredDay | None = None) -> dict[str, Any]:
    """Return every indicator by family.

    Parameters
    ----------
    scored : ScoredDay, optional
        Whose model's indicators are marked.

    Returns
    -------
    dict
        ``indicators``, their number; ``families``, title → entries; ``switches`` of definitions; and the
        ``smallest_denominator``, £ thousand.
    """
    used = set() if scored is None else {term.indicator for term in scored.model.terms}
    definitions = load_definitions().values()
    families: dict[str, list[dict[str, Any]]] = {title: [] for title in FAMILIES.values()}
    for one in definitions:
        families[FAMILIES[one.family]].append({**_entry(one), "in_model": one.name in used})
    return {
        "indicators": len(definitions),
        "families": {title: entries for title, entries in families.items() if entries},
        "order": [one.name for one in definitions],
        "switches": [
            {"name": name, "on": default, "meaning": meaning} for name, (default, meaning) in SWITCHES.items()
        ],
        "smallest_denominator": float(SMALLEST_DENOMINATOR),
    }


def _entry(one: Definition) -> dict[str, Any]:
    facts = ("name", "label", "meaning", "formula", "caveat", "used_by", "first_year")
    return {
        **{name: getattr(one, name) for name in facts},
        "breaks": list(one.breaks),
        "unit": UNITS[one.unit],
        "shown_as": SHOWN_AS[one.unit],
        "worse": WORSE[one.worse],
        "classes": list(one.classes),
        "every_class": one.classes == CLASSES,
        "source": SOURCES[one.source],
    }
