"""One council's assessment as text for a terminal."""

from __future__ import annotations

import sys
import textwrap
from io import StringIO

import pandas as pd
from rich.console import Console
from rich.table import Table
from rich.text import Text

from resilience.analysis.explain import Explanation
from resilience.formatting import chance, chance_range, day, percent, step_chance
from resilience.model.risk_set import AT_RISK
from resilience.report.views.council import Assessment
from resilience.report.views.council_beyond import place_rows, reorganised, risk_changes
from resilience.report.views.council_rows import change_rows, place, steps
from resilience.report.views.merger import plan_row
from resilience.report.wording import caveats
from resilience.report.wording import council as wording
from resilience.report.wording.general import CLASS_NAMES, SCORE_IS


def render(one: Assessment, *, width: int = 80) -> str:
    """Return the text: headline, reasons, change, how sure, figures, events, neighbours, sources."""
    why = one.explanation
    page = _Page(width)
    page.head(f"{why.council} ({CLASS_NAMES[why.class_]}, {one.facts.region}), {day(why.as_of)}")
    if one.beyond.unlike:
        page.say(one.beyond.unlike)
    page.say(wording.headline(why, one.horizon))
    told_of = why if why.status == AT_RISK else why.before_event
    if why.status == AT_RISK:
        page.say(
            f"Chance {chance(why.risk)}, range {chance_range(why.low, why.high) or 'not worked out'}, band {why.band}."
        )
        among = wording.compared(why, one.class_rank, one.class_of, one.class_median)
        page.say(f"{among} {wording.since(why, one.history)}".strip())
    elif told_of:
        page.say(
            f"On {day(told_of.as_of)}, the last January before it, the chance stood at {chance(told_of.risk)}: rank "
            f"{told_of.rank} of {told_of.of}, band {told_of.band}."
        )
    said = reorganised(one.beyond, why.as_of)
    if said:
        page.say(said)
        for each in one.beyond.mergers:
            page.point(plan_row(each)["command"])
    if told_of:
        _reasons(page, told_of)
    scored = one.history[one.history["risk"].notna()]
    if len(scored):
        page.head("Through time")
        page.say("; ".join(f"{row.on.year} {chance(row.risk)}" for row in scored.itertuples()) + ".")
    if why.status == AT_RISK:
        page.head("What changed in a year")
        page.say(wording.changed(why))
        for row in change_rows(why):
            page.point(f"{row['label']}: {row['moved']}; chance {row['from']} → {row['to']}")
        if len(one.levers):
            page.head("What would change it, one at a time (arithmetic, not cause)")
            for row in one.levers.itertuples():
                onward = f"; for the band “{row.next_band}” alone: {row.to_next}" if row.next_band else ""
                page.point(f"{row.label}, {row.step}: {step_chance(row.risk)}{onward}")
        page.head("How sure")
        for text in wording.how_sure(why, one.horizon):
            page.point(text)
    _beyond(page, one)
    _figures(page, one)
    if len(one.events):
        page.head("Events")
        for row in one.events.itertuples():
            owner = f"{row.council}: " if row.ons_code != why.ons_code else ""
            page.point(f"{row.when}: {owner}{row.what}.{'' if row.counts else ' Not counted as an event.'}")
    if len(one.peers):
        page.head("Statistical neighbours (chance; usable reserves)")
        if one.beyond.alone:
            page.say(one.beyond.alone)
        page.say(
            "; ".join(
                f"{row.council} {chance(row.risk) or row.status}, {percent(row.reserves)}"
                for row in one.peers.itertuples()
            )
            + "."
        )
    page.head("Sources")
    for row in one.sources.itertuples():
        page.point(f"{row.publication}, {row.year}: {day(row.released)}{' (second-hand)' if row.second_hand else ''}")
    last = (
        ("What to know about its returns", caveats.flags(why)),
        ("What figures cannot see", caveats.cannot_see(why)),
    )
    for title, texts in last:
        if texts:
            page.head(title)
            for text in texts:
                page.point(text)
    page.say(f"\nThe score is {SCORE_IS}.")
    return page.text()


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

    def text(self) -> str:
        return self._buffer.getvalue()


def _filled(text: str, width: int, first: str = "", others: str = "") -> str:
    """Wrap a text; a figure and its per cent sign stay on one line."""
    held = text.replace(" %", "\u00a0%")
    return textwrap.fill(
        held, width - 1, initial_indent=first, subsequent_indent=others, break_on_hyphens=False
    ).replace("\u00a0%", " %")


def _reasons(page: _Page, why: Explanation) -> None:
    rows = [row for row in steps(why) if row["worth"]]
    for title, raises in (("What raises the chance", True), ("What lowers it", False)):
        page.head(title if why.status != AT_RISK or not raises else f"{title}, from {chance(why.reference_chance)}")
        for row in rows:
            if row["raises"] is raises:
                page.point(f"{row['label']} ({row['from']} → {row['to']}). {row['sentence']}")
        if not any(row["raises"] is raises for row in rows):
            page.point("Nothing stands out.")


def _beyond(page: _Page, one: Assessment) -> None:
    story, area = one.beyond.story, place_rows(one.beyond)
    if story and story.recovered:
        page.head("Peers who recovered, by today's yardstick (all of it: resilience peers)")
        for row in risk_changes(story.recovered):
            did = "; ".join(row["did"][:3])
            page.point(f"{row['council']}, {row['from']} to {row['to']}{': ' if did else ''}{did}")
    if not area["single"]:
        page.head(f"The place: {area['name']} and its districts (all of it: resilience place)")
        for text in area["sentences"]:
            page.say(text)


def _figures(page: _Page, one: Assessment) -> None:
    page.head("Figures (worse than … of 100 of its class / neighbours; + counts in the score; * second-hand)")
    grid = Table(box=None, pad_edge=False, header_style="")
    for name, justify in (("Measure", "left"), ("Figure", "right"), ("Year", "left"), ("Class", "right")):
        grid.add_column(name, justify=justify, no_wrap=name != "Measure")  # type: ignore[arg-type]
    grid.add_column("Near", justify="right", no_wrap=True)
    for row in one.indicators.itertuples():
        if pd.isna(row.value):
            continue
        places = (place(value, row.worse) for value in (row.class_percentile, row.near_percentile))
        label = Text(row.label + (" +" if row.in_model else ""))
        grid.add_row(label, row.text, row.year + ("*" if row.second_hand else ""), *places)
    page.console.print(grid)
