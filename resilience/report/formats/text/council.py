"""One council's assessment as text for a terminal."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Mapping, Sequence
from io import StringIO
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from resilience.formatting import chance_step, day, percent, signed, step_chance
from resilience.report.wording.general import CLASS_NAMES, KIND_WORDS

View = Mapping[str, Any]


def text(view: View, *, width: int = 80) -> str:
    """Return one council's assessment as text: headline, reasons, change, how sure, figures, events, sources.

    Parameters
    ----------
    view : mapping
        From ``views.council``.
    width : int
        Characters a line, at least 60.
    """
    page = _Page(width)
    _heading(page, view)
    if view["score"] or view["before_the_event"]:
        _reasons(page, view)
        _families(page, view)
    scored = [row for row in view["history"] if row["risk"] is not None]
    if scored:
        page.head("Through time")
        days = [row["day"][:4] if row["day"].endswith("-01-01") else "now" for row in scored]
        ranks = [f"{row['rank']:.0f} of {row['of']:.0f}" for row in scored]
        page.say("Rank: " + "; ".join(f"{one} {rank}" for one, rank in zip(days, ranks, strict=True)) + ".")
    if view["at_risk"]:
        _what_moves_it(page, view)
    _beyond(page, view)
    _figures(page, view)
    _events(page, view)
    _neighbours(page, view)
    page.head("Sources")
    for row in view["sources"]:
        kind = f" ({KIND_WORDS[row['source_kind']]})" if row["source_kind"] in KIND_WORDS else ""
        page.point(f"{row['publication']}, {row['year']}: {day(row['released'])}{kind}")
    page.points("What to know about its returns", view["flags"])
    page.points("What figures cannot see", view["cannot_see"])
    page.say(f"\nThe score is {view['what']}.")
    return page.text()


def _heading(page: _Page, view: View) -> None:
    council, score, before = view["council"], view["score"], view["before_the_event"]
    page.head(f"{council['name']} ({CLASS_NAMES[council['class']]}, {council['region']}), {day(view['as_of'])}")
    if view["unlike"]:
        page.say(view["unlike"])
    page.say(view["headline"])
    if score:
        if view["disagree"]:
            page.say(view["disagree"])
        page.say(" ".join(view["beside"]))
        page.say(f"{view['compared']} {view['since']}".strip())
        if view["claim"]:
            page.say(view["claim"])
    elif before:
        page.say(
            f"On {day(before['as_of'])}, the last January before it, it stood at rank {before['rank']} of "
            f"{before['of']}; by plain reserves at {before['reserves_rank']}."
        )
    if view["support_again"]:
        page.say(view["support_again"]["sentence"])
    if view["reorganised"]:
        page.say(view["reorganised"])
        for plan in view["plans"]:
            page.point(plan["command"])


def _reasons(page: _Page, view: View) -> None:
    past = view["before_the_event"]
    if past:
        page.head(f"How it looked on {day(past['as_of'])}, the last January before its first event")
    titles = ("What raised the score", "What lowered it") if past else ("What raises the score", "What lowers it")
    for title, raises in zip(titles, (True, False), strict=True):
        page.head(title)
        rows = [row for row in view["steps"] if row["worth"] and row["raises"] is raises]
        for row in rows:
            page.point(f"{row['label']} ({row['step']}). {row['sentence']}")
        if not rows:
            page.point("Nothing stands out.")


def _families(page: _Page, view: View) -> None:
    """Write the five bars: what each comes to and adds, and the figures beneath it with their shares."""
    told_of = view["score"] or view["before_the_event"]
    page.head("The five families, each against the median of its tier")
    for bar in told_of["families"]:
        added = "" if bar["without_figure"] else f", log-odds {signed(bar['log_odds'])}"
        moved = chance_step(bar["chance_from"], bar["chance_to"])
        page.point(f"{bar['label']}: {bar['stands']}{added} ({moved}). {bar['asks']} {bar['counts']}".strip())
        for row in bar["indicators"]:
            page.under(_share(row))
    page.say(
        "A spread: about one council in six stands that far from the median, or further. The shares of the figures add "
        "up to their family, the families to the score."
    )


def _share(row: Mapping[str, Any]) -> str:
    if not row["outturn_year"]:
        return f"{row['label']}: no figure"
    kind = "" if row["kind"] == "original" else f", {row['kind']}"
    stands = f"{row['figure']} in {row['outturn_year']}{kind} (median {row['usual']})"
    return f"{row['label']}: {stands}, {signed(row['spreads'], 1)}"


def _what_moves_it(page: _Page, view: View) -> None:
    page.head("What changed")
    for row in view["since_lists"]:
        page.point(row["sentence"])
    page.say(view["changed"])
    for row in view["change_in_words"]:
        page.point(f"{row['label']}: {row['moved']}; chance {row['step']}")
    if view["what_would_change_it"]:
        page.head("How sensitive the rank is: arithmetic, not advice")
        for row in view["what_would_change_it"]:
            onward = f"; for rank {row['next_band']}: {row['to_next']}" if row["next_band"] else ""
            page.point(f"{row['label']}, {row['step']}: rank {row['rank']}, chance {step_chance(row['risk'])}{onward}")
    page.head("How sure")
    for said in view["how_sure"]:
        page.point(said)


def _beyond(page: _Page, view: View) -> None:
    if view["recovered"]:
        page.head("Peers who recovered, by today's yardstick (all of it: resilience peers)")
        for row in view["recovered"]:
            did = "; ".join(row["did"][:3])
            now = f"; {row['today']}. {row['relapse']}".strip()
            page.point(f"{row['council']}, {row['from']} to {row['to']}{now}{' ' if did else ''}{did}")
    area = view["area"]
    if not area["single"]:
        page.head(f"The place: {area['name']} and its districts (all of it: resilience place)")
        for said in area["sentences"]:
            page.say(said)


def _figures(page: _Page, view: View) -> None:
    page.head("Figures (worse than … of 100 of its class / neighbours; + counts in the score; * second-hand)")
    grid = Table(box=None, pad_edge=False, header_style="")
    for name, justify in (("Measure", "left"), ("Figure", "right"), ("Year", "left"), ("Class", "right")):
        grid.add_column(name, justify=justify, no_wrap=name != "Measure")  # type: ignore[arg-type]
    grid.add_column("Near", justify="right", no_wrap=True)
    for row in view["indicators"]:
        if row["value"] is None:
            continue
        label = Text(row["label"] + (" +" if row["in_model"] else ""))
        year = row["year"] + ("*" if row["second_hand"] else "")
        grid.add_row(label, row["text"], year, row["of_class"], row["of_neighbours"])
    page.console.print(grid)


def _events(page: _Page, view: View) -> None:
    if view["events"]:
        page.head("Events")
    for row in view["events"]:
        owner = f"{row['council']}: " if row["ons_code"] != view["council"]["ons_code"] else ""
        page.point(f"{row['when']}: {owner}{row['what']}.{'' if row['counts'] else ' Not counted as an event.'}")


def _neighbours(page: _Page, view: View) -> None:
    if not view["neighbours"]:
        return
    page.head("Statistical neighbours (rank; usable reserves)")
    if view["alone"]:
        page.say(view["alone"])
    near = (
        f"{row['council']} {row['rank'] or row['status']}, {percent(row['reserves'])}" for row in view["neighbours"]
    )
    page.say("; ".join(near) + ".")


class _Page:
    """Lines for a terminal of a width."""

    def __init__(self, width: int) -> None:
        self.width = max(60, width)
        self._buffer = StringIO()
        self.console = Console(
            file=self._buffer, width=self.width, force_terminal=sys.stdout.isatty(), highlight=False, soft_wrap=True
        )

    def head(self, text: str) -> None:
        self.console.print(Text(("\n" if self._buffer.tell() else "") + text, style="bold"))

    def say(self, text: str) -> None:
        self.console.print(Text("\n".join(_filled(one, self.width) for one in text.split("\n"))))

    def point(self, text: str) -> None:
        self.console.print(Text(_filled(text, self.width, "  • ", "    ")))

    def under(self, text: str) -> None:
        self.console.print(Text(_filled(text, self.width, "      ", "        ")))

    def points(self, title: str, texts: Sequence[str]) -> None:
        if texts:
            self.head(title)
        for text in texts:
            self.point(text)

    def text(self) -> str:
        return self._buffer.getvalue()


def _filled(text: str, width: int, first: str = "", others: str = "") -> str:
    """Wrap a text; a figure and its per cent sign stay on one line."""
    held = text.replace(" %", "\u00a0%")
    return textwrap.fill(
        held, width - 1, initial_indent=first, subsequent_indent=others, break_on_hyphens=False
    ).replace("\u00a0%", " %")
