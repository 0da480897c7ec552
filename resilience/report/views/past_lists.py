"""How the list looked each January, and what happened next: the rows of those pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from resilience.backtest.past_lists import PastLists
from resilience.councils import load_councils
from resilience.formatting import chance, day
from resilience.model.risk_set import risk_set
from resilience.model.scoring import ScoredDay
from resilience.report.formats.html import page, slug
from resilience.report.formats.html_watchlist import Link, site_assets
from resilience.report.views.watchlist import CAPACITY
from resilience.report.wording.general import CLASS_NAMES
from resilience.report.wording.indicators import main_reasons
from resilience.tables.events import describe

CAUGHT, MISSED, FALSE_ALARM, OPEN = "caught", "missed", "false alarm", "none so far"


@dataclass(frozen=True)
class January:
    """One list of the past with what followed.

    Attributes
    ----------
    year : int
    until : Timestamp
        The end of its horizon.
    closed : bool
        Whether the register covers all of it.
    table : DataFrame
        One row a council at risk then, by rank: ``ons_code, council, class, region, rank, risk, band, reasons,
        event, fate`` (in words) and ``mark`` (one of the four above, or empty).
    already : int
        Councils that had had an event before.
    """

    year: int
    until: pd.Timestamp
    closed: bool
    table: pd.DataFrame
    already: int

    def count(self, mark: str) -> int:
        """Return how many councils bear a mark."""
        return int((self.table["mark"] == mark).sum())

    @property
    def events(self) -> int:
        """How many first events followed within the horizon, as far as the register reaches."""
        return int(self.table["event"].sum())


def januaries(run: ScoredDay, past: PastLists) -> list[January]:
    """Set each past list beside what followed.

    Parameters
    ----------
    run : ScoredDay
    past : PastLists
    """
    horizon, outcome = run.model.horizon, run.model.outcome
    first = run.events.onsets(outcome=outcome)
    register = load_councils().drop_duplicates("ons_code").set_index("ons_code")
    ends = pd.to_datetime(register["end_date"])
    result = []
    for year, scored in past.lists.items():
        origin = pd.Timestamp(year, 1, 1)
        followed = risk_set(run.indicators, run.events, [scored.as_of], horizon=horizon, outcome=outcome).one_origin()
        rows = followed.loc[scored.at_risk.index].join(scored.at_risk[["rank", "risk", "band"]]).sort_values("rank")
        until = origin + pd.DateOffset(months=horizon)
        closed = bool(rows["closed"].all())
        rows["reasons"] = ["; ".join(main_reasons(scored, code)) for code in rows.index]
        rows["mark"] = _marks(rows, closed)
        rows["fate"] = [
            _fate(row, first.loc[code] if code in first.index else None, ends.get(code), origin, until, run)
            for code, row in rows.iterrows()
        ]
        kept = ["council", "class", "region", "rank", "risk", "band", "reasons", "event", "event_date", "fate", "mark"]
        result.append(January(origin.year, until, closed, rows[kept].reset_index(), int(len(scored.table) - len(rows))))
    return result


def _marks(rows: pd.DataFrame, closed: bool) -> np.ndarray:
    listed, event = rows["rank"].to_numpy(dtype=int) <= CAPACITY, rows["event"].to_numpy(dtype=bool)
    nothing = FALSE_ALARM if closed else OPEN
    return np.select([listed & event, event, listed], [CAUGHT, MISSED, nothing], default="")


def _fate(
    row: pd.Series, onset: pd.Series | None, end: Any, origin: pd.Timestamp, until: pd.Timestamp, run: ScoredDay
) -> str:
    """Say what happened next in a few words."""
    if row["event"] and onset is not None:
        months = (onset["date"].year - origin.year) * 12 + onset["date"].month - origin.month
        when = "in the same month" if months == 0 else f"{months} month{'s' if months > 1 else ''} later"
        return _first_up(f"{describe(onset)}, {when}")
    if end is not None and pd.notna(end) and end < until:
        return f"No event before the council was abolished on {day(end)}"
    register_to = pd.Timestamp(run.events.until)
    if until > register_to + pd.Timedelta(days=1):
        return f"No event up to {day(register_to)}" if origin <= register_to else "Not known yet"
    if onset is not None:
        return f"No event within {run.model.horizon} months; later: {describe(onset)}"
    return f"No event within {run.model.horizon} months"


def _first_up(text: str) -> str:
    return text[:1].upper() + text[1:]


def rows_of(january: January, address: Callable[[str], str | None]) -> list[dict[str, Any]]:
    """Return what the page of one January shows, a row a council."""
    return [
        {
            **{name: row[name] for name in ("ons_code", "council", "class", "region", "band", "mark", "fate")},
            "rank": int(row["rank"]),
            "listed": int(row["rank"]) <= CAPACITY,
            "href": address(row["ons_code"]),
            "why": _first_up(row["reasons"] or "nothing stands out"),
            "class_name": _first_up(CLASS_NAMES[row["class"]]),
            "chance": chance(row["risk"]),
            "risk_sort": f"{row['risk']:.4f}",
            "event_sort": f"{row['event_date']:%Y-%m-%d}" if row["event"] else "",
        }
        for row in january.table.to_dict("records")
    ]


def every_event(
    run: ScoredDay, lists: list[January], address: Callable[[str], str | None], *, since: date | None = None
) -> list[dict[str, Any]]:
    """Return each first event since the first list, with the council's rank on the lists before it.

    Parameters
    ----------
    run : ScoredDay
    lists : list of January
    address : callable
        From a council's code to its page.
    since : date, optional
        By default the first list's day.
    """
    start = pd.Timestamp(since or date(lists[0].year, 1, 1))
    ranks = {one.year: one.table.set_index("ons_code")["rank"] for one in lists}
    names = load_councils().drop_duplicates("ons_code").set_index("ons_code")
    first = run.events.onsets(outcome=run.model.outcome)
    result = []
    for code, onset in first[first["date"] >= start].sort_values("date").iterrows():
        before = [ranks.get(onset["date"].year - years, pd.Series(dtype=float)).get(code) for years in (0, 1)]
        kind = describe(onset).rpartition(", ")[0]
        newest = before[0]
        result.append(
            {
                "council": names.loc[code, "council"],
                "href": address(code),
                "class_name": _first_up(CLASS_NAMES[names.loc[code, "class"]]),
                "date": onset["date"],
                "kind": _first_up(kind),
                "newest": None if newest is None else int(newest),
                "earlier": None if before[1] is None else int(before[1]),
                "mark": "" if newest is None else CAUGHT if newest <= CAPACITY else MISSED,
            }
        )
    return result


def file_name(one: January) -> str:
    """Return the name of one January's page."""
    return f"january-{one.year}.html"


def history_page(
    run: ScoredDay, lists: list[January], *, address: Callable[[str], str | None], links: Sequence[Link] = ()
) -> str:
    """Return the page that leads to every January, with each first event and where the council stood before it."""
    rows = [
        {
            "href": file_name(one),
            "year": one.year,
            "closed": one.closed,
            "begun": date(one.year, 1, 1) <= run.events.until,
            "at_risk": len(one.table),
            "events": one.events,
            "caught": one.count(CAUGHT),
            "missed": one.count(MISSED),
            "without": one.count(FALSE_ALARM) + one.count(OPEN),
        }
        for one in lists
    ]
    return page(
        "history.html.j2",
        **site_assets(),
        links=list(links),
        lists=rows,
        horizon=run.model.horizon,
        capacity=CAPACITY,
        register_to=run.events.until,
        events=every_event(run, lists, address),
    )


def january_page(
    run: ScoredDay,
    one: January,
    lists: list[January],
    *,
    address: Callable[[str], str | None],
    links: Sequence[Link] = (),
) -> str:
    """Return the page of one January: its list, and what happened next to each council."""
    shows = [("first", f"First {CAPACITY}"), ("event", "An event followed")]
    shows += [(slug(mark), _first_up(mark)) for mark in (CAUGHT, MISSED, FALSE_ALARM if one.closed else OPEN)]
    return page(
        "january.html.j2",
        **site_assets(),
        links=list(links),
        one=one,
        rows=rows_of(one, address),
        others=[{"href": file_name(other), "text": other.year, "here": other.year == one.year} for other in lists],
        caught=one.count(CAUGHT),
        missed=one.count(MISSED),
        false_alarms=one.count(FALSE_ALARM),
        open=one.count(OPEN),
        horizon=run.model.horizon,
        capacity=CAPACITY,
        register_to=run.events.until,
        show_choices=shows,
        class_choices=[(code, _first_up(name)) for code, name in CLASS_NAMES.items()],
        region_choices=[(slug(name), name) for name in sorted(one.table["region"].unique())],
    )
