"""A council's rows of the panel with its own figures put in: what every indicator is then computed from."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd

from resilience.analysis.own_figures.identities import EARMARKED, reserves_by_year
from resilience.analysis.own_figures.lines import TOGETHER, USE
from resilience.analysis.own_figures.read import Supplied
from resilience.formatting import pounds
from resilience.years import outturn_year_of


def published_amount(rows: pd.DataFrame, year: int, line: str) -> float:
    """Return what is published of a line in a year."""
    return float(rows.at[year, line]) if year in rows.index and line in rows else math.nan


def filled_in(
    published: pd.DataFrame, changed: Mapping[tuple[int, str], Supplied], as_of: date, remarks: list[str]
) -> tuple[pd.DataFrame, tuple[int, ...]]:
    """Return the rows with the supplied figures in place of, or after, the published ones, and the years derived."""
    result = published.copy()
    amounts = [name for name in result if name.split("_")[0] in ("rs", "ra", "int")]
    new_lines = sorted({*(line for _, line in changed), *((TOGETHER,) if changed else ())} - set(result.columns))
    result = pd.concat([result, pd.DataFrame(np.nan, index=result.index, columns=new_lines)], axis=1)
    for year in sorted({year for year, _ in changed}):
        if year not in result.index:
            new = result.iloc[[-1]].drop(columns=amounts)
            new.index = pd.Index([year], name=result.index.name)
            new["year"], new["outturn_year"] = year, outturn_year_of(year)
            new["built"], new["built_from"], new["flags"] = False, "", ""
            new["known_from"] = pd.Timestamp(as_of) - pd.Timedelta(days=1)
            result = pd.concat([result, new]).sort_index()
        result.loc[year, "source_kind"] = "own"
        result.loc[year, "source_file"] = ""
        result.loc[year, "status"] = "returned"
        flags = [part for part in str(result.at[year, "flags"]).split(";") if part]
        result.loc[year, "flags"] = ";".join([*flags, "unpublished figures supplied by the user"])
    for (year, line), cell in changed.items():
        result.loc[year, line] = cell.amount
    for year, line in changed:
        adjusted = line.replace("resoth_", "resoth_adj_")
        if line not in (EARMARKED, "rs_resoth_start_cy") or (year, adjusted) in changed or year not in published.index:
            continue
        if not math.isnan(published_amount(published, year, adjusted)) and not math.isnan(
            published_amount(published, year, line)
        ):
            result.loc[year, adjusted] += changed[year, line].amount - published_amount(published, year, line)
            remarks.append(
                f"{outturn_year_of(year)}: the adjusted earmarked reserves (line 915b) were moved with line 915; "
                "supply line 915b too if that is wrong."
            )
    return result, _derived(result, changed, remarks)


def _derived(result: pd.DataFrame, changed: Mapping[tuple[int, str], Supplied], remarks: list[str]) -> tuple[int, ...]:
    """Work out reserves that a year leaves out from the year before and the planned use."""
    found = []
    for year in sorted(year for year, line in changed if line == USE):
        reserves = reserves_by_year(result)
        before = float(reserves.get(year - 1, math.nan))
        if math.isnan(reserves[year]) and not math.isnan(before):
            result.loc[year, TOGETHER] = before - changed[year, USE].amount
            found.append(year)
            remarks.append(
                f"{outturn_year_of(year)}: reserves at 31 March {year} are not given; {pounds(before)} a year before "
                f"less the planned use makes {pounds(result.at[year, TOGETHER])}."
            )
    return tuple(found)
