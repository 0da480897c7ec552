"""How far a carried figure still speaks for its family: measured at earlier days, without looking at any outcome.

Where the newest year lacks a line, the council's own last figure is carried forward. How much a family is worth with
such a figure is the correlation, over earlier Januaries and the councils of the tier, between the family with the
lines as they were and the same with these lines masked and carried. The family's value is multiplied by it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from itertools import product

import numpy as np
import pandas as pd

from resilience.indicators.compute import KEYS
from resilience.indicators.known import CARRY_YEARS, CORE, SIZE, KnownFigures, known_on
from resilience.model.families import Family, terms_of
from resilience.model.scale import TIERS, Ladder, centre_and_spread, family_value, mean_scores

#: Fewer councils than this, over all days, are too few to measure by.
FEWEST = 30

#: How many years older than the council's newest year each indicator of a family is, in the file's order.
Pattern = tuple[int, ...]


@dataclass(frozen=True)
class Reliability:
    """What each family is multiplied by, by tier and by what of it is carried forward.

    Attributes
    ----------
    measured : mapping
        tier → family → pattern → correlation, for every pattern with something carried that could be measured.
    """

    measured: Mapping[str, Mapping[str, Mapping[Pattern, float]]] = field(default_factory=dict)

    def one(self, tier: str, family: str, pattern: Pattern) -> float:
        """Return the multiplier of one pattern.

        1 where nothing is carried, and where nothing of the family could be measured; the least that was measured of
        the family where this pattern could not be.
        """
        if not any(pattern):
            return 1.0
        own = self.measured.get(tier, {}).get(family, {})
        return own.get(pattern, min(own.values(), default=1.0))

    def of(self, tier: pd.Series, ages: pd.DataFrame, families: Sequence[Family]) -> pd.DataFrame:
        """Return each council's multipliers.

        Parameters
        ----------
        tier : Series
            "upper" or "lower", one a council.
        ages : DataFrame
            On the same index, one column an indicator (``KnownFigures.ages``).
        families : sequence of Family

        Returns
        -------
        DataFrame
            On the same index, one column a family.
        """
        result = pd.DataFrame(1.0, index=tier.index, columns=[family.name for family in families])
        whole = np.clip(np.nan_to_num(ages.to_numpy(dtype=float)), 0, CARRY_YEARS).astype(int)
        column = {name: number for number, name in enumerate(ages.columns)}
        for at, family in product(TIERS, families):
            terms = family.in_tier(at)
            own = whole[:, [column[term.indicator] for term in terms]]
            rows = np.flatnonzero((tier == at).to_numpy() & own.any(axis=1))
            place = result.columns.get_loc(family.name)
            for row in rows:
                result.iat[row, place] = self.one(at, family.name, tuple(int(age) for age in own[row]))
        return result


def measure(indicators: pd.DataFrame, days: Iterable[date], families: Sequence[Family]) -> Reliability:
    """Measure every pattern at some days.

    Parameters
    ----------
    indicators : DataFrame
        From ``compute_indicators``; at each day only what was known then is looked at.
    days : iterable of date
        Earlier days, the origins by custom. A figure that was itself carried forward on the day is left out.
    families : sequence of Family
    """
    found = measure_until(indicators, days, families)
    return found[max(found)] if found else Reliability()


def measure_until(
    indicators: pd.DataFrame, days: Iterable[date], families: Sequence[Family]
) -> dict[date, Reliability]:
    """Measure, for each of some days, every pattern at it and the days before it: what could be measured by then."""
    names = [term.indicator for term in terms_of(tuple(families))]
    kept = [one for one in indicators.columns if one in {*KEYS, SIZE, CORE, *names} or one.startswith("known_from")]
    figures = _Figures(indicators[kept])
    found: dict[tuple[str, str, Pattern], list[np.ndarray]] = {}
    result = {}
    for day in sorted(days):
        for key, pairs in _pairs(figures, day, tuple(families)):
            found.setdefault(key, []).append(pairs)
        result[day] = _pooled(found)
    return result


class _Figures:
    """Indicators that compare by what they hold, so that a back test measures each day once, not once an origin."""

    def __init__(self, table: pd.DataFrame) -> None:
        self.table = table
        rows = pd.util.hash_pandas_object(table.astype({"flags": str}), index=False).to_numpy()
        self._digest = hashlib.sha256(rows.tobytes() + "|".join(table.columns).encode()).hexdigest()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Figures) and self._digest == other._digest

    def __hash__(self) -> int:
        return hash(self._digest)


@lru_cache(maxsize=128)
def _pairs(
    figures: _Figures, day: date, families: tuple[Family, ...]
) -> tuple[tuple[tuple[str, str, Pattern], np.ndarray], ...]:
    """Return every tier's and family's pairs of values on one day, whole and masked, by pattern."""
    names = [term.indicator for term in terms_of(families)]
    known = known_on(figures.table, day)
    if known.scorable.empty:
        return ()
    older = {age: _carried(figures.table, known, age, names) for age in range(1, CARRY_YEARS + 1)}
    return tuple(
        ((tier, family.name, pattern), pairs)
        for tier, family in product(TIERS, families)
        for pattern, pairs in _day(known, older, tier, family)
    )


def _pooled(found: Mapping[tuple[str, str, Pattern], list[np.ndarray]]) -> Reliability:
    measured: dict[str, dict[str, dict[Pattern, float]]] = {}
    for (tier, family_name, pattern), some in found.items():
        whole, masked = np.concatenate(some, axis=1)
        if len(whole) >= FEWEST and whole.std() > 0 and masked.std() > 0:
            value = float(np.clip(np.corrcoef(whole, masked)[0, 1], 0.0, 1.0))
            measured.setdefault(tier, {}).setdefault(family_name, {})[pattern] = value
    return Reliability(measured)


def _carried(indicators: pd.DataFrame, known: KnownFigures, age: int, names: Sequence[str]) -> KnownFigures:
    """Return what would be known if each council's newest years lacked the lines: its own figures, carried."""
    newest = indicators["ons_code"].map(known.table["year"])
    masked = indicators.copy()
    masked.loc[indicators["year"] > newest - age, [name for name in names if name != CORE]] = np.nan
    return known_on(masked, known.as_of)


def _day(
    known: KnownFigures, older: Mapping[int, KnownFigures], tier: str, family: Family
) -> Iterable[tuple[Pattern, np.ndarray]]:
    """Return, for every pattern of one family on one day, its value with whole and with masked lines."""
    rows = known.scorable.index[known.scorable["tier"] == tier]
    terms = family.in_tier(tier)
    scores = [
        [_scores(term.directed(day.table.loc[rows, term.indicator])) for day in (known, *older.values())]
        for term in terms
    ]
    exact = [
        [
            (day.ages.loc[rows, term.indicator] == age).to_numpy()
            for age, day in zip((0, *older), (known, *older.values()), strict=True)
        ]
        for term in terms
    ]
    whole = _value(np.column_stack([own[0] for own in scores]))
    choices = [(0,) if term.indicator == CORE else (0, *older) for term in terms]
    for pattern in product(*choices):
        if not any(pattern):
            continue
        use = np.ones(len(rows), dtype=bool)
        for number, age in enumerate(pattern):
            if age:
                use &= exact[number][0] & exact[number][age]
        masked = _value(np.column_stack([scores[number][age] for number, age in enumerate(pattern)]))
        yield pattern, np.stack([whole[use], masked[use]])


def _scores(directed: np.ndarray) -> np.ndarray:
    return Ladder.of(directed).place(directed)


def _value(scores: np.ndarray) -> np.ndarray:
    return family_value(scores, *centre_and_spread(mean_scores(scores)))
