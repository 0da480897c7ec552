"""Reporting: whether there is a return, and what its figures leave to doubt."""

from __future__ import annotations

import numpy as np
import pandas as pd

from resilience.indicators.formulas.books import SMALLEST_SHARE, Books, indicator

#: The outturn from which the publication says whether the finance officer had certified the return (2022-23).
CERTIFIED_FROM = 2023
#: Lines that seldom fall to nought in one year.
SELDOM_ZERO = (
    "rs_resunall_end_cy",
    "rs_resoth_end_cy",
    "rs_intextpay_net_exp",
    "rs_provprin_net_exp",
    "rs_intinvinc_net_exp",
)


@indicator
def no_return(books: Books) -> pd.Series:
    """1 where no return was published for the year, else 0."""
    return books.frame["status"].eq("not returned").astype(float)


@indicator
def years_since_return(books: Books) -> pd.Series:
    """Years from the last published return to this year; 0 where there is one."""
    rows = pd.DataFrame(
        {
            "code": books.frame["ons_code"],
            "year": books.frame["year"],
            "returned": books.frame["year"].where(books.frame["status"].ne("not returned")),
        }
    ).sort_values(["code", "year"])
    last = rows.groupby("code")["returned"].ffill()
    return (rows["year"] - last).astype(float).reindex(books.frame.index)


@indicator
def restated_opening_ratio(books: Books) -> pd.Series:
    """Sum opening balances differing from the last closing ones, unallocated and earmarked, over NRE."""
    total = pd.Series(0.0, index=books.frame.index)
    for name in ("resunall", "resoth"):
        closing = books.line(f"rs_{name}_end_cy").where(~books.frame["built"].astype(bool))
        total = total + (books.line(f"rs_{name}_start_cy") - books.earlier(closing, 1)).abs()
    return books.over_nre(total)


@indicator
def suspicious_zeros(books: Books) -> pd.Series:
    """How many of five lines are exactly zero that were not a year before."""
    found = pd.Series(0.0, index=books.frame.index)
    compared = pd.Series(0, index=books.frame.index)
    smallest = SMALLEST_SHARE * books.net_revenue_expenditure
    nil = books.frame["flags"].astype(str).str.contains("nil_not_returned", regex=False)
    for name in SELDOM_ZERO:
        amounts = books.line(name)
        if name.startswith("rs_res"):
            amounts = amounts.mask(nil & amounts.isna(), 0.0)  # as it was published, before it was taken for nothing
        before = books.earlier(amounts, 1)
        found = found + ((amounts == 0) & (before.abs() >= smallest)).astype(float)
        compared = compared + (amounts.notna() & before.notna() & smallest.notna()).astype(int)
    return found.where(compared == len(SELDOM_ZERO), np.nan)


@indicator
def uncertified_return(books: Books) -> pd.Series:
    """1 where the return was published before the finance officer certified it, else 0; from 2022-23."""
    uncertified = books.frame["flags"].str.contains("not_certified", regex=False).astype(float)
    published = books.frame["status"].ne("not returned") & books.frame["source_kind"].eq("original")
    return uncertified.where(published & (books.frame["year"] >= CERTIFIED_FROM))
