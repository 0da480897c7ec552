"""The model's terms and its prior, as terms.toml states them."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import numpy as np
import pandas as pd


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
def _file() -> dict[str, Any]:
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
