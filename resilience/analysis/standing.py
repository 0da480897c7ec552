"""Where a council's figures stand among its like, and what other definitions would make of them; once for a day."""

from __future__ import annotations

import pandas as pd

from resilience.analysis.characteristics import deprivation_known
from resilience.analysis.neighbours import neighbour_table
from resilience.errors import DataError
from resilience.indicators.comparisons import percentiles
from resilience.indicators.compute import SWITCHES, compute_indicators
from resilience.indicators.known import CARRY_YEARS, OLDEST_RETURN_YEARS
from resilience.model.scoring import ScoredDay


def class_percentiles(scored: ScoredDay) -> pd.DataFrame:
    """Return percentiles by class and year, 100 the worst, on the index of ``scored.known.rows``."""
    return scored.once("class percentiles", lambda: percentiles(scored.known.rows, by="class"))


def neighbours_known(scored: ScoredDay) -> dict[str, list[str]]:
    """Return every council's statistical neighbours, the nearest first, by the newest original outturn known.

    Empty where that is too early for the characteristics they are found by.
    """

    def make() -> dict[str, list[str]]:
        rows = scored.known.rows
        try:
            table = neighbour_table(
                int(rows.loc[rows["source_kind"] == "original", "year"].max()),
                deprivation=deprivation_known(scored.as_of),
            )
        except DataError:
            return {}
        return {str(code): list(near) for code, near in table.groupby("ons_code")["neighbour"]}

    return scored.once("neighbours", make)


def neighbour_percentiles(scored: ScoredDay) -> pd.DataFrame:
    """Return percentiles among the statistical neighbours, on the index of the last years of ``scored.known.rows``."""

    def make() -> pd.DataFrame:
        rows = scored.known.rows
        last = rows[rows["year"] >= scored.as_of.year - OLDEST_RETURN_YEARS]
        return percentiles(last, by="neighbours", neighbours=neighbours_known(scored))

    return scored.once("neighbour percentiles", make)


def switched(scored: ScoredDay) -> dict[str, pd.DataFrame]:
    """Return the last years' indicators by council and year with one definition switched from its default, each."""

    def make() -> dict[str, pd.DataFrame]:
        panel = scored.known_panel
        # Changes over three years look back on figures that are themselves three years old.
        rows = panel[panel["year"] >= scored.as_of.year - OLDEST_RETURN_YEARS - 2 * CARRY_YEARS]
        return {
            name: compute_indicators(rows, switches={name: not default}).set_index(["ons_code", "year"])
            for name, (default, _) in SWITCHES.items()
        }

    return scored.once("switched", make)
