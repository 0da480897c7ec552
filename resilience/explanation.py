"""Why this score: the exact sum behind it, what changed in a year, how sure it is, and what it cannot see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd
from scipy.special import expit

from resilience.councils import council as facts_of
from resilience.councils import resolve
from resilience.errors import DataError
from resilience.evidence import BACK, Figures, evidence
from resilience.formatting import day, listed
from resilience.history import Alike, Background, background, medians
from resilience.indicators.groups import UNLIKE_OTHERS
from resilience.lineage import lineage_of
from resilience.model.fitting import UPPER
from resilience.model.terms import CUT, Term, load_terms
from resilience.pipeline import Run
from resilience.riskset import AT_RISK, EVENT_ALREADY
from resilience.years import outturn_year_of

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
    second_hand : bool
        Whether any of these comes from an interim table.
    cut_off : tuple of str
        Labels of the terms that are so far from the median that more would not count.
    predecessors : tuple of str
        Codes of the councils from which years before its own are added up.
    register_end : date or None
        The day the register of events ends, where the day of the run lies beyond it.
    unlike : bool
        Whether its duties and sources of income are unlike any other council's.
    """

    years: tuple[tuple[str, int], ...] = ()
    second_hand: bool = False
    cut_off: tuple[str, ...] = ()
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
    reference, reference_chance : float
        Log-odds and chance of the tier's median council, which has 0 on every term.
    log_odds, risk, low, high : float
        The council's own; missing where it has none.
    rank, of : int
        Its place among the councils at risk on the day; 0 where it has none.
    band : str
    contributions : DataFrame
        Index term, the largest first: ``label, indicator, value, outturn_year, second_hand``, ``median`` (the figure of
        the tier's median council), ``log_odds`` (missing where the council has no score), ``chance_from``
        and ``chance_to`` (adding the terms one after another in this order, beginning at the reference), ``points``
        (their difference), ``evidence`` (`Evidence`), ``at_limit`` (the term is cut off here) and ``applies``.
        ``reference + log_odds.sum()`` is the council's log-odds.
    change : DataFrame
        Index term and "level" (how often events happen at all, and how the others stood), the largest first:
        ``label, then, now, log_odds`` (difference), ``chance_from, chance_to, points``, and the figures ``value_then``,
        ``value_now``. Sums to the change of the log-odds since ``change_from``, by the same model. Empty where the
        council was not scored then.
    change_from : date or None
    risk_then : float
    alike : Alike or None
        What became of councils that stood about here.
    band_record : dict
        ``councils, events, share, mean_chance`` of the band on closed Januaries; empty where none had closed.
    first_event : FirstEvent or None
        Of a council with an event already.
    limits : Limits
        What the figures cannot tell.
    flags : tuple of (str, str)
        Outturn year and flags (of ``quality``) of the years that the score and its evidence rest on, the newest first.
    eve : Explanation or None
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
    change: pd.DataFrame = field(default_factory=pd.DataFrame)
    change_from: date | None = None
    risk_then: float = np.nan
    alike: Alike | None = None
    band_record: dict = field(default_factory=dict)
    first_event: FirstEvent | None = None
    limits: Limits = Limits()
    flags: tuple[tuple[str, str], ...] = ()
    eve: Explanation | None = None

    def risks(self) -> pd.DataFrame:
        """Return the contributions that raise the chance enough to speak of, the largest first."""
        return self.contributions[self.contributions["log_odds"] >= WORTH_SAYING]

    def strengths(self) -> pd.DataFrame:
        """Return the contributions that lower it enough to speak of, the largest first."""
        return self.contributions[self.contributions["log_odds"] <= -WORTH_SAYING]


def explain(run: Run, council: str, *, shared: Background | None = None) -> Explanation:
    """Explain one council's score.

    Parameters
    ----------
    run : Run
        From ``pipeline.run``.
    council : str
        Any code or name.
    shared : Background, optional
        From ``history.background(run)``: give it when explaining many.

    Raises
    ------
    DataError
        If the council was not in being on the day.
    UnknownCouncilError
        If no council is known by that code or name.
    """
    code = resolve(council, on=run.as_of)
    if code not in run.scores.index:
        one = facts_of(code)
        after = listed([facts_of(other).council for other in one.successors])
        when = f"ended on {day(one.end_date)}" if one.end_date and one.end_date < run.as_of else "had not begun"
        hint = f"; ask for {after}, or give an earlier day with --as-of" if after and "ended" in when else ""
        raise DataError(f"{one.council} was not in being on {day(run.as_of)}: it {when}{hint}.")
    shared = shared or background(run)
    row = run.scores.loc[code]
    row.attrs = {}  # pandas copies them deeply at every step
    tiers = pd.Series([row["tier"]])
    row = pd.concat([row, medians(run.model, run.scores.attrs["scales"], tiers).iloc[0]])
    tier = str(row["tier"])
    reference = float(run.scores.attrs["intercept"]) + (run.model.weights[UPPER] if tier == "upper" else 0.0)
    at_risk = row["status"] == AT_RISK
    parts = contributions(shared, code, row, run.model.terms, reference, run.as_of, run.model.weights)
    before, change = _change(shared, row, code, tier) if at_risk else (None, pd.DataFrame())
    bands = shared.bands()
    record = bands.loc[row["band"]].to_dict() if at_risk and len(bands) else {}
    return Explanation(
        **_who(row, code, run.as_of),
        reference=reference,
        reference_chance=float(expit(reference)),
        **_own(row, int((run.scores["status"] == AT_RISK).sum())),
        contributions=parts,
        change=change,
        change_from=_year_before(run.as_of) if len(change) else None,
        risk_then=float(before["risk"]) if before is not None else np.nan,
        alike=shared.alike(float(row["log_odds"])) if at_risk else None,
        band_record=record,
        first_event=_first_event(run.events, code, row) if row["status"] == EVENT_ALREADY else None,
        limits=_limits(shared, code, parts),
        flags=_flags(shared.figures, code, row),
        eve=_eve(shared, code, row) if row["status"] == EVENT_ALREADY else None,
    )


def contributions(
    shared: Background,
    code: str,
    row: pd.Series,
    terms: tuple[Term, ...],
    reference: float,
    on: date,
    weights: Mapping[str, float] | None = None,
) -> pd.DataFrame:
    """Return each term's contribution with its figure, the largest first (see :class:`Explanation`).

    Without a score (``row`` is not at risk) the contributions are missing and only the figures are given.
    """
    rows, scored = [], row["status"] == AT_RISK
    for term in terms:
        amount = row.get(f"term: {term.name}", np.nan)
        applies = row["tier"] in term.tiers
        seen = evidence(shared.figures, code, term.indicator, on, row.get(f"median: {term.name}", np.nan))
        limit = weights is not None and applies and amount and abs(amount) >= (CUT - 1e-6) * abs(weights[term.name])
        rows.append(
            {
                "term": term.name,
                "label": term.label,
                "indicator": term.indicator,
                "value": seen.value,
                "outturn_year": outturn_year_of(seen.year) if seen.year else "",
                "second_hand": seen.second_hand,
                "median": seen.median,
                "log_odds": float(amount) if applies else 0.0,
                "evidence": seen,
                "at_limit": scored and bool(limit),
                "applies": applies,
            }
        )
    table = pd.DataFrame(rows).set_index("term")
    ordered = table.reindex(table["log_odds"].abs().sort_values(ascending=False, kind="stable").index)
    return _path(ordered if scored else ordered.assign(log_odds=np.nan), reference)


def _first_event(events: pd.DataFrame, code: str, row: pd.Series) -> FirstEvent:
    same = events[(events["ons_code"] == code) & (events["known"] == row["event_date"]) & events["distress"]]
    text = str(same["date"].iloc[0]) if len(same) else str(row["event_date"].date())
    return FirstEvent(row["event_date"], text)


def _limits(shared: Background, code: str, parts: pd.DataFrame) -> Limits:
    used = parts[parts["applies"] & (parts["outturn_year"] != "")]
    years = used["outturn_year"].value_counts().sort_index(ascending=False)
    older = lineage_of(code)
    end = shared.run.events.attrs["to"]
    return Limits(
        years=tuple((str(year), int(n)) for year, n in years.items()),
        second_hand=bool(used["second_hand"].any()),
        cut_off=tuple(str(label) for label in parts.loc[parts["at_limit"], "label"]),
        predecessors=tuple(older) if older and shared.figures.own(code)["built"].any() else (),
        register_end=end if pd.Timestamp(shared.run.as_of) > pd.Timestamp(end) + pd.Timedelta(days=1) else None,
        unlike=code in UNLIKE_OTHERS,
    )


def _flags(figures: Figures, code: str, row: pd.Series) -> tuple[tuple[str, str], ...]:
    own = figures.own(code)
    newest = row["year"] if pd.notna(row["year"]) else own.index.max()
    own = own[own.index >= newest - BACK].iloc[::-1]
    return tuple((str(year), str(flags)) for year, flags in zip(own["outturn_year"], own["flags"], strict=True))


def _path(table: pd.DataFrame, start: float) -> pd.DataFrame:
    """Turn log-odds into chances, one row after another from the start."""
    levels = start + np.r_[0.0, np.cumsum(table["log_odds"].to_numpy(dtype=float))]
    chances = expit(levels)
    return table.assign(chance_from=chances[:-1], chance_to=chances[1:], points=np.diff(chances))


def _who(row: pd.Series, code: str, as_of: date) -> dict:
    return {
        "ons_code": code,
        "council": str(row["council"]),
        "class_": str(row["class"]),
        "tier": str(row["tier"]),
        "as_of": as_of,
        "status": str(row["status"]),
    }


def _own(row: pd.Series, ranked: int) -> dict:
    at_risk = row["status"] == AT_RISK
    return {
        "log_odds": float(row["log_odds"]),
        "risk": float(row["risk"]),
        "low": float(row.get("risk_low", np.nan)),
        "high": float(row.get("risk_high", np.nan)),
        "rank": int(row["rank"]) if at_risk else 0,
        "of": ranked if at_risk else 0,
        "band": str(row["band"]) if at_risk else "",
    }


def _year_before(as_of: date) -> date:
    return (pd.Timestamp(as_of) - pd.DateOffset(years=1)).date()


def _change(shared: Background, row: pd.Series, code: str, tier: str) -> tuple[pd.Series | None, pd.DataFrame]:
    """Decompose the change of the log-odds over a year by the same model."""
    before = shared.before
    if code not in before.index or before.at[code, "status"] != AT_RISK:
        return None, pd.DataFrame()
    then = before.loc[code]
    start = float(before.attrs["intercept"])
    rows = [
        {
            "term": "level",
            "label": "How often such events happen at all, and how other councils stood",
            "then": start,
            "now": float(shared.run.scores.attrs["intercept"]),
            "value_then": float(before.attrs["base_rate"].events),
            "value_now": float(shared.run.scores.attrs["base_rate"].events),
        }
    ]
    for term in shared.run.model.terms:
        if tier in term.tiers:
            name = f"term: {term.name}"
            figures = {"value_then": float(then[term.indicator]), "value_now": float(row[term.indicator])}
            rows.append(
                {"term": term.name, "label": term.label, "then": float(then[name]), "now": float(row[name]), **figures}
            )
    table = pd.DataFrame(rows).set_index("term")
    table["log_odds"] = table["now"] - table["then"]
    table = table.reindex(table["log_odds"].abs().sort_values(ascending=False, kind="stable").index)
    return then, _path(table, float(then["log_odds"]))


def _eve(shared: Background, code: str, row: pd.Series) -> Explanation | None:
    """Explain the last January on which a council with an event was still at risk."""
    rows = shared.history[(shared.history["ons_code"] == code) & (shared.history["status"] == AT_RISK)]
    if rows.empty:
        return None
    last = rows.iloc[-1].copy()
    terms = tuple(term for term in load_terms() if pd.notna(last.get(f"term: {term.name}", np.nan)))
    own = sum(float(last[f"term: {term.name}"]) for term in terms if last["tier"] in term.tiers)
    reference = float(last["log_odds"]) - own
    when = last["origin"].date()
    return Explanation(
        **_who(last, code, when),
        reference=reference,
        reference_chance=float(expit(reference)),
        **_own(last, int(last["of"])),
        contributions=contributions(shared, code, last, terms, reference, when),
    )
