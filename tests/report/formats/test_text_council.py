"""A council's assessment in a terminal."""

from __future__ import annotations

from resilience.report.formats.text.council import text
from tests.report.council_data import COUNCILS, view_of


def test_text_fits_a_terminal_of_eighty_columns():
    for name in COUNCILS:
        said = text(view_of(name), width=80)
        assert max(map(len, said.splitlines())) <= 100
        wrapped = [line for line in said.splitlines() if not line.startswith("Figures (")]
        assert max(map(len, wrapped)) <= 80
        assert name in said.splitlines()[0]
        assert "What figures cannot see" in said


def test_reasons_stand_under_where_they_begin():
    said = text(view_of("Sutton"))
    assert said.index("What raises the score") < said.index("What lowers it") < said.index("Through time")


def test_an_event_already_is_told_as_it_looked_before():
    said = " ".join(text(view_of("Croydon")).split())
    assert "On 1 January 2020, the last January before it, it stood at rank " in said
    assert "What changed in a year" not in said
