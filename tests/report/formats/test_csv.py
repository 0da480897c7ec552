"""CSV: what a spreadsheet would take for a formula is text, numbers stay numbers, what is missing is empty."""

import csv
import io
from datetime import date, datetime

import pytest

from resilience.report.formats.csv import from_view, safe_cell, to_csv


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_a_formula_is_text(text):
    assert safe_cell(text) == "'" + text
    rows = list(csv.reader(io.StringIO(to_csv([text], [[text]]), newline="")))
    assert rows == [["'" + text], ["'" + text]]


@pytest.mark.parametrize("value", ["a=b", "", "2.5", -1.5, -3, None, True])
def test_anything_else_stays(value):
    assert safe_cell(value) == value


def test_values_are_written_plainly():
    row = [1, -2.5, 1234567.0, None, True, date(2026, 11, 24), datetime(2026, 11, 24, 9), 'a "b", c']
    assert (
        to_csv([*"abcdefgh"], [row]) == 'a,b,c,d,e,f,g,h\n1,-2.5,1.23457e+06,,True,2026-11-24,2026-11-24,"a ""b"", c"\n'
    )
    assert from_view({"table": {"columns": ["a"], "rows": [[1]]}}) == "a\n1\n"
