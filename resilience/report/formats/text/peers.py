"""Peers in words: who they are, how they compare, who recovered and who worsened, and by which lines."""

from __future__ import annotations

import json
import textwrap
from dataclasses import asdict
from itertools import zip_longest
from typing import Any

import numpy as np
import pandas as pd

from resilience.analysis.characteristics import WEIGHTS, characteristics
from resilience.analysis.neighbours import Neighbour, compare, neighbours_on, stands_alone
from resilience.analysis.recovery import RiskChange, Story, recovered_peers
from resilience.councils import council, resolve
from resilience.formatting import chance, day
from resilience.model.risk_set import AT_RISK, EVENT_ALREADY
from resilience.model.scoring import ScoredDay
from resilience.report.formats.csv import safe_cell
from resilience.report.formats.plain import plain
from resilience.report.wording import peers as wording
from resilience.report.wording.general import CANNOT_SEE, CLASS_NAMES, SCORE_IS
from resilience.report.wording.indicators import figure
from resilience.years import outturn_year_of

WIDTH = 100
#: Digits after the point in JSON.
DIGITS = 6
#: Changes shown each way in a terminal; the JSON has all.
SHOWN = 3
ALONE = "It has no close neighbours: those below are the nearest there are, and comparing with them says little."
METHOD = (
    "Peers: the nearest by residents, spending, deprivation, tax base, density and mix of services, each on a robust "
    "scale within its group; region plays no part. Weights and agreement with Oflog's sets: docs/peers.md."
)
FIXED = (
    "Risk over time is by one fixed yardstick (today's model, medians and level on the figures known then), so that "
    "only a council's own figures move it. Two councils' lines are no proof of cause."
)


def wrapped(text: str, first: str = "", then: str = "") -> list[str]:
    """Wrap text to the terminal's usual width; a figure and its per cent sign stay together."""
    held = text.replace(" %", "\u00a0%")
    lines = textwrap.wrap(held, WIDTH, initial_indent=first, subsequent_indent=then)
    return [line.replace("\u00a0%", " %") for line in lines]


def standing(run: ScoredDay, code: str) -> str:
    """Say in a few words where a council stands today."""
    row = run.table.loc[code]
    if row["status"] == AT_RISK:
        return f"{chance(row['risk'])} ({row['band']})"
    if row["status"] == EVENT_ALREADY:
        return f"event {pd.Timestamp(row['event_date']):%B %Y}"
    return "cannot be scored"


def risk_change_words(one: RiskChange) -> list[str]:
    """Say one council's journey, a line a part: heading, what moved, what moved the other way, what else."""
    falling = one.change < 0
    head = (
        f"{one.council} ({CLASS_NAMES[one.class_]}, {wording.similar(one.similar)}): "
        f"{chance(one.risk_start)} in January {one.start} "
        f"(figures of {outturn_year_of(one.start_year)}) to {chance(one.risk_end)} in January {one.end} "
        f"({outturn_year_of(one.end_year)})"
    )
    if not np.isnan(one.risk_now):
        head += f"; today {chance(one.risk_now)}"
    helped = [line for line in one.lines if not np.isnan(line.moved) and (line.moved < 0) == falling]
    against = [line for line in one.lines if not np.isnan(line.moved) and (line.moved < 0) != falling]
    context = [line for line in one.lines if np.isnan(line.moved)]
    parts = [head]
    parts += ["+ " + wording.line(line) for line in helped[:5]]
    parts += ["− " + wording.line(line) for line in against[:3]]
    parts += ["  " + wording.line(line) for line in context]
    parts += ["! " + wording.mark(mark) for mark in one.marks]
    return parts


def to_text(run: ScoredDay, code: str) -> str:
    """Return a council's peers as text for a terminal."""
    own = resolve(code)
    near = neighbours_on(run, own)
    row = run.table.loc[own]
    out = [f"Peers of {row['council']} ({CLASS_NAMES[row['class']]}), as of {day(run.as_of)}", ""]
    if stands_alone(own):
        out += [*wrapped(ALONE), ""]
    out += [f"{'':3} {'Council':<34} {'Class':<6} {'Apart':>5}  Chance within 24 months", _row(run, 0, own, "")]
    out += [_row(run, at, one.ons_code, f"{one.distance:.1f}") for at, one in enumerate(near, start=1)]
    out += ["", *_side_by_side(compare(own, run=run)), ""]
    story = recovered_peers(own, run=run)
    out += _story(story)
    for note in (METHOD, FIXED, f"Chance: {SCORE_IS}.", CANNOT_SEE):
        out += wrapped(note)
    return "\n".join(out) + "\n"


def _row(run: ScoredDay, at: int, code: str, distance: str) -> str:
    one = run.table.loc[code]
    number = str(at) if at else ""
    return f"{number:>3} {one['council']:<34.34} {one['class']:<6} {distance:>5}  {standing(run, code)}"


def _side_by_side(table: pd.DataFrame) -> list[str]:
    heads = ("own", "lowest", "median", "highest")
    out = _cells("Indicator", *heads, "place (1 = lowest)")
    for name, row in table.iterrows():
        place = "" if pd.isna(row["position"]) else f"{row['position']} of {row['of']}"
        if row["worse"] in ("higher", "lower") and place:
            place += f" ({row['worse']} is worse)"
        figures = [figure(str(name), row[head], missing="–") for head in heads]
        out += _cells(row["label"], *figures, place)
    return out


def _cells(label: str, *cells: str) -> list[str]:
    """Lay one row out; a long name or figure goes on in the next line, a figure and its per cent sign together."""
    widths = (34, 11, 11, 11, 11, 26)
    parts = [
        textwrap.wrap(cell.replace(" %", "\u00a0%"), width) or [""]
        for cell, width in zip((label, *cells), widths, strict=True)
    ]
    form = "{:<34} {:>11} {:>11} {:>11} {:>11}  {}"
    return [form.format(*line).replace("\u00a0", " ").rstrip() for line in zip_longest(*parts, fillvalue="")]


def _story(story: Story) -> list[str]:
    out = ["Peers then and later (+ what did it, − what went the other way, ! what to know)", ""]
    for title, journeys in (("Risk fell most", story.recovered), ("Risk rose most", story.worsened)):
        out.append(title + (" (widened to councils with nearby risk)" if story.widened and "fell" in title else ""))
        if not journeys:
            out.append("  none in any window of three to five years by then")
        for one in journeys[:SHOWN]:
            parts = risk_change_words(one)
            out += wrapped(parts[0], "  ", "    ")
            for part in parts[1:]:
                out += wrapped(part, "      ", "        ")
        out.append("")
    if story.set_aside:
        named = "; ".join(f"{name} ({wording.set_aside(why)})" for name, why in story.set_aside)
        out += wrapped(f"Fell too, but set aside, as support or a direction refills reserves: {named}.")
        out.append("")
    return out


def to_json(run: ScoredDay, code: str) -> str:
    """Return a council's peers as JSON; missing figures are null."""
    own = resolve(code)
    table = compare(own, run=run)
    content = {
        "what": SCORE_IS,
        "as_of": str(run.as_of),
        "ons_code": own,
        "council": council(own).council,
        "alone": stands_alone(own),
        "neighbours": [_record(run, one) for one in neighbours_on(run, own)],
        "weights": WEIGHTS,
        "characteristics_of": str(characteristics().at[own, "outturn_year"]),
        "indicators": table.reset_index().to_dict("records"),
        "recovery": story_record(recovered_peers(own, run=run)),
    }
    return json.dumps(plain(content, DIGITS), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _record(run: ScoredDay, one: Neighbour) -> dict:
    row = run.table.loc[one.ons_code]
    return {
        "ons_code": one.ons_code,
        "council": one.council,
        "class": one.class_,
        "distance": round(one.distance, 4),
        "status": row["status"],
        "risk": row["risk"],
        "band": row["band"],
    }


def story_record(story: Story) -> dict[str, Any]:
    """Return what peers did as plain values, each line, mark and reason in words too."""
    return {
        "ons_code": story.ons_code,
        "council": story.council,
        "recovered": [_risk_change_record(one) for one in story.recovered],
        "worsened": [_risk_change_record(one) for one in story.worsened],
        "set_aside": [[name, wording.set_aside(why)] for name, why in story.set_aside],
        "widened": story.widened,
        "yardstick": f"model of {story.yardstick}, medians and level of that day",
        "notes": list(story.notes),
    }


def _risk_change_record(one: RiskChange) -> dict[str, Any]:
    lines = [
        {
            "name": line.name,
            "label": wording.line_label(line),
            "words": wording.line_words(line),
            **{name: getattr(line, name) for name in ("start", "end", "start_ratio", "end_ratio", "unit", "moved")},
        }
        for line in one.lines
    ]
    words = {"similar": wording.similar(one.similar), "marks": [wording.mark(mark) for mark in one.marks]}
    return {**asdict(one), "lines": lines, **words}


def to_csv(run: ScoredDay, code: str) -> str:
    """Return the side-by-side table as CSV, one column a council."""
    table = compare(code, run=run)
    names = {one.ons_code: one.council for one in neighbours_on(run, code)}
    table = table.rename(columns=names).map(safe_cell)
    return table.to_csv(lineterminator="\n", float_format="%.6g")
