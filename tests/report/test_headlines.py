"""No headline gives a bare chance: the word stands in none without what followed for past councils beside it."""

from __future__ import annotations

import re
from functools import lru_cache
from html.parser import HTMLParser

import pytest

from resilience import paths
from resilience.report.views import council
from resilience.report.writers import write
from tests.report.site_data import TWELVE, one_run, one_view

#: What followed, in the same sentence: "…, 21 were followed by a first event within 24 months"; of councils supported
#: already how many were supported again.
RECORD = re.compile(r"\d+ (past places here )?were followed by|(\d+|none) (was|were) supported again")


class Headlines(HTMLParser):
    """What a reader meets first: titles, description, headings, lead and facts; the heads of a list's columns."""

    def __init__(self, page: str, *, columns: bool = False) -> None:
        super().__init__()
        self.wanted = "title|h[1-6]|th" if columns else "title|h[1-6]"
        self.found: list[str] = []
        self.inside: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        facts = dict(attrs)
        if tag == "meta" and facts.get("name") == "description":
            self.found.append(facts["content"])
        opens = re.fullmatch(self.wanted, tag) and facts.get("scope") != "row"
        if not self.inside and (opens or "lead" in facts.get("class", "").split() or facts.get("class") == "facts"):
            self.inside, _ = [tag], self.found.append("")
        elif self.inside and tag not in ("br", "img"):
            self.inside.append(tag)

    def handle_endtag(self, tag):
        if self.inside:
            self.inside.pop()

    def handle_data(self, data):
        if self.inside:
            self.found[-1] += f"{data} "


def bare(headlines):
    """Return the sentences of headlines that speak of a chance without what followed."""
    sentences = [one for text in headlines for one in re.split(r"(?<=[.!?])\s+", " ".join(text.split()))]
    return [one for one in sentences if re.search(r"\bchances?\b", one, re.IGNORECASE) and not RECORD.search(one)]


@lru_cache(maxsize=len(TWELVE))
def view_of(name):
    return council.view(one_run(), name)


def test_a_bare_chance_would_be_seen():
    assert bare(Headlines("<title>A chance of 74%</title><p class='lead'>It is <b>a chance</b> of 4%.</p>").found) == [
        "A chance of 74%",
        "It is a chance of 4%.",
    ]
    said = "Of 70 places with such a chance 21 were followed by a first event within 24 months."
    assert bare([said]) == []
    page = "<p>text</p><h2>head</h2><th scope='row'>row</th><th>column</th>"
    assert Headlines(page, columns=True).found == ["head ", "column "]
    assert Headlines(page).found == ["head "]


@pytest.mark.parametrize("name", TWELVE)
def test_a_councils_page(name):
    found = Headlines(write("council", "html", view_of(name))).found
    assert bare(found) == []
    assert len(found) > 5


@pytest.mark.parametrize("name", TWELVE)
def test_a_councils_headline_in_text(name):
    view = view_of(name)
    first = write("council", "text", view)
    for head in ("What raises", "How it looked", "Peers who recovered", "The place", "Figures\n"):
        first = first.split(head)[0]
    assert bare([first]) == []
    if view["at_risk"]:
        score = view["score"]
        said = " ".join(first.split())
        assert f"of the {score['of']} councils without an earlier event" in said
        assert f"ranked {score['band']} on the lists of January" in said
        assert f"{score['band_events']} were followed by a first event within 24 months." in said
        assert f"is ranked {score['reserves_rank']} of" in said.split("By plain reserves")[1]


def test_the_list():
    assert bare(Headlines(write("watchlist", "html", one_view()), columns=True).found) == []
    assert bare([write("watchlist", "table", one_view()).split("Rank  Council")[0]]) == []


def test_the_first_screen_of_the_readme():
    first = (paths.home() / "README.md").read_text("utf-8").split("How far the figures reach")[0]
    assert bare([first]) == []
    assert "Read the two ranks side by side." in first and "places ranked 1–10 on the lists of January" in first
