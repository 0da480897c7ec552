"""Charts: drawn by templates of our own, gaps open, words for those who cannot see them, names escaped."""

from __future__ import annotations

import re

from resilience.formatting import signed
from resilience.report.formats.charts import families_chart, sparkline, trend_chart
from tests.report.council_data import view_of


def test_sparkline_leaves_gaps_open():
    text = sparkline({2008: 0.1, 2009: 0.2, 2012: 0.3, 2014: 0.1, 2015: 0.4}, label="A & B", first=2008, last=2024)
    assert text.count("<polyline") == 2
    assert text.count("<circle") == 2  # the lone year, and the last
    assert "A &amp; B, 2007-08 to 2014-15" in text
    assert sparkline({}, label="x", first=2008, last=2024) == ""


def test_the_families_are_drawn_and_told_in_words():
    score = view_of("Sutton")["score"]
    text = families_chart("<Sutton>", score)
    assert "<title>The five families of &lt;Sutton&gt;</title>" in text and "<Sutton>" not in text
    told = re.search(r"<desc>(.*?)</desc>", text)[1]
    assert len(score["families"]) == 5
    for row in score["families"]:
        assert f"{row['label']} {signed(row['log_odds'])}" in told
    raises = sum(row["log_odds"] > 0 for row in score["families"])
    assert text.count('fill="#d55e00"') == raises and text.count('fill="url(#better)"') == 5 - raises


def test_bars_are_as_long_as_what_they_stand_for():
    score = view_of("Kent")["score"]
    found = re.findall(
        r'<text x="0"[^>]*>([^<]+)</text><rect x="[\d.]+" y="\d+" width="([\d.]+)"', families_chart("x", score)
    )
    long = {label: float(width) for label, width in found}
    adds = {row["label"]: abs(row["log_odds"]) for row in score["families"]}
    most = max(adds, key=adds.get)
    for label, width in long.items():
        assert abs(width / long[most] - adds[label] / adds[most]) < 0.02, label


def test_a_trend_without_a_rank_or_an_event_can_be_drawn():
    row = {"rank": None, "of": None, "class_rank": None}
    rows = [{**row, "day": f"{year}-01-01"} for year in (2024, 2025)]
    text = trend_chart("Melton", rows, [None])
    assert "<desc>No rank.</desc>" in text and "event" not in text
    told = trend_chart("Melton", [{**rows[0], "rank": 12, "of": 300, "class_rank": 150.0}, rows[1]], ["2024-06-01"])
    assert "<desc>January 2024 12th of 300. First event 1 June 2024.</desc>" in told and "first event</text>" in told


def test_every_rank_stands_in_the_strip_of_its_band():
    rows = [
        {"day": f"{2018 + at}-01-01", "rank": rank, "of": 261, "class_rank": 100.5}
        for at, rank in enumerate((1, 10, 11, 30, 31, 60, 61, 100, 261))
    ]
    text = trend_chart("x", rows, [])
    strips = [float(y) for y in re.findall(r'<rect x="\d+" y="([\d.]+)"', text)]
    heights = [float(y) for y in re.findall(r'<circle cx="[\d.]+" cy="([\d.]+)"', text)]
    within = [sum(height >= top for top in strips) - 1 for height in heights]
    assert within == [0, 0, 1, 1, 2, 2, 3, 3, 4]
    assert heights == sorted(heights)


def test_a_line_is_broken_where_there_was_no_rank():
    rows = [
        {"day": f"{2018 + at}-01-01", "rank": rank, "of": 300, "class_rank": 150.0}
        for at, rank in enumerate((5, 6, None, 7, 8))
    ]
    assert trend_chart("x", rows, []).count('stroke="#1b1b1b"') == 2
