"""CSV: every council, typed, and nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resilience.model.bands import band_at
from resilience.model.risk_set import AT_RISK
from resilience.report.formats.csv import WATCHLIST, from_view, safe_cell, to_csv, watchlist
from tests.report.site_data import one_view


def test_the_list_has_the_columns_programs_read_and_every_council():
    rows = list(csv.DictReader(io.StringIO(watchlist(one_view()))))
    assert tuple(rows[0]) == WATCHLIST
    assert len(rows) == len(one_view()["councils"])
    for row in rows:
        if row["status"] == AT_RISK:
            assert 0 <= float(row["risk_low"]) <= float(row["risk"]) <= float(row["risk_high"]) <= 1
            assert row["rank"].isdigit()
            assert row["band"] == band_at(int(row["rank"]))
            assert 0 <= float(row["risk_quiet"]) <= float(row["risk_middling"]) <= float(row["risk_busy"]) <= 1
            assert row["top_30_of_both"] == str(max(int(row["rank"]), int(row["reserves_rank"])) <= 30)
            assert 0 < int(row["band_events"]) < int(row["band_councils"])
        else:
            assert row["risk"] == row["risk_low"] == row["rank"] == row["band"] == row["reserves_rank"] == ""
            assert row["risk_busy"] == row["top_30_of_both"] == row["band_councils"] == ""


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


@pytest.mark.parametrize("value", ["a=b", "", "2.5", -1.5, -3, None, True])
def test_anything_else_stays(value):
    assert safe_cell(value) == value


def test_values_are_written_plainly():
    row = [1, -2.5, 1234567.0, None, True, date(2026, 11, 24), datetime(2026, 11, 24, 9), 'a "b", c']
    assert (
        to_csv([*"abcdefgh"], [row]) == 'a,b,c,d,e,f,g,h\n1,-2.5,1.23457e+06,,True,2026-11-24,2026-11-24,"a ""b"", c"\n'
    )
    assert from_view({"table": {"columns": ["a"], "rows": [[1]]}}) == "a\n1\n"
    assert to_csv(["n"], [[1 / 3]], number="%.2f") == "n\n0.33\n"
