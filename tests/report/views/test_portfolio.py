"""The portfolio page without its script: all England adds up, its data are whole, and no headline is a bare chance."""

import json
import re

import pytest

from resilience.analysis.portfolio import portfolio
from resilience.councils import resolve
from resilience.formatting import expected
from resilience.model.bands import NAMES
from resilience.report.site import links
from resilience.report.views.portfolio import view
from resilience.report.writers import PAGE, write
from tests.report.site_data import one_run
from tests.report.test_headlines import Headlines, bare

LIMIT = 300_000


@pytest.fixture(scope="module")
def shown():
    return view(one_run(), lambda code: f"councils/{code}.html")


@pytest.fixture(scope="module")
def text(shown):
    return write("portfolio", PAGE, {**shown, "links": links("portfolio.html")})


def test_classes_and_regions_each_cover_england_once(shown):
    england, classes, regions = (group["rows"] for group in shown["groups"])
    for column in ("at_risk", "top", "already", "not_scored"):
        for rows in (classes, regions):
            assert sum(row[column] for row in rows) == england[0][column]
    assert len(classes) == 5 and len(regions) == 9


def test_a_row_is_the_portfolio_of_its_councils(shown):
    table = one_run().table
    rows = {row["state"]: row for group in shown["groups"] for row in group["rows"]}
    found = portfolio(one_run(), table.index[table["region"] == "South West"])
    row = rows["region=South West"]
    assert [one["range"] for one in row["paces"]] == [f"{one.low}–{one.high}" for one in found.paces.values()]
    assert [one["expected"] for one in row["paces"]] == [expected(one.expected) for one in found.paces.values()]
    assert row["range"] == f"{found.paces['quiet'].low}–{found.paces['busy'].high}"


def test_the_page_is_small_and_its_data_are_whole(text, shown):
    assert len(text.encode()) < LIMIT
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, flags=re.DOTALL)
    data = json.loads(found.group(1))
    assert data == json.loads(json.dumps(shown["data"], allow_nan=False))
    table = one_run().table
    assert [one["code"] for one in data["councils"]] == list(table.index)
    for one in data["councils"]:
        # Each is of one kind only: at risk, with an event already, or not scored.
        assert ("rank" in one) + ("already" in one) + ("why" in one) == 1
        assert one.get("rank") is None or NAMES[one["band"]] == table.at[one["code"], "band"]


def test_every_code_in_the_data_is_a_council(shown):
    for code, _, codes, names in shown["data"]["names"]:
        assert names and all(resolve(one) == code for one in codes)


def test_no_headline_is_a_bare_chance(text):
    assert bare(Headlines(text, columns=True).found) == []


def test_the_record_and_the_limits_stand_on_it(shown):
    said = shown["said"]
    assert re.search(r"\d+ were followed by a first event", said["every_band"])
    for one in ("paces", "past_counts", "claim", "range", "apart"):
        assert len(said[one]) > 40
    assert re.search(r"more than 40\W*%", said["most"])


def test_without_pages_of_councils_nothing_is_linked():
    data = view(one_run(), lambda code: None)["data"]
    assert {one["href"] for one in data["councils"]} == {None}
