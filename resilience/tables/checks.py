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
    "not_read": "the publication leaves the council out, or its figures could not be read (how many)",
    "partial_return": "the return lacks net revenue expenditure or one of the two reserves",
    "not_certified": "the return was published without the finance officer's certification",
    "duplicated_row": "the publication has two rows for this council; the fuller one is used",
    "opening_unallocated": "unallocated reserves at 1 April differ from the 31 March before (£ thousand)",
    "opening_earmarked": "other earmarked reserves at 1 April differ from the 31 March before (£ thousand)",
    "small_denominator": "net revenue expenditure is too small to divide by; no ratio to it is given",
    "interest_negative": "interest payable is negative (£ thousand): perhaps entered with the sign of another line",
    "unallocated_zero": "unallocated reserves at 31 March are zero, and the return shows how they were used",
    "nil_not_returned": "a reserve is returned as nil and nothing in the return explains it: taken as not returned",
    "unallocated_negative": "unallocated reserves at 31 March are negative (£ thousand)",
    "earmarked_unadjusted": "earmarked reserves as returned (915); the adjusted figure (915b) is not available",
    "split_moved": "unallocated reserves moved by over half of all reserves while the total hardly moved (£ thousand)",
    "nre_doubled_or_halved": "net revenue expenditure at least doubled or halved since the year before",
    "unit_doubtful": "a main figure is over fifty times the year before's, or under a fiftieth: another unit, perhaps",
    "services_sum": "the service lines do not add up to total service expenditure (difference, £ thousand)",
    "jump_nre": "net revenue expenditure moved from the year before by more than five robust deviations of its class",
    "jump_reserves": "reserves over net revenue expenditure moved by more than five robust deviations of its class",
    "jump_interest": "interest over net revenue expenditure moved by more than five robust deviations of its class",
    "second_hand": "second-hand figures, until the original publication is read",
    "transcribed": "exact figures transcribed from a republication, until the original publication is read",
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
#: Amounts are rounded to £1,000; an opening balance and its use may miss the closing one by two of them.
_ACCOUNTED = 2.0
_RESERVES = {
    "rs_resunall_end_cy": ("rs_resunall_start_cy", "rs_appresunall_net_exp"),
    "rs_resoth_end_cy": ("rs_resoth_start_cy", "rs_appresoth_net_exp"),
}
#: The first year in which the adjusted earmarked line (915b) was published.
_ADJUSTED_FROM = 2022
_UNITS = 50.0


def without_nil(panel: pd.DataFrame) -> pd.DataFrame:
    """Return the panel without reserves that are given as nil and were not returned.

    An unallocated balance of exactly nil is believed only where the return itself accounts for it: with an opening
    balance that is not nil and an appropriation that takes it there. That tells Greenwich 2023-24 (£18.9m at 1 April,
    as it closed the year before, and £18.9m taken) from Norwich and Torbay of that year (nil at 1 April, though they
    had closed on £10.3m and £16.8m, and nothing taken). A transcribed or second-hand row shows neither, so its nil is
    no answer. Both reserves nil at once, or earmarked reserves nil beside a doubled net revenue expenditure, are not
    believed either: then the lines stand in another place of the form.

    Returns
    -------
    DataFrame
        With those lines missing and a column ``nil_not_returned``, which the flag is made of.
    """
    unallocated, earmarked = (panel[name] for name in _RESERVES)
    rows = panel.sort_values(["ons_code", "year"])
    spending = rows["rs_netrevexp_net_exp"]
    doubled = (spending / _previous(rows, spending).where(lambda before: before > 0)).reindex(panel.index) >= 2
    nil = {
        "rs_resunall_end_cy": (unallocated == 0) & (~_accounted(panel, "rs_resunall_end_cy") | (earmarked == 0)),
        "rs_resoth_end_cy": (earmarked == 0) & ((unallocated == 0) | doubled),
    }
    any_nil = pd.concat(nil.values(), axis=1).any(axis=1)
    marked = any_nil | _stated(panel, "nil_not_returned", True, "nil_not_returned")
    return panel.assign(**{name: panel[name].mask(mask) for name, mask in nil.items()}, nil_not_returned=marked)


def _accounted(panel: pd.DataFrame, closing: str) -> pd.Series:
    """Say where an opening balance that is not nil and its use add up to the closing balance."""
    nothing = pd.Series(np.nan, index=panel.index)
    opening, used = (panel.get(name, nothing).astype(float) for name in _RESERVES[closing])
    return (opening.abs() > _ACCOUNTED) & ((opening + used - panel[closing]).abs() <= _ACCOUNTED)


def status_of(panel: pd.DataFrame) -> pd.Series:
    """Return "returned", "partial" or "not returned" for each row, from the lines every ratio needs.

    A second-hand row counts as returned if it has net revenue expenditure and total reserves; a transcribed one, which
    never has opening balances, if it has net revenue expenditure and both closing ones.
    """
    there = pd.concat([panel[name].notna() for name in CORE], axis=1)
    any_figure = panel.filter(regex="^(rs|int)_").notna().any(axis=1)
    status = pd.Series(np.where(there.all(axis=1), "returned", "partial"), index=panel.index)
    status[~any_figure] = "not returned"
    # What other publications of the year tell (RSX) does not make a return of a row that could not be read.
    status[~there.any(axis=1) & (unread(panel) > 0)] = "not read"
    exact = panel["source_kind"].eq("transcribed")
    closing = pd.concat([panel[name].notna() for name in ("rs_netrevexp_net_exp", *_RESERVES)], axis=1).all(axis=1)
    status[exact & closing] = "returned"
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
        _where(rows, _stated(rows, "nil_not_returned", True, "nil_not_returned"), "nil_not_returned"),
        _where(rows, rows["rs_resunall_end_cy"] < 0, "unallocated_negative", rows["rs_resunall_end_cy"]),
        _where(rows, rows["source_kind"].eq("interim") & rows["status"].ne("not returned"), "second_hand"),
        _where(rows, rows["source_kind"].eq("transcribed") & rows["status"].ne("not returned"), "transcribed"),
        _unadjusted(rows),
        _split(rows),
        *_steps(rows),
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


def _unadjusted(rows: pd.DataFrame) -> pd.DataFrame:
    """Find rows that rest on line 915 in years in which 915b is the comparable one."""
    adjusted = rows.get("rs_resoth_adj_end_cy", pd.Series(np.nan, index=rows.index))
    found = rows["rs_resoth_end_cy"].notna() & adjusted.isna() & (rows["year"] >= _ADJUSTED_FROM)
    return _where(rows, found, "earmarked_unadjusted")


def _split(rows: pd.DataFrame) -> pd.DataFrame:
    """Find balances that changed sides: the sum as before, the split not."""
    unallocated, total = rows["rs_resunall_end_cy"], rows["rs_resunall_end_cy"] + rows["rs_resoth_end_cy"]
    before, total_before = _previous(rows, unallocated), _previous(rows, total)
    moved = unallocated - before
    stayed = (total - total_before).abs() <= 0.1 * total_before.abs()
    return _where(rows, stayed & (moved.abs() > 0.5 * total.abs()), "split_moved", moved)


def _steps(rows: pd.DataFrame) -> list[pd.DataFrame]:
    """Find net revenue expenditure that doubled or halved, and main figures that look like other units."""
    spending = rows["rs_netrevexp_net_exp"].where(rows["rs_netrevexp_net_exp"] > 0)
    times = spending / _previous(rows, spending)
    other_units = pd.Series(False, index=rows.index)
    for name in ("rs_netrevexp_net_exp", "rs_resoth_end_cy", "rs_intextpay_net_exp"):
        # A few thousand pounds may well grow fiftyfold: only what is at least £50m on one side is judged.
        amounts, before = rows[name].abs(), _previous(rows, rows[name].abs())
        large = np.maximum(amounts, before) >= 50_000
        ratio = amounts.where(amounts > 0) / before.where(before > 0)
        other_units |= large & ((ratio >= _UNITS) | (ratio <= 1 / _UNITS))
    return [
        _where(rows, (times >= 2) | (times <= 0.5), "nre_doubled_or_halved"),
        _where(rows, other_units, "unit_doubtful"),
    ]


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
