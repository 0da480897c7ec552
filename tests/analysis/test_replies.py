"""What councils have said: read as written, and refused in one sentence where it is not whole."""

from datetime import date

import pytest

from resilience import paths
from resilience.analysis.replies import LONGEST, Replies, load_replies
from resilience.errors import DataError

TODAY = date(2026, 12, 1)
REPLY = """
[[reply]]
council = "Croydon"
received = 2026-11-30
from = "Section 151 officer"
text = "As sent."
"""
CORRECTION = """
[[correction]]
council = "E09000008"
received = 2026-11-20
from = "Finance"
figure = "reserves_ratio"
year = "2024-25"
text = "It should be another."
status = "open"
"""
DECIDED = 'status = "accepted"\ndecided = 2026-11-25\ndecision = "Misread; put right."'


def read(tmp_path, text):
    file = tmp_path / "replies.toml"
    file.write_text(text, "utf-8")
    return load_replies(file, today=TODAY)


def test_nobody_has_said_anything_in_the_shipped_file():
    assert paths.replies().is_file()
    assert load_replies() == Replies()


def test_without_a_file_nobody_has(tmp_path):
    assert load_replies(tmp_path / "none.toml") == Replies()


def test_what_is_written_is_read(tmp_path):
    text = 'contact = " ask here "' + REPLY + CORRECTION.replace('status = "open"', DECIDED)
    found = read(tmp_path, text)
    assert found.contact == "ask here"
    reply, correction = found.statements
    assert (reply.kind, reply.ons_code, reply.sender, reply.text) == (
        "reply",
        "E09000008",
        "Section 151 officer",
        "As sent.",
    )
    assert (correction.figure, correction.year, correction.status) == ("reserves_ratio", "2024-25", "accepted")
    assert correction.decided == date(2026, 11, 25) and correction.decision == "Misread; put right."
    assert found.of("E09000008", "reply") == [reply] and found.of("E10000016", "reply") == []


def test_the_newest_stands_first(tmp_path):
    older = REPLY.replace("2026-11-30", "2026-11-01")
    assert [one.received.day for one in read(tmp_path, older + REPLY).statements] == [30, 1]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("contact = ", "cannot be read"),
        ("answer = 1", "'answer', which is none of contact, reply and correction"),
        ("contact = 3", "contact is to be a text"),
        ("reply = 1", r"write each reply under a heading of its own, \[\[reply\]\]"),
        (REPLY.replace('"Croydon"', '"Atlantis"'), "reply 1: .*Atlantis"),
        (REPLY.replace('"Croydon"', "7"), "'council' is to be a text"),
        (REPLY.replace("text =", "words ="), "has 'words', which a reply does not have"),
        (REPLY.replace('text = "As sent."', ""), "lacks 'text'"),
        (REPLY.replace("As sent.", " "), "'text' is to be a text"),
        (REPLY.replace("As sent.", "\\u001b[2J"), "cannot be printed"),
        (REPLY.replace("As sent.", "x" * (LONGEST + 1)), "2,001 characters; at most 2,000 are shown"),
        (REPLY.replace("2026-11-30", '"2026-11-30"'), "'received' is to be a day"),
        (REPLY.replace("2026-11-30", "2026-11-30T09:00:00"), "'received' is to be a day"),
        (REPLY.replace("2026-11-30", "2027-01-01"), "2027-01-01, which is still to come"),
        (REPLY + 'source = "javascript:alert(1)"', "is no address"),
        (CORRECTION.replace("reserves_ratio", "wealth"), "'wealth' is neither an indicator nor a line"),
        (CORRECTION.replace("reserves_ratio", "event"), "give the year of a figure, and none for an event"),
        (CORRECTION.replace('year = "2024-25"', ""), "give the year of a figure"),
        (CORRECTION.replace("2024-25", "2024-27"), "correction 1: .*not a financial year"),
        (CORRECTION.replace("open", "maybe"), "status 'maybe' is none of open, accepted, not accepted"),
        (CORRECTION.replace("open", "accepted"), "give 'decided' once it is accepted"),
        (CORRECTION + "decided = 2026-11-25", "give 'decided' once"),
        (CORRECTION.replace('status = "open"', DECIDED).replace("2026-11-25", "2026-11-02"), "before it was received"),
    ],
)
def test_what_is_not_whole_is_refused(tmp_path, text, said):
    with pytest.raises(DataError, match=said) as refused:
        read(tmp_path, text)
    assert "replies.toml" in str(refused.value) and "\n" not in str(refused.value)


@pytest.mark.parametrize("figure", ["rs_intextpay_net_exp", "event"])
def test_a_line_or_an_event_can_be_meant(tmp_path, figure):
    text = CORRECTION.replace("reserves_ratio", figure)
    found = read(tmp_path, text.replace('year = "2024-25"', "") if figure == "event" else text)
    assert found.statements[0].figure == figure
