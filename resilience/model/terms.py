"""The model's terms: indicators put on one scale, against the median council of the tier on the day."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import numpy as np
import pandas as pd

TIERS = ("upper", "lower")
CUT = 3.0


@dataclass(frozen=True)
class Term:
    """One term; the fields are those of terms.toml."""

    name: str
    indicator: str
    transform: str
    floor: float
    cap: float
    smallest_spread: float
    tiers: tuple[str, ...]
    label: str
    why: str

    def transformed(self, values: pd.Series | np.ndarray | float) -> np.ndarray:
        """Bound the indicator between floor and cap and transform it, so that more is worse."""
        bounded = np.clip(np.asarray(values, dtype=float), self.floor, self.cap)
        return _TRANSFORMS[self.transform](bounded)

    def untransformed(self, values: np.ndarray | float) -> np.ndarray:
        """Return the indicator that a transformed value stands for."""
        return _BACK[self.transform](np.asarray(values, dtype=float))


_TRANSFORMS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "plain": lambda x: x,
    "log": np.log,
    "minus log": lambda x: -np.log(x),
    "minus log1p": lambda x: -np.log1p(x),
    "root": np.sqrt,
    "minus root": lambda x: -np.sqrt(x),
}
_BACK: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "plain": lambda x: x,
    "log": np.exp,
    "minus log": lambda x: np.exp(-x),
    "minus log1p": lambda x: np.expm1(-x),
    "root": np.square,
    "minus root": np.square,
}


@dataclass(frozen=True)
class Prior:
    """The prior as terms.toml states it."""

    weight: float
    sd: float
    upper_weight: float
    upper_sd: float
    intercept: float
    intercept_sd: float
    spread_sd: float


@lru_cache(maxsize=1)
def _file() -> dict:
    return tomllib.loads(resources.files("resilience.model").joinpath("terms.toml").read_text("utf-8"))


def load_terms() -> tuple[Term, ...]:
    """Return the candidate terms in the order written down."""
    return tuple(Term(**{**entry, "tiers": tuple(entry["tiers"])}) for entry in _file()["term"])


def load_prior() -> Prior:
    """Return the prior."""
    data = _file()
    return Prior(
        data["prior_weight"],
        data["prior_sd"],
        data["upper_tier_weight"],
        data["upper_tier_sd"],
        data["intercept"],
        data["intercept_sd"],
        data["spread_sd"],
    )


def scales(known: pd.DataFrame, terms: Sequence[Term]) -> dict[str, dict[str, dict[str, float]]]:
    """Measure each tier's median and spread of every term on one day's population.

    Parameters
    ----------
    known : DataFrame
        One row a council (``riskset.known_on``), those with an event included: they are part of the tier.
    terms : sequence of Term

    Returns
    -------
    dict
        tier → term → ``centre`` and ``spread``, in transformed units.
    """
    result: dict[str, dict[str, dict[str, float]]] = {}
    for tier in TIERS:
        group = known[known["tier"] == tier]
        result[tier] = {}
        for term in terms:
            if tier not in term.tiers:
                continue
            values = term.transformed(group[term.indicator].dropna())
            if len(values):
                low, centre, high = np.quantile(values, [0.16, 0.5, 0.84])
                spread = max((high - low) / 2, term.smallest_spread)
            else:
                centre, spread = 0.0, term.smallest_spread
            result[tier][term.name] = {"centre": float(centre), "spread": float(spread)}
    return result


def design(
    known: pd.DataFrame, terms: Sequence[Term], scale: Mapping[str, Mapping[str, Mapping[str, float]]]
) -> pd.DataFrame:
    """Put every council's terms on the scale.

    Returns
    -------
    DataFrame
        On the index of ``known``: one column a term (0 at the tier's median; 0 also where the term does not apply
        to the tier, or the council never published the line: it then says nothing either way) and ``upper tier``
        (1 or 0).
    """
    result = pd.DataFrame(0.0, index=known.index, columns=[term.name for term in terms])
    for tier in TIERS:
        rows = (known["tier"] == tier).to_numpy()
        for term in terms:
            if tier not in term.tiers:
                continue
            at = scale[tier][term.name]
            values = (term.transformed(known.loc[rows, term.indicator]) - at["centre"]) / at["spread"]
            result.loc[rows, term.name] = np.nan_to_num(np.clip(values, -CUT, CUT), nan=0.0)
    result["upper tier"] = (known["tier"] == "upper").astype(float)
    return result
