"""Own figures beside the published ones: plain, marked throughout, and in every format."""

from __future__ import annotations

import json
from datetime import date

import pytest

from resilience import method
from resilience.analysis.own_figures.assess import known_rows
from resilience.analysis.own_figures.read import MARK
from resilience.analysis.own_figures.template import template_bytes, template_rows
from resilience.report.views import own_figures
from resilience.report.writers import write

EALING, NEXT = "E09000009", "2026-27"


@pytest.fixture(scope="module")
def run():
    return method.run(date(2026, 11, 1), intervals=False)


def view_with(run, tmp_path, year=NEXT, **cells):
    rows = template_rows(known_rows(run, EALING), "Ealing", run.as_of)
    head = next(row for row in rows if row and row[0] == "MHCLG code")
    column = next(i for i, text in enumerate(head) if str(text).startswith(year))
    for row in rows:
        if row and row[0] in cells:
            row[column] = cells[row[0]]
    file = tmp_path / "own.csv"
    file.write_bytes(template_bytes(rows, file))
    return own_figures.view(run, "Ealing", file)


@pytest.fixture
def plan(run, tmp_path):
    cells = {"RS-netrevexp-net-exp": 330_000, "INT-reserves-unallocated-and-earmarked": 40_000}
    return view_with(run, tmp_path, **cells)


def test_the_view_is_plain_and_says_where_nothing_came_from(run, plan, tmp_path):
    assert json.loads(json.dumps(plan, allow_nan=False)) == plan
    assert plan["mark"] == MARK and plan["published_by_nobody"] and str(tmp_path) not in str(plan)
    (step,) = plan["with_own_figures"]
    assert step["mark"] == MARK and step["source_kind"] == "own"
    assert plan["published"]["risk"] == pytest.approx(run.table.at[EALING, "risk"])
    assert max(abs(term["change"]) for term in step["terms"]) > 0.1
    assert [row["label"] for row in plan["results"]] == ["Published figures only", f"Own figures: with {NEXT}"]


def test_every_format_is_marked_throughout(plan):
    text = write("own_figures", "text", plan)
    assert text.startswith(f"*** {MARK} ***") and text.rstrip().endswith(f"*** {MARK} ***")
    assert text.count(MARK) >= 4 and "2026-27 (UNPUBLISHED)" in text and "Published figures only" in text
    assert "carried forward" in text
    content = json.loads(write("own_figures", "json", plan))
    assert content["mark"] == MARK and len(content["supplied"]) == 2
    page = write("own_figures", "html", plan)
    assert page.count(MARK) >= 5 and "2026-27 (UNPUBLISHED)" in page and "<script" not in page


def test_a_correction_is_told_beside_what_is_published(run, tmp_path):
    view = view_with(run, tmp_path, "2025-26", **{"RS-intextpay-net-exp": 90_000})
    (row,) = view["corrected"]
    assert row["year"] == "2025-26" and row["own"] == "£90.0m"
    assert f"published {row['published']}, own £90.0m" in write("own_figures", "text", view)


def test_an_unchanged_file_is_said_to_change_nothing(run, tmp_path):
    text = write("own_figures", "text", view_with(run, tmp_path))
    assert "Nothing supplied differs from what is published." in text and "Nothing moved" in text
