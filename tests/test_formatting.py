"""How a figure is written: one function a unit."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from resilience import formatting as f


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (0.051, None, "5.1%"),
        (0.5, None, "50%"),
        (-0.02, None, "−2.0%"),
        (0.0, None, "0%"),
        (0.0001, None, "0.0%"),
        (-0.0001, None, "0.0%"),
        (0.0996, None, "10%"),
        (0.051, 0, "5%"),
        (-0.004, 0, "0%"),
        (float("nan"), None, "not known"),
    ],
)
def test_percent(value, digits, text):
    assert f.percent(value, digits) == text


def test_pounds():
    assert [f.pounds(1234.0), f.pounds(-999.0), f.pounds(float("nan"))] == ["£1.2m", "−£999k", "not known"]
    assert [f.pounds(0.4), f.pounds(1_234_567.0)] == ["£0", "£1,234.6m"]


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0 years"), (0.4, "under a year"), (1.0, "1 year"), (1.2, "1 year"), (1.6, "2 years"), (12.2, "12 years")],
)
def test_years(value, text):
    assert f.years(value) == text


def test_grades():
    assert [f.grade(value) for value in (1, 2.0, 3, 4)] == ["outstanding", "good", "requires improvement", "inadequate"]
    assert f.grade(1.5) == "outstanding to good"


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.2, "ratio", "20%"),
        (1500.0, "£ thousand", "£1.5m"),
        (3.0, "years", "3 years"),
        (2.0, "grade", "good"),
        (1.0, "flag", "yes"),
        (0.0, "flag", "no"),
        (0.5, "flag", "50%"),
        (7.0, "count", "7"),
        (85.4, "rate", "85"),
        (22.4, "score", "22"),
        (np.nan, "grade", "not published"),
    ],
)
def test_an_amount_in_its_unit(value, unit, text):
    assert f.amount(value, unit) == text


def test_what_is_said_for_a_missing_amount():
    assert f.amount(np.nan, "ratio", missing="–") == "–"


def test_dates():
    assert f.day("2023-09-05") == "5 September 2023"
    assert f.closing_day(2024) == "31 March 2024"
    assert f.when("2022-02", pd.Timestamp(2022, 2, 28)) == "February 2022"
    assert f.when("2022-02-05", pd.Timestamp(2022, 2, 5)) == "5 February 2022"
    assert f.when("2021", pd.Timestamp(2021, 12, 31)) == "2021"
    assert f.when("", pd.NaT) == "undated"


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.004, "under 1%"), (0.014, "1%"), (0.256, "26%"), (0.4, "40%"), (0.401, "over 40%"), (float("nan"), "")],
)
def test_chances_without_false_precision(value, text):
    assert f.chance(value) == text


def test_a_record_lifts_the_cap_but_nobody_is_certain():
    assert (f.chance(0.62, cap=1.0), f.chance(0.96, cap=1.0)) == ("62%", "over 95%")
    assert f.chance_range(0.5, 0.99, cap=1.0) == "50–>95%"
    assert f.short_chance(0.62) == ">40" and f.short_chance(0.004) == "<1" and f.short_chance(0.126) == "13"


def test_chances_by_the_number_of_cases():
    assert f.chances_at({10: 0.04, 20: 0.09, 30: 0.13}) == "about 4% if 10 do, 9% if 20 and 13% if 30"
    assert f.chances_at({10: 0.35, 20: 0.52}) == "about 35% if 10 do and over 40% if 20"
    assert f.chances_at({10: 0.001, 20: 0.02}) == "under 1% if 10 do and 2% if 20"


def test_steps_of_a_chance():
    assert f.chance_step(0.034, 0.12) == "3.4% → 12%"
    assert f.chance_step(0.39, 0.6) == "39% → over 40%"
    assert f.chance_step(0.5, 0.6) == "over 40% before and after"
    assert f.chance_step(0.201, 0.202) == "20% → 20%"


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (0.12, 0.31, "12–31%"),
        (0.001, 0.02, "<1–2%"),
        (0.22, 0.67, "22–>40%"),
        (0.5, 0.99, "over 40%"),
        (0.051, 0.054, "5%"),
    ],
)
def test_ranges(low, high, text):
    assert f.chance_range(low, high) == text
    assert f.chance_range(float("nan"), high) == ""


def test_chances_on_the_way_to_another():
    assert (f.step_chance(0.0004), f.step_chance(0.034), f.step_chance(0.34)) == ("under 0.1%", "3.4%", "34%")


@pytest.mark.parametrize(
    ("number", "text"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (11, "11th"), (22, "22nd"), (112, "112th")]
)
def test_places(number, text):
    assert f.ordinal(number) == text


def test_differences():
    assert [f.signed(0.314), f.signed(-0.1), f.signed(-2.0, 1)] == ["+0.31", "−0.10", "−2.0"]


def test_lists():
    assert [f.listed([]), f.listed(["a"]), f.listed(["a", "b"]), f.listed(("a", "b", "c"))] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]


@given(st.floats(-1e3, 1e3))
def test_no_figure_has_a_hyphen_for_a_minus(value):
    assert "-" not in f.percent(value) + f.pounds(value) + f.signed(value)


def test_a_number_expected():
    written = {0.0: "0", 0.004: "under 0.1", 0.049: "under 0.1", 0.051: "0.1", 1.26: "1.3", 9.94: "9.9", 9.96: "10"}
    assert {number: f.expected(number) for number in written} == written
    assert [f.expected(x, most=0.4) for x in (0.74, 0.4)] == ["over 0.4", "0.4"]
    assert f.expected(61.0, most=60.0) == "over 60"
    assert f.expected(float("nan")) == "not known"
