"""The scale of a day: normal scores within the tier, families put on the tier's own median and spread, and the cut."""

from __future__ import annotations

from datetime import date
from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from resilience.indicators.known import known_on
from resilience.model.families import load_families, load_terms
from resilience.model.scale import CUT, TIERS, UPPER, Ladder, centre_and_spread, family_value, place, tiers_of

FAMILIES = load_families()
FIGURES = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60)


@pytest.fixture(scope="module")
def known(indicators) -> pd.DataFrame:
    return known_on(indicators, date(2024, 1, 1)).scorable


@pytest.fixture(scope="module")
def tiers(known):
    return tiers_of(known, FAMILIES)


@pytest.fixture(scope="module")
def placed(known, tiers):
    return place(known, FAMILIES, tiers)


# --- one indicator's ladder ---


def test_a_ladder_by_hand():
    """Four figures, two of them alike: ranks 1, 2.5, 2.5 and 4 of 4, less a half, over 4."""
    ladder = Ladder.of(np.array([3.0, 1.0, np.nan, 3.0, 7.0]))
    assert ladder.values.tolist() == [1.0, 3.0, 7.0]
    expected = [NormalDist().inv_cdf(rank) for rank in (0.125, 0.5, 0.875)]
    np.testing.assert_allclose(ladder.scores, expected, atol=1e-12)
    assert ladder.median == 3.0
    np.testing.assert_allclose(ladder.place(np.array([3.0, 5.0])), [0.0, expected[2] / 2], atol=1e-12)


def test_beyond_its_ends_a_ladder_says_what_its_end_says():
    ladder = Ladder.of(np.arange(10.0))
    low, high = ladder.place(np.array([-1e9, 1e9]))
    assert (low, high) == (ladder.scores[0], ladder.scores[-1])
    assert np.isnan(ladder.place(np.array([np.nan]))).all()


def test_a_ladder_of_nothing_says_nothing():
    empty = Ladder.of(np.array([np.nan, np.nan]))
    assert np.isnan(empty.place(np.array([1.0, np.nan]))).all() and np.isnan(empty.median)


@given(FIGURES, st.randoms())
def test_ties_share_a_score_and_more_is_never_better(figures, random):
    values = np.array(figures + random.choices(figures, k=3))  # some of them twice
    scores = Ladder.of(values).place(values)
    order = np.argsort(values, kind="stable")
    rises = np.diff(values[order])
    assert (np.diff(scores[order])[rises > 0] > 0).all()
    assert (np.diff(scores[order])[rises == 0] == 0).all()


@given(FIGURES, st.floats(-1e7, 1e7), st.floats(0, 1e6))
def test_a_larger_figure_never_scores_less_wherever_it_lies(figures, at, more):
    ladder = Ladder.of(np.array(figures))
    low, high = ladder.place(np.array([at, at + more]))
    assert low <= high


@given(FIGURES)
def test_turned_round_a_ladder_is_its_mirror(figures):
    values = np.array(figures)
    np.testing.assert_allclose(Ladder.of(values).place(values), -Ladder.of(-values).place(-values), atol=1e-9)


# --- a family ---


def test_each_family_has_its_tiers_median_at_nought_and_a_spread_of_one(known, placed):
    for tier in TIERS:
        rows = (known["tier"] == tier).to_numpy()
        for family in FAMILIES:
            values = placed.families.loc[rows, family.name][~placed.without_figure.loc[rows, family.name]]
            low, middle, high = np.quantile(values, [0.16, 0.5, 0.84])
            assert middle == pytest.approx(0, abs=1e-9), (tier, family.name)
            assert (high - low) / 2 == pytest.approx(1, abs=1e-9), (tier, family.name)


def test_the_reserves_family_of_one_council_by_hand(known, tiers, placed):
    """Ranks among the districts worked out with pandas, means, median and percentiles anew."""
    lower = known[known["tier"] == "lower"]
    scores = pd.DataFrame(index=lower.index)
    for name in ("reserves_ratio", "unallocated_ratio", "reserves_runway_years"):
        ranks = lower[name].rank(ascending=False)  # thin reserves and short runways are worse
        scores[name] = [
            NormalDist().inv_cdf((one - 0.5) / lower[name].notna().sum()) if one == one else np.nan for one in ranks
        ]
    means = scores.mean(axis=1)
    spread = (means.quantile(0.84) - means.quantile(0.16)) / 2
    by_hand = ((means - means.median()) / spread).clip(-CUT, CUT)
    pd.testing.assert_series_equal(placed.families.loc[lower.index, "reserves"], by_hand, check_names=False, rtol=1e-9)
    assert tiers["lower"].spread["reserves"] == pytest.approx(spread)


def test_shares_add_up_to_their_family_even_where_it_is_cut_off(placed):
    assert placed.cut.any(axis=None)
    for family in FAMILIES:
        shares = placed.parts[[term.name for term in family.terms]].sum(axis=1)
        np.testing.assert_allclose(shares, placed.families[family.name], atol=1e-9)
    values = placed.families.drop(columns=UPPER)
    assert values.abs().max(axis=None) <= CUT
    np.testing.assert_allclose(values.abs().to_numpy()[placed.cut.to_numpy()], CUT)


def test_a_missing_figure_leaves_the_mean_of_the_others_and_none_counts_nought(known, tiers):
    frame = known.copy()
    first, second = frame.index[frame["tier"] == "upper"][:2]
    frame.loc[first, ["reserves_runway_years", "unallocated_ratio"]] = np.nan
    frame.loc[second, "investment_income_ratio"] = np.nan
    again = place(frame, FAMILIES, tiers)
    scale = tiers["upper"]
    alone = scale.ladders["reserves"].place(-frame.loc[[first], "reserves_ratio"].to_numpy())[0]
    expected = np.clip((alone - scale.centre["reserves"]) / scale.spread["reserves"], -CUT, CUT)
    assert again.families.at[first, "reserves"] == pytest.approx(expected)
    assert not again.without_figure.at[first, "reserves"]
    assert again.families.at[second, "commercial"] == 0.0 and again.without_figure.at[second, "commercial"]
    assert again.parts.loc[first, ["runway", "unallocated"]].tolist() == [0.0, 0.0]
    assert not again.families.isna().any(axis=None)


def test_what_is_not_asked_of_a_tier_says_nothing_there(known, placed):
    lower = (known["tier"] == "lower").to_numpy()
    assert (placed.parts.loc[lower, "children"] == 0).all() and (placed.parts.loc[~lower, "children"] != 0).any()
    assert placed.scores.loc[lower, "children"].isna().all()
    assert placed.families[UPPER].tolist() == (~lower).astype(float).tolist()


def test_a_reliability_multiplies_a_family_and_its_shares(known, tiers, placed):
    half = pd.DataFrame(1.0, index=known.index, columns=[family.name for family in FAMILIES])
    half["slack"] = 0.5
    again = place(known, FAMILIES, tiers, half)
    np.testing.assert_allclose(again.families["slack"], placed.families["slack"] / 2)
    own = ["flexible receipts", "revenue for capital"]
    np.testing.assert_allclose(again.parts[own], placed.parts[own] / 2)
    others = [name for name in placed.families if name != "slack"]
    pd.testing.assert_frame_equal(again.families[others], placed.families[others])


def test_flexible_receipts_under_a_fifth_of_a_per_cent_are_none():
    receipts = next(term for term in load_terms() if term.name == "flexible receipts")
    assert receipts.directed(np.array([0.0, 0.0019, -0.0019, 0.002, 0.03])).tolist() == [0, 0, 0, 0.002, 0.03]


@given(st.lists(st.floats(-3, 3), min_size=3, max_size=40))
def test_a_tier_alike_in_everything_tells_nothing(means):
    same = np.full(len(means), means[0])
    assert centre_and_spread(same)[1] == 0.0
    assert (family_value(same[:, None], *centre_and_spread(same)) == 0).all()
    value = family_value(np.array(means)[:, None], *centre_and_spread(np.array(means)))
    assert (np.abs(value) <= CUT).all()
    # Worse figures never give a better family.
    order = np.argsort(means)
    assert (np.diff(value[order]) >= 0).all()


def test_the_median_of_each_indicator_is_that_of_the_tier(known, tiers):
    for term in load_terms():
        for tier in term.tiers:
            expected = pd.Series(term.directed(known.loc[known["tier"] == tier, term.indicator])).median()
            assert tiers[tier].ladders[term.name].median == pytest.approx(expected)
