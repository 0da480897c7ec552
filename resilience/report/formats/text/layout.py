"""How text is laid out for a terminal: wrapped lines, columns whose cells wrap, grids."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from collections.abc import Sequence
from io import StringIO
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.table import Table

#: The width that text is wrapped to, and that of a terminal whose width is not known: a pipe, a file.
WIDTH = 100


def terminal_width() -> int:
    """Return the terminal's width: ``COLUMNS`` where it is set, the window's, or ``WIDTH`` in a pipe."""
    return shutil.get_terminal_size((WIDTH, 24)).columns


def coloured() -> bool:
    """Say whether what is printed may be coloured: on a terminal that knows how, unless ``NO_COLOR`` is set."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def filled(text: str, width: int, first: str = "", then: str = "") -> str:
    """Wrap one paragraph to a width; a figure and its per cent sign stay together.

    Parameters
    ----------
    text : str
    width : int
        At most so many characters a line.
    first, then : str
        What the first line and those after it begin with.
    """
    return textwrap.fill(text, width, initial_indent=first, subsequent_indent=then, break_on_hyphens=False)


def wrapped(text: str, first: str = "", then: str = "") -> list[str]:
    """Wrap text to the terminal's usual width; a figure and its per cent sign stay together.

    Parameters
    ----------
    text : str
    first, then : str
        What the first line and those after it begin with.
    """
    return filled(text, WIDTH, first, then).splitlines()


def columns(form: str, widths: Sequence[int], cells: Sequence[str]) -> list[str]:
    """Lay one row out; a long cell goes on in the next line, a figure and its per cent sign together.

    Parameters
    ----------
    form : str
        A format with one field a cell.
    widths : sequence of int
        Of each cell.
    cells : sequence of str
    """
    parts = [textwrap.wrap(cell, width) or [""] for cell, width in zip(cells, widths, strict=True)]
    return [form.format(*line).rstrip() for line in zip_longest(*parts, fillvalue="")]


def joined(lines: Sequence[str]) -> str:
    """Join lines to the text of a file."""
    return "\n".join(lines) + "\n"


def grid(
    title: str | None,
    names: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    right: Sequence[int],
    plain: bool = True,
    whole: bool = False,
) -> Table:
    """Return a table for `printed`.

    Parameters
    ----------
    title : str or None
    names : sequence of str
        Of the columns.
    rows : sequence of sequence of str
    right : sequence of int
        The columns set to the right.
    plain : bool
        Without lines between the cells.
    whole : bool
        Whether cells stay on one line.
    """
    from rich.table import Table

    style: dict[str, Any] = {"box": None, "pad_edge": False, "header_style": "bold"} if plain else {}
    made = Table(title=title, title_justify="left", **style)
    for number, name in enumerate(names):
        made.add_column(name, justify="right" if number in right else "left", no_wrap=whole)
    for row in rows:
        made.add_row(*row)
    return made


def printed(*parts: object, width: int) -> str:
    """Return texts and tables as a terminal of some width shows them, each on a line of its own."""
    from rich.console import Console

    buffer = StringIO()
    console = Console(file=buffer, width=width, highlight=False)
    for part in parts:
        console.print(part)
    return buffer.getvalue()
