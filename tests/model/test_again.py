"""Councils already supported: what counts as needing support again, how they stand, and the base rates."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from resilience.indicators.known import councils_on
from resilience.model.again import (
    AHEAD,
    LONGEST,
    AgainRate,
    again_rows,
    base_rates,
    chance_within,
    counted,
    needs,
    rate_for,
    rates_of,
    round_of,
    standing,
    tells,
)
from resilience.model.risk_set import yearly

NOW = date(2026, 11, 24)
CROYDON, BIRMINGHAM, ENFIELD, SOLIHULL = "E09000008", "E08000025", "E09000010", "E08000029"
BCP, LAMBETH, LIVERPOOL, WARRINGTON = "E06000058", "E09000022", "E08000012", "E06000007"


@pytest.fixture(scope="module")
def every(events):
    return needs(events)


def days(every, code):
    return [str(day.date()) for day in every.loc[every["ons_code"] == code, "known"]]


def with_planted(events, day):
    """Take away every row of the day and later, and give every council support and a notice on the day."""
    stamp = pd.Timestamp(day)
    earlier = events.rows[events.rows["known"].isna() | (events.rows["known"] < stamp)]
    codes = sorted({*councils_on(day).index, *councils_on(NOW).index})
    blank = pd.DataFrame("", index=range(len(codes)), columns=[name for name in events.rows if name != "known"])
    planted = blank.assign(ons_code=codes, known=stamp, distress=True, severe=False)
    support = planted.assign(event_type="efs", subtype="in_principle", financial_year="2029-30", amount_gbp_m="1")
    notice = planted.assign(event_type="s114_notice", subtype="unbalanced_budget", cause="financial")
    return replace(events, rows=pd.concat([earlier, support, notice], ignore_index=True))


# --- what counts ---


def test_the_first_of_each_council_is_its_first_event(every, events):
    first = every.groupby("ons_code")["known"].min().sort_index()
    onsets = events.onsets()["date"].sort_index()
    assert len(onsets) == 56
    pd.testing.assert_series_equal(first, onsets, check_names=False, check_index_type=False, check_dtype=False)


def test_the_round_of_2026_27_as_counted_from_the_file_itself(every, events):
    raw = events.rows
    listed = raw[(raw["financial_year"] == "2026-27") & (raw["subtype"] == "in_principle")]
    of_round = every[every["known"].dt.year == 2026]
    assert set(of_round["ons_code"]) == set(listed["ons_code"])
    assert of_round["ons_code"].is_unique and len(of_round) == 36
    before = every[every["known"] < "2026-01-01"]
    assert of_round["ons_code"].isin(before["ons_code"]).sum() == 26
    support = before[["efs" in kinds for kinds in before["kinds"]]]
    assert set(of_round["ons_code"]) & set(before["ons_code"]) - set(support["ons_code"]) == {WARRINGTON}


def test_what_only_settles_revises_or_takes_back_is_no_new_need(every):
    assert days(every, ENFIELD) == ["2025-02-20"]  # final direction for 2025-26 in August 2026
    assert days(every, SOLIHULL) == ["2025-02-20"]
    assert days(every, BIRMINGHAM) == ["2023-09-05", "2023-10-05", "2024-02-29", "2025-02-20"]  # revised in 2026
    assert days(every, BCP) == ["2022-09-02"]  # shown as withdrawn in February 2024
    # In principle for two years together in February 2024, final for one of them in May.
    assert days(every, LAMBETH) == ["2024-02-29", "2026-02-23"]
    amount = every.set_index(["ons_code", "known"])["amount"]
    assert amount[LAMBETH, pd.Timestamp(2026, 2, 23)] == 46.0 + 20.0  # not the 50 agreed for 2024-25 before
    # Of a year's first row the amount in principle, and not what became final later.
    assert amount["E06000064", pd.Timestamp(2023, 3, 7)] == 26.0
    assert np.isnan(amount[LIVERPOOL, pd.Timestamp(2022, 11, 30)])


# --- how they stand ---


def test_how_councils_stand_today(events):
    table = standing(events, NOW)
    assert len(table) == 54 and table.index.is_unique
    assert table.index.isin(councils_on(NOW).index).all()
    assert (table.at[CROYDON, "years_since"], table.at[CROYDON, "rounds"], table.at[CROYDON, "amount"]) == (0, 7, 119.0)
    assert (table.at[BIRMINGHAM, "years_since"], table.at[BIRMINGHAM, "rounds"]) == (1, 3)
    assert (table.at[LIVERPOOL, "years_since"], table.at[LIVERPOOL, "rounds"]) == (3, 1)
    assert "E06000053" in table.index  # Isles of Scilly, supported in 2026
    assert "E09000001" not in table.index  # City of London: for its housing account alone
    assert "E07000029" not in table.index  # Copeland is no more


@pytest.mark.parametrize(("day", "years"), [(date(2026, 2, 19), 0), (date(2026, 2, 20), 1), (date(2026, 2, 21), 1)])
def test_whole_years_since(events, day, years):
    assert standing(events, day).at[ENFIELD, "years_since"] == years


# --- nothing of the day or later ---


@pytest.mark.parametrize("day", [date(2021, 3, 1), date(2024, 2, 29), date(2025, 1, 1), date(2026, 2, 23)])
def test_nothing_announced_on_the_day_or_later_changes_a_figure(events, every, day):
    planted = with_planted(events, day)
    assert len(standing(planted, NOW)) > 300  # the plants are seen once their day is past
    known = every[every["known"] < pd.Timestamp(day)].reset_index(drop=True)
    pd.testing.assert_frame_equal(needs(events.known_by(day)), known)
    usual = standing(events, day)
    for register in (events.known_by(day), planted, replace(events, until=date(2030, 1, 1))):
        pd.testing.assert_frame_equal(standing(register, day), usual)
        for horizon in AHEAD:
            assert base_rates(register, day, horizon) == base_rates(events, day, horizon)


def test_what_was_announced_the_day_before_does(events):
    planted = with_planted(events, date(2025, 1, 1))
    assert len(standing(planted, date(2025, 1, 2))) > len(standing(events, date(2025, 1, 2)))
    usual = base_rates(events, date(2026, 1, 1), 12)
    assert base_rates(planted, date(2026, 1, 1), 12) != usual


# --- what came next ---


def test_the_rows_of_an_origin_against_a_count_of_the_file(events, every):
    rows = again_rows(events, [date(2025, 1, 1)], 12)
    earlier, later = every[every["known"] < "2025-01-01"], every[every["known"].dt.year == 2025]
    assert set(rows["ons_code"]) == set(earlier["ons_code"]) & set(councils_on(date(2025, 1, 1)).index)
    assert set(rows.loc[rows["again"], "ons_code"]) == set(rows["ons_code"]) & set(later["ons_code"])
    assert rows["closed"].all() and tells(rows).all()
    assert rows.loc[rows["again"], "again_date"].dt.year.eq(2025).all()


def test_an_open_horizon_is_observed_in_part(events):
    rows = again_rows(events, [date(2026, 1, 1)], 12)
    assert not rows["closed"].any()
    assert rows["observed"].eq(304 / 365).all()  # the register ends on 31 October
    assert rows["again"].sum() == 26


def test_a_council_abolished_on_the_way_says_nothing_unless_it_came_back(events):
    rows = again_rows(events, yearly(2019, 2021), 24).set_index(["ons_code", "origin"])
    county = rows.loc["E10000021"]  # Northamptonshire, abolished on 1 April 2021
    assert list(county.index.year) == [2019, 2020, 2021]
    assert not county["again"].any()
    assert list(tells(county)) == [True, False, False]


# --- base rates ---


def test_the_base_rates_of_today(events):
    found = {since: (rate.times, rate.again) for since, rate in base_rates(events, NOW, 12).items()}
    assert found == {0: (47, 31), 1: (10, 0), 2: (13, 2)}
    found = {since: (rate.times, rate.again) for since, rate in base_rates(events, NOW, 24).items()}
    assert found == {0: (26, 16), 1: (8, 1), 2: (6, 2)}


def test_a_january_counts_from_the_day_its_months_are_over(events):
    def times(day):
        return sum(rate.times for rate in base_rates(events, day, 12).values())

    assert times(date(2026, 1, 1)) - times(date(2025, 12, 31)) == len(again_rows(events, [date(2025, 1, 1)], 12))
    assert times(date(2012, 6, 1)) == 0


def test_the_rate_by_hand():
    rate = AgainRate(0, 12, 47, 31, 31)
    assert rate.chance == 31.5 / 48
    low, high = rate.interval
    assert low < 31 / 47 < high
    # Jeffreys' interval for 0 of 10, from Brown, Cai and DasGupta's formula: beta(0.5, 10.5).
    assert AgainRate(1, 12, 10, 0, 10).interval[1] == pytest.approx(0.1708, abs=5e-5)


def test_two_years_are_made_of_two_yearly_shares():
    rates = {since: AgainRate(since, 12, 10, again, 10) for since, again in enumerate((6, 1, 2))}
    one, two, three = (rate.chance for rate in rates.values())
    assert chance_within(rates, 0, 12) == pytest.approx(one)
    assert chance_within(rates, 0, 24) == pytest.approx(1 - (1 - one) * (1 - two))
    assert chance_within(rates, 7, 24) == pytest.approx(1 - (1 - three) ** 2)
    assert rate_for(rates, 7).since == LONGEST
    assert counted(rates, 0, 24)
    none = {**rates, 1: AgainRate(1, 12, 0, 0, 0)}
    assert counted(none, 0, 12) and not counted(none, 0, 24)


def test_rates_count_councils_once_a_january(events):
    rows = again_rows(events, [date(2024, 1, 1), date(2025, 1, 1)], 12)
    rates = rates_of(rows, 12)
    assert sum(rate.times for rate in rates.values()) == len(rows)
    assert rates[0].councils < rates[0].times


def test_a_round_is_called_by_the_year_it_is_for():
    assert round_of(2026) == "2026-27"
