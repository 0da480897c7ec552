"""The lines by which a council's risk moved between two years: amounts, ratios, and how far each counted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from resilience.councils import council
from resilience.indicators.definitions import load_definitions
from resilience.model.scoring import ScoredDay
from resilience.report.words import pounds
from resilience.years import outturn_year_of, year_of

#: Outturn years (by the calendar year they end in) whose reserves held COVID grants to be spent later.
COVID_YEARS = (2021, 2022)
#: Below this change of the log-odds a line is not named.
WORTH_SAYING = 0.1
#: Indicator of a term → (what the amount is, indicator over net revenue expenditure that gives it, better, worse).
_WORDS = {
    "reserves_ratio": ("reserves_ratio", "reserves rebuilt", "reserves run down"),
    "unallocated_ratio": ("unallocated_ratio", "unallocated reserve built up", "unallocated reserve drawn down"),
    "reserves_runway_years": (None, "stopped drawing on reserves", "drawing on reserves faster"),
    "interest_to_reserves": ("interest_ratio", "interest lighter on reserves", "interest heavier on reserves"),
    "investment_income_ratio": (
        "investment_income_ratio",
        "less reliance on investment income",
        "more reliance on investment income",
    ),
    "general_fund_housing_ratio": (
        "general_fund_housing_ratio",
        "housing and homelessness costs contained",
        "housing and homelessness costs grew",
    ),
    "childrens_social_care_share": (
        "childrens_social_care_share",
        "children's social care contained",
        "children's social care took more",
    ),
    "flexible_receipts_ratio": (
        "flexible_receipts_ratio",
        "asset sales no longer pay for running costs",
        "asset sales pay for running costs",
    ),
    "revenue_for_capital_ratio": (
        "revenue_for_capital_ratio",
        "more capital paid from revenue",
        "less capital paid from revenue",
    ),
    "unplanned_reserves_use": (
        "unplanned_reserves_use",
        "kept within the reserves budgeted for",
        "used reserves beyond the budget",
    ),
    "debt_servicing_ratio": ("debt_servicing_ratio", "debt servicing cut", "debt servicing grew"),
}


#: Where the amount went the other way than its share of net spending: better, worse.
_SHARE_WORDS = {
    "reserves_ratio": ("reserves fell less than spending", "reserves fell behind spending"),
    "unallocated_ratio": ("unallocated reserve fell less than spending", "unallocated reserve fell behind spending"),
    "revenue_for_capital_ratio": (
        "capital from revenue fell less than spending",
        "capital from revenue fell behind spending",
    ),
    "childrens_social_care_share": (
        "children's social care contained",
        "children's social care fell less than spending",
    ),
    "general_fund_housing_ratio": (
        "housing and homelessness costs contained",
        "housing and homelessness costs fell less than spending",
    ),
}


@dataclass(frozen=True)
class Line:
    """One line between two years.

    Attributes
    ----------
    name, label : str
    words : str
        What happened, in a few words.
    start, end : float
        Amounts, £ thousand; missing for a line that is no amount.
    start_ratio, end_ratio : float
        The indicator itself.
    unit : str
        The indicator's.
    moved : float
        Change of the log-odds it made; missing for lines that are no term of the model (context).
    """

    name: str
    label: str
    words: str
    start: float
    end: float
    start_ratio: float
    end_ratio: float
    unit: str
    moved: float


def carried_years(row: pd.Series) -> dict[str, int]:
    """Return the years of the indicators that a row took from before its own, as calendar years."""
    parts = [part.rsplit(" ", 1) for part in str(row["carried"]).split("; ") if part]
    return {name: year_of(year) for name, year in parts}


def held_still(run: ScoredDay, first: pd.Series, last: pd.Series) -> tuple[str, ...]:
    """Return the terms that cannot be compared between two rows.

    Those whose figure at one end is carried from a COVID year, and income from investments where it is exactly nought
    at one end only: such income does not vanish, it was returned under another line.
    """
    old = {name for row in (first, last) for name, year in carried_years(row).items() if year in COVID_YEARS}
    nought = [abs(float(row.get("investment_income_ratio", np.nan))) < 1e-9 for row in (first, last)]
    if nought[0] != nought[1]:
        old.add("investment_income_ratio")
    return tuple(term.name for term in run.model.terms if term.indicator in old)


def comparable_change(run: ScoredDay, first: pd.Series, last: pd.Series) -> float:
    """Return the change of the log-odds between two rows, terms that cannot be compared held still."""
    still = sum(float(last[f"term: {name}"] - first[f"term: {name}"]) for name in held_still(run, first, last))
    return float(last["log_odds"] - first["log_odds"]) - still


def lines_between(
    run: ScoredDay, code: str, first: pd.Series, last: pd.Series, *, falling: bool
) -> tuple[list[Line], list[str]]:
    """Return the lines that moved a council's risk between two days, and marks for the reader.

    Parameters
    ----------
    run : ScoredDay
    code : str
    first, last : Series
        Rows of ``fixed_scores``.
    falling : bool
        Whether the lines that lower the risk come first.
    """
    definitions = load_definitions()
    lines = []
    still = held_still(run, first, last)
    for term in run.model.terms:
        if term.name in still:
            continue
        moved = float(last[f"term: {term.name}"] - first[f"term: {term.name}"])
        if np.isnan(moved) or abs(moved) < WORTH_SAYING:
            continue
        name = term.indicator
        fallback = (
            name if definitions[name].unit == "ratio" else None,
            f"{term.label}: better",
            f"{term.label}: worse",
        )
        source, better, worse = _WORDS.get(name, fallback)
        amounts = (np.nan, np.nan) if source is None else (_amount(run, first, source), _amount(run, last, source))
        against = (amounts[1] - amounts[0]) * (float(last[name]) - float(first[name])) < 0
        if against and name in _SHARE_WORDS:
            better, worse = _SHARE_WORDS[name]
        lines.append(
            Line(
                name,
                definitions[name].label,
                better if moved < 0 else worse,
                *amounts,
                float(first[name]),
                float(last[name]),
                definitions[name].unit,
                moved,
            )
        )
    lines.sort(key=lambda line: line.moved if falling else -line.moved)
    return lines + _context(run, code, first, last), _marks(run, code, first, last)


def _amount(run: ScoredDay, row: pd.Series, source: str) -> float:
    """Return the amount of a ratio to net revenue expenditure, of the year the ratio is of."""
    year = carried_years(row).get(source)
    if year is None:
        return float(row[source]) * float(row["net_revenue_expenditure"])
    own = run.indicators[(run.indicators["ons_code"] == row.name) & (run.indicators["year"] == year)].iloc[0]
    return float(own[source]) * float(own["net_revenue_expenditure"])


def _context(run: ScoredDay, code: str, first: pd.Series, last: pd.Series) -> list[Line]:
    """Return lines that are no term of the model and belong to the story: debt servicing, council tax, size."""
    rows = _rows(run, code)
    start, end = rows.loc[int(first["year"])], rows.loc[int(last["year"])]
    nre = float(first["net_revenue_expenditure"]), float(last["net_revenue_expenditure"])
    terms = {term.indicator for term in run.model.terms}
    result = []
    if "debt_servicing_ratio" not in terms:
        a, b = float(first["debt_servicing_ratio"]), float(last["debt_servicing_ratio"])
        less = b < a - 0.005
        words = "debt servicing " + (
            ("cut" if b * nre[1] < a * nre[0] else "takes a smaller share")
            if less
            else "grew"
            if b > a + 0.005
            else "takes the same share"
        )
        line = Line("debt_servicing_ratio", "Interest and MRP", words, a * nre[0], b * nre[1], a, b, "ratio", np.nan)
        result.append(line)
    tax = float(start["rs_ctrtot_net_exp"]), float(end["rs_ctrtot_net_exp"])
    change = tax[1] / tax[0] - 1 if tax[0] > 0 else np.nan
    usual = _usual_growth(run, str(last["class"]), int(first["year"]), int(last["year"]))
    if not np.isnan(change):
        words = f"council tax requirement up {100 * change:.0f} % (its class: {100 * usual:.0f} %)"
        shares = tax[0] / nre[0], tax[1] / nre[1]
        result.append(Line("council_tax", "Council tax requirement", words, *tax, *shares, "ratio", np.nan))
    growth = nre[1] / nre[0] - 1
    words = f"net revenue expenditure {'up' if growth >= 0 else 'down'} {100 * abs(growth):.0f} %"
    result.append(
        Line("net_revenue_expenditure", "Net revenue expenditure", words, *nre, np.nan, np.nan, "£ thousand", np.nan)
    )
    return [line for line in result if not (np.isnan(line.start) or np.isnan(line.end))]


def _rows(run: ScoredDay, code: str) -> pd.DataFrame:
    own = run.panel[run.panel["ons_code"] == code]
    if not len(own) or council(code).predecessors:
        own = run.whole_panel[run.whole_panel["ons_code"] == code]
    return own.set_index("year")


def _usual_growth(run: ScoredDay, class_: str, start: int, end: int) -> float:
    """Return the median growth of the council tax requirement in a class between two years."""
    held, key = held_for(run), ("tax requirement", class_)
    if key not in held:
        rows = run.panel[run.panel["class"] == class_]
        held[key] = rows.pivot(index="ons_code", columns="year", values="rs_ctrtot_net_exp")
    table = held[key]
    return float((table[end] / table[start].where(table[start] > 0) - 1).median())


def _marks(run: ScoredDay, code: str, first: pd.Series, last: pd.Series) -> list[str]:
    """Return what could mislead in this council's figures."""
    marks = []
    before, after = float(first["mrp_ratio"]), float(last["mrp_ratio"])
    interest = float(first["interest_ratio"]), float(last["interest_ratio"])
    if before > 0.01 and after < 0.5 * before and interest[1] > 0.8 * interest[0]:
        marks.append(
            f"repayment of debt (MRP) fell from {100 * before:.1f} % to {100 * after:.1f} % of net spending while "
            "interest did not: a change of policy rather than less debt"
        )
    elif after < 0.005 and interest[1] > 0.02:
        amount = pounds(after * float(last["net_revenue_expenditure"]))
        marks.append(f"hardly any debt was repaid from revenue at the end (MRP {amount})")
    if float(last["general_fund_housing_ratio"]) < 0:
        marks.append("housing shows net income at the end: a one-off or a change of lines, not lower cost")
    if bool(first["built"]):
        marks.append("the start is its predecessors' figures added up")
    still = held_still(run, first, last)
    labels = [term.label.lower() for term in run.model.terms if term.name in still]
    if labels:
        marks.append(f"left out, for want of a figure that compares: {', '.join(labels)}")
    older = [
        f"{term.label.lower()} is of {outturn_year_of(year)}"
        for name, year in carried_years(last).items()
        for term in run.model.terms
        if term.indicator == name and term.name not in still
    ]
    if older:
        marks.append("at the end, " + ", ".join(older))
    rows = run.indicators[
        (run.indicators["ons_code"] == code) & run.indicators["year"].between(int(first["year"]), int(last["year"]))
    ]
    capitalised = rows[rows["capitalisation_ratio"] > 0]
    if len(capitalised):
        years = ", ".join(capitalised["outturn_year"])
        marks.append(f"spending capitalised under a direction in {years} (line 768)")
    return marks
