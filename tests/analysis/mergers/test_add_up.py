"""Councils added up: lines are summed, counties shared out, nothing missing is nought."""

import numpy as np
import pandas as pd
import pytest

from resilience.analysis.mergers.add_up import NO_CODE, TOTAL, merge_councils, merged_indicators, parts_of, read_share
from resilience.councils.proposals import names, proposal
from resilience.errors import DataError, ResilienceError
from tests.analysis.mergers.data import EAST, WEST, amount, one_panel, one_run


@pytest.fixture(scope="module")
def run():
    return one_run()


@pytest.fixture(scope="module")
def panel():
    return one_panel()


def test_lines_are_added_up(panel):
    rows = merge_councils(panel, ["Croydon", "Sutton"], "South").set_index("year")
    for line in ("rs_netrevexp_net_exp", "rs_intextpay_net_exp", "rs_resunall_end_cy"):
        expected = amount(panel, "E09000008", 2024, line) + amount(panel, "E09000029", 2024, line)
        assert rows.at[2024, line] == pytest.approx(expected)
    assert rows.at[2024, "council"] == "South" and rows.at[2024, "ons_code"] == NO_CODE
    assert rows["built"].all() and rows.at[2024, "built_from"] == "E09000008;E09000029"
    assert rows["int_reserves_to_nre"].isna().all()  # a rate cannot be added up


def test_a_county_is_shared_out_by_its_districts_spending(panel):
    rows = merge_councils(panel, EAST, "East Surrey").set_index("year")
    nre = {code: amount(panel, code, 2021, "rs_netrevexp_net_exp") for code in [f"E070002{n:02}" for n in range(7, 18)]}
    east = sum(nre[code] for code in ("E07000207", "E07000208", "E07000210", "E07000211", "E07000215"))
    share = east / sum(nre.values())
    assert 0.3 < share < 0.6
    county = amount(panel, "E10000030", 2021, "rs_csc_net_exp")
    districts = sum(amount(panel, code, 2021, "rs_csc_net_exp") for code in ("E07000207", "E07000208", "E07000210"))
    districts += sum(amount(panel, code, 2021, "rs_csc_net_exp") for code in ("E07000211", "E07000215"))
    assert rows.at[2021, "rs_csc_net_exp"] == pytest.approx(districts + share * county)


def test_the_two_halves_of_a_county_are_the_whole_of_it(panel):
    east, west = (parts_of(panel, codes) for codes in (EAST, WEST))
    shares = [part.share for half in (east, west) for part in half if part.class_ == "SC"]
    assert sum(shares) == pytest.approx(1.0)


def test_a_share_can_be_set(panel):
    rows = merge_councils(panel, EAST, "E", shares={"Surrey": 0.25}).set_index("year")
    whole = merge_councils(panel, EAST, "E", shares={"Surrey": 1.0}).set_index("year")
    apart = (
        (whole - rows[["rs_asc_net_exp"]])["rs_asc_net_exp"]
        if False
        else whole["rs_asc_net_exp"] - rows["rs_asc_net_exp"]
    )
    assert apart[2024] == pytest.approx(0.75 * amount(panel, "E10000030", 2024, "rs_asc_net_exp"))
    assert read_share("Surrey=45%") == ("E10000030", 0.45)


def test_a_district_taken_in_part_counts_in_part_for_the_county(panel):
    whole = {part.ons_code: part.share for part in parts_of(panel, ["Elmbridge", "Surrey"])}
    half = {part.ons_code: part.share for part in parts_of(panel, ["Elmbridge", "Surrey"], {"Elmbridge": 0.5})}
    assert half["E10000030"] == pytest.approx(whole["E10000030"] / 2)


def test_adding_up_somerset_gives_what_lineage_gives(panel):
    # The same five councils that became Somerset, with their own rows: the sums must be lineage's.
    members = ["E10000027", "E07000187", "E07000188", "E07000189", "E07000246"]
    built = panel[(panel["ons_code"] == "E06000066") & (panel["year"] == 2021)].iloc[0]
    total = sum(amount(panel, code, 2021, "rs_netrevexp_net_exp") for code in members)
    assert built["rs_netrevexp_net_exp"] == pytest.approx(total)
    with pytest.raises(DataError, match="abolished on 2023-03-31; name Somerset instead"):
        merge_councils(panel, members, "Somerset again")


def test_debt_is_added_up_from_capital_outturn(run, panel):
    capital = pd.read_csv("data/processed/capital.csv").query("year == 2025").set_index("ons_code")
    debt = capital.loc[["E09000008", "E09000029"], "cor_external_debt"].sum()
    rows = merge_councils(panel, ["Croydon", "Sutton"], "S")
    table = merged_indicators(rows, run.indicators).set_index("year")
    assert table.at[2025, "gross_debt_ratio"] * table.at[2025, "net_revenue_expenditure"] == pytest.approx(debt)


def test_a_return_not_made_is_never_nought(panel):
    # Runnymede, Waverley and Woking have not returned 2025-26: no reserves may be given for West Surrey in that year.
    absent, there = ("E07000212", "E07000216", "E07000217"), ("E07000209", "E07000214")
    newest = panel[panel["year"] == 2026].set_index("ons_code")["status"]
    assert (newest[list(absent)] == "not returned").all() and (newest[list(there)] == "returned").all()
    rows = merge_councils(panel, WEST, "West Surrey").set_index("year")
    assert np.isnan(rows.at[2026, "rs_resoth_end_cy"]) and rows.at[2025, "rs_resoth_end_cy"] > 0
    last = sum(amount(panel, code, 2025, "rs_resunall_end_cy") for code in absent)
    others = sum(amount(panel, code, 2026, "rs_resunall_end_cy") for code in there)
    assert rows.at[2026, "rs_resunall_end_cy"] > others + last


def test_exact_reserves_and_a_second_hand_total_make_one_total(panel):
    # Of Barnsley's reserves at 31 March 2026 only the second-hand total is at hand, of Rutland's the two exact lines.
    rows = merge_councils(panel, ["Barnsley", "Rutland"], "New").set_index("year")
    assert (rows.at[2026, "source_kind"], rows.at[2025, "source_kind"]) == ("interim", "transcribed")
    assert rows.at[2026, TOTAL] == 204_847 + 3_000 + 23_802
    assert np.isnan(rows.at[2026, "rs_resoth_end_cy"]) and np.isnan(rows.at[2025, TOTAL])


@pytest.mark.parametrize(
    ("codes", "shares", "words"),
    [
        (["Kent"], None, "at least two councils"),
        (["Kent", "Kent"], None, "named twice"),
        (["Kent", "Medway"], {"Surrey": 0.5}, "not among those merged"),
        (["Kent", "Medway"], {"Kent": 1.5}, "above 0 and up to 1"),
        (["Kent", "Nowhereville"], None, "not a known English principal council"),
        (["Kent", "Northamptonshire"], None, "abolished on 2021-03-31"),
    ],
)
def test_what_cannot_be_merged_is_one_sentence(panel, codes, shares, words):
    with pytest.raises(ResilienceError, match=words) as caught:
        merge_councils(panel, codes, "N", shares=shares)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["Kent", "Kent=", "Kent=0", "Kent=1.2", "=0.5", "Kent=half"])
def test_a_share_that_is_none_is_refused(text):
    with pytest.raises(DataError, match="is not a share"):
        read_share(text)


def test_the_shares_of_a_split_district_and_county_add_up(panel):
    for area in ("Norfolk", "Suffolk", "Hampshire", "Surrey", "Essex"):
        total: dict[str, float] = {}
        for name in names().query("area == @area and predecessors > 0")["new_authority"]:
            plan = proposal(name)
            for part in parts_of(panel, plan.codes, plan.shares):
                total[part.council] = total.get(part.council, 0) + part.share
        assert all(share == pytest.approx(1.0) or share < 1 for share in total.values())
        assert all(share == pytest.approx(1.0) for name, share in total.items() if name != area)
