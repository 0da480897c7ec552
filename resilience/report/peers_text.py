"""Peers in words: who they are, how they compare, who recovered and who worsened, and by which lines."""

from __future__ import annotations

import json
import textwrap
from dataclasses import asdict

import numpy as np
import pandas as pd

from resilience.councils import council, resolve
from resilience.model.risk_set import AT_RISK, EVENT_ALREADY
from resilience.model.scoring import ScoredDay
from resilience.peer_characteristics import WEIGHTS, characteristics
from resilience.peers import Neighbour, compare, neighbours_on, stands_alone
from resilience.recovery import Journey, Story, recovered_peers
from resilience.recovery_lines import Line
from resilience.report.watchlist import safe_cell
from resilience.report.words import CANNOT_SEE, CLASS_NAMES, SCORE_IS, chance, day, percent, pounds
from resilience.sentences import short_figure
from resilience.years import outturn_year_of

WIDTH = 100
#: Journeys shown each way in a terminal; the JSON has all.
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


def value(number: float, unit: str) -> str:
    """Write one indicator's figure in its unit."""
    if number is None or np.isnan(number):
        return "–"
    if unit == "ratio":
        return percent(number)
    if unit == "£ thousand":
        return pounds(number)
    if unit == "years":
        return f"{number:.1f} y"
    return f"{number:.0f}" if unit in ("count", "flag", "grade", "rate") else f"{number:.1f}"


def line_words(line: Line) -> str:
    """Say one line of a journey with its figures."""
    if line.name in ("unplanned_reserves_use", "reserves_runway_years"):  # below nought is better; at the bound
        start, end = (short_figure(line.name, one) for one in (line.start_ratio, line.end_ratio))
        of = " than budgeted, in shares of net spending" if line.unit == "ratio" else ""
        return f"{line.words}: {start} → {end}{of}"
    if not np.isnan(line.start):
        amounts = f"{pounds(line.start)} → {pounds(line.end)}"
        of = {"interest_to_reserves": "of reserves"}.get(line.name, "of net spending")
        if line.unit == "ratio" and not np.isnan(line.start_ratio):
            shares = f"{percent(line.start_ratio)} → {percent(line.end_ratio)}".replace("-", "−")
            return f"{line.words}: {amounts} ({shares} {of})"
        return f"{line.words}: {amounts}"
    return f"{line.words}: {value(line.start_ratio, line.unit)} → {value(line.end_ratio, line.unit)}"


def journey_words(one: Journey) -> list[str]:
    """Say one council's journey, a line a part: heading, what moved, what moved the other way, what else."""
    falling = one.change < 0
    head = (
        f"{one.council} ({CLASS_NAMES[one.class_]}, {one.similar}): {chance(one.risk_start)} in January {one.start} "
        f"(figures of {outturn_year_of(one.start_year)}) to {chance(one.risk_end)} in January {one.end} "
        f"({outturn_year_of(one.end_year)})"
    )
    if not np.isnan(one.risk_now):
        head += f"; today {chance(one.risk_now)}"
    helped = [line for line in one.lines if not np.isnan(line.moved) and (line.moved < 0) == falling]
    against = [line for line in one.lines if not np.isnan(line.moved) and (line.moved < 0) != falling]
    context = [line for line in one.lines if np.isnan(line.moved)]
    parts = [head]
    parts += ["+ " + line_words(line) for line in helped[:5]]
    parts += ["− " + line_words(line) for line in against[:3]]
    parts += ["  " + line_words(line) for line in context]
    parts += ["! " + mark for mark in one.marks]
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
    form = "{:<42.42} {:>9} {:>9} {:>9} {:>9}  {}"
    out = [form.format("Indicator", "own", "lowest", "median", "highest", "place (1 = lowest)")]
    for _, row in table.iterrows():
        figures = [value(row[name], row["unit"]) for name in ("own", "lowest", "median", "highest")]
        place = "" if pd.isna(row["position"]) else f"{row['position']} of {row['of']}"
        if row["worse"] in ("higher", "lower") and place:
            place += f" ({row['worse']} is worse)"
        out.append(form.format(row["label"], *figures, place))
    return out


def _story(story: Story) -> list[str]:
    out = ["Peers then and later (+ what did it, − what went the other way, ! what to know)", ""]
    for title, journeys in (("Risk fell most", story.recovered), ("Risk rose most", story.worsened)):
        out.append(title + (" (widened to councils with nearby risk)" if story.widened and "fell" in title else ""))
        if not journeys:
            out.append("  none in any window of three to five years by then")
        for one in journeys[:SHOWN]:
            parts = journey_words(one)
            out += wrapped(parts[0], "  ", "    ")
            for part in parts[1:]:
                out += wrapped(part, "      ", "        ")
        out.append("")
    if story.set_aside:
        named = "; ".join(f"{name} ({why})" for name, why in story.set_aside)
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
        "recovery": asdict(recovered_peers(own, run=run)),
    }
    return json.dumps(_plain(content), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


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


def _plain(thing: object) -> object:
    """Turn numpy numbers into Python's, and what is missing into None."""
    if isinstance(thing, dict):
        return {str(name): _plain(one) for name, one in thing.items()}
    if isinstance(thing, list | tuple):
        return [_plain(one) for one in thing]
    if isinstance(thing, np.generic):
        thing = thing.item()
    if thing is None or thing is pd.NA or (isinstance(thing, float) and np.isnan(thing)):
        return None
    return round(thing, 6) if isinstance(thing, float) else thing


def to_csv(run: ScoredDay, code: str) -> str:
    """Return the side-by-side table as CSV, one column a council."""
    table = compare(code, run=run)
    names = {one.ons_code: one.council for one in neighbours_on(run, code)}
    table = table.rename(columns=names).map(safe_cell)
    return table.to_csv(lineterminator="\n", float_format="%.6g")
