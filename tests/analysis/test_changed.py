"""What changed since an earlier list: the two lists as they are, the events between, and the figures as known then."""

from datetime import date

import pandas as pd
import pytest

from resilience.analysis.changed import changes, last_january
from resilience.backtest.past_lists import list_on, score_past_lists
from resilience.errors import DataError
from tests.report.site_data import one_run

JANUARY = date(2026, 1, 1)


def test_the_earlier_list_is_that_of_the_past_lists():
    run = one_run()
    past = score_past_lists(run.indicators, run.events, JANUARY, first=2026).lists[2026]
    pd.testing.assert_frame_equal(list_on(run, JANUARY).table, past.table)


def test_the_last_january():
    assert last_january(date(2026, 11, 22)) == JANUARY
    assert last_january(JANUARY) == date(2025, 1, 1)
    assert last_january(date(2018, 1, 1)) is None


@pytest.mark.parametrize("day", [date(2017, 1, 1), date(2026, 11, 22), date(2030, 1, 1)])
def test_a_day_without_an_earlier_list_is_refused(day):
    with pytest.raises(DataError, match="not the day of an earlier list"):
        changes(one_run(), day)


def test_ranks_and_bands_are_those_of_both_lists():
    run, found = one_run(), changes(one_run())
    assert (found.since, found.as_of) == (JANUARY, run.as_of)
    now, then = run.at_risk["rank"].astype(float), list_on(run, JANUARY).at_risk["rank"].astype(float)
    assert found.table["rank"].dropna().to_dict() == now.to_dict()
    assert found.table["rank_then"].dropna().to_dict() == then.to_dict()


def test_events_are_those_announced_between_and_first_ones_lead():
    run, found = one_run(), changes(one_run())
    known = [one.known for events in found.events.values() for one in events]
    assert known and all(pd.Timestamp(JANUARY) <= day < pd.Timestamp(run.as_of) for day in known)
    first = run.events.onsets()
    new = set(first.index[first["date"] >= pd.Timestamp(JANUARY)])
    shown = found.stands_out()
    lead = shown[shown["rank_then"].notna() & (shown["status"] == "event already")]
    assert set(lead.index) == new & set(found.table.index[found.table["rank_then"].notna()])
    assert list(shown.index[: len(lead)]) == list(lead.index) and lead["rank_then"].is_monotonic_increasing


def test_what_moved_a_council_is_a_figure_of_its_own_and_goes_its_way():
    found = changes(one_run())
    for code, one in found.moved.items():
        then, now = found.table.loc[code, ["rank_then", "rank"]]
        assert one.value != one.value_then
        assert then == now or (one.log_odds > 0) == (now < then), code
