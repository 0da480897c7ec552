"""What changed on the list since an earlier day: ranks, bands, new events, and the figure that moved a council most."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from resilience.analysis.explain import WORTH_SAYING
from resilience.backtest.past_lists import FIRST_JANUARY, list_on
from resilience.indicators.known import known_on
from resilience.model.families import Term
from resilience.model.scoring import ScoredDay

#: What a council has that was not on the earlier list, or is not on the later one.
NOT_IN_BEING = "not in being"


@dataclass(frozen=True)
class NewEvent:
    """An event of the outcome that became known between two lists: its type, and the day it is taken as."""

    event_type: str
    known: pd.Timestamp


@dataclass(frozen=True)
class Moved:
    """The figure of its own that moved a council most the way its rank went.

    Attributes
    ----------
    term : Term
    value_then, value : float
    year_then, year : int
        The calendar years in which their financial years end; 0 where there was no figure.
    log_odds : float
        How much more the term adds now than then.
    """

    term: Term
    value_then: float
    value: float
    year_then: int
    year: int
    log_odds: float


@dataclass(frozen=True, eq=False)
class Changes:
    """One list set beside an earlier one.

    Attributes
    ----------
    since, as_of : date
        The two days.
    table : DataFrame
        Index ``ons_code``, one row a council in being on either day, in the order of the later list: ``council, class,
        region``; ``rank_then, rank`` (missing without one); ``band_then, band`` ("" without one); ``status_then,
        status`` (``NOT_IN_BEING`` where it was not, or is no longer).
    events : dict of str to list of NewEvent
        By council; events announced on the earlier day or later, and before the later one.
    moved : dict of str to Moved
        By council ranked on both days; without an entry where no figure of its own stands out.
    """

    since: date
    as_of: date
    table: pd.DataFrame
    events: dict[str, list[NewEvent]]
    moved: dict[str, Moved]

    def stands_out(self) -> pd.DataFrame:
        """Return the rows with a new event, another band, or another status.

        Those ranked before their event come first, in the order of their rank then; then the others with an event.
        """
        table = self.table
        event = table.index.isin(list(self.events))
        ranked = table["rank_then"].notna()
        differs = (table["band"] != table["band_then"]) | (table["status"] != table["status_then"])
        first = table[event & ranked].sort_values("rank_then")
        return pd.concat([first, table[event & ~ranked], table[differs & ~event]])


def last_january(as_of: date) -> date | None:
    """Return the last 1 January before a day; nothing where no list was made on it."""
    found = date(as_of.year if as_of > date(as_of.year, 1, 1) else as_of.year - 1, 1, 1)
    return found if found.year >= FIRST_JANUARY else None


def changes(scored: ScoredDay, since: date | None = None) -> Changes | None:
    """Set a list beside an earlier one, each by the model and the figures of its day.

    Parameters
    ----------
    scored : ScoredDay
        From ``method.run``.
    since : date, optional
        The earlier day, by default the last 1 January.

    Returns
    -------
    Changes or None
        Nothing where no list could be made on the earlier day.

    Raises
    ------
    DataError
        If the day given is not before the list's own, or before the first list.
    """
    day = since or last_january(scored.as_of)
    then = list_on(scored, day) if day else None
    if then is None:
        return None
    return Changes(
        then.as_of, scored.as_of, _table(then, scored), events_since(scored, then.as_of), _moved(then, scored)
    )


def new_figures(scored: ScoredDay, code: str, since: date) -> list[Term]:
    """Return the terms of a council that rest on another figure than was known on an earlier day."""
    known = scored.once(("known on", since), lambda: known_on(scored.indicators, since))
    if code not in known.table.index:
        return []
    terms = [term for term in scored.model.terms if scored.table.at[code, "tier"] in term.tiers]
    return [
        term for term in terms if not _same(*(float(t.at[code, term.indicator]) for t in (known.table, scored.table)))
    ]


def _same(before: float, after: float) -> bool:
    return bool(np.isclose(before, after, rtol=1e-6, atol=1e-9, equal_nan=True))


def _table(then: ScoredDay, now: ScoredDay) -> pd.DataFrame:
    codes = now.table.index.append(then.table.index.difference(now.table.index, sort=False))
    who = ["council", "class", "region"]
    table = now.table[who].reindex(codes).combine_first(then.table[who]).loc[codes]
    for suffix, one in (("_then", then), ("", now)):
        at_risk = one.at_risk
        table[f"rank{suffix}"] = at_risk["rank"].astype(float).reindex(codes)
        table[f"band{suffix}"] = at_risk["band"].astype(object).reindex(codes).fillna("")
        table[f"status{suffix}"] = one.table["status"].astype(object).reindex(codes).fillna(NOT_IN_BEING)
    return table


def events_since(scored: ScoredDay, since: date) -> dict[str, list[NewEvent]]:
    """Return, by council, the events of the outcome announced on an earlier day or later, and before the list's own."""
    rows = scored.events.rows
    new = rows[rows[scored.model.outcome] & (rows["known"] >= pd.Timestamp(since))]
    result: dict[str, list[NewEvent]] = {}
    for row in new.sort_values("known").drop_duplicates(["ons_code", "event_type", "known"]).itertuples():
        result.setdefault(str(row.ons_code), []).append(NewEvent(str(row.event_type), pd.Timestamp(row.known)))
    return result


def _moved(then: ScoredDay, now: ScoredDay) -> dict[str, Moved]:
    both = now.at_risk.index.intersection(then.at_risk.index)
    found = {str(code): _most(then, now, str(code)) for code in both}
    return {code: one for code, one in found.items() if one is not None}


def _most(then: ScoredDay, now: ScoredDay, code: str) -> Moved | None:
    """Return the term with another figure than then that moved the council most the way its rank went."""
    way = np.sign(int(then.table.at[code, "rank"]) - int(now.table.at[code, "rank"]))
    best, furthest = None, WORTH_SAYING
    for term in now.model.terms:
        before, after = (float(one.table.at[code, term.indicator]) for one in (then, now))
        if _same(before, after):
            continue
        step = float(now.contributions.at[code, term.name]) - float(then.contributions.at[code, term.name])
        size = abs(step) if way == 0 else step * way
        if size >= furthest:
            year_then, year = (one.known.year_of(code, term.indicator) for one in (then, now))
            best, furthest = Moved(term, before, after, year_then, year, step), size
    return best
