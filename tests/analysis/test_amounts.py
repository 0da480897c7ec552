"""The amounts behind the ratios are the published ones, of the year the score takes them from."""

import pytest

from resilience.analysis.amounts import amounts
from tests.report.site_data import one_run


def test_amounts_give_the_ratios_they_stand_behind():
    run = one_run()
    for code in run.at_risk.index:
        found, own = amounts(run, code), run.known.own(code)
        interest, reserves, spending = (
            found[name] for name in ("interest_payable", "usable_reserves", "net_revenue_expenditure")
        )
        assert spending.value == run.table.at[code, "net_revenue_expenditure"]
        if reserves.year and reserves.year == spending.year:
            assert reserves.value / spending.value == pytest.approx(own.at[reserves.year, "reserves_ratio"])
        if interest.year and interest.year == reserves.year and reserves.value > 0.005 * spending.value:
            ratio = own.at[interest.year, "interest_to_reserves"]
            assert interest.value / reserves.value == pytest.approx(ratio), code


def test_a_council_without_figures_has_no_amounts():
    run = one_run()
    without = run.known.years.index[run.known.years["reserves_ratio"].isna()]
    assert all(amounts(run, code)["usable_reserves"].year == 0 for code in without)
