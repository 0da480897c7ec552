"""Councils already supported, as a person reads of them: no chance without its track record in the same sentence."""

from __future__ import annotations

import csv
import html
import json
from datetime import date
from io import StringIO

import pytest

from resilience.backtest.again import record
from resilience.model.again import AgainRate, base_rates, chance_within
from resilience.model.risk_set import EVENT_ALREADY
from resilience.report.formats.csv import WATCHLIST
from resilience.report.views import again, council, support_again
from resilience.report.wording import again as wording
from resilience.report.writers import write
from tests.report.site_data import AS_OF, one_run, one_view

SUPPORTED = {"Croydon": 0, "Slough": 0, "Woking": 0, "Birmingham": 1, "Isles of Scilly": 0}


@pytest.fixture(scope="module")
def rates(events):
    return base_rates(events, AS_OF, 12)


@pytest.fixture(scope="module")
def proof(indicators, events):
    return support_again.view(record(indicators, events, draws=100), events)


# --- the list ---


def test_every_council_with_an_event_has_its_groups_chance_and_no_other_has_one(rates):
    for row in one_view()["councils"]:
        if row["status"] == EVENT_ALREADY:
            years = row["years_since_support"]
            assert row["again_12m"] == pytest.approx(chance_within(rates, years, 12))
            assert row["again_24m"] == pytest.approx(chance_within(rates, years, 24))
            assert row["rounds_so_far"] >= 1
        else:
            assert [row[name] for name in again.COLUMNS] == [None] * 4


def test_the_columns_stand_at_the_end_of_the_csv():
    assert WATCHLIST[-5:] == (*again.COLUMNS, "not_scored_because")
    rows = {row["council"]: row for row in csv.DictReader(StringIO(str(write("watchlist", "csv", one_view()))))}
    assert [rows["Croydon"][name] for name in again.COLUMNS] == ["0.6562", "0.6719", "0", "7"]
    assert [rows["Sutton"][name] for name in again.COLUMNS] == [""] * 4
    assert rows["City of London"]["status"] != EVENT_ALREADY  # support for its housing account alone


def test_the_section_holds_every_such_council_once():
    section = one_view()["again"]
    listed = [row["council"] for row in one_view()["councils"] if row["status"] == EVENT_ALREADY]
    assert sorted(name for one in section["groups"] for name in one["names"]) == sorted(listed)
    assert section["councils"] == len(listed) == sum(one["councils"] for one in section["groups"])


@pytest.mark.parametrize("form", ["table", "html"])
def test_the_list_says_the_chance_with_its_record_in_one_sentence(form):
    text = " ".join(str(write("watchlist", form, {**one_view(), "terminal_why": True})).replace("\u00a0", " ").split())
    assert wording.TITLE in text
    assert (
        "66% within 12 months (90% interval 54–76%; the true uncertainty is wider) and 67% within 24 by the yearly "
        "shares: of 47 places (a council counts once a January) that had support in the twelve months before a past 1 "
        "January, 31 were supported again within 12 months, and of the 26 whose 24 months are over, 16 within 24."
    ) in text
    assert wording.MEANS in text


def test_a_list_of_classes_without_such_a_council_has_no_section():
    assert again.section(one_run(), [])["groups"] == []
    view = {**one_view(), "again": again.section(one_run(), [])}
    for form in ("table", "html"):
        assert wording.TITLE not in str(write("watchlist", form, view))


# --- one council ---


@pytest.mark.parametrize(("name", "years"), SUPPORTED.items())
def test_a_councils_page_says_it_too_in_every_form(name, years, rates):
    view = council.view(one_run(), name)
    found = view["support_again"]
    assert found["years_since_support"] == years
    assert (found["times_12m"], found["count_12m"]) == (rates[years].times, rates[years].again)
    sentence = found["sentence"]
    assert f"of {rates[years].times} places" in sentence
    for form in ("text", "html"):
        text = " ".join(html.unescape(str(write("council", form, view))).replace("\u00a0", " ").split())
        assert sentence in text
        assert "not modelled yet" not in text
    assert json.loads(str(write("council", "json", view)))["support_again"]["sentence"] == sentence


def test_a_council_at_risk_has_none_of_it():
    view = council.view(one_run(), "Sutton")
    assert view["support_again"] is None
    assert "support again" not in str(write("council", "text", view))


# --- in words ---


def test_a_group_of_which_nobody_knows_gets_no_chance():
    none = {since: AgainRate(since, 12, 0, 0, 0) for since in range(3)}
    found = again.group(none, none, 0)
    assert (found["again_12m"], found["again_24m"], found["low"]) == (None, None, None)
    assert wording.chances(found) == wording.NO_RECORD
    assert "%" not in wording.of_council(found, "Here", date(2021, 1, 1), 1)
    assert "%" not in wording.reason(found, none[0])


def test_numbers_agree_with_their_verbs():
    def said(number):
        return wording.track_record(AgainRate(1, 12, 10, number, 9), AgainRate(1, 24, 0, 0, 0))

    assert "none was supported again" in said(0)
    assert "1 was supported again" in said(1)
    assert said(2).endswith("2 were supported again within 12 months")


# --- the proof ---


def test_the_page_of_the_proof(proof):
    content = proof["content"]
    page = str(write("support again", "markdown", proof))
    assert json.loads(str(write("support again", "json", proof))) == content
    assert content["councils_with_an_event"] == 56 and content["in_being"] == 54
    assert "Of the 36 councils supported in the round of 2026-27 26 had had an event before" in page
    assert "**It does not, so only the base rate ships.**" in page
    assert not content["ships"]
    for row in content["rounds"]:
        assert f"| {row['round']}" in page
    for row, stood in zip(content["rounds"], content["by_round_and_years"], strict=True):
        assert sum(stood["again"]) == row["again"] and sum(stood["stood"]) <= row["before"]


def test_who_left_is_told_from_the_register_alone(proof):
    left = {row["council"]: row for row in proof["content"]["left"]}
    assert len(left) == 18 and all(row["years_since"] >= 1 and row["last_event"] for row in left.values())
    assert left["Liverpool"]["since"] == "9 June 2024: Intervention ended"
    assert left["Bexley"]["since"] == "" and "withdrawn" in left["Bexley"]["last_event"]
    assert "Croydon" not in left


def test_it_says_so_should_the_model_win(proof):
    content = {**proof["content"], "ships": True}
    assert "**It does.**" in str(write("support again", "markdown", {"content": content}))
