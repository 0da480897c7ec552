"""The fitted model as a JSON file that a person can read, and score by hand from."""

from __future__ import annotations

import json
import platform
from datetime import date
from importlib import metadata
from pathlib import Path

import numpy as np
import pandas as pd

from resilience import paths
from resilience.errors import ModelError
from resilience.files import sha256, write_atomically
from resilience.model.calibration import BANDS, JEFFREYS
from resilience.model.fitting import RiskModel, last_closed_origin
from resilience.model.scoring import INTERVAL
from resilience.model.terms import CUT, Term, load_prior

FORMAT = 1


def path_of(outcome: str = "distress", horizon: int = 24) -> Path:
    """Return where the shipped model of an outcome and horizon lies."""
    return paths.models() / f"{outcome}-{horizon}m.json"


def to_json(model: RiskModel, scores: pd.DataFrame) -> str:
    """Write a model out, with everything needed to score a council on one day with a calculator.

    Parameters
    ----------
    model : RiskModel
    scores : DataFrame
        From ``score`` on the day the artefact speaks for: its ``attrs`` hold the intercept and the tiers' medians.

    Returns
    -------
    str
        JSON, indented, keys in reading order, numbers with all their digits.
    """
    prior = load_prior()
    rate = scores.attrs["base_rate"]
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
                "centre_and_spread": {tier: scores.attrs["scales"][tier][term.name] for tier in term.tiers},
            }
        )
    content = {
        "format": FORMAT,
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
        "as_of": scores.attrs["as_of"],
        "intercept": scores.attrs["intercept"],
        "upper_tier_weight": model.weights["upper tier"],
        "terms": terms,
        "dropped_terms": model.dropped,
        "cut": CUT,
        "base_rate": {
            "first_events": rate.events,
            "from": rate.start,
            "before": rate.end,
            "half_event_added": JEFFREYS,
            "expected_within_horizon": scores.attrs["expected"],
        },
        "bands": {name: least for name, least in BANDS},
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
    result = {}
    for name, path in (
        ("panel.csv", paths.processed() / "panel.csv"),
        ("events.csv", paths.raw() / "events.csv"),
    ):
        if path.is_file():
            result[name] = sha256(path)
    return result


def save(model: RiskModel, scores: pd.DataFrame, path: Path | None = None) -> Path:
    """Write the artefact, by default where the shipped one lies, and return where."""
    target = path or path_of(model.outcome, model.horizon)
    write_atomically(target, to_json(model, scores))
    return target


def load(path: Path | None = None, *, outcome: str = "distress", horizon: int = 24) -> RiskModel:
    """Read a fitted model.

    Raises
    ------
    ModelError
        If the file is missing or is no artefact of this format.
    """
    source = path or path_of(outcome, horizon)
    try:
        content = json.loads(source.read_text("utf-8"))
        if content["format"] != FORMAT:
            raise ModelError(f"{source} is of format {content['format']}, not {FORMAT}; run 'resilience train'.")
        fields = ("name", "indicator", "transform", "floor", "cap", "smallest_spread", "label", "why")
        terms = tuple(
            Term(**{name: entry[name] for name in fields}, tiers=tuple(entry["tiers"])) for entry in content["terms"]
        )
        weights = {entry["name"]: float(entry["weight"]) for entry in content["terms"]}
        weights["upper tier"] = float(content["upper_tier_weight"])
        return RiskModel(
            outcome=content["outcome"],
            horizon=int(content["horizon_months"]),
            terms=terms,
            weights=weights,
            draws=np.array(content["draws"]["weights"], dtype=float).reshape(-1, len(weights)),
            rate_draws=np.array(content["draws"]["rate"], dtype=float),
            training=content["training"],
            dropped=content["dropped_terms"],
        )
    except FileNotFoundError:
        raise ModelError(f"{source} does not exist; run 'resilience train' to make it.") from None
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(
            f"{source} is no model artefact ({error!r}); run 'resilience train' to make it anew."
        ) from error


def trained_for(model: RiskModel, events: pd.DataFrame, as_of: date) -> bool:
    """Say whether a model was trained up to the origin that a day of scoring would train up to."""
    last = last_closed_origin(events, as_of, model.horizon)
    return model.training.get("last_origin") == f"{last}-01-01"
