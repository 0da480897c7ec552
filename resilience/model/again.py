"""Councils that already had support, a notice or an intervention: how often such councils needed it again.

A council in being on a 1 January that had had a qualifying event before is looked at for 12 and for 24 months. What
counts as needing it again are the register's own rows: a section 114(3) notice, a statutory intervention that counts,
and support for a financial year for which the register had none of this council before. A row that only settles,
revises, moves or takes back what had been agreed (a final direction months later, a withdrawal) is no new need; every
year's round is one, however many rows it has. The chance is the plain share of councils that stood as long after their
last such event; a model of more terms did not beat it (``backtest/again.py``), so there is none.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from resilience.councils import load_councils
from resilience.indicators.known import councils_on
from resilience.model.calibration import JEFFREYS, share_interval
from resilience.model.fitting import FIRST_ORIGIN, last_closed_origin
from resilience.model.risk_set import yearly
from resilience.tables.events import COUNTING_FROM, EventRegister
from resilience.years import outturn_year_of

#: Months ahead: the next round, and the next two.
AHEAD = (12, 24)
#: From so many whole years since the last event on, councils are one group: few ever stood there.
LONGEST = 2
#: The interval of a base rate is the middle 90% of its posterior.

_YEAR = re.compile(r"(\d{4})-\d{2}")


@dataclass(frozen=True)
class AgainRate:
    """How often councils that stood alike needed support again.

    Attributes
    ----------
    since : int
        Whole years since their last event, `LONGEST` standing for that and more.
    horizon : int
        Months looked ahead.
    times, again : int
        Councils on Januaries whose whole horizon had closed (a council once a January), and those of them that needed
        it again.
    councils : int
        How many councils these were.
    """

    since: int
    horizon: int
    times: int
    again: int
    councils: int

    @property
    def chance(self) -> float:
        """The share, with half a case of either kind added (the mean under Jeffreys' prior)."""
        return (self.again + JEFFREYS) / (self.times + 2 * JEFFREYS)

    @property
    def interval(self) -> tuple[float, float]:
        """The middle 90% of what the share may be, were the rows independent of each other."""
        return share_interval(self.again, self.times)


def needs(events: EventRegister) -> pd.DataFrame:
    """Return each day on which a council newly came to need support, the oldest first.

    Returns
    -------
    DataFrame
        One row a council and day: ``ons_code``, ``known`` (Timestamp), ``kinds`` (tuple of event types) and ``amount``
        (£ million newly agreed that day, missing where none was published).
    """
    rows = events.rows[events.rows["distress"] & (events.rows["known"] >= pd.Timestamp(COUNTING_FROM))]
    by_day: dict[tuple[str, pd.Timestamp], list[dict[Hashable, Any]]] = {}
    for row in rows.sort_values("known", kind="stable").to_dict("records"):
        by_day.setdefault((row["ons_code"], row["known"]), []).append(row)
    found = []
    supported: dict[str, set[int]] = {}
    for (code, known), of_day in by_day.items():
        before = supported.setdefault(code, set())
        support = [(_financial_years(row["financial_year"]), row) for row in of_day if row["event_type"] == "efs"]
        new = [row for years, row in support if not years or years - before]
        other = {row["event_type"] for row in of_day} - {"efs"}
        before.update(*(years for years, _ in support))
        if new or other:
            kinds = (*sorted(other), *(["efs"] if new else []))
            found.append({"ons_code": code, "known": known, "kinds": kinds, "amount": _amount(new)})
    table = pd.DataFrame(found, columns=["ons_code", "known", "kinds", "amount"])
    types = {"ons_code": str, "known": "datetime64[ns]", "amount": float}
    return table.astype(types).sort_values(["known", "ons_code"], kind="stable", ignore_index=True)


def _financial_years(text: str) -> set[int]:
    """Return the years in which the financial years of "2023-24", "2023-24 and 2024-25" or "… to …" end."""
    years = [int(year) + 1 for year in _YEAR.findall(text)]
    return set(range(min(years), max(years) + 1)) if years else set()


def _amount(rows: Iterable[Mapping[Hashable, Any]]) -> float:
    """Add up a day's new support, of each year the amount first agreed: what became final is known later only."""
    first: dict[str, float] = {}
    other: dict[str, float] = {}
    for row in rows:
        if row["amount_gbp_m"]:
            kind = first if "in_principle" in row["subtype"] else other
            year = row["financial_year"]
            kind[year] = max(kind.get(year, 0.0), float(row["amount_gbp_m"]))
    years = other | first
    return sum(years.values()) if years else float("nan")


def standing(events: EventRegister, day: date) -> pd.DataFrame:
    """Return the councils in being on a day that had had a qualifying event before it, and how they stand.

    Returns
    -------
    DataFrame
        Index ``ons_code``: ``council, class, region, tier``, ``first`` and ``last`` (when its first and last event
        became known), ``years_since`` (whole years since the last), ``rounds`` (calendar years with an event) and
        ``amount`` (£ million agreed when it was last supported, missing where it never was or none was published).
    """
    return _standing(needs(events.known_by(day)), day)


def _standing(every: pd.DataFrame, day: date) -> pd.DataFrame:
    before = every[every["known"] < pd.Timestamp(day)]
    own = before.groupby("ons_code")["known"]
    years = before.assign(year=before["known"].dt.year).groupby("ons_code")["year"].nunique()
    supported = before[before["amount"].notna()].drop_duplicates("ons_code", keep="last").set_index("ons_code")
    table = councils_on(day)
    table = table[table.index.isin(before["ons_code"])].copy()
    table["first"], table["last"] = own.min().reindex(table.index), own.max().reindex(table.index)
    table["years_since"] = [_whole_years(last, day) for last in table["last"]]
    table["rounds"] = years.reindex(table.index)
    table["amount"] = supported["amount"].reindex(table.index)
    return table.astype({"years_since": int, "rounds": int, "amount": float})


def _whole_years(since: pd.Timestamp, day: date) -> int:
    return int(day.year - since.year - ((day.month, day.day) < (since.month, since.day)))


def again_rows(events: EventRegister, origins: Iterable[date], horizon: int) -> pd.DataFrame:
    """Set beside each council that stood so on each day what came next.

    Parameters
    ----------
    events : EventRegister
    origins : iterable of date
    horizon : int
        Months looked ahead.

    Returns
    -------
    DataFrame
        ``origin``, ``ons_code``, the columns of `standing`, ``again`` (bool), ``again_date``, ``observed`` (the share
        of the horizon that was observed) and ``closed`` (the whole horizon lies within the register).
    """
    every = needs(events)
    ends = pd.to_datetime(load_councils().drop_duplicates("ons_code").set_index("ons_code")["end_date"])
    tables = []
    for origin in origins:
        start, until = pd.Timestamp(origin), pd.Timestamp(origin) + pd.DateOffset(months=horizon)
        table = _standing(every, origin).reset_index()
        later = every[(every["known"] >= start) & (every["known"] < min(until, events.end))]
        first = later.drop_duplicates("ons_code").set_index("ons_code")["known"]
        found = first.reindex(table["ons_code"]).reset_index(drop=True)
        # A council that is abolished is watched until its last day.
        watched_to = (ends.reindex(table["ons_code"]) + pd.Timedelta(days=1)).reset_index(drop=True).fillna(until)
        watched_to = watched_to.clip(upper=min(until, events.end))
        table.insert(0, "origin", start)
        table["again"] = (found < watched_to).astype(bool)
        table["again_date"] = found.where(table["again"])
        table["observed"] = ((watched_to - start) / (until - start)).clip(lower=0.0)
        table["closed"] = bool(until <= events.end)
        tables.append(table)
    return pd.concat([one for one in tables if len(one)] or tables[:1], ignore_index=True)


def tells(rows: pd.DataFrame) -> pd.Series:
    """Say which rows tell what happened: a council abolished on the way says nothing certain unless it needed it."""
    return rows["again"] | (rows["observed"] >= 1)


def rates_of(rows: pd.DataFrame, horizon: int) -> dict[int, AgainRate]:
    """Count how often councils needed support again, by whole years since the last event.

    Parameters
    ----------
    rows : DataFrame
        From `again_rows`, closed ones.
    horizon : int
        Theirs.
    """
    use = rows[tells(rows)]
    group = use["years_since"].clip(upper=LONGEST)
    result = {}
    for since in range(LONGEST + 1):
        own = use[group == since]
        result[since] = AgainRate(since, horizon, len(own), int(own["again"].sum()), own["ons_code"].nunique())
    return result


def base_rates(events: EventRegister, as_of: date, horizon: int) -> dict[int, AgainRate]:
    """Return the base rates that could be counted on a day: by whole years since the last event.

    Only Januaries whose whole horizon had closed by the day, within the register, are looked at.
    """
    known = events.known_by(as_of)
    origins = yearly(FIRST_ORIGIN, max(FIRST_ORIGIN, last_closed_origin(known, as_of, horizon)))
    rows = again_rows(known, origins, horizon)
    return rates_of(rows[rows["closed"]], horizon)


def rate_for(rates: Mapping[int, AgainRate], years_since: int) -> AgainRate:
    """Return the base rate of a council that stands so many whole years after its last event."""
    return rates[min(years_since, LONGEST)]


def chance_within(yearly_rates: Mapping[int, AgainRate], years_since: int, horizon: int) -> float:
    """Return the chance of needing support again within so many months, from the rates of 12 months.

    A council that did not need it in the first twelve months stands a year further from its last event, and has the
    rate of those who stood there. So a longer horizon never has the smaller chance, and every closed year counts.

    Parameters
    ----------
    yearly_rates : mapping
        From `base_rates` or `rates_of`, of 12 months.
    years_since : int
    horizon : int
        A multiple of 12.
    """
    without = 1.0
    for later in range(horizon // 12):
        without *= 1.0 - rate_for(yearly_rates, years_since + later).chance
    return 1.0 - without


def counted(yearly_rates: Mapping[int, AgainRate], years_since: int, horizon: int) -> bool:
    """Say whether every rate that a chance is made of rests on some council at all."""
    return all(rate_for(yearly_rates, years_since + later).times for later in range(horizon // 12))


def round_of(year: int) -> str:
    """Return the round that falls into a calendar year, by the financial year it is for: 2026 → "2026-27"."""
    return outturn_year_of(year + 1)
