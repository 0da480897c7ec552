"""One council's assessment as text for a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from io import StringIO
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from resilience.formatting import chance_step, day, percent, signed, step_chance
from resilience.report.formats.text.layout import WIDTH, coloured, filled, terminal_width
from resilience.report.formats.text.watchlist_rows import MARKS
from resilience.report.formats.text.watchlist_rows import bar as bar_of
from resilience.report.wording.general import CLASS_NAMES, KIND_WORDS
from resilience.report.wording.shares import USUAL, of_what

#: The narrowest terminal that is written for, and that which has room for the table of figures.
_NARROWEST, _GRID_FROM = 40, 60
#: Publications that are of a day and of no financial year, by the source of their figures.
_OF_A_DAY = {"ofsted": "Ofsted", "deprivation": "English Indices of Deprivation"}

View = Mapping[str, Any]


def text(view: View, *, width: int | None = None) -> str:
    """Return one council's assessment as text: headline, reasons, change, how sure, figures, events, sources.

    Parameters
    ----------
    view : mapping
        From ``views.council``.
    width : int, optional
        Characters a line; by default the terminal's, at most ``WIDTH``.
    """
    page = _Page(min(terminal_width(), WIDTH) if width is None else width)
    _heading(page, view)
    if view["score"] or view["before_the_event"]:
        _reasons(page, view)
        _families(page, view)
    scored = [row for row in view["history"] if row["risk"] is not None]
    if scored:
        page.head("Through time")
        januaries = [row for row in scored if row["day"].endswith("-01-01")]
        said = [f"{_rank(row)} in {row['day'][:4]}" for row in januaries]
        said += [f"{_rank(row)} on {day(row['day'])}" for row in scored if row not in januaries]
        page.say(f"Rank, each 1 January: {', '.join(said)}.")
    if view["at_risk"]:
        _what_moves_it(page, view)
    _beyond(page, view)
    _figures(page, view)
    _events(page, view)
    _said(page, view)
    _neighbours(page, view)
    page.head("Sources")
    for row in view["sources"]:
        kind = f" ({KIND_WORDS[row['source_kind']]})" if row["source_kind"] in KIND_WORDS else ""
        year = "" if row["publication"].startswith(tuple(_OF_A_DAY.values())) else f", {row['year']}"
        page.point(f"{row['publication']}{year}: published {day(row['released'])}{kind}")
    page.points("What to know about its returns", view["flags"])
    page.points("What figures cannot see", view["cannot_see"])
    page.say(f"\nThe score is {view['what']}.")
    return page.text()


def _rank(row: Mapping[str, Any]) -> str:
    return f"{row['rank']:.0f} of {row['of']:.0f}"


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
        if raises:
            page.say(
                "In brackets: the model's chance before and after each figure is added, at the pace of the latest "
                "twelve months, from the median council of its tier on."
            )
        rows = [row for row in view["steps"] if row["worth"] and row["raises"] is raises]
        for row in rows:
            page.point(f"{row['label']} ({row['step']}). {row['sentence']}")
        if not rows:
            page.point("Nothing stands out.")


def _families(page: _Page, view: View) -> None:
    """Write the five bars: what each comes to and adds, and the figures beneath it with their shares."""
    told_of = view["score"] or view["before_the_event"]
    page.head("The five families, each against the median of its tier")
    page.say(f"{USUAL} Interest is set against usable reserves.")
    for bar in told_of["families"]:
        added = "" if bar["without_figure"] else f", log-odds {signed(bar['log_odds'])}"
        moved = chance_step(bar["chance_from"], bar["chance_to"])
        sign = bar_of(None if bar["without_figure"] else bar["spreads"])
        page.point(f"{sign} {bar['label']}: {bar['stands']}{added} ({moved}). {bar['asks']} {bar['counts']}".strip())
        for row in bar["indicators"]:
            page.under(_share(row))
    page.say(
        f"{MARKS.worse} worse, {MARKS.better} better than the median. A spread: about one council in six stands that "
        "far from it on either side, or further. The shares of the figures add up to their family, the families to the "
        "score."
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
        page.head("Peers who recovered, by today's model throughout (all of it: resilience peers)")
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
    """Write every figure with its year, and where it stands among its class and its neighbours."""
    page.head("Figures")
    marked = "; * second-hand" if view["second_hand"] else ""
    page.say(
        f"{USUAL} Class, near: worse than so many of 100 councils of its class, of its statistical neighbours (↑: "
        f"higher than, where neither is worse). + counts in the score{marked}."
    )
    rows = [row for row in view["indicators"] if row["value"] is not None]
    if page.width < _GRID_FROM:
        for row in rows:
            places = f"class {row['of_class']}, near {row['of_neighbours']}"
            page.point(f"{_measure(row)}: {row['text']}, {_year(row, view)}; {places}")
        return
    grid = Table(box=None, pad_edge=False, header_style="")
    for name, justify in (("Measure", "left"), ("Figure", "right"), ("Year", "left"), ("Class", "right")):
        grid.add_column(name, justify=justify, no_wrap=name != "Measure")  # type: ignore[arg-type]
    grid.add_column("Near", justify="right", no_wrap=True)
    for row in rows:
        grid.add_row(Text(_measure(row)), row["text"], _year(row, view), row["of_class"], row["of_neighbours"])
    page.console.print(grid)


def _measure(row: Mapping[str, Any]) -> str:
    of = of_what(row["indicator"])
    return f"{row['label']}{f' ({of})' if of else ''}{' +' if row['in_model'] else ''}"


def _year(row: Mapping[str, Any], view: View) -> str:
    """Write the year of a figure; of an inspection or an index, the month it came out."""
    if row["source"] in _OF_A_DAY:
        publication = _OF_A_DAY[row["source"]]
        released = [one["released"] for one in view["sources"] if one["publication"].startswith(publication)]
        return f"{date.fromisoformat(released[0]):%b %Y}" if released else ""
    return f"{row['year']}{'*' if row['second_hand'] else ''}"


def _events(page: _Page, view: View) -> None:
    if view["events"]:
        page.head("Events")
    for row in view["events"]:
        owner = f"{row['council']}: " if row["ons_code"] != view["council"]["ons_code"] else ""
        page.point(f"{row['when']}: {owner}{row['what']}.{'' if row['counts'] else ' Not counted as an event.'}")


def _said(page: _Page, view: View) -> None:
    """Say what the council has said, and what became of corrections it asked for."""
    if view["replies"] or view["corrections"]:
        page.head("What the council says")
    for row in view["replies"]:
        page.point(f"{row['from']}, {day(row['received'])}: {row['text']}")
    for row in view["corrections"]:
        became = f"{row['status']}, {day(row['decided'])}: {row['decision']}" if row["decided"] else row["status"]
        page.point(f"Correction asked for ({row['about']}), {row['from']}, {day(row['received'])}: {row['text']}")
        page.point(f"Became of it: {became}")


def _neighbours(page: _Page, view: View) -> None:
    if not view["neighbours"]:
        return
    page.head("Statistical neighbours")
    if view["alone"]:
        page.say(view["alone"])
    page.say("Rank, and usable reserves as a share of net revenue expenditure in the newest year:")
    near = []
    for row in view["neighbours"]:
        reserves = "" if row["reserves"] is None else f", {percent(row['reserves'])}"
        near.append(f"{row['council']} {row['rank'] or row['status']}{reserves}")
    page.say("; ".join(near) + ".")


class _Page:
    """Lines for a terminal of a width."""

    def __init__(self, width: int) -> None:
        self.width = max(_NARROWEST, width)
        self._buffer = StringIO()
        self.console = Console(
            file=self._buffer, width=self.width, force_terminal=coloured(), highlight=False, soft_wrap=True
        )

    def head(self, text: str) -> None:
        heading = filled(text, self.width - 1)
        self.console.print(Text(("\n" if self._buffer.tell() else "") + heading, style="bold"))

    def say(self, text: str) -> None:
        self.console.print(Text("\n".join(filled(one, self.width - 1) for one in text.split("\n"))))

    def point(self, text: str) -> None:
        self.console.print(Text(filled(text, self.width - 1, "  • ", "    ")))

    def under(self, text: str) -> None:
        self.console.print(Text(filled(text, self.width - 1, "      ", "        ")))

    def points(self, title: str, texts: Sequence[str]) -> None:
        if texts:
            self.head(title)
        for text in texts:
            self.point(text)

    def text(self) -> str:
        return "".join(f"{line.rstrip()}\n" for line in self._buffer.getvalue().splitlines())
