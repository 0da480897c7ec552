"""Other people's rules, reproduced on what was known on a day; rivals.toml says where each is published.

Every rule is given twice: as published, and with upper-tier councils first (``…_upper_first``). That one fact costs
nothing to know and most events happen there, so the second form is the stronger one that a reader could have used.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import resources

import numpy as np
import pandas as pd

from resilience.backtest.rival_rules import (
    cipfa_composite,
    cipfa_flag_count,
    column,
    projected_reserves,
    years_at_last_use,
)
from resilience.errors import ModelError

Score = Callable[[pd.DataFrame], pd.Series]

#: What breaks a tie, the lower the more at risk; and then the council's code, so that a top 30 is always defined.
TIEBREAK = "reserves_ratio"
UPPER_FIRST = "_upper_first"

FLAGS_NEEDED = 2
GRANT_THORNTON_FLOOR = 0.05
NAO_YEARS = 3.0

#: Whom a rule can speak of, and the tier that is; None for both.
POPULATIONS: dict[str, str | None] = {
    "all councils": None,
    "each class": None,
    "upper tier": "upper",
    "lower tier": "lower",
}


@dataclass(frozen=True)
class Rival:
    """Somebody else's rule.

    Attributes
    ----------
    name, label : str
    source, url : str
        What was found and read.
    population : str
        Whom it speaks of, a key of ``POPULATIONS``.
    rule : str
        The rule in words.
    differences : tuple of str
        Where this reproduction departs from it, a sentence each.
    note : str
        What was looked for, found, and not found.
    score : callable
        From ``KnownFigures.table`` to a score on its index, higher being more at risk; NaN where the rule can say
        nothing.
    flagged : callable or None
        From the same frame to True where the rule raises its alarm; None for a rule without a threshold.
    upper_first : bool
        Whether upper-tier councils come first, whatever their score.
    """

    name: str
    label: str
    source: str
    url: str
    population: str
    rule: str
    differences: tuple[str, ...]
    note: str
    score: Score
    flagged: Score | None = None
    upper_first: bool = False

    def speaks_of(self, known: pd.DataFrame) -> pd.Series:
        """Say which councils are in the rule's population."""
        return in_population(known, self.population)

    def ranked(self, known: pd.DataFrame) -> pd.Series:
        """Rank one day's councils: from above 0 (least at risk) to 1 (most), without ties.

        Councils outside the rule's population, and those it can say nothing of, come last. Before them: by tier where
        ``upper_first``, then the score, then reserves over net revenue expenditure (the lower the more at risk), then
        the council's code.
        """
        _one_day(known)
        score = self.score(known).where(self.speaks_of(known))
        parts = pd.DataFrame(
            {
                "scored": score.notna(),
                "tier": (known["tier"] == "upper") & self.upper_first,
                # Rounded, so that a difference in the last digit of a sum decides nothing.
                "score": score.round(12),
                "tie": -known[TIEBREAK],
                "code": known.index.astype(str),
            },
            index=known.index,
        )
        order = parts.sort_values(
            ["scored", "tier", "score", "tie", "code"],
            ascending=[True, True, True, True, False],
            na_position="first",
            kind="stable",
        ).index
        return pd.Series(np.arange(1, len(order) + 1) / max(1, len(order)), index=order).reindex(known.index)

    def alarms(self, known: pd.DataFrame) -> pd.Series | None:
        """Say which councils of its population the rule flags; None for a rule without a threshold."""
        return None if self.flagged is None else self.flagged(known).astype(bool) & self.speaks_of(known)


def in_population(known: pd.DataFrame, population: str) -> pd.Series:
    """Say which councils are in a population of ``POPULATIONS``."""
    tier = POPULATIONS[population]
    return pd.Series(True, index=known.index) if tier is None else known["tier"] == tier


def _one_day(known: pd.DataFrame) -> None:
    if known.index.has_duplicates:
        raise ModelError("A rival ranks the councils of one day: give it one row a council.")


def _minus(name: str) -> Score:
    return lambda known: -column(known, name)


def _below(name: str, floor: float) -> Score:
    return lambda known: column(known, name) < floor


_RULES: dict[str, tuple[Score, Score | None]] = {
    "cipfa_2018": (cipfa_composite, None),
    "cipfa_flags": (cipfa_flag_count, lambda known: cipfa_flag_count(known) >= FLAGS_NEEDED),
    "grant_thornton_2019": (
        lambda known: -projected_reserves(known),
        lambda known: projected_reserves(known) <= GRANT_THORNTON_FLOOR,
    ),
    "nao_runway": (lambda known: -years_at_last_use(known), lambda known: years_at_last_use(known) < NAO_YEARS),
    "unallocated_under_5": (_minus("unallocated_ratio"), _below("unallocated_ratio", 0.05)),
    "unallocated_under_3": (_minus("unallocated_ratio"), _below("unallocated_ratio", 0.03)),
    "reserves_rank": (_minus("reserves_ratio"), None),
    "debt_servicing_rank": (lambda known: column(known, "debt_servicing_ratio"), None),
}


@lru_cache(maxsize=1)
def rivals() -> tuple[Rival, ...]:
    """Return every rule: first as published, in the order of rivals.toml, then each with upper-tier councils first."""
    published = tuple(
        Rival(
            **{**entry, "differences": tuple(entry["differences"])},
            score=_RULES[entry["name"]][0],
            flagged=_RULES[entry["name"]][1],
        )
        for entry in entries("rival")
    )
    twice = tuple(
        replace(
            rival,
            name=rival.name + UPPER_FIRST,
            label=rival.label + ", upper tier first",
            differences=(*rival.differences, "That upper-tier councils come first is this project's addition."),
            upper_first=True,
        )
        for rival in published
        # Without its threshold the 3% rule is the 5% rule.
        if rival.name != "unallocated_under_3"
    )
    return published + twice


def entries(kind: str) -> list[dict]:
    """Return the entries of a kind in rivals.toml."""
    text = resources.files("resilience.backtest").joinpath("rivals.toml").read_text("utf-8")
    found: list[dict] = tomllib.loads(text)[kind]
    return found


def rival_scores(known: pd.DataFrame) -> pd.DataFrame:
    """Rank one day's councils by every rule.

    Parameters
    ----------
    known : DataFrame
        ``KnownFigures.table``, or anything with its columns, with all councils in being: those with an event behind
        them are part of a class's range.

    Returns
    -------
    DataFrame
        On the index of ``known``, one column a rival; the highest is the most at risk, and there are no ties.

    Raises
    ------
    ModelError
        If a council stands there twice.
    """
    _one_day(known)
    return pd.DataFrame({rival.name: rival.ranked(known) for rival in rivals()}, index=known.index)


def rival_flags(known: pd.DataFrame) -> pd.DataFrame:
    """Say which councils each rule with a threshold flags, as published; one boolean column a rival."""
    _one_day(known)
    alarms = {rival.name: rival.alarms(known) for rival in rivals() if not rival.upper_first}
    return pd.DataFrame({name: one for name, one in alarms.items() if one is not None}, index=known.index)
