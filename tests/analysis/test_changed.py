"""What changed since an earlier list: the two lists as they are, the events between, and the figures as known then."""

import json
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from resilience import paths
from resilience.analysis.changed import changes, changes_since_frozen, frozen_before, last_january
from resilience.backtest.frozen import frozen_lists
from resilience.backtest.past_lists import keep, list_on, score_past_lists
from resilience.errors import DataError
from resilience.model.scale import UPPER
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


@pytest.mark.parametrize("day", [JANUARY, date(2024, 1, 1)])
def test_families_are_what_each_adds_now_less_what_it_added_then(day):
    run = one_run()
    found, then = changes(run, day), list_on(run, day)
    assert set(found.families.index) == set(run.at_risk.index) & set(then.at_risk.index)
    # With the level and the tier, the five make up exactly what moved the log-odds.
    level = run.scale.intercept - then.scale.intercept
    tier = run.contributions[UPPER] - then.contributions[UPPER]
    step = run.table["log_odds"] - then.table["log_odds"]
    whole = found.families.sum(axis=1) + level + tier.loc[found.families.index]
    np.testing.assert_allclose(whole, step.loc[whole.index].astype(float), atol=1e-9)


@pytest.mark.parametrize("day", [JANUARY, date(2020, 1, 1)])
def test_marks_say_what_became_of_each(day):
    run = one_run()
    found, then = changes(run, day), list_on(run, day)
    marks = found.marks()
    first, first_then = (set(one.at_risk.index[one.at_risk["rank"] <= 30]) for one in (run, then))
    assert set(marks.index[marks["entered"]]) == first - first_then
    assert set(marks.index[marks["left"]]) == first_then - first
    assert set(marks.index[marks["event"]]) == set(found.events) & set(found.table.index)
    both = run.at_risk.index.intersection(then.at_risk.index)
    other = run.at_risk.loc[both, "band"].astype(str) != then.at_risk.loc[both, "band"].astype(str)
    assert set(marks.index[marks["band"]]) == set(both[other])
    gone = set(then.table.index[then.table["status"] != "cannot be scored"]) - set(run.table.index)
    assert gone <= set(marks.index[marks["no_longer"]])
    assert set(run.at_risk.index) - set(then.table.index) <= set(marks.index[marks["newly_ranked"]])


def test_a_frozen_list_is_set_beside_as_it_was_kept():
    run = one_run()
    (frozen,) = frozen_before(run)
    found = changes_since_frozen(run, frozen)
    assert (found.name, found.since) == ("2026-01-01-0.1.0", JANUARY)
    kept = json.loads((paths.frozen() / "2026-01-01-0.1.0.json").read_text("utf-8"))
    ranks = {row["code"]: row["rank"] for row in kept["councils"] if row["rank"] is not None}
    assert found.table["rank_then"].dropna().to_dict() == ranks
    assert found.table["rank"].dropna().to_dict() == run.at_risk["rank"].astype(float).to_dict()
    assert found.families.empty and not found.moved
    assert found.table["region"].notna().all()
    # Its register ends on the last day of 2025: all events after it are new to it.
    assert found.events == changes(run).events


def test_a_frozen_list_of_a_later_day_or_another_outcome_is_refused():
    run = one_run()
    later = max(frozen_lists(), key=lambda one: one.as_of)
    assert later.as_of > run.as_of
    with pytest.raises(DataError, match="cannot be set beside the list of 2026-11-22"):
        changes_since_frozen(run, later)
    (frozen,) = frozen_before(run)
    severe = replace(frozen, facts={**frozen.facts, "outcome": "severe"})
    with pytest.raises(DataError, match="with the outcome distress within 24 months"):
        changes_since_frozen(run, severe)


def test_past_lists_that_were_kept_are_those_drawn_up_anew():
    run = one_run()
    past = score_past_lists(run.indicators, run.events, run.as_of, first=2025)
    other = replace(run)
    keep(other, past)
    assert list_on(other, JANUARY) is past.lists[2026]
    pd.testing.assert_frame_equal(list_on(run, JANUARY).table, past.lists[2026].table)
