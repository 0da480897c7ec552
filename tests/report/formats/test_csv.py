"""CSV: every council, typed, and nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resilience.model.risk_set import AT_RISK
from resilience.report.formats.csv import WATCHLIST, safe_cell, to_csv, watchlist
from tests.report.site_data import one_view


def test_the_list_has_the_columns_programs_read_and_every_council():
    rows = list(csv.DictReader(io.StringIO(watchlist(one_view()))))
    assert tuple(rows[0]) == WATCHLIST
    assert len(rows) == len(one_view()["councils"])
    for row in rows:
        if row["status"] == AT_RISK:
            assert 0 <= float(row["risk_low"]) <= float(row["risk"]) <= float(row["risk_high"]) <= 1
            assert row["rank"].isdigit()
            assert row["band"] in ("very high", "high", "raised", "low")
        else:
            assert row["risk"] == row["risk_low"] == row["rank"] == row["band"] == ""


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_read_as_a_formula(start):
    wicked = start + 'HYPERLINK("http://example.org")'
    row = one_view()["councils"][0]
    row = {**row, **dict.fromkeys(("council", "flags", "carried", "event_type"), wicked), "main_reasons": [wicked]}
    for line in csv.reader(io.StringIO(watchlist({"councils": [row]}))):
        for cell in line:
            assert cell[:1] not in ("=", "+", "@", "\t", "\r", "-"), cell


@given(st.text(max_size=8))
def test_a_safe_cell_keeps_its_text(text):
    safe = safe_cell(text)
    assert safe in (text, "'" + text)
    assert not safe.startswith(("=", "+", "-", "@", "\t", "\r"))


def test_numbers_keep_their_digits_and_what_is_missing_stays_empty():
    text = to_csv(["n", "=day"], [[1 / 3, date(2026, 1, 31)], [None, -2], [True, -0.5]])
    assert text == "n,'=day\n0.333333,2026-01-31\n,-2\nTrue,-0.5\n"
    assert to_csv(["n"], [[1 / 3]], number="%.2f") == "n\n0.33\n"
