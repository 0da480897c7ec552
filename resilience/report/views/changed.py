"""What changed since an earlier list: a page and a table of each; the rows are the workbook's too."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date
from typing import Any

import pandas as pd

from resilience.analysis.changed import Changes, changes, changes_since_frozen, frozen_before, last_january
from resilience.analysis.explain import WORTH_SAYING
from resilience.backtest.rolling import CAPACITY
from resilience.model.risk_set import EVENT_ALREADY
from resilience.model.scoring import ScoredDay
from resilience.report.views.address import Address
from resilience.report.wording import changed as wording
from resilience.report.wording.general import CLASS_NAMES
from resilience.report.wording.past_lists import first_up

Rows = list[dict[str, Any]]

#: The page of the last January's list, and the feed.
PAGE, FEED = "changed.html", "changed.xml"
_WHO = ("ons_code", "council", "class", "region")
_PLACES = ("status_then", "status", "rank_then", "rank", "moved_up", "band_then", "band")


def earlier(scored: ScoredDay, days: Iterable[date]) -> list[Changes]:
    """Set a list beside each earlier one.

    Parameters
    ----------
    scored : ScoredDay
    days : iterable of date
        Of earlier lists; the last 1 January is among them anyhow, and days that are not earlier are passed over.

    Returns
    -------
    list of Changes
        The newest day first; those drawn up afresh, then the frozen ones.
    """
    wanted = {one for one in (*days, last_january(scored.as_of)) if one and one < scored.as_of}
    afresh = [changes(scored, one) for one in sorted(wanted, reverse=True)]
    frozen = [changes_since_frozen(scored, one) for one in reversed(frozen_before(scored))]
    return [*(one for one in afresh if one), *frozen]


def file_name(found: Changes, ending: str = "html") -> str:
    """Return the name of the page of one earlier list, or of its table."""
    return f"changed-{found.name}.{ending}"


def rows(scored: ScoredDay, found: Changes, table: pd.DataFrame) -> Rows:
    """Return councils of a list and an earlier one, a row each.

    Parameters
    ----------
    scored : ScoredDay
    found : Changes
    table : DataFrame
        Rows of ``found.table``.

    Returns
    -------
    list of dict
        ``ons_code, council, class, region, rank_then, rank, moved_up`` (places nearer the top), ``band_then, band``
        (or the status), ``status_then, status``, ``events``, ``main_reason`` and ``families`` in words, and
        ``family_steps`` (family → how much more it adds to the log-odds); the last three empty where the council was
        not ranked on both days, or the list is a frozen one.
    """
    return [_row(scored, found, str(code), row) for code, row in table.iterrows()]


def _row(scored: ScoredDay, found: Changes, code: str, row: pd.Series) -> dict[str, Any]:
    then, now = (None if pd.isna(row[name]) else int(row[name]) for name in ("rank_then", "rank"))
    both = then is not None and now is not None and not found.version
    steps = found.families.loc[code] if both else pd.Series(dtype=float)
    return {
        "ons_code": code,
        **{name: str(row[name]) for name in ("council", "class", "region")},
        "rank_then": then,
        "rank": now,
        "moved_up": None if then is None or now is None else then - now,
        "band_then": row["band_then"] or row["status_then"],
        "band": row["band"] or row["status"],
        "status_then": row["status_then"],
        "status": row["status"],
        "events": wording.new_events(found.events.get(code, [])),
        "main_reason": wording.moved(found.moved.get(code)) if both else "",
        "families": wording.families(steps, scored.model.families) if both else "",
        "family_steps": {str(name): float(step) for name, step in steps.items()},
    }


def view(scored: ScoredDay, found: Changes | None, every: list[Changes], address: Address) -> dict[str, Any]:
    """Return everything the page and the table of one earlier list show.

    Parameters
    ----------
    scored : ScoredDay
    found : Changes or None
        None where no list could be made on an earlier day.
    every : list of Changes
        All of them, to lead to the others; from `earlier`.
    address : callable
        From a council's code to its page.
    """
    shown = [] if found is None else rows(scored, found, found.table)
    marks = {} if found is None else found.marks().T.to_dict()
    for row in shown:
        own = [name for name, on in marks[row["ons_code"]].items() if on]
        row |= {"marks": own, "href": address(row["ons_code"]), "class_name": first_up(CLASS_NAMES[row["class"]])}
        row["told"] = wording.told(found, row["ons_code"], scored.model.families) if found else ""
    told = {name: [row for row in shown if name in row["marks"]] for name in wording.MARKS}
    left = [{**row, "why": wording.why_left(row["rank"], row["status"], row["events"])} for row in told["left"]]
    events = sorted(told["event"], key=lambda row: (row["rank_then"] or math.inf, row["council"]))
    regions = sorted({row["region"] for row in shown})
    return {
        "since": None if found is None else found.since,
        "as_of": scored.as_of,
        "version": "" if found is None else found.version,
        "named": "" if found is None else wording.list_of(found),
        "lead": wording.NO_EARLIER_LIST if found is None else wording.in_short(found),
        "note": "" if found is None else wording.how_made(found),
        "capacity": CAPACITY,
        "worth_saying": WORTH_SAYING,
        "others": [
            {"href": file_name(one), "text": wording.short(one), "here": one is found, "frozen": bool(one.version)}
            for one in every
        ],
        "csv": "" if found is None else file_name(found, "csv"),
        "feed": FEED,
        "rows": shown,
        "entered": sorted(told["entered"], key=lambda row: row["rank"]),
        "left": sorted(left, key=lambda row: row["rank_then"]),
        "first_events": [row for row in events if row["status_then"] != EVENT_ALREADY],
        "other_events": [row for row in events if row["status_then"] == EVENT_ALREADY],
        "newly_ranked": told["newly_ranked"],
        "no_longer": told["no_longer"],
        "with_families": bool(found is not None and not found.version),
        "mark_choices": [[name, text] for name, text in wording.MARKS.items() if told[name]],
        "class_choices": [[code, first_up(name)] for code, name in CLASS_NAMES.items()],
        "regions": regions,
        "table": _table(scored, shown),
    }


def _table(scored: ScoredDay, shown: Rows) -> dict[str, Any]:
    families = [family.name for family in scored.model.families]
    columns = [*_WHO, *_PLACES, "changes", "new_events", "main_reason", *(f"family_{name}" for name in families)]
    return {
        "columns": columns,
        "rows": [
            [
                *(row[name] for name in (*_WHO, *_PLACES)),
                " ".join(row["marks"]),
                row["events"],
                row["main_reason"],
                *(row["family_steps"].get(name) for name in families),
            ]
            for row in shown
        ],
    }
