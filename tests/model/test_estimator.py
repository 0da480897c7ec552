"""The estimator: scikit-learn's protocol, published answers, its limits, and weights as repetition."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.utils.estimator_checks import parametrize_with_checks

from resilience.model.estimator import PriorLogit

SEX2 = Path(__file__).parents[1] / "known_answers" / "sex2.csv"


# Some of scikit-learn's toy data part the classes perfectly: without prior or penalty there is then no best fit.
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@parametrize_with_checks(
    [PriorLogit(), PriorLogit(prior_mean=0.3, prior_sd=0.5, intercept_sd=3.0), PriorLogit(firth=True)]
)
def test_scikit_learn_protocol(estimator, check):
    check(estimator)


@pytest.fixture(scope="module")
def shipped(indicators):
    """Return three figures of every council in 2022-23, standardised, and who was upper tier: real and correlated."""
    names = ["reserves_ratio", "interest_ratio", "council_tax_share"]
    rows = indicators[(indicators["outturn_year"] == "2022-23") & indicators[names].notna().all(axis=1)]
    x = rows[names].to_numpy()
    return (x - x.mean(0)) / x.std(0), (rows["tier"] == "upper").to_numpy().astype(int)


# --- Firth's penalty against published answers ---


@pytest.fixture(scope="module")
def sex2():
    frame = pd.read_csv(SEX2, comment="#")
    return frame.loc[frame.index.repeat(frame["n"])].drop(columns="n").reset_index(drop=True)


TERMS = ["age", "oc", "vic", "vicl", "vis", "dia"]
#: The R package logistf, help page of logistf(): case ~ age+oc+vic+vicl+vis+dia on its data set sex2.
PUBLISHED = {
    "intercept": 0.12025405,
    "age": -1.10598131,
    "oc": -0.06881673,
    "vic": 2.26887464,
    "vicl": -2.11140817,
    "vis": -0.78831694,
    "dia": 3.09601166,
}


def test_the_data_of_the_published_example(sex2):
    assert len(sex2) == 239
    assert sex2["case"].sum() == 130
    # dia is what breaks an unpenalised fit: nobody without the infection used it
    assert sex2.loc[sex2["dia"] == 1, "case"].all()


@pytest.mark.parametrize("as_counts", [False, True])
def test_firth_gives_the_published_coefficients(sex2, as_counts):
    if as_counts:
        counts = pd.read_csv(SEX2, comment="#").sample(frac=1, random_state=1)
        fitted = PriorLogit(firth=True).fit(counts[TERMS], counts["case"], counts["n"])
    else:
        fitted = PriorLogit(firth=True).fit(sex2[TERMS], sex2["case"])
    assert fitted.penalised_loglik_ == pytest.approx(-132.5394, abs=5e-5)
    assert fitted.intercept_ == pytest.approx(PUBLISHED["intercept"], abs=1e-6)
    for name, value in zip(TERMS, fitted.coef_, strict=True):
        assert value == pytest.approx(PUBLISHED[name], abs=1e-6), name


def test_firth_agrees_with_firthmodels_on_shipped_figures(shipped):
    from firthmodels import FirthLogisticRegression

    x, y = shipped
    rare = np.where(np.arange(len(y)) % 9 == 0, y, 0)
    theirs = FirthLogisticRegression(gtol=1e-7, xtol=1e-7).fit(x, rare)
    ours = PriorLogit(firth=True).fit(x, rare)
    np.testing.assert_allclose(ours.coef_, np.ravel(theirs.coef_), atol=1e-5)
    assert ours.intercept_ == pytest.approx(float(np.ravel(theirs.intercept_)[0]), abs=1e-5)


def test_firth_shrinks_a_rare_outcome_and_stands_where_classes_part(shipped):
    x, y = shipped
    one = np.where(np.cumsum(y) == 1, y, 0)
    assert one.sum() == 1
    fitted = PriorLogit(firth=True, tol=1e-7).fit(x, one)
    assert np.isfinite(fitted.coef_).all()
    # Firth's intercept alone: odds of (events + 1/2) to (others + 1/2)
    alone = PriorLogit(firth=True).fit(np.zeros((len(one), 1)), one)
    assert alone.intercept_ == pytest.approx(np.log(1.5 / (len(one) - 1 + 0.5)), abs=1e-8)


# --- its limits ---


def test_without_prior_it_is_maximum_likelihood(shipped):
    x, y = shipped
    rng = np.random.default_rng(1)
    y = np.where(rng.uniform(size=len(y)) < 0.2, 1 - y, y)
    theirs = sm.Logit(y, sm.add_constant(x)).fit(disp=0)
    ours = PriorLogit().fit(x, y)
    np.testing.assert_allclose(np.r_[ours.intercept_, ours.coef_], theirs.params, rtol=1e-7)
    np.testing.assert_allclose(ours.covariance_, theirs.cov_params(), rtol=1e-6)
    assert ours.penalised_loglik_ == pytest.approx(theirs.llf)


@pytest.mark.parametrize("sd", [0.2, 1.0, 5.0])
def test_with_a_prior_around_nought_it_is_ridge(shipped, sd):
    x, y = shipped
    theirs = LogisticRegression(C=sd**2, tol=1e-10, max_iter=10_000).fit(x, y)
    ours = PriorLogit(prior_sd=sd).fit(x, y)
    np.testing.assert_allclose(ours.coef_, theirs.coef_[0], atol=1e-5)
    assert ours.intercept_ == pytest.approx(theirs.intercept_[0], abs=1e-5)


def test_a_prior_beyond_doubt_is_the_answer_and_the_intercept_is_still_fitted(shipped):
    x, y = shipped
    fitted = PriorLogit(prior_mean=[0.3, -0.2, 0.1], prior_sd=1e-6).fit(x, y)
    np.testing.assert_allclose(fitted.coef_, [0.3, -0.2, 0.1], atol=1e-8)
    assert fitted.predict_proba(x)[:, 1].mean() == pytest.approx(y.mean(), abs=1e-8)
    held = PriorLogit(prior_mean=0.3, prior_sd=1e-6, intercept_mean=-2.0, intercept_sd=1e-6).fit(x, y)
    assert held.intercept_ == pytest.approx(-2.0, abs=1e-8)


def test_more_precision_brings_the_fit_nearer_to_the_prior(shipped):
    x, y = shipped
    mean = np.array([0.3, 0.3, 0.3])
    apart = [
        np.abs(PriorLogit(prior_mean=mean, prior_sd=sd).fit(x, y).coef_ - mean).max() for sd in (10, 1, 0.3, 0.1, 0.01)
    ]
    assert apart == sorted(apart, reverse=True)


def test_it_is_the_summit_of_what_it_says_it_maximises(shipped):
    x, y = shipped
    mean, sd = np.array([0.3, 0.3, -0.1]), np.array([0.2, 0.5, 1.0])
    w = np.linspace(0.1, 2, len(y))
    design = np.column_stack([np.ones(len(y)), x])

    def lost(beta: np.ndarray) -> float:
        eta = design @ beta
        p = 1 / (1 + np.exp(-eta))
        fit = w @ (y * eta - np.logaddexp(0, eta))
        prior = 0.5 * (((beta[1:] - mean) / sd) ** 2).sum() + 0.5 * ((beta[0] + 2) / 1.5) ** 2
        return prior - fit - 0.5 * np.linalg.slogdet((design.T * (w * p * (1 - p))) @ design)[1]

    best = minimize(lost, np.zeros(4), method="BFGS", options={"gtol": 1e-8}).x
    fitted = PriorLogit(prior_mean=mean, prior_sd=sd, intercept_mean=-2.0, intercept_sd=1.5, firth=True).fit(x, y, w)
    np.testing.assert_allclose(np.r_[fitted.intercept_, fitted.coef_], best, atol=1e-5)
    assert fitted.penalised_loglik_ == pytest.approx(-lost(best), abs=1e-6)


# --- weights ---


@settings(max_examples=30, deadline=None)
@given(counts=st.lists(st.integers(0, 4), min_size=40, max_size=40), firth=st.booleans())
def test_a_weight_is_a_repetition(shipped, counts, firth):
    x, y = shipped
    few = np.linspace(0, len(y) - 1, 40).astype(int)
    x, y, counts = x[few], y[few], np.array(counts)
    if len(set(y[counts > 0])) < 2:
        return
    model = PriorLogit(prior_mean=0.3, prior_sd=0.5, intercept_sd=5.0, firth=firth)
    weighted = model.fit(x, y, counts)
    here = np.r_[weighted.intercept_, weighted.coef_], weighted.penalised_loglik_
    repeated = model.fit(np.repeat(x, counts, axis=0), np.repeat(y, counts))
    np.testing.assert_allclose(here[0], np.r_[repeated.intercept_, repeated.coef_], atol=1e-8)
    assert here[1] == pytest.approx(repeated.penalised_loglik_)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**16))
def test_the_order_of_rows_and_columns_does_not_matter(shipped, seed):
    x, y = shipped
    rng = np.random.default_rng(seed)
    rows, columns = rng.permutation(len(y)), rng.permutation(x.shape[1])
    usual = PriorLogit(prior_sd=1.0).fit(x, y)
    moved = PriorLogit(prior_sd=1.0).fit(x[rows][:, columns], y[rows])
    np.testing.assert_allclose(moved.coef_, usual.coef_[columns], atol=1e-9)


# --- what it gives and refuses ---


def test_chances_add_to_one_and_agree_with_the_log_odds(shipped):
    x, y = shipped
    labels = np.array(["fine", "trouble"])[y]
    fitted = PriorLogit(prior_sd=1.0).fit(x, labels)
    assert fitted.classes_.tolist() == ["fine", "trouble"]
    chances = fitted.predict_proba(x)
    np.testing.assert_allclose(chances.sum(axis=1), 1.0)
    np.testing.assert_allclose(np.log(chances[:, 1] / chances[:, 0]), fitted.decision_function(x))
    assert ((fitted.predict(x) == "trouble") == (chances[:, 1] > 0.5)).all()


def test_one_class_is_refused_unless_a_prior_holds_the_level(shipped):
    x, y = shipped
    with pytest.raises(ValueError, match="y holds one class only"):
        PriorLogit().fit(x, np.zeros(len(y)))
    held = PriorLogit(prior_sd=0.3, intercept_mean=-4.0, intercept_sd=1.0).fit(x, np.zeros(len(y)))
    assert held.intercept_ < -4.0
    assert held.predict_proba(x)[:, 1].max() < 0.05


def test_a_fit_that_does_not_settle_says_so(shipped):
    x, y = shipped
    with pytest.warns(ConvergenceWarning, match="did not converge in 2 steps"):
        PriorLogit(max_iter=2).fit(x, y)


def test_three_classes_and_an_unfitted_model_are_refused(shipped):
    x, y = shipped
    with pytest.raises(ValueError, match="Only binary classification is supported"):
        PriorLogit().fit(x, np.arange(len(y)) % 3)
    with pytest.raises(NotFittedError):
        PriorLogit().predict(x)
