"""What is shown of councils set side by side: the figures of each, and the median of its class."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from resilience.analysis.evidence import Evidence, evidence
from resilience.analysis.figures import with_kind
from resilience.indicators.comparisons import UNLIKE_OTHERS
from resilience.indicators.definitions import load_definitions
from resilience.model.scoring import ScoredDay

#: Shown beside what the score rests on: how large a council is, and what its score leaves out and readers ask for.
ALSO = ("net_revenue_expenditure", "gross_debt_ratio", "dsg_deficit_ratio")
#: No median is given of fewer councils.
FEWEST = 8


@dataclass(frozen=True, eq=False)
class Comparison:
    """The figures of every council, as known on a day.

    Attributes
    ----------
    figures : dict of str to dict of str to Evidence
        Council → indicator → its figure; an indicator that is not asked of its class is not there.
    medians : DataFrame
        Index class, a column an indicator: the median of the figures shown, of whatever year each is, without the
        councils that compare with no other; missing of fewer than ``FEWEST``.
    """

    figures: dict[str, dict[str, Evidence]]
    medians: pd.DataFrame


def comparison(scored: ScoredDay) -> Comparison:
    """Return what can be set side by side of every council in being, worked out once for a day.

    Parameters
    ----------
    scored : ScoredDay
        From ``method.run``.
    """
    return scored.once("comparison", lambda: _comparison(scored))


def _comparison(scored: ScoredDay) -> Comparison:
    terms = [term.indicator for term in scored.model.terms]
    definitions = load_definitions()
    figures = {
        str(code): {
            name: with_kind(
                scored,
                str(code),
                evidence(scored.known, str(code), name) if name in terms else _last(scored, str(code), name),
            )
            for name in (*terms, *ALSO)
            if class_ in definitions[name].classes
        }
        for code, class_ in scored.table["class"].items()
    }
    values = pd.DataFrame({code: {name: one.value for name, one in own.items()} for code, own in figures.items()}).T
    alike = values[~values.index.isin(UNLIKE_OTHERS)]
    groups = alike.groupby(scored.table["class"].reindex(alike.index))
    return Comparison(figures, groups.median().where(groups.count() >= FEWEST))


def _last(scored: ScoredDay, code: str, name: str) -> Evidence:
    """Return a figure the score does not use, of the year a council's page shows."""
    year, own = scored.known.shown_year(code, name), scored.known.own(code)
    if not year:
        return Evidence(name, np.nan, 0)
    return Evidence(name, float(own.at[year, name]), year, built=bool(own.at[year, "built"]))
