"""Demand: the services a council must provide, whatever they cost."""

from __future__ import annotations

import pandas as pd

from resilience.indicators.formulas.books import Books, indicator
from resilience.indicators.formulas.reserves import dsg_deficit


@indicator
def adult_social_care_share(books: Books) -> pd.Series:
    """Adult social care over net revenue expenditure; councils without the duty have none."""
    return books.upper_only(books.over_nre(books.line("rs_asc_net_exp")))


@indicator
def childrens_social_care_share(books: Books) -> pd.Series:
    """Children's social care over net revenue expenditure; councils without the duty have none."""
    return books.upper_only(books.over_nre(books.line("rs_csc_net_exp")))


@indicator
def social_care_share(books: Books) -> pd.Series:
    """All social care over net revenue expenditure; councils without the duty have none."""
    both = books.line("rs_asc_net_exp") + books.line("rs_csc_net_exp")
    return books.upper_only(books.over_nre(both.where(both.notna(), books.line("rs_sc_net_exp"))))


def _real_growth(books: Books, name: str) -> pd.Series:
    """Return a service's real growth over three years as a share of this year's net revenue expenditure."""
    spent = books.line(name)
    return books.upper_only(books.over_nre(spent - books.real(books.earlier(spent, 3), 3)))


@indicator
def adult_social_care_real_growth_3y(books: Books) -> pd.Series:
    """Real growth of adult social care over three years, over net revenue expenditure."""
    return _real_growth(books, "rs_asc_net_exp")


@indicator
def childrens_social_care_real_growth_3y(books: Books) -> pd.Series:
    """Real growth of children's social care over three years, over net revenue expenditure."""
    return _real_growth(books, "rs_csc_net_exp")


@indicator
def general_fund_housing_ratio(books: Books) -> pd.Series:
    """Housing services of the General Fund (homelessness in the main) over net revenue expenditure."""
    return books.over_nre(books.line("rs_hous_net_exp"))


@indicator
def homelessness_ratio(books: Books) -> pd.Series:
    """Net current expenditure on homelessness over net revenue expenditure."""
    return books.over_nre(books.companion("housing_outturn", "ro4_homelessness_net_exp"))


@indicator
def dsg_deficit_ratio(books: Books) -> pd.Series:
    """Accumulated deficit on the dedicated schools grant over net revenue expenditure; 0 where in hand."""
    return books.over_nre(dsg_deficit(books))
