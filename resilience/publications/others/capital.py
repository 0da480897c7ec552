"""Debt, capital financing requirement and investments at 31 March 2024 and 2025 (Capital Outturn).

Second-hand: MHCLG's Capital Outturn Returns (COR) through a public feed, transcribed. £ thousand.

- ``cor_mrp``: minimum revenue provision of the year. It is not Revenue Outturn's line 773
  (``rs_provprin_net_exp``): in 2023-24 the two are within £2,000 for 40 % of councils, Capital Outturn is
  larger by more for 42 %, and all in all it is 11 % larger, so the two make no single series.
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

**Known from.** MHCLG's capital time series with 2024-25 came out on 25 March 2026 (``release_dates.csv``). No
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
from resilience.years import outturn_year_of

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
_IN_MILLION = (
    "cor_gross_borrowing",
    "cor_other_long_term_liabilities",
    "cor_external_debt",
    "cor_investments",
    "cor_authorised_limit",
)
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


def read_capital(folder: Path) -> pd.DataFrame:
    """Read every capital table of a folder.

    Parameters
    ----------
    folder : Path
        The folder with ``capital_2023_24.csv`` and ``capital_2024_25.csv``.

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
    table = pd.concat([_read(path) for path in files], ignore_index=True)
    refuse_duplicates(folder, table)
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
