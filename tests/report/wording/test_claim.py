"""The claim stands on the record's figures, clause by clause."""

from __future__ import annotations

import json

import pytest

from resilience import paths
from resilience.report.wording.claim import claim, in_brief, level


def record(value, low, high, before=0.05, after=0.04, **more):
    """Return a record with one published rule and one of ours."""

    def differences(amount, low=None, high=None):
        return {"rule": {"auc": {"value": amount, "low": low, "high": high}}}

    return {
        "settings": {"pooled_origins": ["2021-01-01", "2025-01-01"]},
        "rivals": {"rule": {"auc": {"value": 0.8}}, "prior alone": {"auc": {"value": 0.9}}},
        "differences": differences(value, low, high),
        "by_origin": {
            "2018-01-01": {"events": 9, "differences": differences(-0.9)},  # not among those pooled
            "2021-01-01": {"events": 10, "differences": differences(before)},
            "2024-01-01": {"events": 20, "differences": differences(after)},
            "2026-01-01": {"events": 0, "differences": differences(None)},
        },
        **more,
    }


OTHERS = "than the best of other people's rules, as rebuilt here, over 2021–2025"


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        ((0.05, 0.01, 0.09), f"It ranked better {OTHERS}."),
        ((0.05, -0.01, 0.09), f"It ranked better {OTHERS}, but not for certain."),
        ((-0.05, -0.09, 0.01), f"It ranked worse {OTHERS}, but not for certain."),
        ((-0.05, -0.09, -0.01), f"It ranked worse {OTHERS}."),
        ((0.05, 0.01, 0.09, 0.10, 0.04), f"It ranked better {OTHERS}; most of that "
         "before 2024."),
        ((0.05, 0.01, 0.09, 0.10, -0.04), f"It ranked better {OTHERS}; none of that "
         "since 2024."),
        ((0.05, 0.01, 0.09, -0.10, 0.2), f"It ranked better {OTHERS}."),
    ],
)  # fmt: skip
def test_each_clause_is_what_the_figures_say(figures, said):
    assert claim(record(*figures)) == f"{said} Read the two ranks side by side."


def test_closed_origins_are_preferred_where_the_record_has_them():
    closed = {
        "settings": {"pooled_origins": ["2021-01-01", "2024-01-01"]},
        "rivals": {"rule": {"auc": {"value": 0.8}}},
        "differences": {"rule": {"auc": {"value": -0.1, "low": -0.2, "high": 0.1}}},
    }
    assert claim(record(0.05, 0.01, 0.09, closed=closed)).startswith(
        "It ranked worse than the best of other people's rules, as rebuilt here, over 2021–2024, but not for certain."
    )


@pytest.mark.parametrize(("own", "word"), [(0.79, "worse"), (0.95, "better"), (0.92, "as well")])
def test_the_blind_test_is_told_whichever_way_it_went(own, word):
    blind = {"events": 10, "version_1": own, "reserves_rank": 0.92}
    assert claim(record(0.05, 0.01, 0.09, blind_2026=blind)).startswith(
        f"Not shown to rank better than plain reserves: in 2026, blind (10 events), version 0.1.0 did {word}. It "
    )


@pytest.mark.parametrize(
    ("value", "low", "said"),
    [(0.05, 0.01, "did better."), (0.05, -0.01, "did better, but not for certain."), (-0.01, -0.1, "did no better.")],
)
def test_the_lists_of_late_are_set_beside_plain_reserves(value, low, said):
    part = {"origins": [2025, 2026], "differences": {"reserves_rank": {"auc": {"value": value, "low": low}}}}
    told = claim(record(0.05, 0.01, 0.09, half_observed=part))
    assert f"on the lists of 2025 and 2026 so far it {said}" in told
    assert told.startswith("Shown to rank better") == (low > 0)


def test_what_is_not_in_the_record_is_not_said():
    assert claim({}) == level({}) == ""
    assert claim({"rivals": {"prior alone": {"auc": {"value": 0.9}}}}) == ""
    assert level({"levels": {"outside": 4, "of": 7}}).endswith(
        "at 4 of 7 past Januaries the number of events in all fell outside it."
    )


def test_no_published_rule_is_beaten_for_certain_where_the_shipped_record_leaves_it_in_doubt():
    shipped = json.loads((paths.home() / "docs" / "record.json").read_text("utf-8"))
    part = shipped.get("closed") or shipped
    unsure = any(
        one["auc"]["low"] is not None and one["auc"]["low"] <= 0 <= one["auc"]["high"]
        for name, one in part["differences"].items()
        if name != "prior alone"
    )
    said = claim(shipped)
    assert "Read the two ranks side by side." in said
    assert not unsure or "not for certain" in said
    assert part["differences"]["reserves_rank"]["auc"]["low"] > 0  # the half-observed lists are what leaves it in doubt
    assert said.startswith("Not shown to rank better than plain reserves")


@pytest.mark.parametrize(("low", "shown"), [(-0.01, "Not shown"), (0.01, "Shown")])
def test_in_brief_it_is_only_whether_it_was_shown_to_be_better(low, shown):
    beside = {"reserves_rank": {"auc": {"value": 0.05, "low": low, "high": 0.09}}}
    found = {"closed": {"differences": beside}, "blind_2026": {"version_1": 0.8, "reserves_rank": 0.9, "events": 10}}
    assert in_brief(found) == f"{shown} to rank better than plain reserves: read the two ranks side by side."
    assert claim(found).startswith(f"{shown} to rank better than plain reserves: in 2026, blind")
    assert in_brief({}) == ""
