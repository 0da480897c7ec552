"""The years of a plan side by side: every figure as the assessment has it, and words that fit what is known."""

from __future__ import annotations

import json

import pytest

from resilience.formatting import percent, pounds
from resilience.model.risk_set import AT_RISK, EVENT_ALREADY
from resilience.report.views import own_figures
from resilience.report.writers import write
from tests.analysis.own_figures.plans import CROYDON, KENT, NORWICH, YEARS, assessed, checked, day, size, together, used

WOKING, CITY = "E07000217", "E09000001"


def view(code, cells):
    return own_figures.view(day(), code, checked(code, cells))


def cells_of(shown, label):
    return next(row["cells"] for row in shown["by_year"]["rows"] if row["label"].startswith(label))


def test_every_year_stands_beside_the_published_one():
    plan = together(KENT, *(250_000 - 40_000 * step for step in range(5)), growth=1.02)
    shown, result = view(KENT, plan), assessed(KENT, plan)
    assert json.loads(json.dumps(shown, allow_nan=False)) == shown
    assert [one["year"] for one in shown["by_year"]["columns"]] == ["2025-26", *YEARS]
    assert [one["kind"] for one in shown["by_year"]["columns"]] == ["published", *["plan"] * 5]
    ranks = [int(result.published["rank"]), *(int(step.row["rank"]) for step in result.steps)]
    assert cells_of(shown, "Rank, of") == [str(rank) for rank in ranks] == [str(one["rank"]) for one in shown["plan"]]
    assert cells_of(shown, "Usable reserves")[1:] == [pounds(250_000 - 40_000 * step) for step in range(5)]
    assert cells_of(shown, "as a share")[1] == percent(250_000 / (size(KENT) * 1.02))
    assert [row["label"] for row in shown["by_year"]["rows"] if row["family"]] == [
        f.label for f in day().model.families
    ]
    for column, step in zip(shown["plan"][1:], result.steps, strict=True):
        for name, bar in column["families"].items():
            assert bar["spreads"] == pytest.approx(step.bars.at[name, "spreads"])
    said = " ".join(shown["reading"])
    assert "The years 2026-27 to 2030-31 lean on a plan" in said and "scale of the list of 1 November 2026" in said
    assert "today's list, not in that year's" in said


def test_a_council_without_a_rank_is_told_nothing_of_ranks():
    shown = view(CROYDON, together(CROYDON, 90_000, 60_000))
    assert [one["status"] for one in shown["plan"]] == [EVENT_ALREADY] * 3
    assert not [row for row in shown["by_year"]["rows"] if row["label"].startswith(("Rank", "Band", "Chance"))]
    assert "rank" not in " ".join(shown["reading"]) and "has no rank" in shown["headline"]
    assert [row["family"] for row in shown["by_year"]["rows"]].count(True) == 5
    alone = view(CITY, {})
    assert "cannot be scored: no council compares with it" in alone["headline"]
    assert not [row for row in alone["by_year"]["rows"] if row["family"]]


def test_years_between_the_published_and_the_plan_are_named():
    shown = view(WOKING, together(WOKING, 3_000))
    assert any("Reserves of 2024-25 and 2025-26 are not published in full" in said for said in shown["rests_on"])
    assert not any("not published in full" in said for said in view(KENT, together(KENT, 200_000))["rests_on"])


def test_what_is_recomputed_is_marked_beside_its_year():
    shown = view(KENT, together(KENT, 100_000))
    (step,) = shown["steps"]
    (interest,) = [row for row in step["moved"] if row["label"] == "Interest payable against reserves"]
    assert interest["own"].endswith("(2025-26, recomputed)") and interest["published"].endswith("(2025-26)")
    assert any(note.startswith("Recomputed over the year's own reserves") for note in step["notes"])


def test_the_text_has_six_years_in_a_hundred_columns_and_says_when_reserves_run_out():
    text = write("own_figures", "text", view(NORWICH, used(NORWICH, *[6_000] * 5)))
    (heads,) = [line for line in text.splitlines() if all(year in line for year in ("2025-26", *YEARS))]
    assert len(heads) <= 100 and view(NORWICH, {})["plan"][0]["status"] == AT_RISK
    assert "usable reserves run out in 2030-31: £6.0m is to be used in the year, but only" in " ".join(text.split())
