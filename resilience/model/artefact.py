"""The fitted model as a JSON file that a person can read, and score by hand from."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Callable
from datetime import date
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from resilience import paths
from resilience.errors import ModelError
from resilience.files import sha256, write_atomically
from resilience.model.calibration import JEFFREYS
from resilience.model.fitting import RiskModel, last_closed_origin
from resilience.model.scale import CUT, UPPER
from resilience.model.scoring import INTERVAL, ScoredDay
from resilience.model.terms import Term, load_prior, load_terms
from resilience.tables.events import EventRegister

FORMAT = 2
#: What a model was trained on, by the name under which the artefact keeps its checksum.
_DATA: dict[str, Callable[[], Path]] = {
    "panel.csv": lambda: paths.processed() / "panel.csv",
    "events.csv": lambda: paths.raw() / "events.csv",
    "councils.csv": lambda: paths.processed() / "councils.csv",
}


def path_of(outcome: str = "distress", horizon: int = 24) -> Path:
    """Return where the shipped model of an outcome and horizon lies."""
    return paths.models() / f"{outcome}-{horizon}m.json"


def to_json(scored: ScoredDay) -> str:
    """Write a model out, with everything needed to score a council on one day with a calculator.

    Parameters
    ----------
    scored : ScoredDay
        From ``score`` on the day the artefact speaks for: its scale holds the intercept and the tiers' medians.

    Returns
    -------
    str
        JSON, indented, keys in reading order, numbers with all their digits.
    """
    prior, model, scale = load_prior(), scored.model, scored.scale
    rate = scale.base_rate
    terms = []
    for term in model.terms:
        terms.append(
            {
                "name": term.name,
                "label": term.label,
                "indicator": term.indicator,
                "transform": term.transform,
                "floor": term.floor,
                "cap": term.cap,
                "smallest_spread": term.smallest_spread,
                "tiers": list(term.tiers),
                "weight": model.weights[term.name],
                "why": term.why,
                "centre_and_spread": {tier: scale.centres[tier][term.name] for tier in term.tiers},
            }
        )
    content: dict[str, Any] = {
        "what": "The chance of needing exceptional support or intervention within the horizon, from published figures.",
        "how": (
            "For each term: bound the indicator between floor and cap, transform it, take off the tier's centre, "
            f"divide by the tier's spread, cut off at plus or minus {CUT:g}, multiply by the weight. Add these up, "
            "add the intercept, and for an upper-tier council (class UA, MD, LB or SC) the tier's weight. The chance "
            "is 1 / (1 + exp(-sum)). A term that does not apply to the tier, or was never published for the council, "
            "counts nought."
        ),
        "transforms": {
            "plain": "x",
            "log": "ln(x)",
            "minus log": "-ln(x)",
            "minus log1p": "-ln(1 + x)",
            "root": "sqrt(x)",
            "minus root": "-sqrt(x)",
        },
        "outcome": model.outcome,
        "horizon_months": model.horizon,
        "as_of": str(scale.as_of),
        "intercept": scale.intercept,
        "upper_tier_weight": model.weights[UPPER],
        "terms": terms,
        "dropped_terms": model.dropped,
        "cut": CUT,
        "base_rate": {
            "first_events": rate.events,
            "from": rate.start,
            "before": rate.end,
            "half_event_added": JEFFREYS,
            "expected_within_horizon": scored.expected,
        },
        "prior": {
            "weight": prior.weight,
            "sd": prior.sd,
            "upper_tier_weight": prior.upper_weight,
            "upper_tier_sd": prior.upper_sd,
            "intercept": prior.intercept,
            "intercept_sd": prior.intercept_sd,
            "spread_sd": prior.spread_sd,
        },
        "training": model.training,
        "data": _checksums(),
        "versions": {
            "python": platform.python_version(),
            **{name: metadata.version(name) for name in ("numpy", "pandas", "scipy", "scikit-learn")},
        },
        "interval": list(INTERVAL),
        "draws": {
            "weights": [[round(float(value), 6) for value in row] for row in model.draws],
            "rate": [round(float(value), 6) for value in model.rate_draws],
        },
    }
    # Before the draws, where a reader still looks.
    content = {"format": FORMAT, **content}
    content = {"format": FORMAT, "sha256": _digest(content), **content}
    text = json.dumps(content, indent=1, ensure_ascii=False)
    return _one_line_a_draw(text) + "\n"


def _one_line_a_draw(text: str) -> str:
    """Put each draw on one line: two thousand numbers are no reading matter."""
    head, mark, tail = text.partition('\n "draws": {')
    lines = tail.split("\n")
    joined, row = [], ""
    for line in lines:
        part = line.strip()
        if part in ("[", '"weights": [', '"rate": ['):
            row = row + part
        elif row:
            row += part if part.startswith("]") else part + ("" if part.endswith("]") else " ")
        if not row:
            joined.append(line)
        elif part.startswith("]"):
            joined.append("   " + row.strip())
            row = ""
    return head + mark + "\n".join(joined) if mark else text


def _checksums() -> dict[str, str]:
    """Return the checksums of the figures and events at hand."""
    return {name: sha256(place()) for name, place in _DATA.items() if place().is_file()}


def _digest(content: dict[str, Any]) -> str:
    """Return a checksum of everything the artefact says but its checksum."""
    rest = {name: value for name, value in content.items() if name != "sha256"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def save(scored: ScoredDay, path: Path | None = None) -> Path:
    """Write the artefact, by default where the shipped one lies, and return where."""
    target = path or path_of(scored.model.outcome, scored.model.horizon)
    write_atomically(target, to_json(scored))
    return target


def load(path: Path | None = None, *, outcome: str = "distress", horizon: int = 24) -> RiskModel:
    """Read a fitted model and check it.

    Raises
    ------
    ModelError
        If the file is missing, is no artefact of this format, was changed after it was written, is of another outcome
        or horizon, or holds what no fit gives. The sentence says which, and what to do.
    """
    source = path or path_of(outcome, horizon)
    content = _read(source)
    try:
        fields = ("name", "indicator", "transform", "floor", "cap", "smallest_spread", "label", "why")
        terms = tuple(
            Term(**{name: entry[name] for name in fields}, tiers=tuple(entry["tiers"])) for entry in content["terms"]
        )
        weights = {entry["name"]: float(entry["weight"]) for entry in content["terms"]}
        weights[UPPER] = float(content["upper_tier_weight"])
        model = RiskModel(
            outcome=content["outcome"],
            horizon=int(content["horizon_months"]),
            terms=terms,
            weights=weights,
            draws=np.array(content["draws"]["weights"], dtype=float).reshape(-1, len(weights)),
            rate_draws=np.array(content["draws"]["rate"], dtype=float),
            training=content["training"],
            dropped=content["dropped_terms"],
            data=content["data"],
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ModelError(f"{source} is no model artefact ({error!r}); {_AGAIN}") from error
    wrong = _wrong(model, outcome if path is None else model.outcome, horizon if path is None else model.horizon)
    if wrong:
        raise ModelError(f"{source} {wrong}; {_AGAIN}")
    return model


_AGAIN = "run 'resilience train' to make it anew."


def _read(source: Path) -> dict[str, Any]:
    try:
        content = json.loads(source.read_text("utf-8"))
    except FileNotFoundError:
        raise ModelError(f"{source} does not exist; run 'resilience train' to make it.") from None
    except (OSError, ValueError, RecursionError) as error:
        raise ModelError(f"{source} is no model artefact ({error!r}); {_AGAIN}") from error
    if not isinstance(content, dict) or "format" not in content:
        raise ModelError(f"{source} is no model artefact (it states no format); {_AGAIN}")
    if content["format"] != FORMAT:
        raise ModelError(f"{source} is of format {content['format']}, not {FORMAT}; {_AGAIN}")
    if content.get("sha256") != _digest(content):
        raise ModelError(f"{source} was changed after it was written (its checksum does not fit); {_AGAIN}")
    return content


def _wrong(model: RiskModel, outcome: str, horizon: int) -> str:
    """Say what a model holds that no fit gives, or nothing."""
    if (model.outcome, model.horizon) != (outcome, horizon):
        return f"is of {model.outcome} within {model.horizon} months, not of {outcome} within {horizon}"
    known = {term.name: term for term in load_terms()}
    order = [name for name in known if name in model.weights]
    if [term.name for term in model.terms] != order:
        return "does not have its terms in the order of terms.toml"
    changed = next((term.name for term in model.terms if term != known[term.name]), None)
    if changed:
        return f"has another definition of the term '{changed}' than terms.toml"
    numbers = (np.array(list(model.weights.values())), model.draws, model.rate_draws)
    if not all(np.isfinite(part).all() for part in numbers):
        return "holds a weight that is not finite"
    if len(model.rate_draws) != len(model.draws) or not ((model.rate_draws >= 0) & (model.rate_draws <= 1)).all():
        return "does not have one draw of the base rate, between 0 and 1, for each draw of the weights"
    return ""


def other_data(model: RiskModel) -> str:
    """Say in a sentence which of the figures at hand are not those the model was trained on; nothing if all are."""
    now = _checksums()
    names = [name for name in _DATA if model.data.get(name) != now.get(name)]
    if not names:
        return ""
    are = "are not those" if len(names) > 1 else "is not the one"
    return (
        f"{' and '.join(names)} {are} the shipped model was trained on, so a model is fitted anew to the figures at "
        "hand; 'resilience train' writes it."
    )


def trained_for(model: RiskModel, events: EventRegister, as_of: date) -> bool:
    """Say whether a model was trained up to the origin that a day of scoring would train up to."""
    last = last_closed_origin(events, as_of, model.horizon)
    return model.training.get("last_origin") == f"{last}-01-01"
