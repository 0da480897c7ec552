"""The scoreboard says plainly who did worse, how little few events decide, and that nothing has come yet."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from jsonschema import Draft202012Validator, FormatChecker

from resilience import paths
from resilience.backtest.frozen import MODEL, read
from resilience.backtest.scoreboard import RESERVES
from resilience.report.views.scoreboard import view
from resilience.report.writers import PAGE, write
from tests.report.site_data import small_folder

pytestmark = pytest.mark.skipif(not paths.frozen().is_dir(), reason="an installed package has no frozen lists")
SCHEMA = Path(__file__).resolve().parents[3] / "docs" / "schemas" / "scoreboard.schema.json"
NAMES = ("2026-01-01-0.1.0.json", "2026-11-24-0.1.0.json")


@pytest.fixture(scope="module")
def october(events):
    return events.known_by(date(2026, 11, 1))


@pytest.fixture(scope="module")
def lists():
    return [read(paths.frozen() / name) for name in NAMES]


@pytest.fixture(scope="module")
def shown(october, lists):
    return view(october, lists=lists, draws=50)


def in_every_form(shown):
    forms = {"table": shown, "markdown": shown, PAGE: {**shown, "links": []}}
    for form, given in forms.items():
        yield form, " ".join(str(write("scoreboard", form, given)).replace("\u00a0", " ").split())


def test_it_says_plainly_what_the_blind_test_showed(shown):
    for form, text in in_every_form(shown):
        for words in (
            "On its blind test, this list did worse than ranking by reserves alone: AUC 0.79 against 0.92",
            "5 against 7 of 10 among the first 30",
            "10 events, all of one day, do not settle which of two rankings is better",
            "The claim “better than reserves” needs 20 times the stake in the bet below and is not met (0.31)",
            "no later event was known to it",
            "The list of 24 November 2026, by version 0.1.0: nothing has come yet; the register of events ends on",
        ):
            assert words in text, (form, words)


def test_the_forms_agree(shown):
    rankings = next(one for one in shown["tables"] if one["columns"][0] == "Ranking")
    first = shown["content"]["lists"][0]
    assert len(rankings["rows"]) == len(first["rankings"])
    assert rankings["rows"][0][3:7] == [f"{first['rankings'][MODEL][f'hits_{one}']:.0f}" for one in (10, 20, 30, 50)]
    assert first["at_risk"] == 273 and shown["content"]["lists"][1]["first_events"] == []
    for _, text in in_every_form(shown):
        assert all(one["council"] in text for one in first["first_events"])


def test_what_programs_get_keeps_to_its_schema(shown):
    schema = json.loads(SCHEMA.read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    keeps = Draft202012Validator(schema, format_checker=FormatChecker())
    content = json.loads(str(write("scoreboard", "json", shown)))
    assert [f"{list(error.path)}: {error.message}" for error in keeps.iter_errors(content)] == []
    content["lists"][0]["rankings"][MODEL]["auc"] = 1.2
    assert not keeps.is_valid(content)


def swapped(one):
    """Return a list as if the model had ranked like reserves, and reserves like the model."""
    ranks = one.ranks.rename(columns={MODEL: RESERVES, RESERVES: MODEL})
    return replace(one, ranks=ranks[list(one.ranks)])


def test_the_words_follow_the_figures(october, lists):
    text = view(october, lists=[swapped(lists[0])], draws=0)["introduction"]
    assert "did better than ranking by reserves alone: AUC 0.92 against 0.79" in text
    assert "is met (94)" in text
    known = replace(lists[0], facts={**lists[0].facts, "events_at_hand_to": "2026-10-31"})
    text = view(october, lists=[known], draws=0)["introduction"]
    assert "blind test" not in text and "so no test" in text
    same = replace(lists[0], ranks=lists[0].ranks.assign(**{MODEL: lists[0].ranks[RESERVES]}))
    assert "did about as well as ranking by reserves" in view(october, lists=[same], draws=0)["introduction"]


def test_a_council_the_list_gives_no_rank_is_named(october, lists):
    status = lists[0].councils["status"].mask(lists[0].councils["council"] == "Isles of Scilly", "cannot be scored")
    text = view(october, lists=[replace(lists[0], councils=lists[0].councils.assign(status=status))], draws=0)
    assert "at councils it gives no rank, not counted: Isles of Scilly." in text["introduction"]


def test_of_an_earlier_day_it_shows_only_what_was_frozen_by_then(october):
    before = view(october, date(2026, 11, 30), draws=0)
    assert before["content"]["lists"] == [] and "No list has been frozen yet." in before["introduction"]
    for _, text in in_every_form(before):
        assert "No list has been frozen yet." in text
    assert {one["file"] for one in view(october, date(2026, 12, 1), draws=0)["content"]["lists"]} >= set(NAMES)


def test_the_site_has_the_page_in_its_navigation():
    for name in ("index.html", "scoreboard.html"):
        assert '<a href="scoreboard.html"' in (small_folder() / name).read_text("utf-8")


def test_the_command(cli, tmp_path, monkeypatch):
    done = cli("backtest", "--frozen", "--bootstrap", "20")
    assert done.code == 0 and "The list of 1 January 2026, by version 0.1.0" in done.out
    content = json.loads(cli("backtest", "--frozen", "--bootstrap", "0", "--format", "json").out)
    assert {one["file"] for one in content["lists"]} >= set(NAMES)
    for path in paths.frozen().iterdir():
        name, text = path.name, path.read_text("utf-8")
        (tmp_path / name).write_text(text.replace('"rank": 2,', '"rank": 3,', 1), "utf-8")
    monkeypatch.setattr("resilience.backtest.frozen.paths.frozen", lambda: tmp_path)
    cli("backtest", "--frozen").sentence("was changed after it was frozen")
    for path in tmp_path.iterdir():
        path.unlink()
    cli("backtest", "--frozen").sentence("No list is frozen in", "'resilience freeze' freezes one")


def test_another_register_may_reach_further(cli, tmp_path, register_text):
    columns = register_text.splitlines()[0].split(",")
    row = dict.fromkeys(columns, "") | {
        "council": "Sutton",
        "ons_code": "E09000029",
        "event_type": "efs",
        "subtype": "in_principle",
        "date": "2026-11-26",
        "date_precision": "day",
        "financial_year": "2026-27",
        "amount_gbp_m": "1",
        "cause": "financial",
        "basis": "made up",
        "certainty": "high",
        "source": "https://example.org",
    }
    path = tmp_path / "later.csv"
    path.write_text(register_text + ",".join(row[name] for name in columns) + "\n", "utf-8")
    path.with_suffix(".toml").write_text("register_to = 2026-11-30\n", "utf-8")
    done = cli("backtest", "--frozen", "--bootstrap", "0", "--format", "json", "--events", path)
    assert done.code == 0, done.err
    lists = {one["file"]: one for one in json.loads(done.out)["lists"]}
    assert len(lists[NAMES[0]]["first_events"]) == 11
    event = lists[NAMES[1]]["first_events"][0]
    assert (event["council"], event["date"], event["ranks"][MODEL]) == ("Sutton", "2026-11-26", 1)
    assert lists[NAMES[1]]["rankings"][MODEL]["hits_10"] == 1
    assert lists[NAMES[1]]["bets"][RESERVES]["list_against_rule"]["events"] == 1
    assert pd.Timestamp(lists[NAMES[1]]["until"]) == pd.Timestamp(2026, 11, 30)
