"""The coverage of the indicators as one page, ``docs/coverage.md``."""

from __future__ import annotations

from typing import Any

_HEAD = """# Coverage of the indicators

Generated from the shipped figures by `resilience docs`; do not edit.

Per cent of the councils in being in the outturn year that have a value; `·` for none, `*` for all. \
Councils that did not return, and those with net revenue expenditure below £1m, have none. \
Empty cells before an indicator's first year stand for a line that the form did not yet have.
"""


def layout(view: dict[str, Any]) -> str:
    """Lay the coverage out, a table a class."""
    header = "| indicator | " + " | ".join(year[2:] for year in view["years"]) + " |"
    rule = "| --- |" + " ---: |" * len(view["years"])
    parts = [_HEAD]
    for one in view["classes"]:
        counts = "| *councils in being* | " + " | ".join(map(str, one["councils"])) + " |"
        rows = [f"| {row['indicator']} | " + " | ".join(row["cells"]) + " |" for row in one["rows"]]
        parts.append("\n".join([f"## {one['title']}\n", header, rule, counts, *rows]) + "\n")
    return "\n".join(parts).rstrip("\n") + "\n"
