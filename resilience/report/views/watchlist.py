"""The watch list: every council in being, ranked, or with the reason why it is not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

import pandas as pd

from resilience import __version__
from resilience.analysis.families import Standing, in_brief
from resilience.backtest.track_record import in_both, reserves_ranks, track_record
from resilience.errors import DataError
from resilience.formatting import day, listed, short_chance
from resilience.indicators.known import NO_LIKE, carried_text
from resilience.model.bands import NAMES
from resilience.model.calibration import PACES
from resilience.model.risk_set import AT_RISK, EVENT_ALREADY
from resilience.model.scoring import ScoredDay
from resilience.report.plain import plain
from resilience.report.views import again
from resilience.report.views.claims import claims
from resilience.report.views.watchlist_behind import behind
from resilience.report.wording import bands as wording
from resilience.report.wording.general import CANNOT_SEE, CLASS_NAMES, SCORE_IS, SEVERE_IS
from resilience.report.wording.indicators import main_reasons
from resilience.report.wording.standing import NOT_SCORED
from resilience.years import outturn_year_of

#: How many councils a sector body can ring in a month.
CAPACITY = 30

_COLUMNS = ("council", "class", "region", "status", "rank", "risk", "risk_low", "risk_high", "band")
_TEXT_OR_NOTHING = ("outturn_year", "source_kind", "event_type", "flags")
_KINDS = {"s114_notice": "section 114 notice", "efs": "exceptional financial support"}


def view(
    scored: ScoredDay, *, classes: list[str] | None = None, every: bool = False, why: bool = False
) -> dict[str, Any]:
    """Return everything the list shows, in any format.

    Parameters
    ----------
    scored : ScoredDay
    classes : list of str, optional
        Only councils of these classes; ranks stay those of the whole list.
    every : bool
        Whether a terminal shows every council at risk, and not the first ones only.
    why : bool
        Whether a terminal shows the reasons under each council, who else there is, and all notes.

    Returns
    -------
    dict
        Plain values. ``councils`` has one row a council in being: what the published schema names, chances as
        fractions, missing for councils that are not at risk of a first event or cannot be scored, whose ``status`` says
        which; and the same in words.

    Raises
    ------
    DataError
        If a class is none of the five.
    """
    rows = councils(scored, classes)
    at_risk = [row for row in rows if row["status"] == AT_RISK]
    shown = at_risk if every else at_risk[:CAPACITY]
    record, horizon = track_record(scored), scored.model.horizon
    return {
        "what": chance_of(scored),
        "as_of": str(scored.as_of),
        "outcome": scored.model.outcome,
        "horizon_months": horizon,
        "register_to": str(scored.events.until),
        "register_ends_before": not scored.events.reaches(scored.as_of),
        "expected_first_events": float(scored.expected),
        "notes": notes(scored),
        "version": __version__,
        "councils": rows,
        "terminal_rows": len(shown),
        "terminal_why": why,
        "second_hand": sum(row["source_kind"] == "interim" for row in at_risk),
        "transcribed": sum(row["source_kind"] == "transcribed" for row in at_risk),
        "bands": _bands(scored, at_risk),
        "followed": wording.every_band(record, horizon),
        "followed_shown": wording.every_band(record, horizon, {row["band"] for row in shown}),
        "paces": dict(PACES) if scored.paces else {},
        **claims(),
        "again": again.section(scored, [row["ons_code"] for row in rows]),
        **behind(scored, [row["ons_code"] for row in rows]),
    }


def councils(scored: ScoredDay, classes: list[str] | None = None) -> list[dict[str, Any]]:
    """Return one row a council in being, the most at risk first; see `view`."""
    table = scored.table
    wanted = {name.upper() for name in classes or []}
    unknown = wanted - CLASS_NAMES.keys()
    if unknown:
        raise DataError(f"'{sorted(unknown)[0]}' is no class of council; choose among UA, MD, LB, SC, SD.")
    if wanted:
        table = table[table["class"].isin(wanted)]
    asked = {term.indicator for term in scored.model.terms}
    table = table.assign(reserves_rank=reserves_ranks(scored).reindex(table.index))
    return [_council(scored, str(code), row, asked) for code, row in table.iterrows()]


def _council(scored: ScoredDay, code: str, row: Mapping[str, Any], asked: set[str]) -> dict[str, Any]:
    reasons = main_reasons(scored, code) if row["status"] == AT_RISK else _why_not(scored, code, row)
    said = "; ".join(reasons) or "nothing stands out"
    happened = row["event_date"]
    class_name = CLASS_NAMES[row["class"]]
    figures = {name: "" if pd.isna(row[name]) else str(row[name]) for name in _TEXT_OR_NOTHING}
    return {
        "ons_code": code,
        **{name: plain(row[name]) for name in _COLUMNS},
        **figures,
        "carried": carried_text(scored.known.carried(code, asked)),
        **_beside(scored, row),
        "event_date": "" if pd.isna(happened) else f"{happened:%Y-%m-%d}",
        "built": bool(row["built"]),
        **again.columns(scored, code),
        "main_reasons": reasons,
        "not_scored_because": NOT_SCORED[row["not_scored_because"]],
        # the same in words
        "reasons": said,
        "why": said[:1].upper() + said[1:],
        "class_name": class_name[0].upper() + class_name[1:],
        "at_paces": _at_paces(scored, row),
        "event_month": "" if pd.isna(happened) else f"{happened:%b %Y}",
        "figures": figures["outturn_year"] + ("*" if figures["source_kind"] == "interim" else ""),
        "families": [_family(one) for one in in_brief(scored, code)],
    }


def _family(one: Standing) -> dict[str, Any]:
    """Return a family in brief; ``outturn_year`` is that of its oldest figure."""
    year = outturn_year_of(one.year) if one.year else ""
    return {**plain(asdict(one)), "year": one.year or None, "outturn_year": year}


def _beside(scored: ScoredDay, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what stands beside a council's rank: chances at each pace, rank by reserves, what followed in its band."""
    ranked = row["status"] == AT_RISK
    found = track_record(scored).of(row["band"]) if ranked else None
    return {
        **{f"risk_{name}": plain(risk) for name, risk in scored.at_paces(row["log_odds"]).items()},
        "reserves_rank": int(row["reserves_rank"]) if ranked else None,
        "top_30_of_both": bool(in_both(row)) if ranked else None,
        "band_events": found.events if found else None,
        "band_councils": found.councils if found else None,
    }


def _at_paces(scored: ScoredDay, row: Mapping[str, Any]) -> str:
    """Write the chances at each pace for a column: "4/9/13", "38/>40/>40"."""
    if row["status"] != AT_RISK or not scored.paces:
        return ""
    cap = track_record(scored).cap
    return "/".join(short_chance(risk, cap=cap) for risk in scored.at_paces(row["log_odds"]).values())


def _why_not(scored: ScoredDay, code: str, row: Mapping[str, Any]) -> list[str]:
    alone = [NOT_SCORED[NO_LIKE]] if row["not_scored_because"] == NO_LIKE else []
    if row["status"] == EVENT_ALREADY:
        kind = _KINDS.get(row["event_type"], "statutory intervention")
        return [f"{kind} known from {day(row['event_date'])}", again.reason(scored, code), *alone]
    return [NOT_SCORED[row["not_scored_because"]]]


def chance_of(scored: ScoredDay) -> str:
    """Say what the list's chance is the chance of, by the outcome asked for."""
    return SEVERE_IS if scored.model.outcome == "severe" else SCORE_IS


def _number(n: int) -> str:
    return f"{n} council{'' if n == 1 else 's'}"


def notes(scored: ScoredDay) -> list[str]:
    """Return what a reader of the list must know, one sentence each."""
    at_risk = scored.at_risk
    years = at_risk["outturn_year"].value_counts().sort_index(ascending=False)
    result = [
        f"The score is {chance_of(scored)}.",
        CANNOT_SEE,
        *_record_notes(scored),
        "Figures: " + ", ".join(f"{_number(n)} on {year}" for year, n in years.items()) + ".",
    ]
    of_kind = at_risk["source_kind"].value_counts()
    if exact := int(of_kind.get("transcribed", 0)):
        result.append(
            f"For {_number(exact)} the figures are exact, transcribed from a republication until the original is read; "
            "lines not in it are carried forward from the council's last return that has them."
        )
    if second_hand := int(of_kind.get("interim", 0)):
        result.append(
            f"For {_number(second_hand)} they are second-hand, rounded totals (* beside the year), until the "
            "original is read; lines these lack are carried forward as well."
        )
    if scored.as_of > date.today():
        result.append(
            "This day is still to come: figures and events that become known until then are not in it, and councils "
            "whose newest return will be too old by then are left out."
        )
    if not scored.events.reaches(scored.as_of):
        result.append(
            f"The register of events ends on {day(scored.events.until)}: support agreed or notices issued since "
            "then are not in it, so some councils shown as at risk may have had an event already."
        )
    rate = scored.base_rate
    result.append(
        f"Pace of the latest closed year: {rate.events} first event{'' if rate.events == 1 else 's'} in the twelve "
        f"months to {day(rate.end)}; at that pace {scored.expected:.0f} would follow "
        f"among the {_number(len(at_risk))} at risk in the next {scored.model.horizon} months."
    )
    return result


def _record_notes(scored: ScoredDay) -> list[str]:
    """Return what the record says of the list, and of the chances on it."""
    record, horizon = track_record(scored), scored.model.horizon
    numbers = listed([str(events) for events in PACES.values()], "or")
    said = [
        wording.both(record, horizon),
        f"The chances are those if {numbers} councils have a first event within {horizon} months: which it will be, no "
        "figure in the returns tells."
        if scored.paces
        else "",
        wording.capped(record),
        claims()["level"],
    ]
    return [one for one in said if one]


def _bands(scored: ScoredDay, at_risk: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return each band with how many stand in it, and what became of those who stood in it before."""
    record, horizon = track_record(scored), scored.model.horizon
    return [
        {
            "name": name,
            "councils": sum(row["band"] == name for row in at_risk),
            "events": found.events if found else None,
            "of": found.councils if found else None,
            "share": wording.share(found) if found else "",
            "said": wording.headline_record(name, record, horizon),
        }
        for name in NAMES
        for found in [record.of(name)]
    ]
