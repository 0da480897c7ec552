"""Councils already supported, beneath the list for a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from resilience.report.formats.text.layout import filled


def again(section: Mapping[str, Any], width: int) -> str:
    """Lay the section out, a group of councils a paragraph; nothing where there is none.

    Parameters
    ----------
    section : mapping
        From ``views.again.section``.
    width : int
        Characters a line.
    """
    if not section["groups"]:
        return ""
    lines = ["", f"{section['title']} ({section['councils']}):"]
    for text in (*(one["sentence"] for one in section["groups"]), f"{section['means']} {section['same_for_all']}"):
        lines.append(filled(text, width, "  • ", "    "))
    return "\n".join(lines) + "\n"
