"""The workbook read back with another library."""

from copy import deepcopy
from datetime import date, datetime
from functools import lru_cache
from io import BytesIO

import numpy as np
import openpyxl
import pytest
from openpyxl.utils import column_index_from_string
from scipy.special import expit

from resilience import method
from resilience.errors import DataError
from resilience.report.formats.workbook import SHEETS
from resilience.report.formats.workbook import watchlist as to_xlsx
from resilience.report.views import workbook as views
from tests.report.site_data import one_run

PACE, FOLLOWED = "Chance at the latest closed year's pace", "of these with a first event within 24 months"


@lru_cache(maxsize=1)
def one_view():
    return views.view(one_run())


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
    chance = book["Watch list"]["M2"]
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
    view["call_sheet"][0]["council"] = "=1+1"
    view["call_sheet"][1]["questions"] = ["@SUM(A1)", "http://example.org"]
    view["changed"]["rows"][0]["events"] = "-2+3"
    view["source"] = "A & B"
    book = openpyxl.load_workbook(BytesIO(to_xlsx(view)))
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f" and cell.hyperlink is None, cell.coordinate
    assert book["Watch list"]["B2"].value.startswith("=HYPERLINK")
    assert book["Call sheet"]["B2"].value == "=1+1"


def test_same_bytes_twice():
    assert to_xlsx(one_view()) == to_xlsx(one_view())


def test_only_the_councils_wanted():
    book = openpyxl.load_workbook(BytesIO(to_xlsx(views.view(one_run(), classes=["SC"]))))
    assert {row["Class"] for row in rows_of(book["Indicators"])} == {"SC"}
    for name in ("Watch list", "Call sheet", "What changed"):
        assert {row["Class"] for row in rows_of(book[name])} == {"SC"}, name


def test_attribution_and_limits_are_in_the_notes(book):
    text = " ".join(row["Note"] for row in rows_of(book["Notes"]))
    assert "list of 1 January 2026" in text and "no finding" in text
    assert "Open Government Licence" in text and "no verdict" in text and "equal-pay" in text


def test_every_sheet_prints_on_a4_across_with_its_heading_day_and_source(book):
    for sheet in book:
        page = sheet.page_setup
        assert (page.orientation, int(page.paperSize)) == ("landscape", 9), sheet.title
        assert sheet.print_title_rows == "$1:$1", sheet.title
        assert sheet.print_options.gridLines, sheet.title
        assert sheet.print_area.endswith(f"${sheet.max_row}"), sheet.title
        assert "As of 22 November 2026. Source: MHCLG revenue outturn" in sheet.oddFooter.left.text, sheet.title
        assert sheet.oddFooter.right.text == "Page &P of &N", sheet.title
        assert sheet.title in sheet.oddHeader.left.text


def test_what_is_fitted_to_a_page_is_legible(book):
    """A column's character takes some 7 pixels, of which an inch has 96; the page is 11.7 inches less its margins."""
    fitted = [sheet for sheet in book if sheet.sheet_properties.pageSetUpPr.fitToPage]
    assert {"Watch list", "Call sheet", "What changed", "Notes"} <= {sheet.title for sheet in fitted}
    for sheet in fitted:
        assert (sheet.page_setup.fitToWidth or 1, int(sheet.page_setup.fitToHeight)) == (1, 0), sheet.title
        last = sheet.print_area.partition(":")[2].lstrip("$").partition("$")[0]
        printed = range(1, column_index_from_string(last) + 1)
        groups = sheet.column_dimensions.values()
        inches = sum(7 * one.width for one in groups for at in printed if one.min <= at <= one.max) / 96
        assert 10.9 / inches > 0.7, sheet.title  # 11 points are printed as 7.7 at least
    for name in ("Indicators", "Contributions"):
        assert book[name].print_title_cols == "$A:$B" and book[name].page_setup.scale == 60


def test_the_call_sheet_has_the_first_thirty_with_questions_and_room_to_write(book):
    rows = rows_of(book["Call sheet"])
    first = one_run().at_risk.head(30)
    assert [row["Rank"] for row in rows] == list(range(1, 31))
    assert [row["Council"] for row in rows] == list(first["council"])
    for row in rows:
        asked = row["Questions to ask"].splitlines()
        assert 1 <= len(asked) <= 4 and all(one.endswith("?") for one in asked)
        assert row["Owner"] is row["Date"] is row["Notes"] is None
        assert "had a first event within 24 months" in row["What followed in this band"]


def test_the_amounts_are_the_panels(book):
    run = one_run()
    panel = run.whole_panel.set_index(["ons_code", "outturn_year"])
    lines = {"Net revenue expenditure, £m": "rs_netrevexp_net_exp", "Interest payable, £m": "rs_intextpay_net_exp"}
    years = {"Net revenue expenditure, £m": "Year (expenditure)", "Interest payable, £m": "Year (interest)"}
    seen = 0
    for code, row in zip(run.at_risk.index, rows_of(book["Call sheet"]), strict=False):
        for heading, line in lines.items():
            published = panel.at[(code, row[years[heading]].rstrip("*")), line]
            assert row[heading] == pytest.approx(published / 1000, abs=1e-9), (code, heading)
        reserves, year = row["Usable reserves, £m"] * 1000, row["Year (reserves)"].rstrip("*")
        spending = panel.at[(code, year), "rs_netrevexp_net_exp"]
        own = run.known.own(code)
        assert reserves / spending == pytest.approx(own.at[int(year[:4]) + 1, "reserves_ratio"], rel=1e-9), code
        seen += 1
    assert seen == 30


def test_what_changed_since_the_first_of_january(book):
    rows = {row["ONS code"]: row for row in rows_of(book["What changed"])}
    hillingdon, oxford = rows["E09000017"], rows["E07000178"]
    assert hillingdon["Rank on 1 January 2026"] == 1 and hillingdon["Rank now"] is None
    assert hillingdon["New events"] == "exceptional financial support, 23 February 2026"
    assert (oxford["Band on 1 January 2026"], oxford["Band now"]) == ("1–10", "below 100")
    moved = oxford["Figure that moved it most"]
    assert moved == "Flexible use of capital receipts: 14% (2022-23) → 0% (2023-24)"
    for row in rows.values():
        then, now = row["Rank on 1 January 2026"], row["Rank now"]
        assert row["Places nearer the top"] == (None if None in (then, now) else then - now)
        assert row["New events"] or row["Band now"] != row["Band on 1 January 2026"]


def test_an_earlier_day_can_be_chosen_and_an_impossible_one_is_refused():
    changed = views.view(one_run(), since=date(2025, 1, 1))["changed"]
    assert changed["since"] == "2025-01-01"
    with pytest.raises(DataError, match="not the day of an earlier list"):
        views.view(one_run(), since=date(2027, 1, 1))


def test_without_an_earlier_list_the_sheet_is_empty():
    view = views.view(method.run(date(2017, 6, 1), intervals=False))
    assert view["changed"] is None and view["changed_note"].startswith("Empty")
    assert openpyxl.load_workbook(BytesIO(to_xlsx(view)))["What changed"].max_row <= 2
