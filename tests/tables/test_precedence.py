"""Which source a line stands on, as shipped."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from resilience.councils import resolve
from resilience.indicators.compute import compute_indicators
from resilience.indicators.known import known_on
from resilience.tables import checks
from resilience.tables.panel import load_panel
from resilience.tables.precedence import FROM_SERVICES, is_late_line, load_conflicts, load_line_sources
from resilience.tables.revisions import load_vintages, panel_as_of

LATE = {"Birmingham": (2023, 2024), "Woking": (2023, 2024), "Cambridge": (2024,), "High Peak": (2023,)}


@pytest.fixture(scope="module")
def panel():
    return load_panel().set_index(["council", "year"])


def codes(row):
    return {flag.partition("=")[0] for flag in row["flags"].split(";")}


def test_a_row_is_of_the_kind_of_its_core_lines(panel):
    assert panel.at[("Norwich", 2024), "source_kind"] == "original"
    assert panel.at[("Norwich", 2025), "source_kind"] == "transcribed"
    assert panel.at[("Birmingham", 2023), "source_kind"] == "transcribed"
    assert panel.at[("Sheffield", 2026), "source_kind"] == "interim"
    newest = panel.reset_index().query("year in (2025, 2026)")
    counts = newest[newest["status"] != "not returned"].groupby(["year", "source_kind"]).size()
    assert counts.to_dict() == {
        (2025, "interim"): 2,
        (2025, "transcribed"): 315,
        (2026, "interim"): 3,
        (2026, "transcribed"): 289,
    }


def test_every_line_of_another_kind_is_listed_once(panel):
    sources = load_line_sources()
    assert not sources.duplicated(["ons_code", "year", "line"]).any()
    listed = sources.groupby(["year", "source_kind", "line"]).size()
    assert [listed[2025, "original", name] for name in FROM_SERVICES] == [150, 150, 308]
    kinds = load_panel().set_index(["ons_code", "year"])["source_kind"]
    rows = pd.MultiIndex.from_frame(sources[["ons_code", "year"]])
    assert (kinds.reindex(rows).to_numpy() != sources["source_kind"].to_numpy()).all()


def test_net_current_expenditure_of_the_service_outturn_is_the_summarys_line():
    services = pd.read_csv("data/processed/service_outturn.csv", low_memory=False)
    originals = load_panel().query("source_kind == 'original'")
    both = originals.merge(services, on=["ons_code", "year"], suffixes=("", "_rsx"))
    for line, rsx in FROM_SERVICES.items():
        off = (both[line] - both[rsx]).abs().dropna()
        assert (len(off), off.max()) == (962, 0.0)


def test_a_nil_that_nothing_in_the_return_accounts_for_is_not_returned(panel):
    for council, year in (
        *(("Norwich", 2024), ("Torbay", 2024), ("North Northamptonshire", 2024), ("Worcestershire", 2024)),
        *(("Bromley", 2022), ("South Gloucestershire", 2026), ("Cheltenham", 2026), ("Gloucester", 2026)),
        *(("Oxford", 2025), ("Bromsgrove", 2026), ("Redditch", 2026), ("Warwick", 2025)),
    ):
        row = panel.loc[council, year]
        assert np.isnan(row["rs_resunall_end_cy"]), council
        assert "nil_not_returned" in codes(row), council
    # Oxford's, Bromsgrove's and Redditch's other reserves are nil as well; Norwich's and Torbay's are not.
    for council, year, missing in (("Oxford", 2025, True), ("Redditch", 2026, True), ("Norwich", 2024, False)):
        assert np.isnan(panel.at[(council, year), "rs_resoth_end_cy"]) == missing


def test_greenwichs_nil_is_believed_for_the_return_shows_where_the_balance_went(panel):
    row = panel.loc["Greenwich", 2024]
    assert row["rs_resunall_end_cy"] == 0
    assert codes(row) >= {"unallocated_zero"}
    assert "nil_not_returned" not in codes(row)
    assert row["rs_resunall_start_cy"] == 18_894 == -row["rs_appresunall_net_exp"]
    norwich = panel.loc["Norwich", 2024]
    assert (norwich["rs_resunall_start_cy"], norwich["rs_appresunall_net_exp"]) == (0, 0)
    assert panel.at[("Norwich", 2023), "rs_resunall_end_cy"] == 10_336


def test_a_return_that_came_late_is_not_returned_before_its_day(panel):
    before = panel_as_of(load_panel(), load_vintages(), date(2025, 12, 9)).set_index(["council", "year"])
    after = panel_as_of(load_panel(), load_vintages(), date(2025, 12, 10)).set_index(["council", "year"])
    for council, years in LATE.items():
        for year in years:
            was, now = before.loc[council, year], after.loc[council, year]
            assert (was["status"], was["source_kind"], was["source_file"]) == ("not returned", "original", "")
            assert was["flags"] == "not_returned"
            assert was.filter(like="rs_").isna().all()
            assert was["known_from"] == before.loc[("Norwich", year), "known_from"]
            assert (now["status"], now["known_from"]) == ("returned", pd.Timestamp(2025, 12, 9))


def test_no_january_before_knows_a_return_that_came_late():
    known = known_on(compute_indicators(load_panel()), date(2025, 1, 1))
    assert known.newest(resolve("Birmingham")) == 2022
    assert known_on(compute_indicators(load_panel()), date(2026, 1, 1)).newest(resolve("Birmingham")) == 2025


def test_services_of_2024_25_are_missing_until_their_own_day():
    then = panel_as_of(load_panel(), load_vintages(), date(2025, 12, 4)).query("year == 2025")
    now = panel_as_of(load_panel(), load_vintages(), date(2025, 12, 5)).query("year == 2025")
    assert [int(frame["rs_hous_net_exp"].notna().sum()) for frame in (then, now)] == [0, 308]
    late = load_vintages()
    assert is_late_line(late).all()


def test_conflicts_name_both_figures_and_the_better_one_stands():
    found = load_conflicts()
    assert set(found["line"]) == {"rs_resdsgadj_end_cy"}
    assert (found["source_kind"] == "transcribed").all()
    assert (found["other_kind"] == "interim").all()
    assert np.allclose(found["difference"], found["other_amount"] - found["amount"])


def test_doubtful_figures_are_flagged_and_stay(panel):
    assert panel.at[("Plymouth", 2025), "rs_resunall_end_cy"] == -60_138
    assert "unallocated_negative" in codes(panel.loc["Plymouth", 2025])
    assert panel.at[("Basingstoke and Deane", 2025), "rs_netrevexp_net_exp"] == 4_698
    assert "nre_doubled_or_halved" in codes(panel.loc["Basingstoke and Deane", 2025])
    assert "earmarked_unadjusted" in codes(panel.loc["Norwich", 2025])
    assert "earmarked_unadjusted" not in codes(panel.loc["Norwich", 2024])
    assert set(codes(panel.loc["Norwich", 2025])) <= set(checks.MEANING)
