"""From model to list: who is ranked, who is not and why, chances that add up, and one scale for whatever is scored."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit

from resilience.indicators.known import NO_LIKE, carried_text, councils_on, known_on
from resilience.model.bands import band_at
from resilience.model.calibration import PACES
from resilience.model.fitting import fit, training_rows
from resilience.model.risk_set import AT_RISK, EVENT_ALREADY, NOT_SCORABLE
from resilience.model.scale import UPPER, place, tiers_of
from resilience.model.scoring import INTERVAL, interval, on_fixed_scale, score

DAY = date(2024, 1, 1)
# Rank and band are among the rows that are scored together.
SHOWN = ["status", "log_odds", "risk", "risk_low", "risk_high"]


@pytest.fixture(scope="module")
def model(indicators, events):
    return fit(training_rows(indicators, events, DAY), draws=40)


@pytest.fixture(scope="module")
def known(indicators):
    return known_on(indicators, DAY)


@pytest.fixture(scope="module")
def scored(model, known, events):
    return score(model, known, events)


@pytest.fixture(scope="module")
def scores(scored):
    return scored.table


def test_every_council_in_being_stands_once_with_its_status(scores, known):
    assert sorted(scores.index) == sorted(known.table.index)
    assert scores["status"].isin([AT_RISK, EVENT_ALREADY, NOT_SCORABLE]).all()
    assert scores.loc["E08000025", "status"] == EVENT_ALREADY
    assert scores.loc["E08000025", "event_type"] == "s114_notice"
    assert scores.loc["E07000217", "status"] == EVENT_ALREADY  # Woking: no return in two years, and an event
    assert scores.loc["E09000012", "status"] == AT_RISK  # Hackney


def test_ranks_run_from_one_down_by_chance(scored, scores):
    ranked = scores[scores["status"] == AT_RISK]
    assert ranked["rank"].tolist() == list(range(1, len(ranked) + 1))
    assert ranked["risk"].is_monotonic_decreasing
    assert scores["status"].tolist()[: len(ranked)] == [AT_RISK] * len(ranked)
    order = [AT_RISK, EVENT_ALREADY, NOT_SCORABLE]
    assert scores["status"].map(order.index).is_monotonic_increasing
    pd.testing.assert_frame_equal(scored.at_risk, ranked)
    for code in (ranked.index[0], ranked.index[40], ranked.index[-1]):
        assert scored.place_of(float(ranked.at[code, "risk"]), without=code) == ranked.at[code, "rank"]
        assert scored.band_of(float(ranked.at[code, "risk"]), without=code) == ranked.at[code, "band"]


def test_who_is_not_at_risk_has_no_chance_and_no_rank(scores):
    others = scores[scores["status"] != AT_RISK]
    assert len(others) > 15
    assert others[["risk", "risk_low", "risk_high", "rank", "log_odds"]].isna().all(axis=None)
    assert (others["band"] == "").all()


def test_the_chances_add_up_to_the_events_expected(scored, scores):
    assert scores["risk"].sum() == pytest.approx(scored.expected)
    assert scored.expected == 2 * (scored.base_rate.events + 0.5)


def test_at_each_pace_the_chances_add_up_to_it(scored):
    chances = pd.DataFrame([scored.at_paces(one) for one in scored.at_risk["log_odds"]])
    assert chances.sum().to_dict() == pytest.approx(PACES)
    # The level alone moves: the order stays.
    assert all(chances[name].is_monotonic_decreasing for name in PACES)


def test_paces_are_of_first_events_in_two_years_and_of_nothing_else(scored):
    other = replace(scored, model=replace(scored.model, outcome="severe"))
    assert other.paces == {} and np.isnan(list(other.at_paces(0.0).values())).all()
    assert replace(scored, model=replace(scored.model, horizon=12)).paces == {}


def test_the_contributions_add_up_to_the_log_odds(scored, scores, model):
    ranked = scores[scores["status"] == AT_RISK]
    assert list(scored.contributions) == [*(term.name for term in model.terms), UPPER]
    assert list(scored.families) == model.names
    assert scored.contributions.index.equals(scores.index) and scored.families.index.equals(scores.index)
    total = scored.scale.intercept + scored.contributions.loc[ranked.index].sum(axis=1)
    np.testing.assert_allclose(total, ranked["log_odds"], atol=1e-9)
    bars = scored.scale.intercept + scored.families.loc[ranked.index].sum(axis=1)
    np.testing.assert_allclose(bars, ranked["log_odds"], atol=1e-9)
    for family in model.families:
        own = scored.contributions.loc[ranked.index, [term.name for term in family.terms]].sum(axis=1)
        np.testing.assert_allclose(own, scored.families.loc[ranked.index, family.name], atol=1e-9)
    np.testing.assert_allclose(1 / (1 + np.exp(-total)), ranked["risk"], rtol=1e-9)
    assert ranked["band"].tolist() == [band_at(rank) for rank in ranked["rank"]]


def test_what_the_figures_give_is_kept_of_councils_with_an_event(scored, scores):
    events = scores.index[scores["status"] == EVENT_ALREADY]
    given = scored.log_odds.reindex(events).dropna()
    assert len(given) > 10
    total = scored.scale.intercept + scored.contributions.loc[given.index].sum(axis=1)
    np.testing.assert_allclose(total, given, atol=1e-9)
    assert scores.loc[given.index, "log_odds"].isna().all()
    ranked = scores[scores["status"] == AT_RISK]
    assert scored.log_odds[ranked.index].equals(ranked["log_odds"])
    silent = scores.index[scores["status"] == NOT_SCORABLE]
    assert scored.contributions.loc[silent].isna().all(axis=None)
    assert scored.families.loc[silent].isna().all(axis=None)
    assert not scored.log_odds.index.isin(silent).any()


def test_the_table_is_of_figures_and_standing_alone(scored, scores, known):
    """No figure hides in a column that must be taken apart to be read, and none in attributes."""
    added = ["status", "not_scored_because", "rank", "risk", "risk_low", "risk_high", "band", "log_odds"]
    added += ["event_date", "event_type"]
    # `status` of the return gives way to that of the council
    assert set(scores) == {*known.table, *added}
    assert scores.columns.is_unique
    assert not any(name.startswith("term: ") for name in scores)
    assert not scores.attrs and not scored.contributions.attrs
    with pytest.raises(FrozenInstanceError):
        scored.table = scores


def test_the_reference_is_a_council_at_its_tiers_median(scored, model):
    assert scored.reference("lower") == scored.scale.intercept
    assert scored.reference("upper") == scored.scale.intercept + model.weights[UPPER]
    # A council at the median of every family has nought to add.
    for tier in ("upper", "lower"):
        rows = scored.placed.families.index[(scored.known.scorable["tier"] == tier).to_numpy()]
        whole = rows[(scored.placed.reliability.loc[rows] == 1).all(axis=1)]
        assert len(whole) > len(rows) / 2
    assert (scored.families.loc[scored.table["tier"] == "lower", UPPER].dropna() == 0).all()


def test_the_interval_holds_the_chance(scores):
    ranked = scores[scores["status"] == AT_RISK]
    assert ((ranked["risk_low"] <= ranked["risk"]) & (ranked["risk"] <= ranked["risk_high"])).all()
    assert (ranked["risk_high"] > ranked["risk_low"]).all()
    assert ranked["risk_low"].gt(0).all()
    assert ranked["risk_high"].lt(1).all()


def test_without_intervals_the_chances_are_the_same(model, scores, known, events):
    plain = score(model, known, events, intervals=False).table
    assert plain["risk"].equals(scores["risk"])
    assert plain["risk_low"].isna().all()


def test_a_council_that_did_not_return_is_scored_on_its_last_figures_with_their_year(model, indicators, events):
    scores = score(model, known_on(indicators, date(2025, 1, 1)), events, intervals=False).table
    late = scores[(scores["status"] == AT_RISK) & (scores["outturn_year"] < "2023-24")]
    assert len(late) > 3
    assert late["risk"].notna().all()


def test_what_is_carried_can_be_asked_of_the_indicators_the_model_uses(model, indicators, events):
    scored = score(model, known_on(indicators, date(2026, 1, 1)), events, intervals=False)
    used = {term.indicator for term in model.terms}
    named: set[str] = set()
    for code in scored.table.index:
        carried = scored.known.carried(code, used)
        whole = scored.known.carried(code)
        assert carried == {name: year for name, year in whole.items() if name in used}
        assert list(carried) == [name for name in whole if name in used]
        assert all(text.rsplit(" ", 1)[0] in used for text in carried_text(carried).split("; ") if text)
        named |= set(carried)
    assert named
    assert named <= used
    assert "investment_income_ratio" in named


def test_a_council_without_figures_cannot_be_scored_and_is_listed(model, indicators, events):
    silent = known_on(indicators[indicators["ons_code"] != "E09000012"], DAY)
    scores = score(model, silent, events, intervals=False).table
    assert scores.loc["E09000012", "status"] == NOT_SCORABLE
    assert np.isnan(scores.loc["E09000012", "risk"])
    assert scores.loc["E09000012", "council"] == "Hackney"


def test_who_has_no_comparable_council_is_given_no_score_and_the_reason(indicators, events, model):
    known = known_on(indicators, date(2026, 6, 1))
    scored = score(model, known, events, intervals=False)
    table = scored.table
    assert table.loc["E09000001", ["status", "not_scored_because"]].tolist() == [NOT_SCORABLE, NO_LIKE]
    # Isles of Scilly had an event; its figures give nothing all the same, and the reason stays.
    assert table.loc["E06000053", ["status", "not_scored_because"]].tolist() == [EVENT_ALREADY, NO_LIKE]
    for code in ("E09000001", "E06000053"):
        assert code not in scored.log_odds.index and scored.families.loc[code].isna().all()
    at_risk = table["status"] == AT_RISK
    assert (table.loc[at_risk, "not_scored_because"] == "").all()
    assert (table.loc[table["status"] == NOT_SCORABLE, "not_scored_because"] != "").all()
    # They are no part of the scale either: whatever they return, nobody else moves.
    changed = indicators.copy()
    changed.loc[changed["ons_code"] == "E09000001", "reserves_ratio"] *= 100
    again = score(model, known_on(changed, date(2026, 6, 1)), events, intervals=False)
    assert again.log_odds.equals(scored.log_odds)


def test_a_stale_figure_counts_for_less(model, indicators, events):
    """The same figures, said to be two years older: every family comes nearer to its median by what was measured."""
    known = known_on(indicators, DAY)
    fresh = score(model, known, events, intervals=False, ages=known.ages * 0)
    ages = (known.ages * 0).assign(investment_income_ratio=2)
    stale = score(model, known, events, intervals=False, scale=fresh.scale, ages=ages)
    for tier in ("upper", "lower"):
        rows = fresh.placed.families.index[(known.scorable["tier"] == tier).to_numpy()]
        times = model.reliability.measured[tier]["commercial"][(2,)]
        one, other = (day.families.loc[rows, "commercial"] for day in (fresh, stale))
        np.testing.assert_allclose(other, times * one, rtol=1e-12)
        others = [name for name in model.names if name != "commercial"]
        pd.testing.assert_frame_equal(fresh.families.loc[rows, others], stale.families.loc[rows, others])


def test_thinner_reserves_raise_a_councils_own_chance(model, indicators, events, scored, scores):
    code = scores.index[(scores["status"] == AT_RISK) & (scores["class"] == "UA")][20]
    thinner = indicators.copy()
    newest = (thinner["ons_code"] == code) & (thinner["outturn_year"] == scores.at[code, "outturn_year"])
    assert newest.sum() == 1
    thinner.loc[newest, "reserves_ratio"] /= 2
    after = score(model, known_on(thinner, DAY), events, intervals=False)
    assert (
        after.table.at[code, "log_odds"] - after.scale.intercept > scores.at[code, "log_odds"] - scored.scale.intercept
    )
    assert after.table.at[code, "rank"] <= scores.at[code, "rank"]


def test_severe_has_its_own_level(indicators, known, events):
    model = fit(training_rows(indicators, events, DAY, outcome="severe"), draws=0)
    scored = score(model, known, events, intervals=False)
    assert scored.model.outcome == "severe"
    assert scored.table["risk"].sum() == pytest.approx(scored.expected)
    assert scored.table.loc["E09000004", "status"] == AT_RISK  # Bexley had support alone


def test_an_event_of_the_day_or_later_is_not_looked_at(model, known, events, scored):
    cut = events.known_by(DAY)
    assert scored.events.until == cut.until == date(2023, 12, 31)
    again = score(model, known, cut)
    pd.testing.assert_frame_equal(again.table, scored.table)
    assert again.base_rate == scored.base_rate


# --- one score and one interval for all rows ---


def test_the_interval_by_hand(model, scored, known):
    """Draw by draw: the draw's own level and weights, and the middle nine tenths of the chances."""
    codes = scored.at_risk.index[[0, 100, -1]]
    features = scored.placed.families.loc[codes, model.names].to_numpy()
    for row, code in zip(features, codes, strict=True):
        drawn = [
            expit(level + sum(w * x for w, x in zip(draw, row, strict=True)))
            for level, draw in zip(scored.scale.levels, model.draws, strict=True)
        ]
        low, high = np.quantile(drawn, INTERVAL)
        assert min(low, scored.table.at[code, "risk"]) == pytest.approx(scored.table.at[code, "risk_low"], rel=1e-9)
        assert max(high, scored.table.at[code, "risk"]) == pytest.approx(scored.table.at[code, "risk_high"], rel=1e-9)


def test_a_council_scored_alone_on_the_days_scale_is_as_on_the_list_bit_for_bit(model, indicators, events, scored):
    being = councils_on(DAY)
    for code in scored.table.index:
        alone = score(model, known_on(indicators, DAY, councils=being.loc[[code]]), events, scale=scored.scale)
        assert alone.table.index.tolist() == [code]
        assert alone.scale is scored.scale
        pd.testing.assert_frame_equal(alone.table[SHOWN], scored.table.loc[[code], SHOWN], check_exact=True)
        pd.testing.assert_frame_equal(
            alone.contributions, scored.contributions.loc[[code]], check_exact=True, check_dtype=False
        )
        assert alone.log_odds.to_dict() == scored.log_odds[scored.log_odds.index == code].to_dict()


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), share=st.floats(0.01, 1.0))
def test_whoever_else_is_scored_with_it_a_council_keeps_its_chance_and_interval(
    model, events, known, scored, seed, share
):
    some = known.table.sample(frac=share, random_state=seed)
    part = replace(known, table=some, years=known.years.loc[some.index])
    again = score(model, part, events, scale=scored.scale).table
    usual = scored.table.loc[again.index]
    pd.testing.assert_frame_equal(again[SHOWN], usual[SHOWN], check_exact=True)


def test_the_same_scale_given_or_taken_gives_the_same_list(model, known, events, scored):
    again = score(model, known, events, scale=scored.scale)
    pd.testing.assert_frame_equal(again.table, scored.table, check_exact=True)
    assert again.scale is scored.scale
    assert scored.scale.as_of == DAY
    for tier, own in tiers_of(known.scorable, model.families).items():
        taken = scored.scale.tiers[tier]
        assert (taken.centre, taken.spread) == (own.centre, own.spread)
        for name, ladder in own.ladders.items():
            np.testing.assert_array_equal(taken.ladders[name].scores, ladder.scores)
            np.testing.assert_array_equal(taken.ladders[name].values, ladder.values)


def test_doubt_widens_the_interval_and_leaves_the_chance(model, known, events, scored):
    usual = scored.at_risk
    widths = [logit(usual["risk_high"].astype(float)) - logit(usual["risk_low"].astype(float))]
    for doubt in (0.0, 0.5, 1.5, 3.0):
        wide = score(model, known, events, scale=scored.scale, doubt=doubt).table.loc[usual.index]
        assert wide["risk"].equals(usual["risk"])
        assert ((wide["risk_low"] <= wide["risk"]) & (wide["risk"] <= wide["risk_high"])).all()
        if doubt == 0:
            assert wide["risk_low"].equals(usual["risk_low"])
            assert wide["risk_high"].equals(usual["risk_high"])
            continue
        # Of the 40 draws here one council's quantile may fall short by chance; with the usual 200 none does.
        assert (wide["risk_low"] < usual["risk_low"]).mean() > 0.99
        assert (wide["risk_high"] > usual["risk_high"]).mean() > 0.99
        width = logit(wide["risk_high"].astype(float)) - logit(wide["risk_low"].astype(float))
        assert (width > widths[-1]).mean() > 0.99
        widths.append(width)
    # Where the doubt is nearly all there is, the interval is its own: 1.645 standard deviations each way.
    assert (widths[-1] / (2 * 1.6449 * 3.0)).between(0.95, 1.3).all()


def test_a_doubt_is_added_as_a_variance(model, scored, known):
    """Model's draws and doubt together are as wide as the root of the sum of squares, where both are normal."""
    rng = np.random.default_rng(8)
    draws = np.zeros((4000, len(model.names)))
    levels = rng.normal(-3, 0.8, size=4000)
    normal = replace(model, draws=draws)
    scale = replace(scored.scale, levels=levels)
    row = np.zeros((1, len(model.names)))
    low, high = interval(normal, scale, row, doubt=1.5)
    expected = 2 * 1.6449 * np.hypot(0.8, 1.5)
    assert float((logit(high) - logit(low))[0]) == pytest.approx(expected, rel=0.02)
    low, high = interval(normal, scale, row)
    assert float((logit(high) - logit(low))[0]) == pytest.approx(2 * 1.6449 * 0.8, rel=0.04)


# --- an earlier day on a fixed scale ---


def test_on_a_fixed_scale_only_the_figures_move(scored, indicators):
    earlier = on_fixed_scale(scored, date(2022, 1, 1))
    assert earlier.as_of == date(2022, 1, 1)
    assert earlier.scale is scored.scale and earlier.model is scored.model
    assert set(earlier.table.index) == set(known_on(indicators, date(2022, 1, 1)).table.index)
    assert on_fixed_scale(scored, date(2022, 1, 1)) is earlier  # worked out once
    assert earlier.table["risk_low"].isna().all()
    # weights, ladders, level and staleness are those of the later day
    known = known_on(indicators, date(2022, 1, 1)).scorable
    ages = scored.known.ages.reindex(known.index)
    times = scored.model.reliability.of(known["tier"], ages, scored.model.families)
    assert (times < 1).any(axis=None)
    placed = place(known, scored.model.families, scored.scale.tiers, times).families[scored.model.names]
    total = scored.scale.intercept + placed.to_numpy() @ scored.model.weight_vector()
    np.testing.assert_allclose(earlier.log_odds[known.index], total, rtol=1e-12)
    # and an event between the two days is none yet
    assert earlier.table.at["E08000025", "status"] == AT_RISK
    assert scored.table.at["E08000025", "status"] == EVENT_ALREADY


def test_the_day_itself_on_its_own_scale_is_the_list(scored):
    same = on_fixed_scale(scored, DAY)
    for name in ("status", "risk", "rank", "log_odds", "band"):
        assert same.table[name].equals(scored.table[name]), name


def test_what_is_worked_out_once_is_of_one_day_alone(scored):
    """A day made from another with something changed must work everything out anew."""
    made = []
    assert scored.once("for this test", lambda: made.append(1) or len(made)) == 1
    assert scored.once("for this test", lambda: made.append(1) or len(made)) == 1
    changed = replace(scored, switches={"dsg_deficit": True})
    assert changed.once("for this test", lambda: made.append(1) or len(made)) == 2
