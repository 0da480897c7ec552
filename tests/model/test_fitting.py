"""From risk set to model: what is trained on, how far the cases move the weights, how sure the weights are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from resilience.errors import ModelError
from resilience.indicators.known import known_on
from resilience.model.estimator import PriorLogit
from resilience.model.families import load_families, load_prior
from resilience.model.fitting import (
    design_matrix,
    fit,
    last_closed_origin,
    moved_by_cases,
    training_rows,
    usable,
)
from resilience.model.risk_set import AT_RISK, NOT_SCORABLE, TrainingRows, risk_set
from resilience.model.scale import UPPER, place, tiers_of
from resilience.model.scoring import score


@pytest.fixture(scope="module")
def training(indicators, events) -> TrainingRows:
    return training_rows(indicators, events, date(2023, 1, 1))


@pytest.fixture(scope="module")
def rows(training) -> pd.DataFrame:
    return training.table


@pytest.fixture(scope="module")
def model(training):
    return fit(training, draws=0)


# --- what is trained on ---


@pytest.mark.parametrize(
    ("day", "horizon", "year"),
    [
        ("2020-01-01", 24, 2018),
        ("2020-06-30", 24, 2018),
        ("2019-12-31", 24, 2017),
        ("2020-01-01", 12, 2019),
        ("2020-01-01", 36, 2017),
        ("2026-01-01", 24, 2024),
        ("2026-11-22", 24, 2024),  # the register ends with 2025
    ],
)
def test_the_last_origin_whose_horizon_had_closed(events, day, horizon, year):
    assert last_closed_origin(events, date.fromisoformat(day), horizon) == year


def test_every_training_row_had_closed_by_the_day(rows):
    assert rows["closed"].all()
    assert rows["origin"].max() == pd.Timestamp("2021-01-01")
    assert rows["origin"].min() == pd.Timestamp("2012-01-01")
    assert rows["event_date"].dropna().max() < pd.Timestamp("2023-01-01")


def test_an_event_announced_on_the_day_or_later_is_no_outcome_yet(indicators, events):
    # Somerset's, Thurrock's … of 2022 count by 2023; those of February 2021 do not by January 2021.
    by = {day: training_rows(indicators, events, date.fromisoformat(day)) for day in ("2021-01-01", "2022-01-01")}
    assert by["2021-01-01"].table["event"].sum() == 3  # Northamptonshire at 2017 and 2018, Croydon at 2019
    assert by["2022-01-01"].table["event"].sum() > 10


def test_too_early_a_day_is_one_sentence(indicators, events):
    with pytest.raises(ModelError, match=r"^No origin from 2012 on had closed by 2013-06-01; choose a later date\.$"):
        training_rows(indicators, events, date(2013, 6, 1))


def test_an_origin_whose_horizon_is_open_is_refused(indicators, events, training):
    still_open = risk_set(indicators, events, [date(2025, 1, 1)])
    with pytest.raises(ModelError, match="only to origins whose whole horizon has closed"):
        fit(still_open, draws=0)
    with pytest.raises(ModelError):
        fit(training.where(np.zeros(len(training.table), dtype=bool)), draws=0)


def test_what_does_not_say_its_horizon_is_refused_in_one_sentence(rows):
    """A frame cannot say over how many months its events were counted: nobody guesses it."""
    for given in (rows, rows.to_dict("list"), None):
        with pytest.raises(
            ModelError, match=r"^fit takes TrainingRows, which know their horizon and outcome; "
        ) as caught:
            fit(given, draws=0)
        assert "\n" not in str(caught.value)
        assert str(caught.value).endswith(".")


@pytest.mark.parametrize("outcome", ["distress", "severe"])
def test_horizon_and_outcome_survive_whatever_is_done_to_the_table(indicators, events, outcome):
    """A merged table of 12 months was once fitted as one of 24, and expected twice the events."""
    day = date(2024, 1, 1)
    plain = training_rows(indicators, events, day, horizon=12, outcome=outcome)
    note = pd.DataFrame({"ons_code": sorted(set(plain.table["ons_code"])), "note": "of another table"})
    merged = replace(plain, table=plain.table.merge(note, on="ons_code", how="left"))
    some = merged.where(merged.table["origin"] >= pd.Timestamp(2013, 1, 1))
    copied = replace(some, table=some.table.copy().assign(more=1))
    for rows in (merged, some, copied):
        assert (rows.horizon, rows.outcome) == (12, outcome)
    known = known_on(indicators, day)
    model, usual = fit(merged, draws=0), fit(plain, draws=0)
    assert (model.horizon, model.outcome) == (12, outcome)
    assert model.weights == usual.weights
    assert model.training == usual.training
    whole = fit(training_rows(indicators, events, day, horizon=24, outcome=outcome), draws=0)
    year, two_years = (score(one, known, events, intervals=False) for one in (model, whole))
    assert year.expected == score(usual, known, events, intervals=False).expected
    assert year.expected == pytest.approx(two_years.expected / 2)
    assert year.table["risk"].sum() == pytest.approx(two_years.table["risk"].sum() / 2)


def test_each_month_of_a_council_counts_once_whatever_the_horizon(indicators, events):
    """Twelve months do not overlap and count whole; windows of twenty-four, one begun each January, count half."""
    for horizon, weight in ((12, 1.0), (24, 0.5), (36, 1 / 3)):
        rows = training_rows(indicators, events, date(2023, 1, 1), horizon=horizon)
        model = fit(rows, draws=0)
        use = usable(rows.table)
        x = design_matrix(rows, load_families())[use][model.names].to_numpy()
        by_hand = by_prior(load_prior()).fit(
            x, rows.table.loc[use, "event"].to_numpy(float), np.full(int(use.sum()), weight)
        )
        np.testing.assert_allclose(model.weight_vector(), by_hand.coef_, rtol=1e-6)


def by_prior(prior) -> PriorLogit:
    """Return the estimator as the design has it: five families alike, and the tier."""
    return PriorLogit(
        prior_mean=np.r_[np.full(5, prior.weight), prior.upper_weight],
        prior_sd=np.r_[np.full(5, prior.sd), prior.upper_sd],
        intercept_mean=prior.intercept,
        intercept_sd=prior.intercept_sd,
    )


def test_only_councils_at_risk_and_watched_throughout_teach(training, rows, model):
    """Count the rows by hand: at risk, and with an event or observed to the end."""
    taught = rows[(rows["status"] == AT_RISK) & (rows["event"] | (rows["observed"] >= 1))]
    assert model.training["rows"] == len(taught)
    assert model.training["event_rows"] == taught["event"].sum()
    assert model.training["councils_with_event"] == taught.loc[taught["event"], "ons_code"].nunique()
    assert model.training["first_origin"] == "2012-01-01"
    assert model.training["last_origin"] == "2021-01-01"
    changed = rows.copy()
    others = ~rows.index.isin(taught.index)
    assert others.sum() > 10
    changed.loc[others, "event"] = ~changed.loc[others, "event"] & (changed.loc[others, "status"] != AT_RISK)
    assert fit(replace(training, table=changed), draws=0).weights == model.weights


def test_figures_after_the_day_are_not_among_the_rows(rows):
    last = rows[rows["origin"] == "2021-01-01"]
    assert (last["year"].dropna() <= 2019).all()


# --- the weights ---


def test_the_same_rows_give_the_same_model_whatever_their_order(training, model):
    shuffled = replace(training, table=training.table.sample(frac=1, random_state=1))
    again = fit(shuffled, draws=0)
    assert again.names == model.names
    np.testing.assert_allclose(again.weight_vector(), model.weight_vector(), atol=1e-8)


def test_the_weights_by_hand(training, rows, model):
    """Fit the same families with the estimator directly, each origin's population its own scale."""
    use = (rows["status"] == AT_RISK) & (rows["event"] | (rows["observed"] >= 1))
    x = design_matrix(training, load_families())[use][model.names].to_numpy()
    plain = by_prior(load_prior()).fit(x, rows.loc[use, "event"].to_numpy(float), np.full(use.sum(), 0.5))
    np.testing.assert_allclose(model.weight_vector(), plain.coef_, rtol=1e-9)


def test_each_origin_is_its_own_scale(training, rows):
    families = load_families()
    whole = design_matrix(training, families)
    at = rows["origin"] == pd.Timestamp("2016-01-01")
    np.testing.assert_array_equal(design_matrix(training.where(at), families), whole[at])
    scorable = rows[at & (rows["status"] != NOT_SCORABLE)]
    times = training.reliability.of(scorable["tier"], training.ages.loc[scorable.index], families)
    placed = place(scorable, families, tiers_of(scorable, families), times)
    pd.testing.assert_frame_equal(whole.loc[scorable.index], placed.families)


def test_without_an_event_the_weights_stay_near_the_prior(indicators, events):
    rows = training_rows(indicators, events, date(2018, 1, 1))
    assert rows.table["event"].sum() == 0
    moved = moved_by_cases(fit(rows, draws=0))
    assert (moved["fitted"] > 0).all()
    assert moved["moved"].drop(UPPER).abs().max() < load_prior().sd


def test_by_how_much_the_cases_moved_each_weight(model):
    prior, moved = load_prior(), moved_by_cases(model)
    assert list(moved.index) == model.names
    assert moved["prior"].tolist() == [prior.weight] * 5 + [prior.upper_weight]
    assert moved["prior_sd"].tolist() == [prior.sd] * 5 + [prior.upper_sd]
    assert moved["fitted"].to_dict() == model.weights
    np.testing.assert_allclose(moved["prior"] + moved["moved"], moved["fitted"], atol=1e-12)
    assert moved["moved"].abs().max() > 0.01  # the cases did move something


def test_a_prior_beyond_doubt_is_what_comes_out(training):
    sure = replace(load_prior(), sd=1e-6, upper_sd=1e-6)
    model = fit(training, draws=0, prior=sure)
    for family in model.families:
        assert model.weights[family.name] == pytest.approx(sure.weight, abs=1e-4)
    assert model.weights[UPPER] == pytest.approx(sure.upper_weight, abs=1e-4)


# --- the draws ---


def test_draws_do_not_depend_on_how_the_work_is_split(training):
    one = fit(training, draws=50, n_jobs=1)
    two = fit(training, draws=50, n_jobs=2)
    np.testing.assert_array_equal(one.draws, two.draws)
    few = fit(training, draws=10)
    np.testing.assert_array_equal(few.draws, one.draws[:10])
    assert one.weights == few.weights
    assert not np.array_equal(fit(training, draws=10, seed=7).draws, few.draws)
    # and they lie around the weights
    low, high = np.quantile(one.draws, [0.01, 0.99], axis=0)
    inside = (low <= one.weight_vector()) & (one.weight_vector() <= high)
    assert inside.all()


def test_the_fingerprint_is_of_the_figures_trained_on(training, rows, model):
    changed = rows.copy()
    at = changed.index[(changed["status"] == AT_RISK) & (changed["observed"] >= 1)][100]
    changed.loc[at, "reserves_ratio"] *= 1.01
    assert fit(replace(training, table=changed), draws=0).training["sha256"] != model.training["sha256"]
