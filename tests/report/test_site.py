"""The built site as files: every link leads somewhere, every page is small, what is counted agrees."""

import json
import re
import tempfile
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from resilience.errors import DataError
from resilience.report.site import MANIFEST, build_site, write_site
from resilience.report.views.past_lists import CAUGHT, FALSE_ALARM, MISSED, OPEN, every_event
from resilience.report.views.places import mergers_values, places_values
from resilience.report.views.record import record_values
from tests.report.site_data import TWELVE, one_view, small_folder, small_site

LIMIT = 300_000

HERE = Path(__file__).resolve().parents[2]


class Links(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.found, self.ids, self.outside, self.drawings = [], set(), [], 0
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.drawings += tag == "svg"
        if "id" in given and not self.drawings:  # in drawings, matplotlib names its groups alike
            assert given["id"] not in self.ids, given["id"]
            self.ids.add(given["id"])
        if tag == "a":
            self.found.append(given["href"])
        elif tag in ("img", "script", "link", "iframe", "source", "use") and ({"src", "href"} & set(given)):
            address = given.get("src") or given.get("href")
            if not address.startswith("#"):
                self.outside.append(address)

    def handle_endtag(self, tag):
        self.drawings -= tag == "svg"


@pytest.fixture(scope="module")
def pages():
    return {path: Links(path.read_text("utf-8")) for path in small_folder().rglob("*.html")}


def test_pages_there(pages):
    names = {path.relative_to(small_folder()).as_posix() for path in pages}
    top = {"index.html", "history.html", "record.html", "national.html", "methods.html", "dictionary.html"}
    top |= {"places.html", "mergers.html"}
    assert top <= names
    assert {f"january-{year}.html" for year in range(2023, 2027)} <= names
    assert sum(name.startswith("councils/") for name in names) == len(TWELVE)


def test_small(pages):
    too_large = {path.name: path.stat().st_size for path in pages if path.stat().st_size >= LIMIT}
    assert too_large == {}


def test_every_link_leads_somewhere(pages):
    for path, links in pages.items():
        for href in links.found:
            if href.startswith(("https://", "http://")):
                continue
            assert not href.startswith(("/", "file:")), (path.name, href)
            file, _, mark = href.partition("#")
            target = (path.parent / file).resolve() if file else path
            assert target.is_file(), (path.name, href)
            if mark:
                assert mark in pages[target].ids, (path.name, href)


def test_nothing_is_loaded(pages):
    assert {path.name: links.outside for path, links in pages.items() if links.outside} == {}
    for path in pages:
        text = path.read_text("utf-8")
        assert "default-src 'none'" in text.replace("&#39;", "'"), path.name
        assert "@import" not in text and not re.search(r"url\(\s*['\"]?(?!#)", text), path.name


def test_every_page_leads_back_to_the_list(pages):
    for path, links in pages.items():
        back = "../index.html" if path.parent.name == "councils" else "index.html"
        assert back in links.found, path.name


def test_every_page_says_what_figures_cannot_see(pages):
    for path in pages:
        text = path.read_text("utf-8")
        assert "equal-pay" in text and "Open Government Licence" in text, path.name


def test_no_absolute_path_and_no_missing_value(pages):
    for path in pages:
        text = re.sub(r"<(style|script)>.*?</\1>", "", path.read_text("utf-8"), flags=re.DOTALL)
        assert str(HERE) not in text and tempfile.gettempdir() + "/" not in text, path.name
        assert not re.search(r">\s*(nan|None|NaT|<NA>)\s*<", text), path.name


def test_a_january_counts_up():
    for one in small_site().lists:
        marks = one.table["mark"]
        assert one.count(CAUGHT) + one.count(MISSED) == one.events
        assert one.count(CAUGHT) + one.count(FALSE_ALARM) + one.count(OPEN) == 30
        assert list(one.table["rank"]) == list(range(1, len(one.table) + 1))
        assert not (one.closed and (marks == OPEN).any())
        for row in one.table[one.table["event"]].itertuples():
            assert row.event_date.year - one.year in (0, 1)
            assert "later" in row.fate or "same month" in row.fate


def test_the_past_lists_are_those_of_the_back_test():
    given = small_site().result.predictions
    for one in small_site().lists:
        rows = given[given["origin"].dt.year == one.year].set_index("ons_code")
        if len(rows):
            ours = one.table.set_index("ons_code")
            assert (rows["rank"].reindex(ours.index) == ours["rank"]).all()
            assert (rows["event"].reindex(ours.index) == ours["event"]).all()


def test_known_outcomes():
    found = {row["council"]: row for row in every_event(small_site().run, small_site().lists, lambda code: None)}
    assert f"{found['Birmingham']['date']:%Y-%m-%d}" == "2023-09-05"
    assert found["Birmingham"]["kind"] == "Section 114(3) notice"
    assert "Croydon" not in found  # before the first list looked at here


def test_the_record_agrees_with_the_back_test():
    site = small_site()
    values = record_values(site.run, site.result, site.lists, site.address)
    assert values["events"] == site.result.pooled["events"]
    assert values["caught"] == round(values["recall"]["value"] * values["events"])
    assert values["caught"] + values["missed"] == values["events"]
    assert values["caught"] + values["no_event"] + values["open"] == values["places"]
    assert sum(row["events"] for row in values["ranges"]) == values["events"]
    assert not values["best"]["ours"]
    own = next(row for row in values["rules"] if row["own"])
    assert own["caught"] == values["caught"]
    missed = {row["council"] for row in values["missed_rows"]}
    assert missed.isdisjoint({row["council"] for row in values["caught_rows"]})
    assert missed.isdisjoint({row["council"] for row in values["false_rows"]})


def test_past_mergers_are_told_with_what_followed():
    values = mergers_values(small_site().run, small_site().mergers, small_site().past_mergers, small_site().address)
    found = {row["council"]: row for row in values["past"]}
    assert len(found) == 12
    assert found["West Northamptonshire"]["with_event"] == "Northamptonshire"
    assert found["West Northamptonshire"]["followed"].startswith("Exceptional financial support")
    assert "before it began" in found["Cumberland"]["followed"]
    assert found["Somerset"]["event"] and not found["North Yorkshire"]["event"]
    assert found["Somerset West and Taunton"]["followed"] == "No event before it was abolished in 2023"
    assert "6 had an event of their own" in values["summary"]


def test_new_councils_are_those_whose_make_up_is_stated():
    site = small_site()
    values = mergers_values(site.run, site.mergers, site.past_mergers, site.address)
    plans = {row["name"]: row for row in values["plans"]}
    assert {"East Surrey Council", "West Surrey Council", "Greater Norwich Council"} <= set(plans)
    assert plans["West Surrey Council"]["events"] == "Spelthorne and Woking"
    assert plans["Mid Essex Council"]["incomplete"] and not plans["West Surrey Council"]["incomplete"]
    surrey = [row for row in plans["West Surrey Council"]["brings"] if row["council"] == "Surrey"]
    assert surrey[0]["share"] not in ("100 %", "0 %")
    assert "Kent and Medway" in {row["area"] for row in values["open_areas"]}
    text = (small_folder() / "mergers.html").read_text("utf-8")
    assert "None of the councils in the first table exists yet" in text and "incomplete" in text
    woking = (small_folder() / "councils/woking.html").read_text("utf-8")
    assert 'href="../mergers.html#west-surrey-council"' in woking


def test_every_county_is_a_place():
    site = small_site()
    values = places_values(site.run, site.address)
    counties = site.run.table[site.run.table["class"] == "SC"]
    assert [row["name"] for row in values["rows"]] == sorted(counties["council"])
    kent = next(row for row in values["rows"] if row["name"] == "Kent")
    assert kent["districts"] == 12 and kent["href"] == "councils/kent.html"
    assert 'href="councils/kent.html#place"' in (small_folder() / "places.html").read_text("utf-8")


def test_downloads_are_whole():
    listed = json.loads((small_folder() / "watchlist.json").read_text("utf-8"))["councils"]
    assert len(listed) == len(one_view()["councils"])
    assert (small_folder() / "watchlist.xlsx").read_bytes()[:2] == b"PK"
    manifest = json.loads((small_folder() / MANIFEST).read_text("utf-8"))
    assert manifest["as_of"] == "2026-11-22" and len(manifest["pages"]) == len(list(small_folder().rglob("*.html")))


def test_a_site_is_replaced_and_nothing_else_is(tmp_path):
    bare = replace(small_site(), names={})
    folder = tmp_path / "site"
    write_site(bare, folder, n_jobs=1)
    (folder / "old.html").write_text("old", "utf-8")
    write_site(bare, folder, n_jobs=1)
    assert not (folder / "old.html").exists()
    assert [one.name for one in tmp_path.iterdir()] == ["site"]

    other = tmp_path / "other"
    other.mkdir()
    (other / "thesis.txt").write_text("mine", "utf-8")
    with pytest.raises(DataError, match="holds other files than a site"):
        build_site(other)
    with pytest.raises(DataError, match="is a file"):
        build_site(other / "thesis.txt")
    assert (other / "thesis.txt").read_text("utf-8") == "mine"


def test_a_failure_leaves_the_old_site(tmp_path, monkeypatch):
    bare = replace(small_site(), names={})
    folder = write_site(bare, tmp_path / "site", n_jobs=1)
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    monkeypatch.setattr("resilience.report.site.council_pages", lambda *given, **named: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_site(bare, folder, n_jobs=1)
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == before
    assert [one.name for one in tmp_path.iterdir()] == ["site"]
