"""The watch list for a terminal: one line a council, how to read it, and on request the reasons and everything else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import StringIO
from typing import Any

from rich.console import Console
from rich.text import Text

from resilience.formatting import day, listed
from resilience.model.bands import NAMES
from resilience.model.risk_set import AT_RISK, EVENT_ALREADY, NOT_SCORABLE
from resilience.report.formats.text.again import again
from resilience.report.formats.text.layout import coloured, filled, terminal_width
from resilience.report.formats.text.watchlist_rows import MARKS, form_for, head, row_of
from resilience.report.wording import reading
from resilience.report.wording.general import CANNOT_SEE, CLASS_NAMES, CLASS_PLURALS

#: Text is not wrapped wider than this, however wide the terminal.
_WIDEST = 120
_STYLES = dict(zip(NAMES, ("bold red", "red", "yellow", "green", "green"), strict=True))

View = Mapping[str, Any]
Row = Mapping[str, Any]


def text(view: View, *, width: int | None = None) -> str:
    """Return the list as text.

    Parameters
    ----------
    view : mapping
        From ``views.watchlist``.
    width : int, optional
        Characters a line; by default the terminal's.
    """
    page = _Page(terminal_width() if width is None else width)
    at_risk = [row for row in view["councils"] if row["status"] == AT_RISK]
    shown = at_risk[: view["terminal_rows"]]
    page.say(f"Watch list as of {day(view['as_of'])}{_classes(view)}; {reading.NO_VERDICT}", "bold")
    for said in filter(None, _above(view)):
        page.say(said)
    page.line("")
    _list(page, view, shown)
    if len(shown) < len(at_risk):
        page.say(f"… and {len(at_risk) - len(shown)} more, ranked lower (--all shows them).")
    _others(page, view)
    page.line("")
    if view["terminal_why"]:
        page.line(again(view["again"], page.text_width).strip("\n"))
        page.line("")
        page.say(f"Ranked by {view['what']}.")
    for note in _notes(view, shown):
        page.say(note)
    return page.text()


def _above(view: View) -> tuple[str, ...]:
    """Return what followed on past lists, what may be claimed, and what an event is or what stands in the columns."""
    if view["terminal_why"]:
        return (view["followed"], view["claim"], reading.columns(view["paces"], view["horizon_months"]))
    return (f"{view['followed_shown']} {reading.EVENT_IS[view['outcome']]}", view["claim_in_brief"])


def _classes(view: View) -> str:
    """Say that only some classes are listed."""
    found = [name for name in CLASS_NAMES if any(row["class"] == name for row in view["councils"])]
    if len(found) == len(CLASS_NAMES):
        return ""
    return f", {listed([CLASS_PLURALS[name] for name in found])} only (ranks are those of the whole list)"


def _list(page: _Page, view: View, shown: Sequence[Row]) -> None:
    form = form_for(shown, page.width)
    for line in head(form, shown):
        page.line(line, "bold")
    for row in shown:
        for line in row_of(form, row):
            page.line(line, _STYLES[row["band"]], row["band"])
        if view["terminal_why"]:
            for said in (row["reasons"], reading.beside(row, view["paces"])):
                page.say(said, "dim", indent="      ")


def _others(page: _Page, view: View) -> None:
    """Say in a line each how many have had an event already and how many cannot be scored; or who they are."""
    for status in (EVENT_ALREADY, NOT_SCORABLE):
        rows = sorted((row for row in view["councils"] if row["status"] == status), key=lambda row: str(row["council"]))
        if not rows:
            continue
        if view["terminal_why"]:
            names = ", ".join(
                f"{row['council']} ({row['event_date'][:7] or row['not_scored_because']})" for row in rows
            )
            page.line("")
            page.say(f"{status.capitalize()} ({len(rows)}): {names}.")
        else:
            page.say(reading.others(status, len(rows), view["register_to"]))


def _notes(view: View, shown: Sequence[Row]) -> list[str]:
    """Return how the list is read; with the reasons, everything that a reader must know."""
    notes = [reading.marks(MARKS, exact=view["terminal_why"]), reading.figures(shown)]
    if view["terminal_why"]:
        return [*notes, *view["notes"][1:]]
    return [*notes, CANNOT_SEE, reading.MORE]


class _Page:
    """Lines for a terminal of a width, in colour where it may be."""

    def __init__(self, width: int) -> None:
        self.width, self.text_width = width, min(width, _WIDEST)
        self._buffer, self._colour = StringIO(), coloured()
        self._console = Console(
            file=self._buffer, width=width, force_terminal=self._colour, highlight=False, soft_wrap=True
        )

    def say(self, text: str, style: str = "", *, indent: str = "") -> None:
        """Write a paragraph."""
        self._console.print(Text(filled(text, self.text_width, indent, indent), style=style if self._colour else ""))

    def line(self, text: str, style: str = "", part: str = "") -> None:
        """Write lines as they are, the style on all of it or on a part."""
        line = Text(text)
        if self._colour and style:
            line.highlight_words([part or text], style)
            line.highlight_regex(f"{MARKS.worse}+", "red")
            line.highlight_regex(f"{MARKS.better}+", "green")
        self._console.print(line)

    def text(self) -> str:
        return self._buffer.getvalue()
