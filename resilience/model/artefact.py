"""The fitted model as a JSON file that a person can read, and score by hand from."""

from __future__ import annotations

import hashlib
import json
import platform
import re
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
from resilience.model.families import Family, Term, load_families, load_prior
from resilience.model.fitting import RiskModel, last_closed_origin
from resilience.model.reliability import Pattern, Reliability
from resilience.model.scale import CUT, TIERS, UPPER, Ladder
from resilience.model.scoring import INTERVAL, ScoredDay
from resilience.tables.events import EventRegister

FORMAT = 3
_FIELDS = ("name", "indicator", "worse", "material_from", "label", "why")
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
    content: dict[str, Any] = {
        "what": "The chance of needing exceptional support or intervention within the horizon, from published figures.",
        "how": (
            "For each indicator of a family that is asked of the council's tier and that the council has: a figure "
            "whose size is under material_from counts as zero; find its normal score on the tier's ladder (between "
            "two figures in proportion, beyond the ends the end's). Take the mean of the family's scores, take off the "
            f"tier's centre, divide by the tier's spread, cut off at plus or minus {CUT:g} (zero without a figure or "
            "a spread), multiply by the reliability of what is carried forward (1 where nothing is) and by the weight. "
            "Add the families up, add the intercept, and for an upper-tier council (class UA, MD, LB or SC) the tier's "
            "weight. The chance is 1 / (1 + exp(-sum))."
        ),
        "outcome": model.outcome,
        "horizon_months": model.horizon,
        "as_of": str(scale.as_of),
        "intercept": scale.intercept,
        "upper_tier_weight": model.weights[UPPER],
        "families": [_family(scored, family) for family in model.families],
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
    return _one_line_a_list(text) + "\n"


def _family(scored: ScoredDay, family: Family) -> dict[str, Any]:
    """Write one family out: its weight, its indicators, and where each tier stood on the day."""
    model, scale = scored.model, scored.scale
    return {
        "name": family.name,
        "label": family.label,
        "asks": family.asks,
        "why": family.why,
        "weight": model.weights[family.name],
        "indicators": [
            {
                "name": term.name,
                "label": term.label,
                "indicator": term.indicator,
                "worse": term.worse,
                "material_from": term.material_from,
                "tiers": list(term.tiers),
                "why": term.why,
                "ladder": {tier: _ladder(term, scale.tiers[tier].ladders[term.name]) for tier in term.tiers},
            }
            for term in family.terms
        ],
        "centre_and_spread": {
            tier: {"centre": scale.tiers[tier].centre[family.name], "spread": scale.tiers[tier].spread[family.name]}
            for tier in TIERS
            if family.in_tier(tier)
        },
        "reliability": {
            tier: {
                _carried(family.in_tier(tier), pattern): value
                for pattern, value in model.reliability.measured.get(tier, {}).get(family.name, {}).items()
            }
            for tier in TIERS
            if family.in_tier(tier)
        },
    }


def _carried(terms: tuple[Term, ...], pattern: Pattern) -> str:
    return ", ".join(f"{term.name} {age} years older" for term, age in zip(terms, pattern, strict=True) if age)


def _ladder(term: Term, ladder: Ladder) -> dict[str, list[float]]:
    """Write the tier's figures out with the normal score of each."""
    return {
        "figures": [float(one) for one in term.undirected(ladder.values)],
        "scores": [float(one) for one in ladder.scores],
    }


def _reliability(content: dict[str, Any], families: tuple[Family, ...]) -> Reliability:
    """Read the multipliers back."""
    measured: dict[str, dict[str, dict[Pattern, float]]] = {}
    for entry, family in zip(content["families"], families, strict=True):
        for tier, found in entry["reliability"].items():
            names = [term.name for term in family.in_tier(tier)]
            for text, value in found.items():
                ages = {part.rsplit(" ", 3)[0]: int(part.rsplit(" ", 3)[1]) for part in text.split(", ")}
                if set(ages) - set(names):
                    raise ValueError(f"reliability of {family.name} speaks of {text}")
                pattern = tuple(ages.get(name, 0) for name in names)
                measured.setdefault(tier, {}).setdefault(family.name, {})[pattern] = float(value)
    return Reliability(measured)


#: A list of numbers alone, however it is indented.
_NUMBERS = re.compile(r"\[\s*(-?[\d.][^\[\]{}\"]*?)\s*\]")


def _one_line_a_list(text: str) -> str:
    """Put each list of numbers on one line: thousands of them are no reading matter."""
    return _NUMBERS.sub(lambda found: "[" + re.sub(r"\s*\n\s*", " ", found.group(1)) + "]", text)


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
        families = tuple(
            Family(
                entry["name"],
                entry["label"],
                entry["asks"],
                entry["why"],
                tuple(
                    Term(**{name: one[name] for name in _FIELDS}, tiers=tuple(one["tiers"]))
                    for one in entry["indicators"]
                ),
            )
            for entry in content["families"]
        )
        weights = {entry["name"]: float(entry["weight"]) for entry in content["families"]}
        weights[UPPER] = float(content["upper_tier_weight"])
        model = RiskModel(
            outcome=content["outcome"],
            horizon=int(content["horizon_months"]),
            families=families,
            weights=weights,
            draws=np.array(content["draws"]["weights"], dtype=float).reshape(-1, len(weights)),
            rate_draws=np.array(content["draws"]["rate"], dtype=float),
            training=content["training"],
            reliability=_reliability(content, families),
            data=content["data"],
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ModelError(f"{source} is not a model artefact ({error!r}); {_AGAIN}") from error
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
        raise ModelError(f"{source} is not a model artefact ({error!r}); {_AGAIN}") from error
    if not isinstance(content, dict) or "format" not in content:
        raise ModelError(f"{source} is not a model artefact (it states no format); {_AGAIN}")
    if content["format"] != FORMAT:
        raise ModelError(
            f"{source} is of format {content['format']}, not {FORMAT} (the five families); it was written by another "
            f"release; {_AGAIN}"
        )
    if content.get("sha256") != _digest(content):
        raise ModelError(f"{source} was changed after it was written (its checksum does not fit); {_AGAIN}")
    return content


def _wrong(model: RiskModel, outcome: str, horizon: int) -> str:
    """Say what a model holds that no fit gives, or nothing."""
    if (model.outcome, model.horizon) != (outcome, horizon):
        return f"is of {model.outcome} within {model.horizon} months, not of {outcome} within {horizon}"
    known = load_families()
    if [family.name for family in model.families] != [family.name for family in known]:
        return "does not have the families of families.toml in their order"
    changed = next((own.name for own, written in zip(model.families, known, strict=True) if own != written), None)
    if changed:
        return f"has another definition of the family '{changed}' than families.toml"
    measured = [
        value for tier in model.reliability.measured.values() for own in tier.values() for value in own.values()
    ]
    if not all(0 <= value <= 1 for value in measured):
        return "holds a reliability that is not between 0 and 1"
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
        f"{' and '.join(names)} {are} the shipped model was trained on, so a model is fitted anew to the figures "
        "held; 'resilience train' writes it."
    )


def trained_for(model: RiskModel, events: EventRegister, as_of: date) -> bool:
    """Say whether a model was trained up to the origin that a day of scoring would train up to."""
    last = last_closed_origin(events, as_of, model.horizon)
    return model.training.get("last_origin") == f"{last}-01-01"
