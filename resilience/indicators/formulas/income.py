"""Income: where the money comes from, and how much more the council could raise."""

from __future__ import annotations

import pandas as pd

from resilience.indicators.formulas.books import SMALLEST_DENOMINATOR, Books, indicator

#: From 2013-14 half of business rates stay with local government; before, grant was paid as rates redistributed.
RETENTION_FROM = 2014


@indicator
def council_tax_share(books: Books) -> pd.Series:
    """Council tax requirement over net revenue expenditure."""
    return books.over_nre(books.line("rs_ctrtot_net_exp"))


@indicator
def grant_share(books: Books) -> pd.Series:
    """Revenue Support Grant over net revenue expenditure, from 2013-14."""
    grant = 0.0 - books.line("rs_grantrsg_net_exp")
    return books.over_nre(grant.where(books.frame["year"] >= RETENTION_FROM))


@indicator
def retained_rates_share(books: Books) -> pd.Series:
    """Retained business rates over net revenue expenditure, from 2013-14."""
    return books.over_nre(0.0 - books.line("rs_retainnndr_net_exp"))


@indicator
def fees_charges_share(books: Books) -> pd.Series:
    """Sales, fees and charges over total service expenditure, both gross."""
    spent = books.companion("service_outturn", "rsx_totsx_tot_exp")
    charged = books.companion("service_outturn", "rsx_totsx_sfc")
    return charged / spent.where(spent >= SMALLEST_DENOMINATOR)


def _class_band_d(books: Books) -> pd.Series:
    """Return the median band D tax of each row's class in its year, £."""
    own = books.companion("council_tax", "ct_band_d_own")
    return own.groupby([books.frame["class"], books.frame["year"]]).transform("median")


@indicator
def band_d_against_class(books: Books) -> pd.Series:
    """Return the council's own band D tax over the median of its class, less one."""
    return books.companion("council_tax", "ct_band_d_own") / _class_band_d(books) - 1


@indicator
def band_d_rise_1y(books: Books) -> pd.Series:
    """Rise of the council's own band D tax on the year before."""
    own = books.companion("council_tax", "ct_band_d_own")
    return own / books.earlier(own, 1) - 1


@indicator
def tax_base_strength(books: Books) -> pd.Series:
    """Return what the tax base would raise at the class's median band D tax, over net revenue expenditure."""
    raised = books.companion("council_tax", "ct_tax_base") * _class_band_d(books) / 1000
    return books.over_nre(raised)
