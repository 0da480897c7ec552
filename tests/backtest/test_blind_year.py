"""The list of 1 January 2026: the figures of the one blind test, and who was blind."""

from __future__ import annotations

import pytest

from resilience.backtest.blind_year import NAME, SECOND, blind_year
from resilience.backtest.frozen import frozen_lists
from resilience.indicators.comparisons import UNLIKE_OTHERS
from tests.report.site_data import small_site


@pytest.fixture(scope="module")
def year():
    return small_site().record.blind_year


def test_the_figures_that_were_compared_once(year):
    assert year.events == 10
    first, plain = year.table.loc[NAME], year.table.loc["reserves_rank"]
    assert (first["auc"], first["auc_upper_tier"]) == pytest.approx((0.79, 0.67), abs=0.005)
    assert first[["hits_10", "hits_20", "hits_30", "hits_50"]].tolist() == [3, 4, 5, 8]
    assert (plain["auc"], plain["auc_upper_tier"]) == pytest.approx((0.92, 0.82), abs=0.005)
    assert plain[["hits_10", "hits_20", "hits_30"]].tolist() == [5, 6, 7]


def test_only_the_second_model_was_not_blind_and_stands_last(year):
    assert year.table.index[0] == NAME and year.table.index[-1] == SECOND
    assert year.table["blind"].drop(SECOND).all() and not year.table.at[SECOND, "blind"]
    assert year.table["auc"].iloc[1:-1].is_monotonic_decreasing


def test_isles_of_scilly_had_an_event_that_every_list_is_asked_for(year):
    rows = small_site().result.predictions
    listed = rows[rows["origin"] == "2026-01-01"]
    assert not listed["ons_code"].isin(UNLIKE_OTHERS).any()
    # It had one near the bottom of the model's list: without it the figure is the back test's own.
    own = small_site().result.by_origin["2026-01-01"]["model"]["auc"]["value"]
    assert year.table.at[SECOND, "auc"] < year.table.at[SECOND, "auc_without"] == pytest.approx(own, abs=0.02)


def test_without_the_frozen_list_there_is_no_table(events):
    rows = small_site().result.predictions
    assert blind_year([], events, rows) is None
    assert blind_year(frozen_lists(), events, rows[rows["origin"] < "2026-01-01"]) is None
