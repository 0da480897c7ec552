"""The checks on the panel, and the flags they raise.

A flag is a short code, with the amount in question where there is one ("opening_unallocated=-512"); it travels with the
row wherever the row's figures are shown. Nothing is corrected here: a figure is shown as published, with its flag.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

#: What each flag means, in words for a person.
MEANING = {
    "not_returned": "no return was published for this year",
    "not_read": "the publication leaves the council out, or has figures of it that could not be read (how many)",
    "partial_return": "the return lacks net revenue expenditure or one of the two reserves",
    "not_certified": "the return was published without the finance officer's certification",
    "duplicated_row": "the publication has two rows for this council; the fuller one is used",
    "opening_unallocated": "unallocated reserves at 1 April differ from the 31 March before (£ thousand)",
    "opening_earmarked": "other earmarked reserves at 1 April differ from the 31 March before (£ thousand)",
    "small_denominator": "net revenue expenditure is too small to divide by; no ratio to it is given",
    "interest_negative": "interest payable is negative (£ thousand): perhaps entered with another line's sign",
    "unallocated_zero": "unallocated reserves at 31 March are exactly zero",
    "services_sum": "the service lines do not add up to total service expenditure (difference, £ thousand)",
    "jump_nre": "net revenue expenditure moved from the year before beyond five robust deviations of its class",
    "jump_reserves": "reserves over net revenue expenditure moved beyond five robust deviations of its class",
    "jump_interest": "interest over net revenue expenditure moved beyond five robust deviations of its class",
    "second_hand": "second-hand figures, until the original publication is read",
    "built": "added up from the councils that this one replaced",
}

SERVICES = tuple(
    f"rs_{name}_net_exp"
    for name in [
        "edu",
        "trans",
        "csc",
        "asc",
        "phs",
        "sc",
        "hous",
        "cul",
        "env",
        "plan",
        "pol",
        "frs",
        "court",
        "cen",
        "oth",
    ]
)
TOTAL_SERVICES = "rs_totsx_net_exp"
CORE = (
    "rs_netrevexp_net_exp",
    "rs_resunall_start_cy",
    "rs_resunall_end_cy",
    "rs_resoth_start_cy",
    "rs_resoth_end_cy",
)
NEEDED = (*CORE, TOTAL_SERVICES, "rs_intextpay_net_exp")
# Each figure is rounded to £1,000, so fifteen of them may miss their total by half as many.
_ROUNDING = 8.0
_JUMP = 5.0


def status_of(panel: pd.DataFrame) -> pd.Series:
    """Return "returned", "partial" or "not returned" for each row, from the lines every ratio needs.

    A second-hand row counts as returned if it has net revenue expenditure and total reserves.
    """
    there = pd.concat([panel[name].notna() for name in CORE], axis=1)
    any_figure = panel.filter(regex="^(rs|int)_").notna().any(axis=1)
    status = pd.Series(np.where(there.all(axis=1), "returned", "partial"), index=panel.index)
    status[~any_figure] = "not returned"
    status[~any_figure & (unread(panel) > 0)] = "not read"
    if "int_reserves_unallocated_and_earmarked" in panel:
        second_hand = panel["source_kind"].eq("interim")
        whole = panel["rs_netrevexp_net_exp"].notna() & panel["int_reserves_unallocated_and_earmarked"].notna()
        status[second_hand & whole] = "returned"
        status[second_hand & ~whole & any_figure] = "partial"
    return status


def unread(panel: pd.DataFrame) -> pd.Series:
    """Return how many figures of each row stood in the publication but could not be read.

    A panel read back has no column of it any more, and is taken at the word of its flags.
    """
    if "not_read" in panel:
        return panel["not_read"].fillna(0).astype(int)
    if "flags" not in panel:
        return pd.Series(0, index=panel.index)
    counts = panel["flags"].fillna("").str.extract(r"(?:^|;)not_read=(\d+)", expand=False)
    return pd.to_numeric(counts).fillna(0).astype(int)


def findings(panel: pd.DataFrame) -> pd.DataFrame:
    """Run every check.

    Parameters
    ----------
    panel : DataFrame
        With ``status``, and ``certified`` and ``duplicated`` where the publication says so; a panel read back, which
        has these columns no more, is taken at the word of its ``flags``.

    Returns
    -------
    DataFrame
        One row a finding: ``ons_code, council, class, outturn_year, year, check, value`` (missing where the check has
        no amount), ordered by year, council and check.
    """
    rows = panel.sort_values(["ons_code", "year"])
    found = [
        _where(rows, rows["status"] == "not returned", "not_returned"),
        _where(rows, rows["status"] == "partial", "partial_return"),
        _where(rows, rows["rs_resunall_end_cy"] == 0, "unallocated_zero"),
        _where(rows, rows["rs_intextpay_net_exp"] < 0, "interest_negative", rows["rs_intextpay_net_exp"]),
        _where(rows, rows["source_kind"].eq("interim") & rows["status"].ne("not returned"), "second_hand"),
        _opening(rows, "rs_resunall_start_cy", "rs_resunall_end_cy", "opening_unallocated"),
        _opening(rows, "rs_resoth_start_cy", "rs_resoth_end_cy", "opening_earmarked"),
        _services(rows),
        *_jumps(rows),
    ]
    uncertified = _stated(rows, "certified", "N", "not_certified")
    found.append(_where(rows, uncertified & rows["status"].ne("not returned"), "not_certified"))
    found.append(_where(rows, _stated(rows, "duplicated", True, "duplicated_row"), "duplicated_row"))
    not_read = unread(rows)
    found.append(_where(rows, not_read > 0, "not_read", not_read))
    result = pd.concat(found, ignore_index=True)
    return result.sort_values(["year", "council", "check"], kind="stable", ignore_index=True)


def flags(panel: pd.DataFrame, found: pd.DataFrame) -> pd.Series:
    """Return each row's flags as one text, "code" or "code=amount", separated by semicolons."""
    text = found["check"].where(found["value"].isna(), found["check"] + "=" + found["value"].map(_amount))
    joined = text.groupby([found["ons_code"], found["year"]]).agg(";".join)
    keys = pd.MultiIndex.from_arrays([panel["ons_code"], panel["year"]])
    return pd.Series(joined.reindex(keys).fillna("").to_numpy(), index=panel.index)


def _amount(value: float) -> str:
    return "" if np.isnan(value) else f"{value:.0f}"


def _where(rows: pd.DataFrame, mask: pd.Series, check: str, value: pd.Series | None = None) -> pd.DataFrame:
    keep = rows.loc[mask.to_numpy(), ["ons_code", "council", "class", "outturn_year", "year"]]
    amounts = np.nan if value is None else value[mask].to_numpy(dtype=float)
    return keep.assign(check=check, value=amounts)


def _stated(rows: pd.DataFrame, column: str, value: object, check: str) -> pd.Series:
    """Return where the publication itself says so: by its column, or by the flag once set from it."""
    if column in rows:
        return rows[column].eq(value)
    before = rows["flags"] if "flags" in rows else pd.Series("", index=rows.index)
    return before.fillna("").str.split(";").map(lambda codes: check in codes).astype(bool)


def _previous(rows: pd.DataFrame, values: pd.Series) -> pd.Series:
    """Return the same council's value of the year before, missing where that year is not there."""
    before = values.groupby(rows["ons_code"]).shift()
    year_before = rows.groupby("ons_code")["year"].shift()
    return before.where(year_before == rows["year"] - 1)


def _opening(rows: pd.DataFrame, start: str, end: str, check: str) -> pd.DataFrame:
    difference = rows[start] - _previous(rows, rows[end])
    return _where(rows, difference.abs() > 1, check, difference)


def _services(rows: pd.DataFrame) -> pd.DataFrame:
    services = rows[[name for name in SERVICES if name in rows]]
    difference = services.sum(axis=1, min_count=5) - rows[TOTAL_SERVICES]
    return _where(rows, difference.abs() > _ROUNDING, "services_sum", difference)


def _jumps(rows: pd.DataFrame) -> list[pd.DataFrame]:
    spending = rows["rs_netrevexp_net_exp"].where(rows["rs_netrevexp_net_exp"] > 0)
    reserves = rows["rs_resunall_end_cy"] + rows["rs_resoth_end_cy"]
    reserves = reserves.where(reserves.notna(), rows.get("int_reserves_unallocated_and_earmarked"))
    moves = {
        "jump_nre": np.log(spending / _previous(rows, spending)),
        "jump_reserves": reserves / spending - _previous(rows, reserves / spending),
        "jump_interest": rows["rs_intextpay_net_exp"] / spending
        - _previous(rows, rows["rs_intextpay_net_exp"] / spending),
    }
    found = []
    for check, move in moves.items():
        group = [rows["class"], rows["year"]]
        middle = move.groupby(group).transform("median")
        spread = (move - middle).abs().groupby(group).transform("median") * 1.4826
        deviations = (move - middle) / spread.where(spread > 0)
        found.append(_where(rows, deviations.abs() > _JUMP, check, deviations))
    return found
