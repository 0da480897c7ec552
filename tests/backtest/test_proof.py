"""The three figures: scores and likelihood by hand and by statsmodels, blind to what came after, the same each time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from resilience.backtest.proof import (
    BLIND,
    EQUAL,
    blind_scores,
    normal_scores,
    partial_likelihood,
    prove,
    usable_indicators,
)
from resilience.indicators.definitions import load_definitions


def test_the_usable_indicators_are_financial_with_a_stated_direction(indicators):
    found = usable_indicators(indicators)
    assert len(found) == 31
    assert all(one.worse in ("higher", "lower") for one in found)
    assert {one.family for one in found} == {"reserves", "debt", "demand", "income", "support"}
    # Not known at the first pooled origin, or no finances.
    assert not {"capitalisation_ratio", "no_return", "deprivation_score"} & {one.name for one in found}


def test_normal_scores_by_hand():
    definitions = load_definitions()
    rows = pd.DataFrame(
        {
            "origin": 1,
            "tier": ["upper"] * 3 + ["lower"] * 2,
            "reserves_ratio": [0.1, 0.3, 0.2, 0.5, 0.5],
            "interest_ratio": [0.3, np.nan, 0.1, 0.2, 0.1],
        }
    )
    found = normal_scores(rows, (definitions["reserves_ratio"], definitions["interest_ratio"]))
    high = norm.ppf(5 / 6)
    assert found["reserves_ratio"].tolist() == pytest.approx([high, -high, 0, 0, 0])
    quarter = norm.ppf(0.75)
    assert found["interest_ratio"].tolist() == pytest.approx([quarter, 0, -quarter, quarter, -quarter])


def test_without_a_ridge_it_is_statsmodels_own_cox_model():
    from statsmodels.duration.hazard_regression import PHReg

    rng = np.random.default_rng(4)
    x, origin = rng.normal(size=(300, 3)), np.repeat([1, 2, 3], 100)
    event = rng.uniform(size=300) < 1 / (1 + np.exp(3 - x[:, 0] + 0.5 * x[:, 1]))
    own = PHReg(np.where(event, 1.0, 2.0), x, status=event.astype(int), strata=origin, ties="breslow").fit(disp=False)
    found = partial_likelihood(x, event, origin, np.zeros(3), np.zeros(3))
    assert found == pytest.approx(own.params, abs=1e-5)


def test_a_ridge_pulls_towards_nought_and_the_start_does_not_matter():
    rng = np.random.default_rng(5)
    x, origin = rng.normal(size=(200, 2)), np.repeat([1, 2], 100)
    event = rng.uniform(size=200) < 1 / (1 + np.exp(2 - 2 * x[:, 0]))
    free = partial_likelihood(x, event, origin, np.zeros(2), np.zeros(2))
    held = partial_likelihood(x, event, origin, np.full(2, 20.0), np.zeros(2))
    assert 0 < held[0] < free[0]
    assert partial_likelihood(x, event, origin, np.full(2, 20.0), np.array([3.0, -3.0])) == pytest.approx(
        held, abs=1e-6
    )


def test_later_events_change_no_score(indicators, events):
    origin = date(2023, 1, 1)
    scores, each = blind_scores(indicators, events, [origin], sets=3)
    cut, again = blind_scores(indicators, events.known_by(origin), [origin], sets=3)
    pd.testing.assert_frame_equal(scores, cut)
    assert np.array_equal(each, again) and each.shape == (len(scores), 3)
    assert scores[BLIND].to_numpy() == pytest.approx(each.mean(axis=1))
    fewer = replace(events, rows=events.rows[events.rows["known"] < "2020-06-01"])
    assert not np.allclose(blind_scores(indicators, fewer, [origin], sets=3)[1], each)


def test_the_three_stand_together(indicators, events, record):
    found = prove(indicators, events, record.predictions, draws=10, sets=10, n_jobs=1)
    assert found.closed["model"] == found.pooled["model"]
    for part in (found.pooled, found.closed):
        assert set(part["rivals"]) == set(part["differences"]) == {BLIND, EQUAL}
    assert found.pooled["model"]["auc"]["value"] == record.pooled["model"]["auc"]["value"]
    assert 0.75 < found.sets["low"] <= found.sets["median"] <= found.sets["high"] < 0.9
    # An average of many sets ranks better than the middle one of them.
    assert found.pooled["rivals"][BLIND]["auc"]["value"] > found.sets["median"]
    assert 0 <= found.sets["below"] <= 1
