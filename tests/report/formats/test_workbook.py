"""The workbook read back with another library."""

from copy import deepcopy
from datetime import datetime
from io import BytesIO

import numpy as np
import openpyxl
import pytest
from scipy.special import expit

from resilience.report.formats.workbook import SHEETS
from resilience.report.formats.workbook import watchlist as to_xlsx
from resilience.report.views import watchlist
from tests.report.site_data import one_run, one_view

PACE, FOLLOWED = "Chance at the latest closed year's pace", "of these with a first event within 24 months"


@pytest.fixture(scope="module")
def book():
    return openpyxl.load_workbook(BytesIO(to_xlsx(one_view())))


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
    assert [row["ONS code"] for row in rows] == [row["ons_code"] for row in one_view()["councils"]]
    at_risk = [row for row in rows if row["Status"] == "at risk"]
    assert all(isinstance(row["Rank"], int) and 0 <= row[PACE] <= 1 for row in at_risk)
    assert all(row["Chance if 20"] <= row["Chance if 30"] for row in at_risk)
    assert all(row["Past councils in this band"] > row[FOLLOWED] > 0 for row in at_risk)
    plain = [row["Rank by plain reserves"] for row in at_risk]
    assert sorted(plain) == list(range(1, len(at_risk) + 1))
    with_event = [row for row in rows if row["Status"] == "event already"]
    assert with_event and all(isinstance(row["First event"], datetime) for row in with_event)
    assert all(row[PACE] is None and row["Rank"] is None for row in with_event)
    chance = book["Watch list"]["K2"]
    assert chance.data_type == "n" and chance.number_format == "0%"
    marks = {"original": None, "transcribed": "transcribed", "interim": "second-hand", "": None}
    kinds = [row["source_kind"] for row in one_view()["councils"]]
    assert {"original", "transcribed", "interim"} <= set(kinds)
    assert [row["Not from the original"] for row in rows] == [marks[kind] for kind in kinds]


def test_contributions_make_up_the_chance(book):
    rows = rows_of(book["Contributions"])
    assert len(rows) == sum(row["status"] == "at risk" for row in one_view()["councils"])
    for row in rows:
        values = list(row.values())
        *parts, total, chance = values[4:]
        assert sum(parts) == pytest.approx(total, abs=1e-9)
        assert expit(total) == pytest.approx(chance, abs=1e-4)


def test_indicators_are_those_of_the_run(book):
    rows = {row["ONS code"]: row for row in rows_of(book["Indicators"])}
    words = {row["Column name"]: row["Indicator"] for row in rows_of(book["Dictionary"])}
    scores = one_run().table
    assert set(rows) == set(scores.index)
    for name, label in words.items():
        shown = np.array([np.nan if rows[c][label] is None else rows[c][label] for c in scores.index], dtype=float)
        np.testing.assert_allclose(shown, scores[name].to_numpy(dtype=float), rtol=1e-12, err_msg=name)


def test_no_formula_and_no_link_whatever_the_text():
    view = deepcopy(one_view())
    view["councils"][0]["council"] = '=HYPERLINK("http://example.org","x")'
    view["councils"][1]["main_reasons"] = ["http://example.org"]
    view["councils"][2]["region"] = "+1+1"
    view["councils"][3]["carried"] = "x" * 40_000
    book = openpyxl.load_workbook(BytesIO(to_xlsx(view)))
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f" and cell.hyperlink is None, cell.coordinate
    assert book["Watch list"]["B2"].value.startswith("=HYPERLINK")


def test_same_bytes_twice():
    assert to_xlsx(one_view()) == to_xlsx(one_view())


def test_only_the_councils_wanted():
    book = openpyxl.load_workbook(BytesIO(to_xlsx(watchlist.view(one_run(), classes=["SC"]))))
    assert {row["Class"] for row in rows_of(book["Indicators"])} == {"SC"}
    assert {row["Class"] for row in rows_of(book["Watch list"])} == {"SC"}


def test_attribution_and_limits_are_in_the_notes(book):
    text = " ".join(row["Note"] for row in rows_of(book["Notes"]))
    assert "Open Government Licence" in text and "no verdict" in text and "equal-pay" in text
