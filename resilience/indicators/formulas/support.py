"""One-off support: what can be used once, and what it is used for."""

from __future__ import annotations

import pandas as pd

from resilience.indicators.formulas.books import Books, indicator

#: Flexible receipts below this share of net revenue expenditure count as none: they say nothing of a council's slack.
MATERIAL_SHARE = 0.002


@indicator
def flexible_receipts_ratio(books: Books) -> pd.Series:
    """Capital receipts used for revenue under the flexibility, over net revenue expenditure; under 0.2% is none."""
    # Some councils print or count the receipts positive (2016-17, 2018-19): the size is meant either way.
    ratio = books.over_nre(books.line("rs_caprecflex_net_exp").abs())
    return ratio.mask(ratio < MATERIAL_SHARE, 0.0)


@indicator
def capitalisation_ratio(books: Books) -> pd.Series:
    """Revenue expenditure capitalised under a direction (line 768) over net revenue expenditure."""
    from_direction = 0.0 - books.line("rs_adjexpcap_net_exp")
    return books.over_nre(from_direction.where(books.frame["year"] >= 2021))


@indicator
def equal_pay_ratio(books: Books) -> pd.Series:
    """One-off equal pay costs, schools' and others', over net revenue expenditure."""
    return books.over_nre(books.line("rs_equal_sch_net_exp") + books.line("rs_equal_oth_net_exp"))


@indicator
def bad_debt_provision_ratio(books: Books) -> pd.Series:
    """Provision made for bad debts in the year over net revenue expenditure."""
    return books.over_nre(books.line("rs_provbad_net_exp"))
