"""A council's assessment in a terminal."""

from __future__ import annotations

import sys

import pytest

from resilience.report.formats.text.council import text
from resilience.report.formats.text.watchlist_rows import bar
from tests.report.council_data import COUNCILS, view_of


@pytest.fixture(autouse=True)
def pipe(monkeypatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: False, raising=False)
    monkeypatch.delenv("COLUMNS", raising=False)


@pytest.mark.parametrize("width", [40, 80, 100])
def test_text_fits_its_terminal(width):
    for name in COUNCILS:
        said = text(view_of(name), width=width)
        assert max(map(len, said.splitlines())) <= width, name
        assert said.startswith(name)
        assert "What figures cannot see" in said
        assert not any(line.endswith(" ") for line in said.splitlines())


def test_a_pipe_has_a_hundred_columns_and_no_wider_lines_are_written(monkeypatch):
    assert text(view_of("Kent")) == text(view_of("Kent"), width=100)
    monkeypatch.setenv("COLUMNS", "200")
    assert text(view_of("Kent")) == text(view_of("Kent"), width=100)


def test_reasons_stand_under_where_they_begin():
    said = text(view_of("Sutton"))
    assert said.index("What raises the score") < said.index("What lowers it") < said.index("Through time")


def test_an_event_already_is_told_as_it_looked_before():
    said = " ".join(text(view_of("Croydon")).split())
    assert "On 1 January 2020, the last January before it, it stood at rank " in said
    assert "What changed in a year" not in said


def test_a_family_has_the_bar_that_it_has_in_the_list():
    view = view_of("Sutton")
    said = text(view)
    for family in view["score"]["families"]:
        assert f"  • {bar(family['spreads'])} {family['label']}: {family['stands']}" in said


def test_every_figure_has_its_year_and_says_of_what_it_is_a_share():
    view = view_of("Kent")
    said = text(view, width=100)
    figures = said[said.index("\nFigures\n") : said.index("\nStatistical neighbours\n")]
    assert "Percentages are of the same year's net revenue expenditure" in " ".join(figures.split())
    for row in view["indicators"]:
        if row["value"] is not None and row["source"] not in ("ofsted", "deprivation"):
            assert any(row["label"] in line and f" {row['year']}" in line for line in figures.splitlines()), row[
                "label"
            ]
    assert "Interest against reserves (of usable reserves) +" in figures
    # An inspection is of a day, and of no financial year: Kent's report came out on 5 July 2022.
    (ofsted,) = [line for line in figures.splitlines() if line.startswith("Ofsted")]
    assert ofsted.split()[-4:-2] == ["Jul", "2022"]
    assert "Ofsted inspection outcomes: published 5 July 2022" in said


def test_ranks_through_time_say_on_which_day():
    said = " ".join(text(view_of("Kent")).split())
    assert "Rank, each 1 January: 58 of 350 in 2018, " in said
    now = view_of("Kent")["score"]
    assert said[said.index("Rank, each") :].partition(".")[0].endswith(f"{now['rank']} of {now['of']} in 2026")
    later = {**view_of("Kent")["history"][-1], "day": "2026-12-01"}
    view = {**view_of("Kent"), "history": [*view_of("Kent")["history"][:-1], later]}
    assert f", {now['rank']} of {now['of']} on 1 December 2026." in " ".join(text(view).split())
