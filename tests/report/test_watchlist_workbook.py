"""The workbook read back with another library, and the JSON against its published schema."""

import json
from datetime import datetime
from io import BytesIO
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from jsonschema import Draft202012Validator, FormatChecker
from scipy.special import expit

from resilience.report.formats.workbook import SHEETS, to_xlsx
from resilience.report.views import watchlist
from tests.report.site_data import one_frame, one_run

SCHEMA = Path(__file__).resolve().parents[2] / "docs" / "schemas" / "watchlist.schema.json"


@pytest.fixture(scope="module")
def book():
    return openpyxl.load_workbook(BytesIO(to_xlsx(one_run(), one_frame())))


def rows_of(sheet):
    head, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_sheets(book):
    assert tuple(book.sheetnames) == SHEETS
    for sheet in book:
        assert sheet.freeze_panes is not None and sheet.freeze_panes[1:] == "2", sheet.title
        assert sheet.auto_filter.ref.startswith("A1:"), sheet.title
        assert sheet.max_row > 5, sheet.title
        head = [cell.value for cell in sheet[1]]
        assert len(set(head)) == len(head) and all(head), sheet.title


def test_the_list_is_typed(book):
    rows = rows_of(book["Watch list"])
    frame = one_frame()
    assert [row["ONS code"] for row in rows] == list(frame["ons_code"])
    at_risk = [row for row in rows if row["Status"] == "at risk"]
    assert all(isinstance(row["Rank"], int) and 0 <= row["Chance within 24 months"] <= 1 for row in at_risk)
    with_event = [row for row in rows if row["Status"] == "event already"]
    assert with_event and all(isinstance(row["First event"], datetime) for row in with_event)
    assert all(row["Chance within 24 months"] is None and row["Rank"] is None for row in with_event)
    chance = book["Watch list"]["F2"]
    assert chance.data_type == "n" and chance.number_format == "0%"
    assert any(row["Second-hand"] == "second-hand" for row in rows)


def test_contributions_make_up_the_chance(book):
    rows = rows_of(book["Contributions"])
    assert len(rows) == (one_frame()["status"] == "at risk").sum()
    for row in rows:
        values = list(row.values())
        *parts, total, chance = values[4:]
        assert sum(parts) == pytest.approx(total, abs=1e-9)
        assert expit(total) == pytest.approx(chance, abs=1e-4)


def test_indicators_are_those_of_the_run(book):
    rows = {row["ONS code"]: row for row in rows_of(book["Indicators"])}
    words = {row["Column name"]: row["Indicator"] for row in rows_of(book["Dictionary"])}
    scores = one_run().scores
    assert set(rows) == set(scores.index)
    for name, label in words.items():
        shown = np.array([np.nan if rows[c][label] is None else rows[c][label] for c in scores.index], dtype=float)
        np.testing.assert_allclose(shown, scores[name].to_numpy(dtype=float), rtol=1e-12, err_msg=name)


def test_no_formula_and_no_link_whatever_the_text():
    frame = one_frame().copy()
    frame.loc[0, "council"] = '=HYPERLINK("http://example.org","x")'
    frame.loc[1, "main_reasons"] = "http://example.org"
    frame.loc[2, "region"] = "+1+1"
    frame.loc[3, "carried"] = "x" * 40_000
    book = openpyxl.load_workbook(BytesIO(to_xlsx(one_run(), frame)))
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f" and cell.hyperlink is None, cell.coordinate
    assert book["Watch list"]["B2"].value.startswith("=HYPERLINK")


def test_same_bytes_twice():
    assert to_xlsx(one_run(), one_frame()) == to_xlsx(one_run(), one_frame())


def test_only_the_councils_wanted():
    frame = watchlist.table(one_run(), classes=["SC"])
    book = openpyxl.load_workbook(BytesIO(to_xlsx(one_run(), frame)))
    assert {row["Class"] for row in rows_of(book["Indicators"])} == {"SC"}
    assert {row["Class"] for row in rows_of(book["Watch list"])} == {"SC"}


def test_attribution_and_limits_are_in_the_notes(book):
    text = " ".join(row["Note"] for row in rows_of(book["Notes"]))
    assert "Open Government Licence" in text and "no verdict" in text and "equal-pay" in text


@pytest.fixture(scope="module")
def schema():
    found = json.loads(SCHEMA.read_text("utf-8"))
    Draft202012Validator.check_schema(found)
    return Draft202012Validator(found, format_checker=FormatChecker())


def test_json_keeps_to_its_schema(schema):
    content = json.loads(watchlist.to_json(one_run(), one_frame()))
    problems = [f"{list(error.path)}: {error.message}" for error in schema.iter_errors(content)]
    assert problems == []
    assert set(schema.schema["$defs"]["council"]["properties"]) == set(watchlist.COLUMNS)


@pytest.mark.parametrize(
    ("name", "value"),
    [("risk", 1.2), ("rank", None), ("class", "PA"), ("ons_code", "E1"), ("band", ""), ("more", 1), ("event_date", 3)],
)
def test_schema_refuses(schema, name, value):
    content = json.loads(watchlist.to_json(one_run(), one_frame().head(1)))
    content["councils"][0][name] = value
    assert not schema.is_valid(content)
