"""Why two ranks disagree, and how a class fared."""

from __future__ import annotations

from dataclasses import replace

import pytest

from resilience.analysis.explain import explain
from resilience.report.wording.council_beside import FAR_APART, class_level, disagree
from tests.report.council_data import scored


def test_ranks_that_lie_near_each_other_need_no_word():
    why = explain(scored(), "Sutton")
    assert disagree(replace(why, rank=10, reserves_rank=10 + FAR_APART)) == ""
    assert disagree(replace(why, rank=0, reserves_rank=0)) == ""


@pytest.mark.parametrize("name", ["Kent", "Melton", "Sutton"])
def test_the_families_named_stand_the_way_the_ranks_differ(name):
    why = explain(scored(), name)
    for rank, reserves_rank in ((10, 200), (200, 10)):
        said = disagree(replace(why, rank=rank, reserves_rank=reserves_rank))
        assert said.startswith("The two ranks are 190 places apart")
        for label, row in zip(why.families["label"], why.families.itertuples(), strict=True):
            named = row.Index != "reserves" and label[:1].lower() + label[1:] in said
            assert not named or (row.log_odds > 0) == (rank < reserves_rank), label
        assert ("few district councils" in said) == (why.tier == "lower" and rank > reserves_rank)


def test_a_county_s_housing_is_no_merit():
    why = explain(scored(), "Kent")
    assert "being no duty of a county" in disagree(replace(why, rank=200, reserves_rank=10))
    assert "being no duty of a county" not in disagree(replace(why, rank=10, reserves_rank=200))


def test_a_class_is_set_beside_all():
    said = class_level("SD", (10.0, 5), (40.0, 40), 2018, 2023)
    assert "added up to 10.0 first events, and 5 followed (0.5 times as many)" in said
    assert said.startswith("Of shire districts") and "(1.0 times)" in said
    assert class_level("SD", (0.0, 0), (0.0, 0), 0, 0) == ""
