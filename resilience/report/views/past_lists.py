"""How the list looked each January, and what happened next: the page that leads to them, and a page each."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from resilience.backtest.past_lists import CAUGHT, FALSE_ALARM, MISSED, OPEN, January
from resilience.backtest.rolling import CAPACITY
from resilience.councils import load_councils
from resilience.formatting import chance
from resilience.model.scoring import ScoredDay
from resilience.report.views.address import Address
from resilience.report.wording.general import CLASS_NAMES
from resilience.report.wording.indicators import main_reasons
from resilience.report.wording.past_lists import fate, first_up
from resilience.tables.events import describe


def file_name(one: January) -> str:
    """Return the name of one January's page."""
    return f"january-{one.year}.html"


def history_view(scored: ScoredDay, lists: list[January], address: Address) -> dict[str, Any]:
    """Return what the page shows that leads to every January: each list, and each first event with the ranks before.

    Parameters
    ----------
    scored : ScoredDay
    lists : list of January
    address : callable
        From a council's code to its page.
    """
    return {
        "lists": [
            {
                "href": file_name(one),
                "year": one.year,
                "closed": one.closed,
                "begun": date(one.year, 1, 1) <= scored.events.until,
                "at_risk": len(one.table),
                "events": one.events,
                "caught": one.count(CAUGHT),
                "missed": one.count(MISSED),
                "without": one.count(FALSE_ALARM) + one.count(OPEN),
            }
            for one in lists
        ],
        "horizon": scored.model.horizon,
        "capacity": CAPACITY,
        "register_to": scored.events.until,
        "events": every_event(scored, lists, address),
    }


def every_event(scored: ScoredDay, lists: list[January], address: Address) -> list[dict[str, Any]]:
    """Return each first event since the first list, with the council's rank on the lists before it."""
    start = pd.Timestamp(lists[0].year, 1, 1)
    ranks = {one.year: one.table.set_index("ons_code")["rank"].to_dict() for one in lists}
    names = load_councils().drop_duplicates("ons_code").set_index("ons_code")
    first = scored.events.onsets(outcome=scored.model.outcome)
    result = []
    for code, onset in first[first["date"] >= start].sort_values("date").iterrows():
        newest, earlier = (ranks.get(onset["date"].year - years, {}).get(code) for years in (0, 1))
        result.append(
            {
                "council": names.loc[code, "council"],
                "href": address(str(code)),
                "class_name": first_up(CLASS_NAMES[names.loc[code, "class"]]),
                "date": onset["date"].date(),
                "kind": first_up(describe(onset).rpartition(", ")[0]),
                "newest": None if newest is None else int(newest),
                "earlier": None if earlier is None else int(earlier),
                "mark": "" if newest is None else CAUGHT if newest <= CAPACITY else MISSED,
            }
        )
    return result


def january_view(scored: ScoredDay, one: January, lists: list[January], address: Address) -> dict[str, Any]:
    """Return what the page of one January shows: its list, and what happened next to each council.

    Parameters
    ----------
    scored : ScoredDay
        The day up to which it is known.
    one : January
    lists : list of January
        All of them, to lead to the others.
    address : callable
        From a council's code to its page.
    """
    marks = (CAUGHT, MISSED, FALSE_ALARM if one.closed else OPEN)
    return {
        "one": {
            "year": one.year,
            "until": one.until,
            "closed": one.closed,
            "events": one.events,
            "already": one.already,
        },
        "rows": january_rows(scored, one, address),
        "others": [{"href": file_name(other), "text": other.year, "here": other.year == one.year} for other in lists],
        "caught": one.count(CAUGHT),
        "missed": one.count(MISSED),
        "false_alarms": one.count(FALSE_ALARM),
        "open": one.count(OPEN),
        "horizon": scored.model.horizon,
        "capacity": CAPACITY,
        "register_to": scored.events.until,
        "marks": list(marks),
        "class_choices": [[code, first_up(name)] for code, name in CLASS_NAMES.items()],
        "regions": sorted(one.table["region"].unique()),
    }


def january_rows(scored: ScoredDay, one: January, address: Address) -> list[dict[str, Any]]:
    """Return the councils of one January, a row each, with reasons and what happened next in words."""
    return [
        {
            **{name: row[name] for name in ("ons_code", "council", "class", "region", "band", "mark")},
            "fate": fate_of(scored, one, row),
            "rank": int(row["rank"]),
            "listed": int(row["rank"]) <= CAPACITY,
            "href": address(row["ons_code"]),
            "why": first_up(reasons(one, row["ons_code"]) or "nothing stands out"),
            "class_name": first_up(CLASS_NAMES[row["class"]]),
            "chance": chance(row["risk"]),
            "risk_sort": f"{row['risk']:.4f}",
            "event_sort": f"{row['event_date']:%Y-%m-%d}" if row["event"] else "",
        }
        for row in one.table.to_dict("records")
    ]


def reasons(one: January, code: str) -> str:
    """Say why a council stood where it stood on a list."""
    return "; ".join(main_reasons(one.scored, code))


def fate_of(scored: ScoredDay, one: January, row: dict[Any, Any]) -> str:
    """Say what happened next to a council on a list."""
    register_to, horizon = scored.events.until, scored.model.horizon
    return fate(row, origin=date(one.year, 1, 1), until=one.until, register_to=register_to, horizon=horizon)
