"""The feed of what changed: the list of the day beside the last January's, and the events of the last twelve months."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID, uuid5

import pandas as pd

from resilience.analysis.changed import Changes, events_since, last_january
from resilience.backtest.past_lists import list_on
from resilience.formatting import day
from resilience.model.risk_set import AT_RISK
from resilience.model.scoring import ScoredDay
from resilience.report.views.address import Address
from resilience.report.views.changed import FEED, PAGE, file_name
from resilience.report.wording import changed as wording

#: How many months of events the feed holds.
MONTHS = 12
#: From it the names of the feed and its entries are made, so that they are the same whenever and wherever it is built.
_NAMES = UUID("6f0d3c0e-6b0c-5c55-9c4b-2a0f0c7f9a11")


def view(scored: ScoredDay, found: Changes | None, address: Address) -> dict[str, Any]:
    """Return the feed: the list of the day set beside the last January's, and each event of the last twelve months.

    Parameters
    ----------
    scored : ScoredDay
    found : Changes or None
        The list beside that of the last January.
    address : callable
        From a council's code to its page.

    Returns
    -------
    dict
        ``id, title, subtitle, updated, self, page, author`` and ``entries``: ``id, title, updated, href, text``. What
        an entry is called goes by what it tells of, so that it stays the same when the site is built again or moved.
    """
    entries = [] if found is None else [_entry_of_list(scored, found)]
    start = (pd.Timestamp(scored.as_of) - pd.DateOffset(months=MONTHS)).date()
    told = [(one, code) for code, events in events_since(scored, start).items() for one in events]
    names = scored.table["council"]
    for one, code in sorted(told, key=lambda pair: (pair[0].known, pair[1]), reverse=True):
        if code not in names.index:
            continue  # no longer in being
        known = one.known.date()
        entries.append(
            {
                "id": _name("event", code, one.event_type, str(known)),
                "title": f"{names[code]}: {wording.new_event(one)}",
                "updated": str(known),
                "href": address(code) or PAGE,
                "text": _before(scored, code, known),
            }
        )
    return {
        "id": _name("feed"),
        "title": "Watch list of English councils: what changed",
        "subtitle": "Events, and moves into and out of the first thirty. No verdict on a council or its officers.",
        "updated": str(scored.as_of),
        "self": FEED,
        "page": PAGE,
        "author": "council-resilience",
        "entries": entries,
    }


def _entry_of_list(scored: ScoredDay, found: Changes) -> dict[str, Any]:
    return {
        "id": _name("list", str(scored.as_of), found.name),
        "title": f"The list of {day(scored.as_of)} beside that of {wording.short(found)}",
        "updated": str(scored.as_of),
        "href": file_name(found),
        "text": " ".join([wording.in_short(found), *wording.top_thirty(found), wording.how_made(found)]),
    }


def _before(scored: ScoredDay, code: str, known: date) -> str:
    """Say where a council stood on the list of the January before an event."""
    origin = last_january(known)
    then = list_on(scored, origin) if origin else None
    if then is None or code not in then.table.index:
        return wording.stood(None, "", origin)
    row: Mapping[str, Any] = then.table.loc[code]
    rank = int(row["rank"]) if row["status"] == AT_RISK else None
    return wording.stood(rank, str(row["status"]), origin, row["band"])


def _name(*parts: str) -> str:
    return uuid5(_NAMES, "/".join(parts)).urn
