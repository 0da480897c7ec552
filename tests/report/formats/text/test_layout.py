"""Text laid out: a figure and its sign stay together."""

import sys

from resilience.report.formats.text.layout import WIDTH, coloured, columns, filled, grid, joined, printed, wrapped


def test_a_figure_and_its_per_cent_sign_stay_on_one_line():
    text = "x" * (WIDTH - 3) + " 12% of it"
    assert wrapped(text) == ["x" * (WIDTH - 3), "12% of it"]
    assert wrapped("a b", "! ", "  ") == ["! a b"]
    assert wrapped("") == []


def test_a_long_cell_goes_on_in_the_next_line():
    lines = columns("{:<10} {:>6}|", (10, 6), ("a long name of it", "9%"))
    assert lines == ["a long         9%|", "name of it       |"]


def test_a_grid_is_printed():
    text = printed("above", grid("Title", ["Name", "Number"], [["a", "1"], ["b", "22"]], right=[1]), width=40)
    lines = text.splitlines()
    assert [line.rstrip() for line in lines[:2]] == ["above", "Title"]
    assert lines[-1].split() == ["b", "22"] and lines[-1].rstrip().endswith("22")
    assert joined(["a", "b"]) == "a\nb\n"


def test_a_paragraph_is_filled_to_its_width():
    said = filled("a long enough text with 12% of it at the end", 24, "- ", "  ")
    assert said.splitlines() == ["- a long enough text", "  with 12% of it at the", "  end"]
    assert filled("three-part-name", 8).splitlines() == ["three-pa", "rt-name"]


def test_colour_is_for_a_terminal_that_wants_it(monkeypatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert coloured()
    monkeypatch.setenv("NO_COLOR", "")
    assert coloured()
    monkeypatch.setenv("NO_COLOR", "1")
    assert not coloured()
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert not coloured()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: False, raising=False)
    assert not coloured()
