"""The watch list for a terminal: the top of the ranking, then how many stand elsewhere and why."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Mapping, Sequence
from io import StringIO
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from resilience.formatting import day
from resilience.model.risk_set import AT_RISK, EVENT_ALREADY, NOT_SCORABLE
from resilience.report.formats.text.again import again

#: From this many characters a line on, the reasons have a column of their own.
WIDE = 130
HEADINGS = ("Rank", "Council", "Class", "Chance", "90 % range", "Band", "Figures")
_BAND_STYLE = {"very high": "bold red", "high": "red", "raised": "yellow", "low": "green"}

Row = Mapping[str, Any]


def text(view: Mapping[str, Any], *, width: int | None = None) -> str:
    """Return the list as text.

    Parameters
    ----------
    view : mapping
        From ``views.watchlist``.
    width : int, optional
        Characters a line; by default the terminal's.
    """
    at_risk = [row for row in view["councils"] if row["status"] == AT_RISK]
    shown = at_risk[: view["terminal_rows"]]
    buffer = StringIO()
    colour = sys.stdout.isatty()
    console = Console(file=buffer, width=width, force_terminal=colour, highlight=False)
    console.print(Text(f"Watch list as of {day(view['as_of'])}", style="bold" if colour else ""))
    console.print(f"Chance shown: {view['what']}.\n")
    if console.width >= WIDE:
        console.print(_grid(shown, colour=colour))
    else:
        console.print(_narrow(shown, console.width, colour=colour))
    if len(shown) < len(at_risk):
        console.print(f"… and {len(at_risk) - len(shown)} more at risk, ranked lower (--all shows them).")
    for status in (EVENT_ALREADY, NOT_SCORABLE):
        rows = sorted((row for row in view["councils"] if row["status"] == status), key=lambda row: str(row["council"]))
        if rows:
            names = ", ".join(
                f"{row['council']} ({row['event_date'][:7] or row['not_scored_because']})" for row in rows
            )
            console.print(Text(f"\n{status.capitalize()} ({len(rows)}): {names}."))
    console.print(Text(again(view["again"], console.width)), end="")
    bands = (
        f"{one['name']} ({one['least']} and over) {one['councils']}"
        if one["least"]
        else f"{one['name']} {one['councils']}"
        for one in view["bands"]
    )
    console.print("\nBands: " + ", ".join(bands) + ".")
    for note in view["notes"][1:]:
        console.print(note)
    return buffer.getvalue()


def _cells(row: Row) -> list[str]:
    return [
        str(row["rank"]),
        *(row[name] for name in ("council", "class", "chance", "range", "band", "figures")),
    ]


def _grid(shown: Sequence[Row], *, colour: bool) -> Table:
    """Lay the list out for a wide terminal, the reasons in a column of their own."""
    grid = Table(box=None, pad_edge=False, header_style="bold" if colour else "", expand=True)
    for name, justify in zip(HEADINGS, ("right", "left", "left", "right", "right", "left", "left"), strict=True):
        grid.add_column(name, justify=justify, no_wrap=name != "Council")  # type: ignore[arg-type]
    grid.add_column("Main reasons", ratio=1)
    for row in shown:
        cells = [Text(cell) for cell in _cells(row)]
        if colour:
            cells[5].stylize(_BAND_STYLE[row["band"]])
        grid.add_row(*cells, Text(row["reasons"]))
    return grid


def _narrow(shown: Sequence[Row], width: int, *, colour: bool) -> Text:
    """Lay the list out for a narrow terminal, the reasons under each council."""
    form = "{:>4}  {:<26.26} {:<5} {:>7} {:>10}  {:<9} {}"
    result = Text(form.format(*HEADINGS) + "\n", style="bold" if colour else "")
    for row in shown:
        line = Text(form.format(*_cells(row)) + "\n")
        if colour:
            line.highlight_words([row["band"]], style=_BAND_STYLE[row["band"]])
        reasons = textwrap.fill(
            row["reasons"].replace(" %", "\u00a0%"),
            width - 1,
            initial_indent=" " * 6,
            subsequent_indent=" " * 6,
        )
        result += line + Text(reasons + "\n", style="dim" if colour else "")
    return result
