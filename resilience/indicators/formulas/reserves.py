"""Reserves: how much there is, of what kind, and how fast it goes."""

from __future__ import annotations

import pandas as pd

from resilience.indicators.formulas.books import Books, indicator

#: Purposes of other earmarked reserves as the form asks for them since 2021-22 (lines 1023 to 1027).
PURPOSES = ("cont", "fut", "spec", "bdg", "oth")


@indicator
def net_revenue_expenditure(books: Books) -> pd.Series:
    """Net revenue expenditure, £ thousand, as published: the size everything else is measured against."""
    return books.line("rs_netrevexp_net_exp")


def other_earmarked(books: Books, when: str) -> pd.Series:
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


def dsg_deficit(books: Books) -> pd.Series:
    """Return the accumulated deficit on the dedicated schools grant, £ thousand; 0 where in hand.

    The reserve (913) and the adjustment account (912) taken together, as one balance. In 2020-21 and 2021-22 the
    deficits had been moved to the account and the account was not published: missing, not zero. Shire districts
    have no such grant and no value.
    """
    reserve, account = books.line("rs_resdsg_end_cy"), books.line("rs_resdsgadj_end_cy")
    unseen = books.frame["year"].isin((2021, 2022))
    # Of transcribed years only the account is at hand; an overdrawn one is the deficit, for nothing is held beside it.
    alone = reserve.isna() & (account < 0) & books.frame["source_kind"].eq("transcribed")
    reserve = reserve.mask(alone, 0.0)
    balance = (reserve + account.where(account.notna(), 0.0)).where(~unseen)
    deficit = -balance.clip(upper=0)
    deficit = deficit.where(deficit.notna(), books.first_of("int_dsg_deficit", "int_dsg_deficit_at_least"))
    return books.upper_only(deficit + 0.0)


def usable_reserves(books: Books) -> pd.Series:
    """Unallocated plus other earmarked reserves at 31 March, £ thousand."""
    total = books.line("rs_resunall_end_cy") + other_earmarked(books, "end")
    total = total.where(total.notna(), books.line("int_reserves_unallocated_and_earmarked"))
    if books.switches["dsg_deficit"]:
        deficit = dsg_deficit(books)
        total = total - deficit.where(books.frame["class"] != "SD", 0.0)
    return total


def reserves_now(books: Books) -> pd.Series:
    """Return usable reserves, computed once a run."""
    return books.once("usable_reserves", usable_reserves)


def reserves_earlier(books: Books, years: int) -> pd.Series:
    """Return usable reserves some years before, £ thousand, comparable with the year they are compared with.

    For 31 March 2021 no adjusted figure was published at the time, and taking off lines 921 to 923 leaves some relief
    in. The year after published its own adjusted opening balance (916 and 915b at 1 April 2021), out before any year
    that looks back so far: that is used where the council returned it, and the adjustment is not switched off.
    """
    before = books.earlier(reserves_now(books), years)
    if not (books.switches["adjusted_earmarked"] and books.switches["covid_relief_out"]) or years < 2:
        return before
    opening = books.line("rs_resunall_start_cy") + books.line("rs_resoth_adj_start_cy")
    restated = books.earlier(opening, years - 1)
    if books.switches["dsg_deficit"]:
        # The deficit of 31 March 2021 was not published: missing under that switch, as everywhere else.
        return before
    return before.where((books.frame["year"] - years != 2021) | restated.isna(), restated)


def change_within_year(books: Books) -> pd.Series:
    """Return closing less opening balance as this year's own form states them, £ thousand."""
    closing = books.line("rs_resunall_end_cy") + other_earmarked(books, "end")
    return closing - (books.line("rs_resunall_start_cy") + other_earmarked(books, "start"))


@indicator
def reserves_ratio(books: Books) -> pd.Series:
    """Usable reserves over net revenue expenditure."""
    return books.over_nre(reserves_now(books))


@indicator
def unallocated_ratio(books: Books) -> pd.Series:
    """Unallocated reserves over net revenue expenditure."""
    return books.over_nre(books.line("rs_resunall_end_cy"))


@indicator
def earmarked_ratio(books: Books) -> pd.Series:
    """Other earmarked reserves over net revenue expenditure."""
    return books.over_nre(other_earmarked(books, "end"))


@indicator
def risk_reserves_share(books: Books) -> pd.Series:
    """Earmarked reserves held for budget stabilisation and specific risks, over all other earmarked reserves.

    Only where the five purposes add up to the whole (line 915) within 1%.
    """
    parts = {name: books.line(f"rs_resoth{name}_end_cy") for name in PURPOSES}
    whole = books.enough(books.line("rs_resoth_end_cy"))
    total = sum(parts.values(), start=pd.Series(0.0, index=whole.index))
    return ((parts["spec"] + parts["bdg"]) / whole).where((total - whole).abs() <= 0.01 * whole)


@indicator
def reserves_change_1y(books: Books) -> pd.Series:
    """Change of usable reserves within the year (this form's own opening and closing) over NRE."""
    # A transcribed or second-hand year has no opening balance: the change is then from the last closing balance.
    reserves = reserves_now(books)
    between = reserves - books.earlier(reserves, 1)
    without_opening = books.frame["source_kind"].isin(("transcribed", "interim"))
    return books.over_nre(change_within_year(books).where(~without_opening, between))


@indicator
def reserves_change_3y(books: Books) -> pd.Series:
    """Change of usable reserves over three years, over this year's net revenue expenditure."""
    reserves = reserves_now(books)
    return books.over_nre(reserves - reserves_earlier(books, 3))


@indicator
def reserves_real_growth_3y(books: Books) -> pd.Series:
    """Growth of usable reserves over three years in real terms, as a fraction of where they started."""
    reserves = reserves_now(books)
    before = books.enough(books.real(reserves_earlier(books, 3), 3))
    return reserves / before - 1


@indicator
def reserves_runway_years(books: Books) -> pd.Series:
    """Years until usable reserves are gone at the three-year average rate of use; 20 where not falling."""
    reserves = reserves_now(books)
    yearly_use = (reserves_earlier(books, 3) - reserves) / 3
    years = (reserves.clip(lower=0) / yearly_use.where(yearly_use > 0)).clip(upper=20.0)
    return years.where(yearly_use > 0, yearly_use.where(yearly_use.isna(), 20.0))


@indicator
def unplanned_reserves_use(books: Books) -> pd.Series:
    """Reserves taken beyond the budget: budgeted change less the change in the year, over NRE."""
    planned = books.line("ra_appresunall_net_exp") + books.line("ra_appresoth_net_exp")
    return books.over_nre(planned - change_within_year(books))
