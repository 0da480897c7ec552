"""What changed on the list since an earlier one: ranks, bands, events, and the families and the figure behind it.

The earlier list is that of a day, drawn up afresh by the model of that day, or one that was frozen. A frozen list keeps
ranks and no figures, so that nothing is told of what moved a council since.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from resilience.analysis.explain import WORTH_SAYING
from resilience.backtest.frozen import MODEL, FrozenList, frozen_lists
from resilience.backtest.past_lists import FIRST_JANUARY, list_on
from resilience.backtest.rolling import CAPACITY
from resilience.councils import load_councils
from resilience.errors import DataError
from resilience.model.bands import band_at
from resilience.model.families import Term
from resilience.model.risk_set import AT_RISK, EVENT_ALREADY, NOT_SCORABLE
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
        By council; events the earlier list did not know (announced on its day or later; for a frozen one, after the
        end of its register), and before the later day.
    moved : dict of str to Moved
        By council ranked on both days; without an entry where no figure of its own stands out.
    families : DataFrame
        Index ``ons_code`` of the councils ranked on both days, a column a family: how much more it adds to the log-odds
        now than then, each by the model of its day. Empty for a frozen list.
    version : str
        Of a frozen list, the version that made it; "" for one drawn up afresh.
    """

    since: date
    as_of: date
    table: pd.DataFrame
    events: dict[str, list[NewEvent]]
    moved: dict[str, Moved]
    families: pd.DataFrame
    version: str = ""

    @property
    def name(self) -> str:
        """The day of the earlier list, and the version of a frozen one: "2026-01-01", "2026-11-24-0.1.0"."""
        return f"{self.since}-{self.version}" if self.version else str(self.since)

    def marks(self) -> pd.DataFrame:
        """Return what became of each council, on the index of ``table``.

        Returns
        -------
        DataFrame
            Of truths: ``event`` (a new one), ``entered, left`` (the first thirty), ``band`` (ranked on both days, in
            another), ``newly_ranked`` (not scored or not in being then) and ``no_longer`` (ranked or with an event
            then, not scored or not in being now).
        """
        table, without = self.table, [NOT_SCORABLE, NOT_IN_BEING]
        then, now = (table[name] <= CAPACITY for name in ("rank_then", "rank"))
        both = table["rank_then"].notna() & table["rank"].notna()
        return pd.DataFrame(
            {
                "event": table.index.isin(list(self.events)),
                "entered": now & ~then,
                "left": then & ~now,
                "band": both & (table["band"] != table["band_then"]),
                "newly_ranked": table["status_then"].isin(without) & (table["status"] == AT_RISK),
                "no_longer": table["status_then"].isin([AT_RISK, EVENT_ALREADY]) & table["status"].isin(without),
            }
        )

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

    def make() -> Changes:
        events = events_since(scored, then.as_of)
        families = _families(then, scored)
        return Changes(then.as_of, scored.as_of, _table(then.table, scored), events, _moved(then, scored), families)

    return scored.once(("changes since", then.as_of), make)


def frozen_before(scored: ScoredDay) -> list[FrozenList]:
    """Return the frozen lists of earlier days with a scored day's outcome and horizon, the oldest first."""
    model = scored.model
    return [
        one
        for one in frozen_lists()
        if one.as_of < scored.as_of
        and (one.facts["outcome"], int(one.facts["horizon_months"])) == (model.outcome, model.horizon)
    ]


def changes_since_frozen(scored: ScoredDay, frozen: FrozenList) -> Changes:
    """Set a list beside one that was frozen, which keeps ranks and no figures.

    Raises
    ------
    DataError
        If the frozen list is not of an earlier day, or of another outcome or horizon.
    """
    asked = (frozen.facts["outcome"], int(frozen.facts["horizon_months"]))
    if not frozen.as_of < scored.as_of or asked != (scored.model.outcome, scored.model.horizon):
        raise DataError(
            f"{frozen.name} cannot be set beside the list of {scored.as_of}; choose a frozen list of an earlier day "
            f"with the outcome {scored.model.outcome} within {scored.model.horizon} months."
        )
    ranks = frozen.ranks[MODEL]
    where = load_councils().drop_duplicates("ons_code").set_index("ons_code")["region"].reindex(ranks.index)
    then = frozen.councils.assign(rank=ranks, band=ranks.map(band_at), region=where)
    known_to = date.fromisoformat(frozen.facts["register_to"])
    events = events_since(scored, min(known_to + timedelta(days=1), frozen.as_of))
    table = _table(then, scored)
    return Changes(frozen.as_of, scored.as_of, table, events, {}, pd.DataFrame(), version=frozen.version)


def events_since(scored: ScoredDay, since: date) -> dict[str, list[NewEvent]]:
    """Return the events of the outcome that became known on a day or later, by council."""
    rows = scored.events.rows
    new = rows[rows[scored.model.outcome] & (rows["known"] >= pd.Timestamp(since))]
    result: dict[str, list[NewEvent]] = {}
    for row in new.sort_values("known").drop_duplicates(["ons_code", "event_type", "known"]).itertuples():
        result.setdefault(str(row.ons_code), []).append(NewEvent(str(row.event_type), pd.Timestamp(row.known)))
    return result


def _table(then: pd.DataFrame, now: ScoredDay) -> pd.DataFrame:
    codes = now.table.index.append(then.index.difference(now.table.index, sort=False))
    who = ["council", "class", "region"]
    table = now.table[who].reindex(codes).combine_first(then[who]).loc[codes]
    for suffix, one in (("_then", then), ("", now.table)):
        at_risk = one[one["status"] == AT_RISK]
        table[f"rank{suffix}"] = at_risk["rank"].astype(float).reindex(codes)
        table[f"band{suffix}"] = at_risk["band"].astype(object).reindex(codes).fillna("")
        table[f"status{suffix}"] = one["status"].astype(object).reindex(codes).fillna(NOT_IN_BEING)
    return table


def _families(then: ScoredDay, now: ScoredDay) -> pd.DataFrame:
    both = now.at_risk.index.intersection(then.at_risk.index)
    names = [family.name for family in now.model.families]
    return now.families.loc[both, names].astype(float) - then.families.loc[both, names].astype(float)


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
        if np.isclose(before, after, rtol=1e-6, atol=1e-9, equal_nan=True):
            continue
        step = float(now.contributions.at[code, term.name]) - float(then.contributions.at[code, term.name])
        size = abs(step) if way == 0 else step * way
        if size >= furthest:
            year_then, year = (one.known.year_of(code, term.indicator) for one in (then, now))
            best, furthest = Moved(term, before, after, year_then, year, step), size
    return best
