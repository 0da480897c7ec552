"""A council's assessment with figures of its own, beside the one from published figures alone.

The national scales, the weights and the level of the chances stay those of the published run, so no other council
moves. Nothing is stored.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import expit
from scipy.stats import gamma

from resilience.councils import council, resolve
from resilience.councils.lineage import predecessors_of, with_lineage
from resilience.errors import DataError
from resilience.indicators.compute import KEYS, chosen
from resilience.indicators.formulas import REGISTRY, Books
from resilience.model.calibration import JEFFREYS, band_of, intercept_for
from resilience.model.scoring import INTERVAL
from resilience.model.terms import Term, design
from resilience.ownfigures import read_table
from resilience.ownfigures_checks import OwnFigures, check_table
from resilience.pipeline import Run
from resilience.riskset import AT_RISK, CORE, EVENT_ALREADY, NOT_SCORABLE, known_on
from resilience.years import outturn_year_of


@dataclass(frozen=True)
class Step:
    """The assessment with supplied figures up to and including one year.

    Attributes
    ----------
    label : str
        What went in, e.g. "with 2026-27".
    row : Series
        In the form of a row of ``score``: what the council would be listed as.
    terms : DataFrame
        Index term, largest move first: ``label, indicator, published, own`` (the indicator), ``published_year,
        own_year`` (the year each is of), ``term_published, term_own, change`` (log-odds).
    carried : tuple of (str, str)
        Labels of the terms not supplied for the year and the year that their figure is carried forward from.
    neutral : tuple of str
        Labels of the terms without any figure, which therefore stand at the tier's median.
    """

    label: str
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
        The council's row of ``run.scores``.
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


def known_rows(run: Run, code: str) -> pd.DataFrame:
    """Return a council's rows of the panel, lineage included, that were known on the day of the run."""
    if "built" in run.panel.columns:
        rows = run.panel[run.panel["ons_code"] == code]
    elif predecessors_of(code):
        full = with_lineage(run.panel)
        rows = full[full["ons_code"] == code]
    else:
        rows = run.panel[run.panel["ons_code"] == code].assign(built=False, built_from="")
    known = rows[pd.to_datetime(rows["known_from"]) < pd.Timestamp(run.as_of)]
    if known.empty or code not in run.scores.index:
        raise DataError(f"{council(code).council} was not in being, or nothing was published of it, on {run.as_of}.")
    return known.sort_values("year", ignore_index=True)


def read_figures(run: Run, code: str, path: str | Path) -> OwnFigures:
    """Read and check a file of a council's own figures against what is published of it.

    Parameters
    ----------
    run : Run
        From ``pipeline.run``.
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


def with_own_figures(run: Run, code: str, figures: OwnFigures | str | Path) -> OwnAssessment:
    """Assess a council with figures of its own beside the published ones.

    Parameters
    ----------
    run : Run
        From ``pipeline.run``; it is left as it is.
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
    needed = {CORE, *(term.indicator for term in run.model.terms)}
    indicators = own_indicators(run, own, supplied.rows, [name for name in run.indicators if name in needed])
    changed = set(supplied.changes["year"])
    newest_published = min(supplied.future) - 1 if supplied.future else int(supplied.rows["year"].max())
    published = run.scores.loc[own]
    steps = []
    if not supplied.future or changed - set(supplied.future):
        words = "with published years corrected" if changed else "as published"
        steps.append(_step(run, own, indicators[indicators["year"] <= newest_published], words))
    for year in supplied.future:
        steps.append(_step(run, own, indicators[indicators["year"] <= year], f"with {outturn_year_of(year)}"))
    return OwnAssessment(own, str(published["council"]), run.as_of, published, tuple(steps), supplied)


def own_indicators(run: Run, code: str, rows: pd.DataFrame, names: Iterable[str] | None = None) -> pd.DataFrame:
    """Compute indicators of one council's rows, those that look at other councils or publications left as in the run.

    Parameters
    ----------
    run : Run
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
    switches = chosen(run.indicators.attrs.get("switches"))
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


def _step(run: Run, code: str, indicators: pd.DataFrame, label: str) -> Step:
    """Score one council with its own indicators among all the others' published ones."""
    model, attrs = run.model, run.scores.attrs
    known = known_on(indicators, run.as_of)
    row = _not_lost(known.loc[code].copy(), run.scores.loc[code], model.terms)
    # The run's order is kept as it was when it was scored, so that nothing differs in the last digit.
    population = run.scores.reindex(known.index)
    needed = {term.indicator: term for term in model.terms}
    for name in (CORE, "tier", *needed):
        population[name] = population[name].where(population.index != code, row[name])
    scorable = population[population[CORE].notna()]
    features = design(scorable, model.terms, attrs["scales"])[model.names]
    contributions = features * model.weight_vector()
    log_odds = pd.Series(attrs["intercept"] + contributions.to_numpy().sum(axis=1), index=scorable.index)

    parts = [part for part in str(row["carried"]).split("; ") if part.split(" ")[0] in needed]
    row["carried"] = "; ".join(parts)
    status = AT_RISK if code in scorable.index else NOT_SCORABLE
    row["status"] = EVENT_ALREADY if run.scores.at[code, "status"] == EVENT_ALREADY else status
    for name in ("log_odds", "risk", "risk_low", "risk_high", "rank"):
        row[name] = np.nan
    if row["status"] == AT_RISK:
        risks = run.scores["risk"].astype(float).reindex(known.index)
        risks[code] = expit(log_odds)[code]
        row["log_odds"], row["risk"] = log_odds[code], risks[code]
        row["rank"] = int(risks.rank(ascending=False, method="first")[code])
        if not np.isnan(run.scores["risk_low"].astype(float)).all():
            low, high = _interval(run, code, features)
            row["risk_low"], row["risk_high"] = min(low, row["risk"]), max(high, row["risk"])
    row["band"] = band_of(row["risk"])
    row["event_date"], row["event_type"] = run.scores.loc[code, ["event_date", "event_type"]]
    for name in model.names:
        row[f"term: {name}"] = contributions.at[code, name] if code in contributions.index else np.nan
    neutral = tuple(
        term.label for term in model.terms if row["tier"] in term.tiers and np.isnan(float(row[term.indicator]))
    )
    carried = tuple((needed[name].label, year) for name, year in (part.rsplit(" ", 1) for part in parts))
    return Step(label, row, _terms(run, run.scores.loc[code], row), carried, neutral)


def _not_lost(row: pd.Series, published: pd.Series, terms: Iterable[Term]) -> pd.Series:
    """Keep the published assessment's figure where a plan looks too far ahead for the line to be carried to it.

    Otherwise leaving a line out of a plan would move the chance to the median's, and look like an improvement.
    """
    for term in terms:
        if pd.isna(row[term.indicator]) and not pd.isna(published[term.indicator]):
            row[term.indicator] = published[term.indicator]
            part = f"{term.indicator} {year_of_indicator(published, term.indicator)}"
            row["carried"] = "; ".join(filter(None, [str(row["carried"]), part]))
    return row


def _interval(run: Run, code: str, features: pd.DataFrame) -> tuple[float, float]:
    """Return the ends of a council's interval; the draws' levels are those of the published population."""
    model, scores = run.model, run.scores
    published = features.copy()
    if scores.at[code, "status"] == NOT_SCORABLE:
        published = published.drop(index=code)
    else:
        published.loc[code] = design(scores.loc[[code]], model.terms, scores.attrs["scales"])[model.names].loc[code]
    at_risk = (scores["status"].reindex(published.index) == AT_RISK).to_numpy()
    rates = gamma.ppf(np.clip(model.rate_draws, 1e-6, 1 - 1e-6), scores.attrs["base_rate"].events + JEFFREYS)
    without = model.draws @ published.to_numpy().T
    intercepts = intercept_for(without[:, at_risk], rates * model.horizon / 12)
    drawn = expit(intercepts[:, None] + model.draws @ features.to_numpy().T)
    low, high = np.quantile(drawn[:, features.index.get_loc(code)], INTERVAL)
    return float(low), float(high)


def _terms(run: Run, published: pd.Series, own: pd.Series) -> pd.DataFrame:
    """Put each term of the two assessments side by side."""
    rows = []
    for term in run.model.terms:
        if own["tier"] not in term.tiers:
            continue
        before, after = (float(row[f"term: {term.name}"]) for row in (published, own))
        rows.append(
            {
                "term": term.name,
                "label": term.label,
                "indicator": term.indicator,
                "published": float(published[term.indicator]),
                "own": float(own[term.indicator]),
                "published_year": year_of_indicator(published, term.indicator),
                "own_year": year_of_indicator(own, term.indicator),
                "term_published": before,
                "term_own": after,
                "change": after - before,
            }
        )
    table = pd.DataFrame(rows).set_index("term")
    return table.loc[table["change"].abs().sort_values(ascending=False, kind="stable").index]


def year_of_indicator(row: pd.Series, indicator: str) -> str:
    """Return the financial year that a figure in a row of ``score`` is of, "" where it has none."""
    if pd.isna(row[indicator]):
        return ""
    for part in str(row["carried"]).split("; "):
        if part.split(" ")[0] == indicator:
            return part.rsplit(" ", 1)[1]
    return str(row["outturn_year"])
