"""The pages of past lists: each January with what happened next, in words."""

import re
from datetime import date

import pandas as pd
import pytest

from resilience.backtest.past_lists import CAUGHT, MISSED
from resilience.report.views.past_lists import every_event, history_view, january_view
from resilience.report.wording.past_lists import fate
from tests.report.site_data import small_site

LIST = {"origin": date(2023, 1, 1), "until": date(2025, 1, 1), "register_to": date(2025, 12, 31), "horizon": 24}


def row(event=False, onset="", months=float("nan"), abolished="", kind="efs"):
    there = {"onset_type": kind if onset else None, "onset_date": pd.Timestamp(onset or None)}
    return {"event": event, **there, "months": months, "abolished": pd.Timestamp(abolished or None)}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (row(True, "2023-09-05", 8.0, kind="s114_notice"), "Section 114(3) notice, 5 September 2023, 8 months later"),
        (row(True, "2023-01-31", 0.0), "Exceptional financial support, 31 January 2023, in the same month"),
        (row(True, "2023-02-28", 1.0), "Exceptional financial support, 28 February 2023, 1 month later"),
        (row(abolished="2023-03-31"), "No event before the council was abolished on 31 March 2023"),
        (row(), "No event within 24 months"),
        (
            row(False, "2025-02-20", 25.0),
            "No event within 24 months; later: exceptional financial support, 20 February 2025",
        ),
    ],
)
def test_what_happened_next(given, said):
    assert fate(given, **LIST) == said


def test_what_is_not_known_yet():
    assert fate(row(), **{**LIST, "register_to": date(2024, 6, 30)}) == "No event up to 30 June 2024"
    assert fate(row(), **{**LIST, "register_to": date(2022, 12, 31)}) == "Not known yet"


def test_known_outcomes():
    found = {row["council"]: row for row in every_event(small_site().run, small_site().lists, lambda code: None)}
    assert found["Birmingham"]["date"] == date(2023, 9, 5)
    assert found["Birmingham"]["kind"] == "Section 114(3) notice"
    assert "Croydon" not in found  # before the first list looked at here


def test_each_january_is_told_in_words():
    site = small_site()
    for one in site.lists:
        shown = january_view(site.run, one, site.lists, site.address)
        assert [each["rank"] for each in shown["rows"]] == list(range(1, len(one.table) + 1))
        assert sum(each["listed"] for each in shown["rows"]) == shown["capacity"]
        assert [each["here"] for each in shown["others"]] == [other is one for other in site.lists]
        for each in shown["rows"]:
            assert each["mark"] not in (CAUGHT, MISSED) or re.search("later|same month", each["fate"])


def test_the_first_page_counts_what_the_januaries_show():
    site = small_site()
    for row_, one in zip(history_view(site.run, site.lists, site.address)["lists"], site.lists, strict=True):
        assert row_["caught"] + row_["missed"] == row_["events"] == one.events
