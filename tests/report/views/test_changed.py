"""The page of what changed: what the analysis says, in every form alike."""

import csv
import io
import re
from datetime import date

import pytest

from resilience.analysis.changed import changes, changes_since_frozen, frozen_before
from resilience.analysis.explain import WORTH_SAYING
from resilience.report.site import links
from resilience.report.views import changed, workbook
from resilience.report.writers import PAGE, write
from tests.report.site_data import one_run

LIMIT = 300_000
JANUARY = date(2026, 1, 1)


def address(code):
    return f"councils/{code}.html"


@pytest.fixture(scope="module")
def every():
    return changed.earlier(one_run(), [date(2020, 1, 1), date(2024, 1, 1), date(2026, 11, 22)])


@pytest.fixture(scope="module", params=range(4), ids=["2026", "2024", "2020", "frozen"])
def found(request, every):
    return every[request.param]


@pytest.fixture(scope="module")
def shown(found, every):
    return changed.view(one_run(), found, every, address)


@pytest.fixture(scope="module")
def text(shown):
    return write("changed", PAGE, {**shown, "links": links(changed.PAGE)})


def test_the_last_january_is_always_there_and_days_not_earlier_are_not(every):
    assert [one.name for one in every] == ["2026-01-01", "2024-01-01", "2020-01-01", "2026-01-01-0.1.0"]
    assert every[0] is changes(one_run())
    assert changed.file_name(every[-1], "csv") == "changed-2026-01-01-0.1.0.csv"


def test_small_and_no_chance_is_told(text):
    assert len(text.encode()) < LIMIT
    told = re.sub(r"<(style|script|footer).*?</\1>", "", text, flags=re.DOTALL)
    assert "chance" not in told and "over 40" not in told


def test_ranks_are_those_of_both_lists(found, shown):
    rows = {row["ons_code"]: row for row in shown["rows"]}
    assert list(rows) == list(found.table.index)
    for code, row in found.table.iterrows():
        for name in ("rank", "rank_then"):
            assert rows[code][name] == (None if row[name] != row[name] else row[name])


def test_tables_of_the_page_agree_with_each_other(found, shown):
    rows = {row["ons_code"]: row for row in shown["rows"]}
    for name, mark in (("entered", "entered"), ("left", "left"), ("newly_ranked", "newly_ranked")):
        assert {row["ons_code"] for row in shown[name]} == {code for code, row in rows.items() if mark in row["marks"]}
    assert len(shown["entered"]) == len(shown["left"])
    events = shown["first_events"] + shown["other_events"]
    assert {row["ons_code"] for row in events} == {code for code in found.events if code in rows}
    assert all(row["events"] for row in events)
    assert f"{len(shown['entered'])} councils came into the first 30 and {len(shown['left'])} left it" in shown["lead"]


def test_families_are_named_where_they_moved_and_never_of_a_frozen_list(found, shown):
    for row in shown["rows"]:
        if found.version or row["rank"] is None or row["rank_then"] is None:
            assert row["families"] == row["main_reason"] == "" and row["family_steps"] == {}
            continue
        assert len(row["family_steps"]) == 5
        named = sum(abs(step) >= WORTH_SAYING for step in row["family_steps"].values())
        assert row["families"].count(",") + 1 == max(named, 1)
        assert (named == 0) == (row["families"] == "none by 0.1 or more")
    assert ("Families that moved it" in write("changed", PAGE, {**shown, "links": []})) == (not found.version)


def test_the_table_is_the_page(shown, text):
    rows = list(csv.DictReader(io.StringIO(write("changed", "csv", shown))))
    assert [row["ons_code"] for row in rows] == re.findall(r'data-code="(\w+)"', text)
    for row, told in zip(rows, shown["rows"], strict=True):
        assert row["rank"] == ("" if told["rank"] is None else str(told["rank"]))
        assert row["changes"].split() == told["marks"]


def test_who_left_says_why(shown):
    for row in shown["left"]:
        assert row["why"] in (f"now ranked {row['rank']}", "no longer in being", row["events"], row["status"])
        assert row["why"]


def test_the_workbook_shows_the_same_rows():
    run = one_run()
    page = {row["ons_code"]: row for row in changed.view(run, changes(run), [], address)["rows"]}
    book = workbook.view(run, since=JANUARY)["changed"]["rows"]
    assert len(book) > 50
    for row in book:
        assert {name: page[row["ons_code"]][name] for name in row} == row


def test_without_an_earlier_list_the_page_says_so():
    shown = changed.view(one_run(), None, [], address)
    assert shown["rows"] == []
    assert "no list could be made on an earlier day" in write("changed", PAGE, {**shown, "links": []})


def test_a_frozen_list_says_what_may_come_of_the_version():
    run = one_run()
    (frozen,) = frozen_before(run)
    shown = changed.view(run, changes_since_frozen(run, frozen), [], address)
    assert "frozen by version 0.1.0" in shown["named"] and "part of a move can come of the version" in shown["note"]
