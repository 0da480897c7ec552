"""Places: county and districts together, each council's own last figures, nothing missing counted as nought."""

from datetime import date

import pandas as pd
import pytest

from resilience import method
from resilience.analysis.place import place
from resilience.errors import DataError


@pytest.fixture(scope="module")
def run():
    return method.run(date(2026, 11, 1), intervals=False)


def test_a_district_and_its_county_are_one_place(run):
    one, other = place("Woking", run=run), place("Surrey", run=run)
    assert list(one.councils.index) == list(other.councils.index) and len(one.councils) == 12
    assert one.councils.index[0] == "E10000030" and one.name == "Surrey" and not one.single


@pytest.mark.parametrize("name", ["Croydon", "Sutton", "Barnsley", "Cumberland", "Isles of Scilly"])
def test_a_single_tier_stands_by_itself(run, name):
    one = place(name, run=run)
    assert one.single and len(one.councils) == 1 and one.name == name


def test_amounts_are_the_panels(run):
    one = place("Surrey", run=run)
    panel = run.panel.set_index(["ons_code", "year"])
    assert one.councils.at["E07000217", "spending"] == pytest.approx(
        panel.at[("E07000217", 2025), "rs_netrevexp_net_exp"]
    )
    assert one.councils.at["E07000217", "spending_year"] == 2025  # Woking has not returned 2025-26
    assert one.councils.at["E10000030", "unallocated"] == panel.at[("E10000030", 2026), "rs_resunall_end_cy"]
    assert one.councils.at["E10000030", "unallocated_year"] == 2026
    capital = pd.read_csv("data/processed/capital.csv").set_index(["ons_code", "year"])
    assert one.councils.at["E07000217", "debt"] == capital.at[("E07000217", 2025), "cor_external_debt"]
    assert one.totals()["debt"] == pytest.approx(one.councils["debt"].sum())
    assert one.services.at["Adult social care", "E10000030"] == panel.at[("E10000030", 2024), "rs_asc_net_exp"]


def test_districts_have_no_schools_deficit_and_missing_is_not_nought(run):
    one = place("Surrey", run=run)
    districts = one.councils[one.councils["class"] == "SD"]
    assert districts["dsg_deficit"].isna().all()


def test_each_councils_standing_is_the_lists(run):
    one = place("Essex", run=run)
    pd.testing.assert_series_equal(one.councils["risk"], run.table.loc[one.councils.index, "risk"])
    assert one.councils["status"].isin(["at risk", "event already", "cannot be scored"]).all()


def test_a_place_of_the_past_has_the_councils_of_the_past():
    early = method.run(date(2019, 1, 1), intervals=False)
    one = place("E10000021", run=early)
    assert len(one.councils) == 8 and one.councils.at["E10000021", "status"] == "event already"
    assert one.councils["spending_year"].max() == 2018
    # Debt of 31 March 2017, known from 31 March 2018; that of 2018 came later than the day.
    assert set(one.councils["debt_year"]) == {2017}
    held = pd.read_csv("data/processed/capital.csv").set_index(["year", "ons_code"])["cor_external_debt"][2017]
    assert one.councils["debt"].to_dict() == held[one.councils.index].to_dict()
    with pytest.raises(DataError, match="did not exist on 2019-01-01"):
        place("E06000066", run=early)


def test_an_abolished_council_names_its_successors(run):
    with pytest.raises(DataError, match="ask for North Northamptonshire and West Northamptonshire"):
        place("E10000021", run=run)
