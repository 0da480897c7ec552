"""Atom as RFC 4287 wants it."""

import re
from xml.etree import ElementTree

import pytest

from resilience.report.formats.atom import ATOM
from resilience.report.writers import write

VIEW = {
    "id": "urn:uuid:614d8325-ddc0-5590-9396-30e30569b1e1",
    "title": "What changed",
    "subtitle": "Events & moves",
    "updated": "2026-11-22",
    "self": "changed.xml",
    "page": "changed.html",
    "author": "council-resilience",
    "entries": [
        {
            "id": "urn:uuid:1307fed2-2bc4-5390-8bd8-5a29f6ab95a1",
            "title": "Tyne & Wear <b>: support",
            "updated": "2026-02-23",
            "href": "changed.html",
            "text": "It ranked 4, in the band 1–10.",
        }
    ],
}


@pytest.fixture(scope="module")
def feed():
    return ElementTree.fromstring(write("feed", "atom", VIEW).encode("utf-8"))


def the(parent, name):
    (found,) = parent.findall(f"{{{ATOM}}}{name}")
    return found


def test_what_a_feed_and_an_entry_must_have_is_there_once(feed):
    assert feed.tag == f"{{{ATOM}}}feed"
    entry = the(feed, "entry")
    for parent, view in ((feed, VIEW), (entry, VIEW["entries"][0])):
        assert the(parent, "id").text == view["id"] and the(parent, "title").text == view["title"]
        assert the(parent, "updated").text == f"{view['updated']}T00:00:00Z"
    assert the(the(feed, "author"), "name").text == "council-resilience"
    assert the(entry, "summary").text == VIEW["entries"][0]["text"]


def test_links_say_what_they_are(feed):
    links = {one.get("rel"): one.get("href") for one in feed.findall(f"{{{ATOM}}}link")}
    assert links == {"self": "changed.xml", "alternate": "changed.html"}
    assert the(the(feed, "entry"), "link").attrib == {"rel": "alternate", "type": "text/html", "href": "changed.html"}


def test_text_is_escaped_and_the_declaration_says_utf_8():
    text = write("feed", "atom", VIEW)
    assert text.startswith('<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom"')
    assert "Tyne &amp; Wear &lt;b&gt;" in text and not re.search(r"ns\d:", text)
