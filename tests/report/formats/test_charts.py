"""Charts: gaps stay open, words for those who cannot see them, names escaped."""

from __future__ import annotations

from resilience.report.formats.charts import contributions_chart, history_chart, sparkline
from tests.report.council_data import view_of


def test_sparkline_leaves_gaps_open():
    text = sparkline({2008: 0.1, 2009: 0.2, 2012: 0.3, 2014: 0.1, 2015: 0.4}, label="A & B", first=2008, last=2024)
    assert text.count("<polyline") == 2
    assert text.count("<circle") == 2  # the lone year, and the last
    assert "A &amp; B, 2007-08 to 2014-15" in text
    assert sparkline({}, label="x", first=2008, last=2024) == ""


def test_the_sum_is_told_in_words():
    score = view_of("Sutton")["score"]
    text = contributions_chart("<Sutton>", score)
    assert "<title>How the score of &lt;Sutton&gt; adds up</title>" in text and "<Sutton>" not in text
    assert len(score["families"]) == 5
    for row in score["families"]:
        assert row["label"] in text
    assert not any(row["label"] in text for row in score["contributions"])


def test_a_history_without_a_score_or_an_event_can_be_drawn():
    rows = [{"day": f"{year}-01-01", "risk": None, "class_median": 0.02} for year in (2024, 2025)]
    text = history_chart("Melton", rows, [None])
    assert "<desc>No score.</desc>" in text and "event" not in text
    told = history_chart("Melton", [{**rows[0], "risk": 0.2}, rows[1]], ["2024-06-01"])
    assert "January 2024 20%" in told and "First event 1 June 2024." in told
