"""The second-hand tables of 2024-25 and 2025-26, in the panel's columns where the meaning is the same.

They stand in for the Revenue Outturn workbooks of those years until the originals are read, and every row
says so (``source_kind = "interim"``). Amounts are £ thousand.

**Columns that mean what the panel's mean**

- ``rs_netrevexp_net_exp``: net revenue expenditure (line 805).
- ``rs_ctrtot_net_exp``: council tax requirement (line 890, with parish precepts). For 2025-26 only its share
  of net revenue expenditure is published, to two decimals; the amount is that share times net revenue
  expenditure, ``int_ctrtot_from_share`` is True and ``int_ctrtot_plus_minus`` says how far the rounding
  can move it.
- ``rs_grantrsg_net_exp`` and ``rs_retainnndr_net_exp``: revenue support grant and retained rates. The
  interim table gives them as positive amounts; Revenue Outturn shows income of this part of the form as
  **negative** (line 851 is headed "Revenue Support Grant (-)"), so the sign is turned here. 2024-25 only.
- ``rs_intextpay_net_exp``: interest, external payments (line 781), from a ratio to two decimals.

**Columns only these tables have**

- ``int_reserves_unallocated_and_earmarked``: unallocated and other earmarked reserves at 31 March together,
  turned back from a ratio to two decimals; ``int_reserves_plus_minus`` is what the rounding leaves open and
  ``int_reserves_to_nre`` the ratio (a fraction).
- ``int_interest_to_nre``: interest over net revenue expenditure (a fraction).
- ``int_dsg_deficit``: the dedicated schools grant *deficit*, positive where the cumulated DSG balance (lines
  912 and 913 together) is overdrawn, 0 where it is in hand. Revenue Outturn's own lines have the opposite
  sign. In 2025-26 the source stops at 200% of reserves: for the councils it cut off, ``int_dsg_capped`` is
  True, the deficit itself is missing, and ``int_dsg_deficit_at_least`` is twice their reserves.
- ``int_gross_debt``, ``int_capital_financing_requirement`` (2024-25): external debt (borrowing and other
  long-term liabilities) and capital financing requirement at 31 March, from Capital Outturn.
- ``int_social_care_share`` (2024-25): social care over revenue expenditure, upper tier (a fraction).
- ``int_budgeted_reserves_to_nre_next_year``, ``int_band_d_next_year`` (2025-26): budgeted reserves of
  2026-27 over net revenue expenditure (a fraction), and the council's own band D tax of 2026-27 in £.
- ``int_population``: residents. ``int_note``: the compiler's remark.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from resilience.errors import PublicationError
from resilience.publications.others.cells import (
    csv_table,
    newest_codes,
    number,
    refuse_duplicates,
)
from resilience.years import year_of

FILES = {"2024-25": "outturn_2024_25.csv", "2025-26": "outturn_2025_26.csv"}
KNOWN_FROM = {"2024-25": "2025-09-18", "2025-26": "2026-09-17"}
"""First release of the year's individual-authority figures. The figures held are of later editions."""

_SAME = {
    "net_revenue_expenditure": "rs_netrevexp_net_exp",
    "council_tax_requirement": "rs_ctrtot_net_exp",
    "revenue_support_grant": "rs_grantrsg_net_exp",
    "retained_business_rates": "rs_retainnndr_net_exp",
    "interest_payable": "rs_intextpay_net_exp",
}
_NEGATIVE = ("rs_grantrsg_net_exp", "rs_retainnndr_net_exp")
_OWN = {
    "reserves_unallocated_and_earmarked": "int_reserves_unallocated_and_earmarked",
    "reserves_plus_minus": "int_reserves_plus_minus",
    "dsg_deficit": "int_dsg_deficit",
    "gross_debt": "int_gross_debt",
    "capital_financing_requirement": "int_capital_financing_requirement",
    "population": "int_population",
    "band_d_own_2026_27": "int_band_d_next_year",
}
_SHARES = {
    "reserves_pct_of_nre": "int_reserves_to_nre",
    "interest_pct_of_nre": "int_interest_to_nre",
    "social_care_pct_of_revenue_expenditure": "int_social_care_share",
    "budgeted_reserves_pct_of_nre_2026_27": "int_budgeted_reserves_to_nre_next_year",
}
_ALWAYS = (
    "ons_code",
    "name",
    "outturn_year",
    "net_revenue_expenditure",
    "reserves_unallocated_and_earmarked",
    "reserves_plus_minus",
    "interest_payable",
    "dsg_deficit",
    "note",
)
_BY_YEAR = {
    "2024-25": ("council_tax_requirement", "revenue_support_grant", "retained_business_rates"),
    "2025-26": ("council_tax_requirement_pct_of_nre", "dsg_capped_at_200pct_of_reserves"),
}
COLUMNS = (
    "ons_code",
    "council",
    "outturn_year",
    "year",
    "source_kind",
    "source_file",
    "known_from",
    *_SAME.values(),
    "int_ctrtot_from_share",
    "int_ctrtot_plus_minus",
    "int_dsg_capped",
    "int_dsg_deficit_at_least",
    *_OWN.values(),
    *_SHARES.values(),
    "int_note",
)


def read_interim(folder: Path) -> pd.DataFrame:
    """Read the interim tables of every year at hand.

    Parameters
    ----------
    folder : Path
        The folder that holds ``outturn_2024_25.csv`` and ``outturn_2025_26.csv``; one may be absent.

    Returns
    -------
    pd.DataFrame
        One row a council and year with the columns of `COLUMNS`, what a year lacks being missing.

    Raises
    ------
    PublicationError
        If neither table is there, or one is damaged or lacks a column.
    """
    found = [(year, folder / name) for year, name in FILES.items() if (folder / name).is_file()]
    if not found:
        raise PublicationError(f"{folder} holds neither {' nor '.join(FILES.values())}; put the interim tables there.")
    return pd.concat([_read_year(path, year) for year, path in found], ignore_index=True)


def _read_year(path: Path, outturn_year: str) -> pd.DataFrame:
    raw = csv_table(path, (*_ALWAYS, *_BY_YEAR[outturn_year]))
    other = raw.index[raw["outturn_year"] != outturn_year]
    if len(other):
        raise PublicationError(
            f"{path.name}, row {other[0] + 2}, column outturn_year says "
            f"'{raw['outturn_year'][other[0]]}' where {outturn_year} was expected."
        )
    table = pd.DataFrame(index=raw.index, columns=list(COLUMNS), dtype=object)
    table["ons_code"] = newest_codes(path, raw[["ons_code", "name"]].to_numpy().tolist())
    table["council"] = raw["name"]
    table["outturn_year"] = outturn_year
    table["year"] = year_of(outturn_year)
    table["source_kind"] = "interim"
    table["source_file"] = path.name
    table["known_from"] = pd.Timestamp(KNOWN_FROM[outturn_year])
    table["int_note"] = raw["note"].where(raw["note"] != "")
    for names, scale in ((_SAME, 1.0), (_OWN, 1.0), (_SHARES, 0.01)):
        for published, column in names.items():
            values = raw[published].map(number) if published in raw else float("nan")
            table[column] = pd.Series(values, index=raw.index, dtype=float) * scale
    for column in _NEGATIVE:
        table[column] = 0.0 - table[column]
    _add_requirement_from_share(table, raw)
    _add_dsg(table, raw)
    refuse_duplicates(path, table)
    return table


def _add_requirement_from_share(table: pd.DataFrame, raw: pd.DataFrame) -> None:
    table["int_ctrtot_from_share"] = False
    table["int_ctrtot_plus_minus"] = float("nan")
    if "council_tax_requirement_pct_of_nre" in raw:
        share = raw["council_tax_requirement_pct_of_nre"].map(number)
        spending = table["rs_netrevexp_net_exp"]
        table["rs_ctrtot_net_exp"] = (share * spending / 100).round(1)
        table["int_ctrtot_from_share"] = share.notna()
        table["int_ctrtot_plus_minus"] = (0.005 * spending.abs() / 100).where(share.notna()).round(1)


def _add_dsg(table: pd.DataFrame, raw: pd.DataFrame) -> None:
    capped = pd.Series(False, index=raw.index)
    if "dsg_capped_at_200pct_of_reserves" in raw:
        capped = raw["dsg_capped_at_200pct_of_reserves"].str.lower() == "yes"
    floor = 2 * table["int_reserves_unallocated_and_earmarked"]
    table["int_dsg_capped"] = capped
    table["int_dsg_deficit"] = table["int_dsg_deficit"].mask(capped)
    table["int_dsg_deficit_at_least"] = table["int_dsg_deficit"].mask(capped, floor)
