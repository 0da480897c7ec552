"""The checks: each finds its fault where it is put, says by how much, and finds nothing where there is none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from resilience.tables import checks
from resilience.tables.checks import CORE, MEANING, SERVICES, TOTAL_SERVICES, findings, flags, status_of


@pytest.fixture(scope="module")
def found(panel):
    return findings(panel)


@pytest.fixture(scope="module")
def extract(panel):
    """Return six districts' four whole years, in which the fixed checks find nothing that concerns these tests."""
    rows = panel[(panel["class"] == "SD") & panel["year"].between(2016, 2019)]
    return rows[rows["ons_code"].isin(rows["ons_code"].unique()[:40])].reset_index(drop=True)


def at(found: pd.DataFrame, council: str, year: str) -> dict[str, float]:
    rows = found[(found["council"] == council) & (found["outturn_year"] == year)]
    return dict(zip(rows["check"], rows["value"], strict=True))


def test_every_code_has_its_meaning(found):
    assert set(found["check"]) <= set(MEANING)
    assert not found.duplicated(["ons_code", "year", "check"]).any()


@pytest.mark.parametrize(
    ("council", "year", "check"),
    [
        ("North West Leicestershire", "2022-23", "not_returned"),
        ("Woking", "2025-26", "not_returned"),
        ("Woking", "2023-24", "transcribed"),
        ("Thurrock", "2021-22", "partial_return"),
        ("Birmingham", "2024-25", "transcribed"),
        ("Sheffield", "2025-26", "second_hand"),
        ("Norwich", "2023-24", "nil_not_returned"),
    ],
)
def test_named_cases(found, council, year, check):
    assert check in at(found, council, year)


def test_the_findings_are_the_flags_the_panel_ships(panel, found):
    assert flags(panel, found).tolist() == panel["flags"].tolist()


def test_what_only_the_publication_says_is_found_again_in_a_panel_read_back(found):
    """Check certification, published since 2022-23 in a column that the panel has no more."""
    uncertified = found[found["check"] == "not_certified"]
    assert len(uncertified) == 117
    assert set(uncertified["outturn_year"]) <= {"2022-23", "2023-24"}


def test_opening_unequal_to_the_closing_before_says_by_how_much(extract):
    frame = extract.copy()
    row = frame.index[frame["year"] == 2018][0]
    for start, check in (("rs_resunall_start_cy", "opening_unallocated"), ("rs_resoth_start_cy", "opening_earmarked")):
        before = frame[(frame["ons_code"] == frame.at[row, "ons_code"]) & (frame["year"] == 2017)].iloc[0]
        frame.loc[row, start] = before[start.replace("start", "end")]
        name, year = frame.at[row, "council"], frame.at[row, "outturn_year"]
        assert check not in at(findings(frame), name, year)
        frame.loc[row, start] += 1  # rounding
        assert check not in at(findings(frame), name, year)
        frame.loc[row, start] -= 513
        assert at(findings(frame), name, year)[check] == -512


def test_without_the_year_before_no_opening_is_questioned(extract):
    without = extract[extract["year"] != 2017]
    found = findings(without)
    assert not found.loc[found["year"].isin([2016, 2018]), "check"].str.startswith(("opening", "jump")).any()
    assert found.loc[found["year"] == 2019, "check"].str.startswith(("opening", "jump")).any()


def test_unallocated_reserves_of_exactly_nought(extract):
    frame = extract.copy()
    row = frame.index[5]
    where = frame.at[row, "council"], frame.at[row, "outturn_year"]
    frame.loc[row, "rs_resunall_end_cy"] = 0.0
    assert "unallocated_zero" in at(findings(frame), *where)
    for other in (1.0, -1.0, np.nan):
        frame.loc[row, "rs_resunall_end_cy"] = other
        assert "unallocated_zero" not in at(findings(frame), *where)


def test_services_that_do_not_add_up(extract):
    frame = extract.copy()
    row = frame.index[7]
    where = frame.at[row, "council"], frame.at[row, "outturn_year"]
    services = [name for name in SERVICES if name in frame]
    frame.loc[row, TOTAL_SERVICES] = frame.loc[row, services].sum()
    assert "services_sum" not in at(findings(frame), *where)
    frame.loc[row, TOTAL_SERVICES] -= 7  # fifteen roundings
    assert "services_sum" not in at(findings(frame), *where)
    frame.loc[row, TOTAL_SERVICES] -= 93
    assert at(findings(frame), *where)["services_sum"] == 100


@pytest.mark.parametrize(
    ("column", "check"), [("rs_netrevexp_net_exp", "jump_nre"), ("rs_resoth_end_cy", "jump_reserves")]
)
def test_a_jump_beyond_five_robust_deviations_of_its_class(extract, column, check):
    frame = extract.copy()
    usual = findings(frame)
    row = next(
        i
        for i in frame.index[frame["year"] == 2018]
        if check not in at(usual, *frame.loc[i, ["council", "outturn_year"]])
    )
    where = frame.at[row, "council"], frame.at[row, "outturn_year"]
    frame.loc[row, column] *= 8
    jump = at(findings(frame), *where)
    assert jump[check] > 5
    # the same figures beside another class's are no measure: alone in its class, a row cannot jump
    frame.loc[row, "class"] = "UA"
    assert check not in at(findings(frame), *where)


def test_a_jump_is_counted_in_robust_deviations_by_hand(extract):
    frame = extract.copy()
    move = np.log(frame.set_index(["ons_code", "year"])["rs_netrevexp_net_exp"].unstack()).diff(axis=1)[2018]
    deviations = (move - move.median()) / (1.4826 * (move - move.median()).abs().median())
    found = findings(frame)
    jumps = found[(found["check"] == "jump_nre") & (found["year"] == 2018)].set_index("ons_code")["value"]
    expected = deviations[deviations.abs() > 5]
    assert len(expected) < 10
    pd.testing.assert_series_equal(jumps.sort_index(), expected.sort_index(), check_names=False)


def test_a_doubled_row_and_a_return_without_certification(extract):
    frame = extract.assign(certified="Y", duplicated=False)
    frame.loc[3, "certified"], frame.loc[4, "duplicated"] = "N", True
    found = findings(frame)
    assert found.loc[found["check"] == "not_certified", "ons_code"].tolist() == [frame.at[3, "ons_code"]]
    assert found.loc[found["check"] == "duplicated_row", "ons_code"].tolist() == [frame.at[4, "ons_code"]]


@pytest.mark.parametrize("column", CORE)
def test_without_one_of_the_five_a_return_is_partial(extract, column):
    frame = extract.copy()
    frame.loc[2, column] = np.nan
    status = status_of(frame)
    assert status[2] == "partial"
    assert status.drop(2).eq("returned").all()


def test_without_any_figure_there_is_no_return_and_with_a_nought_there_is_one(extract):
    frame = extract.copy()
    amounts = [name for name in frame if name.startswith(("rs_", "int_"))]
    frame.loc[2, amounts] = np.nan
    assert status_of(frame)[2] == "not returned"
    frame.loc[2, CORE[0]] = 0.0
    assert status_of(frame)[2] == "partial"


def test_findings_and_flags_do_not_depend_on_the_order_of_rows(panel, found):
    shuffled = panel.sample(frac=1, random_state=5)
    again = findings(shuffled)
    keys = ["year", "ons_code", "check"]
    pd.testing.assert_frame_equal(
        again.sort_values(keys, ignore_index=True), found.sort_values(keys, ignore_index=True)
    )
    text = flags(panel, found)
    assert flags(shuffled, again).sort_index().map(sorted).equals(text.map(sorted))


def test_nothing_is_corrected(panel):
    before = panel.copy()
    checks.findings(panel)
    checks.status_of(panel)
    pd.testing.assert_frame_equal(panel, before)
