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

from resilience.errors import ModelError

Score = Callable[[pd.DataFrame], pd.Series]

#: What breaks a tie, the lower the more at risk; and then the council's code, so that a top 30 is always defined.
TIEBREAK = "reserves_ratio"
UPPER_FIRST = "_upper_first"

#: CIPFA 2018: the weights of the four measures that the outturn gives.
CIPFA_WEIGHTS = {"level": 0.25, "change": 0.25, "grants": 0.10, "care and interest": 0.15}
#: CIPFA's index: indicator and whether a high figure is the worse.
CIPFA_INDICATORS = {
    "reserves_runway_years": False,
    "reserves_ratio": False,
    "reserves_change_percent": False,
    "interest_ratio": True,
    "social_care_share": True,
    "council_tax_share": False,
    "fees_and_charges_share": False,
}
WORST_SHARE = 0.10
FLAGS_NEEDED = 2

GRANT_THORNTON_YEARS = 3
GRANT_THORNTON_FLOOR = 0.05
NAO_YEARS = 3.0


@dataclass(frozen=True)
class Rival:
    """Somebody else's rule.

    Attributes
    ----------
    name, label : str
    source, url : str
        What was found and read.
    rule, approximated : str
        The rule in words, and where this reproduction departs from it.
    score : callable
        From a frame of ``riskset.known_on`` to a score on its index, higher being more at risk; NaN where the rule
        can say nothing (such councils come last).
    flagged : callable or None
        From the same frame to True where the rule raises its alarm; None for a rule without a threshold.
    upper_first : bool
        Whether upper-tier councils come first, whatever their score.
    """

    name: str
    label: str
    source: str
    url: str
    rule: str
    approximated: str
    score: Score
    flagged: Score | None = None
    upper_first: bool = False

    def ranked(self, known: pd.DataFrame) -> pd.Series:
        """Rank one day's councils: from above 0 (least at risk) to 1 (most), without ties.

        By tier where ``upper_first``, then the score, then reserves over net revenue expenditure (the lower the more
        at risk), then the council's code.
        """
        _one_day(known)
        parts = pd.DataFrame(
            {
                "scored": self.score(known).notna(),
                "tier": (known["tier"] == "upper") & self.upper_first,
                # Rounded, so that a difference in the last digit of a sum decides nothing.
                "score": self.score(known).round(12),
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


def _one_day(known: pd.DataFrame) -> None:
    if known.index.has_duplicates:
        raise ModelError("A rival ranks the councils of one day: give it one row a council.")


def _column(known: pd.DataFrame, name: str) -> pd.Series:
    """Return an indicator, all missing where it is not computed."""
    if name not in known.columns:
        return pd.Series(np.nan, index=known.index)
    return known[name].astype(float)


def change_in_percent(known: pd.DataFrame) -> pd.Series:
    """Return the change of reserves over three years as a fraction of what they were, from -1 to 1."""
    change = _column(known, "reserves_change_3y")
    before = _column(known, "reserves_ratio") - change
    # Nothing to begin with (under 0.5 % of spending): the change is judged against that floor.
    return (change / before.clip(lower=0.005)).clip(-1.0, 1.0)


def grant_dependence(known: pd.DataFrame) -> pd.Series:
    """Return grants over net revenue expenditure, or what council tax does not pay where that is not computed."""
    grants = _column(known, "grant_share")
    return grants.where(grants.notna(), 1 - _column(known, "council_tax_share"))


def _between_best_and_worst(values: pd.Series, groups: pd.Series) -> pd.Series:
    """Put values on 0 to 1 within each group; 0.5 where all are alike."""
    low, high = values.groupby(groups).transform("min"), values.groupby(groups).transform("max")
    spread = (high - low).where(high > low)
    return ((values - low) / spread).where(spread.notna(), (values * 0.0 + 0.5))


def cipfa_composite(known: pd.DataFrame) -> pd.Series:
    """Return CIPFA's composite of 2018 over the measures a council has; the level of reserves must be there."""
    care = _column(known, "social_care_share")
    care = care.where(known["class"] != "SD", care.fillna(0.0))
    measures = {
        "level": -_column(known, "reserves_ratio"),
        "change": -change_in_percent(known),
        "grants": grant_dependence(known),
        "care and interest": care + _column(known, "interest_ratio"),
    }
    scaled = pd.DataFrame({name: _between_best_and_worst(values, known["class"]) for name, values in measures.items()})
    weights = pd.Series(CIPFA_WEIGHTS)
    total = scaled.mul(weights).sum(axis=1) / scaled.notna().mul(weights).sum(axis=1).replace(0.0, np.nan)
    return total.where(scaled["level"].notna())


def cipfa_flag_count(known: pd.DataFrame) -> pd.Series:
    """Count the indicators on which a council is in the worst tenth of its class."""
    values = known.assign(reserves_change_percent=change_in_percent(known))
    count = pd.Series(0.0, index=known.index)
    for name, high_is_worse in CIPFA_INDICATORS.items():
        by_class = _column(values, name).groupby(known["class"])
        # Councils level with one another share the better place: a tie never makes the worst tenth larger.
        place = by_class.rank(ascending=not high_is_worse, method="max")
        count += (place <= np.maximum(1, np.floor(by_class.transform("count") * WORST_SHARE))).astype(float)
    return count.where(_column(known, "reserves_ratio").notna())


def projected_reserves(known: pd.DataFrame, years: int = GRANT_THORNTON_YEARS) -> pd.Series:
    """Run reserves over net revenue expenditure forward at the last three years' average change."""
    return _column(known, "reserves_ratio") + _column(known, "reserves_change_3y") / 3 * years


def _minus(name: str) -> Score:
    return lambda known: -_column(known, name)


def _below(name: str, floor: float) -> Score:
    return lambda known: _column(known, name) < floor


def _nao_flagged(known: pd.DataFrame) -> pd.Series:
    return (_column(known, "reserves_runway_years") < NAO_YEARS) & (known["tier"] == "upper")


_RULES: dict[str, tuple[Score, Score | None]] = {
    "cipfa_2018": (cipfa_composite, None),
    "cipfa_flags": (cipfa_flag_count, lambda known: cipfa_flag_count(known) >= FLAGS_NEEDED),
    "grant_thornton_2019": (
        lambda known: -projected_reserves(known),
        lambda known: projected_reserves(known) <= GRANT_THORNTON_FLOOR,
    ),
    "nao_runway": (_minus("reserves_runway_years"), _nao_flagged),
    "unallocated_under_5": (_minus("unallocated_ratio"), _below("unallocated_ratio", 0.05)),
    "unallocated_under_3": (_minus("unallocated_ratio"), _below("unallocated_ratio", 0.03)),
    "reserves_rank": (_minus("reserves_ratio"), None),
    "debt_servicing_rank": (lambda known: _column(known, "debt_servicing_ratio"), None),
}


@lru_cache(maxsize=1)
def rivals() -> tuple[Rival, ...]:
    """Return every rule: first as published, in the order of rivals.toml, then each with upper-tier councils first."""
    text = resources.files("resilience.backtest").joinpath("rivals.toml").read_text("utf-8")
    published = tuple(
        Rival(**entry, score=_RULES[entry["name"]][0], flagged=_RULES[entry["name"]][1])
        for entry in tomllib.loads(text)["rival"]
    )
    twice = tuple(
        replace(
            rival,
            name=rival.name + UPPER_FIRST,
            label=rival.label + ", upper tier first",
            approximated=rival.approximated + " That upper-tier councils come first is this project's addition.",
            upper_first=True,
        )
        for rival in published
        # Without its threshold the 3 % rule is the 5 % rule.
        if rival.name != "unallocated_under_3"
    )
    return published + twice


def rival_scores(known: pd.DataFrame) -> pd.DataFrame:
    """Rank one day's councils by every rule.

    Parameters
    ----------
    known : DataFrame
        From ``riskset.known_on`` (or one origin of ``risk_set``, indexed by ``ons_code``), with all councils in
        being: those with an event behind them are part of a class's range.

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
    return pd.DataFrame(
        {
            rival.name: rival.flagged(known).astype(bool)
            for rival in rivals()
            if rival.flagged is not None and not rival.upper_first
        },
        index=known.index,
    )
