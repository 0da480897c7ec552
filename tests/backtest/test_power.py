"""What could have been told from chance: against a simulation, and against the record's own draws."""

import numpy as np
import pytest

from resilience.backtest.power import LEVEL, POWER, detectable, detectable_of


def test_by_hand():
    assert detectable(1.0) == pytest.approx(1.96 + 0.84, abs=0.005)
    assert detectable(0.0) == 0.0


def test_a_true_difference_of_that_size_is_found_as_often_as_said():
    rng, error = np.random.default_rng(1), 0.03
    seen = rng.normal(detectable(error), error, 200_000)
    assert (np.abs(seen) > 1.959964 * error).mean() == pytest.approx(POWER, abs=0.005)
    none = rng.normal(0.0, error, 200_000)
    assert (np.abs(none) > 1.959964 * error).mean() == pytest.approx(LEVEL, abs=0.003)


def test_of_draws():
    drawn = np.array([0.1, 0.3, np.nan, 0.2])
    assert detectable_of(drawn) == pytest.approx(detectable(0.1))
    assert detectable_of(np.array([])) is None
    assert detectable_of(np.array([0.1, np.nan])) is None


def test_the_record_says_it_beside_every_difference(record):
    for name, measures in record.pooled["differences"].items():
        for what, entry in measures.items():
            assert entry["detectable"] >= 0, (name, what)
    one = record.pooled["differences"]["reserves_rank"]["auc"]
    # A 90% interval is 2 × 1.645 standard errors wide where the draws are about normal.
    assert one["detectable"] == pytest.approx(2.8 * (one["high"] - one["low"]) / 3.29, rel=0.35)
    came = record.predictions[record.predictions["event"]]
    assert record.pooled["councils"] == came["ons_code"].nunique()
