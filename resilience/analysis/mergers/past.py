"""Past mergers: what the predecessors' figures said on the eve, and what followed.

For each council formed since 2019 the eve is the 1 January before it was vested. Its figures are its predecessors'
added up as they were known that day, its chance is by the model that could be trained then, at that day's level.
What followed is in the register of events, and in its first own figures.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np
import pandas as pd

from resilience.analysis.mergers.add_up import Part
from resilience.analysis.mergers.proposed import NoSum, as_council, predecessors_on, score_merged
from resilience.councils import council, reorganisations
from resilience.councils.lineage import county_share
from resilience.indicators.known import known_on
from resilience.method import run as run_pipeline
from resilience.model.bands import NAMES
from resilience.model.scoring import ScoredDay, on_fixed_scale, score

SINCE = 2019


def successors(since: int = SINCE, until: date | None = None) -> Iterator[tuple[str, date, tuple[str, ...]]]:
    """Yield code, vesting day and predecessors of every council formed since a year, and before a day."""
    for one in reorganisations():
        if one["date"].year >= since and (until is None or one["date"] < until):
            for after in one["successor"]:
                members = (*after["whole"], *([after["part_of"]] if "part_of" in after else []))
                yield after["ons_code"], one["date"], members


@cache
def _run_on(day: date) -> ScoredDay:
    return run_pipeline(day)


def eve_of(code: str, vested: date, members: tuple[str, ...], run: ScoredDay) -> dict[str, object]:
    """Say what a council's predecessors' figures gave on the eve.

    Parameters
    ----------
    code : str
        The successor.
    vested : date
    members : tuple of str
        Its predecessors.
    run : ScoredDay
        Of the eve.

    Returns
    -------
    dict
        Without ``figures``, and the chance and place missing, where no year was known of all predecessors.
    """
    rows = run.indicators[(run.indicators["ons_code"] == code) & (run.indicators["year"] <= vested.year)]
    parts = _parts(run, code, members)
    before = predecessors_on(run, parts)
    events = before[before["event"].notna()]
    at_risk = before[before["risk"].notna()]
    worst = at_risk["risk"].idxmax() if len(at_risk) else None
    try:
        one = score_merged(run, rows[rows["built"].astype(bool)], parts)
    except NoSum:
        one = None
    return {
        "eve": run.as_of,
        "figures": one.known["outturn_year"] if one else "",
        "risk": one.risk if one else np.nan,
        "risk_low": one.risk_low if one else np.nan,
        "risk_high": one.risk_high if one else np.nan,
        "band": one.band if one else "",
        "place": one.place if one else np.nan,
        "of": len(run.at_risk),
        "highest_predecessor": before.at[worst, "council"] if worst else "",
        "highest_risk": float(before.at[worst, "risk"]) if worst else np.nan,
        "with_event": "; ".join(events["council"]),
    }


def _parts(run: ScoredDay, code: str, members: tuple[str, ...]) -> list[Part]:
    """Return the predecessors with the shares that lineage gives them in the newest year."""
    panel = run.known_panel
    newest = panel[panel["ons_code"].isin(members) & panel["rs_netrevexp_net_exp"].notna()]["year"].max()
    weights = panel[panel["year"] == newest].set_index("ons_code")["rs_netrevexp_net_exp"].to_dict()
    parts = []
    for member in members:
        one = council(member)
        split = one.class_ == "SC" and len(one.successors) > 1
        share = county_share(weights, code) if split else 1.0
        parts.append(Part(member, one.council, one.class_, share, "by its districts" if split else "whole"))
    return parts


def evidence(run: ScoredDay | None = None) -> pd.DataFrame:
    """Return the table of past mergers.

    Parameters
    ----------
    run : ScoredDay, optional
        Today's, for where each council stands now; by default made.

    Returns
    -------
    DataFrame
        One row a successor: ``ons_code, council, class, vested``, all of :func:`eve_of`, ``event_date`` and
        ``event_type`` (of the successor's first qualifying event; "" where none up to the end of the register),
        ``abolished`` (its last day, missing where it is in being), ``risk_now, band_now``,
        ``own_figures`` (the first January with a year of its own), and ``error``: log-odds of the first own figures
        less those of the eve, by today's fixed yardstick, less the change of the tier's median over the same time.
    """
    today = run_pipeline(intervals=False) if run is None else run
    happened = today.events.onsets(outcome=today.model.outcome)
    wrong = errors(today)
    rows = []
    for code, vested, members in successors(until=today.as_of):
        eve = _run_on(date(vested.year, 1, 1))
        row: dict[str, object] = {"ons_code": code, "council": council(code).council, "class": council(code).class_}
        row["vested"] = vested
        row |= eve_of(code, vested, members, eve)
        event = happened.loc[code] if code in happened.index else None
        row["event_date"] = pd.NaT if event is None else event["date"]
        row["event_type"] = "" if event is None else event["event_type"]
        row["abolished"] = pd.Timestamp(council(code).end_date)
        row["risk_now"], row["band_now"] = today.table["risk"].get(code, np.nan), today.table["band"].get(code, "")
        row["own_figures"], row["error"] = wrong.loc[code]
        rows.append(row)
    return pd.DataFrame(rows)


def errors(today: ScoredDay) -> pd.DataFrame:
    """Return how far each successor's first own figures lay from what its predecessors' gave on the eve.

    Returns
    -------
    DataFrame
        Index ``ons_code``; ``own_figures`` (the first January with a year of its own) and ``error``, see `evidence`.
    """
    days = {year: on_fixed_scale(today, date(year, 1, 1)) for year in range(SINCE, today.as_of.year + 1)}
    rows = []
    for code, vested, _ in successors(until=today.as_of):
        own = today.indicators[today.indicators["ons_code"] == code]
        eve = date(vested.year, 1, 1)
        built = own[own["built"].astype(bool)]
        known = known_on(built, eve, councils=as_council(built))
        # A sum that lacks a figure (a predecessor never returned its reserves) has no chance, and so no error.
        # As stale as the successor's own figures count (see `on_fixed_scale`), so that nothing but figures differs.
        ages = today.known.ages.reindex(known.table.index)
        scored = score(today.model, known, today.events, scale=today.scale, intervals=False, ages=ages).log_odds
        before = float(scored.iloc[0]) if len(scored) else float("nan")
        found: tuple[int | None, float] = (None, float("nan"))
        for year in range(eve.year + 1, today.as_of.year + 1):
            end = days[year]
            if code in end.log_odds.index and not bool(end.table.at[code, "built"]):
                tier = str(end.table.at[code, "tier"])
                drift = _median(end, tier) - _median(days[eve.year], tier)
                found = year, float(end.log_odds[code]) - before - drift
                break
        rows.append((code, *found))
    return pd.DataFrame(rows, columns=["ons_code", "own_figures", "error"]).set_index("ons_code")


def _median(day: ScoredDay, tier: str) -> float:
    return float(day.at_risk.loc[day.at_risk["tier"] == tier, "log_odds"].median())


def past_error(table: pd.DataFrame) -> float:
    """Return the root mean square of the errors of `evidence`."""
    return float(np.sqrt((table["error"].dropna() ** 2).mean()))


@dataclass(frozen=True)
class PastMergers:
    """What the past mergers come to.

    Attributes
    ----------
    councils : int
        New councils.
    since : int
        The year in which the first of them began.
    with_event : int
        Those that had an event of their own.
    without_sum : int
        Those of which no sum could be made on the eve: a predecessor had not returned its reserves.
    low : int
        Those whose predecessors' sums would have stood in the lowest band on the eve.
    upper_half : int
        Of those with an event, those in the upper half of the ranking on the eve.
    inherited, inherited_with_event : int
        Those formed from a council that had had an event; those of them that had one themselves.
    worse : float
        The share whose first own figures were worse than the eve's.
    mean_error, error : float
        First own figures less those of the eve, log-odds: mean and root mean square.
    """

    councils: int
    since: int
    with_event: int
    without_sum: int
    low: int
    upper_half: int
    inherited: int
    inherited_with_event: int
    worse: float
    mean_error: float
    error: float


def past_mergers(table: pd.DataFrame) -> PastMergers | None:
    """Add the table of `evidence` up; nothing where it is empty."""
    if table.empty:
        return None
    happened, inherited = table[table["event_type"] != ""], table[table["with_event"] != ""]
    return PastMergers(
        councils=len(table),
        since=pd.Timestamp(table["vested"].min()).year,
        with_event=len(happened),
        without_sum=int(table["risk"].isna().sum()),
        low=int((table["band"] == NAMES[-1]).sum()),
        upper_half=int((happened["place"] <= happened["of"] / 2).sum()),
        inherited=len(inherited),
        inherited_with_event=int((inherited["event_type"] != "").sum()),
        worse=float(table["error"].gt(0).mean()),
        mean_error=float(table["error"].mean()),
        error=past_error(table),
    )
