"""A council's page, text and JSON: whole, self-contained, escaped, small, and true to the published figures."""

from __future__ import annotations

import dataclasses
import json
import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import jsonschema
import pandas as pd
import pytest
from resilience.history import background

from resilience.analysis.mergers.proposed import every_merger
from resilience.formatting import pounds
from resilience.method import run
from resilience.report.formats import html
from resilience.report.formats.charts import sparkline
from resilience.report.views.council import assessment, to_html, to_json, to_text
from resilience.report.views.council_rows import change_rows
from resilience.report.wording.levers import WARNING

DAY = date(2026, 1, 1)
SCHEMA = json.loads((Path(__file__).parents[2] / "docs/schemas/assessment.schema.json").read_text("utf-8"))
COUNCILS = ["Sutton", "Croydon", "Cumberland", "Somerset", "Melton", "City of London", "Isles of Scilly", "Kent"]


@pytest.fixture(scope="module")
def shared(panel):
    return background(run(DAY, panel=panel))


@pytest.fixture(scope="module")
def assessed(shared):
    return {name: assessment(shared.run, name, shared=shared) for name in COUNCILS}


@pytest.fixture(scope="module")
def pages(assessed):
    return {name: to_html(one) for name, one in assessed.items()}


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
def test_the_page_loads_nothing_and_is_well_formed(name, pages):
    text = pages[name]
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
def test_the_page_can_be_read_without_eyes_or_colour(name, pages):
    seen = Outline(pages[name])
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


def test_each_svg_is_small(pages):
    for text in pages.values():
        for chart in re.findall(r"<svg.*?</svg>", text, flags=re.DOTALL):
            assert len(chart.encode()) < 60_000


@pytest.mark.parametrize("name", COUNCILS)
def test_json_keeps_to_its_schema(name, assessed):
    content = json.loads(to_json(assessed[name]))
    jsonschema.validate(content, SCHEMA, format_checker=jsonschema.FormatChecker())
    score = content["score"] or content["before_the_event"]
    if score:
        total = score["reference_log_odds"] + sum(one["log_odds"] for one in score["contributions"])
        assert abs(total - score["log_odds"]) < 1e-9
    if content["change"]:
        moved = sum(one["points"] for one in content["change"]["parts"])
        assert abs(content["change"]["chance_then"] + moved - content["score"]["chance"]) < 1e-9


@pytest.mark.parametrize(("name", "code"), [("Croydon", "E09000008"), ("Kent", "E10000016"), ("Melton", "E07000133")])
def test_figures_on_the_page_are_those_of_the_panel(name, code, assessed, pages, panel):
    """Worked out here from the published lines, not by the library's formulas."""
    rows = panel[panel["ons_code"] == code].set_index("year")
    spending = rows["rs_netrevexp_net_exp"]
    indicators = assessed[name].indicators.set_index("indicator")
    last = int(rows.index[rows["rs_resunall_end_cy"].notna() & (rows.index <= 2024)].max())
    own = {
        "unallocated_ratio": rows["rs_resunall_end_cy"] / spending,
        "interest_ratio": rows["rs_intextpay_net_exp"] / spending,
    }
    newest = int(rows.index[rows["known_from"] < pd.Timestamp(DAY)].max())
    reserves = rows["int_reserves_unallocated_and_earmarked"].where(rows["source_kind"] == "interim")
    assert indicators.at["reserves_ratio", "value"] == pytest.approx(reserves[newest] / spending[newest])
    assert indicators.at["reserves_ratio", "year"] == rows.at[newest, "outturn_year"]
    assert indicators.at["unallocated_ratio", "value"] == pytest.approx(own["unallocated_ratio"][last])
    assert indicators.at["unallocated_ratio", "series"][2019] == pytest.approx(own["unallocated_ratio"][2019])
    assert indicators.at["interest_ratio", "series"][last] == pytest.approx(own["interest_ratio"][last])
    share = 100 * reserves[newest] / spending[newest]
    shown = f"{share:.0f}\u00a0%" if share >= 9.95 else f"{share:.1f}\u00a0%"
    row = re.search(r"<tr><th scope=\"row\">Usable reserves&nbsp;◆.*?</tr>", pages[name], flags=re.DOTALL)[0]
    assert shown in row
    assert "2024-25*" in row


def test_at_risk_page_answers_the_reader_s_questions(pages, assessed):
    text = re.sub(r"<[^>]+>", " ", pages["Sutton"]).replace("\u00a0", " ")
    why = assessed["Sutton"].explanation
    for question in (
        "the chance that Sutton needs exceptional support or intervention within 24 months",
        f"Of {why.of} councils at risk it ranks",
        "What raises the chance",
        "What lowers it",
        "January since",
        "How sure is this?",
        "What would change it",
        "Where the figures come from",
        "What the figures cannot see",
        "second-hand",
        "no verdict on a council",
    ):
        assert question in text, question
    for jargon in ("logit", "coefficient", "covariate", "intercept", "quantile", "bootstrap", "nan", "None", "E-0"):
        assert not re.search(rf"\b{jargon}\b", text), jargon


def test_an_event_already_page_gives_no_present_chance(pages, assessed):
    text = re.sub(r"<[^>]+>", " ", pages["Croydon"]).replace("\u00a0", " ")
    assert "Its first event was announced on 11 November 2020" in text
    assert "On 1 January 2020, the last January before the event, the chance stood at" in text
    assert "What changed in a year" not in text
    assert "What would change it" not in text
    assert "Section 114(3) notice" in text
    assert json.loads(to_json(assessed["Croydon"]))["score"] is None
    cumberland = re.sub(r"<[^>]+>", " ", pages["Cumberland"]).replace("\u00a0", " ")
    assert "Its first event was announced in February 2023" in cumberland
    assert "Copeland: Exceptional financial support" in cumberland
    assert "Allerdale, Carlisle, Copeland and Cumbria" in cumberland


def test_a_council_without_a_return_is_told_so(panel):
    gone = panel[~((panel["ons_code"] == "E07000133") & (panel["year"] > 2019))]
    one = run(DAY, panel=gone, intervals=False)
    none = pd.DataFrame(columns=["origin", "ons_code", "status", "risk", "event", "observed"])
    empty = none.assign(**{name: None for name in ("class", "band", "rank", "of", "tier", "log_odds", "intercept")})
    melton = assessment(one, "Melton", shared=background(one, history=empty))
    text = to_html(melton)
    assert "Cannot be scored" in text
    assert "the chance that Melton" not in text
    content = json.loads(to_json(melton))
    jsonschema.validate(content, SCHEMA)
    assert (content["status"], content["score"]) == ("cannot be scored", None)
    assert "Cannot be scored" in to_text(melton)


def test_names_and_sources_are_escaped(assessed):
    one = assessed["Croydon"]
    bad = '<script>alert("x")</script> & Sons'
    why = dataclasses.replace(one.explanation, council=bad, flags=(("2023-24", bad),))
    events = one.events.copy()
    events.at[0, "what"] = bad
    events.at[0, "sources"] = ["javascript:alert(1)", 'https://example.org/"onclick="x']
    text = to_html(dataclasses.replace(one, explanation=why, events=events))
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    seen = Outline(text)
    assert not [facts for tag, facts in seen.tags if tag == "a" and facts["href"].startswith("javascript")]
    assert not [facts for _, facts in seen.tags if "onclick" in facts]


def test_links_of_the_site_and_pages_of_the_neighbours(assessed):
    one = assessed["Sutton"]
    code = one.peers["ons_code"].iloc[0]
    text = to_html(one, links=[{"href": "../index.html", "text": "Watch list"}], page_of={code: "a & b.html"})
    assert '<a href="../index.html">Watch list</a>' in text
    assert '<a href="a &amp; b.html">' in text


def test_text_fits_a_terminal_of_eighty_columns(assessed):
    for one in assessed.values():
        text = to_text(one, width=80)
        assert max(map(len, text.splitlines())) <= 100
        wrapped = [line for line in text.splitlines() if not line.startswith("Figures (")]
        assert max(map(len, wrapped)) <= 80
        assert one.explanation.council in text.splitlines()[0]
        assert "What figures cannot see" in text


def test_sparkline_leaves_gaps_open():
    text = sparkline({2008: 0.1, 2009: 0.2, 2012: 0.3, 2014: 0.1, 2015: 0.4}, label="A & B", first=2008, last=2024)
    assert text.count("<polyline") == 2
    assert text.count("<circle") == 2  # the lone year, and the last
    assert "A &amp; B, 2007-08 to 2014-15" in text
    assert sparkline({}, label="x", first=2008, last=2024) == ""


def test_base_page_and_its_helpers():
    text = html.page("base.html.j2", links=[{"href": "x.html", "text": "<b>", "here": True}])
    assert '<a href="x.html" aria-current="page">&lt;b&gt;</a>' in text
    assert html.slug("St Helens & Co.") == "st-helens-co"
    assert html.kept_together("9 % on 31 March <2024>") == "9\u00a0% on 31\u00a0March &lt;2024&gt;"
    assert "/*" not in html.style()


def words_of(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page).replace("\u00a0", " "))


@pytest.mark.parametrize("name", COUNCILS)
def test_peers_who_recovered_and_the_place_are_on_the_page_and_in_the_json(name, assessed, pages):
    beyond, content = assessed[name].beyond, json.loads(to_json(assessed[name]))
    text = words_of(pages[name])
    assert "Peers who recovered, and by which lines" in text
    assert "no proof of cause" in text
    told = content["peers_then_and_later"]
    assert [one["council"] for one in told["recovered"]] == [one.council for one in beyond.story.recovered]
    for one in beyond.story.recovered[:3]:
        assert one.council in text
        assert any(f"in January {one.start} (figures of" in part for part in text.split(one.council))
    assert f"The place: {beyond.place.name}" in text
    sums = beyond.place.councils[["spending", "reserves", "interest", "debt"]].sum(min_count=1)
    for what, amount in sums.items():
        assert content["place"]["totals"][what] == pytest.approx(amount)
    if not beyond.place.single:
        assert pounds(sums["spending"]) in text
        for council in beyond.place.councils["council"]:
            assert council in text


def test_the_page_prints_on_two_sides_because_what_lies_beyond_is_for_the_screen(pages):
    for text in pages.values():
        for part in ("recovered", "place"):
            assert f'<section aria-labelledby="{part}" class="screen-only">' in text


def test_councils_unlike_any_other_say_so_first(assessed, pages):
    for name in COUNCILS:
        text = words_of(pages[name])
        odd = name in ("City of London", "Isles of Scilly")
        assert ("unlike any other in its duties" in text.split("ranks")[0]) == odd
        assert (text.count("It has no close neighbours") == 2) == odd
        assert bool(json.loads(to_json(assessed[name]))["warnings"]) == odd


def test_what_would_change_it_says_that_the_model_is_not_causal(pages, assessed):
    assert "The model is not causal" in words_of(pages["Sutton"])
    assert json.loads(to_json(assessed["Sutton"]))["what_would_change_it_warning"] == WARNING
    assert "No one step within its reach" in words_of(pages["Sutton"])


def test_a_change_without_a_change_of_the_figure_is_said_in_words(assessed):
    why = assessed["Kent"].explanation
    moved = [row["moved"] for row in change_rows(why)]
    assert any(" → " in one for one in moved) and not any(one.startswith("still") for one in moved)
    same = why.change.assign(value_then=why.change["value_now"])
    for row in change_rows(dataclasses.replace(why, change=same)):
        assert row["still"] and row["moved"].startswith("still ")
        assert row["moved"].endswith(("its tier moved", "others moved"))


def test_a_council_to_be_taken_into_another_says_what_that_would_inherit(shared):
    late = dataclasses.replace(shared.run, as_of=date(2026, 11, 22))
    mergers = {"East Surrey Council": every_merger(late, "E07000207")["East Surrey Council"]}
    one = assessment(shared.run, "Elmbridge", shared=shared, mergers=mergers)
    text = words_of(to_html(one, mergers_page="../mergers.html"))
    assert "It is to become part of East Surrey Council (decided on 10 March 2026, to begin on 1 April 2027)." in text
    assert "No such council exists yet" in text
    assert 'href="../mergers.html#east-surrey-council"' in to_html(one, mergers_page="../mergers.html")
    content = json.loads(to_json(one))
    jsonschema.validate(content, SCHEMA)
    assert [each["name"] for each in content["new_councils"]] == ["East Surrey Council"]
    assert 'resilience merge --proposal "East Surrey"' in to_text(one)
    # On a day before the decision nothing of it was known.
    assert every_merger(shared.run, "E07000207") == {}


def test_command_line(cli, tmp_path):
    done = cli("assess", "Kent", "--as-of", "2020-01-01", "--format", "json")
    jsonschema.validate(json.loads(done.out), SCHEMA)
    cli("assess", "Croydn").sentence("Croydon")
    cli("assess", "Kent", "--as-of", "tomorrow").sentence("2020-01-01")
    page = tmp_path / "kent.html"
    assert cli("assess", "Kent", "--as-of", "2020-01-01", "--format", "html", "--output", page).code == 0
    assert page.read_text("utf-8").startswith("<!doctype html>")
