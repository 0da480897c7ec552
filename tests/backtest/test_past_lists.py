"""Past lists with what followed: marks that add up, the same lists as the back test's, events as they happened."""

import numpy as np
import pandas as pd

from resilience.backtest.past_lists import CAUGHT, FALSE_ALARM, MISSED, OPEN
from resilience.backtest.rolling import CAPACITY
from tests.report.site_data import small_site


def test_a_january_counts_up():
    for one in small_site().lists:
        marks = one.table["mark"]
        assert one.count(CAUGHT) + one.count(MISSED) == one.events
        assert one.count(CAUGHT) + one.count(FALSE_ALARM) + one.count(OPEN) == 30
        assert list(one.table["rank"]) == list(range(1, len(one.table) + 1))
        assert not (one.closed and (marks == OPEN).any())
        followed = one.table[one.table["event"]]
        assert (followed["event_date"] == followed["onset_date"]).all()
        assert followed["months"].between(0, 23).all()
        first = one.table["rank"] <= CAPACITY
        assert one.count(CAUGHT) == (first & one.table["event"]).sum()


def test_what_followed_is_evidence_and_no_words():
    one = small_site().lists[0]
    row = one.table.set_index("council").loc["Birmingham"]
    assert (row["onset_type"], row["onset_date"], row["months"]) == ("s114_notice", pd.Timestamp(2023, 9, 5), 8)
    assert one.table["onset_date"].isna().any() and np.isnan(one.table["months"]).any()
    assert one.scored.as_of.year == one.year and one.until.year == one.year + 2
    gone = one.table.set_index("council").loc["Allerdale", "abolished"]
    assert gone == pd.Timestamp(2023, 3, 31) and pd.isna(row["abolished"])


def test_the_past_lists_are_those_of_the_back_test():
    given = small_site().result.predictions
    for one in small_site().lists:
        rows = given[given["origin"].dt.year == one.year].set_index("ons_code")
        if len(rows):
            ours = one.table.set_index("ons_code")
            assert (rows["rank"].reindex(ours.index) == ours["rank"]).all()
            assert (rows["event"].reindex(ours.index) == ours["event"]).all()
