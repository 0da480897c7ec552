"""A council's assessment with figures of its own, beside the one from published figures alone.

The national scales, the weights and the level of the chances stay those of the published run, so no other council
moves. Nothing is stored.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from resilience.analysis.own_figures.checks import OwnFigures, check_table
from resilience.analysis.own_figures.read import read_table
from resilience.councils import council, resolve
from resilience.errors import DataError
from resilience.indicators.compute import KEYS, chosen
from resilience.indicators.formulas import REGISTRY, Books
from resilience.indicators.known import CORE, SIZE, KnownFigures, councils_on, known_on
from resilience.model.bands import band_at
from resilience.model.families import Term
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
    """

    kind: str
    outturn_year: str
    row: pd.Series
    terms: pd.DataFrame
    carried: tuple[tuple[str, str], ...]
    neutral: tuple[str, ...]


@dataclass(frozen=True)
class OwnAssessment:
    """Published figures alone, beside the same with own figures.

    Attributes
    ----------
    ons_code, council : str
    as_of : date
    published : Series
        The council's row of ``run.table``.
    steps : tuple of Step
        One for corrections of published years (or where nothing differs), then one a year to come.
    figures : OwnFigures
        What was supplied and differs.
    """

    ons_code: str
    council: str
    as_of: object
    published: pd.Series
    steps: tuple[Step, ...]
    figures: OwnFigures

    @property
    def own(self) -> pd.Series:
        """The council's row with everything supplied."""
        return self.steps[-1].row


def known_rows(run: ScoredDay, code: str) -> pd.DataFrame:
    """Return a council's rows of the panel, lineage included, that were known on the day of the run."""
    known = run.known_panel[run.known_panel["ons_code"] == code]
    if known.empty or code not in run.table.index:
        raise DataError(f"{council(code).council} was not in being, or nothing was published of it, on {run.as_of}.")
    return known.sort_values("year", ignore_index=True)


def read_figures(run: ScoredDay, code: str, path: str | Path) -> OwnFigures:
    """Read and check a file of a council's own figures against what is published of it.

    Parameters
    ----------
    run : ScoredDay
        From ``method.run``.
    code : str
        The council, by any code or name.
    path : path
        A filled-in template, .csv or .xlsx.

    Raises
    ------
    DataError
        In one sentence: file, sheet, row, column, what was expected, what to do.
    """
    own = resolve(code, on=run.as_of)
    return check_table(read_table(path, own), known_rows(run, own), run.as_of)


def with_own_figures(run: ScoredDay, code: str, figures: OwnFigures | str | Path) -> OwnAssessment:
    """Assess a council with figures of its own beside the published ones.

    Parameters
    ----------
    run : ScoredDay
        From ``method.run``; it is left as it is.
    code : str
        The council, by any code or name.
    figures : OwnFigures or path
        From :func:`read_figures`, or the file itself.

    Returns
    -------
    OwnAssessment

    Raises
    ------
    DataError
        If the figures are another council's, or the file fails a check.
    """
    own = resolve(code, on=run.as_of)
    supplied = figures if isinstance(figures, OwnFigures) else read_figures(run, own, figures)
    if supplied.ons_code != own:
        raise DataError(f"{supplied.file} holds figures of {council(supplied.ons_code).council}; give its own file.")
    needed = {CORE, SIZE, *(term.indicator for term in run.model.terms)}
    indicators = own_indicators(run, own, supplied.rows, [name for name in run.indicators if name in needed])
    changed = set(supplied.changes["year"])
    newest_published = min(supplied.future) - 1 if supplied.future else int(supplied.rows["year"].max())
    published = run.table.loc[own]
    steps = []
    if not supplied.future or changed - set(supplied.future):
        kind = "corrected" if changed else "as published"
        steps.append(_step(run, own, indicators[indicators["year"] <= newest_published], kind))
    for year in supplied.future:
        steps.append(_step(run, own, indicators[indicators["year"] <= year], "year", outturn_year_of(year)))
    return OwnAssessment(own, str(published["council"]), run.as_of, published, tuple(steps), supplied)


def own_indicators(run: ScoredDay, code: str, rows: pd.DataFrame, names: Iterable[str] | None = None) -> pd.DataFrame:
    """Compute indicators of one council's rows, those that look at other councils or publications left as in the run.

    Parameters
    ----------
    run : ScoredDay
    code : str
    rows : DataFrame
        The council's rows of the panel with its own figures in (``OwnFigures.rows``).
    names : iterable of str, optional
        The indicators wanted; by default all.

    Returns
    -------
    DataFrame
        In the form of ``compute_indicators``, one row a year.
    """
    switches = chosen(run.switches)
    published = run.indicators[run.indicators["ons_code"] == code].set_index("year")
    frames = [known_rows(run, code), rows.reset_index(drop=True)]
    base, mine = (Books(frame, switches) for frame in frames)
    years = frames[1]["year"]
    keys = frames[1].assign(tier=np.where(frames[1]["class"] == "SD", "lower", "upper"))
    values: dict[str, pd.Series] = {name: keys[name] for name in KEYS}
    as_was = frames[1]["source_kind"].ne("own")
    values["flags"] = keys["flags"].where(~as_was, years.map(published["flags"]))
    values |= {name: years.map(published[name]) for name in published if name.startswith("known_from_")}
    for name in REGISTRY if names is None else names:
        there = published[name].reindex(frames[0]["year"]).to_numpy(dtype=float)
        alike = np.array_equal(REGISTRY[name](base).to_numpy(dtype=float), there, equal_nan=True)
        values[name] = REGISTRY[name](mine) if alike else years.map(published[name])
    return pd.DataFrame(values)


def _step(run: ScoredDay, code: str, indicators: pd.DataFrame, kind: str, outturn_year: str = "") -> Step:
    """Score one council with its own indicators on the scale of all the others' published ones."""
    model, being = run.model, councils_on(run.as_of)
    known = _not_lost(known_on(indicators, run.as_of, councils=being.loc[[code]]), run.known, code, model.terms)
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
    )


def _not_lost(own: KnownFigures, published: KnownFigures, code: str, terms: Iterable[Term]) -> KnownFigures:
    """Keep the published assessment's figure where a plan looks too far ahead for the line to be carried to it.

    Otherwise leaving a line out of a plan would move the chance to the median's, and look like an improvement.
    """
    table, years = own.table.copy(), own.years.copy()
    for term in terms:
        name = term.indicator
        if pd.isna(table.at[code, name]) and not pd.isna(published.table.at[code, name]):
            table.at[code, name], years.at[code, name] = published.table.at[code, name], published.years.at[code, name]
    return replace(own, table=table, years=years)


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
