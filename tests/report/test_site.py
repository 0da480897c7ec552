"""The built site as files: every link leads somewhere, every page is small, what is counted agrees."""

import csv
import io
import json
import re
import tempfile
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from resilience.errors import DataError
from resilience.report.site import MANIFEST, build_site, write_site
from resilience.report.views.compare import MOST
from tests.report.site_data import TWELVE, one_run, one_view, small_folder, small_site

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
        if tag == "a" or given.get("rel") == "alternate":  # the feed is offered, not loaded
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
    top |= {"places.html", "mergers.html", "scoreboard.html", "map.html", "portfolio.html"}
    top |= {"api.html", "corrections.html", "accessibility.html", "compare.html", "changed.html"}
    assert top <= names
    assert {f"changed-{year}-01-01.html" for year in range(2023, 2027)} <= names
    assert "changed-2026-01-01-0.1.0.html" in names
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
            if re.match(r"E\d{8}", mark):
                codes = mark.split(",")
                assert (
                    target.name == "compare.html" and len(codes) <= MOST and set(codes) <= set(one_run().table.index)
                ), (path.name, href)
            elif mark:
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


def test_changes_are_offered_as_tables_and_as_a_feed(pages):
    for path in pages:
        if path.name.startswith("changed-"):
            table = list(csv.DictReader(io.StringIO(path.with_suffix(".csv").read_text("utf-8"))))
            assert path.with_suffix(".csv").name in pages[path].found
            assert len(table) == path.read_text("utf-8").count("data-code=")
    feed = (small_folder() / "changed.xml").read_text("utf-8")
    for href in re.findall(r'href="([^"]*)"', feed):
        assert (small_folder() / href).is_file(), href
    assert str(HERE) not in feed and tempfile.gettempdir() + "/" not in feed


def test_a_councils_page_leads_to_its_comparison(pages):
    found = pages[small_folder() / "councils" / "croydon.html"].found
    (link,) = [href for href in found if "compare.html#" in href]
    assert link.startswith("../compare.html#E09000008,") and link.count(",") == MOST - 1


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
    with pytest.raises(DataError, match="holds files other than a site"):
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
