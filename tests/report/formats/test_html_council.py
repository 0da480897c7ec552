"""A council's page: whole, self-contained, escaped, small, and readable without eyes or colour."""

from __future__ import annotations

import re
from copy import deepcopy
from functools import lru_cache
from html.parser import HTMLParser

import pytest

from resilience.report.formats.html_council import grouped
from resilience.report.writers import write
from tests.report.council_data import COUNCILS, view_of


@lru_cache(maxsize=len(COUNCILS))
def page_of(name):
    return write("council", "html", view_of(name))


def words_of(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page).replace("\u00a0", " "))


class Outline(HTMLParser):
    """What a browser would load, the headings, and whether elements close."""

    VOID = ("meta", "link", "br", "img", "input", "hr", "source", "path", "use")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.open: list[str] = []
        self.headings: list[str] = []
        self.ids: list[str] = []
        self.tags: list[tuple[str, dict]] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        facts = dict(attrs)
        self.tags.append((tag, facts))
        self.ids += [facts["id"]] if facts.get("id") else []
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(tag)
        for name in ("src", "srcset", "data", "poster", "xlink:href"):
            self.loads += [facts[name]] if name in facts else []
        if tag in ("link", "image", "use", "script", "iframe", "object", "embed"):
            self.loads.append(facts.get("href", tag))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            assert self.open.pop() == tag, (tag, self.getpos())


@pytest.mark.parametrize("name", COUNCILS)
def test_the_page_loads_nothing_and_is_well_formed(name):
    text = page_of(name)
    seen = Outline(text)
    assert not [one for one in seen.loads if not one.startswith("#")], seen.loads
    assert not re.search(r"url\((?!#)", text)
    assert "@import" not in text
    assert "<script" not in text
    assert "default-src 'none'" in text
    assert seen.open == []
    assert len(seen.ids) == len(set(seen.ids)), "an id stands twice"
    assert seen.headings[0] == "h1"
    assert seen.headings.count("h1") == 1
    assert len(text.encode()) < 300_000


@pytest.mark.parametrize("name", COUNCILS)
def test_the_page_can_be_read_without_eyes_or_colour(name):
    seen = Outline(page_of(name))
    tags = [tag for tag, _ in seen.tags]
    assert {"main", "header", "footer"} <= set(tags)
    assert ("a", {"class": "skip", "href": "#main"}) in seen.tags
    assert dict(seen.tags[0][1]) == {"lang": "en-GB"}
    for tag, facts in seen.tags:
        if tag == "svg":
            assert facts["role"] == "img"
            assert facts["aria-label"]
        if tag == "th":
            assert facts["scope"] in ("col", "row", "rowgroup")
    assert tags.count("caption") == tags.count("table")
    # Every chart has a title; the big ones a description and a table with the same figures.
    assert tags.count("title") == tags.count("svg") + 1


def test_each_svg_is_small():
    for name in COUNCILS:
        for chart in re.findall(r"<svg.*?</svg>", page_of(name), flags=re.DOTALL):
            assert len(chart.encode()) < 60_000


@pytest.mark.parametrize("name", COUNCILS)
def test_no_missing_value_is_printed(name):
    text = re.sub(r"<style>.*?</style>", "", page_of(name), flags=re.DOTALL)
    assert not re.search(r">\s*(nan|None|NaT|<NA>)\s*<", text)


@pytest.mark.parametrize("name", ["Croydon", "Kent", "Melton", "Isles of Scilly"])
def test_the_newest_figure_is_on_the_page_and_marked(name):
    figure = next(row for row in view_of(name)["indicators"] if row["indicator"] == "reserves_ratio")
    row = re.search(r"<a href=\"#m-reserves-ratio\">Usable reserves</a>&nbsp;◆.*?</tr>", page_of(name), re.DOTALL)[0]
    assert figure["text"].replace(" %", "\u00a0%") in row
    kind = "second-hand" if name == "Isles of Scilly" else "transcribed"  # it made no return: published totals alone
    assert f"2024-25 <small>{kind}</small>" in row
    sources = words_of(page_of(name)).split("Publications")[1]
    kind = (
        "second-hand" if name == "Isles of Scilly" else "exact lines transcribed from a republication of MHCLG's data"
    )
    outturn = sources.split("Revenue outturn, council by council: ")
    (newest,) = [part.split(".")[0] for part in outturn[1:] if part.startswith("2024-25 (")]
    assert kind in newest


def test_at_risk_page_answers_the_reader_s_questions():
    text = words_of(page_of("Sutton"))
    for question in (
        f"of the {view_of('Sutton')['score']['of']} councils without an earlier event on 1 January 2026, judged from",
        "By plain reserves (revenue reserves, unallocated and earmarked, over net revenue expenditure; lowest first)",
        "depends on how many councils will need support within 24 months, which no figure in the returns tells",
        "What raises the score",
        "What lowers it",
        "January since",
        "How sure is this?",
        "How sensitive the rank is: arithmetic, not advice",
        "What changed",
        "On the list of 1 January 2025 it ranked",
        "Where each figure comes from",
        "What the figures cannot see",
        "transcribed from a republication",
        "no verdict on a council",
        "The model is not causal",
        "Rank then",
    ):
        assert question in text, question
    for jargon in ("logit", "coefficient", "covariate", "intercept", "quantile", "bootstrap", "nan", "None", "E-0"):
        assert not re.search(rf"\b{jargon}\b", text), jargon


def test_an_event_already_page_gives_no_present_chance():
    text = words_of(page_of("Croydon"))
    assert "Its first event was announced on 11 November 2020" in text
    assert "On 1 January 2020, the last January before the event, it stood at rank " in text
    assert "What changed" not in text
    assert "How sensitive the rank is" not in text
    assert "What raised the score, on 1 January 2020" in text and "What raises the score" not in text
    assert "Section 114(3) notice" in text
    cumberland = words_of(page_of("Cumberland"))
    assert "Its first event was announced in March 2023" in cumberland
    assert "Copeland: Exceptional financial support" in cumberland
    assert "Allerdale, Carlisle, Copeland and Cumbria" in cumberland


def test_names_and_sources_are_escaped():
    view = deepcopy(view_of("Croydon"))
    bad = '<script>alert("x")</script> & Sons'
    view["council"]["name"], view["flags"] = bad, [bad]
    view["events"][0] |= {"what": bad, "sources": ["javascript:alert(1)", 'https://example.org/"onclick="x']}
    text = write("council", "html", view)
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    seen = Outline(text)
    assert not [facts for tag, facts in seen.tags if tag == "a" and facts["href"].startswith("javascript")]
    assert not [facts for _, facts in seen.tags if "onclick" in facts]


def test_links_of_the_site_and_pages_of_the_neighbours():
    view = view_of("Sutton")
    code = view["neighbours"][0]["ons_code"]
    around = {"links": [{"href": "../index.html", "text": "Watch list"}], "page_of": {code: "a & b.html"}}
    text = write("council", "html", {**view, **around})
    assert '<a href="../index.html">Watch list</a>' in text
    assert '<a href="a &amp; b.html">' in text


@pytest.mark.parametrize("name", COUNCILS)
def test_peers_who_recovered_and_the_place_are_on_the_page(name):
    view, text = view_of(name), words_of(page_of(name))
    alike = name not in ("City of London", "Isles of Scilly")  # these have no peers
    assert ("Peers who recovered, and by which lines" in text) == alike
    assert ("no proof of cause" in text) == alike
    for row in view["recovered"]:
        told = [part for part in text.split(row["council"]) if f"{row['from']} (figures of" in part]
        assert any(row["today"] in part and row["relapse"] in part for part in told)
    assert f"The place: {view['area']['name']}" in text
    if not view["area"]["single"]:
        assert view["area"]["total"]["spending"] in text
        for council in view["area"]["councils"]:
            assert council["council"] in text


def test_the_page_prints_on_two_sides_because_what_lies_beyond_is_for_the_screen():
    for name in COUNCILS:
        assert '<section aria-labelledby="place" class="screen-only">' in page_of(name)


def test_councils_unlike_any_other_say_so_first():
    for name in COUNCILS:
        text = words_of(page_of(name))
        odd = name in ("City of London", "Isles of Scilly")
        assert ("unlike any other in its duties" in text.split("ranks")[0]) == odd
        assert ("Its statistical neighbours" in text) == (not odd)


def test_rows_are_grouped_in_the_order_of_their_first():
    rows = [{"of": "b", "n": 1}, {"of": "a", "n": 2}, {"of": "b", "n": 3}]
    found = grouped(rows, "of")
    assert [(one["of"], [row["n"] for row in one["rows"]]) for one in found] == [("b", [1, 3]), ("a", [2])]


@pytest.mark.parametrize("name", COUNCILS)
def test_every_link_within_the_page_leads_somewhere(name):
    seen = Outline(page_of(name))
    within = [facts["href"][1:] for tag, facts in seen.tags if tag == "a" and facts["href"].startswith("#")]
    assert within and not set(within) - set(seen.ids)


@pytest.mark.parametrize("name", COUNCILS)
def test_every_figure_of_the_score_is_traced_to_a_form_line_a_year_and_a_source(name):
    view, page = view_of(name), page_of(name)
    told_of = view["score"] or view["before_the_event"]
    lines = {row["term"]: row for row in view["form_lines"]}
    shown = words_of(page.split('id="lines"')[1])
    for family in told_of["families"] if told_of else ():
        for row in family["indicators"]:
            if not row["outturn_year"]:
                continue
            found = lines[row["term"]]
            assert (found["figure"], found["outturn_year"]) == (row["figure"], row["outturn_year"])
            assert f"{row['outturn_year']} <small>{row['kind']}" in page
            assert found["lines"] and f'href="#lines-{row["term"].replace(" ", "-")}">{found["numbers"]}</a>' in page
            for line in found["lines"]:
                assert f"{line['number']}: {line['label']} {line['code']}".strip() in shown.replace("&#39;", "'")
    for row in view["indicators"]:
        assert not row["year"] or row["kind"], row["indicator"]


def test_what_a_county_returns_of_its_districts_duty_is_left_out():
    view, page = view_of("Kent"), page_of("Kent")
    housing = "General Fund housing and homelessness"
    assert housing not in [row["label"] for row in view["steps"]]
    assert housing not in [row["label"] for row in view["indicators"]]
    assert housing not in [row["label"] for row in view["change_in_words"]]
    assert "no duty of a county" in page and "no duty of a county" not in page_of("Sutton")
    # The family's sum is still whole.
    (demand,) = (bar for bar in view["score"]["families"] if bar["family"] == "demand")
    assert sum(row["log_odds"] for row in demand["indicators"]) == pytest.approx(demand["log_odds"])
