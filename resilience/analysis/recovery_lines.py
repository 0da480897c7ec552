"""The lines by which a council's risk moved between two years: amounts, ratios, and how far each counted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from resilience.indicators.definitions import load_definitions
from resilience.model.scoring import ScoredDay

#: Outturn years (by the calendar year they end in) whose reserves held COVID grants to be spent later.
COVID_YEARS = (2021, 2022)
#: Below this change of the log-odds a line is not named.
WORTH_SAYING = 0.1
#: Whose amount in pounds is told with a term's indicator, where it is not the indicator's own; None: it has none.
_AMOUNT_OF: dict[str, str | None] = {"interest_to_reserves": "interest_ratio", "reserves_runway_years": None}


@dataclass(frozen=True)
class Line:
    """One line between two years.

    Attributes
    ----------
    name : str
    start, end : float
        Amounts, £ thousand; missing for a line that is no amount.
    start_ratio, end_ratio : float
        The indicator itself.
    unit : str
        The indicator's.
    moved : float
        Change of the log-odds it made; missing for lines that are no term of the model (context).
    way : str
        Where it went: "better" or "worse" for the risk; of context also "same", and "up" or "down" for what is
        neither.
    against_share : bool
        Whether the amount went the other way than its share of net revenue expenditure.
    usual : float
        Growth that is usual in the council's class, as a fraction; missing where it is not told.
    """

    name: str
    start: float
    end: float
    start_ratio: float
    end_ratio: float
    unit: str
    moved: float
    way: str
    against_share: bool = False
    usual: float = np.nan

    @property
    def is_term(self) -> bool:
        """Whether it is a term of the model."""
        return not np.isnan(self.moved)


@dataclass(frozen=True)
class HadEvent:
    """A first event, of whatever kind and day."""

    event_type: str
    date: pd.Timestamp


@dataclass(frozen=True)
class Capitalised:
    """A share of net revenue expenditure capitalised under a direction in the year that ends then (line 768)."""

    share: float
    year: int


@dataclass(frozen=True)
class SomeCapitalised:
    """Years, by the calendar year they end in, with any spending capitalised under a direction."""

    years: tuple[int, ...]


@dataclass(frozen=True)
class RepaymentCut:
    """Repayment of debt (MRP) as a share of net revenue expenditure then and later, cut while interest was not."""

    before: float
    after: float


@dataclass(frozen=True)
class HardlyRepaid:
    """Hardly any debt repaid from revenue at the end: the MRP, £ thousand."""

    amount: float


@dataclass(frozen=True)
class HousingIncome:
    """Housing shows net income at the end."""


@dataclass(frozen=True)
class AddedUp:
    """The start is its predecessors' figures added up."""


@dataclass(frozen=True)
class LeftOut:
    """Terms without a figure that compares."""

    terms: tuple[str, ...]


@dataclass(frozen=True)
class OlderFigures:
    """Terms whose figure at the end is of an earlier year, and that year."""

    figures: tuple[tuple[str, int], ...]


#: What could mislead in a council's figures.
Mark = HadEvent | RepaymentCut | HardlyRepaid | HousingIncome | AddedUp | LeftOut | OlderFigures | SomeCapitalised
#: Why a fall in risk is not called recovery.
SetAside = HadEvent | Capitalised


def held_still(first: ScoredDay, last: ScoredDay, code: str) -> tuple[str, ...]:
    """Return the terms that cannot be compared between two days.

    Those whose figure at one end is carried from a COVID year, and income from investments where it is exactly nought
    at one end only: such income does not vanish, it was returned under another line.
    """
    days = (first, last)
    old = {
        term.indicator
        for one in days
        for term in last.model.terms
        if one.known.ages.at[code, term.indicator] > 0 and one.known.year_of(code, term.indicator) in COVID_YEARS
    }
    nought = [abs(float(one.table.at[code, "investment_income_ratio"])) < 1e-9 for one in days]
    if nought[0] != nought[1]:
        old.add("investment_income_ratio")
    return tuple(term.name for term in last.model.terms if term.indicator in old)


def comparable_change(first: ScoredDay, last: ScoredDay, code: str) -> float:
    """Return the change of the log-odds between two days, terms that cannot be compared held still."""
    still = float(sum(moved(first, last, code, name) for name in held_still(first, last, code)))
    return float(last.log_odds[code] - first.log_odds[code]) - still


def moved(first: ScoredDay, last: ScoredDay, code: str, term: str) -> float:
    """Return the change that one term made to the log-odds."""
    return float(last.contributions.at[code, term] - first.contributions.at[code, term])


def lines_between(
    run: ScoredDay, code: str, before: ScoredDay, after: ScoredDay, *, falling: bool
) -> tuple[list[Line], list[Mark]]:
    """Return the lines that moved a council's risk between two days, and marks for the reader.

    Parameters
    ----------
    run : ScoredDay
    code : str
    before, after : ScoredDay
        The two days on the run's scale.
    falling : bool
        Whether the lines that lower the risk come first.
    """
    definitions = load_definitions()
    lines = []
    first, last = before.table.loc[code], after.table.loc[code]
    still = held_still(before, after, code)
    for term in run.model.terms:
        if term.name in still:
            continue
        change = moved(before, after, code, term.name)
        if np.isnan(change) or abs(change) < WORTH_SAYING:
            continue
        name = term.indicator
        unit = definitions[name].unit
        source = _AMOUNT_OF.get(name, name if unit == "ratio" else None)
        amounts = (
            (np.nan, np.nan)
            if source is None
            else (
                _amount(before, code, source),
                _amount(after, code, source),
            )
        )
        ratios = float(first[name]), float(last[name])
        against = (amounts[1] - amounts[0]) * (ratios[1] - ratios[0]) < 0
        lines.append(Line(name, *amounts, *ratios, unit, change, "better" if change < 0 else "worse", against))
    lines.sort(key=lambda line: line.moved if falling else -line.moved)
    return lines + _context(run, code, first, last), _marks(run, code, before, after)


def _amount(scored: ScoredDay, code: str, source: str) -> float:
    """Return the amount of a ratio to net revenue expenditure, of the year the ratio is of."""
    row, year = scored.table.loc[code], scored.known.carried(code).get(source)
    if year is not None:
        row = scored.known.own(code).loc[year]
    return float(row[source]) * float(row["net_revenue_expenditure"])


def _context(run: ScoredDay, code: str, first: pd.Series, last: pd.Series) -> list[Line]:
    """Return lines that are no term of the model and belong to the story: debt servicing, council tax, size."""
    rows = _rows(run, code)
    start, end = rows.loc[int(first["year"])], rows.loc[int(last["year"])]
    nre = float(first["net_revenue_expenditure"]), float(last["net_revenue_expenditure"])
    terms = {term.indicator for term in run.model.terms}
    result = []
    if "debt_servicing_ratio" not in terms:
        a, b = float(first["debt_servicing_ratio"]), float(last["debt_servicing_ratio"])
        way = "better" if b < a - 0.005 else "worse" if b > a + 0.005 else "same"
        against = way == "better" and not b * nre[1] < a * nre[0]
        line = Line("debt_servicing_ratio", a * nre[0], b * nre[1], a, b, "ratio", np.nan, way, against)
        result.append(line)
    tax = float(start["rs_ctrtot_net_exp"]), float(end["rs_ctrtot_net_exp"])
    if tax[0] > 0 and not np.isnan(tax[1]):
        usual = _usual_growth(run, str(last["class"]), int(first["year"]), int(last["year"]))
        shares = tax[0] / nre[0], tax[1] / nre[1]
        result.append(Line("council_tax", *tax, *shares, "ratio", np.nan, _up_or_down(*tax), usual=usual))
    line = Line("net_revenue_expenditure", *nre, np.nan, np.nan, "£ thousand", np.nan, _up_or_down(*nre))
    result.append(line)
    return [line for line in result if not (np.isnan(line.start) or np.isnan(line.end))]


def _up_or_down(start: float, end: float) -> str:
    return "up" if end >= start else "down"


def _rows(run: ScoredDay, code: str) -> pd.DataFrame:
    whole = run.whole_panel
    return whole[whole["ons_code"] == code].set_index("year")


def _usual_growth(run: ScoredDay, class_: str, start: int, end: int) -> float:
    """Return the median growth of the council tax requirement in a class between two years."""

    def make() -> pd.DataFrame:
        rows = run.panel[run.panel["class"] == class_]
        return rows.pivot(index="ons_code", columns="year", values="rs_ctrtot_net_exp")

    table = run.once(("tax requirement", class_), make)
    return float((table[end] / table[start].where(table[start] > 0) - 1).median())


def _marks(run: ScoredDay, code: str, then: ScoredDay, later: ScoredDay) -> list[Mark]:
    """Return what could mislead in this council's figures."""
    marks: list[Mark] = []
    first, last = then.table.loc[code], later.table.loc[code]
    before, after = float(first["mrp_ratio"]), float(last["mrp_ratio"])
    interest = float(first["interest_ratio"]), float(last["interest_ratio"])
    if before > 0.01 and after < 0.5 * before and interest[1] > 0.8 * interest[0]:
        marks.append(RepaymentCut(before, after))
    elif after < 0.005 and interest[1] > 0.02:
        marks.append(HardlyRepaid(after * float(last["net_revenue_expenditure"])))
    if float(last["general_fund_housing_ratio"]) < 0:
        marks.append(HousingIncome())
    if bool(first["built"]):
        marks.append(AddedUp())
    still = held_still(then, later, code)
    left_out = tuple(term.name for term in run.model.terms if term.name in still)
    if left_out:
        marks.append(LeftOut(left_out))
    older = tuple(
        (term.name, year)
        for name, year in later.known.carried(code).items()
        for term in run.model.terms
        if term.indicator == name and term.name not in still
    )
    if older:
        marks.append(OlderFigures(older))
    rows = run.indicators[
        (run.indicators["ons_code"] == code) & run.indicators["year"].between(int(first["year"]), int(last["year"]))
    ]
    capitalised = rows[rows["capitalisation_ratio"] > 0]
    if len(capitalised):
        marks.append(SomeCapitalised(tuple(int(year) for year in capitalised["year"])))
    return marks
