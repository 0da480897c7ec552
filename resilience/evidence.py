"""A council's figure as known on a day, with the year it is of and how it compares."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from resilience.indicators.groups import UNLIKE_OTHERS
from resilience.riskset import CARRY_YEARS, CORE, OLDEST_RETURN_YEARS

#: How many years a comparison looks back.
BACK = 3
#: The bound of the runway indicator: reserves that are not falling last this many years.
NOT_FALLING = 20.0


@dataclass(frozen=True)
class Evidence:
    """A council's figure of an indicator, as known on a day.

    Attributes
    ----------
    indicator : str
    value : float
        Missing where the council has published none of late.
    year : int
        The calendar year in which its financial year ends; 0 where missing.
    second_hand, built : bool
        Whether it comes from an interim table, or was added up from predecessors.
    lower, higher : float
        Shares of the other councils of its class with a lower, and a higher, figure that year.
    others : int
        How many these are.
    earlier : float
        The council's own figure three years before, missing where there is none.
    earlier_built : bool
        Whether that one was added up from predecessors.
    median : float
        The figure of the tier's median council on the day, against which the model measures.
    """

    indicator: str
    value: float
    year: int
    second_hand: bool = False
    built: bool = False
    lower: float = np.nan
    higher: float = np.nan
    others: int = 0
    earlier: float = np.nan
    earlier_built: bool = False
    median: float = np.nan


class Figures:
    """The figures known on a day, laid out for looking up one council or one class and year at a time."""

    def __init__(self, table: pd.DataFrame) -> None:
        table = table.copy()
        table.attrs = {}  # pandas copies them deeply at every step
        self.table = table
        self._newest: dict[tuple[str, date], int | None] = {}
        self._councils = {code: rows.set_index("year").sort_index() for code, rows in table.groupby("ons_code")}
        real = table[~table["built"].astype(bool) & ~table["ons_code"].isin(UNLIKE_OTHERS)]
        self._groups = {key: rows.set_index("ons_code") for key, rows in real.groupby(["class", "year"])}

    def own(self, code: str, on: date | None = None) -> pd.DataFrame:
        """Return a council's rows by year, the oldest first; those known before a day where one is given."""
        rows = self._councils.get(code)
        if rows is None:
            return self.table.head(0).set_index("year")
        if on is None or rows["known_from"].max() < pd.Timestamp(on):
            return rows
        return rows[rows["known_from"] < pd.Timestamp(on)]

    def others(self, code: str, class_: str, year: int, indicator: str) -> np.ndarray:
        """Return the indicator in the other councils of a class in a year."""
        rows = self._groups.get((class_, year))
        if rows is None:
            return np.array([])
        values = rows[indicator].to_numpy(dtype=float)[rows.index != code]
        return values[~np.isnan(values)]

    def newest(self, code: str, on: date) -> int | None:
        """Return the newest year known with what every score needs, by the rule of ``riskset.known_on``."""
        if (code, on) not in self._newest:
            own = self.own(code, on)
            complete = own.index[own[CORE].notna() & (own.index >= on.year - OLDEST_RETURN_YEARS)]
            self._newest[code, on] = int(complete[-1]) if len(complete) else None
        return self._newest[code, on]


def evidence(figures: Figures, code: str, indicator: str, on: date, median: float = np.nan) -> Evidence:
    """Return a council's last figure of an indicator known on a day, by the same rule as ``riskset.known_on``."""
    newest = figures.newest(code, on)
    own = figures.own(code, on)
    if newest is None or indicator not in own:
        return Evidence(indicator, np.nan, 0)
    there = own.index[own[indicator].notna() & (own.index <= newest) & (own.index >= newest - CARRY_YEARS)]
    if not len(there):
        return Evidence(indicator, np.nan, 0)
    year = int(there[-1])
    value = float(own.at[year, indicator])
    others = figures.others(code, own.at[year, "class"], year, indicator)
    back = year - BACK if year - BACK in own.index else None
    return Evidence(
        indicator,
        value,
        year,
        second_hand=own.at[year, "source_kind"] == "interim",
        built=bool(own.at[year, "built"]),
        lower=float((others < value).mean()) if len(others) else np.nan,
        higher=float((others > value).mean()) if len(others) else np.nan,
        others=len(others),
        earlier=float(own.at[back, indicator]) if back is not None else np.nan,
        earlier_built=bool(own.at[back, "built"]) if back is not None else False,
        median=median,
    )
