"""Debt and investment: what borrowing costs, whether it is repaid, and what the budget earns from investments."""

from __future__ import annotations

import pandas as pd

from resilience.indicators.formulas.books import SMALLEST_DENOMINATOR, Books, indicator
from resilience.indicators.formulas.reserves import reserves_now

#: Interest (line 781) over external debt of all principal councils at 31 March 2024 is 3.00%.
IMPLIED_RATE = 0.03
#: No council collects a thousand million pounds of rent: a memorandum above it (£ thousand) was returned in £.
LARGEST_RENT = 1_000_000.0


def interest_payable(books: Books) -> pd.Series:
    """Return interest payable, £ thousand, net of the share charged to housing tenants if so chosen."""
    interest = books.line("rs_intextpay_net_exp")
    if books.switches["hra_interest_out"]:
        # Line 783 is what the HRA pays the General Fund for its loans (item 8): income, hence negative.
        interest = interest + books.line("rs_inthrapay_net_exp").clip(upper=0)
    return interest


@indicator
def interest_ratio(books: Books) -> pd.Series:
    """Interest payable over net revenue expenditure."""
    return books.over_nre(interest_payable(books))


@indicator
def mrp_ratio(books: Books) -> pd.Series:
    """Provision for repayment of principal (MRP) over net revenue expenditure."""
    return books.over_nre(books.line("rs_provprin_net_exp"))


@indicator
def debt_servicing_ratio(books: Books) -> pd.Series:
    """Interest payable plus provision for repayment of principal, over net revenue expenditure."""
    return books.over_nre(interest_payable(books) + books.line("rs_provprin_net_exp"))


@indicator
def interest_to_reserves(books: Books) -> pd.Series:
    """Interest payable over usable reserves: how much of the cushion one year's interest would take."""
    reserves = reserves_now(books)
    # An empty cushion is the worst case and not an undefined one: at least 0.5% of net revenue expenditure.
    floor = 0.005 * books.net_revenue_expenditure
    return interest_payable(books) / reserves.where(reserves >= floor, floor.where(reserves.notna()))


@indicator
def gross_debt_ratio(books: Books) -> pd.Series:
    """Borrowing and other long-term liabilities at 31 March over net revenue expenditure."""
    return books.over_nre(books.companion("capital", "cor_external_debt"))


@indicator
def cfr_ratio(books: Books) -> pd.Series:
    """Capital financing requirement at 31 March over net revenue expenditure."""
    return books.over_nre(books.companion("capital", "cor_cfr"))


@indicator
def mrp_to_cfr(books: Books) -> pd.Series:
    """MRP over the capital financing requirement: the part of the debt repaid from revenue in the year."""
    requirement = books.companion("capital", "cor_cfr")
    return books.line("rs_provprin_net_exp") / requirement.where(requirement >= SMALLEST_DENOMINATOR)


@indicator
def mrp_to_implied_debt(books: Books) -> pd.Series:
    """MRP over the debt that the interest implies at 3%."""
    implied = books.enough(interest_payable(books)) / IMPLIED_RATE
    return books.line("rs_provprin_net_exp") / implied


@indicator
def investment_income_ratio(books: Books) -> pd.Series:
    """Interest and investment income over net revenue expenditure (income shown positive)."""
    return books.over_nre(-books.line("rs_intinvinc_net_exp"))


@indicator
def non_treasury_income_ratio(books: Books) -> pd.Series:
    """Income from investments not made for treasury management, over net revenue expenditure."""
    treasury, other = books.line("rs_inctma_net_exp"), books.line("rs_incnontma_net_exp")
    # Both parts nought beside income in the total: the breakdown was not filled in.
    unfilled = (treasury == 0) & (other == 0) & (books.line("rs_intinvinc_net_exp") != 0)
    return books.over_nre((0.0 - other).where(~unfilled))


def _property(books: Books, name: str) -> pd.Series:
    """Return a memorandum line on investment property; missing where the form was returned in £."""
    plausible = books.line("rs_invprp_inc_net_exp").abs() < LARGEST_RENT
    return books.line(f"rs_invprp_{name}_net_exp").where(plausible)


@indicator
def investment_property_net_ratio(books: Books) -> pd.Series:
    """Net income from investment property, after its costs, interest and MRP, over net revenue expenditure."""
    return books.over_nre(0.0 - _property(books, "netinc"))


@indicator
def investment_property_margin(books: Books) -> pd.Series:
    """Net income from investment property over its gross income: what is left of a pound of rent."""
    income = 0.0 - _property(books, "inc")
    return (0.0 - _property(books, "netinc")) / books.enough(income)


@indicator
def revenue_for_capital_ratio(books: Books) -> pd.Series:
    """Capital expenditure paid from revenue (CERA) over net revenue expenditure: slack that can be given up."""
    return books.over_nre(books.line("rs_cera_net_exp"))
