"""The proof for councils already supported: out of time, against a count by hand, and the rule by which it ships."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from resilience.backtest import again
from resilience.backtest.again import RULE, TERMS, candidate_terms, compare, predict, record
from resilience.indicators.known import known_on
from resilience.model.again import again_rows, base_rates
from resilience.model.risk_set import yearly
from tests.model.test_again import with_planted

CHANCES = ["origin", "ons_code", "base", "model"]


@pytest.fixture(scope="module")
def found(indicators, events):
    return record(indicators, events, draws=200)


def test_the_rounds(found):
    table = found.rounds
    assert list(table.index) == [2021, 2022, 2023, 2024, 2025, 2026]
    assert list(table["before"]) == [2, 10, 13, 16, 29, 44]
    assert list(table["again"]) == [1, 4, 4, 8, 16, 26]
    assert list(table["newcomers"]) == [9, 3, 4, 13, 15, 10]
    assert list(table["supported"]) == [10, 4, 5, 21, 29, 36]
    assert (table.at[2026, "supported_after_event"], table.at[2026, "supported_after_support"]) == (26, 25)
    assert list(table["closed"]) == [True] * 5 + [False]


def test_the_base_rate_of_a_round_is_that_of_the_first_of_january(found, events):
    rows = found.predictions[12]
    for year in (2023, 2026):
        rates = base_rates(events, date(year, 1, 1), 12)
        own = rows[rows["origin"] == pd.Timestamp(year, 1, 1)]
        expected = [rates[min(since, 2)].chance for since in own["years_since"]]
        assert np.allclose(own["base"], expected)
        assert found.rounds.at[year, "expected_base"] == pytest.approx(sum(expected))


def test_a_longer_horizon_never_has_the_smaller_chance(found):
    twelve, longer = (found.predictions[horizon].set_index(["origin", "ons_code"]) for horizon in (12, 24))
    assert (longer["base"] >= twelve["base"]).all()


@pytest.mark.parametrize("year", [2023, 2025])
def test_no_chance_of_an_origin_knows_what_came_later(found, events, indicators, year):
    day = date(year, 1, 1)
    planted = with_planted(events, day)
    for register in (planted, replace(events, until=date(2027, 12, 31))):
        rows = {horizon: again_rows(register, yearly(2012, year), horizon) for horizon in (12, 24)}
        terms = candidate_terms(rows[12], indicators)
        for horizon in (12, 24):
            usual = found.predictions[horizon]
            usual = usual[usual["origin"] <= pd.Timestamp(day)]
            pd.testing.assert_frame_equal(
                predict(rows[12], rows[horizon], terms, horizon)[CHANCES].reset_index(drop=True),
                usual[CHANCES].reset_index(drop=True),
                check_exact=True,
            )
    later = again_rows(planted, [day], 12)
    assert later["again"].all()  # the plants are seen where they belong: in what came next


def test_the_terms_are_worse_upwards_and_of_the_day(events, indicators):
    origin = date(2026, 1, 1)
    rows = again_rows(events, [origin], 12)
    terms = candidate_terms(rows, indicators).set_index(rows["ons_code"])
    known = known_on(indicators, origin).table
    codes = [code for code in rows["ons_code"] if known.at[code, "tier"] == "upper"]
    assert terms.loc[codes, "reserves"].corr(known.loc[codes, "reserves_ratio"], method="spearman") < -0.5
    assert terms.loc[codes, "interest"].corr(known.loc[codes, "interest_to_reserves"], method="spearman") > 0.99
    slough = rows.set_index("ons_code").loc["E06000039"]
    share = 1000 * slough["amount"] / known.at["E06000039", "net_revenue_expenditure"]
    assert terms.at["E06000039", "amount"] == pytest.approx(np.log(share))
    assert terms.at["E06000039", "rounds"] == pytest.approx(np.log(5))
    assert list(terms.columns) == list(TERMS)
    assert np.isnan(terms.at["E06000007", "amount"])  # Warrington: envoys, and no support yet


def test_the_model_is_the_base_rate_where_nothing_is_learnt(found, monkeypatch, events, indicators):
    monkeypatch.setattr(again, "PRIOR_SD", 1e-6)
    rows = again_rows(events, yearly(2012, 2026), 12)
    same = predict(rows, rows, candidate_terms(rows, indicators), 12)
    assert np.allclose(same["model"], same["base"], atol=2e-3)
    assert not np.allclose(found.predictions[12]["model"], found.predictions[12]["base"], atol=2e-2)


# --- the comparison ---


@pytest.fixture
def four():
    return pd.DataFrame(
        {
            "origin": pd.Timestamp(2024, 1, 1),
            "ons_code": ["a", "b", "c", "d"],
            "again": [True, True, False, False],
            "base": [0.5, 0.5, 0.5, 0.5],
            "model": [0.8, 0.6, 0.5, 0.1],
        }
    )


def test_the_measures_by_hand(four):
    one = compare(four, draws=50)
    assert (one["rows"], one["councils"], one["again"]) == (4, 4, 2)
    assert one["log_score"]["base"] == pytest.approx(np.log(0.5))
    assert one["log_score"]["model"] == pytest.approx(np.log([0.8, 0.6, 0.5, 0.9]).mean())
    assert one["brier"]["model"] == pytest.approx((0.2**2 + 0.4**2 + 0.5**2 + 0.1**2) / 4)
    assert one["brier"]["gain"]["value"] == pytest.approx(0.25 - one["brier"]["model"])
    assert (one["auc"]["base"], one["auc"]["model"]) == (0.5, 1.0)
    assert one["log_score"]["gain"]["low"] <= one["log_score"]["gain"]["value"] <= one["log_score"]["gain"]["high"]


def test_equal_chances_gain_nothing(four):
    one = compare(four.assign(model=four["base"]), draws=50)
    for measure in ("log_score", "brier", "auc"):
        assert set(one[measure]["gain"].values()) == {0.0}


def test_the_model_does_not_ship_and_what_would_let_it(found, four):
    gain = found.comparisons[RULE]["log_score"]["gain"]
    assert gain["low"] < 0 < gain["high"]
    assert not found.ships
    sure = compare(pd.concat([four] * 5).assign(ons_code=[f"{n}" for n in range(20)]), draws=200)
    assert replace(found, comparisons={**found.comparisons, RULE: sure}).ships
