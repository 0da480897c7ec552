"""From model to list: who is ranked, who is not and why, and chances that add up."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from resilience.indicators.known import known_on
from resilience.model.calibration import band_of
from resilience.model.fitting import fit, training_rows
from resilience.model.risk_set import AT_RISK, EVENT_ALREADY, NOT_SCORABLE
from resilience.model.scoring import score

DAY = date(2024, 1, 1)


@pytest.fixture(scope="module")
def model(indicators, events):
    return fit(training_rows(indicators, events, DAY), draws=40)


@pytest.fixture(scope="module")
def scores(model, indicators, events):
    return score(model, indicators, DAY, events=events)


def test_every_council_in_being_stands_once_with_its_status(scores, indicators):
    assert sorted(scores.index) == sorted(known_on(indicators, DAY).index)
    assert scores["status"].isin([AT_RISK, EVENT_ALREADY, NOT_SCORABLE]).all()
    assert scores.loc["E08000025", "status"] == EVENT_ALREADY
    assert scores.loc["E08000025", "event_type"] == "s114_notice"
    assert scores.loc["E07000217", "status"] == EVENT_ALREADY  # Woking: no return in two years, and an event
    assert scores.loc["E09000012", "status"] == AT_RISK  # Hackney


def test_ranks_run_from_one_down_by_chance(scores):
    ranked = scores[scores["status"] == AT_RISK]
    assert ranked["rank"].tolist() == list(range(1, len(ranked) + 1))
    assert ranked["risk"].is_monotonic_decreasing
    assert scores["status"].tolist()[: len(ranked)] == [AT_RISK] * len(ranked)
    order = [AT_RISK, EVENT_ALREADY, NOT_SCORABLE]
    assert scores["status"].map(order.index).is_monotonic_increasing


def test_who_is_not_at_risk_has_no_chance_and_no_rank(scores):
    others = scores[scores["status"] != AT_RISK]
    assert len(others) > 15
    assert others[["risk", "risk_low", "risk_high", "rank", "log_odds"]].isna().all(axis=None)
    assert (others["band"] == "").all()


def test_the_chances_add_up_to_the_events_expected(scores):
    assert scores["risk"].sum() == pytest.approx(scores.attrs["expected"])
    rate = scores.attrs["base_rate"]
    assert scores.attrs["expected"] == 2 * (rate.events + 0.5)


def test_the_contributions_add_up_to_the_log_odds(scores):
    terms = [name for name in scores if name.startswith("term: ")]
    ranked = scores[scores["status"] == AT_RISK]
    total = scores.attrs["intercept"] + ranked[terms].sum(axis=1)
    np.testing.assert_allclose(total, ranked["log_odds"], atol=1e-9)
    np.testing.assert_allclose(1 / (1 + np.exp(-total)), ranked["risk"], rtol=1e-9)
    assert ranked["band"].tolist() == [band_of(risk) for risk in ranked["risk"]]


def test_the_interval_holds_the_chance(scores):
    ranked = scores[scores["status"] == AT_RISK]
    assert ((ranked["risk_low"] <= ranked["risk"]) & (ranked["risk"] <= ranked["risk_high"])).all()
    assert (ranked["risk_high"] > ranked["risk_low"]).all()
    assert ranked["risk_low"].gt(0).all()
    assert ranked["risk_high"].lt(1).all()


def test_without_intervals_the_chances_are_the_same(model, scores, indicators, events):
    plain = score(model, indicators, DAY, events=events, intervals=False)
    assert plain["risk"].equals(scores["risk"])
    assert plain["risk_low"].isna().all()


def test_a_council_that_did_not_return_is_scored_on_its_last_figures_with_their_year(model, indicators, events):
    scores = score(model, indicators, date(2025, 1, 1), events=events, intervals=False)
    late = scores[(scores["status"] == AT_RISK) & (scores["outturn_year"] < "2023-24")]
    assert len(late) > 3
    assert late["risk"].notna().all()


def test_what_is_carried_names_only_indicators_that_the_model_uses(model, indicators, events):
    scores = score(model, indicators, date(2026, 1, 1), events=events, intervals=False)
    used = {term.indicator for term in model.terms}
    parts = scores["carried"].str.split("; ").explode()
    named = set(parts[parts.notna() & (parts != "")].str.rsplit(" ", n=1).str[0])
    assert named
    assert named <= used
    assert "unallocated_ratio" in named


def test_a_council_without_figures_cannot_be_scored_and_is_listed(model, indicators, events):
    silent = indicators[indicators["ons_code"] != "E09000012"]
    scores = score(model, silent, DAY, events=events, intervals=False)
    assert scores.loc["E09000012", "status"] == NOT_SCORABLE
    assert np.isnan(scores.loc["E09000012", "risk"])
    assert scores.loc["E09000012", "council"] == "Hackney"


def test_thinner_reserves_raise_a_councils_own_chance(model, indicators, events, scores):
    code = scores.index[(scores["status"] == AT_RISK) & (scores["class"] == "UA")][20]
    thinner = indicators.copy()
    newest = (thinner["ons_code"] == code) & (thinner["outturn_year"] == scores.at[code, "outturn_year"])
    assert newest.sum() == 1
    thinner.loc[newest, "reserves_ratio"] /= 2
    after = score(model, thinner, DAY, events=events, intervals=False)
    assert (
        after.at[code, "log_odds"] - after.attrs["intercept"] > scores.at[code, "log_odds"] - scores.attrs["intercept"]
    )
    assert after.at[code, "rank"] <= scores.at[code, "rank"]


def test_severe_has_its_own_level(indicators, events):
    model = fit(training_rows(indicators, events, DAY, outcome="severe"), draws=0)
    scores = score(model, indicators, DAY, events=events, intervals=False)
    assert scores.attrs["outcome"] == "severe"
    assert scores["risk"].sum() == pytest.approx(scores.attrs["expected"])
    assert scores.loc["E09000004", "status"] == AT_RISK  # Bexley had support alone
