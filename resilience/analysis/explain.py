"""Why this score: the exact sum behind it, what changed in a year, how sure it is, and what it cannot see."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd
from scipy.special import expit

from resilience.analysis.evidence import BACK
from resilience.analysis.families import chance_path, contributions, family_bars, in_order
from resilience.backtest.past_lists import SimilarScores, past_lists, year_before
from resilience.backtest.track_record import TrackRecord, reserves_ranks, track_record
from resilience.councils import council as facts_of
from resilience.councils import resolve
from resilience.councils.lineage import lineage_of
from resilience.errors import DataError
from resilience.formatting import day, listed
from resilience.indicators.comparisons import UNLIKE_OTHERS
from resilience.indicators.known import KnownFigures
from resilience.model.risk_set import AT_RISK, EVENT_ALREADY
from resilience.model.scoring import ScoredDay
from resilience.tables.events import EventRegister

#: A term is spoken of as a risk or a strength from this many log-odds on (odds moved by a tenth).
WORTH_SAYING = 0.1


@dataclass(frozen=True)
class FirstEvent:
    """A council's first event: the day it is taken as, and the date as precisely as the register has it."""

    known: pd.Timestamp
    date_text: str


@dataclass(frozen=True)
class Limits:
    """What the figures behind one council's score cannot tell, beside what no published figure can.

    Attributes
    ----------
    years : tuple of (str, int)
        Outturn years, the newest first, and how many of the terms' figures are of each.
    second_hand, transcribed : bool
        Whether any of these comes from an interim table, or from transcribed lines.
    cut_off : tuple of str
        Labels of the families that are so far from the median that more would not count.
    rebased : tuple of (str, str)
        Labels of the terms whose carried figure is set over the newest net revenue expenditure, with its own year.
    predecessors : tuple of str
        Codes of the councils from which years before its own are added up.
    register_end : date or None
        The day the register of events ends, where the day of the run lies beyond it.
    unlike : bool
        Whether its duties and sources of income are unlike any other council's.
    """

    years: tuple[tuple[str, int], ...] = ()
    second_hand: bool = False
    transcribed: bool = False
    cut_off: tuple[str, ...] = ()
    rebased: tuple[tuple[str, str], ...] = ()
    predecessors: tuple[str, ...] = ()
    register_end: date | None = None
    unlike: bool = False


@dataclass(frozen=True)
class Explanation:
    """Why a council stands where it stands.

    Attributes
    ----------
    ons_code, council, class_, tier : str
    as_of : date
    status : str
        "at risk", "event already" or "cannot be scored".
    not_scored_because : str
        Why its figures give no score, whatever its status (``KnownFigures.not_scored``); "" where they do.
    reference, reference_chance : float
        Log-odds and chance of the tier's median council, which has 0 in every family.
    log_odds, risk, low, high : float
        The council's own; missing where it has none.
    rank, of : int
        Its place among the councils at risk on the day; 0 where it has none.
    band : str
    families, contributions : DataFrame
        By family and by indicator, the largest first (``analysis.families``). With ``reference`` either adds up to the
        council's log-odds.
    change : DataFrame
        Index term and "level" (how often events happen at all, and how the others stood), the largest first:
        ``label, then, now, log_odds`` (difference), ``chance_from, chance_to, points``, the figures ``value_then``,
        ``value_now``, and ``reliability_then, reliability_now`` (what its family was multiplied by). Sums to the change
        of the log-odds since ``change_from``, by the same model. Empty where the council was not scored then.
    change_from : date or None
    risk_then : float
    similar : SimilarScores or None
        What became of councils that stood about here.
    paces : dict of str to float
        The chance in a quiet, a middling and a busy time; missing where none is given.
    reserves_rank : int
        Its place among the councils at risk by plain reserves; 0 where it has none.
    record : TrackRecord
        What followed for past councils.
    first_event : FirstEvent or None
        Of a council with an event already.
    limits : Limits
        What the figures cannot tell.
    flags : tuple of (str, str)
        Outturn year and flags (of ``quality``) of the years that the score and its evidence rest on, the newest first.
    before_event : Explanation or None
        For a council with an event: how it looked on the last 1 January before it, from 2018 on.
    """

    ons_code: str
    council: str
    class_: str
    tier: str
    as_of: date
    status: str
    reference: float
    reference_chance: float
    log_odds: float
    risk: float
    low: float
    high: float
    rank: int
    of: int
    band: str
    contributions: pd.DataFrame
    families: pd.DataFrame = field(default_factory=pd.DataFrame)
    not_scored_because: str = ""
    change: pd.DataFrame = field(default_factory=pd.DataFrame)
    change_from: date | None = None
    risk_then: float = np.nan
    similar: SimilarScores | None = None
    paces: dict[str, float] = field(default_factory=dict)
    reserves_rank: int = 0
    record: TrackRecord = field(default_factory=TrackRecord)
    first_event: FirstEvent | None = None
    limits: Limits = Limits()
    flags: tuple[tuple[str, str], ...] = ()
    before_event: Explanation | None = None

    def risks(self) -> pd.DataFrame:
        """Return the contributions that raise the chance enough to speak of, the largest first."""
        return self.contributions[self.contributions["log_odds"] >= WORTH_SAYING]

    def strengths(self) -> pd.DataFrame:
        """Return the contributions that lower it enough to speak of, the largest first."""
        return self.contributions[self.contributions["log_odds"] <= -WORTH_SAYING]


def explain(run: ScoredDay, council: str) -> Explanation:
    """Explain one council's score.

    Parameters
    ----------
    run : ScoredDay
        From ``method.run``.
    council : str
        Any code or name.

    Raises
    ------
    DataError
        If the council was not in being on the day.
    UnknownCouncilError
        If no council is known by that code or name.
    """
    code = resolve(council, on=run.as_of)
    if code not in run.table.index:
        one = facts_of(code)
        after = listed([facts_of(other).council for other in one.successors])
        when = f"ended on {day(one.end_date)}" if one.end_date and one.end_date < run.as_of else "had not begun"
        hint = f"; ask for {after}, or give an earlier day with --as-of" if after and "ended" in when else ""
        raise DataError(f"{one.council} was not in being on {day(run.as_of)}: it {when}{hint}.")
    row = run.table.loc[code]
    at_risk, past = row["status"] == AT_RISK, past_lists(run)
    parts, bars = contributions(run, code), family_bars(run, code)
    before = year_before(run) if at_risk else None
    change = _change(run, before, code) if before is not None else pd.DataFrame()
    return Explanation(
        **_standing(run, code),
        families=bars,
        contributions=parts,
        change=change,
        change_from=before.as_of if before is not None and len(change) else None,
        risk_then=float(before.table.at[code, "risk"]) if before is not None and len(change) else np.nan,
        similar=past.similar(float(row["log_odds"])) if at_risk else None,
        record=track_record(run),
        first_event=_first_event(run.events, code, row) if row["status"] == EVENT_ALREADY else None,
        limits=_limits(run, code, parts, bars),
        flags=_flags(run.known, code),
        before_event=_before_event(run, past.lists, code) if row["status"] == EVENT_ALREADY else None,
    )


def _first_event(events: EventRegister, code: str, row: pd.Series) -> FirstEvent:
    rows = events.rows
    same = rows[(rows["ons_code"] == code) & (rows["known"] == row["event_date"]) & rows["distress"]]
    text = str(same["date"].iloc[0]) if len(same) else str(row["event_date"].date())
    return FirstEvent(row["event_date"], text)


def _limits(run: ScoredDay, code: str, parts: pd.DataFrame, bars: pd.DataFrame) -> Limits:
    used = parts[parts["applies"] & (parts["outturn_year"] != "")]
    years = used["outturn_year"].value_counts().sort_index(ascending=False)
    older = lineage_of(code)
    return Limits(
        years=tuple((str(year), int(n)) for year, n in years.items()),
        second_hand=bool(used["second_hand"].any()),
        transcribed=bool(used["transcribed"].any()),
        cut_off=tuple(str(label) for label in bars.loc[bars["at_limit"], "label"]),
        rebased=tuple(
            (str(row["label"]), str(row["outturn_year"]))
            for _, row in used.iterrows()
            if run.known.is_rebased(code, row["indicator"])
        ),
        predecessors=tuple(older) if older and run.known.own(code)["built"].any() else (),
        register_end=None if run.events.reaches(run.as_of) else run.events.until,
        unlike=code in UNLIKE_OTHERS,
    )


def _flags(known: KnownFigures, code: str) -> tuple[tuple[str, str], ...]:
    own, newest = known.own(code), known.newest(code)
    own = own[own.index >= (own.index.max() if newest is None else newest) - BACK].iloc[::-1]
    return tuple((str(year), str(flags)) for year, flags in zip(own["outturn_year"], own["flags"], strict=True))


def _standing(scored: ScoredDay, code: str) -> dict:
    """Return who a council is and where it stands on a scored day."""
    row, ranked = scored.table.loc[code], scored.at_risk
    at_risk = row["status"] == AT_RISK
    reference = scored.reference(row["tier"])
    return {
        "ons_code": code,
        "council": str(row["council"]),
        "class_": str(row["class"]),
        "tier": str(row["tier"]),
        "as_of": scored.as_of,
        "status": str(row["status"]),
        "not_scored_because": str(row["not_scored_because"]),
        "reference": reference,
        "reference_chance": float(expit(reference)),
        "log_odds": float(row["log_odds"]),
        "risk": float(row["risk"]),
        "low": float(row["risk_low"]),
        "high": float(row["risk_high"]),
        "rank": int(row["rank"]) if at_risk else 0,
        "of": len(ranked) if at_risk else 0,
        "band": str(row["band"]) if at_risk else "",
        "paces": scored.at_paces(float(row["log_odds"])) if at_risk else {},
        "reserves_rank": int(reserves_ranks(scored)[code]) if at_risk else 0,
    }


def _change(run: ScoredDay, before: ScoredDay, code: str) -> pd.DataFrame:
    """Decompose the change of the log-odds since an earlier day by the same model; empty without a score then."""
    if code not in before.at_risk.index:
        return pd.DataFrame()
    rows = [
        {
            "term": "level",
            "label": "How often such events happen at all, and how other councils stood",
            "then": before.scale.intercept,
            "now": run.scale.intercept,
            "value_then": float(before.base_rate.events),
            "value_now": float(run.base_rate.events),
            "reliability_then": 1.0,
            "reliability_now": 1.0,
        }
    ]
    for term in run.model.terms:
        family = run.model.family_of(term.name).name
        if run.table.at[code, "tier"] in term.tiers:
            rows.append(
                {
                    "term": term.name,
                    "label": term.label,
                    "then": float(before.contributions.at[code, term.name]),
                    "now": float(run.contributions.at[code, term.name]),
                    "value_then": float(before.table.at[code, term.indicator]),
                    "value_now": float(run.table.at[code, term.indicator]),
                    "reliability_then": float(before.placed.reliability.at[code, family]),
                    "reliability_now": float(run.placed.reliability.at[code, family]),
                }
            )
    table = pd.DataFrame(rows).set_index("term")
    table["log_odds"] = table["now"] - table["then"]
    return chance_path(in_order(table), float(before.table.at[code, "log_odds"]))


def _before_event(run: ScoredDay, lists: dict[int, ScoredDay], code: str) -> Explanation | None:
    """Explain the last January on which a council with an event was still at risk."""
    at_risk = [scored for scored in lists.values() if code in scored.at_risk.index]
    if not at_risk:
        return None
    last = at_risk[-1]
    parts, bars = contributions(last, code, run=run), family_bars(last, code)
    return Explanation(**_standing(last, code), families=bars, contributions=parts)
