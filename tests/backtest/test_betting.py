"""The bet: worked by hand for one event, and fair against what it bets on however many events fall on a day."""

from itertools import combinations, permutations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from resilience.backtest.betting import CLIP, NEEDED, STAKES, STRENGTH, bet, chances, log_won, payoffs

CODES = ["a", "b", "c", "d", "e", "f"]
NONE_ENDED = pd.Series(pd.NaT, index=CODES)


def ranking(*places):
    return pd.Series(places, index=CODES[: len(places)], dtype=float)


def days(**given):
    return pd.to_datetime(pd.Series(given))


def test_chances_come_from_ranks_alone_and_fall_with_them():
    made = chances(np.array([1.0, 2.0, 3.0, 4.0]))
    scores = norm.ppf([0.875, 0.625, 0.375, 0.125])
    np.testing.assert_allclose(made, np.exp(STRENGTH * scores) / np.exp(STRENGTH * scores).sum())
    np.testing.assert_allclose(chances(np.array([7.0, 9.0, 20.0, 31.0])), made)  # however many have gone before
    assert made.sum() == pytest.approx(1) and (np.diff(made) < 0).all()


def test_councils_level_or_without_a_rank_share():
    made = chances(np.array([1.0, np.nan, np.nan, 2.0]))
    assert made[1] == made[2] < made[3] < made[0]
    np.testing.assert_allclose(chances(np.array([3.0, 3.0])), 0.5)


def test_one_event_by_hand():
    ours, theirs = ranking(1, 2, 3, 4), ranking(4, 3, 2, 1)
    p = chances(ours.to_numpy())
    ratio = np.clip(p / p[::-1], 1 / CLIP, CLIP)
    pays = ratio / (p[::-1] @ ratio)
    found = bet(ours, theirs, days(b="2026-02-01"), NONE_ENDED)
    assert found.won == pytest.approx(np.mean([1 - stake + stake * pays[1] for stake in STAKES]))
    assert found.by_event == {"b": pytest.approx(np.log(pays[1]))}
    assert (found.events, found.rounds, found.without_best) == (1, 1, 1.0)


def test_the_ratio_is_bounded():
    ours, theirs = np.array([0.98, 0.01, 0.01]), np.array([0.01, 0.01, 0.98])
    pays = payoffs(ours, theirs)
    assert pays[0] / pays[2] == pytest.approx(CLIP * CLIP) and pays[0] / pays[1] == pytest.approx(CLIP)


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("stake", [0.1, 0.5, 1.0])
def test_a_round_is_fair_to_the_last_set(count, stake):
    """Over every set of councils, each as likely as the other ranking says, the stake is what it was."""
    theirs = chances(np.arange(1.0, 8.0))
    pays = payoffs(chances(np.array([3.0, 7.0, 1.0, 2.0, 6.0, 5.0, 4.0])), theirs)
    sets = [np.isin(np.arange(7), one) for one in combinations(range(7), count)]
    likely = np.array([theirs[one].prod() for one in sets])
    won = np.exp([log_won(pays, theirs, one, stake) for one in sets])
    assert (likely / likely.sum()) @ won == pytest.approx(1.0, abs=1e-12)
    assert won.min() < 0.97 and won.max() > 1.05  # and it is a bet


def test_the_whole_bet_is_expected_to_win_nothing_under_the_rule():
    """Two days, one event and then two: over all that can come, by the rule's chances, one stake becomes one."""
    theirs, ours = ranking(1, 2, 3, 4, 5), ranking(5, 1, 4, 2, 3)
    expected, total = 0.0, 0.0
    for first in range(5):
        left = [one for one in range(5) if one != first]
        after = chances(theirs.iloc[left].to_numpy())
        pairs = list(combinations(range(4), 2))
        weights = np.array([after[list(pair)].prod() for pair in pairs])
        for pair, weight in zip(pairs, weights / weights.sum(), strict=True):
            struck = {CODES[first]: "2026-02-01"} | {CODES[left[one]]: "2027-02-01" for one in pair}
            likely = chances(theirs.to_numpy())[first] * weight
            total += likely
            expected += likely * bet(ours, theirs, days(**struck), NONE_ENDED).won
    assert total == pytest.approx(1.0)
    assert expected <= 1.0 + 1e-12
    assert expected == pytest.approx(1.0)


def test_under_the_rule_twenty_times_comes_at_most_once_in_twenty():
    """A hundred councils, thirty events drawn by the rule, one after another: the claim is seldom met by luck."""
    rng = np.random.default_rng(4)
    codes = [f"c{number}" for number in range(100)]
    theirs = pd.Series(np.arange(1.0, 101.0), index=codes)
    ends = pd.Series(pd.NaT, index=codes)
    won = []
    for _ in range(30):
        ours = pd.Series(rng.permutation(100) + 1.0, index=codes)
        order = rng.choice(codes, size=30, replace=False, p=chances(theirs.to_numpy()))  # drawn as the rule has it
        struck = pd.Series(pd.date_range("2026-01-01", periods=30), index=order)
        won.append(bet(ours, theirs, struck, ends).won)
    assert np.mean(np.array(won) >= NEEDED) <= 1 / NEEDED
    ours = pd.Series(np.random.default_rng(4).permutation(100) + 1.0, index=codes)
    struck = pd.Series(pd.date_range("2026-01-01", periods=30), index=ours.sort_values().index[:30])
    assert bet(ours, theirs, struck, ends).enough  # and is met by a ranking that is right


def test_the_order_of_events_of_one_day_says_nothing():
    ours, theirs = ranking(1, 2, 3, 4, 5, 6), ranking(2, 6, 1, 3, 5, 4)
    results = {
        round(bet(ours, theirs, pd.Series(pd.Timestamp(2026, 2, 23), index=list(order)), NONE_ENDED).won, 12)
        for order in permutations("bdf")
    }
    assert len(results) == 1


def test_the_same_ranking_wins_and_loses_nothing():
    ours = ranking(1, 2, 3, 4)
    assert bet(ours, ours, days(b="2026-02-01", d="2026-02-01"), NONE_ENDED).won == pytest.approx(1.0)
    nothing = bet(ours, ranking(4, 3, 2, 1), days(z="2026-02-01"), NONE_ENDED)
    assert (nothing.won, nothing.events, nothing.rounds, nothing.enough) == (1.0, 0, 0, False)


def test_a_council_abolished_is_at_risk_no_longer():
    ours, theirs, event = ranking(1, 2, 3, 4), ranking(2, 1, 4, 3), days(b="2026-06-01")
    ended = NONE_ENDED.copy()
    ended["c"] = pd.Timestamp(2026, 3, 31)
    three = bet(ours.drop("c"), theirs.drop("c"), event, NONE_ENDED)
    assert bet(ours, theirs, event, ended).won == pytest.approx(three.won)
    ended["c"] = pd.Timestamp(2026, 6, 1)  # its last day
    assert bet(ours, theirs, event, ended).won == pytest.approx(bet(ours, theirs, event, NONE_ENDED).won)


def test_how_much_hangs_on_one_council_is_told():
    ours, theirs, event = ranking(1, 2, 3, 4, 5, 6), ranking(6, 5, 4, 3, 2, 1), days(a="2026-02-01", c="2026-02-01")
    found = bet(ours, theirs, event, NONE_ENDED)
    assert found.without_best == bet(ours.drop("a"), theirs.drop("a"), event, NONE_ENDED).won < found.won
