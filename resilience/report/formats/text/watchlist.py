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

from resilience.backtest.rolling import CAPACITY
from resilience.formatting import day, listed
from resilience.model.bands import NAMES
from resilience.model.risk_set import AT_RISK, EVENT_ALREADY, NOT_SCORABLE
from resilience.report.formats.text.again import again

#: From this many characters a line on, the reasons have a column of their own.
WIDE = 130
_BAND_STYLE = dict(zip(NAMES, ("bold red", "red", "yellow", "green", "green"), strict=True))

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
    for said in (view["followed"], view["claim"], _explained(view)):
        if said:
            console.print(_held(said, console.width))
    console.print()
    if console.width >= WIDE:
        console.print(_grid(shown, _headings(view), colour=colour))
    else:
        console.print(_narrow(shown, _headings(view), console.width, colour=colour))
    if len(shown) < len(at_risk):
        console.print(f"… and {len(at_risk) - len(shown)} more, ranked lower (--all shows them).")
    for status in (EVENT_ALREADY, NOT_SCORABLE):
        rows = sorted((row for row in view["councils"] if row["status"] == status), key=lambda row: str(row["council"]))
        if rows:
            names = ", ".join(
                f"{row['council']} ({row['event_date'][:7] or row['not_scored_because']})" for row in rows
            )
            console.print(Text(f"\n{status.capitalize()} ({len(rows)}): {names}."))
    console.print(Text(again(view["again"], console.width)), end="")
    console.print()
    console.print(f"Ranked by {view['what']}.")
    for note in view["notes"][1:]:
        console.print(note)
    return buffer.getvalue()


def _explained(view: Mapping[str, Any]) -> str:
    """Say what the columns are."""
    paces = [str(events) for events in view["paces"].values()]
    at_paces = (
        f" {'/'.join(paces)}%: how likely the model puts each to be among them if {listed(paces, 'or')} councils have "
        f"a first event within {view['horizon_months']} months, which no figure in the returns tells."
    )
    said = f"Reserves: rank by plain reserves, “both” where in the top {CAPACITY} of both."
    return f"{said}{at_paces if paces else ''} No verdict on a council or its officers."


def _headings(view: Mapping[str, Any]) -> tuple[str, ...]:
    numbers = "/".join(str(events) for events in view["paces"].values())
    return ("Rank", "Council", "Class", "Reserves", "Band", f"{numbers}%" if numbers else "", "Figures")


def _cells(row: Row) -> list[str]:
    reserves = f"{row['reserves_rank']}{' both' if row['top_30_of_both'] else '     '}"
    return [
        str(row["rank"]),
        *(row[name] for name in ("council", "class")),
        reserves,
        *(row[name] for name in ("band", "at_paces", "figures")),
    ]


def _held(text: str, width: int) -> str:
    """Wrap a text; a figure and its per cent sign stay on one line."""
    return textwrap.fill(text.replace(" %", "\u00a0%"), width - 1).replace("\u00a0%", " %")


def _grid(shown: Sequence[Row], headings: Sequence[str], *, colour: bool) -> Table:
    """Lay the list out for a wide terminal, the reasons in a column of their own."""
    grid = Table(box=None, pad_edge=False, header_style="bold" if colour else "", expand=True)
    for name, justify in zip(headings, ("right", "left", "left", "right", "left", "right", "left"), strict=True):
        grid.add_column(name, justify=justify, no_wrap=name != "Council")  # type: ignore[arg-type]
    grid.add_column("Main reasons", ratio=1)
    for row in shown:
        cells = [Text(cell) for cell in _cells(row)]
        if colour:
            cells[4].stylize(_BAND_STYLE[row["band"]])
        grid.add_row(*cells, Text(row["reasons"]))
    return grid


def _narrow(shown: Sequence[Row], headings: Sequence[str], width: int, *, colour: bool) -> Text:
    """Lay the list out for a narrow terminal, the reasons under each council."""
    form = "{:>4}  {:<24.24} {:<5} {:>8}  {:<9} {:>11}  {}"
    result = Text(form.format(*headings) + "\n", style="bold" if colour else "")
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
