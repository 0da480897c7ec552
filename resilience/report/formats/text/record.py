"""The record as tables for a terminal."""

from __future__ import annotations

from typing import Any

from resilience.report.formats.text.layout import grid, printed

_WIDTH = 118


def layout(view: dict[str, Any], *, width: int = _WIDTH) -> str:
    """Lay the record out, a table a question."""
    parts: list[object] = [view["introduction"] + "\n"]
    for one in view["tables"]:
        names = one["columns"]
        if one["words"]:
            parts.append(one["words"] + "\n")
        parts += [grid(one["title"], names, one["rows"], right=range(1, len(names))), ""]
    return printed(*parts, width=width)
