from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from resilience.backtest import learners as module
from resilience.backtest.learners import challengers, prior_alone, run_challengers
from resilience.errors import ModelError
from resilience.indicators.compute import compute_indicators
from resilience.tables.events import load_events
from resilience.tables.panel import load_panel

NAMES = list(challengers())


def small(n=400, seed=1):
    """Councils whose risk rises with low reserves and in the upper tier, and has nothing to do with noise."""
    rng = np.random.default_rng(seed)
    x = pd.DataFrame(
        {
            "reserves": rng.normal(size=n).clip(-3, 3),
            "noise": rng.normal(size=n).clip(-3, 3),
            "upper tier": (rng.uniform(size=n) < 0.5).astype(float),
        }
    )
    chance = 1 / (1 + np.exp(3 - 1.5 * x["reserves"] - 1.5 * x["upper tier"]))
    return x, (rng.uniform(size=n) < chance).to_numpy(dtype=float), np.full(n, 0.5)


def auc(score, y):
    ranks = pd.Series(np.asarray(score)).rank().to_numpy()
    events = y.sum()
    return (ranks[y == 1].sum() - events * (events + 1) / 2) / (events * (len(y) - events))


def test_prior_alone_by_hand():
    x = pd.DataFrame({"reserves": [1.0, -2.0], "noise": [0.5, 0.0], "upper tier": [1.0, 0.0]})
    # 0.6 x (1 + 0.5) + 2 and 0.6 x -2.
    assert prior_alone(x, None, None, x).tolist() == pytest.approx([2.9, -1.2])


@pytest.mark.parametrize("name", NAMES)
def test_each_learns_what_is_there(name):
    x, y, weight = small()
    x_test, y_test, _ = small(seed=2)
    score = challengers()[name](x, y, weight, x_test)
    assert score.shape == (len(x_test),) and np.isfinite(score).all()
    assert auc(score, y_test) > 0.75


@pytest.mark.parametrize("name", NAMES)
def test_each_gives_the_same_twice(name):
    x, y, weight = small()
    first, second = (challengers()[name](x, y, weight, x[:50]) for _ in range(2))
    assert np.array_equal(first, second)


@pytest.mark.parametrize("name", NAMES)
def test_the_order_of_scored_rows_does_not_matter(name):
    x, y, weight = small()
    forwards = challengers()[name](x, y, weight, x[:50])
    backwards = challengers()[name](x, y, weight, x[:50][::-1])
    assert forwards == pytest.approx(backwards[::-1], abs=1e-9)


def test_reserves_and_tier_looks_at_nothing_else():
    x, y, weight = small()
    other = x.assign(noise=-7.0)
    learner = challengers()["reserves_and_tier"]
    assert np.array_equal(learner(x, y, weight, x), learner(other, y, weight, other))


def test_additive_boosting_never_falls_with_a_worse_term():
    x, y, weight = small()
    line = pd.DataFrame({"reserves": np.linspace(-3, 3, 61), "noise": 0.0, "upper tier": 1.0})
    assert (np.diff(challengers()["additive_boosting"](x, y, weight, line)) >= 0).all()


def test_ridge_by_hand():
    # -(b - 3)^2 / 2 less 2 b^2 / 2 is highest where 3 - b = 2 b.
    found = module._ridge(
        lambda b: float(-((b - 3) ** 2).sum() / 2), lambda b: 3 - b, lambda b: -np.eye(1), np.zeros(1), np.array([2.0])
    )
    assert found == pytest.approx([1.0])


def test_ridge_that_does_not_settle_says_so():
    with pytest.raises(ModelError, match="did not converge"):
        module._ridge(lambda b: float(b.sum()), np.ones_like, lambda b: -np.eye(1), np.zeros(1), np.zeros(1))


def test_cloglog_without_ridge_is_statsmodels_own_fit(monkeypatch):
    import statsmodels.api as sm

    monkeypatch.setattr(module, "RIDGE_SD", np.inf)
    x, y, weight = small()
    own = sm.GLM(
        y,
        sm.add_constant(x.to_numpy()),
        family=sm.families.Binomial(link=sm.families.links.CLogLog()),
        freq_weights=weight,
    ).fit(tol=1e-12)
    assert challengers()["cloglog"](x, y, weight, x) == pytest.approx(x.to_numpy() @ own.params[1:], abs=1e-5)


def test_cox_without_ridge_is_statsmodels_own_fit(monkeypatch):
    from statsmodels.duration.hazard_regression import PHReg

    monkeypatch.setattr(module, "RIDGE_SD", np.inf)
    x, y, weight = small()
    months = np.where(y == 1, np.random.default_rng(3).uniform(1, 24, len(y)), 24.0)
    strata = np.arange(len(y)) % 2
    own = PHReg(months, x.to_numpy(), status=y.astype(int), strata=strata, ties="breslow").fit(disp=False)
    found = challengers()["cox"](x, y, weight, x, months=months, strata=strata)
    assert found == pytest.approx(x.to_numpy() @ own.params, abs=1e-4)


@pytest.fixture(scope="module")
def shipped():
    return compute_indicators(load_panel()), load_events()


@pytest.mark.slow
def test_run_on_the_shipped_figures(shipped):
    result = run_challengers(*shipped, [date(2018, 1, 1), date(2025, 1, 1)])
    assert list(result.columns) == ["origin", "ons_code", "challenger", "score", "fallback"]
    assert result["score"].notna().all()
    assert not result.duplicated(["origin", "ons_code", "challenger"]).any()
    early, late = (part for _, part in result.groupby("origin"))
    # Too few events had happened by 2018: every learner gives the prior's sum there, and says so.
    wide = early.pivot(index="ons_code", columns="challenger", values="score")
    assert wide.eq(wide["prior_alone"], axis=0).all(axis=None)
    assert early.groupby("challenger")["fallback"].all().drop("prior_alone").all()
    assert not late["fallback"].any()
    wide = late.pivot(index="ons_code", columns="challenger", values="score")
    assert set(wide.columns) == set(NAMES)
    # They are different learners of the same thing.
    agreement = wide.rank().corr()["prior_alone"].drop("prior_alone")
    assert agreement.between(0.3, 0.999).all()


def test_a_later_event_changes_nothing(shipped, monkeypatch):
    indicators, events = shipped
    quick = {name: challengers()[name] for name in ("firth", "cox")}
    monkeypatch.setattr(module, "challengers", lambda: quick)
    origin = date(2023, 1, 1)
    before = run_challengers(indicators, events, [origin])
    known = events.rows["known"]
    cut = replace(events, rows=events.rows[known.isna() | (known < pd.Timestamp(origin))])
    pd.testing.assert_frame_equal(run_challengers(indicators, cut, [origin]), before)
