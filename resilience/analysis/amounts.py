"""A council's amounts behind its main ratios, in £ thousand, each with the year the score takes it from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from resilience.indicators.compute import chosen
from resilience.indicators.formulas import Books
from resilience.indicators.formulas.debt import interest_payable
from resilience.indicators.formulas.reserves import usable_reserves
from resilience.model.scoring import ScoredDay

#: Amount → the indicator whose year the score takes it from.
BEHIND = {
    "net_revenue_expenditure": "net_revenue_expenditure",
    "usable_reserves": "reserves_ratio",
    "interest_payable": "interest_to_reserves",
}


@dataclass(frozen=True)
class Amount:
    """An amount of one council.

    Attributes
    ----------
    value : float
        £ thousand, as published for its year; missing where there is none.
    year : int
        The calendar year in which its financial year ends; 0 where missing.
    second_hand : bool
        Whether it comes from an interim table.
    """

    value: float = np.nan
    year: int = 0
    second_hand: bool = False


def amounts(scored: ScoredDay, code: str) -> dict[str, Amount]:
    """Return the amounts of ``BEHIND`` for a council, as known on the day.

    Parameters
    ----------
    scored : ScoredDay
        From ``method.run``.
    code : str
        ONS code of a council in being on the day.
    """
    table = scored.once("amounts", lambda: _table(scored))
    result = {}
    for name, indicator in BEHIND.items():
        year = scored.known.year_of(code, indicator)
        if not year or (code, year) not in table.index:
            result[name] = Amount()
            continue
        row = table.loc[(code, year)]
        result[name] = Amount(float(row[name]), year, row["source_kind"] == "interim")
    return result


def _table(scored: ScoredDay) -> pd.DataFrame:
    """Return the amounts of every council and year known on the day."""
    books = Books(scored.known_panel.reset_index(drop=True), chosen(scored.switches))
    found = books.frame[["ons_code", "year", "source_kind"]].assign(
        net_revenue_expenditure=books.net_revenue_expenditure,
        usable_reserves=usable_reserves(books),
        interest_payable=interest_payable(books),
    )
    return found.set_index(["ons_code", "year"])
