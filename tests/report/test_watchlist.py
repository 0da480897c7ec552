"""The watch list: every council once, in forms that a person, a spreadsheet and a program can read."""

from __future__ import annotations

import csv
import io
import json
import sys
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resilience import method
from resilience.errors import DataError
from resilience.formatting import chance
from resilience.indicators.known import known_on
from resilience.model.risk_set import AT_RISK, EVENT_ALREADY, NOT_SCORABLE
from resilience.model.scoring import INTERVAL
from resilience.report.views import watchlist
from resilience.report.wording.indicators import main_reasons, main_strengths, reason

DAY = date(2026, 3, 1)


@pytest.fixture(scope="module")
def run():
    """Return a run with the shipped model: nothing is fitted."""
    return method.run(DAY)


@pytest.fixture(scope="module")
def frame(run):
    return watchlist.table(run)


# --- who is on it ---


def test_every_council_in_being_is_listed_once(frame, indicators):
    assert sorted(frame["ons_code"]) == sorted(known_on(indicators, DAY).index)
    assert len(frame) == 317
    assert set(frame["status"]) <= {AT_RISK, EVENT_ALREADY, NOT_SCORABLE}


def test_councils_with_an_event_say_which_and_when(frame):
    row = frame.set_index("council").loc["Birmingham"]
    assert row["status"] == EVENT_ALREADY
    assert row["event_date"] == "2023-09-05"
    assert row["main_reasons"] == (
        "section 114 notice known from 5 September 2023; a second spell of distress is not modelled yet"
    )
    assert frame.loc[frame["status"] == EVENT_ALREADY, "event_date"].ne("").all()
    assert frame.loc[frame["status"] == AT_RISK, "event_date"].eq("").all()


def test_a_council_that_cannot_be_scored_is_listed_and_says_why(run):
    scores = run.table.copy()
    scores.attrs = dict(run.table.attrs)
    scores.loc["E09000012", ["risk", "risk_low", "risk_high", "log_odds", "rank"]] = None
    scores.loc["E09000012", ["status", "band", "outturn_year"]] = [NOT_SCORABLE, "", None]
    frame = watchlist.table(replace(run, scores=scores)).set_index("ons_code")
    assert frame.loc["E09000012", "main_reasons"] == "no complete return in the last four years"
    assert frame.loc["E09000012", "outturn_year"] == ""
    text = watchlist.to_terminal(replace(run, scores=scores), frame.reset_index(), width=160)
    assert "Cannot be scored (1): Hackney." in text


def test_reasons_are_of_the_councils_own_figures(run, frame):
    at_risk = frame[frame["status"] == AT_RISK].set_index("ons_code")
    assert at_risk["main_reasons"].head(30).ne("").all()
    for code in at_risk.index[:30]:
        row = run.table.loc[code]
        found = main_reasons(row, run.model.terms)
        assert 1 <= len(found) <= 3
        moves = [row[f"term: {term.name}"] for term in run.model.terms]
        largest = run.model.terms[moves.index(max(moves))]
        assert found[0] == reason(largest, row)
        for strength in main_strengths(row, run.model.terms):
            assert strength not in found


def test_second_hand_figures_and_those_carried_forward_are_marked(frame):
    second = frame[frame["source_kind"] == "interim"]
    assert len(second) > 300
    assert second["outturn_year"].eq("2024-25").all()
    assert second["carried"].str.contains("unallocated_ratio 2023-24").sum() > 250


def test_only_classes_asked_for_with_the_ranks_of_the_whole(run, frame):
    part = watchlist.table(run, classes=["ub".upper().replace("UB", "LB"), "md"])
    assert set(part["class"]) == {"LB", "MD"}
    whole = frame.set_index("ons_code")["rank"]
    assert part["rank"].tolist() == whole.loc[part["ons_code"]].tolist()
    with pytest.raises(DataError, match=r"^'XX' is no class of council; choose among UA, MD, LB, SC, SD\.$"):
        watchlist.table(run, classes=["UA", "XX"])


# --- csv ---


def test_csv_has_the_columns_programs_read_and_every_council(frame):
    rows = list(csv.DictReader(io.StringIO(watchlist.to_csv(frame))))
    needed = {"ons_code", "council", "class", "status", "rank", "risk", "risk_low", "risk_high", "band"}
    assert needed | {"outturn_year", "main_reasons"} <= set(rows[0])
    assert len(rows) == len(frame)
    for row in rows:
        if row["status"] == AT_RISK:
            assert 0 <= float(row["risk_low"]) <= float(row["risk"]) <= float(row["risk_high"]) <= 1
            assert row["rank"].isdigit()
            assert row["band"] in ("very high", "high", "raised", "low")
        else:
            assert row["risk"] == row["risk_low"] == row["rank"] == row["band"] == ""


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_read_as_a_formula(frame, start):
    wicked = frame.copy()
    for name in ("council", "flags", "carried", "main_reasons", "event_type"):
        wicked[name] = start + 'HYPERLINK("http://example.org")'
    for row in csv.reader(io.StringIO(watchlist.to_csv(wicked))):
        for cell in row:
            assert cell[:1] not in ("=", "+", "@", "\t", "\r", "-"), cell


@given(st.text(max_size=8))
def test_a_safe_cell_keeps_its_text(text):
    safe = watchlist.safe_cell(text)
    assert safe in (text, "'" + text)
    assert not safe.startswith(("=", "+", "-", "@", "\t", "\r"))


# --- json ---


def test_json_is_json_and_says_the_same(run, frame):
    content = json.loads(watchlist.to_json(run, frame))
    assert content["as_of"] == "2026-03-01"
    assert content["outcome"] == "distress"
    assert content["horizon_months"] == 24
    assert content["register_to"] == "2025-12-31"
    assert len(content["councils"]) == len(frame)
    for record, (_, row) in zip(content["councils"], frame.iterrows(), strict=True):
        assert record["ons_code"] == row["ons_code"]
        assert isinstance(record["main_reasons"], list)
        if row["status"] == AT_RISK:
            assert record["risk"] == pytest.approx(row["risk"], abs=1e-6)
            assert record["rank"] == row["rank"]
        else:
            assert record["risk"] is record["rank"] is None


def test_json_has_no_bare_nan(run, frame):
    text = watchlist.to_json(run, frame)
    assert "NaN" not in text
    assert "Infinity" not in text


# --- terminal ---


@pytest.mark.parametrize("width", [80, 100, 160, 200])
def test_the_table_fits_its_terminal(run, frame, width, monkeypatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: False, raising=False)
    text = watchlist.to_terminal(run, frame, width=width)
    assert max(map(len, text.splitlines())) <= width
    assert "\x1b" not in text
    top = frame[frame["status"] == AT_RISK].head(30)
    lines = text.splitlines()
    for _, row in top.iterrows():
        found = [line for line in lines if line.split()[:1] == [str(row["rank"])] and row["council"][:12] in line]
        assert len(found) == 1, row["council"]
        assert chance(row["risk"]) in found[0]
    for word in ("Event already", "no verdict on a council or its officers", "cannot see governance", "second-hand"):
        assert word in " ".join(text.split()), word
    assert "ranked lower (--all shows them)" in " ".join(text.split())


def test_with_all_every_council_at_risk_is_shown(run, frame):
    text = watchlist.to_terminal(run, frame, width=160, every=True)
    at_risk = frame[frame["status"] == AT_RISK]
    numbered = [line for line in text.splitlines() if line.split()[:1] and line.split()[0].isdigit()]
    assert len(numbered) >= len(at_risk)
    assert "--all shows them" not in text


def test_the_gravest_events_alone_are_another_chance():
    run = method.run(date(2026, 1, 1), outcome="severe", intervals=False)
    list_ = watchlist.table(run)
    said = json.loads(watchlist.to_json(run, list_))["what"]
    assert said == watchlist.SEVERE_IS
    for text in (" ".join(watchlist.to_terminal(run, list_, width=200).split()), " ".join(watchlist.notes(run))):
        assert said in text
        assert "exceptional support or" not in text
        assert "1 first event in the twelve months" in text


def test_the_notes_say_how_far_figures_and_register_reach(run):
    text = " ".join(watchlist.notes(run))
    assert "register of events ends on 31 December 2025" in text
    assert "councils on 2024-25" in text
    assert "second-hand figures" in text
    assert "15 first events in the twelve months to 1 January 2026; 31 expected" in text
    then = " ".join(watchlist.notes(method.run(date(2025, 1, 1), intervals=False)))
    assert "second-hand" not in then
    assert "register of events ends" not in then


def test_the_range_shown_is_ninety_percent():
    assert INTERVAL == (0.05, 0.95)
    assert any("90 %" in heading for heading in watchlist._HEADINGS)
