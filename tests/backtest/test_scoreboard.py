"""What came of a frozen list: counted by hand on the shipped ones, and the same measures as the record's."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from resilience import paths
from resilience.backtest.frozen import MODEL, FrozenList, frozen_lists, read
from resilience.backtest.scoreboard import BET_AGAINST, FLAGS, RESERVES, score_list, scoreboard
from resilience.councils import load_councils

pytestmark = pytest.mark.skipif(not paths.frozen().is_dir(), reason="an installed package has no frozen lists")


@pytest.fixture(scope="module")
def first() -> FrozenList:
    """Return 0.1.0's list of 1 January 2026."""
    return read(paths.frozen() / "2026-01-01-0.1.0.json")


@pytest.fixture(scope="module")
def october(events):
    """Return the register as it stood at the end of October 2026, however far it reaches now."""
    return events.known_by(date(2026, 11, 1))


@pytest.fixture(scope="module")
def scored(first, october):
    return score_list(first, october, draws=200)


def test_the_blind_test_of_the_first_release(scored):
    """The figures that the design was told of; 273 councils, as that release ranked Redditch too."""
    assert (scored.at_risk, scored.until, len(scored.events)) == (273, date(2026, 10, 31), 10)
    assert scored.blind and scored.begun and not scored.over
    ours, theirs = scored.measures.loc[MODEL], scored.measures.loc[RESERVES]
    assert (round(ours["auc"], 2), round(ours["auc_upper_tier"], 2)) == (0.79, 0.67)
    assert round(theirs["auc"], 2) == 0.92
    assert [ours[f"hits_{one}"] for one in (10, 20, 30, 50)] == [3, 4, 5, 8]
    assert [theirs[f"hits_{one}"] for one in (10, 20, 30, 50)] == [5, 6, 7, 8]
    assert not scored.bets[RESERVES].enough


def test_each_measure_from_the_file_by_another_way(first, scored, october):
    happened = october.onsets()["date"]
    came = happened.index[happened >= "2026-01-01"]
    at_risk = first.councils.index[first.councils["status"] == "at risk"]
    event = at_risk.isin(came)
    assert set(scored.events.index) == set(at_risk[event])
    upper = (first.councils.loc[at_risk, "tier"] == "upper").to_numpy()
    for name in (MODEL, *first.rules):
        ranks = first.ranks.loc[at_risk, name]
        row = scored.measures.loc[name]
        assert row["auc"] == pytest.approx(roc_auc_score(event, -ranks))
        assert row["auc_upper_tier"] == pytest.approx(roc_auc_score(event[upper], -ranks[upper]))
        assert row["hits_20"] == (ranks[event] <= 20).sum() == 10 * row["recall_20"]
        assert row["auc_low"] < row["auc"] < row["auc_high"]
        assert row["less"] == pytest.approx(scored.measures.at[MODEL, "auc"] - row["auc"])
    assert (scored.measures.loc[MODEL, ["less", "less_low", "less_high"]] == 0).all()


def test_councils_whose_event_the_list_had_not_known_are_taken_out(october, scored):
    later = score_list(read(paths.frozen() / "2026-11-24-0.1.0.json"), october)
    assert set(later.had_event) == set(scored.events["council"])
    assert later.at_risk == 273 - 10
    assert (later.begun, later.over, later.events.empty, later.measures.empty) == (False, False, True, True)
    assert all(later.bets[rule].won == 1 and not later.bets[rule].events for rule in BET_AGAINST)


def test_events_after_the_horizon_are_none_of_the_lists(first, october):
    early = replace(first, facts={**first.facts, "as_of": "2023-01-01"})  # a day so early that two years are over
    found = score_list(early, october, draws=0)
    assert found.over and found.until == date(2024, 12, 31)
    assert (found.events["date"] <= "2024-12-31").all()
    assert found.measures.empty or found.measures["auc_low"].isna().all()  # no draws, no interval


def test_an_event_that_the_makers_had_at_hand_is_no_bet(first, october):
    later = replace(first, facts={**first.facts, "events_at_hand_to": "2026-03-31"})
    found = score_list(later, october, draws=0)
    assert len(found.events) == 10 and not found.blind and not found.events["blind"].any()
    assert found.bets[RESERVES].events == 0 and found.bets[RESERVES].won == 1
    assert found.measures.at[MODEL, "hits_10"] == 3


def test_an_event_at_a_council_the_list_does_not_rank_is_told(first, october):
    status = first.councils["status"].mask(first.councils["council"] == "Isles of Scilly", "cannot be scored")
    found = score_list(replace(first, councils=first.councils.assign(status=status)), october, draws=0)
    assert (found.unranked, found.at_risk, len(found.events)) == (("Isles of Scilly",), 272, 9)
    assert found.measures.at[RESERVES, "hits_50"] == 8  # of those the list ranks


def test_a_rule_that_leaves_councils_out_ranks_them_last(first, october):
    ranks = first.ranks.copy()
    ranks.loc[first.councils["tier"] == "lower", RESERVES] = np.nan
    found = score_list(replace(first, ranks=ranks), october, draws=0)
    gloucester = found.events.set_index("council").loc["Gloucester"]
    assert gloucester[RESERVES] > found.upper and gloucester[MODEL] == 18


def test_a_council_under_a_new_code_is_the_same_council(first, october):
    former = load_councils().set_index("ons_code")["former_ons_codes"]
    old = {code: former[code].split(";")[0] for code in first.councils.index if former.get(code)}
    assert old
    renamed = replace(
        first, **{name: getattr(first, name).rename(index=old) for name in ("councils", "ranks", "scores")}
    )
    pd.testing.assert_frame_equal(
        score_list(renamed, october, draws=0).events, score_list(first, october, draws=0).events
    )


def test_later_events_change_nothing_of_an_earlier_day(first, events):
    """The scoreboard of a day knows what had come by then and no more."""
    before, after = (
        score_list(first, events.known_by(day), draws=20) for day in (date(2026, 2, 23), date(2026, 2, 24))
    )
    assert before.events.empty and before.until == date(2026, 2, 22)
    assert len(after.events) == 10 and after.until == date(2026, 2, 23)


def test_a_ranking_that_foresaw_everything_meets_the_claim(first, scored):
    codes = scored.events.index
    ranks = first.ranks.copy()
    ranks.loc[codes, MODEL] = range(-9, 1)
    best = score_list(replace(first, ranks=ranks), _of(scored, codes), draws=0)
    assert best.measures.at[MODEL, "auc"] == 1 and best.measures.at[MODEL, "recall_10"] == 1
    assert best.bets[RESERVES].enough and best.bets[FLAGS].enough


def _of(scored, codes):
    class Register:
        until = scored.until

        @staticmethod
        def onsets(*, outcome):
            return pd.DataFrame({"date": scored.events["date"]})

    return Register()


def test_every_list_is_scored(october):
    assert [one.frozen.name for one in scoreboard(frozen_lists(), october, draws=0)] == [
        one.name for one in frozen_lists()
    ]
