"""The terms: what the file says, the scale, and that more is worse."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from resilience.indicators.definitions import load_definitions
from resilience.indicators.known import known_on
from resilience.model.scale import CUT, centres_of, on_scale
from resilience.model.terms import load_prior, load_terms

TERMS = load_terms()


def test_every_term_is_an_indicator_of_the_dictionary_with_its_reason():
    names = [term.name for term in TERMS]
    assert len(set(names)) == len(names)
    assert len(TERMS) >= 4
    for term in TERMS:
        assert term.indicator in load_definitions()
        assert term.floor < term.cap
        assert term.smallest_spread > 0
        assert set(term.tiers) <= {"upper", "lower"}
        assert len(term.why) > 40
        assert term.label


def test_children_count_for_upper_tier_councils_alone():
    assert [term.tiers for term in TERMS if "children" in term.indicator] == [("upper",)]


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.name)
def test_more_is_worse_in_the_direction_of_the_dictionary(term):
    low, high = term.transformed(np.array([term.floor, term.cap]))
    worse = load_definitions()[term.indicator].worse
    assert (high > low) == (worse == "higher"), (term.name, worse)


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.name)
def test_within_its_bounds_a_transform_can_be_undone_and_outside_it_stops(term):
    inside = np.linspace(term.floor, term.cap, 7)
    np.testing.assert_allclose(term.untransformed(term.transformed(inside)), inside, atol=1e-12)
    ends = term.transformed(np.array([term.floor - 5, term.floor, term.cap, term.cap + 5]))
    assert (ends[0], ends[3]) == (ends[1], ends[2])
    assert np.isnan(term.transformed(np.nan))


def test_the_prior_is_one_weight_for_every_term_and_positive():
    prior = load_prior()
    assert prior.weight > 0
    assert min(prior.sd, prior.upper_sd, prior.intercept_sd, prior.spread_sd) > 0


@pytest.fixture(scope="module")
def known(indicators) -> pd.DataFrame:
    return known_on(indicators, date(2024, 1, 1)).scorable


@pytest.fixture(scope="module")
def centres(known):
    return centres_of(known, TERMS)


def test_the_scale_by_hand(known, centres):
    for tier in ("upper", "lower"):
        ratios = known.loc[known["tier"] == tier, "reserves_ratio"].clip(0.02, 3.0)
        values = -np.log(ratios)
        assert centres[tier]["reserves"]["centre"] == pytest.approx(values.median())
        half = (values.quantile(0.84) - values.quantile(0.16)) / 2
        assert centres[tier]["reserves"]["spread"] == pytest.approx(max(half, 0.3))
    assert "children" not in centres["lower"]


def test_the_median_council_of_a_tier_stands_at_nought(known, centres):
    table = on_scale(known, TERMS, centres)
    for tier in ("upper", "lower"):
        rows = (known["tier"] == tier).to_numpy()
        assert table.loc[rows, "reserves"].median() == pytest.approx(0, abs=0.02)


def test_nothing_counts_beyond_the_cut_and_a_missing_figure_counts_nought(known, centres):
    frame = known.copy()
    some = frame.index[frame["tier"] == "upper"][:3]
    frame.loc[some[0], "investment_income_ratio"] = np.nan
    frame.loc[some[1], "investment_income_ratio"] = 1e9
    table = on_scale(frame, TERMS, centres)
    assert table.loc[some[0], "investment income"] == 0.0
    assert 0 < table.loc[some[1], "investment income"] <= CUT
    assert table.abs().max(axis=None) <= CUT
    assert not table.isna().any(axis=None)


def test_a_term_that_does_not_apply_says_nothing(known, centres):
    table = on_scale(known, TERMS, centres)
    lower = (known["tier"] == "lower").to_numpy()
    assert (table.loc[lower, "children"] == 0).all()
    assert (table.loc[~lower, "children"] != 0).any()
    assert table["upper tier"].tolist() == (~lower).astype(float).tolist()


def test_a_tier_without_figures_has_the_smallest_spread():
    empty = pd.DataFrame({"tier": ["upper"], **{term.indicator: [np.nan] for term in TERMS}})
    for term in TERMS:
        for tier in term.tiers:
            assert centres_of(empty, TERMS)[tier][term.name] == {"centre": 0.0, "spread": term.smallest_spread}


@given(st.floats(0.03, 2.9), st.floats(1.0, 1.5))
def test_thinner_reserves_never_look_better(ratio, factor):
    reserves = next(term for term in TERMS if term.name == "reserves")
    assert reserves.transformed(ratio / factor) >= reserves.transformed(ratio)
