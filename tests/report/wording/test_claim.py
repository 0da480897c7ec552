"""The claim stands on the record's figures, clause by clause."""

from __future__ import annotations

import json

import pytest

from resilience import paths
from resilience.report.wording.claim import claim, level


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


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        ((0.05, 0.01, 0.09), "Ranked better than the best published rule over 2021–2025."),
        ((0.05, -0.01, 0.09), "Ranked better than the best published rule over 2021–2025, but not for certain."),
        ((-0.05, -0.09, 0.01), "Ranked worse than the best published rule over 2021–2025, but not for certain."),
        ((-0.05, -0.09, -0.01), "Ranked worse than the best published rule over 2021–2025."),
        ((0.05, 0.01, 0.09, 0.10, 0.04), "Ranked better than the best published rule over 2021–2025; most of that "
         "before 2024."),
        ((0.05, 0.01, 0.09, 0.10, -0.04), "Ranked better than the best published rule over 2021–2025; none of that "
         "since 2024."),
        ((0.05, 0.01, 0.09, -0.10, 0.2), "Ranked better than the best published rule over 2021–2025."),
    ],
)  # fmt: skip
def test_each_clause_is_what_the_figures_say(figures, said):
    assert claim(record(*figures)) == f"{said} Read it beside the plain ratio."


def test_closed_origins_are_preferred_where_the_record_has_them():
    closed = {
        "settings": {"pooled_origins": ["2021-01-01", "2024-01-01"]},
        "rivals": {"rule": {"auc": {"value": 0.8}}},
        "differences": {"rule": {"auc": {"value": -0.1, "low": -0.2, "high": 0.1}}},
    }
    assert claim(record(0.05, 0.01, 0.09, closed=closed)).startswith(
        "Ranked worse than the best published rule over 2021–2024, but not for certain."
    )


@pytest.mark.parametrize(("own", "word"), [(0.79, "worse than"), (0.95, "better than"), (0.92, "as well as")])
def test_the_blind_test_is_told_whichever_way_it_went(own, word):
    blind = {"events": 10, "version_1": own, "reserves_rank": 0.92}
    assert claim(record(0.05, 0.01, 0.09, blind_2026=blind)).endswith(
        f"; in 2026, blind (10 events), version 1 did {word} a plain reserves ranking. Read it beside the plain ratio."
    )


def test_what_is_not_in_the_record_is_not_said():
    assert claim({}) == level({}) == ""
    assert claim({"rivals": {"prior alone": {"auc": {"value": 0.9}}}}) == ""
    assert level({"levels": {"outside": 4, "of": 7}}).endswith("outside its range at 4 of 7 past Januaries.")


def test_no_published_rule_is_beaten_for_certain_where_the_shipped_record_leaves_it_in_doubt():
    shipped = json.loads((paths.home() / "docs" / "record.json").read_text("utf-8"))
    part = shipped.get("closed") or shipped
    unsure = any(
        one["auc"]["low"] is not None and one["auc"]["low"] <= 0 <= one["auc"]["high"]
        for name, one in part["differences"].items()
        if name != "prior alone"
    )
    said = claim(shipped)
    assert "Read it beside the plain ratio." in said
    assert not unsure or "not for certain" in said
