"""One figure of one council as words: its sentence, its place in a list of reasons, what moved between two years.

The words themselves stand in ``wording.toml``, one entry an indicator.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import pandas as pd

from resilience.analysis.evidence import NOT_FALLING, Evidence
from resilience.errors import DataError
from resilience.formatting import amount, closing_day, times
from resilience.indicators.definitions import load_definitions
from resilience.model.families import Term
from resilience.model.scoring import ScoredDay
from resilience.report.wording.general import CLASS_PLURALS, KIND_WORDS
from resilience.years import outturn_year_of

#: A term is named as a reason only if it moves the log-odds by at least this much (odds by a fifth).
WORTH_SAYING = 0.2
#: Among fewer other councils no share of them is told.
FEWEST = 8
#: A share of spending below this is told as none.
NEXT_TO_NOTHING = 5e-4


@cache
def wording() -> dict[str, Any]:
    """Return ``wording.toml``."""
    text = resources.files("resilience.report").joinpath("wording.toml").read_text("utf-8")
    return tomllib.loads(text)


def words_of(indicator: str) -> dict[str, Any]:
    """Return the words of an indicator that is a term of the model.

    Raises
    ------
    DataError
        If ``wording.toml`` has none.
    """
    entries: dict[str, dict[str, Any]] = wording()["indicator"]
    if indicator not in entries:
        raise DataError(f"wording.toml has no words for {indicator}, a term of the model; add an entry.")
    return entries[indicator]


def figure(indicator: str, value: float, *, missing: str = "not published") -> str:
    """Write an indicator's value in its unit, the same in every sentence and table.

    Parameters
    ----------
    indicator : str
        Any indicator of the dictionary.
    value : float
    missing : str
        What is said where there is no value.
    """
    unit = load_definitions()[indicator].unit
    words = wording()["indicator"].get(indicator) or wording()["figure"].get(indicator, {})
    if value is None or np.isnan(value):
        return missing
    if "figure_at_bound" in words and _at_bound(words, value):
        return str(words["figure_at_bound"])
    if _is_many(words, value):
        return times(value)
    if "figure_below" in words:
        return str(words["figure_below" if value < 0 else "figure_above"]).format(size=amount(abs(value), unit))
    return amount(value, unit, missing=missing)


def kind_of(evidence: Evidence) -> str:
    """Say what source a figure is from: "original", "second-hand", "transcribed, added up"; "" without a figure."""
    marks = (
        (KIND_WORDS["interim"], evidence.second_hand),
        (KIND_WORDS["transcribed"], evidence.transcribed),
        ("added up", evidence.built),
    )
    return ", ".join(word for word, on in marks if on) or ("original" if evidence.year else "")


def sentence(evidence: Evidence, class_: str, label: str) -> str:
    """Say one figure: what it was, when, against the others of its class, and three years earlier.

    Parameters
    ----------
    evidence : Evidence
    class_ : str
        The council's class.
    label : str
        The indicator's plain name, for where there is no figure.
    """
    name, words = evidence.indicator, words_of(evidence.indicator)
    if np.isnan(evidence.value):
        return f"{label}: no figure was published in recent years, so it counts neither way."
    bound = _at_bound(words, evidence.value)
    lead = words["at_bound"] if bound else words["lead_many" if _is_many(words, evidence.value) else "lead"]
    if evidence.value < 0 and "below_zero" in words and not bound:
        lead += f", {words['below_zero']}"
    text = lead.format(
        value=figure(name, evidence.value), closing=closing_day(evidence.year), year=outturn_year_of(evidence.year)
    )
    against, way = _against(evidence, words, class_, bound)
    scored = evidence.value if pd.isna(evidence.rebased) else evidence.rebased
    if figure(name, scored) != figure(name, evidence.value):
        text += f", {figure(name, scored)} of the newest net revenue expenditure, which the score uses"
    if pd.notna(evidence.median):
        middle = figure(name, evidence.median)
        above = np.sign(scored - evidence.median)
        if above * way < 0:  # the score goes by the tier; the class says the contrary
            word = "above" if above > 0 else "below"
            text += f": {word} the median of its tier ({middle}), which the score goes by, though {against}"
            against = ""
        else:
            text += f" (tier median {middle})"
    if against:
        text += f", {against}"
    if not np.isnan(evidence.earlier):
        earlier_bound = _at_bound(words, evidence.earlier)
        if bound and earlier_bound:
            text += f"; {words['still_at_bound']}"
        else:
            then = words["earlier_at_bound"] if earlier_bound else figure(name, evidence.earlier)
            text += f"; three years earlier {then}"
        text += " (added up from its predecessors)" if evidence.earlier_built and not evidence.built else ""
    marks = [word for word, on in (("second-hand figure", evidence.second_hand), ("added up", evidence.built)) if on]
    return text + "." + (f" [{', '.join(marks)}]" if marks else "")


def contribution(row: Any, class_: str) -> str:
    """Say the figure behind one row of an explanation's contributions.

    Parameters
    ----------
    row : named tuple or Series
        Of ``explanation.contributions``: ``label, evidence, applies``.
    class_ : str
        The council's class.
    """
    return sentence(row.evidence, class_, row.label) if row.applies else f"{row.label}: not a district's duty."


def _at_bound(words: Mapping[str, Any], value: float) -> bool:
    bound = words.get("bound")
    if bound == "highest":
        return value >= NOT_FALLING
    return bound == "zero" and abs(value) < NEXT_TO_NOTHING


def _is_many(words: Mapping[str, Any], value: float) -> bool:
    return "many_from" in words and value >= words["many_from"]


def _against(evidence: Evidence, words: Mapping[str, Any], class_: str, bound: bool) -> tuple[str, int]:
    """Compare with the others of the class: in words, and 1 for higher than most, −1 for lower, 0 for neither.

    Shares are rounded down, so that nothing is overstated.
    """
    if evidence.others < FEWEST:
        return "", 0
    group = CLASS_PLURALS[class_]
    same = 1.0 - evidence.lower - evidence.higher
    if bound and same >= 0.05:
        whole = same > 1 - 1e-9
        return f"as in all other {group}" if whole else f"as in {np.floor(100 * same):.0f}% of other {group}", 0
    way, share = (-1, evidence.higher) if evidence.higher >= evidence.lower else (1, evidence.lower)
    word = words.get("lower", "lower") if way < 0 else words.get("higher", "higher")
    if share == 1.0:
        return f"{word} than in all other {group}", way
    return f"{word} than in {np.floor(100 * share):.0f}% of other {group}", way


def reason(
    term: Term, row: pd.Series | Mapping[str, Any], *, up: bool = True, year: int = 0, rebased: bool = False
) -> str:
    """Say one term of one council in a few words.

    Parameters
    ----------
    term : Term
    row : Series
        A row of ``score``.
    up : bool
        Whether it raises the chance (words for worse) or lowers it.
    year : int
        The calendar year in which the figure's financial year ends; 0 where it is not to be said.
    rebased : bool
        Whether the figure is set over the newest net revenue expenditure.
    """
    value = row[term.indicator]
    if value is None or np.isnan(value):
        return f"{term.label.lower()}: not published"
    words = words_of(term.indicator)
    unit = load_definitions()[term.indicator].unit
    if "of_at_bound" in words and _at_bound(words, value):
        of = words["of_at_bound"]
    else:
        of = words["of_many" if _is_many(words, value) else "of"]
    stands = of.format(value=figure(term.indicator, value), size=amount(abs(value), unit))
    if rebased:
        stands = stands.replace("of net revenue expenditure", "of the newest net revenue expenditure")
    return f"{words['worse' if up else 'better']} ({stands}{f', {outturn_year_of(year)}' if year else ''})"


def main_reasons(scored: ScoredDay, code: str, most: int = 3) -> list[str]:
    """Return what raises a council's chance most, against the median council of its tier."""
    return [_reason(scored, code, term, up=True) for term in main_terms(scored, code, most)]


def main_strengths(scored: ScoredDay, code: str, most: int = 3) -> list[str]:
    """Return what lowers a council's chance most, against the median council of its tier."""
    return [_reason(scored, code, term, up=False) for term in _largest(scored, code, -1, most)]


def _reason(scored: ScoredDay, code: str, term: Term, *, up: bool) -> str:
    known, name = scored.known, term.indicator
    rebased = known.is_rebased(code, name)
    return reason(term, scored.table.loc[code], up=up, year=known.year_of(code, name), rebased=rebased)


def main_terms(scored: ScoredDay, code: str, most: int = 3) -> list[Term]:
    """Return the terms behind `main_reasons`, in the same order."""
    return _largest(scored, code, 1, most)


def questions(terms: Sequence[Term]) -> list[str]:
    """Return what to ask of a council for its main reasons: two for the first, one for each other.

    Parameters
    ----------
    terms : sequence of Term
        From `main_terms`.
    """
    if not terms:
        return [str(wording()["question_without_reason"])]
    return [
        str(one) for at, term in enumerate(terms) for one in words_of(term.indicator)["questions"][: 1 if at else 2]
    ]


def _largest(scored: ScoredDay, code: str, way: int, most: int) -> list[Term]:
    """Return the terms that raise (1) or lower (-1) a council's chance most, of those worth saying."""
    own = scored.contributions.loc[code]
    moves = [(way * float(own[term.name]), term) for term in scored.model.terms]
    worth = sorted((move for move in moves if move[0] >= WORTH_SAYING), key=lambda move: -move[0])
    return [term for _, term in worth[:most]]
