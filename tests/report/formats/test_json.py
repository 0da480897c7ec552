"""JSON: one writer, no bare NaN, and the published schemas kept."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from jsonschema import Draft202012Validator, FormatChecker

from resilience.model.risk_set import AT_RISK
from resilience.report.formats.csv import WATCHLIST
from resilience.report.formats.json import from_view, to_json
from resilience.report.writers import write
from tests.report.council_data import COUNCILS, view_of
from tests.report.site_data import one_view

SCHEMAS = Path(__file__).resolve().parents[3] / "docs" / "schemas"


def schema_of(name):
    found = json.loads((SCHEMAS / f"{name}.schema.json").read_text("utf-8"))
    Draft202012Validator.check_schema(found)
    return Draft202012Validator(found, format_checker=FormatChecker())


def problems(name, content):
    return [f"{list(error.path)}: {error.message}" for error in schema_of(name).iter_errors(content)]


def test_what_is_missing_is_null_and_words_stay():
    text = to_json({"£": [np.float64(0.5), np.nan, pd.NaT, None], "day": pd.Timestamp(2024, 3, 31)})
    assert text.endswith("}\n") and "£" in text
    assert json.loads(text) == {"£": [0.5, None, None, None], "day": "2024-03-31"}
    assert from_view({"content": [1], "title": "x"}) == "[\n 1\n]\n"


def test_digits_and_infinity():
    assert json.loads(to_json({"a": 1 / 3}, digits=3)) == {"a": 0.333}
    with pytest.raises(ValueError, match="not JSON compliant"):
        to_json([float("inf")])


@pytest.mark.parametrize("name", COUNCILS)
def test_a_council_keeps_to_its_schema_and_adds_up(name):
    content = json.loads(write("council", "json", view_of(name)))
    assert problems("assessment", content) == []
    score = content["score"] or content["before_the_event"]
    if score:
        total = score["reference_log_odds"] + sum(one["log_odds"] for one in score["contributions"])
        assert abs(total - score["log_odds"]) < 1e-9
        bars = score["families"]
        assert abs(score["reference_log_odds"] + sum(bar["log_odds"] for bar in bars) - score["log_odds"]) < 1e-9
        for bar in bars:
            assert abs(sum(one["log_odds"] for one in bar["indicators"]) - bar["log_odds"]) < 1e-9
            assert abs(sum(one["spreads"] or 0.0 for one in bar["indicators"]) - bar["spreads"]) < 1e-9
    if content["change"]:
        moved = sum(one["points"] for one in content["change"]["parts"])
        assert abs(content["change"]["chance_then"] + moved - content["score"]["chance"]) < 1e-9


def test_the_list_keeps_to_its_schema():
    content = json.loads(write("watchlist", "json", one_view()))
    assert problems("watchlist", content) == []
    assert set(schema_of("watchlist").schema["$defs"]["council"]["properties"]) == set(WATCHLIST)


def test_the_list_says_the_same_as_its_view():
    view = one_view()
    content = json.loads(write("watchlist", "json", view))
    assert (content["as_of"], content["outcome"], content["horizon_months"]) == ("2026-11-22", "distress", 24)
    assert content["register_to"] == "2026-10-31"
    for record, row in zip(content["councils"], view["councils"], strict=True):
        assert record["ons_code"] == row["ons_code"]
        assert isinstance(record["main_reasons"], list)
        if row["status"] == AT_RISK:
            assert record["risk"] == pytest.approx(row["risk"], abs=1e-6)
            assert record["rank"] == row["rank"]
        else:
            assert record["risk"] is record["rank"] is None


@pytest.mark.parametrize(
    ("name", "value"),
    [("risk", 1.2), ("rank", None), ("class", "PA"), ("ons_code", "E1"), ("band", ""), ("more", 1), ("event_date", 3)],
)
def test_the_list_s_schema_refuses(name, value):
    content = deepcopy(json.loads(write("watchlist", "json", {**one_view(), "councils": one_view()["councils"][:1]})))
    content["councils"][0][name] = value
    assert problems("watchlist", content)
