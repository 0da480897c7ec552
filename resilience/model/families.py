"""The five families of indicators and the prior, as families.toml states them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any, Literal

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Term:
    """One indicator within its family; the fields are those of families.toml."""

    name: str
    indicator: str
    worse: Literal["high", "low"]
    tiers: tuple[str, ...]
    label: str
    why: str
    #: A figure below this counts as nought.
    material_from: float = 0.0

    def directed(self, values: pd.Series | np.ndarray | float) -> np.ndarray:
        """Return the indicator turned so that more is worse, immaterial figures as nought."""
        found = np.asarray(values, dtype=float)
        if self.material_from:
            found = np.where(np.abs(found) < self.material_from, 0.0, found)
        return found if self.worse == "high" else -found

    def undirected(self, values: np.ndarray | float) -> np.ndarray:
        """Return the indicator that a directed value stands for."""
        found = np.asarray(values, dtype=float)
        return found if self.worse == "high" else -found


@dataclass(frozen=True)
class Family:
    """One family: a single number a council, made of its indicators."""

    name: str
    label: str
    asks: str
    why: str
    terms: tuple[Term, ...]

    def in_tier(self, tier: str) -> tuple[Term, ...]:
        """Return the indicators that are asked of a tier."""
        return tuple(term for term in self.terms if tier in term.tiers)


@dataclass(frozen=True)
class Prior:
    """The prior as families.toml states it, in log-odds a spread; the standard deviations are its doubt."""

    weight: float
    sd: float
    upper_weight: float
    upper_sd: float
    intercept: float
    intercept_sd: float


@lru_cache(maxsize=1)
def _file() -> dict[str, Any]:
    return tomllib.loads(resources.files("resilience.model").joinpath("families.toml").read_text("utf-8"))


def load_families() -> tuple[Family, ...]:
    """Return the families in the order written down."""
    return tuple(
        Family(
            entry["name"],
            entry["label"],
            entry["asks"],
            entry["why"],
            tuple(Term(**{**one, "tiers": tuple(one["tiers"])}) for one in entry["indicator"]),
        )
        for entry in _file()["family"]
    )


def load_terms() -> tuple[Term, ...]:
    """Return every family's indicators, in the order written down."""
    return terms_of(load_families())


def terms_of(families: tuple[Family, ...]) -> tuple[Term, ...]:
    """Return the indicators of some families, one after another."""
    return tuple(term for family in families for term in family.terms)


def without_terms(families: tuple[Family, ...], names: set[str]) -> tuple[Family, ...]:
    """Return the families without some indicators; a family that loses all is left out."""
    found = (
        Family(one.name, one.label, one.asks, one.why, tuple(term for term in one.terms if term.name not in names))
        for one in families
    )
    return tuple(one for one in found if one.terms)


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
    )
