"""Views as JSON: every view by one function, and of those with a published schema only the keys it names."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from resilience.report.formats.csv import WATCHLIST
from resilience.report.plain import plain

View = Mapping[str, Any]

#: Chances and log-odds of one council are written with so many digits: enough to add up to 1e-9.
COUNCIL_DIGITS = 12
#: The list's chances; its expected events have two.
LIST_DIGITS = 6

#: ``docs/schemas/watchlist.schema.json``, besides the councils; each of these has the columns of the CSV.
_LIST = (
    "what",
    "as_of",
    "outcome",
    "horizon_months",
    "register_to",
    "expected_first_events",
    "followed",
    "claim",
    "notes",
    "version",
)
#: ``docs/schemas/assessment.schema.json``.
_COUNCIL = (
    "what",
    "as_of",
    "horizon_months",
    "version",
    "council",
    "status",
    "status_text",
    "not_scored_because",
    "headline",
    "claim",
    "beside",
    "score",
    "how_sure",
    "change",
    "before_the_event",
    "support_again",
    "what_would_change_it",
    "what_would_change_it_warning",
    "history",
    "since_lists",
    "form_lines",
    "indicators",
    "other_definitions",
    "events",
    "replies",
    "corrections",
    "neighbours",
    "warnings",
    "peers_then_and_later",
    "place",
    "new_councils",
    "areas_without_new_council",
    "sources",
    "flags",
    "cannot_see",
)
#: What rows of the page have beside that, in words or for its layout.
_PAGE_ONLY = {
    "history": ("class_rank",),
    "indicators": ("meaning", "formula", "kind", "of_class", "of_neighbours"),
    "other_definitions": ("level",),
    "corrections": ("about", "open"),
    "neighbours": ("event_month", "reserves_year"),
    "what_would_change_it": ("year",),
}
_OWN = (
    "mark",
    "published_by_nobody",
    "what",
    "ons_code",
    "council",
    "as_of",
    "version",
    "published",
    "with_own_figures",
    "supplied",
    "remarks",
    "plan",
    "cushion",
)


def to_json(content: Any, *, digits: int | None = None) -> str:
    """Return plain values as JSON text, fractions with so many digits after the point; a missing number is null."""
    return json.dumps(plain(content, digits), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def from_view(view: View) -> str:
    """Write what a view holds for programs, its ``content``."""
    return to_json(view["content"])


def watchlist(view: View) -> str:
    """Return the watch list as JSON."""
    content = {
        **_of(view, _LIST),
        "expected_first_events": round(view["expected_first_events"], 2),
        "councils": [_of(row, WATCHLIST) for row in view["councils"]],
    }
    return to_json(content, digits=LIST_DIGITS)


def council(view: View) -> str:
    """Return one council's assessment as JSON."""
    content = _of(view, _COUNCIL)
    for name, unwanted in _PAGE_ONLY.items():
        content[name] = [{key: value for key, value in row.items() if key not in unwanted} for row in view[name]]
    return to_json(content, digits=COUNCIL_DIGITS)


def own_figures(view: View) -> str:
    """Return an assessment with own figures as JSON."""
    return to_json(_of(view, _OWN))


def _of(view: View, names: Iterable[str]) -> dict[str, Any]:
    return {name: view[name] for name in names}
