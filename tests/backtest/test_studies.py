"""Studies of the record: every one has a name that the page has words for, and its figures are the back test's."""

import pytest

from resilience.backtest import studies
from resilience.report.wording.studies import STUDIES


@pytest.fixture(scope="module")
def result(record):
    return record


def test_every_study_has_words_and_every_word_a_study(panel, indicators, events, result):
    names = [name for name, _ in studies._every_study(panel, indicators, events, result.predictions)]
    assert names == list(STUDIES)


def test_a_summary_is_the_back_tests_figures(result):
    found = studies.summary(result.predictions)
    assert found["events"] == result.pooled["events"]
    for measure in ("auc", "auc_upper_tier", "average_precision", "recall_at_30", "observed_expected"):
        assert found[measure] == pytest.approx(result.pooled["model"][measure]["value"])


def test_missed_events_are_of_councils_never_among_the_first(indicators, result):
    table = studies.missed(indicators, result.predictions)
    rows = result.predictions[result.predictions["event"]]
    best = rows.groupby("ons_code")["rank"].min()
    assert set(table.index) == set(best.index[best > studies.CAPACITY]) and len(table)
    assert (table["best_rank"] > studies.CAPACITY).all() and table["event_date"].is_monotonic_increasing


def test_closed_rows_are_counted_by_origin(indicators, events):
    table = studies.closed_rows(indicators, events)
    assert table.index.min() == 2012 and table.at[2021, "events"] > table.at[2018, "events"]
