"""One council scored with its own figures up to a year, on the scale of the published list."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from resilience.analysis.families import family_bars
from resilience.analysis.own_figures.carried import set_anew
from resilience.indicators.known import CORE, KnownFigures, councils_on, known_on
from resilience.model.bands import band_at
from resilience.model.risk_set import AT_RISK
from resilience.model.scoring import ScoredDay, score
from resilience.years import outturn_year_of


@dataclass(frozen=True)
class Step:
    """The assessment with supplied figures up to and including one year.

    Attributes
    ----------
    kind : str
        What went in: a "year" to come, "corrected" published years, or nothing ("as published").
    outturn_year : str
        That year, "" of the other kinds.
    row : Series
        In the form of a row of ``score``: what the council would be listed as.
    terms : DataFrame
        Index term, largest move first: ``label, indicator, published, own`` (the indicator), ``published_year,
        own_year`` (the year each is of), ``term_published, term_own, change`` (log-odds).
    carried : tuple of (str, str)
        Labels of the terms not supplied for the year and the year that their figure is carried forward from.
    neutral : tuple of str
        Labels of the terms without any figure, which therefore are left out of their family.
    bars : DataFrame
        The five families, from ``analysis.families.family_bars``; empty where the council cannot be scored.
    reserves_rank : int
        The place it would have by plain reserves; 0 where it has none.
    anew : tuple of str
        Labels of the carried terms that were set over the year's own reserves or net revenue expenditure.
    """

    kind: str
    outturn_year: str
    row: pd.Series
    terms: pd.DataFrame
    carried: tuple[tuple[str, str], ...]
    neutral: tuple[str, ...]
    bars: pd.DataFrame
    reserves_rank: int
    anew: tuple[str, ...]


def step_of(run: ScoredDay, code: str, indicators: pd.DataFrame, kind: str, outturn_year: str = "") -> Step:
    """Score one council with its own indicators on the scale of all the others' published ones."""
    model, being = run.model, councils_on(run.as_of)
    known, anew = set_anew(known_on(indicators, run.as_of, councils=being.loc[[code]]), run.known, code, model.terms)
    # A line that a plan does not speak of is as stale as it is published, or silence would look like an improvement.
    ages = known.ages.clip(upper=run.known.ages.loc[[code], known.ages.columns])
    scored = score(model, known, run.events, scale=run.scale, ages=ages)
    row = scored.table.loc[code].copy()
    if row["status"] == AT_RISK:
        row["rank"] = run.place_of(float(row["risk"]), without=code)
        row["band"] = band_at(row["rank"])
    labels = {term.indicator: term.label for term in model.terms}
    carried = known.carried(code, labels)
    neutral = tuple(
        term.label for term in model.terms if row["tier"] in term.tiers and np.isnan(float(row[term.indicator]))
    )
    return Step(
        kind,
        outturn_year,
        row,
        _terms(run, scored, code),
        tuple((labels[name], outturn_year_of(year)) for name, year in carried.items()),
        neutral,
        family_bars(scored, code),
        reserves_place(run, code, float(row[CORE])) if row["status"] == AT_RISK else 0,
        tuple(labels[name] for name in anew),
    )


def reserves_place(run: ScoredDay, code: str, share: float) -> int:
    """Return the rank by plain reserves that a council would have with such a share of net revenue expenditure."""
    others = run.at_risk[CORE].drop(code, errors="ignore").astype(float)
    return 1 + int((others < share).sum())


def _terms(run: ScoredDay, own: ScoredDay, code: str) -> pd.DataFrame:
    """Put each term of the two assessments side by side."""
    rows = []
    for term in run.model.terms:
        if own.table.at[code, "tier"] not in term.tiers:
            continue
        before, after = (float(day.contributions.at[code, term.name]) for day in (run, own))
        rows.append(
            {
                "term": term.name,
                "label": term.label,
                "indicator": term.indicator,
                "published": float(run.table.at[code, term.indicator]),
                "own": float(own.table.at[code, term.indicator]),
                "published_year": _year(run.known, code, term.indicator),
                "own_year": _year(own.known, code, term.indicator),
                "term_published": before,
                "term_own": after,
                "change": after - before,
            }
        )
    table = pd.DataFrame(rows).set_index("term")
    return table.loc[table["change"].abs().sort_values(ascending=False, kind="stable").index]


def _year(known: KnownFigures, code: str, indicator: str) -> str:
    year = known.year_of(code, indicator)
    return outturn_year_of(year) if year else ""
