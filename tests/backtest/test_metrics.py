"""The measures: scikit-learn's where it has them, by hand where it has not; a weight is a repetition."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit
from sklearn.metrics import average_precision_score, roc_auc_score

from resilience.backtest import metrics


@pytest.fixture(scope="module")
def made():
    """Return scores, events, origins and chances of 300 rows at three origins, with ties in the scores."""
    rng = np.random.default_rng(8)
    score = np.round(rng.normal(size=300), 1)
    chance = expit(score - 2)
    event = rng.uniform(size=300) < chance
    origin = np.repeat([2021, 2022, 2023], 100)
    return score, event, origin, chance


def test_auc_is_scikit_learns(made):
    score, event, _, _ = made
    assert metrics.auc(score, event, np.ones((1, 300)))[0] == pytest.approx(roc_auc_score(event, score))


def test_average_precision_is_scikit_learns_where_no_scores_tie(made):
    score, event, _, _ = made
    untied = score + np.arange(300) * 1e-6
    found = metrics.average_precision(untied, event, np.ones((1, 300)))[0]
    assert found == pytest.approx(average_precision_score(event, untied))


@settings(max_examples=40, deadline=None)
@given(counts=st.lists(st.integers(0, 3), min_size=30, max_size=30), seed=st.integers(0, 9999))
def test_a_weight_is_a_repetition(counts, seed):
    rng = np.random.default_rng(seed)
    counts = np.array(counts)
    score, event = np.round(rng.normal(size=30), 1), rng.uniform(size=30) < 0.4
    chance, origin = expit(score), np.repeat([1, 2, 3], 10)
    again = np.repeat(np.arange(30), counts)
    if not 0 < event[again].sum() < len(again):
        return
    weighted, repeated = counts[None, :].astype(float), np.ones((1, len(again)))
    one = metrics.auc(score, event, weighted)[0]
    assert one == pytest.approx(metrics.auc(score[again], event[again], repeated)[0])
    assert one == pytest.approx(roc_auc_score(event[again], score[again]))
    for capacity in (1, 5, 100):
        here = metrics.caught(score, event, origin, weighted, capacity)
        there = metrics.caught(score[again], event[again], origin[again], repeated, capacity)
        np.testing.assert_allclose(np.ravel(here), np.ravel(there))
    here = metrics.brier_skill(chance, event, origin, weighted)
    np.testing.assert_allclose(here, metrics.brier_skill(chance[again], event[again], origin[again], repeated))
    here, there = (
        metrics.calibration_line(chance, event, weighted),
        metrics.calibration_line(chance[again], event[again], repeated),
    )
    np.testing.assert_allclose(here[0], there[0], atol=1e-8)


def test_average_precision_by_hand():
    score, event = np.array([4.0, 3, 2, 1]), np.array([1, 0, 1, 0], bool)
    assert metrics.average_precision(score, event, np.ones((1, 4)))[0] == pytest.approx((1 + 2 / 3) / 2)


def test_several_draws_are_each_their_own(made):
    score, event, origin, chance = made
    draws = np.random.default_rng(2).integers(0, 3, size=(4, 300)).astype(float)
    for function in (
        lambda w: metrics.auc(score, event, w),
        lambda w: metrics.average_precision(score, event, w),
        lambda w: metrics.brier_skill(chance, event, origin, w),
        lambda w: metrics.caught(score, event, origin, w, 30)[0],
        lambda w: metrics.calibration_line(chance, event, w)[1],
    ):
        np.testing.assert_allclose(function(draws), [function(draws[i : i + 1])[0] for i in range(4)])


def test_without_events_there_is_no_figure():
    score, none = np.arange(5.0), np.zeros(5, bool)
    assert np.isnan(metrics.auc(score, none, np.ones((1, 5)))).all()
    assert np.isnan(metrics.auc(score, ~none, np.ones((1, 5)))).all()
    assert np.isnan(metrics.average_precision(score, none, np.ones((1, 5)))).all()
    assert np.isnan(metrics.calibration_line(np.full(5, 0.1), none, np.ones((1, 5)))).all()


def test_ranks_within_an_origin_pool_origins_of_any_size_and_level():
    score = np.array([0.1, 0.2, 0.3, 10.0, 20.0])
    origin = np.array([1, 1, 1, 2, 2])
    np.testing.assert_allclose(metrics.within_origin(score, origin), [1 / 6, 3 / 6, 5 / 6, 1 / 4, 3 / 4])
    np.testing.assert_allclose(metrics.within_origin(np.ones(5), origin), 0.5)


def test_a_list_of_so_many_by_hand():
    score = np.array([9.0, 8, 7, 6, 9, 8])
    event = np.array([0, 1, 1, 0, 1, 0], bool)
    origin = np.array([1, 1, 1, 1, 2, 2])
    hits, events, alerts = metrics.caught(score, event, origin, np.ones((1, 6)), 2)
    assert (hits[0], events[0], alerts[0]) == (2, 3, 4)
    # a council drawn three times takes three places of the list
    hits, events, alerts = metrics.caught(score, event, origin, np.array([[3.0, 1, 1, 1, 1, 1]]), 2)
    assert (hits[0], events[0], alerts[0]) == (1, 3, 4)


def test_a_list_longer_than_the_origin_holds_all():
    hits, events, alerts = metrics.caught(np.arange(4.0), np.ones(4, bool), np.ones(4), np.ones((1, 4)), 50)
    assert (hits[0], events[0], alerts[0]) == (4, 4, 4)


def test_brier_skill_of_each_origins_own_rate_is_nought(made):
    _, event, origin, _ = made
    rate = np.array([event[origin == one].mean() for one in origin])
    assert metrics.brier_skill(rate, event, origin, np.ones((1, 300)))[0] == pytest.approx(0)
    assert metrics.brier_skill(event.astype(float), event, origin, np.ones((1, 300)))[0] == pytest.approx(1)
    assert metrics.brier_skill(np.full(300, 0.9), event, origin, np.ones((1, 300)))[0] < 0


def test_the_calibration_line_is_a_logistic_regression(made):
    _, event, _, chance = made
    logit = np.log(chance / (1 - chance))
    line = sm.Logit(event.astype(float), sm.add_constant(logit)).fit(disp=0)
    shift = sm.GLM(event.astype(float), np.ones(300), family=sm.families.Binomial(), offset=logit).fit()
    intercept, slope = metrics.calibration_line(chance, event, np.ones((1, 300)))
    assert slope[0] == pytest.approx(line.params[1], abs=1e-6)
    assert intercept[0] == pytest.approx(shift.params[0], abs=1e-6)


@pytest.mark.parametrize(("factor", "shift"), [(2.0, 0.0), (0.5, 0.0), (1.0, 1.0)])
def test_chances_too_extreme_or_too_high_show(made, factor, shift):
    _, event, _, chance = made
    logit = np.log(chance / (1 - chance))
    straight = metrics.calibration_line(chance, event, np.ones((1, 300)))
    bent = metrics.calibration_line(expit(factor * logit + shift), event, np.ones((1, 300)))
    assert bent[1][0] == pytest.approx(straight[1][0] / factor, abs=1e-6)
    if shift:
        assert bent[0][0] == pytest.approx(straight[0][0] - shift, abs=1e-6)


def test_net_benefit_by_hand():
    score, event, origin = np.array([3.0, 2, 1, 3, 2, 1]), np.array([1, 0, 0, 0, 1, 1], bool), np.repeat([1, 2], 3)
    # two origins; the first alert at each: one event, one false alarm
    assert metrics.net_benefit(score, event, origin, [1, 3], 0.05).tolist() == pytest.approx(
        [(1 - 0.05) / 2, (3 - 0.15) / 2]
    )
