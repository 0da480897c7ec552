"""Several releases of one year side by side: ``vintages.csv``, and the panel as it stood on a day.

``panel.csv`` holds the newest release of every year. ``vintages.csv`` holds what earlier releases said where that
differs: one row a figure and the span of days on which it stood. A year's oldest release at hand stands for every
day before it too, for nothing older is known. Second-hand figures are no release: the original replaces them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

from resilience import paths
from resilience.errors import DataError
from resilience.publications.lines import load_lines
from resilience.tables import checks, precedence
from resilience.tables.panel import KEYS
from resilience.years import outturn_year_of

COLUMNS = ("ons_code", "year", "line", "amount", "since", "until", "source_file")
NAME = "vintages.csv"


@dataclass(frozen=True)
class YearRelease:
    """A release of a year: when it came, and its amounts, one row a council.

    Attributes
    ----------
    year : int
        In which the financial year ends.
    day : str
        The day it came out, "" where unknown.
    amounts : DataFrame
        Index ``ons_code``; the RS lines it has as columns.
    source_file : str
        Where they come from.
    whole : bool
        Whether a line it lacks was not published then (a workbook), or lay elsewhere (the multi-year file lacks
        the lines that have no code of MHCLG's).
    """

    year: int
    day: str
    amounts: pd.DataFrame
    source_file: str
    whole: bool = True


def empty() -> pd.DataFrame:
    """Return a table of vintages without a row."""
    texts = {name: pd.Series(dtype=str) for name in COLUMNS}
    return pd.DataFrame({**texts, "year": pd.Series(dtype=int), "amount": pd.Series(dtype=float)})[list(COLUMNS)]


def load_vintages(path: Path | None = None) -> pd.DataFrame:
    """Load the table of vintages; without a file it has no row.

    Raises
    ------
    DataError
        If the file is there and is none.
    """
    source = path or paths.processed() / NAME
    if not source.is_file():
        return empty()
    try:
        table = pd.read_csv(source, dtype={name: str for name in COLUMNS if name not in ("year", "amount")})
        table = table[list(COLUMNS)].astype({"year": int, "amount": float})
        for name in ("since", "until"):
            table[name] = table[name].fillna("")
            pd.to_datetime(table.loc[table[name] != "", name], format="%Y-%m-%d")
    except (OSError, ValueError, KeyError, TypeError) as error:
        words = " ".join(str(error).split())
        raise DataError(f"{source} is not a table of vintages ({words}); run 'resilience build' again.") from error
    return table


def panel_as_of(panel: pd.DataFrame, vintages: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Return the panel with each year's figures as the release then current had them, where it is at hand.

    Parameters
    ----------
    panel : DataFrame
        From ``load_panel()``.
    vintages : DataFrame
        From ``load_vintages()``.
    as_of : date
        A release counts on the days after the one it came out on.

    Returns
    -------
    DataFrame
        A panel; where nothing differs, the one that was given.
    """
    then = _standing(vintages, as_of)
    if then.empty:
        return panel
    result = checks.without_nil(_applied(panel, then))
    touched = result["year"].isin(then["year"].unique())
    result["status"] = result["status"].where(~touched, checks.status_of(result))
    result = _as_not_returned(result, then).drop(columns="nil_not_returned")
    result["flags"] = checks.flags(result, checks.findings(result))
    return result


def _as_not_returned(panel: pd.DataFrame, then: pd.DataFrame) -> pd.DataFrame:
    """Let councils whose return had not come look as the year's other absent ones: of its kind, and known as it was."""
    late = pd.MultiIndex.from_frame(then.loc[precedence.is_late_line(then), ["ons_code", "year"]])
    rows = pd.MultiIndex.from_frame(panel[["ons_code", "year"]]).isin(late) & panel["status"].eq("not returned")
    if not rows.any():
        return panel
    years = panel.loc[rows, "year"].unique()
    others = panel[~rows & panel["year"].isin(years)].groupby("year")
    kind, known = others["source_kind"].agg(precedence.kind_of_year), others["known_from"].min()
    of_year = panel.loc[rows, "year"]
    result = panel.copy()
    result.loc[rows, "source_kind"], result.loc[rows, "known_from"] = of_year.map(kind), of_year.map(known)
    result.loc[rows, ["source_file", "flags"]] = ""
    return result


def _standing(vintages: pd.DataFrame, as_of: date) -> pd.DataFrame:
    day = as_of.isoformat()
    return vintages[(vintages["since"] < day) & (vintages["until"] >= day)]


def _applied(panel: pd.DataFrame, then: pd.DataFrame) -> pd.DataFrame:
    """Return the panel with the amounts listed put in their places."""
    result = panel.copy()
    places = pd.Series(np.arange(len(panel)), index=pd.MultiIndex.from_frame(panel[["ons_code", "year"]]))
    columns = {}
    for name, part in then.groupby("line"):
        at = places.reindex(pd.MultiIndex.from_frame(part[["ons_code", "year"]])).to_numpy()
        there = ~np.isnan(at)
        column = result[name].to_numpy(copy=True) if name in result else np.full(len(panel), np.nan)
        column[at[there].astype(int)] = part["amount"].to_numpy()[there]
        columns[name] = column
    return result.assign(**columns).copy()


def table_of(
    panel: pd.DataFrame, releases: Iterable[YearRelease], line_sources: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return where earlier releases differ from the panel.

    Parameters
    ----------
    panel : DataFrame
        With the newest release of every year.
    releases : iterable of YearRelease
        Every release at hand, the newest ones (which the panel holds) included.
    line_sources : DataFrame, optional
        The panel's lines that another source supplies (``line_sources.csv``): they stood there before as well.
    """
    by_year: dict[int, dict[str, YearRelease]] = {}
    for release in releases:
        by_year.setdefault(release.year, {})[release.day] = release  # of two on one day the one given later stands
    parts = [empty()]
    for year, by_day in sorted(by_year.items()):
        if len(by_day) < 2:
            continue
        now = panel[panel["year"] == year].set_index("ons_code")
        supplied = _supplied(now, None if line_sources is None else line_sources[line_sources["year"] == year])
        days = sorted(by_day)
        spans: list[tuple[str, str, str, pd.DataFrame]] = []
        for day, following in pairwise(days):
            differing = _differing(now, by_day[day])
            keys = pd.MultiIndex.from_frame(differing[["ons_code", "line"]])
            differing = differing[differing["amount"].notna() | ~keys.isin(supplied)].reset_index(drop=True)
            if spans and spans[-1][3].equals(differing):
                spans[-1] = (spans[-1][0], following, *spans[-1][2:])
            else:
                spans.append((day if day != days[0] else "", following, by_day[day].source_file, differing))
        for since, until, file, differing in spans:
            rows = differing.assign(year=year, since=since, until=until, source_file=file)
            parts += [rows[list(COLUMNS)]] if len(rows) else []
    return pd.concat(parts, ignore_index=True)


def _supplied(now: pd.DataFrame, line_sources: pd.DataFrame | None) -> pd.MultiIndex:
    """Return council and line of what no release of the workbook gave."""
    names = ["ons_code", "line"]
    lines = [name for name in now if name.startswith("rs_")]
    others = pd.MultiIndex.from_product([now.index[now["source_kind"] != "original"], lines], names=names)
    return others if line_sources is None else others.union(pd.MultiIndex.from_frame(line_sources[names]))


def _differing(now: pd.DataFrame, release: YearRelease) -> pd.DataFrame:
    """Return the amounts in which a release differs from the panel, missing where it had none."""
    coined = {line.name for line in load_lines().of_form("RS") if line.coined}
    every = sorted(name for name in {*now.columns, *release.amounts.columns} if name.startswith("rs_"))
    names = [name for name in every if release.whole or name not in coined]
    then = release.amounts.reindex(index=now.index, columns=names).to_numpy(dtype=float)
    new = now.reindex(columns=names).to_numpy(dtype=float)
    councils, lines = np.nonzero(~((then == new) | (np.isnan(then) & np.isnan(new))))
    found = {
        "ons_code": now.index.to_numpy()[councils],
        "line": np.array(names, dtype=object)[lines],
        "amount": then[councils, lines],
    }
    return pd.DataFrame(found)


def releases_of(panel: pd.DataFrame, vintages: pd.DataFrame, days: dict[str, str]) -> list[YearRelease]:
    """Return the releases that a panel and its vintages hold, to be set beside others.

    Parameters
    ----------
    panel, vintages : DataFrame
        As built before.
    days : dict of str to str
        The day of the release that the panel holds, by outturn year.
    """
    found = []
    originals = panel[panel["source_kind"] == "original"]
    for year in sorted(originals["year"].unique()):
        own = vintages[(vintages["year"] == year) & ~precedence.is_late_line(vintages)]
        shipped = days.get(outturn_year_of(int(year)), "")
        starts = sorted({*own["since"], *own["until"]} - {""}) or [shipped]
        starts = ["", *starts] if len(own) else starts
        for start in starts:
            after = date.fromisoformat(start) + timedelta(days=1) if start else date.min
            rows = _applied(originals[originals["year"] == year], _standing(own, after))
            files = own.loc[own["since"] == start, "source_file"]
            file = files.iloc[0] if len(files) else str(rows["source_file"].max())
            found.append(YearRelease(int(year), start, rows.set_index("ons_code").filter(like="rs_"), file))
    return found


def to_csv(vintages: pd.DataFrame) -> str:
    """Return the table as CSV text, in a fixed order; whole amounts without a decimal point."""
    out = vintages.sort_values(["year", "since", "ons_code", "line"])
    texts = ["" if np.isnan(v) else str(int(v)) if v.is_integer() else repr(v) for v in map(float, out["amount"])]
    text = out.assign(amount=pd.Series(texts, index=out.index, dtype=str)).to_csv(index=False, lineterminator="\n")
    return str(text)


def differences(ours: pd.DataFrame, theirs: pd.DataFrame) -> pd.DataFrame:
    """Return the amounts that differ between two panels, largest first; years that only one has are no difference.

    Returns
    -------
    DataFrame
        ``ons_code, council, outturn_year, line, shipped, other, change`` (missing where one of them has no figure).
    """
    keys = ["ons_code", "year"]
    lines = [name for name in ours.columns if name in theirs.columns and name not in KEYS and name.startswith("rs_")]
    left = ours.melt(
        id_vars=[*keys, "council", "outturn_year"], value_vars=lines, var_name="line", value_name="shipped"
    )
    right = theirs.melt(id_vars=keys, value_vars=lines, var_name="line", value_name="other")
    both = left.merge(right, on=[*keys, "line"], how="inner")
    differ = ~((both["shipped"] == both["other"]) | (both["shipped"].isna() & both["other"].isna()))
    both = both[differ].assign(change=lambda frame: frame["other"] - frame["shipped"])
    return both.sort_values("change", key=lambda s: s.abs().fillna(np.inf), ascending=False, ignore_index=True)
