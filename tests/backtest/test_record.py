"""The record's figures: what was caught and missed adds up, rules are ranked, surprises are called so."""

import pandas as pd
import pytest

from resilience.backtest import record
from resilience.backtest.past_lists import CAUGHT, MISSED
from resilience.backtest.rolling import CAPACITY
from resilience.backtest.summaries import best_rival
from tests.report.site_data import small_site


@pytest.fixture(scope="module")
def rows():
    return record.pooled_rows(small_site().result)


def test_places_and_events_add_up(rows):
    total = record.totals(rows)
    assert total.caught + total.missed == total.events == small_site().result.pooled["events"]
    assert total.caught + total.no_event + total.open == total.places == CAPACITY * total.lists
    assert total.expected == pytest.approx(rows["risk_observed"].sum())
    assert sum(one["events"] for one in record.ranges(rows)) == total.events
    assert sum(one["councils"] for one in record.ranges(rows)) == len(rows)


def test_rules_are_ranked_by_what_they_caught():
    table = record.rules(small_site().result)
    assert "" in table.index and len(table) == 1 + len(small_site().result.pooled["rivals"])
    assert table["caught"].is_monotonic_decreasing
    assert table.at["", "difference"] is None
    assert all(one["value"] is not None for one in table["difference"].drop(""))
    assert best_rival(small_site().result) in table.index.drop("prior alone")


def test_a_year_is_the_lists():
    table = record.years(small_site().lists, small_site().result)
    for one in small_site().lists:
        if one.year in table.index:
            assert table.at[one.year, "events"] == one.events
            assert table.at[one.year, "caught"] + table.at[one.year, "missed"] == one.events


def test_a_council_is_caught_or_missed_by_its_last_list_and_no_false_alarm():
    lists = small_site().lists
    caught, missed = (record.last_lists(lists, mark) for mark in (CAUGHT, MISSED))
    alarms = record.false_alarms(lists, small_site().run)
    assert caught["ons_code"].is_unique and missed["ons_code"].is_unique
    assert not set(caught["ons_code"]) & set(missed["ons_code"])
    assert not set(alarms["ons_code"]) & (set(caught["ons_code"]) | set(missed["ons_code"]))
    assert (alarms["times"] == alarms["years"].map(len)).all() and alarms["times"].is_monotonic_decreasing
    assert alarms["best"].le(CAPACITY).all()


def test_without_a_closed_list_there_is_no_false_alarm():
    still_open = [one for one in small_site().lists if not one.closed]
    assert record.false_alarms(still_open, small_site().run).empty
    assert record.closed_bands(still_open, small_site().result).empty


@pytest.mark.parametrize(
    ("events", "expected", "called"), [(12, 5.0, True), (11, 5.0, False), (2, 0.0, True), (1, 0.0, False)]
)
def test_a_surprise_is_twice_what_was_expected_and_two_more(events, expected, called):
    assert record.surprising({"events": events, "expected": expected}) is called


def test_bands_are_of_closed_lists_only():
    table = record.closed_bands(small_site().lists, small_site().result)
    assert isinstance(table, pd.DataFrame) and (table["events"] <= table["councils"]).all()
