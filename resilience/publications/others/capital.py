"""Debt, capital financing requirement and investments at 31 March 2005 to 2025 (Capital Outturn).

MHCLG's Capital Outturn Returns (COR), £ thousand, from three places: 2005 to 2019 from MHCLG's own workbooks, through a
public collection of them; 2020 to 2023 the requirement and external debt alone, transcribed (``outturn_exact.csv``);
2024 and 2025 through a public feed, transcribed. In 2025 the second and the third agree for every council.

- ``cor_mrp``: minimum revenue provision of the year. It is not Revenue Outturn's line 773
  (``rs_provprin_net_exp``): in 2023-24 the two are within £2,000 for 40% of councils, Capital Outturn is
  larger by more for 42%, and all in all it is 11% larger, so the two make no single series.
  For 2024-25 the feed may hold the budgeted figure (flag ``mrp_uncertain``).
- ``cor_cfr``: capital financing requirement at 31 March. ``cor_gross_borrowing``: borrowing.
  ``cor_other_long_term_liabilities``: PFI, leases. ``cor_external_debt``: the two together.
- ``cor_investments``: investments. ``cor_authorised_limit``: the council's own legal limit on external debt.

What is put right, and the code left in ``cor_flags`` (semicolon-separated)

- ``returned_in_million``: a row whose ``note`` says that amounts were returned in £ million (Canterbury
  2023-24: borrowing, investments and authorised limit) is multiplied by 1,000; it is then round to £ million.
- ``cfr_implausible``: a capital financing requirement of less than two thirds of the external debt is taken
  for an error and is missing (South Gloucestershire 2023-24: £32m beside debt of £122m; £360m a year later).
  The statutory code keeps debt below the requirement over time, and no other row comes near.
- ``authorised_limit_zero``: a limit of 0 beside debt (Stockport, both years) is no limit and is missing.
- ``mrp_uncertain``: see above, every row of 2024-25.

Of the earlier years nothing is put right: ``cfr_negative``, ``cfr_below_debt`` (less than two thirds of the debt) and
``moved_tenfold`` (the requirement or the debt ten times, or a tenth of, the year before's) only say what to look at.

**Known from.** Each year to 2023 counts as known a year after its 31 March.
MHCLG's capital time series with 2024-25 came out on 25 March 2026 (``release_dates.csv``). No
date is at hand for 2023-24; 31 March 2025 is assumed, the same lag and rounded up (``cor_known_from_stated``
is False for it). Neither date is earlier than the first publication could have been, which is what a back
test needs; both may be later.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from resilience.errors import PublicationError
from resilience.publications.others.cells import (
    csv_table,
    load_table,
    newest_codes,
    number,
    refuse_duplicates,
)
from resilience.years import outturn_year_of, year_of

KNOWN_FROM = {2024: ("2025-03-31", False), 2025: ("2026-03-25", True)}
"""Year → the date its figures count as known, and whether that date is stated anywhere."""

_AMOUNTS = {
    "mrp_000": "cor_mrp",
    "cfr_000": "cor_cfr",
    "gross_borrowing_000": "cor_gross_borrowing",
    "other_long_term_liabilities_000": "cor_other_long_term_liabilities",
    "external_debt_000": "cor_external_debt",
    "investments_000": "cor_investments",
    "authorised_limit_000": "cor_authorised_limit",
}
AMOUNTS = tuple(_AMOUNTS.values())
#: A figure below this (£ thousand) may well move tenfold in a year.
_LARGE = 50_000.0
_IN_MILLION = (
    "cor_gross_borrowing",
    "cor_other_long_term_liabilities",
    "cor_external_debt",
    "cor_investments",
    "cor_authorised_limit",
)
#: The workbooks' series: column of the file → column here, at the end of the year or of the year.
_PRUDENTIAL = {
    "mrp": "cor_mrp",
    "cfr_end": "cor_cfr",
    "gross_borrowing_end": "cor_gross_borrowing",
    "other_lt_liabilities_end": "cor_other_long_term_liabilities",
    "investments_end": "cor_investments",
    "authorised_limit_end": "cor_authorised_limit",
}
PRUDENTIAL_FILE = "capital_outturn_prudential_2004-05_to_2018-19.csv"
COLUMNS = (
    "ons_code",
    "council",
    "outturn_year",
    "year",
    "known_from",
    "cor_known_from_stated",
    *AMOUNTS,
    "cor_flags",
    "source_file",
)


def read_capital(folder: Path, lines: pd.DataFrame | None = None) -> pd.DataFrame:
    """Read every capital table of a folder.

    Parameters
    ----------
    folder : Path
        The folder with ``capital_2023_24.csv`` and ``capital_2024_25.csv``, and the series of the workbooks.
    lines : DataFrame, optional
        Transcribed lines, from ``read_transcribed``; councils and years that the tables of the folder have are left
        to those.

    Returns
    -------
    pd.DataFrame
        One row a council and year with the columns of `COLUMNS`.

    Raises
    ------
    PublicationError
        If there is no such table, or one is damaged, lacks a column or is of an unknown year.
    """
    files = sorted(folder.glob("capital_20*.csv"))
    if not files:
        raise PublicationError(f"{folder} holds no capital table (capital_2023_24.csv …); put them there.")
    parts = [_read(path) for path in files]
    if (folder / PRUDENTIAL_FILE).is_file():
        parts.append(_read_prudential(folder / PRUDENTIAL_FILE))
    if lines is not None:
        parts.append(_of_lines(lines, pd.concat(parts, ignore_index=True)))
    table = pd.concat(parts, ignore_index=True)
    refuse_duplicates(folder, table)
    earlier = table["year"] < min(KNOWN_FROM)
    table.loc[earlier, "cor_flags"] = _doubts(table)[earlier]
    return table.sort_values(["year", "ons_code"], ignore_index=True)


def _read(path: Path) -> pd.DataFrame:
    raw = csv_table(path, ("ons_code", "name", "year_ending", "note", *_AMOUNTS))
    years = raw["year_ending"].str.extract(r"^(20\d\d)03$")[0]
    unknown = years.index[~years.isin([str(year) for year in KNOWN_FROM])]
    if len(unknown):
        raise PublicationError(
            f"{path.name}, row {unknown[0] + 2}, column year_ending says '{raw['year_ending'][unknown[0]]}' "
            "where 202403 or 202503 was expected; give the year's release date in capital.py first."
        )
    table = pd.DataFrame(index=raw.index)
    table["ons_code"] = newest_codes(path, raw[["ons_code", "name"]].to_numpy().tolist())
    table["council"] = raw["name"]
    table["year"] = years.astype(int)
    table["outturn_year"] = table["year"].map(outturn_year_of)
    table["known_from"] = pd.to_datetime(table["year"].map(lambda year: KNOWN_FROM[year][0]))
    table["cor_known_from_stated"] = table["year"].map(lambda year: KNOWN_FROM[year][1])
    for published, column in _AMOUNTS.items():
        table[column] = raw[published].map(number)
    table["cor_flags"] = _put_right(table, raw["note"])
    table["source_file"] = path.name
    return table[list(COLUMNS)]


def _read_prudential(path: Path) -> pd.DataFrame:
    """Read the series of 2004-05 to 2018-19 from the workbooks of the capital outturn."""
    raw = csv_table(path, ("year_ending", "kind", "ecode", "ons_code", "name", *_PRUDENTIAL))
    wrong = raw.index[~raw["year_ending"].str.fullmatch(r"20\d\d03") | (raw["kind"] != "outturn")]
    if len(wrong):
        raise PublicationError(
            f"{path.name}, row {wrong[0] + 2}, columns year_ending and kind: '{raw['year_ending'][wrong[0]]}' and "
            f"'{raw['kind'][wrong[0]]}' found, expected a 31 March such as 201903 and outturn."
        )
    codes = newest_codes(path, raw[["ons_code", "ecode", "name"]].to_numpy().tolist())
    table = _dated(codes, raw["name"], raw["year_ending"].str[:4].astype(int))
    for published, column in _PRUDENTIAL.items():
        table[column] = raw[published].map(number)
    table["cor_external_debt"] = table["cor_gross_borrowing"] + table["cor_other_long_term_liabilities"]
    table["source_file"] = path.name
    return table.reindex(columns=list(COLUMNS))


def _of_lines(lines: pd.DataFrame, there: pd.DataFrame) -> pd.DataFrame:
    """Return the transcribed capital lines of councils and years that no table has."""
    own = lines[lines["line"].str.startswith("cor_")]
    wide = own.pivot(index=["ons_code", "council", "outturn_year"], columns="line", values="amount").reset_index()
    table = _dated(wide["ons_code"].tolist(), wide["council"], wide["outturn_year"].map(year_of))
    for column in ("cor_cfr", "cor_external_debt"):
        table[column] = wide[column].astype(float)
    table["source_file"] = own["source_file"].iloc[0] if len(own) else ""
    held = pd.MultiIndex.from_frame(there[["ons_code", "year"]])
    new = ~pd.MultiIndex.from_frame(table[["ons_code", "year"]]).isin(held)
    return table[new].reindex(columns=list(COLUMNS))


def _dated(codes: list[str], names: pd.Series, years: pd.Series) -> pd.DataFrame:
    """Return the columns that say whose row it is, and that it counts as known a year after its 31 March."""
    known = years.map(lambda year: KNOWN_FROM.get(year, (f"{year + 1}-03-31", False)))
    return pd.DataFrame(
        {
            "ons_code": codes,
            "council": names,
            "outturn_year": years.map(outturn_year_of),
            "year": years,
            "known_from": pd.to_datetime(known.str[0]),
            "cor_known_from_stated": known.str[1].astype(bool),
            "cor_flags": "",
        }
    )


def _doubts(table: pd.DataFrame) -> pd.Series:
    """Return what is doubtful in figures that are shown as returned."""
    debt, requirement = table["cor_external_debt"], table["cor_cfr"]
    tenfold = pd.Series(False, index=table.index)
    ordered = table.sort_values(["ons_code", "year"])
    for name in ("cor_external_debt", "cor_cfr"):
        before = ordered.groupby("ons_code")[name].shift().reindex(table.index)
        large = pd.concat([table[name].abs(), before.abs()], axis=1).max(axis=1) >= _LARGE
        tenfold |= large & ((table[name].abs() >= 10 * before.abs()) | (before.abs() >= 10 * table[name].abs()))
    codes = {
        "cfr_negative": requirement < 0,
        "cfr_below_debt": (debt > 1000) & (requirement * 1.5 < debt),
        "moved_tenfold": tenfold,
    }
    return pd.Series(
        [";".join(code for code, where in codes.items() if where[row]) for row in table.index], index=table.index
    )


def _put_right(table: pd.DataFrame, note: pd.Series) -> pd.Series:
    """Correct or remove what cannot be right, in place, and return the flags that say so."""
    million = note.str.contains("returned in GBP million", case=False, regex=False)
    for column in _IN_MILLION:
        table[column] = table[column].mask(million, table[column] * 1000)
    debt = table["cor_external_debt"]
    no_limit = (table["cor_authorised_limit"] == 0) & (debt > 0)
    table["cor_authorised_limit"] = table["cor_authorised_limit"].mask(no_limit)
    implausible = (debt > 1000) & (table["cor_cfr"] * 1.5 < debt)
    table["cor_cfr"] = table["cor_cfr"].mask(implausible)
    uncertain = note.str.contains("mrp?", regex=False) & table["cor_mrp"].notna()
    codes = {
        "returned_in_million": million,
        "cfr_implausible": implausible,
        "authorised_limit_zero": no_limit,
        "mrp_uncertain": uncertain,
    }
    return pd.Series(
        [";".join(code for code, where in codes.items() if where[row]) for row in table.index],
        index=table.index,
    )


def load_capital() -> pd.DataFrame:
    """Read the shipped capital table (``data/processed/capital.csv``)."""
    table = load_table("capital.csv")
    table["cor_flags"] = table["cor_flags"].fillna("")
    return table
