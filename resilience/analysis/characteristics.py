"""What councils are compared by: published characteristics of size, place, need, tax base and services.

Everything is in the project's own tables: outturn lines (panel.csv), council tax bases (council_tax.csv), the Indices
of Deprivation 2025 (deprivation.csv), and area and mid-2020 residents (areas.csv, from mySociety's register, CC BY
4.0, after ONS). A council formed since is built of its predecessors.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import numpy as np
import pandas as pd

from resilience.councils import council, load_councils
from resilience.councils.lineage import lineage_of, with_lineage
from resilience.councils.proposals import load_areas
from resilience.errors import DataError
from resilience.indicators.known import newest_original_year, published_before
from resilience.model.scoring import ScoredDay
from resilience.publications.others.context import load_deprivation
from resilience.publications.others.council_tax import load_council_tax
from resilience.tables.panel import load_panel
from resilience.years import outturn_year_of

GROUPS = {"UA": "single tier", "MD": "single tier", "LB": "London", "SC": "county", "SD": "district"}
#: A year not returned is taken from the council's own last return, at most this many years before.
CARRY_YEARS = 3
#: The first year whose outturn splits adult and children's social care.
FIRST_YEAR = 2012
MINOR, MAJOR = ("cul", "env", "plan", "hous", "trans"), ("csc", "asc")

#: Characteristic → weight. Each theme adds up to 1; a group without a characteristic leaves it out.
WEIGHTS: dict[str, float] = {
    "size: residents": 0.5,
    "size: net revenue expenditure": 0.5,
    "deprivation: score": 0.5,
    "deprivation: extent": 0.5,
    "tax base: band D homes a resident": 0.5,
    "tax base: band D homes a £ of spending": 0.5,
    "urbanity: residents a km²": 1.0,
    "spending: £ a resident": 1.0,
    **{f"services: {name}": 0.2 for name in MINOR},
    **{f"services: {name}": 0.3 for name in MAJOR},
}


@lru_cache(maxsize=1)
def _panel() -> pd.DataFrame:
    return with_lineage(load_panel())


def latest_year(panel: pd.DataFrame | None = None) -> int:
    """Return the newest year whose outturn gives the services (second-hand years do not)."""
    frame = _panel() if panel is None else panel
    return int(frame.loc[frame["rs_totsx_net_exp"].notna(), "year"].max())


def _amounts(year: int) -> pd.DataFrame:
    """Return each living council's lines of the year, or its own last return before."""
    panel = _panel()
    living = load_councils().query("end_date == ''")["ons_code"]
    rows = panel[panel["ons_code"].isin(living) & panel["year"].between(year - CARRY_YEARS, year)]
    rows = rows[rows["rs_netrevexp_net_exp"].notna() & rows["rs_totsx_net_exp"].notna()]
    return rows.sort_values("year").drop_duplicates("ons_code", keep="last").set_index("ons_code")


def _tax_base(year: int, codes: pd.Index) -> pd.Series:
    """Return band D equivalents of the year, or the nearest published; a successor's are its predecessors' added up."""
    table = load_council_tax().pivot(index="ons_code", columns="year", values="ct_tax_base")
    nearest = min(max(year, int(table.columns.min())), int(table.columns.max()))
    values = table[nearest]
    result = values.reindex(codes)
    for code in codes[result.isna()]:
        # A county's base is its districts' over again: the lowest tier of the predecessors is the whole area.
        homes = [values.get(one, np.nan) for one in lineage_of(code) if council(one).class_ != "SC"]
        total = float(np.nansum(homes))
        result[code] = total if total > 0 else table.loc[code].dropna().iloc[0] if code in table.index else np.nan
    return result


@lru_cache(maxsize=16)
def characteristics(year: int | None = None, deprivation: bool = True) -> pd.DataFrame:
    """Return what councils are compared by.

    Parameters
    ----------
    year : int, optional
        The calendar year in which the outturn year ends; by default the newest with services. Deprivation (2025) and
        residents (mid-2020) are the same in every year; council tax bases begin in 2015-16.
    deprivation : bool
        Whether the Indices of Deprivation 2025 are used; they came out in October 2025.

    Returns
    -------
    DataFrame
        Index ``ons_code``; ``council``, ``class``, ``group``, ``outturn_year`` (the return used) and one column a
        characteristic of `WEIGHTS`, amounts and densities as natural logarithms, service mix as fractions.

    Raises
    ------
    DataError
        If there is no outturn with services for the year.
    """
    year = latest_year() if year is None else year
    rows = _amounts(year)
    if year > latest_year() or year < FIRST_YEAR or rows.empty:
        raise DataError(
            f"No peers can be worked out for {outturn_year_of(year)}: services by line are available from 2011-12 to "
            f"{outturn_year_of(latest_year())}; choose a year among those."
        )
    areas = load_areas().reindex(rows.index)
    people = areas["population_2020"].astype(float)
    index = (
        load_deprivation()
        .set_index("ons_code")
        .reindex(rows.index if deprivation else rows.index[:0])
        .reindex(rows.index)
    )
    spending = rows["rs_netrevexp_net_exp"].astype(float)
    # Education goes with the number of academies, not with the place; police and fire are elsewhere as a rule.
    services = rows["rs_totsx_net_exp"] - rows[["rs_edu_net_exp", "rs_pol_net_exp", "rs_frs_net_exp"]].sum(axis=1)
    homes = _tax_base(year, rows.index)
    result = pd.DataFrame(
        {
            "council": rows["council"],
            "class": rows["class"],
            "group": rows["class"].map(GROUPS),
            "outturn_year": rows["outturn_year"],
            "size: residents": np.log(people),
            "size: net revenue expenditure": np.log(spending.clip(lower=1)),
            "deprivation: score": index["imd_average_score"],
            "deprivation: extent": index["imd_extent"],
            "tax base: band D homes a resident": np.log(homes / people),
            "tax base: band D homes a £ of spending": np.log(homes / spending.clip(lower=1)),
            "urbanity: residents a km²": np.log(people / areas["area_km2"]),
            "spending: £ a resident": np.log(spending.clip(lower=1) / people),
        }
    )
    for name in (*MINOR, *MAJOR):
        share = rows[f"rs_{name}_net_exp"] / services.where(services > 0)
        upper_only = name in (*MAJOR, "trans")
        result[f"services: {name}"] = share.mask((rows["class"] == "SD") & upper_only)
    return result


def characteristics_on(scored: ScoredDay) -> pd.DataFrame:
    """Return what councils are compared by, as known on a scored day."""
    return characteristics(*known_by(scored))


def known_by(scored: ScoredDay) -> tuple[int, bool]:
    """Return the newest year with services known on a day, and whether the Indices of Deprivation were out."""
    return newest_original_year(scored.panel, scored.as_of), deprivation_known(scored.as_of)


def deprivation_known(day: date) -> bool:
    """Say whether the Indices of Deprivation 2025 were out before a day."""
    return bool(published_before(load_deprivation(), day).any())
