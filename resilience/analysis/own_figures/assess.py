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

from resilience.analysis.own_figures.checks import OwnFigures, check_table
from resilience.analysis.own_figures.cushion import Cushion, cushion
from resilience.analysis.own_figures.faults import Faults
from resilience.analysis.own_figures.read import read_table
from resilience.analysis.own_figures.step import Step, step_of
from resilience.councils import council, resolve
from resilience.errors import DataError
from resilience.indicators.compute import KEYS, chosen
from resilience.indicators.formulas import REGISTRY, Books
from resilience.indicators.known import CORE, SIZE
from resilience.model.scoring import ScoredDay
from resilience.years import outturn_year_of


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
    cushion : Cushion
        How long the reserves last.
    """

    ons_code: str
    council: str
    as_of: object
    published: pd.Series
    steps: tuple[Step, ...]
    figures: OwnFigures
    cushion: Cushion

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
    FaultyFigures
        Every fault at once, a sentence each: file, sheet, row, column, what was expected, what to do.
    DataError
        If the file is no such table, or another council's.
    """
    own = resolve(code, on=run.as_of)
    faults = Faults(Path(path).name)
    return check_table(read_table(path, own, faults), known_rows(run, own), run.as_of, faults)


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
        steps.append(step_of(run, own, indicators[indicators["year"] <= newest_published], kind))
    for year in supplied.future:
        steps.append(step_of(run, own, indicators[indicators["year"] <= year], "year", outturn_year_of(year)))
    return OwnAssessment(
        own, str(published["council"]), run.as_of, published, tuple(steps), supplied, cushion(supplied, run.switches)
    )


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
