"""Replies and corrections as shown: on the council's page, in its text and JSON, and on the page that lists them."""

import json
from datetime import date

import pytest
from jsonschema import Draft202012Validator

from resilience import paths
from resilience.analysis.replies import Replies, Statement
from resilience.report.views import council, replies
from resilience.report.writers import PAGE, write
from tests.report.site_data import one_run

CROYDON = "E09000008"
SAID = Replies(
    "the contact of the file",
    (
        Statement(
            "reply", CROYDON, date(2026, 11, 30), "Section 151 officer", "One <b>part</b>.\n\nAnother.", "https://a.b"
        ),
        Statement(
            "correction", CROYDON, date(2026, 11, 20), "Finance", "A request.", "", "interest_ratio", "2024-25", "open"
        ),
        Statement(
            *("correction", CROYDON, date(2026, 11, 1), "Finance", "Older.", "", "event", "", "not accepted"),
            *(date(2026, 11, 9), "As published."),
        ),
    ),
)


@pytest.fixture
def told(monkeypatch):
    monkeypatch.setitem(one_run()._made, "replies", SAID)
    return council.view(one_run(), CROYDON)


def test_nothing_is_shown_where_nothing_was_said():
    view = council.view(one_run(), CROYDON)
    assert view["replies"] == view["corrections"] == []
    assert "What the council says" not in write("council", "html", view) + write("council", "text", view)


def test_a_page_shows_what_its_council_said_and_no_other_s(told):
    text = write("council", "html", told)
    assert "What the council says" in text and "One &lt;b&gt;part&lt;/b&gt;." in text and "<p>Another.</p>" in text
    assert "Correction asked for: Interest payable, 2024-25" in text and "stands as published until then" in text
    assert "Not accepted, 9\u00a0November 2026." in text and "As published." in text
    assert "What the council says" not in write("council", "html", council.view(one_run(), "Kent"))


def test_its_text_and_json_have_it_too(told):
    text = " ".join(write("council", "text", told).split())
    assert "Section 151 officer, 30 November 2026: One <b>part</b>. Another." in text
    assert "Became of it: not accepted, 9 November 2026: As published." in text
    content = json.loads(write("council", "json", told))
    schema = json.loads((paths.schemas() / "assessment.schema.json").read_text("utf-8"))
    assert list(Draft202012Validator(schema).iter_errors(content)) == []
    assert content["replies"][0]["text"] == "One <b>part</b>.\n\nAnother."
    assert [one["status"] for one in content["corrections"]] == ["open", "not accepted"]
    assert content["corrections"][1]["decided"] == "2026-11-09" and content["corrections"][0]["decided"] is None


def test_a_reply_moves_no_score(told):
    before = dict(told)
    del one_run()._made["replies"]
    after = council.view(one_run(), CROYDON)
    assert {**before, "replies": [], "corrections": []} == after


def test_the_page_lists_everything_and_says_whom_to_ask(told):
    view = replies.view(one_run(), "", lambda code: f"councils/{code}.html")
    text = write("corrections", PAGE, {**view, "links": []})
    assert "the contact of the file" in text and f'href="councils/{CROYDON}.html"' in text
    assert text.count('<tr><th scope="row">') == 3 and "Correction: Interest payable, 2024-25" in text
    given = write("corrections", PAGE, {**replies.view(one_run(), "ask me", lambda code: None), "links": []})
    assert "ask me" in given and "the contact of the file" not in given


def test_without_a_contact_the_page_names_the_issue_tracker():
    view = replies.view(one_run(), "", lambda code: None)
    assert view["contact"] == "" and view["asked"] == []
    for subject in ("corrections", "accessibility"):
        text = write(subject, PAGE, {**view, "links": []})
        assert "issue tracker" in text and "@" not in text.split("<main")[1]


def test_the_command_hands_the_contact_on(cli, monkeypatch, tmp_path):
    given = {}
    monkeypatch.setattr("resilience.report.site.build_site", lambda folder, **named: given.update(named) or folder)
    assert cli("site", "-o", tmp_path, "--contact", "ask me").code == 0
    assert given == {"as_of": None, "contact": "ask me"}
