"""The feed: names that stay, entries that are dated by what they tell of."""

from datetime import date
from urllib.parse import urlparse
from uuid import UUID

import pytest

from resilience import method
from resilience.analysis.changed import changes
from resilience.report.views import feed
from tests.report.site_data import one_run

CROYDON = "E09000008"


def address(code):
    return "councils/croydon.html" if code == CROYDON else None


@pytest.fixture(scope="module")
def shown():
    return feed.view(one_run(), changes(one_run()), address)


def test_names_are_distinct_urns(shown):
    names = [shown["id"], *(one["id"] for one in shown["entries"])]
    assert len(set(names)) == len(names)
    assert all(UUID(name).urn == name for name in names)


def test_newest_first_and_never_later_than_the_feed(shown):
    days = [one["updated"] for one in shown["entries"]]
    assert days == sorted(days, reverse=True) and days[0] == shown["updated"] == "2026-11-22"
    assert all(date(2025, 11, 22) <= date.fromisoformat(day) for day in days)


def test_an_entry_an_event_with_the_rank_before(shown):
    run = one_run()
    known = run.events.rows[run.events.rows["distress"] & (run.events.rows["known"] >= "2025-11-22")]
    told = known[known["ons_code"].isin(run.table.index)].drop_duplicates(["ons_code", "event_type", "known"])
    assert len(shown["entries"]) == len(told) + 1 > 20
    by_title = {one["title"]: one["text"] for one in shown["entries"]}
    then = changes(run).table
    rank = int(then.loc[then["council"] == "Hillingdon", "rank_then"].iloc[0])
    text = by_title["Hillingdon: exceptional financial support, 23 February 2026"]
    assert text == f"On the list of 1 January 2026 it ranked {rank}, in the band 1–10."
    again = by_title["Croydon: exceptional financial support, 23 February 2026"]
    assert again == "On the list of 1 January 2026 it was not ranked: event already."


def test_an_event_keeps_its_name_when_the_feed_is_made_on_another_day(shown):
    earlier = method.run(date(2026, 6, 1), intervals=False)
    before = feed.view(earlier, changes(earlier), address)
    names = {one["title"]: one["id"] for one in shown["entries"]}
    both = [one for one in before["entries"] if one["title"] in names]
    assert len(both) > 10 and all(names[one["title"]] == one["id"] for one in both)
    assert before["id"] == shown["id"] and before["entries"][0]["id"] not in names.values()


def test_addresses_are_relative_and_lead_to_the_council_where_it_has_a_page(shown):
    pages = {one["title"].split(":")[0]: one["href"] for one in shown["entries"][1:]}
    assert pages["Croydon"] == "councils/croydon.html" and pages["Hillingdon"] == "changed.html"
    for one in (shown["self"], shown["page"], *(entry["href"] for entry in shown["entries"])):
        assert not urlparse(one).scheme and not one.startswith("/")


def test_without_an_earlier_list_only_events(shown):
    assert feed.view(one_run(), None, address)["entries"] == shown["entries"][1:]
