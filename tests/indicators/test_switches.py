"""The definitions that can be chosen, and how far each moves a council."""

from datetime import date

import pandas as pd
import pytest

from resilience import method
from resilience.councils.lineage import with_lineage
from resilience.errors import DataError, UnknownCouncilError
from resilience.indicators.compute import SWITCHES, chosen, compute_indicators, switch_effects


@pytest.fixture(scope="module")
def whole(panel):
    return with_lineage(panel)


def effect(table, switch, indicator):
    return table[(table["switch"] == switch) & (table["indicator"] == indicator)].iloc[0]


def test_housing_tenants_interest(whole):
    # Nottingham 2023-24: 30,888 of interest, of which the HRA pays 12,345
    moved = effect(switch_effects(whole, "Nottingham", 2024), "hra_interest_out", "interest_ratio")
    assert moved["default"] == pytest.approx(30888 / 231405)
    assert moved["switched"] == pytest.approx((30888 - 12345) / 231405)
    assert moved["change"] == pytest.approx(-12345 / 231405)
    assert bool(moved["set_to"])


def test_covid_relief(whole):
    # Westminster 2020-21: 444,349 of relief held over
    moved = effect(switch_effects(whole, "E09000033", 2021), "covid_relief_out", "reserves_ratio")
    assert moved["change"] == pytest.approx(444349 / 165283)


def test_adjusted_earmarked_reserves(whole):
    row = whole[(whole["council"] == "Westminster") & (whole["year"] == 2022)].iloc[0]
    moved = effect(switch_effects(whole, "Westminster", 2022), "adjusted_earmarked", "earmarked_ratio")
    gap = row["rs_resoth_end_cy"] - row["rs_resoth_adj_end_cy"]
    assert moved["change"] == pytest.approx(gap / row["rs_netrevexp_net_exp"])


def test_schools_grant_deficit(whole):
    # Medway 2023-24: deficits of 23,530 less 4,174 in hand; transcribed 2024-25: 23,530
    moved = effect(switch_effects(whole, "Medway", 2024), "dsg_deficit", "reserves_ratio")
    assert moved["switched"] == pytest.approx((10061 + 25812 - 23530 + 4174) / 230240)
    newer = effect(switch_effects(whole, "Medway", 2025), "dsg_deficit", "reserves_ratio")
    assert newer["change"] == pytest.approx(-23530 / 239933)


def test_an_unpublished_deficit_is_not_none(indicators, whole):
    switched = compute_indicators(whole, switches={"dsg_deficit": True})
    upper = (switched["class"] != "SD") & (switched["year"] == 2022)
    assert switched.loc[upper, "reserves_ratio"].isna().all()
    districts = switched["class"] == "SD"
    left = switched.loc[districts, "reserves_ratio"], indicators.loc[districts, "reserves_ratio"]
    assert left[0].equals(left[1])


def test_an_unpublished_share_of_tenants_is_not_none(whole):
    switched = compute_indicators(whole, switches={"hra_interest_out": True})
    second_hand = switched["source_kind"] == "interim"
    assert switched.loc[second_hand, "interest_ratio"].isna().all()


def test_a_district_without_housing_is_moved_by_few(whole):
    table = switch_effects(whole, "Cotswold", 2020)
    assert table.empty


def test_switches_that_are_none(whole):
    with pytest.raises(DataError, match="'colour' is not a switch; choose among adjusted_earmarked"):
        compute_indicators(whole.head(3), switches={"colour": True})
    with pytest.raises(DataError, match=r"no row of Medway for 1999-00"):
        switch_effects(whole, "Medway", 2000)
    with pytest.raises(UnknownCouncilError):
        switch_effects(whole, "Nowhere", 2024)


def test_two_rows_for_a_year_are_refused(whole):
    twice = pd.concat([whole.head(2), whole.head(1)]).assign(built=False)
    with pytest.raises(DataError, match="has two rows for"):
        compute_indicators(twice)


def test_the_choice_travels_with_the_scored_day(whole):
    """A day scored with other definitions says with which; a table of indicators has no room to say it unseen."""
    table = compute_indicators(whole.head(3).assign(built=False), switches={"dsg_deficit": True})
    assert not table.attrs
    scored = method.run(date(2022, 1, 1), panel=whole, switches={"dsg_deficit": True}, intervals=False)
    assert scored.switches == {"dsg_deficit": True}
    assert chosen(scored.switches) == {name: default for name, (default, _) in SWITCHES.items()} | {"dsg_deficit": True}
    usual = method.run(date(2022, 1, 1), panel=whole, intervals=False)
    assert usual.switches == {}
    pd.testing.assert_frame_equal(scored.indicators, compute_indicators(whole, switches=scored.switches))
    assert not scored.indicators["reserves_ratio"].equals(usual.indicators["reserves_ratio"])
