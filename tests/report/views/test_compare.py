"""What the page of comparison holds is what the scored day says, figure by figure."""

import json
import re

import pytest

from resilience.analysis.compare import ALSO, comparison
from resilience.backtest.track_record import reserves_ranks, track_record
from resilience.model.bands import NAMES
from resilience.report.site import links
from resilience.report.views.compare import MOST, view
from resilience.report.wording.indicators import figure
from resilience.report.writers import PAGE, write
from resilience.years import outturn_year_of
from tests.report.site_data import one_run

LIMIT = 300_000


@pytest.fixture(scope="module")
def text():
    return write("compare", PAGE, {**view(one_run(), lambda code: f"councils/{code}.html"), "links": links("")})


@pytest.fixture(scope="module")
def data(text):
    """Return the figures as the page's script reads them."""
    return json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', text)[1])


def test_the_page_is_small_and_nothing_within_the_figures_ends_them(text):
    assert len(text.encode()) < LIMIT
    assert "<" not in text.split('id="data">')[1].split("</script>")[0]


def test_ranks_and_bands_are_those_of_the_scored_day(data):
    run = one_run()
    by_code = {one["code"]: one for one in data["councils"]}
    assert list(by_code) == list(run.table.index) and data["of"] == len(run.at_risk)
    assert [one["rank"] for one in data["councils"] if one["rank"]] == list(range(1, len(run.at_risk) + 1))
    plain = reserves_ranks(run)
    for code, row in run.at_risk.iterrows():
        one = by_code[code]
        assert (one["name"], one["rank"], one["class"]) == (row["council"], row["rank"], row["class"])
        assert one["reserves"] == plain[code] and NAMES[one["band"]] == row["band"] and one["status"] == ""
    without = run.table.index.difference(run.at_risk.index)
    assert all(by_code[code]["rank"] is by_code[code]["band"] is by_code[code]["reserves"] is None for code in without)
    assert all(by_code[code]["status"].startswith(("Event already: ", "Cannot be scored: ")) for code in without)


def test_what_followed_stands_beside_each_band(data):
    record = track_record(one_run())
    assert [name for name, _ in data["bands"]] == list(NAMES)
    for name, said in data["bands"]:
        found = record.of(name)
        assert said.startswith(f"{found.events} of {found.councils:,} past places here were followed by a first event")


def test_families_are_those_of_the_council_s_page(data):
    run = one_run()
    for one in data["councils"]:
        if one["code"] not in run.placed.families.index:
            assert one["spreads"] is None
            continue
        for family, value in zip(run.model.families, one["spreads"], strict=True):
            if run.placed.without_figure.at[one["code"], family.name]:
                assert value is None
            else:
                assert value == pytest.approx(run.placed.families.at[one["code"], family.name], abs=0.00501)
    without = {one["name"] for one in data["councils"] if one["spreads"] is None}
    assert without == {"City of London", "Isles of Scilly", "Redditch"}  # two like no other, one without a return


def test_every_figure_has_its_year_and_source(data):
    run = one_run()
    found, names = comparison(run), [*(term.indicator for term in run.model.terms), *ALSO]
    assert len(data["indicators"]) == len(names)
    for one in data["councils"]:
        for name, told in zip(names, one["figures"], strict=True):
            own = found.figures[one["code"]].get(name)
            if own is None:
                assert told is None
            elif not own.year:
                assert told == []
            else:
                assert told[0] == figure(name, own.value) and data["years"][told[1]] == outturn_year_of(own.year)
                assert data["kinds"][told[2]] in ("original", "transcribed", "second-hand", "added up")


def test_class_medians_in_words(data):
    found = comparison(one_run()).medians
    assert data["classes"]["LB"]["medians"][0] == figure("reserves_ratio", float(found.at["LB", "reserves_ratio"]))
    social_care = [one["label"] for one in data["indicators"]].index("Children's social care")
    assert data["classes"]["SD"]["medians"][social_care] is None


def test_starts_are_the_first_of_the_list_and_of_each_class():
    run = one_run()
    starts = view(run, lambda code: None)["starts"]
    assert starts[0]["href"] == "#" + ",".join(run.at_risk.index[:MOST])
    boroughs = run.at_risk.index[run.at_risk["class"] == "LB"][:MOST]
    assert {"text": "London boroughs", "href": "#" + ",".join(boroughs)} in starts
    assert len(starts) == 6


def test_without_script_it_says_what_to_do(text):
    plain = re.search(r'<div id="plain".*?</div>', text, re.DOTALL)[0]
    assert "needs JavaScript" in plain
    assert re.findall(r'href="([^"]*)"', plain) == ["index.html", "watchlist.csv", "watchlist.xlsx"]
