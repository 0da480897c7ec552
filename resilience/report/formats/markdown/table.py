"""A table in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, rule: str = " --- ") -> str:
    """Write a table.

    Parameters
    ----------
    columns : sequence of str
    rows : iterable of sequence
        One value a column.
    rule : str
        What stands between the bars below the headings.
    """
    lines = [_line(columns), "|" + f"{rule}|" * len(columns)]
    return "\n".join([*lines, *map(_line, rows)])


def _line(cells: Sequence[object]) -> str:
    return "| " + " | ".join(map(str, cells)) + " |"
