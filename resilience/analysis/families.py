"""The five bars of one council: what each family comes to and adds to the log-odds, and each indicator's share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit

from resilience.analysis.evidence import evidence
from resilience.analysis.figures import with_kind
from resilience.model.risk_set import AT_RISK
from resilience.model.scoring import ScoredDay
from resilience.years import outturn_year_of


@dataclass(frozen=True)
class Standing:
    """One family of one council in brief.

    Attributes
    ----------
    family, label : str
    spreads : float
        As in `family_bars`; missing without a figure.
    year : int
        The calendar year in which the year of its oldest figure ends; 0 without a figure.
    carried : bool
        Whether a figure is of an older year than the council's newest.
    second_hand : bool
        Whether a figure is from an interim table.
    """

    family: str
    label: str
    spreads: float
    year: int
    carried: bool
    second_hand: bool


def in_brief(scored: ScoredDay, code: str) -> tuple[Standing, ...]:
    """Return a council's families in the model's order; of a council that cannot be scored, without a figure each."""
    known, placed, tier = scored.known, scored.placed, scored.table.at[code, "tier"]
    newest, kinds = known.newest(code) or 0, known.own(code)["source_kind"]
    found = []
    for family in scored.model.families:
        there = code in placed.families.index and not placed.without_figure.at[code, family.name]
        years = [known.year_of(code, term.indicator) for term in family.in_tier(tier)] if there else []
        years = [year for year in years if year]
        found.append(
            Standing(
                family.name,
                family.label,
                float(placed.families.at[code, family.name]) if there else np.nan,
                min(years, default=0),
                any(year < newest for year in years),
                any(kinds[year] == "interim" for year in years),
            )
        )
    return tuple(found)


def family_bars(scored: ScoredDay, code: str) -> pd.DataFrame:
    """Return each family's part in a council's score, the largest first.

    Parameters
    ----------
    scored : ScoredDay
    code : str
        ONS code of a council in being on the day.

    Returns
    -------
    DataFrame
        Index family: ``label, asks``; ``spreads`` (its value, cut off and multiplied), ``log_odds`` (missing where no
        chance is given), ``chance_from, chance_to, points`` (adding the families one after another in this order,
        beginning at the tier's median council), ``weight`` (log-odds a spread), ``reliability`` (what the value was
        multiplied by), ``without_figure`` and ``at_limit`` (cut off). The reference and ``log_odds`` add up to the
        council's log-odds.
    """
    row, model, placed = scored.table.loc[code], scored.model, scored.placed
    there = code in placed.families.index
    rows = [
        {
            "family": family.name,
            "label": family.label,
            "asks": family.asks,
            "spreads": float(placed.families.at[code, family.name]) if there else np.nan,
            "log_odds": float(scored.families.at[code, family.name]),
            "weight": model.weights[family.name],
            "reliability": float(placed.reliability.at[code, family.name]) if there else np.nan,
            "without_figure": bool(placed.without_figure.at[code, family.name]) if there else False,
            "at_limit": bool(placed.cut.at[code, family.name]) if there else False,
        }
        for family in model.families
    ]
    table = in_order(pd.DataFrame(rows).set_index("family"))
    if row["status"] != AT_RISK:
        table = table.assign(log_odds=np.nan, at_limit=False)
    return chance_path(table, scored.reference(row["tier"]))


def contributions(scored: ScoredDay, code: str, *, run: ScoredDay | None = None) -> pd.DataFrame:
    """Return each indicator's contribution with its figure, the largest first.

    Without a score (the council is not at risk) the contributions are missing and only the figures are given.

    Parameters
    ----------
    scored : ScoredDay
    code : str
    run : ScoredDay, optional
        The day that has the panel, where `scored` is a past list, which keeps none.

    Returns
    -------
    DataFrame
        Index term: ``label, indicator, family, value, outturn_year, second_hand, transcribed, median`` (the figure of
        the tier's median council), ``spreads`` (its share of the family's value), ``log_odds``, ``chance_from,
        chance_to, points`` (adding them one after another in this order), ``evidence`` (`Evidence`), ``carried``
        (whether the figure is of an older year than the council's newest), ``at_limit`` (its family is cut off here)
        and ``applies``.
    """
    row, model, placed = scored.table.loc[code], scored.model, scored.placed
    there, has_chance = code in placed.parts.index, row["status"] == AT_RISK
    medians = scored.scale.medians(model.terms, row["tier"])
    ages = scored.known.ages.loc[code]
    rows = []
    for term in model.terms:
        amount = float(scored.contributions.at[code, term.name])
        applies = row["tier"] in term.tiers
        seen = with_kind(run or scored, code, evidence(scored.known, code, term.indicator, medians[term.name]))
        family = model.family_of(term.name).name
        at_limit = applies and amount and has_chance and bool(placed.cut.at[code, family])
        rows.append(
            {
                "term": term.name,
                "label": term.label,
                "indicator": term.indicator,
                "value": seen.value,
                "outturn_year": outturn_year_of(seen.year) if seen.year else "",
                "second_hand": seen.second_hand,
                "transcribed": seen.transcribed,
                "median": seen.median,
                "log_odds": amount if applies else 0.0,
                "evidence": seen,
                "family": family,
                "spreads": float(placed.parts.at[code, term.name]) if there else np.nan,
                "carried": bool(ages[term.indicator] > 0),
                "at_limit": bool(at_limit),
                "applies": applies,
            }
        )
    table = in_order(pd.DataFrame(rows).set_index("term"))
    return chance_path(table if has_chance else table.assign(log_odds=np.nan), scored.reference(row["tier"]))


def in_order(table: pd.DataFrame) -> pd.DataFrame:
    """Put parts of a sum in the order of their size, the largest first."""
    return table.reindex(table["log_odds"].abs().sort_values(ascending=False, kind="stable").index)


def chance_path(table: pd.DataFrame, start: float) -> pd.DataFrame:
    """Turn log-odds into chances, one row after another from the start."""
    levels = start + np.r_[0.0, np.cumsum(table["log_odds"].to_numpy(dtype=float))]
    chances = expit(levels)
    return table.assign(chance_from=chances[:-1], chance_to=chances[1:], points=np.diff(chances))
