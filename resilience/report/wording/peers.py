"""Peers in words: what a line of theirs did between two years, why one is set aside, what a reader must know."""

from __future__ import annotations

import numpy as np
import pandas as pd

from resilience.analysis.recovery import RELAPSE, RiskChange
from resilience.analysis.recovery_lines import (
    AddedUp,
    Capitalised,
    HadEvent,
    HardlyRepaid,
    HousingIncome,
    LeftOut,
    Line,
    Mark,
    OlderFigures,
    RepaymentCut,
    SetAside,
    SomeCapitalised,
)
from resilience.formatting import chance, day, percent, pounds
from resilience.indicators.definitions import load_definitions
from resilience.model.families import load_terms
from resilience.report.wording.general import CLASS_NAMES
from resilience.report.wording.indicators import figure, wording, words_of
from resilience.tables.events import describe
from resilience.years import outturn_year_of

ALONE = "It has no close neighbours: those below are the nearest there are, and comparing with them says little."
METHOD = (
    "Peers: the nearest by residents, spending, deprivation, tax base, density and mix of services, each on a robust "
    "scale within its group; region plays no part. Weights and agreement with Oflog's sets: docs/peers.md."
)
FIXED = (
    "Risk over time is by one model throughout (today's, medians and level on the figures known then), so that "
    "only a council's own figures move it. Two councils' lines are no proof of cause."
)
_SIMILAR = {"neighbour": "neighbour at the time", "risk": "nearby risk"}


def similar(code: str) -> str:
    """Say why a peer is compared."""
    return _SIMILAR[code]


def risk_change(one: RiskChange) -> str:
    """Say how a peer's chance moved between two Januaries: the heading of what its lines did."""
    said = (
        f"{one.council} ({CLASS_NAMES[one.class_]}, {similar(one.similar)}): "
        f"{chance(one.risk_start)} in January {one.start} "
        f"(figures of {outturn_year_of(one.start_year)}) to {chance(one.risk_end)} in January {one.end} "
        f"({outturn_year_of(one.end_year)}); {today(one)}"
    )
    return f"{said}. {relapse(one)}" if one.relapsed else said


def today(one: RiskChange) -> str:
    """Say where it stands on the day of the run by the same model, or why that cannot be said."""
    if not np.isnan(one.risk_now):
        return f"today {chance(one.risk_now)}"
    had = [mark for mark in one.marks if isinstance(mark, HadEvent)]
    return f"no chance today, after its first event ({event(had[0])})" if had else "today it cannot be scored"


def relapse(one: RiskChange) -> str:
    """Say that a recovery did not last; "" where it did."""
    if not one.relapsed:
        return ""
    level = percent(RELAPSE, 0)
    first = f"on {day(one.relapsed)}" if (one.relapsed.month, one.relapsed.day) == (1, 1) else "today"
    lower = one.risk_now < RELAPSE  # false of what is missing
    return f"Relapsed: at {level} or more again {first}" + (", and lower since." if lower else ".")


def line_label(line: Line) -> str:
    """Return the plain name of a line."""
    if line.name in _context():
        return str(_context()[line.name]["label"])
    return load_definitions()[line.name].label


def line_words(line: Line) -> str:
    """Say what a line did, without its figures."""
    if line.is_term:
        words = words_of(line.name)
        share = f"share_{line.way}"
        return str(words[share] if line.against_share and share in words else words[f"moved_{line.way}"])
    words = _context()[line.name]
    if line.way in ("up", "down"):
        change = percent(abs(line.end / line.start - 1), 0)
        return str(words[line.way]).format(change=change, usual=percent(line.usual, 0))
    return str(words[f"share_{line.way}" if line.against_share else line.way])


def line(one: Line) -> str:
    """Say what a line did, with its figures then and later."""
    said = line_words(one)
    words = words_of(one.name) if one.is_term else _context()[one.name]
    if np.isnan(one.start):
        start, end = (figure(one.name, ratio, missing="–") for ratio in (one.start_ratio, one.end_ratio))
        return f"{said}: {start} → {end}"
    amounts = f"{pounds(one.start)} → {pounds(one.end)}"
    if one.unit != "ratio" or np.isnan(one.start_ratio):
        return f"{said}: {amounts}"
    return f"{said}: {amounts} ({percent(one.start_ratio)} → {percent(one.end_ratio)} {words['share_of']})"


def _context() -> dict[str, dict[str, str]]:
    entries: dict[str, dict[str, str]] = wording()["context"]
    return entries


def event(one: HadEvent) -> str:
    """Say an event in a few words: "section 114(3) notice, 5 September 2023"."""
    return describe(pd.Series({"event_type": one.event_type, "date": one.date}))


def set_aside(why: SetAside) -> str:
    """Say why a fall in risk is not called recovery."""
    match why:
        case HadEvent():
            return event(why)
        case Capitalised():
            share, year = percent(why.share, 1), outturn_year_of(why.year)
            return f"capitalised {share} of net revenue expenditure in {year} (768)"


def mark(one: Mark) -> str:
    """Say what could mislead in a peer's figures."""
    labels = {term.name: term.label.lower() for term in load_terms()}
    match one:
        case HadEvent():
            return event(one)
        case RepaymentCut():
            return (
                f"repayment of debt (MRP) fell from {percent(one.before, 1)} to {percent(one.after, 1)} of net revenue "
                "expenditure while interest did not: a change of policy rather than less debt"
            )
        case HardlyRepaid():
            return f"hardly any debt was repaid from revenue at the end (MRP {pounds(one.amount)})"
        case HousingIncome():
            return "housing shows net income at the end: a one-off or a change of lines, not lower cost"
        case AddedUp():
            return "the start is its predecessors' figures added up"
        case LeftOut():
            names = ", ".join(labels[name] for name in one.terms)
            return f"left out, because there is no figure that compares: {names}"
        case OlderFigures():
            older = [f"{labels[name]} is of {outturn_year_of(year)}" for name, year in one.figures]
            return f"at the end, {', '.join(older)}"
        case SomeCapitalised():
            years = ", ".join(outturn_year_of(year) for year in one.years)
            return f"spending capitalised under a direction in {years} (line 768)"
