"""The five families: what the file says, and that more is worse in the dictionary's direction."""

from __future__ import annotations

import numpy as np
import pytest

from resilience.indicators.definitions import load_definitions
from resilience.model.families import load_families, load_prior, load_terms, terms_of, without_terms

FAMILIES, TERMS = load_families(), load_terms()


def test_the_families_are_the_five_of_the_design_with_their_members():
    members = {family.name: [term.indicator for term in family.terms] for family in FAMILIES}
    assert members == {
        "reserves": ["reserves_ratio", "unallocated_ratio", "reserves_runway_years"],
        "debt": ["interest_to_reserves"],
        "demand": ["general_fund_housing_ratio", "childrens_social_care_share"],
        "slack": ["flexible_receipts_ratio", "revenue_for_capital_ratio"],
        "commercial": ["investment_income_ratio"],
    }
    assert terms_of(FAMILIES) == TERMS
    assert len({term.name for term in TERMS}) == len(TERMS) == 9


def test_each_family_asks_a_question_and_says_why():
    for family in FAMILIES:
        assert family.asks.endswith("?") and len(family.why) > 60 and family.label
        assert family.in_tier("upper") and family.in_tier("lower")


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.name)
def test_every_indicator_is_in_the_dictionary_and_more_is_worse_in_its_direction(term):
    definition = load_definitions()[term.indicator]
    assert definition.worse == {"high": "higher", "low": "lower"}[term.worse]
    assert len(term.why) > 40 and term.label
    low, high = term.directed(np.array([0.1, 0.2]))
    assert (high > low) == (term.worse == "high")
    figures = np.array([-0.3, 0.0, 0.4])
    np.testing.assert_array_equal(term.undirected(term.directed(figures)), figures)
    assert np.isnan(term.directed(np.nan))


def test_children_count_for_upper_tier_councils_alone():
    assert [term.tiers for term in TERMS if "children" in term.indicator] == [("upper",)]
    assert all(term.tiers == ("upper", "lower") for term in TERMS if "children" not in term.indicator)


def test_the_prior_is_the_one_of_the_design():
    prior = load_prior()
    assert (prior.weight, prior.sd, prior.upper_weight, prior.upper_sd) == (0.6, 0.2, 2.0, 0.5)


def test_leaving_indicators_out_keeps_the_rest_and_drops_an_empty_family():
    left = without_terms(FAMILIES, {"runway", "interest cover"})
    assert [family.name for family in left] == ["reserves", "demand", "slack", "commercial"]
    assert [term.name for term in left[0].terms] == ["reserves", "unallocated"]
    assert without_terms(FAMILIES, set()) == FAMILIES
