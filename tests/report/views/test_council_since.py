"""What changed for one council since earlier lists."""

from __future__ import annotations

from datetime import date

from resilience.backtest.past_lists import list_on
from resilience.councils import resolve
from resilience.report.views.council_since import since_lists
from tests.report.council_data import scored, view_of


def test_the_last_january_is_set_beside_with_its_own_rank():
    view = view_of("Sutton")
    (row,) = view["since_lists"]  # no list had been frozen by then
    then = list_on(scored(), date(2025, 1, 1))
    assert row["since"] == "2025-01-01"
    assert row["rank_then"] == then.table.at[resolve("Sutton"), "rank"] and row["rank"] == view["score"]["rank"]
    assert row["sentence"].startswith(f"On the list of 1 January 2025 it ranked {row['rank_then']}")
    assert f"of {len(then.at_risk)}" in row["sentence"]


def test_a_council_without_a_rank_on_either_day_has_no_line():
    assert view_of("Croydon")["since_lists"] == []
    assert view_of("City of London")["since_lists"] == []


def test_an_event_since_the_list_is_said():
    day = scored()
    then = list_on(day, date(2025, 1, 1))
    new = [code for code in then.at_risk.index if code in day.table.index and day.table.at[code, "rank"] is not None]
    new = [code for code in new if day.table.at[code, "status"] == "event already"]
    assert new
    for code in new[:3]:
        (row,) = since_lists(day, code)
        assert row["rank"] is None and "Since then: " in row["sentence"]
