"""What was known on a day: the one place that knows "known on a date", "carried forward" and "newest".

A figure is known on a day if the publication it stands in came out before that day. The newest year of a council is
the last one known with net revenue expenditure and reserves. An indicator that this year lacks is the council's own
last figure of at most three years before (never another council's): it is carried forward, and every answer says from
which year. A carried ratio keeps its own year's net revenue expenditure below the line unless that has moved by more
than a third since: then its amount is set over the newest one, and ``rebased`` says so.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd

from resilience.councils import load_councils
from resilience.indicators.comparisons import UNLIKE_OTHERS
from resilience.indicators.compute import KEYS
from resilience.indicators.definitions import by_source, load_definitions
from resilience.years import Day, day_of, outturn_year_of

#: A council whose last complete return is older than this many years on the day cannot be scored.
OLDEST_RETURN_YEARS = 4
#: A single line missing from the newest year is carried forward from at most this many years before it.
CARRY_YEARS = 3
#: A carried ratio is rebased where net revenue expenditure has grown or shrunk by more than this since its own year.
REBASE_BEYOND = 1 / 3
#: Without these nothing can be said of a council.
CORE = "reserves_ratio"
#: Why a council cannot be scored: no complete return is known that is new enough, or no council compares with it.
NO_FIGURES, NO_LIKE = "no return", "no comparable council"
#: What a carried ratio is set over anew.
SIZE = "net_revenue_expenditure"


def published_before(frame: pd.DataFrame, day: date, column: str = "known_from") -> pd.Series:
    """Say which rows of a table came out before a day; a row without a date did not."""
    return pd.to_datetime(frame[column]) < pd.Timestamp(day)


def rows_known_on(indicators: pd.DataFrame, day: date) -> pd.DataFrame:
    """Return the rows known on a day, figures of other publications that came out later blanked.

    Parameters
    ----------
    indicators : DataFrame
        From ``compute_indicators``. An indicator from a publication other than the outturn counts only where that too
        came out before the day (``known_from_…``).
    day : date
    """
    rows = indicators[published_before(indicators, day)].copy()
    for source, names in by_source().items():
        column = f"known_from_{source}"
        if column in rows:
            late = ~published_before(rows, day, column).to_numpy()
            rows.loc[late, [name for name in names if name in rows]] = np.nan
    return rows


def newest_original_year(panel: pd.DataFrame, day: date) -> int:
    """Return the newest year known on a day whose outturn gives the services (second-hand years do not)."""
    return int(panel.loc[published_before(panel, day) & panel["rs_totsx_net_exp"].notna(), "year"].max())


def last_known(series: pd.Series) -> tuple[float, int | None]:
    """Return the last figure of a series by year, and its year; nothing where there is none."""
    there = series.dropna()
    return (float(there.iloc[-1]), int(there.index[-1])) if len(there) else (float("nan"), None)


def recent(frame: pd.DataFrame, day: date) -> pd.DataFrame:
    """Return the rows known on a day that are not too old to be shown as a council's last."""
    return frame[published_before(frame, day) & (frame["year"] >= day.year - CARRY_YEARS - 2)]


def councils_on(day: date) -> pd.DataFrame:
    """Return the councils in being on a day: index ``ons_code``; ``council, class, region, tier``."""
    register, stamp = load_councils(), pd.Timestamp(day)
    starts, ends = pd.to_datetime(register["start_date"]), pd.to_datetime(register["end_date"])
    in_being = (starts.isna() | (starts <= stamp)) & (ends.isna() | (ends >= stamp))
    being = register[in_being].drop_duplicates("ons_code").set_index("ons_code")
    return being[["council", "class", "region", "tier"]]


@dataclass(frozen=True, eq=False)
class KnownFigures:
    """What was known of each council on a day.

    Attributes
    ----------
    as_of : date
    table : DataFrame
        Index ``ons_code``, one row a council: the columns of ``compute_indicators``. Keys are those of the newest year
        known; an indicator missing in that year is carried forward. A council without any such year has missing
        figures.
    years : DataFrame
        On the same index, one column an indicator: the calendar year in which the outturn year of the figure ends;
        missing where there is no figure.
    indicators : DataFrame
        All rows, of whatever day.
    rebased : DataFrame
        On the same index, one column an indicator: whether a carried ratio is set over the newest net revenue
        expenditure, for its own year's has moved too far since. Without a column where nothing was looked at.
    unlike_too : bool
        Whether City of London and Isles of Scilly are scored although no council compares with them: only to show what
        leaving them out does to the record.
    """

    as_of: date
    table: pd.DataFrame
    years: pd.DataFrame
    indicators: pd.DataFrame = field(repr=False)
    rebased: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    unlike_too: bool = False

    @property
    def scorable(self) -> pd.DataFrame:
        """The rows of ``table`` of councils that can be scored."""
        return self.table[self.not_scored == ""]

    @cached_property
    def not_scored(self) -> pd.Series:
        """Why a council cannot be scored, one of ``NO_FIGURES``, ``NO_LIKE`` and "" for those that can."""
        alike = np.full(len(self.table), self.unlike_too) | ~self.table.index.isin(UNLIKE_OTHERS)
        reason = np.where(alike, np.where(self.table[CORE].notna(), "", NO_FIGURES), NO_LIKE)
        return pd.Series(reason, index=self.table.index, dtype=object)

    @cached_property
    def ages(self) -> pd.DataFrame:
        """How many years older than the council's newest year each figure is, as ``years``; missing without one."""
        return -self.years.sub(self.table["year"].astype(float), axis=0)

    @cached_property
    def rows(self) -> pd.DataFrame:
        """Every row known on the day, of every year."""
        return rows_known_on(self.indicators, self.as_of)

    @cached_property
    def _by_council(self) -> dict[Hashable, pd.DataFrame]:
        return {code: rows.set_index("year").sort_index() for code, rows in self.rows.groupby("ons_code")}

    @cached_property
    def _by_class_and_year(self) -> dict[Hashable, pd.DataFrame]:
        rows = self.rows
        real = rows[~rows["built"].astype(bool) & ~rows["ons_code"].isin(UNLIKE_OTHERS)]
        return {key: group.set_index("ons_code") for key, group in real.groupby(["class", "year"])}

    def own(self, code: str) -> pd.DataFrame:
        """Return a council's rows known on the day by year, the oldest first."""
        rows = self._by_council.get(code)
        return self.rows.head(0).set_index("year") if rows is None else rows

    def others(self, code: str, class_: str, year: int, indicator: str) -> np.ndarray:
        """Return the indicator in the other councils of a class in a year, as known on the day."""
        rows = self._by_class_and_year.get((class_, year))
        if rows is None:
            return np.array([])
        values = rows[indicator].to_numpy(dtype=float)[rows.index != code]
        return np.asarray(values[~np.isnan(values)])

    def newest(self, code: str) -> int | None:
        """Return the newest year known with what every score needs."""
        year = self.table["year"].get(code)
        return None if year is None or pd.isna(year) else int(year)

    def year_of(self, code: str, indicator: str) -> int:
        """Return the calendar year in which the outturn year of a council's figure ends; 0 where it has none."""
        year = self.years.at[code, indicator]
        return 0 if pd.isna(year) else int(year)

    def carried(self, code: str, names: Iterable[str] | None = None) -> dict[str, int]:
        """Return the indicators carried forward, with their year; the freshest first, then in the columns' order."""
        newest = self.newest(code)
        if newest is None:
            return {}
        own = (
            self.years.loc[code] if names is None else self.years.loc[code, [n for n in self.years if n in set(names)]]
        )
        older = own[own < newest].sort_values(ascending=False, kind="stable")
        return {str(name): int(year) for name, year in older.items()}

    def is_rebased(self, code: str, indicator: str) -> bool:
        """Say whether a council's carried figure is set over the newest net revenue expenditure."""
        return indicator in self.rebased and bool(self.rebased.at[code, indicator])

    def shown_year(self, code: str, indicator: str) -> int:
        """Return the year of the figure to be shown of an indicator, whether the score uses it or not; 0 for none.

        What the outturn gives is of the newest complete return, as in the score; a publication of its own may be
        further on, and so may the size of the council.
        """
        own, newest = self.own(code), self.newest(code)
        series = own[indicator].dropna()
        last = series[series.index >= (newest or 0) - CARRY_YEARS]
        definition = load_definitions()[indicator]
        if newest and definition.source in ("outturn", "budget") and definition.family != "size":
            last = last[last.index <= newest]
        return int(last.index[-1]) if len(last) else 0


def known_on(indicators: pd.DataFrame, as_of: Day, *, councils: pd.DataFrame | None = None) -> KnownFigures:
    """Return what was known of each council on a day.

    Parameters
    ----------
    indicators : DataFrame
        From ``compute_indicators``.
    as_of : date or str
        Only figures that came out before this day count.
    councils : DataFrame, optional
        Which councils, in the form of :func:`councils_on`; by default all in being on the day.
    """
    as_of = day_of(as_of)
    day = pd.Timestamp(as_of)
    being = councils_on(as_of) if councils is None else councils
    recent_rows = indicators["ons_code"].isin(being.index) & (
        indicators["year"] >= day.year - OLDEST_RETURN_YEARS - CARRY_YEARS
    )
    known = rows_known_on(indicators[recent_rows], as_of).sort_values(["ons_code", "year"], kind="stable")
    figures = [n for n in indicators.columns if n not in KEYS and not n.startswith("known_from_")]
    by_name = load_definitions()

    complete = known[known[CORE].notna() & (known["year"] >= day.year - OLDEST_RETURN_YEARS)]
    newest = complete.drop_duplicates("ons_code", keep="last").set_index("ons_code")
    result = newest.reindex(being.index)
    for name in ("council", "class", "region", "tier"):
        result[name] = being[name]

    newest_year = result["year"].to_numpy(dtype=float)
    ages = known["year"].to_numpy() - known["ons_code"].map(newest["year"]).to_numpy()
    values = result[figures].to_numpy(dtype=float)
    years = np.where(np.isnan(values), np.nan, newest_year[:, None])
    flags = result["flags"].to_numpy(dtype=object, copy=True)
    spending = result[SIZE].to_numpy(dtype=float) if SIZE in result else None
    over_spending = np.array([name in by_name and by_name[name].over_spending for name in figures])
    rebased = np.zeros(values.shape, dtype=bool)
    for age in range(-1, -CARRY_YEARS - 1, -1):
        older = known[ages == age].set_index("ons_code").reindex(result.index)
        fill = older[figures].to_numpy(dtype=float)
        take = np.isnan(values) & ~np.isnan(fill)
        if spending is not None:
            before = older[SIZE].to_numpy(dtype=float)
            positive = (spending > 0) & (before > 0)
            times = np.where(positive, before, np.nan) / np.where(positive, spending, np.nan)
            moved = np.abs(1 / times - 1) > REBASE_BEYOND
            again = take & moved[:, None] & over_spending[None, :]
            fill = np.where(again, fill * times[:, None], fill)
            rebased |= again
        values = np.where(take, fill, values)
        years = np.where(take, newest_year[:, None] + age, years)
        if "unallocated_ratio" in figures:
            # An unallocated balance of exactly nought is worth a second look wherever it is shown.
            doubtful = older["flags"].astype(str).str.contains("unallocated_zero", regex=False).to_numpy()
            for row in np.flatnonzero(take[:, figures.index("unallocated_ratio")] & doubtful):
                flags[row] += ";unallocated_zero"
    result[figures] = values
    result["flags"] = pd.Series(flags, index=result.index, dtype=result["flags"].dtype)
    result["built"] = result["built"].fillna(False).astype(bool)
    result.index.name = "ons_code"
    on = {"index": result.index, "columns": figures}
    return KnownFigures(as_of, result, pd.DataFrame(years, **on), indicators, pd.DataFrame(rebased, **on))


def carried_text(carried: dict[str, int]) -> str:
    """Write what is carried forward as lists and files have it: "unallocated_ratio 2023-24; …"."""
    return "; ".join(f"{name} {outturn_year_of(year)}" for name, year in carried.items())
