"""What the formulas read: a council's lines by year, its other years, and the publications beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import pandas as pd

from resilience.indicators.formulas import companions
from resilience.publications.others.context import gdp_deflator

#: Below this net revenue expenditure (£ thousand) no ratio to it is given: it would say nothing of the council.
SMALLEST_DENOMINATOR = 1_000.0
#: An amount below this share of net revenue expenditure is too small to divide by (or to count from).
SMALLEST_SHARE = 0.005

Formula = Callable[["Books"], pd.Series]
REGISTRY: dict[str, Formula] = {}


@lru_cache(maxsize=1)
def _deflator() -> pd.Series:
    return gdp_deflator().set_index("year")["gdp_deflator"]


@dataclass
class Books:
    """A council's lines by year, as the formulas read them.

    Attributes
    ----------
    frame : DataFrame
        The panel with lineage, one row a council and year, on a unique index.
    switches : dict of str to bool
        The definitions chosen; see ``compute.SWITCHES``.
    tables : mapping of str to DataFrame
        Companion tables given by hand instead of the shipped ones; see ``companions.LOADERS``.
    smallest : float
        The net revenue expenditure below which nothing is divided by it.
    """

    frame: pd.DataFrame
    switches: dict[str, bool] = field(default_factory=dict)
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    smallest: float = SMALLEST_DENOMINATOR

    def __post_init__(self) -> None:
        """Remember where each council's other years stand."""
        keys = pd.MultiIndex.from_arrays([self.frame["ons_code"], self.frame["year"]])
        self._positions = pd.Series(np.arange(len(self.frame)), index=keys)
        self._cache: dict[str, pd.Series] = {}
        self._joined: dict[str, pd.DataFrame] = {}

    def line(self, name: str) -> pd.Series:
        """Return a line's amounts; all missing where no year has the line."""
        if name not in self.frame.columns:
            return pd.Series(np.nan, index=self.frame.index)
        return self.frame[name].astype(float)

    def first_of(self, *names: str) -> pd.Series:
        """Return the first of several lines that is there, row by row."""
        result = self.line(names[0])
        for name in names[1:]:
            result = result.where(result.notna(), self.line(name))
        return result

    def earlier(self, values: pd.Series, years: int) -> pd.Series:
        """Return the same council's value some years before, missing where that year is not there."""
        keys = pd.MultiIndex.from_arrays([self.frame["ons_code"], self.frame["year"] - years])
        where = self._positions.reindex(keys).to_numpy()
        found = ~np.isnan(where)
        result = np.full(len(values), np.nan)
        result[found] = values.to_numpy(dtype=float)[where[found].astype(int)]
        return pd.Series(result, index=values.index)

    def companion(self, source: str, column: str) -> pd.Series:
        """Return a column of another publication at each council and year, missing where there is none."""
        joined = self._join(source)
        if column not in joined:
            return pd.Series(np.nan, index=self.frame.index)
        return joined[column].astype(float)

    def known_from(self, source: str) -> pd.Series:
        """Return the day from which another publication's figures at each row were known."""
        joined = self._join(source)
        if "known_from" not in joined:
            return pd.Series(pd.NaT, index=self.frame.index, dtype="datetime64[us]")
        return pd.to_datetime(joined["known_from"])

    def _join(self, source: str) -> pd.DataFrame:
        if source not in self._joined:
            self._joined[source] = companions.join(self.frame, source, self.tables.get(source))
        return self._joined[source]

    def real(self, values: pd.Series, years: int) -> pd.Series:
        """Return amounts of some years before each row in the prices of the row's own year."""
        index = _deflator()
        year = self.frame["year"]
        return values * year.map(index) / (year - years).map(index)

    def once(self, name: str, formula: Formula) -> pd.Series:
        """Compute an indicator once, however many others build on it."""
        if name not in self._cache:
            self._cache[name] = formula(self)
        return self._cache[name]

    @property
    def net_revenue_expenditure(self) -> pd.Series:
        """Net revenue expenditure, missing where too small to divide by."""
        amounts = self.line("rs_netrevexp_net_exp")
        return amounts.where(amounts >= self.smallest)

    def over_nre(self, amounts: pd.Series) -> pd.Series:
        """Return amounts as a fraction of net revenue expenditure."""
        return amounts / self.net_revenue_expenditure

    def enough(self, amounts: pd.Series) -> pd.Series:
        """Return amounts, missing where they are too small beside net revenue expenditure to divide by."""
        return amounts.where(amounts >= SMALLEST_SHARE * self.net_revenue_expenditure)

    def upper_only(self, values: pd.Series) -> pd.Series:
        """Blank a value for shire districts, which lack the duty: small amounts are no burden of zero."""
        return values.where(self.frame["class"] != "SD")


def indicator(formula: Formula) -> Formula:
    """Register a formula under its own name, and let it be computed once a run."""
    name = formula.__name__

    def cached(books: Books) -> pd.Series:
        return books.once(name, formula)

    cached.__name__, cached.__doc__, cached.__module__ = name, formula.__doc__, formula.__module__
    REGISTRY[name] = cached
    return cached
