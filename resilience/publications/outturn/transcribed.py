"""Exact lines transcribed from a public republication of MHCLG's multi-year data sets.

``outturn_exact.csv`` holds single lines of Revenue Outturn (RS, RSX), Capital Outturn (COR) and the budget (RA), in
£ thousand and under MHCLG's own codes, each row with the file it was read from: 2024-25 and 2025-26 for nearly every
council, the returns of 2022-23 and 2023-24 that came after the workbooks, and debt and capital financing requirement
of other years. They come out as tidy lines (``docs/architecture.md``) with one column more, ``source``.

- Net current expenditure of RSX is the service's line of the summary (RS): in the workbooks of 2021-22 to 2023-24 the
  two agree to the £ thousand for every council, so ``RSX_csc_net_cur_exp`` becomes ``rs_csc_net_exp``.
- ``RS_resoth_end_cy`` is the *unadjusted* line (915). The adjusted one (915b) is not in the file; rows that rest on 915
  are flagged ``earmarked_unadjusted``.
- ``RS_resdsgadj_end_cy`` of 0 is "none or not returned", which nobody can tell apart: it is left out.
- ``PRU2T1_prubrwgrscrdt_end`` is borrowing and other long-term liabilities together: ``cor_external_debt``.
- Budget lines (RA) and net current expenditure are read and checked but stand in no table: no score may rest on a
  budget that came out after the year began, and nothing at hand shows what the second one holds.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from resilience.councils import load_councils, resolve
from resilience.errors import PublicationError, UnknownCouncilError
from resilience.publications.others.cells import csv_table, newest_codes, number, refuse_duplicates
from resilience.publications.outturn.workbook import TIDY
from resilience.years import year_of

FILE = "outturn_exact.csv"
FOLDER = "outturn_exact"
#: The multi-year set in which returns that the workbooks of these years lack are first known to have stood (v3.1).
LATE_RETURNS = {"2022-23": date(2025, 12, 9), "2023-24": date(2025, 12, 9)}

#: MHCLG's code in the file → the project's; one that is "" is read and not used.
LINES = {
    ("RS", "RS_netrevexp_net_exp"): "rs_netrevexp_net_exp",
    ("RS", "RS_revenuetot_net_exp"): "rs_revenuetot_net_exp",
    ("RS", "RS_resunall_end_cy"): "rs_resunall_end_cy",
    ("RS", "RS_resoth_end_cy"): "rs_resoth_end_cy",
    ("RS", "RS_resdsgadj_end_cy"): "rs_resdsgadj_end_cy",
    ("RS", "RS_intextpay_net_exp"): "rs_intextpay_net_exp",
    ("RS", "RS_ctrtot_net_exp"): "rs_ctrtot_net_exp",
    ("RS", "RS_net_current_expenditure"): "",
    ("RSX", "RSX_asc_net_cur_exp"): "rs_asc_net_exp",
    ("RSX", "RSX_csc_net_cur_exp"): "rs_csc_net_exp",
    ("COR", "PRU1_prucfrend_amt"): "cor_cfr",
    ("COR", "PRU2T1_prubrwgrscrdt_end"): "cor_external_debt",
    ("RA", "RA_interest_payable"): "",
    ("RA", "RA_net_current_expenditure"): "",
    ("RA", "RA_net_revenue_expenditure"): "",
    ("RA", "RA_revenue_expenditure"): "",
    ("RA", "RA_usable_reserves"): "",
}
_NONE_OR_NOT_RETURNED = ("rs_resdsgadj_end_cy",)
_COLUMNS = ("ons_code", "name", "outturn_year", "form", "line", "description", "value_000", "source")
COLUMNS = (*TIDY, "source")


def read_transcribed(folder: Path) -> pd.DataFrame:
    """Read the transcribed lines.

    Parameters
    ----------
    folder : Path
        The folder that holds ``outturn_exact.csv``.

    Returns
    -------
    DataFrame
        One row a figure, the columns of `COLUMNS`; ``line`` is the project's own name.

    Raises
    ------
    PublicationError
        If the file is damaged, or a row has a year, form, line, amount or council that cannot be right.
    """
    path = folder / FILE
    raw = csv_table(path, _COLUMNS)
    _refuse(path, raw, ~raw["outturn_year"].map(_is_year), "outturn_year", "a year such as 2024-25")
    known = [key in LINES for key in zip(raw["form"], raw["line"], strict=True)]
    _refuse(path, raw, ~pd.Series(known, index=raw.index), "line", "a form and line that transcribed.py knows")
    amounts = raw["value_000"].map(number)
    _refuse(path, raw, amounts.isna(), "value_000", "an amount in £ thousand")
    _refuse(path, raw, raw["source"] == "", "source", "the file the line was read from")
    refuse_duplicates(path, raw, ("ons_code", "outturn_year", "form", "line"))

    codes = newest_codes(path, raw[["ons_code"]].to_numpy().tolist())
    _refuse_other_names(path, raw, codes)
    register = load_councils().drop_duplicates("ons_code").set_index("ons_code")
    table = pd.DataFrame(
        {
            "form": raw["form"],
            "outturn_year": raw["outturn_year"],
            "ecode": [register.at[code, "ecode"] for code in codes],
            "ons_code": codes,
            "council": raw["name"],
            "class": [register.at[code, "class"] for code in codes],
            "line": [LINES[key] for key in zip(raw["form"], raw["line"], strict=True)],
            "amount": amounts,
            "text": "",
            "cell": [f"row {at + 2}" for at in raw.index],
            "source_file": FILE,
            "source": raw["source"],
        }
    )
    nothing = table["line"].isin(_NONE_OR_NOT_RETURNED) & (table["amount"] == 0)
    return table[(table["line"] != "") & ~nothing].reset_index(drop=True)


def amounts_of(lines: pd.DataFrame, prefix: str = "rs_") -> pd.DataFrame:
    """Return transcribed lines as one row a council and year: index ``ons_code, year``, one column a line."""
    own = lines[lines["line"].str.startswith(prefix)]
    own = own.assign(year=own["outturn_year"].map(year_of))
    table = own.pivot(index=["ons_code", "year"], columns="line", values="amount").astype(float)
    table.columns = table.columns.astype(str)
    return table


def sources_of(lines: pd.DataFrame) -> pd.Series:
    """Return where each line was read, by council, year and line."""
    own = lines.assign(year=lines["outturn_year"].map(year_of))
    return own.set_index(["ons_code", "year", "line"])["source"]


def _is_year(value: str) -> bool:
    if not re.fullmatch(r"20\d\d-\d\d", value):
        return False
    return (int(value[:4]) + 1) % 100 == int(value[5:])


def _refuse(path: Path, raw: pd.DataFrame, wrong: pd.Series, column: str, expected: str) -> None:
    if wrong.any():
        at = int(np.asarray(wrong, dtype=bool).argmax())
        raise PublicationError(
            f"{path.name}, row {at + 2}, column {column}: '{raw[column].iloc[at]}' found, expected {expected}; "
            "correct it or leave the row out."
        )


def _refuse_other_names(path: Path, raw: pd.DataFrame, codes: list[str]) -> None:
    """Refuse a row whose name is another council's than its code: two swapped codes would look right otherwise."""
    pairs = raw.assign(code=codes)[["code", "name"]].drop_duplicates()
    for at, code, name in pairs.itertuples():
        try:
            named = resolve(name)
        except UnknownCouncilError:
            named = ""
        if named != code:
            raise PublicationError(
                f"{path.name}, row {at + 2}: code {code} and name '{name}' are not of one council; correct either."
            )
