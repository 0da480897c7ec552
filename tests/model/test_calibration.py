"""The level of the chances: counted from the register's last year, added up, cut into bands."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from resilience.model.calibration import (
    JEFFREYS,
    PACES,
    BaseRate,
    base_rate,
    chance_over_part,
    intercept_for,
    pace_shifts,
)


@pytest.mark.parametrize(
    ("day", "counted", "start", "end"),
    [
        ("2018-01-01", 0, "2017-01-01", "2018-01-01"),
        ("2019-01-01", 1, "2018-01-01", "2019-01-01"),  # Northamptonshire
        ("2021-01-01", 1, "2020-01-01", "2021-01-01"),  # Croydon
        ("2022-01-01", 9, "2021-01-01", "2022-01-01"),  # support of 2021, Slough's in March
        ("2026-01-01", 15, "2025-01-01", "2026-01-01"),
        ("2026-11-01", 10, "2025-11-01", "2026-11-01"),  # the round of February 2026
        ("2027-06-01", 10, "2025-11-01", "2026-11-01"),  # the register speaks of no more
    ],
)
def test_the_last_twelve_months_that_the_register_covers(events, day, counted, start, end):
    rate = base_rate(events, date.fromisoformat(day))
    assert (rate.events, rate.start, rate.end) == (counted, start, end)


def test_the_count_is_of_first_events_alone(events):
    first = events.onsets()["date"]
    by_year = first.groupby(first.dt.year).size()
    for year in range(2018, 2026):
        assert base_rate(events, date(year + 1, 1, 1)).events == by_year.get(year, 0)


def test_half_an_event_is_added_and_the_horizon_counts():
    assert BaseRate(3, "", "").expected(12) == 3 + JEFFREYS
    assert BaseRate(3, "", "").expected(24) == 2 * (3 + JEFFREYS)
    assert BaseRate(0, "", "").expected(36) == 1.5


@settings(max_examples=50)
@given(
    st.lists(st.floats(-8, 8), min_size=20, max_size=60),
    st.floats(0.01, 9.0),
)
def test_the_chances_add_up_to_what_is_expected(log_odds, expected):
    intercept = intercept_for(np.array(log_odds), expected)
    assert expit(np.array(log_odds) + intercept).sum() == pytest.approx(expected, rel=1e-9)


def test_several_draws_at_once_are_each_their_own():
    rng = np.random.default_rng(4)
    draws, expected = rng.normal(size=(5, 300)), np.array([1.0, 5, 10, 20, 30])
    together = intercept_for(draws, expected)
    for row, one in enumerate(expected):
        assert together[row] == pytest.approx(float(intercept_for(draws[row], one)))


def test_no_more_than_half_of_all_are_ever_expected():
    assert expit(np.zeros(10) + intercept_for(np.zeros(10), 50.0)).sum() == pytest.approx(5.0)


def test_at_each_pace_the_chances_add_up_to_it():
    log_odds = np.linspace(-6, 1, 270)
    shifts = pace_shifts(log_odds)
    assert list(shifts) == list(PACES) == ["quiet", "middling", "busy"]
    for name, events in PACES.items():
        assert expit(log_odds + shifts[name]).sum() == pytest.approx(events, abs=1e-6)
    assert shifts["quiet"] < shifts["middling"] < shifts["busy"]


def test_the_level_they_are_given_at_does_not_matter():
    log_odds = np.linspace(-6, 1, 270)
    here, there = pace_shifts(log_odds), pace_shifts(log_odds + 1.5)
    assert {name: here[name] - 1.5 for name in here} == pytest.approx(there)


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_a_chance_over_part_of_the_horizon(risk, one, other):
    assert chance_over_part(risk, 1.0) == pytest.approx(risk)
    assert chance_over_part(risk, 0.0) == 0.0
    short, long = sorted((one, other))
    assert chance_over_part(risk, short) <= chance_over_part(risk, long) + 1e-15
    # an even pace: two halves one after the other are the whole
    assert 1 - (1 - chance_over_part(risk, 0.5)) ** 2 == pytest.approx(risk)
