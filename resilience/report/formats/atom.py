"""A view as an Atom feed (RFC 4287); addresses stay relative to the feed's own, names are URNs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

ATOM = "http://www.w3.org/2005/Atom"


def feed(view: Mapping[str, Any]) -> str:
    """Write a feed.

    Parameters
    ----------
    view : mapping
        ``id, title, subtitle, updated`` (a day), ``self`` and ``page`` (addresses), ``author`` and ``entries``, each
        with ``id, title, updated, href, text``.
    """
    root = Element("feed", {"xmlns": ATOM, "xml:lang": "en-GB"})
    _texts(root, view, "id", "title", "subtitle")
    SubElement(root, "updated").text = _moment(view["updated"])
    SubElement(SubElement(root, "author"), "name").text = view["author"]
    SubElement(root, "link", {"rel": "self", "type": "application/atom+xml", "href": view["self"]})
    SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": view["page"]})
    for one in view["entries"]:
        entry = SubElement(root, "entry")
        _texts(entry, one, "id", "title")
        SubElement(entry, "updated").text = _moment(one["updated"])
        SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": one["href"]})
        SubElement(entry, "summary", {"type": "text"}).text = one["text"]
    ElementTree.indent(root, " ")
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _texts(parent: Element, row: Mapping[str, Any], *names: str) -> None:
    for name in names:
        SubElement(parent, name).text = row[name]


def _moment(day: str) -> str:
    """Write a day as Atom wants it: its first moment."""
    return f"{day}T00:00:00Z"
