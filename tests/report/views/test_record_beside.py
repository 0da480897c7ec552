"""What stands beside the record: every figure of the tables is one of the record's, closed origins first."""

from __future__ import annotations

import json

import pytest

from resilience.report.views import of_2026, readme, record, record_beside
from resilience.report.writers import write
from tests.report.site_data import small_site


@pytest.fixture(scope="module")
def full():
    return small_site().record


@pytest.fixture(scope="module")
def content(full):
    return json.loads(write("record", "json", record.view(full)))


def test_closed_origins_stand_first(full, content):
    first, *others = record_beside.ordered(full.cases)
    assert (first.closed, first.mask, first.unlike_too) == (True, "none", False)
    assert others[-1].unlike_too
    assert content["cases"][0]["closed_origins_only"] is True
    titles = [one["title"] for one in record.view(full)["tables"]]
    assert titles[0] == "The model, by origins, lines and register"
    closed, pooled = (
        titles.index(f"Other rules at the same number of councils called, {part}")
        for part in ("closed origins", "pooled")
    )
    assert closed < pooled


def test_each_table_holds_the_records_figures(full):
    tables = {one["title"]: one for one in record_beside.tables(full)}
    rows = tables["The model, by origins, lines and register"]["rows"]
    for case, row in zip(record_beside.ordered(full.cases), rows, strict=True):
        assert row[1] == str(case.found["events"])
        assert row[2].startswith(f"{case.found['model']['auc']['value']:.3f} (")
    assert rows[0][0] == "2023–24 closed; all lines; to Dec 2025"
    best = tables["The same beside the best rule"]["rows"]
    assert [row[1] for row in best] == [case.best_rule for case in record_beside.ordered(full.cases)]
    three = tables["Three figures, always together"]["rows"]
    assert [row[1][0] for row in three] == ["A", "B", "C"] * (len(three) // 3)
    levels = next(one for title, one in tables.items() if title.startswith("Level and spread"))
    assert [row[0] for row in levels["rows"]] == ["2023", "2024"]


def test_power_stands_beside_every_comparison(full):
    for one in record_beside.tables(full):
        if any("−" in name or "less it" in name for name in one["columns"]):
            assert "Detectable" in one["columns"], one["title"]


def test_for_programs(content):
    for part in ("closed", "half_observed"):
        assert {"model", "rivals", "differences", "events", "rows", "origins"} <= set(content[part])
    assert content["closed"]["origins"] == ["2023-01-01", "2024-01-01"]
    assert content["half_observed"]["origins"] == ["2025-01-01", "2026-01-01"]
    assert content["levels"]["of"] == 2 and content["levels"]["outside"] <= 2
    assert [one["register_to"] for one in content["three_figures"]] == ["2025-12-31", "2026-10-31"]
    assert content["blind_2026"]["version_1"] < content["blind_2026"]["reserves_rank"]
    assert content["release_0_1_0"]["commit"] == "7853f54"


def test_nobody_can_take_the_second_models_figure_of_2026_for_a_finding(content):
    told = of_2026.view(content["blind_2026"])
    assert "0.1.0, blind, did worse than ranking councils by reserves alone: AUC 0.79 against 0.92" in told["words"]
    assert "The second model was not" in told["words"]
    blind = {row[0]: row[1] for row in told["rows"]}
    assert blind.pop("five families (this model)") == "no" and set(blind.values()) == {"yes"}
    assert len(of_2026.view(content["blind_2026"], every=True)["rows"]) > len(told["rows"])
    assert of_2026.view(None)["rows"] == []


def test_the_readme_quotes_closed_origins_first(content):
    quoted = readme.view(content)
    assert quoted["columns"][4:] == ["closed origins", "all, half-observed too"]
    assert quoted["rows"][0][4].startswith(f"{content['closed']['model']['auc']['value']:.2f}")
    assert all(len(row) == len(quoted["columns"]) for row in quoted["rows"])
