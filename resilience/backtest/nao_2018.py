"""What the National Audit Office said of reserves in 2018, set beside two rules that could have said it.

Its Figure 24 is not at hand; statements made of it are (rivals.toml). Reserves at 31 March 2017 over one year's use, or
over the average of three years' (`reserves_runway_years`): the one under which the statements come out is its rule.
"""

from __future__ import annotations

import pandas as pd

from resilience.backtest.rival_rules import column, years_at_last_use
from resilience.backtest.rivals import entries, in_population
from resilience.errors import DataError

#: The year the NAO looked at, 2016-17.
YEAR = 2017


def nao_comparison(indicators: pd.DataFrame) -> pd.DataFrame:
    """Work out every statement of the NAO's under both rules.

    Parameters
    ----------
    indicators : DataFrame
        From ``compute_indicators``.

    Returns
    -------
    DataFrame
        One row a statement, in the order of rivals.toml: its entries (``said, source, url, population, years, unit,
        low, high, bounds``), and for each rule, ``one`` year and ``three``: ``…_councils`` gone within those years,
        ``…_of`` with figures, ``…_figure`` in the statement's unit, ``…_agrees``, and ``…_sooner``, the councils gone
        within a year less.

    Raises
    ------
    DataError
        If the figures of 2016-17 are not there.
    """
    rows = indicators[(indicators["year"] == YEAR) & ~indicators["built"].astype(bool)].set_index("ons_code")
    if rows.empty:
        raise DataError("The figures of 2016-17 are missing; give the indicators of the whole panel.")
    rules = {"one": years_at_last_use(rows), "three": column(rows, "reserves_runway_years")}
    table = pd.DataFrame(entries("nao_2018"))
    for name, left in rules.items():
        found = [_figure(left[in_population(rows, one["population"])], one) for one in entries("nao_2018")]
        for key in found[0]:
            table[f"{name}_{key}"] = [one[key] for one in found]
    return table


def _figure(left: pd.Series, statement: dict) -> dict[str, float | int | bool]:
    """Count the councils whose reserves are gone within a statement's years, and say whether that is what it says."""
    gone, of = int((left < statement["years"]).sum()), int(left.notna().sum())
    figure = gone / of if statement["unit"] == "share" else gone
    agrees = statement["low"] <= figure <= statement["high"]
    sooner = int((left < statement["years"] - 1).sum())
    return {"councils": gone, "of": of, "figure": figure, "agrees": agrees, "sooner": sooner}
