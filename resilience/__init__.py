"""Council financial resilience: an early-warning model from published figures alone.

The whole method, one import away::

    import resilience

    as_of = "2026-01-01"
    panel = resilience.load_panel()
    indicators = resilience.compute_indicators(panel)
    events = resilience.load_events()
    rows = resilience.training_rows(indicators, events, as_of)
    model = resilience.fit(rows)
    scored = resilience.score(model, resilience.known_on(indicators, as_of), events)
    scored.table.head(30)

or, with everything shipped, ``print(resilience.run("2026-01-01"))``, and a picture of it::

    resilience.plots.contributions(scored, "Sutton")

Names are imported when first used, so that ``import resilience`` itself is quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.2.0.dev0"

_WHERE = {
    "load_panel": "resilience.tables.panel",
    "build_panel": "resilience.tables.panel",
    "compute_indicators": "resilience.indicators.compute",
    "load_events": "resilience.tables.events",
    "risk_set": "resilience.model.risk_set",
    "known_on": "resilience.indicators.known",
    "training_rows": "resilience.model.fitting",
    "fit": "resilience.model.fitting",
    "score": "resilience.model.scoring",
    "explain": "resilience.analysis.explain",
    "backtest": "resilience.backtest.rolling",
    "run": "resilience.method",
    "load_councils": "resilience.councils",
    "resolve": "resilience.councils",
    "summary": "resilience.report.formats.summary",
}
#: Public modules of functions.
_MODULES = {"plots": "resilience.report.formats.plots"}

__all__ = ["__version__", *_WHERE, *_MODULES]


def __getattr__(name: str) -> Any:
    """Import a public name from where it lives."""
    if name in _WHERE:
        # No module of the package bears one of these names: importing it would put the module in the function's place.
        value = getattr(import_module(_WHERE[name]), name)
        globals()[name] = value
        return value
    if name in _MODULES:
        return import_module(_MODULES[name])
    raise AttributeError(f"module 'resilience' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted(__all__)
