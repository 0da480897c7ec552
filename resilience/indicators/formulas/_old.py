"""The formulas, one small pure function an indicator; definitions.toml says the same in words and form lines.

Every function takes a :class:`Books` and returns a Series on its index. Amounts are £ thousand; ratios are
fractions. A missing line gives a missing value, and so does a denominator near zero.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

#: Below this net revenue expenditure (£ thousand) no ratio to it is given: it would say nothing of the council.
SMALLEST_DENOMINATOR = 1_000.0

Formula = Callable[["Books"], pd.Series]
REGISTRY: dict[str, Formula] = {}


@dataclass
class Books:
    """A council's lines by year, as the formulas read them.

    Attributes
    ----------
    frame : DataFrame
        The panel with lineage, one row a council and year, on a unique index.
    switches : dict of str to bool
        The definitions chosen; see ``compute.SWITCHES``.
    """

    frame: pd.DataFrame
    switches: dict[str, bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Remember where each council's other years stand."""
        keys = pd.MultiIndex.from_arrays([self.frame["ons_code"], self.frame["year"]])
        self._positions = pd.Series(np.arange(len(self.frame)), index=keys)
        self._cache: dict[str, pd.Series] = {}

    def line(self, name: str) -> pd.Series:
        """Return a line's amounts; all missing where no year has the line."""
        if name not in self.frame.columns:
            return pd.Series(np.nan, index=self.frame.index)
        return self.frame[name].astype(float)

    def first_of(self, *names: str) -> pd.Series:
        """Return the first of several lines that is there, row by row."""
        result = self.line(names[0])
        for name in names[1:]:
            result = result.where(result.notna(), self.line(name))
        return result

    def earlier(self, values: pd.Series, years: int) -> pd.Series:
        """Return the same council's value some years before, missing where that year is not there."""
        keys = pd.MultiIndex.from_arrays([self.frame["ons_code"], self.frame["year"] - years])
        where = self._positions.reindex(keys).to_numpy()
        found = ~np.isnan(where)
        result = np.full(len(values), np.nan)
        result[found] = values.to_numpy(dtype=float)[where[found].astype(int)]
        return pd.Series(result, index=values.index)

    def once(self, name: str, formula: Formula) -> pd.Series:
        """Compute an indicator once, however many others build on it."""
        if name not in self._cache:
            self._cache[name] = formula(self)
        return self._cache[name]

    @property
    def net_revenue_expenditure(self) -> pd.Series:
        """Net revenue expenditure, missing where too small to divide by."""
        amounts = self.line("rs_netrevexp_net_exp")
        return amounts.where(amounts >= SMALLEST_DENOMINATOR)

    def over_nre(self, amounts: pd.Series) -> pd.Series:
        """Return amounts as a fraction of net revenue expenditure."""
        return amounts / self.net_revenue_expenditure


def indicator(formula: Formula) -> Formula:
    """Register a formula under its own name, and let it be computed once a run."""
    name = formula.__name__

    def cached(books: Books) -> pd.Series:
        return books.once(name, formula)

    cached.__name__, cached.__doc__ = name, formula.__doc__
    REGISTRY[name] = cached
    return cached


def _other_earmarked(books: Books, when: str) -> pd.Series:
    """Return other earmarked reserves at "start" or "end" of the year, as the switches define them.

    Adjusted (915b) where published. 2020-21 has no adjusted figure; the same exceptional items (business rates
    relief and COVID grants held over, lines 921 to 923) are taken off there unless the switch says otherwise.
    """
    published = books.line(f"rs_resoth_{when}_cy")
    if not books.switches["adjusted_earmarked"]:
        return published
    adjusted = books.first_of(f"rs_resoth_adj_{when}_cy", f"rs_resoth_{when}_cy")
    if books.switches["covid_relief_out"]:
        held_over = sum(
            (books.line(f"rs_resoth{part}_{when}_cy").fillna(0.0) for part in ("covid", "s31bf", "s31brr")),
            start=pd.Series(0.0, index=published.index),
        )
        in_covid_year = books.frame["year"] == 2021
        adjusted = adjusted - held_over.clip(lower=0).where(in_covid_year, 0.0)
    return adjusted


def usable_reserves(books: Books) -> pd.Series:
    """Unallocated plus other earmarked reserves at 31 March, £ thousand."""
    unallocated = books.line("rs_resunall_end_cy")
    total = unallocated + _other_earmarked(books, "end")
    total = total.where(total.notna(), books.line("int_reserves_unallocated_and_earmarked"))
    if books.switches["dsg_deficit"]:
        total = total - _dsg_deficit(books).fillna(0.0)
    return total


def _opening_reserves(books: Books) -> pd.Series:
    """Unallocated plus other earmarked reserves at 1 April as this year's own form states them, £ thousand."""
    return books.line("rs_resunall_start_cy") + _other_earmarked(books, "start")


def _dsg_deficit(books: Books) -> pd.Series:
    """Accumulated deficit on the dedicated schools grant, £ thousand, positive for a deficit."""
    return -books.first_of("rs_resdsgadj_end_cy", "rs_resdsg_end_cy").clip(upper=0)


@indicator
def reserves_ratio(books: Books) -> pd.Series:
    """Usable reserves over net revenue expenditure."""
    return books.over_nre(books.once("usable_reserves", usable_reserves))


@indicator
def unallocated_ratio(books: Books) -> pd.Series:
    """Unallocated reserves over net revenue expenditure."""
    return books.over_nre(books.line("rs_resunall_end_cy"))


@indicator
def earmarked_ratio(books: Books) -> pd.Series:
    """Other earmarked reserves over net revenue expenditure."""
    return books.over_nre(_other_earmarked(books, "end"))


@indicator
def reserves_change_1y(books: Books) -> pd.Series:
    """Change of usable reserves within the year (this form's own opening and closing) over NRE."""
    closing = books.line("rs_resunall_end_cy") + _other_earmarked(books, "end")
    within = closing - _opening_reserves(books)
    # A second-hand year gives no opening balance: the change is then from the last closing balance.
    reserves = books.once("usable_reserves", usable_reserves)
    between = reserves - books.earlier(reserves, 1)
    second_hand = books.frame["source_kind"].eq("interim")
    return books.over_nre(within.where(~second_hand, between))


@indicator
def reserves_change_3y(books: Books) -> pd.Series:
    """Change of usable reserves over three years, over this year's net revenue expenditure."""
    reserves = books.once("usable_reserves", usable_reserves)
    return books.over_nre(reserves - books.earlier(reserves, 3))


@indicator
def reserves_runway_years(books: Books) -> pd.Series:
    """Years until usable reserves are gone at the three-year average rate of use; 20 where not falling."""
    reserves = books.once("usable_reserves", usable_reserves)
    yearly_use = (books.earlier(reserves, 3) - reserves) / 3
    years = (reserves.clip(lower=0) / yearly_use.where(yearly_use > 0)).clip(upper=20.0)
    return years.where(yearly_use > 0, yearly_use.where(yearly_use.isna(), 20.0))


@indicator
def interest_ratio(books: Books) -> pd.Series:
    """Interest payable over net revenue expenditure."""
    return books.over_nre(_interest(books))


def _interest(books: Books) -> pd.Series:
    """Interest payable and similar charges, £ thousand, net of the share charged to housing tenants if so chosen."""
    interest = books.line("rs_intextpay_net_exp")
    if books.switches["hra_interest_out"]:
        # Line 783 is what the HRA pays the General Fund for its loans (item 8): income, hence negative.
        interest = interest + books.line("rs_inthrapay_net_exp").fillna(0.0).clip(upper=0)
    return interest


@indicator
def mrp_ratio(books: Books) -> pd.Series:
    """Provision for repayment of principal (MRP) over net revenue expenditure."""
    return books.over_nre(books.line("rs_provprin_net_exp"))


@indicator
def debt_servicing_ratio(books: Books) -> pd.Series:
    """Interest payable plus provision for repayment of principal, over net revenue expenditure."""
    return books.over_nre(_interest(books) + books.line("rs_provprin_net_exp"))


@indicator
def interest_to_reserves(books: Books) -> pd.Series:
    """Interest payable over usable reserves: how much of the cushion one year's interest would take."""
    reserves = books.once("usable_reserves", usable_reserves)
    # An empty cushion is the worst case and not an undefined one: at least 0.5 % of net revenue expenditure.
    floor = 0.005 * books.net_revenue_expenditure
    return _interest(books) / reserves.where(reserves >= floor, floor.where(reserves.notna()))


@indicator
def investment_income_ratio(books: Books) -> pd.Series:
    """Interest and investment income over net revenue expenditure (income shown positive)."""
    return books.over_nre(-books.line("rs_intinvinc_net_exp"))


@indicator
def adult_social_care_share(books: Books) -> pd.Series:
    """Adult social care over net revenue expenditure; councils without the duty have none."""
    return _upper_only(books, books.over_nre(books.line("rs_asc_net_exp")))


@indicator
def childrens_social_care_share(books: Books) -> pd.Series:
    """Children's social care over net revenue expenditure; councils without the duty have none."""
    return _upper_only(books, books.over_nre(books.line("rs_csc_net_exp")))


@indicator
def social_care_share(books: Books) -> pd.Series:
    """All social care over net revenue expenditure; councils without the duty have none."""
    both = books.line("rs_asc_net_exp") + books.line("rs_csc_net_exp")
    return _upper_only(books, books.over_nre(both.where(both.notna(), books.line("rs_sc_net_exp"))))


def _upper_only(books: Books, values: pd.Series) -> pd.Series:
    """Blank a value for shire districts, which have no such duty: their small amounts are no burden of zero."""
    return values.where(books.frame["class"] != "SD")


@indicator
def general_fund_housing_ratio(books: Books) -> pd.Series:
    """Housing services of the General Fund (homelessness in the main) over net revenue expenditure."""
    return books.over_nre(books.line("rs_hous_net_exp"))


@indicator
def flexible_receipts_ratio(books: Books) -> pd.Series:
    """Capital receipts used for revenue under the flexibility, over net revenue expenditure."""
    return books.over_nre(books.line("rs_caprecflex_net_exp").abs())


@indicator
def revenue_for_capital_ratio(books: Books) -> pd.Series:
    """Capital expenditure paid from revenue (CERA) over net revenue expenditure: slack that can be given up."""
    return books.over_nre(books.line("rs_cera_net_exp"))


@indicator
def council_tax_share(books: Books) -> pd.Series:
    """Council tax requirement over net revenue expenditure."""
    return books.over_nre(books.line("rs_ctrtot_net_exp"))
