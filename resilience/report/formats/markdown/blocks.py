"""Blocks of pages that are otherwise written by hand: what stands between two marks is put there by a command."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from resilience.errors import DataError
from resilience.report.formats.markdown.table import table

_PAST = {
    "council": "new council",
    "vested": "vested",
    "figures": "figures known on the 1 January before",
    "chance": "chance then (90% interval)",
    "place": "rank it would have had",
    "highest": "highest predecessor",
    "with_event": "predecessors with an event",
    "event": "first event of its own",
    "now": "chance now",
    "error": "first own figures less the sum then (log-odds)",
}


def filled(text: str, blocks: Mapping[str, str]) -> str:
    """Put each block between its marks, ``<!-- name -->`` and ``<!-- /name -->``.

    Raises
    ------
    DataError
        If the text lacks a block's marks.
    """
    for name, block in blocks.items():
        start, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
        before, found, rest = text.partition(start)
        _, closed, after = rest.partition(end)
        if not (found and closed):
            raise DataError(f"The marks of the block '{name}' are missing; put {start.strip()} and {end} back.")
        text = f"{before}{start}{block}\n{end}{after}"
    return text


def weights(weights: Mapping[str, float]) -> str:
    """Return the characteristics that peers are found by, and their weights."""
    return table(("characteristic", "weight"), [(name, f"{weight:g}") for name, weight in weights.items()])


def rows(rows: list[dict[str, str]]) -> str:
    """Return rows of one form as a table."""
    return table(list(rows[0]), [list(row.values()) for row in rows])


def past_mergers(rows: list[dict[str, Any]]) -> str:
    """Return the past mergers: the eve, and what followed."""
    return table(list(_PAST.values()), [[row[name] for name in _PAST] for row in rows])


def told_table(view: dict[str, Any]) -> str:
    """Return a paragraph and the table it tells of."""
    return f"{view['words']}\n\n{table(view['columns'], view['rows'])}"


def record(view: dict[str, Any]) -> str:
    """Return the record against its targets, and what it comes to."""
    return f"{table(view['columns'], view['rows'])}\n\n{view['words']}"


def reach(rows: list[dict[str, Any]]) -> str:
    """Write how far the figures reach, by line and year."""
    head = "| line | year | original | transcribed | second-hand | carried |\n| --- | --- | --- | --- | --- | --- |"
    kinds = ("original", "transcribed", "interim", "carried")
    body = [f"| {r['label']} | {r['outturn_year']} | {' | '.join(str(r[k] or '–') for k in kinds)} |" for r in rows]
    return "\n".join([head, *body])


def terminal(text: str) -> str:
    """Return what a command prints."""
    return "\n".join(["```", *(line.rstrip() for line in text.splitlines()), "```"])
