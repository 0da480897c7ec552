"""What councils have said of their figures, for a council's page and for the page that says how to ask."""

from __future__ import annotations

from typing import Any

from resilience.analysis.replies import EVENT, OPEN, Replies, Statement, load_replies
from resilience.councils import council
from resilience.indicators.definitions import load_definitions
from resilience.model.scoring import ScoredDay
from resilience.publications.lines import load_lines
from resilience.report.views.address import Address


def of_council(scored: ScoredDay, code: str) -> dict[str, Any]:
    """Return a council's ``replies`` and ``corrections``, the newest first."""
    said = _every(scored)
    return {
        "replies": [_statement(one) for one in said.of(code, "reply")],
        "corrections": [_correction(one) for one in said.of(code, "correction")],
    }


def contact(scored: ScoredDay, given: str) -> str:
    """Return how to reach whoever publishes the site: what was given, else what the file says; "" for neither."""
    return given.strip() or _every(scored).contact


def view(scored: ScoredDay, given: str, address: Address) -> dict[str, Any]:
    """Return what the page on corrections and replies shows: whom to ask, and everything asked so far."""
    said = _every(scored)
    rows = [
        {
            **(_correction(one) if one.kind == "correction" else {**_statement(one), "status": "", "about": ""}),
            "council": council(one.ons_code).council,
            "href": address(one.ons_code),
            "kind": one.kind,
        }
        for one in said.statements
    ]
    return {"contact": contact(scored, given), "asked": rows}


def _every(scored: ScoredDay) -> Replies:
    return scored.once("replies", load_replies)


def _statement(one: Statement) -> dict[str, Any]:
    return {"received": str(one.received), "from": one.sender, "text": one.text, "source": one.source}


def _correction(one: Statement) -> dict[str, Any]:
    label = label_of(one.figure)
    return {
        **_statement(one),
        "figure": one.figure,
        "label": label,
        "about": f"{label}, {one.year}" if one.year else label,
        "year": one.year,
        "status": one.status,
        "open": one.status == OPEN,
        "decided": str(one.decided) if one.decided else None,
        "decision": one.decision,
    }


def label_of(figure: str) -> str:
    """Return what a correction is about, in words."""
    if figure == EVENT:
        return "the register of events"
    found = load_definitions().get(figure)
    return found.label if found else load_lines().by_name[figure].label
