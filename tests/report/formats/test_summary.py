"""What a result prints of itself in Python, and shows in a notebook."""

import re

import pytest

import resilience
from resilience.backtest.full import FullRecord
from resilience.errors import DataError
from tests.report.council_data import scored


def test_a_scored_day_prints_what_it_is():
    day = scored()
    said = str(day)
    assert said == resilience.summary(day)
    for _, row in day.at_risk.head(10).iterrows():
        line = next(line for line in said.splitlines() if line.startswith(row["council"]))
        assert re.search(rf" {row['rank']} +\d+ +{row['band']}$", line), line
    assert f"Councils ranked        {len(day.at_risk)}" in said
    assert "were followed by a first event within 24 months." in " ".join(said.split())
    assert "plain reserves" in said
    assert "%" not in said  # no chance of a council
    assert max(map(len, said.splitlines())) <= 110


def test_its_repr_is_a_line_of_numbers():
    day = scored()
    assert repr(day).startswith(f"ScoredDay(as_of={day.as_of}, outcome='distress', horizon=24, at_risk=")
    assert len(repr(day)) < 160


def test_a_notebook_gets_the_same_as_tables():
    day = scored()
    html = day._repr_html_()
    assert html.count("<table>") == html.count("</table>") == 2
    assert html.count("<tr>") == html.count("</tr>")
    assert f">{day.at_risk['council'].iloc[0]}</th>" in html
    assert "&lt;" not in html  # nothing escaped twice


def test_a_back_test_prints_its_record(record):
    said, full = str(record), FullRecord(record, [], {}, None, None)
    assert said == str(full) == resilience.summary(record)
    assert "origins 2021-01-01 to 2024-01-01" in " ".join(said.split())
    assert "this model" in said and "reserves_rank" in said
    assert repr(record).startswith("Backtest(origins=2021-01-01..2024-01-01, outcome='distress', horizon=24, rows=")
    assert repr(full).startswith("FullRecord(Backtest(")
    assert record._repr_html_().count("<caption>") >= 6


def test_nothing_else_has_a_summary():
    with pytest.raises(DataError, match="There is no summary of a list; give what"):
        resilience.summary([])
