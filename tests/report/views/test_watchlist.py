"""The watch list's view: every council once, plain, with what a reader must know."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from resilience import method
from resilience.errors import DataError
from resilience.indicators.known import NO_FIGURES, known_on
from resilience.model.risk_set import AT_RISK, EVENT_ALREADY, NOT_SCORABLE
from resilience.report.views import watchlist
from resilience.report.wording.general import SEVERE_IS
from resilience.report.wording.indicators import main_reasons, main_strengths, reason
from resilience.report.wording.reading import EVENT_IS
from resilience.report.writers import write

DAY = date(2026, 3, 1)


@pytest.fixture(scope="module")
def run():
    """Return a run with the shipped model: nothing is fitted."""
    return method.run(DAY)


@pytest.fixture(scope="module")
def view(run):
    return watchlist.view(run)


@pytest.fixture(scope="module")
def frame(view):
    return pd.DataFrame(view["councils"])


def test_the_view_is_plain(view):
    assert json.loads(json.dumps(view, allow_nan=False)) == view


def test_the_bands_hold_every_council_at_risk(view, frame):
    assert sum(band["councils"] for band in view["bands"]) == (frame["status"] == AT_RISK).sum()
    assert [band["councils"] for band in view["bands"][:4]] == [10, 20, 30, 40]
    assert [band["of"] > band["events"] > 0 for band in view["bands"]] == [True] * 5
    assert view["followed"].startswith(
        f"Of {view['bands'][0]['of']} places ranked 1–10 on the lists of January 2018–2024, "
    )
    assert view["terminal_rows"] == watchlist.CAPACITY
    assert view["followed"].startswith(view["followed_shown"].removesuffix("."))
    assert "ranked 11–30" in view["followed_shown"] and "31–60" not in view["followed_shown"]


def test_each_council_has_its_five_families_with_their_years(view):
    for row in view["councils"]:
        assert [one["label"].split()[0] for one in row["families"]] == [
            "Reserves",
            "Debt",
            "Demand",
            "Slack",
            "Commercial",
        ]
        for one in row["families"]:
            assert (one["outturn_year"] == "") is (one["spreads"] is None)
    at_risk = [row for row in view["councils"] if row["status"] == AT_RISK]
    for row in at_risk:  # the oldest year of a family is that of a carried figure, or the council's newest
        families = row["families"]
        assert any(one["carried"] for one in families) is (row["carried"] != "")
        told = {part.split()[-1] for part in row["carried"].split("; ") if part} | {row["outturn_year"]}
        assert {one["outturn_year"] for one in families if one["outturn_year"]} <= told
        assert all(one["outturn_year"] < row["outturn_year"] for one in families if one["carried"])
        assert row["source_kind"] != "interim" or any(one["second_hand"] for one in families)
    assert {row["source_kind"] for row in at_risk} >= {"original", "transcribed"}


def test_what_stands_behind_it_is_of_the_same_councils(view, frame):
    assert [row["ons_code"] for row in view["indicators"]] == list(frame["ons_code"])
    at_risk = list(frame.loc[frame["status"] == AT_RISK, "ons_code"])
    assert [row["ons_code"] for row in view["contributions"]["councils"]] == at_risk
    assert set(view["indicators"][0]["values"]) == {row["name"] for row in view["dictionary"]}
    assert view["publications"] and "Open Government Licence" in view["data_attribution"]


# --- who is on it ---


def test_every_council_in_being_is_listed_once(frame, indicators):
    assert sorted(frame["ons_code"]) == sorted(known_on(indicators, DAY).table.index)
    assert len(frame) == 317
    assert set(frame["status"]) <= {AT_RISK, EVENT_ALREADY, NOT_SCORABLE}


def test_councils_with_an_event_say_which_and_when(frame):
    row = frame.set_index("council").loc["Birmingham"]
    assert row["status"] == EVENT_ALREADY
    assert row["event_date"] == "2023-09-05"
    assert row["reasons"] == (
        "section 114 notice known from 5 September 2023; support again within 12 months: 5% (0 of 10 in this position)"
    )
    assert frame.loc[frame["status"] == EVENT_ALREADY, "event_date"].ne("").all()
    assert frame.loc[frame["status"] == AT_RISK, "event_date"].eq("").all()


def test_a_council_that_cannot_be_scored_is_listed_and_says_why(run):
    scores = run.table.copy()
    scores.loc["E09000012", ["risk", "risk_low", "risk_high", "log_odds", "rank"]] = None
    scores.loc["E09000012", ["status", "band", "outturn_year"]] = [NOT_SCORABLE, "", None]
    scores.loc["E09000012", "not_scored_because"] = NO_FIGURES
    frame = pd.DataFrame(watchlist.councils(replace(run, table=scores))).set_index("ons_code")
    assert frame.loc["E09000012", "main_reasons"] == ["no complete return in the last four years"]
    assert frame.loc["E09000012", "not_scored_because"] == "no complete return in the last four years"
    assert frame.loc["E09000012", "outturn_year"] == ""
    assert pd.isna(frame.loc["E09000012", "rank"]) and frame.loc["E09000012", "at_paces"] == ""


def test_reasons_are_of_the_councils_own_figures(run, frame):
    at_risk = frame[frame["status"] == AT_RISK].set_index("ons_code")
    assert at_risk["main_reasons"].head(30).map(len).gt(0).all()
    for code in at_risk.index[:30]:
        row = run.table.loc[code]
        found = main_reasons(run, code)
        assert 1 <= len(found) <= 3 and found == at_risk.at[code, "main_reasons"]
        moves = [run.contributions.at[code, term.name] for term in run.model.terms]
        largest = run.model.terms[moves.index(max(moves))]
        known, name = run.known, largest.indicator
        year, rebased = known.year_of(code, name), known.is_rebased(code, name)
        assert found[0] == reason(largest, row, year=year, rebased=rebased)
        for strength in main_strengths(run, code):
            assert strength not in found


def test_second_hand_figures_and_those_carried_forward_are_marked(frame):
    second = frame[frame["source_kind"] == "interim"]
    assert list(second["council"]) == ["Isles of Scilly"]  # made no return; second-hand totals alone
    assert list(second["figures"]) == ["2024-25*"]
    exact = frame[frame["source_kind"] == "transcribed"]
    assert len(exact) > 300
    assert exact["figures"].equals(exact["outturn_year"])
    # Lines that no table of the year has are carried; the split of the reserves is the year's own.
    newest = exact[exact["outturn_year"] == "2024-25"]
    assert newest["carried"].str.contains("investment_income_ratio 2023-24").sum() > 250
    assert newest["carried"].str.contains("unallocated_ratio").sum() < 5


def test_only_classes_asked_for_with_the_ranks_of_the_whole(run, frame):
    part = pd.DataFrame(watchlist.councils(run, ["LB", "md"]))
    assert set(part["class"]) == {"LB", "MD"}
    whole = frame.set_index("ons_code")["rank"]
    pd.testing.assert_series_equal(part.set_index("ons_code")["rank"], whole.loc[part["ons_code"]])
    with pytest.raises(DataError, match=r"^'XX' is no class of council; choose among UA, MD, LB, SC, SD\.$"):
        watchlist.view(run, classes=["UA", "XX"])


def test_the_gravest_events_alone_are_another_chance():
    run = method.run(date(2026, 1, 1), outcome="severe", intervals=False)
    view = watchlist.view(run)
    assert view["what"] == SEVERE_IS
    page, terminal = (str(write("watchlist", form, view | {"terminal_why": True})) for form in ("html", "table"))
    assert SEVERE_IS in page and "or commissioners for a financial cause" in page
    assert EVENT_IS["severe"] in " ".join(str(write("watchlist", "table", view)).split())
    for text in (" ".join(terminal.split()), " ".join(view["notes"])):
        assert SEVERE_IS in text
        assert "exceptional support or" not in text
        assert "1 first event in the twelve months" in text


def test_the_notes_say_how_far_figures_and_register_reach(run):
    text = " ".join(watchlist.notes(run))
    assert "register of events ends" not in text
    assert "councils on 2024-25" in text
    exact = (run.at_risk["source_kind"] == "transcribed").sum()
    assert f"For {exact} councils the figures are exact, transcribed from a republication" in text and exact > 250
    assert "second-hand" not in text
    assert "12 first events in the twelve months to 1 March 2026; at that pace 25 would follow" in text
    later = " ".join(watchlist.notes(method.run(date(2026, 11, 22), intervals=False)))
    assert "register of events ends on 31 October 2026" in later
    # Barnsley, Sheffield and Babergh: no line of 2025-26 but the second-hand table's.
    assert "For 3 councils they are second-hand, rounded totals (* beside the year)" in later
    assert "10 first events in the twelve months to 1 November 2026; at that pace 21 would follow" in later
    then = " ".join(watchlist.notes(method.run(date(2025, 1, 1), intervals=False)))
    assert "second-hand" not in then and "transcribed" not in then
    assert "register of events ends" not in then
