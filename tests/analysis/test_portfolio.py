"""Councils chosen together: the numbers by hand, what must hold of any choice, and what the page claims of them."""

from datetime import date
from functools import lru_cache
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit
from scipy.stats import binom

from resilience.analysis.portfolio import count_distribution, count_range, past_counts, portfolio
from resilience.analysis.support_again import support_again
from resilience.backtest.track_record import track_record
from resilience.errors import DataError, UnknownCouncilError
from resilience.method import run
from resilience.model.calibration import PACES, intercept_for
from resilience.model.risk_set import AT_RISK, EVENT_ALREADY, NOT_SCORABLE
from tests.report.site_data import one_run

EIGHT = ("Croydon", "Slough", "Woking", "Birmingham", "Norwich", "Torbay", "Kent", "Somerset")
CHANCES = st.lists(st.floats(0, 1), max_size=40)
NAMES = st.deferred(lambda: st.lists(st.sampled_from(sorted(one_run().table.index)), min_size=1, max_size=40))
COSTS = st.floats(0.01, 1000)


@lru_cache(maxsize=1)
def england():
    return portfolio(one_run(), one_run().table.index)


def test_two_councils_by_hand():
    # 0.5 and 0.2: none 0.5 × 0.8, both 0.5 × 0.2, one the rest.
    np.testing.assert_allclose(count_distribution([0.5, 0.2]), [0.4, 0.5, 0.1])
    assert count_range([0.5, 0.2]) == (0, 2)  # up to 1 are 0.9 only
    assert count_range([0.5, 0.06]) == (0, 1)  # up to 1 are 0.97
    assert count_range([0.97, 0.96]) == (1, 2)  # none 0.0012; up to 1 are 1 − 0.9312 = 0.0688
    assert count_range([0.99, 0.98]) == (2, 2)  # up to 1 are 1 − 0.9702 = 0.0298
    assert count_range([1.0, 1.0, 0.0]) == (2, 2)
    assert count_range([]) == (0, 0)


@given(st.integers(0, 60), st.floats(0.01, 0.99))
def test_equal_chances_are_the_binomial(n, p):
    np.testing.assert_allclose(count_distribution([p] * n), binom.pmf(np.arange(n + 1), n, p), atol=1e-12)


@given(CHANCES)
def test_a_distribution_adds_up_and_has_the_mean_of_the_chances(chances):
    found = count_distribution(chances)
    assert len(found) == len(chances) + 1 and (found >= 0).all()
    assert found.sum() == pytest.approx(1)
    assert found @ np.arange(len(found)) == pytest.approx(sum(chances))


@given(CHANCES)
def test_a_range_lies_within_what_can_be(chances):
    low, high = count_range(chances)
    assert 0 <= low <= high <= len(chances)
    up_to = np.cumsum(count_distribution(chances))
    assert up_to[high] >= 0.95 - 1e-9 and (low == 0 or up_to[low - 1] < 0.05)


def test_eight_councils_by_hand():
    scored = one_run()
    found = portfolio(scored, EIGHT)
    assert list(found.table["council"]) == ["Torbay", "Norwich", "Kent"]  # by rank
    names = scored.table["council"]
    assert set(names[list(found.already)]) == {"Croydon", "Slough", "Woking", "Birmingham", "Somerset"}
    assert found.not_scored == ()
    for name, england_wide in PACES.items():
        shift = scored.paces[name]
        by_hand = sum(1 / (1 + np.exp(-(scored.table.at[code, "log_odds"] + shift))) for code in found.table.index)
        assert found.paces[name].expected == pytest.approx(by_hand)
        assert found.paces[name].england == england_wide
        assert found.paces[name].most == pytest.approx(3 * found.cap)
    record = track_record(scored)
    shares = [record.bands[band].events / record.bands[band].councils for band in found.table["band"]]
    assert found.by_record == pytest.approx(sum(shares))
    assert found.range == (found.paces["quiet"].low, found.paces["busy"].high)
    assert sum(len(one.councils) for one in found.bands.values()) == 3


def test_all_england_has_the_events_of_each_pace():
    for name, events in PACES.items():
        one = england().paces[name]
        assert one.expected == pytest.approx(events)
        assert one.low < events < one.high
    table = one_run().table["status"]
    assert len(england().table) == (table == AT_RISK).sum()
    assert len(england().already) == (table == EVENT_ALREADY).sum()
    assert len(england().not_scored) == (table == NOT_SCORABLE).sum()


@settings(max_examples=25, deadline=None)
@given(NAMES, st.data())
def test_what_is_expected_adds_up_over_parts(codes, data):
    codes = sorted(set(codes))
    cut = data.draw(st.integers(0, len(codes)))
    parts = [portfolio(one_run(), part) for part in (codes[:cut], codes[cut:]) if part]
    whole = portfolio(one_run(), codes)
    for name in PACES:
        assert whole.paces[name].expected == pytest.approx(sum(part.paces[name].expected for part in parts))
        assert 0 <= whole.paces[name].low <= whole.paces[name].high <= len(whole.table)
    assert whole.by_record == pytest.approx(sum(part.by_record for part in parts))
    assert sum(len(group.councils) for group in whole.supported) == len(whole.already)


@settings(max_examples=25, deadline=None)
@given(NAMES, COSTS, st.lists(COSTS, min_size=2, max_size=4))
def test_the_list_to_ring_grows_with_the_cost_of_a_miss(codes, call, misses):
    found = portfolio(one_run(), codes)
    lists = [found.calls(call, miss) for miss in sorted(misses)]
    for fewer, more in pairwise(lists):
        assert set(fewer.councils) <= set(more.councils)
        assert fewer.fewest <= more.fewest and fewer.most <= more.most
        assert all(fewer.at_paces[name] <= more.at_paces[name] for name in PACES)
    for one in lists:
        assert one.fewest <= len(one.councils) <= one.most <= len(found.table)
        assert set(one.councils) <= set(found.table.index)


def test_whom_to_ring_by_hand():
    found, record = england(), track_record(one_run())
    calls = found.calls(1, 20)
    pays = [band for band, one in record.bands.items() if one.events * 20 > one.councils]
    assert calls.least_share == 0.05
    assert list(calls.councils) == list(found.table.index[found.table["band"].isin(pays)])
    # At half the cap's share and above no chance above the cap counts for more than the cap.
    assert found.calls(found.cap, 1).at_paces == dict.fromkeys(PACES, 0)
    assert len(found.calls(1, 1e6).councils) == len(found.table)


def test_costs_that_are_none_are_refused():
    for call, miss, which in (
        (0, 1, "a call"),
        (1, -1, "a miss"),
        (float("nan"), 1, "a call"),
        (1, float("inf"), "a miss"),
    ):
        with pytest.raises(DataError, match=f"cost of {which}"):
            england().calls(call, miss)


def test_councils_supported_already_have_their_base_rate():
    day = support_again(one_run())
    groups = england().supported
    assert [one.since for one in groups] == sorted({one.since for one in groups})
    for one in groups:
        assert set(day.standing.loc[list(one.councils), "years_since"].clip(upper=2)) == {one.since}
        assert one.rate == day.in_12[one.since]
        assert one.in_12 == one.rate.chance <= one.in_24


def test_bad_choices_are_refused():
    with pytest.raises(DataError, match="No council was chosen"):
        portfolio(one_run(), [])
    with pytest.raises(UnknownCouncilError, match="not a known English principal council"):
        portfolio(one_run(), ["Croydon", "Ankh-Morpork"])
    with pytest.raises(DataError, match="'Northamptonshire' was not in being"):
        portfolio(one_run(), ["Northamptonshire"])
    with pytest.raises(UnknownCouncilError, match="more than one"):
        portfolio(one_run(), ["Newcastle"])


def test_one_given_twice_counts_once():
    one, twice = (portfolio(one_run(), given) for given in ("Torbay", ["Torbay", "E06000027", "Torbay Council"]))
    pd.testing.assert_frame_equal(one.table, twice.table)


def test_the_doubt_of_the_weights_moves_an_end_by_one_at_most():
    """The page says so: the count's range with weights drawn as in the fit, at the same pace, beside the plain one."""
    scored = one_run()
    rows = scored.at_risk
    drawn = scored.model.draws @ scored.placed.families[scored.model.names].loc[rows.index].to_numpy().T
    sets = [rows["tier"] == tier for tier in ("upper", "lower")]
    sets += [rows[column] == value for column in ("class", "region") for value in rows[column].unique()]
    for name, events in PACES.items():
        chances = expit(drawn + intercept_for(drawn, events)[:, None])
        plain = expit(rows["log_odds"].to_numpy(dtype=float) + scored.paces[name])
        for chosen in sets:
            mixed = np.cumsum(np.mean([count_distribution(one) for one in chances[:, chosen]], axis=0))
            ends = (int(np.argmax(mixed >= 0.05)), int(np.argmax(mixed >= 0.95)))
            low, high = count_range(plain[chosen])
            assert abs(ends[0] - low) <= 1 and abs(ends[1] - high) <= 1


def test_what_came_after_past_januaries():
    counts, record = past_counts(one_run()), track_record(one_run())
    assert list(counts) == list(range(record.first, record.last + 1))
    first = one_run().events.onsets()["date"]
    assert counts[2020] == first.between("2020-01-01", "2021-12-31").sum()
    # Councils on the list that had one are among them.
    assert sum(counts.values()) >= sum(one.events for one in record.bands.values())


def test_a_day_without_a_record_and_an_outcome_without_paces():
    early = portfolio(run(date(2018, 6, 1), intervals=False), ["Croydon", "Kent"])
    assert np.isnan(early.by_record) and early.calls(1, 20).councils == ()
    assert early.paces["busy"].expected > early.paces["quiet"].expected
    severe = portfolio(run(date(2026, 11, 22), outcome="severe", intervals=False), ["Kent"])
    assert severe.paces == {} and severe.range is None and severe.calls(1, 20).at_paces == {}
