"""Every term has its words, and one figure is written one way everywhere."""

from __future__ import annotations

import dataclasses
import re
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from resilience.analysis.evidence import Evidence
from resilience.errors import DataError
from resilience.indicators.definitions import load_definitions
from resilience.model.families import load_terms
from resilience.report.wording.indicators import (
    contribution,
    figure,
    main_reasons,
    main_strengths,
    questions,
    reason,
    sentence,
    wording,
    words_of,
)

TERMS = {term.name: term for term in load_terms()}
NEEDED = {"lead", "worse", "better", "of", "moved_better", "moved_worse", "questions"}
AT_BOUND = {"bound", "at_bound", "earlier_at_bound", "still_at_bound"}
MAY_HAVE = NEEDED | AT_BOUND | {
    "share_of", "share_better", "share_worse", "of_at_bound", "figure_at_bound", "below_zero", "lower", "higher",
    "many_from", "lead_many", "of_many",
}  # fmt: skip


@pytest.mark.parametrize("term", TERMS.values(), ids=TERMS)
def test_every_term_has_all_its_words(term):
    words = words_of(term.indicator)
    assert not NEEDED - set(words), f"{term.indicator}: add {NEEDED - set(words)} to wording.toml"
    assert all(words[name] for name in NEEDED)
    assert set(words) <= MAY_HAVE
    assert not set(words) & AT_BOUND or set(words) >= AT_BOUND
    assert words.get("bound", "zero") in ("zero", "highest")
    for one, other in (("share_better", "share_worse"), ("lower", "higher")):
        assert (one in words) == (other in words)
    # Told in pounds beside a share, it must say of what.
    assert ("share_of" in words) == (load_definitions()[term.indicator].unit == "ratio")


@pytest.mark.parametrize("term", TERMS.values(), ids=TERMS)
def test_questions_are_short_and_accuse_nobody(term):
    asked = words_of(term.indicator)["questions"]
    assert 1 <= len(asked) <= 2
    for one in asked:
        assert one.endswith("?") and len(one) < 130
        assert not re.search(r"\b(why|fail\w*|fault|blame|bad|wrong|mistake\w*|reckless)\b", one, re.IGNORECASE), one


def test_the_first_reason_asks_twice_and_no_reason_asks_once():
    terms = list(TERMS.values())[:2]
    first, second = (words_of(term.indicator)["questions"] for term in terms)
    assert questions(terms) == [*first, second[0]]
    assert questions([]) == [wording()["question_without_reason"]]


def test_no_words_are_left_for_an_indicator_that_is_none():
    assert set(wording()["indicator"]) <= set(load_definitions())
    assert {term.indicator for term in TERMS.values()} == set(wording()["indicator"])
    assert set(wording()["figure"]) <= set(load_definitions()) - set(wording()["indicator"])
    assert all(set(words) == {"figure_below", "figure_above"} for words in wording()["figure"].values())


def test_a_term_without_words_is_an_error():
    assert "odd_thing" not in wording()["indicator"]
    with pytest.raises(DataError, match="no words for odd_thing"):
        sentence(Evidence("odd_thing", 0.5, 2024), "UA", "Odd thing")


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("reserves_ratio", 0.09, "9.0%"),
        ("reserves_ratio", 0.0, "0%"),
        ("general_fund_housing_ratio", -0.02, "−2.0%"),
        ("reserves_runway_years", 20.0, "not falling"),
        ("reserves_runway_years", 1.2, "1 year"),
        ("reserves_runway_years", 0.6, "under a year"),
        ("unplanned_reserves_use", -0.5, "50% better"),
        ("unplanned_reserves_use", 0.03, "3.0% worse"),
        ("interest_to_reserves", 4.3, "4 times"),
        ("interest_to_reserves", 1.99, "199%"),
        ("ofsted_judgement", 2.0, "good"),
        ("reserves_ratio", np.nan, "not published"),
    ],
)
def test_a_figure_in_a_table(name, value, text):
    assert figure(name, value) == text


def test_every_indicator_can_be_written():
    for name in load_definitions():
        assert figure(name, 1.0) and figure(name, np.nan, missing="–") == "–"


def test_sentences():
    plain = Evidence("reserves_ratio", 0.09, 2024, lower=0.05, higher=0.934, others=60, earlier=0.21)
    assert sentence(plain, "UA", "x") == (
        "Usable reserves (unallocated and earmarked revenue reserves) stood at 9.0% of net revenue expenditure on "
        "31 March 2024, lower than in 93% of other unitary authorities; three years earlier 21%."
    )
    few = Evidence("reserves_ratio", 0.09, 2024, lower=0.0, higher=1.0, others=5)
    assert "other" not in sentence(few, "UA", "x")
    whole = Evidence("reserves_ratio", 0.09, 2024, lower=0, higher=1, others=20)
    assert "lower than in all other" in sentence(whole, "SC", "x")
    still = Evidence("reserves_runway_years", 20.0, 2024, lower=0.5, higher=0.0, others=20, earlier=4.2)
    assert sentence(still, "SC", "x") == (
        "Reserves were not falling over the three years to 31 March 2024, as in 50% of other shire counties; "
        "three years earlier 4 years."
    )
    assert sentence(Evidence("reserves_ratio", np.nan, 0), "UA", "Usable reserves") == (
        "Usable reserves: no figure was published in recent years, so it counts neither way."
    )
    assert "a net income" in sentence(Evidence("general_fund_housing_ratio", -0.02, 2024), "UA", "x")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("reserves_runway_years", 20.0, "; nor were they three years earlier."),
        (
            "flexible_receipts_ratio",
            0.0,
            "No flexible use of capital receipts in 2023-24; nor three years earlier.",
        ),
        ("revenue_for_capital_ratio", 0.0, "No revenue contribution to capital in 2023-24; nor three years"),
    ],
)
def test_a_figure_at_its_bound_then_and_now(name, value, said):
    assert said in sentence(Evidence(name, value, 2024, earlier=value), "UA", "x")


def test_a_figure_at_its_bound_only_then():
    assert "; three years earlier they were not falling." in sentence(
        Evidence("reserves_runway_years", 4.0, 2024, earlier=20.0), "UA", "x"
    )
    assert "; three years earlier none." in sentence(
        Evidence("flexible_receipts_ratio", 0.02, 2024, earlier=0.0), "UA", "x"
    )


def test_figures_of_another_origin_are_marked():
    built = Evidence("reserves_ratio", 0.09, 2024, second_hand=True, built=True, earlier=0.1, earlier_built=True)
    assert sentence(built, "UA", "x").endswith("three years earlier 10%. [second-hand figure, added up]")
    once = dataclasses.replace(built, second_hand=False, built=False)
    assert sentence(once, "UA", "x").endswith("10% (added up from its predecessors).")


def test_against_the_tier_and_against_the_class_are_told_apart():
    seen = Evidence("general_fund_housing_ratio", 0.099, 2024, lower=0.4, higher=0.6, others=31, median=0.038)
    said = sentence(seen, "LB", "x")
    assert "above the median of its tier (3.8%), which the score goes by, though lower than in 60% of other" in said
    same = sentence(dataclasses.replace(seen, lower=0.6, higher=0.4), "LB", "x")
    assert "(tier median 3.8%), higher than in 60% of other London boroughs" in same


def test_a_term_that_is_not_asked_of_districts():
    row = pd.Series({"label": "Children's social care", "evidence": None, "applies": False})
    assert contribution(row, "SD") == "Children's social care: not a district's duty."


@pytest.mark.parametrize(
    ("term", "value", "up", "said"),
    [
        ("reserves", 0.09, True, "low reserves (9.0% of net revenue expenditure)"),
        ("reserves", 0.9, False, "high reserves (90% of net revenue expenditure)"),
        ("unallocated", 0.0, True, "low unallocated reserves (0% of net revenue expenditure)"),
        ("runway", 20.0, False, "reserves not falling (over three years)"),
        ("runway", 0.4, True, "reserves falling (under a year left at the current rate of use)"),
        ("runway", 3.2, True, "reserves falling (3 years left at the current rate of use)"),
        ("interest cover", 4.3, True, "high interest bill against reserves (4 times reserves)"),
        ("flexible receipts", 0.04, True, "flexible use of capital receipts (4.0% of net revenue expenditure)"),
        (
            "revenue for capital",
            0.04,
            False,
            "high revenue contribution to capital (4.0% of net revenue expenditure)",
        ),
        ("reserves", np.nan, True, "usable reserves: not published"),
    ],
)
def test_reasons(term, value, up, said):
    assert reason(TERMS[term], {TERMS[term].indicator: value}, up=up) == said


def test_the_largest_reasons_come_first_and_small_ones_are_left_out():
    moves = {name: 0.0 for name in TERMS} | {"reserves": 0.4, "runway": 0.9, "housing": 0.1, "children": -0.5}
    figures = {"reserves_ratio": 0.1, "reserves_runway_years": 2.0, "childrens_social_care_share": 0.2}
    scored = SimpleNamespace(
        contributions=pd.DataFrame([moves], index=["X"]),
        table=pd.DataFrame([figures], index=["X"]),
        model=SimpleNamespace(terms=tuple(TERMS.values())),
        known=SimpleNamespace(year_of=lambda code, name: 2024, is_rebased=lambda code, name: "care" in name),
    )
    assert [text[:8] for text in main_reasons(scored, "X")] == ["reserves", "low rese"]
    assert main_strengths(scored, "X") == [
        "low share of spending on children's social care (20% of the newest net revenue expenditure, 2023-24)"
    ]


def test_many_times_the_reserves_are_said_in_times():
    said = sentence(Evidence("interest_to_reserves", 4.3, 2025, median=0.2), "SD", "Interest")
    assert said == "Interest payable in 2024-25 came to 4 times reserves (tier median 20%)."
