"""What surrounds a council's finances: children's services measures, Ofsted, deprivation, general inflation.

`read_lait` (DfE), `read_ofsted`, `read_deprivation` (MHCLG) and `gdp_deflator` (HM Treasury) each give one
tidy table; the ``load_…`` functions read what the project ships.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pandas as pd

from resilience.errors import PublicationError
from resilience.publications.others.cells import (
    csv_table,
    load_table,
    newest_codes,
    number,
    refuse_duplicates,
    sheet,
    sheets,
    text,
)
from resilience.years import year_of

# short name → our name, unit, the moment or period a figure stands for
MEASURES = {
    "C&YPExpenditure": ("children_budget_gross", "£", "financial year"),
    "EHCP_Initial_req_refused": ("ehc_requests_refused", "%", "calendar year"),
    "LAC": ("looked_after_per_10000", "children per 10,000 under 18", "31 March"),
    "LACFinance": ("looked_after_weekly_cost", "£ a week", "financial year"),
    "LACnum": ("looked_after_number", "children", "31 March"),
    "PriFSM": ("free_meals_primary", "% of pupils", "January"),
    "RescareFinance": ("residential_weekly_cost", "£ a week", "financial year"),
    "SENFinance": ("sen_weekly_cost", "£ a week", "financial year"),
    "SEN_CASES_JAN": ("ehc_plans_number", "plans", "January"),
    "SEN_EHC_Excpt_20wks": ("ehc_plans_in_20_weeks", "% of new plans", "calendar year"),
    "SEN_INIT_REQ": ("ehc_requests_number", "requests", "calendar year"),
    "SEN_PLAN_ISSUED": ("ehc_assessments_with_plan", "%", "calendar year"),
    "SEN_TotSENSuP": ("sen_support", "% of pupils", "January"),
    "SEN_TotStat": ("ehc_plans_share", "% of pupils", "January"),
    "SecFSM": ("free_meals_secondary", "% of pupils", "January"),
    "TotalLACFinance": ("looked_after_spending_gross", "£", "financial year"),
    "Unacc_Asylmn_Seek_Childn": ("asylum_seeking_looked_after", "children", "31 March"),
}
_OF_BEFORE = {
    "Dorset (Pre LG)": "E10000009",
    "Bournemouth (Pre LG)": "E06000028",
    "Poole (Pre LG)": "E06000029",
}

JUDGEMENTS = ("Outstanding", "Good", "Requires improvement to be good", "Inadequate")
_OFSTED = {
    "Local authority area code": "code",
    "Local authority name": "council",
    "Inspection date": "inspected",
    "Publication date": "known_from",
    "Overall effectiveness": "overall",
    "The impact of leaders on social work practice with children and families": "leaders",
    "The experiences and progress of children who need help and protection": "help_and_protection",
    "The experiences and progress of children in care": "in_care",
    "The experiences and progress of care leavers": "care_leavers",
}
_IMD = (
    "imd_average_score",
    "imd_rank_of_average_score",
    "imd_average_rank",
    "imd_proportion_most_deprived_10pct",
    "imd_extent",
    "imd_local_concentration",
)
IMD_KNOWN_FROM = "2025-10-30"


def read_lait(path: Path) -> pd.DataFrame:
    """Read the extract of DfE's Local Authority Interactive Tool for upper-tier councils.

    ``year`` is the calendar year in which the financial year ends ("2016-17 (OT)" → 2017); for a count at 31
    March or in the January census it is the year of that date, which falls in the financial year ending then;
    for special needs figures of a calendar year it is that year (so nine months run beyond the financial
    year's end). `MEASURES` gives each measure's unit and period. Money is in £ here, as DfE prints it.

    DfE's release dates are not at hand. ``known_from`` is therefore careful: 31 December of ``year``, and
    of the year after for calendar-year measures.

    Parameters
    ----------
    path : Path
        ``lait_extract_upper_tier.csv``.

    Returns
    -------
    pd.DataFrame
        One row a figure: ``ons_code, year, measure, value, known_from``. Regions and figures that are not
        published ("-") are left out.
    """
    raw = csv_table(path, ("Short Desc", "Years", "LA and Regions", "Region", "Values"))
    unknown = sorted(set(raw["Short Desc"]) - set(MEASURES))
    if unknown:
        raise PublicationError(
            f"{path.name}, column 'Short Desc' holds '{unknown[0]}', which is not a known measure; "
            "add it to context.MEASURES or leave it out."
        )
    raw = raw[~raw["Region"].str.lower().isin(("", "na", "n/a"))]  # England and the regions lie in no region
    names = [[_OF_BEFORE.get(name, name)] for name in raw["LA and Regions"]]
    periods = raw["Years"].str.replace(r"\s*\(OT\)$", "", regex=True)
    table = pd.DataFrame(
        {
            "ons_code": newest_codes(path, names),
            "year": [year_of(said) if "-" in said else int(said) for said in periods],
            "measure": raw["Short Desc"].map(lambda short: MEASURES[short][0]).to_numpy(),
            "value": raw["Values"].map(number).to_numpy(),
        }
    ).dropna(subset=["value"])
    table["known_from"] = _careful_dates(table)
    refuse_duplicates(path, table, ("ons_code", "year", "measure"))
    return table.sort_values(["measure", "ons_code", "year"], ignore_index=True)


def _careful_dates(table: pd.DataFrame) -> pd.Series:
    late = {name for name, _, period in MEASURES.values() if period == "calendar year"}
    years = table["year"] + table["measure"].isin(late)
    return pd.to_datetime(years.astype(str) + "-12-31")


def read_ofsted(path: Path) -> pd.DataFrame:
    """Read every full inspection of children's services that Ofsted's yearly table lists.

    The sheet of the inspection history holds all standard and short inspections under the framework in use
    since 2018 (ILACS), councils since abolished included; the sheet of judgements as at 31 March adds any
    that are missing there. Focused and monitoring visits carry no overall judgement and are left out, and so
    are reports published after June 2025. Inspections before 2018 are not in the file.

    Returns
    -------
    pd.DataFrame
        One row an inspection: ``ons_code, council, inspected, known_from`` (publication of its report),
        ``inspection_type, overall, leaders, help_and_protection, in_care, care_leavers``. Judgements are
        Ofsted's words (`JUDGEMENTS`); the one on care leavers exists from 2023.
    """
    book = sheets(path)
    parts = [_ofsted_sheet(path, book, wording) for wording in ("^ILACS_inspection_history", "^Inspections_as_at")]
    table = pd.concat(parts, ignore_index=True)
    table["ons_code"] = newest_codes(path, table[["code", "council"]].to_numpy().tolist())
    table = table.drop(columns="code").drop_duplicates(["ons_code", "inspected"])
    columns = [
        "ons_code",
        "council",
        "inspected",
        "known_from",
        "inspection_type",
        *list(_OFSTED.values())[4:],
    ]
    return table[columns].sort_values(["ons_code", "known_from"], ignore_index=True)


def _ofsted_sheet(path: Path, book: dict[str, list[list[Any]]], wording: str) -> pd.DataFrame:
    name, rows = sheet(path, book, wording)
    start = next((i for i, row in enumerate(rows) if "Overall effectiveness" in map(text, row)), None)
    header = [text(cell) for cell in rows[start]] if start is not None else []
    missing = [column for column in _OFSTED if column not in header]
    if start is None or missing:
        raise PublicationError(
            f"{path.name}, sheet {name} lacks the column '{missing[0]}'; supply Ofsted's table as published."
        )
    raw = pd.DataFrame([[text(cell) for cell in row] for row in rows[start + 1 :]], columns=header)
    table = raw[list(_OFSTED)].rename(columns=_OFSTED)
    table["inspection_type"] = raw.get("Inspection type")
    table = table[table["overall"] != ""].reset_index(drop=True)
    odd = table.index[~table["overall"].isin(JUDGEMENTS)]
    if len(odd):
        raise PublicationError(
            f"{path.name}, sheet {name}: {table['council'][odd[0]]} has the judgement "
            f"'{table['overall'][odd[0]]}', which is not one of Ofsted's four."
        )
    for column in ("inspected", "known_from"):
        table[column] = pd.to_datetime(table[column].str[:10], format="%Y-%m-%d")
    judged = ["overall", "leaders", "help_and_protection", "in_care", "care_leavers"]
    table[judged] = table[judged].where(table[judged].isin(JUDGEMENTS))
    return table


def read_deprivation(path: Path) -> pd.DataFrame:
    """Read the Indices of Deprivation 2025 by lower-tier council (districts and single-tier councils).

    ``imd_average_score`` is the population-weighted mean score (higher = more deprived), its rank runs from 1
    (most deprived) to 296, ``imd_extent`` is the share of people in the most deprived areas, weighted down
    from the worst tenth to the third. Counties are not in this table: see `county_deprivation`.
    """
    raw = csv_table(path, ("lad24cd", "la_name", *_IMD))
    table = pd.DataFrame({column: raw[column].map(number) for column in _IMD})
    table.insert(0, "ons_code", newest_codes(path, raw[["lad24cd", "la_name"]].to_numpy().tolist()))
    table.insert(1, "council", raw["la_name"])
    table.insert(2, "imd_level", "council")
    table.insert(3, "known_from", pd.Timestamp(IMD_KNOWN_FROM))
    refuse_duplicates(path, table, ("ons_code",))
    return table.sort_values("ons_code", ignore_index=True)


def county_deprivation(districts: pd.DataFrame, county_of: dict[str, str], people: dict[str, float]) -> pd.DataFrame:
    """Return counties' average score and extent as population-weighted means of their districts'.

    Both are themselves weighted by people within a district, so the mean over a county's districts differs
    from MHCLG's own upper-tier figure (not at hand) only by the population year. Ranks are not aggregated.
    Rows are marked ``imd_level = "aggregated"``; a county of which a district or its population is missing
    is left out.
    """
    table = districts.assign(county=districts["ons_code"].map(county_of), n=districts["ons_code"].map(people))
    whole = {county: set(table.loc[table["county"] == county, "ons_code"]) for county in county_of.values()}
    records = []
    for county, part in table.groupby("county"):
        expected = {code for code, of in county_of.items() if of == county}
        if whole[county] != expected or part["n"].isna().any():
            continue
        weights = part["n"] / part["n"].sum()
        mean = {name: (part[name] * weights).sum() for name in ("imd_average_score", "imd_extent")}
        records.append({"ons_code": county, "imd_level": "aggregated", **mean})
    counties = pd.DataFrame(records, columns=["ons_code", "imd_level", "imd_average_score", "imd_extent"])
    return counties.assign(known_from=pd.Timestamp(IMD_KNOWN_FROM)).reindex(columns=districts.columns)


def gdp_deflator() -> pd.DataFrame:
    """Return the GDP deflator by year: ``outturn_year, year, gdp_deflator`` (2024-25 = 100), ``kind``."""
    figures = deflator_source()
    rows = [(year, value, kind) for kind in ("outturn", "forecast") for year, value in figures[kind].items()]
    table = pd.DataFrame(rows, columns=["outturn_year", "gdp_deflator", "kind"])
    table.insert(1, "year", table["outturn_year"].map(year_of))
    return table


def deflator_source() -> dict[str, Any]:
    """Return the deflator's figures with title, publisher, release date, vintage and how sure it is."""
    with (Path(__file__).parent / "gdp_deflator.toml").open("rb") as handle:
        return tomllib.load(handle)


def load_context_measures() -> pd.DataFrame:
    """Read the shipped DfE measures (``data/processed/context_measures.csv``) with their careful dates."""
    table = load_table("context_measures.csv")
    return table.assign(known_from=_careful_dates(table))


def load_ofsted() -> pd.DataFrame:
    """Read the shipped Ofsted inspections (``data/processed/ofsted.csv``)."""
    return load_table("ofsted.csv", dates=("inspected", "known_from"))


def load_deprivation() -> pd.DataFrame:
    """Read the shipped deprivation table (``data/processed/deprivation.csv``)."""
    return load_table("deprivation.csv")
