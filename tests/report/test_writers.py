"""The table of writers: each is there, each view of it is plain, and its formats agree."""

import csv
import io
import json
import subprocess
import sys
from datetime import date
from functools import cache
from importlib import import_module

import pytest

from resilience import cli, method, paths
from resilience.analysis.mergers.proposed import every_merger
from resilience.analysis.own_figures.assess import known_rows
from resilience.analysis.own_figures.checks import check_table
from resilience.analysis.own_figures.read import Table
from resilience.backtest.again import record as again_record
from resilience.errors import DataError
from resilience.indicators.compute import compute_indicators
from resilience.report.documents import LIST_ON
from resilience.report.views import (
    checks,
    coverage,
    dictionary,
    directions,
    merger,
    mergers,
    methods,
    national,
    own_figures,
    past_lists,
    peers,
    place,
    places,
    record,
    record_page,
    rivals,
    scoreboard,
    support_again,
    workbook,
)
from resilience.report.views import map as tile_map
from resilience.report.writers import PAGE, WRITERS, forms, write
from resilience.tables.events import load_events
from resilience.tables.panel import load_panel
from tests.report.council_data import view_of
from tests.report.site_data import one_run, small_site

PLAIN = (dict, list, str, int, float, bool, type(None), date)


def site_view(make):
    return lambda: {**make(small_site()), "links": []}


CROYDON = "E09000008"


def own_view():
    """Return a view of own figures of which none is supplied."""
    run = one_run()
    figures = check_table(Table("own.csv", CROYDON, {}, {}, ()), known_rows(run, CROYDON), run.as_of)
    return own_figures.view(run, CROYDON, figures)


VIEWS = {
    "watchlist": lambda: workbook.view(one_run()),
    "council": lambda: view_of("Sutton"),
    "own_figures": own_view,
    "peers": lambda: peers.view(small_site().run, "Croydon"),
    "place": lambda: place.view(small_site().run, "Kent"),
    "merger": lambda: merger.view(small_site().run, every_merger(small_site().run, "E07000217")["West Surrey Council"]),
    "proposals": merger.proposals,
    "national": site_view(lambda site: national.view(site.run)),
    "record": lambda: record.view(small_site().record),
    "record page": site_view(lambda s: record_page.view(s.run, s.record, s.lists, s.address)),
    "support again": lambda: support_again.view(
        again_record(compute_indicators(load_panel()), load_events()), load_events()
    ),
    "scoreboard": lambda: {**scoreboard.view(load_events(), draws=20), "links": []},
    "checks": lambda: checks.view(council="Croydon"),
    "history": site_view(lambda s: past_lists.history_view(s.run, s.lists, s.address)),
    "january": site_view(lambda s: past_lists.january_view(s.run, s.lists[0], s.lists, s.address)),
    "map": site_view(lambda s: tile_map.view(s.run, s.address)),
    "places": site_view(lambda s: places.view(s.run, s.address)),
    "mergers": site_view(lambda s: mergers.view(s.run, s.mergers, s.past_mergers, s.address)),
    "methods": site_view(lambda s: methods.view(s.run, s.record.blind_year)),
    "dictionary": site_view(lambda s: dictionary.view(s.run)),
    "coverage": lambda: coverage.view(compute_indicators(load_panel())),
    "directions": lambda: directions.view(load_panel(), load_events()),
    "rivals": lambda: rivals.view(compute_indicators(load_panel()), load_events(), LIST_ON),
}
#: Views that take minutes, or another file: their own tests make small ones.
ELSEWHERE = {"studies", "revision"}


@cache
def view(subject):
    return VIEWS[subject]()


def not_plain(thing, where=""):
    if type(thing) not in PLAIN:
        yield f"{where}: {type(thing).__name__}"
    elif isinstance(thing, dict):
        for name, one in thing.items():
            assert type(name) is str, f"{where}: key {name!r}"
            yield from not_plain(one, f"{where}.{name}")
    elif isinstance(thing, list):
        for at, one in enumerate(thing):
            yield from not_plain(one, f"{where}[{at}]")


@pytest.mark.parametrize("where", sorted(set(WRITERS.values())))
def test_every_writer_is_there(where):
    module, _, name = where.partition(":")
    assert callable(getattr(import_module(f"resilience.report.formats.{module}"), name))


@pytest.mark.parametrize("subject", list(VIEWS))
def test_a_view_is_plain(subject):
    assert list(not_plain(view(subject))) == []
    json.dumps(view(subject), default=str)


@pytest.mark.parametrize(("subject", "form"), [pair for pair in WRITERS if pair[0] in VIEWS])
def test_every_format_can_be_written_and_leaves_the_view_alone(subject, form):
    before = json.dumps(view(subject), default=str)
    assert write(subject, form, view(subject))
    assert json.dumps(view(subject), default=str) == before


def test_each_subject_has_a_view():
    assert {subject for subject, _ in WRITERS} - ELSEWHERE == set(VIEWS)


@pytest.mark.parametrize(
    ("subject", "form"), [pair for pair in WRITERS if pair[0] in ("watchlist", "council", "own_figures")]
)
def test_a_view_that_went_through_json_is_written_the_same(subject, form):
    read_back = json.loads(json.dumps(view(subject), allow_nan=False))
    assert write(subject, form, read_back) == write(subject, form, view(subject))


def test_what_there_is_not_is_refused_in_one_sentence():
    with pytest.raises(DataError, match="'pdf' is no format of watchlist; choose among table, csv, json, xlsx, html"):
        write("watchlist", "pdf", {})
    with pytest.raises(DataError, match="There is no report 'weather'"):
        forms("weather")


def test_commands_offer_the_formats_of_the_table_and_no_page_of_the_site():
    offered = {
        "watchlist": cli.ListFormat,
        "council": cli.CouncilFormat,
        "record": cli.RecordFormat,
        "peers": cli.PeersFormat,
        "place": cli.PlaceFormat,
        "merger": cli.MergerFormat,
        "national": cli.NationalFormat,
    }
    for subject, choice in offered.items():
        assert [form.value for form in choice] == [form for one, form in WRITERS if one == subject and form != PAGE]
    assert set(forms("own_figures")) == set(forms("council"))  # one option serves both


def test_only_the_writer_asked_for_is_imported():
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from resilience.report.writers import writer\n"
            "for subject, form in (('watchlist', 'table'), ('watchlist', 'csv'), ('council', 'text')):\n"
            "    writer(subject, form)\n"
            "print(sorted({'matplotlib', 'xlsxwriter', 'jinja2'} & set(sys.modules)))",
        ],
        capture_output=True,
        text=True,
        check=True,
        cwd=paths.home(),
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("name", ["Croydon", "Barnsley", "Cumberland", "Kent", "Woking", "City of London"])
def test_peers_agree_in_every_format(name):
    shown = peers.view(small_site().run, name)
    text, content = write("peers", "text", shown), json.loads(write("peers", "json", shown))
    rows = list(csv.reader(io.StringIO(write("peers", "csv", shown))))
    names = [one["council"] for one in content["neighbours"]]
    assert rows[0][-15:] == names
    assert all(one[:34] in text for one in names)
    assert content["alone"] == (name == "City of London") == ("no close neighbours" in text)
    assert len(content["indicators"]) == len(rows) - 1
    assert max(len(line) for line in text.splitlines()) <= 110


@pytest.mark.parametrize("name", ["Kent", "Woking", "Croydon", "Cumberland", "Barnsley"])
def test_a_place_agrees_in_every_format(name):
    shown = place.view(small_site().run, name)
    text, content = write("place", "text", shown), json.loads(write("place", "json", shown))
    assert all(one["council"][:28] in text for one in content["councils"])
    assert ("one tier" in text) == shown["single"] == content["single_tier"]
    rows = list(csv.DictReader(io.StringIO(write("place", "csv", shown))))
    assert [row["council"] for row in rows] == [one["council"] for one in content["councils"]]
    for amount in ("spending", "reserves", "debt", "dsg_deficit"):
        given = [one[amount] for one in content["councils"] if one[amount] is not None]
        assert content["totals"][amount] == (pytest.approx(sum(given)) if given else None)
        assert [row[amount] for row in rows if row[amount]] == [f"{one:.6g}" for one in given]


def test_a_place_whose_name_is_a_formula_is_text_in_csv(monkeypatch):
    shown = place.view(small_site().run, "Kent")
    at = shown["table"]["columns"].index("council")
    shown["table"]["rows"][0][at] = "=HYPERLINK(1)"
    assert ",'=HYPERLINK(1)," in write("place", "csv", shown).replace("E10000016,", ",", 1)


def test_the_national_picture_agrees_in_every_format():
    run = method.run(date(2026, 11, 1), intervals=False)
    shown = national.view(run)
    text, content = write("national", "text", shown), json.loads(write("national", "json", shown))
    rows = [one for one in csv.DictReader(io.StringIO(write("national", "csv", shown))) if one["grouping"] == "all"]
    assert [int(row["1–10"]) for row in rows] == [one["1–10"] for one in content["counts"]]
    assert [one["bands"][0][1] for one in shown["counts"]] == [one["1–10"] for one in content["counts"]]
    assert "London boroughs" in text and "most deprived third" in text and "31 October 2026" in text


def test_west_surrey_says_what_it_is_and_is_not():
    shown = view("merger")
    text = " ".join(write("merger", "text", shown).split())
    for words in ("No such council exists yet", "Woking had exceptional support", "Not whole: Surrey", "of its tier"):
        assert words in text
    content = json.loads(write("merger", "json", shown))
    assert content["exists"] is False and len(content["predecessors"]) == 7
    assert content["risk_low"] < content["risk"] < content["risk_high"]
