"""The lines by which a council's risk moved between two years: amounts, ratios, and how far each counted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from resilience.councils import council
from resilience.indicators.definitions import load_definitions
from resilience.pipeline import Run

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


def lines_between(
    run: Run, code: str, first: pd.Series, last: pd.Series, *, falling: bool
) -> tuple[list[Line], list[str]]:
    """Return the lines that moved a council's risk between two days, and marks for the reader.

    Parameters
    ----------
    run : Run
    code : str
    first, last : Series
        Rows of ``fixed_scores``.
    falling : bool
        Whether the lines that lower the risk come first.
    """
    definitions = load_definitions()
    nre = float(first["net_revenue_expenditure"]), float(last["net_revenue_expenditure"])
    lines = []
    for term in run.model.terms:
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
        amounts = (
            (float(first[source]) * nre[0], float(last[source]) * nre[1]) if source is not None else (np.nan, np.nan)
        )
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


def _context(run: Run, code: str, first: pd.Series, last: pd.Series) -> list[Line]:
    """Return lines that are no term of the model and belong to the story: debt servicing, council tax, size."""
    rows = _rows(run, code)
    start, end = rows.loc[int(first["year"])], rows.loc[int(last["year"])]
    nre = float(first["net_revenue_expenditure"]), float(last["net_revenue_expenditure"])
    terms = {term.indicator for term in run.model.terms}
    result = []
    if "debt_servicing_ratio" not in terms:
        a, b = float(first["debt_servicing_ratio"]), float(last["debt_servicing_ratio"])
        words = "debt servicing" + (" cut" if b < a - 0.005 else " grew" if b > a + 0.005 else " unchanged")
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


def _rows(run: Run, code: str) -> pd.DataFrame:
    own = run.panel[run.panel["ons_code"] == code]
    if not len(own) or council(code).predecessors:
        from resilience.lineage import with_lineage

        panel = with_lineage(run.panel)
        own = panel[panel["ons_code"] == code]
    return own.set_index("year")


def _usual_growth(run: Run, class_: str, start: int, end: int) -> float:
    """Return the median growth of the council tax requirement in a class between two years."""
    table = run.panel[run.panel["class"] == class_].pivot(index="ons_code", columns="year", values="rs_ctrtot_net_exp")
    return float((table[end] / table[start].where(table[start] > 0) - 1).median())


def _marks(run: Run, code: str, first: pd.Series, last: pd.Series) -> list[str]:
    """Return what could mislead in this council's figures."""
    marks = []
    before, after = float(first["mrp_ratio"]), float(last["mrp_ratio"])
    interest = float(first["interest_ratio"]), float(last["interest_ratio"])
    if before > 0.01 and after < 0.5 * before and interest[1] > 0.8 * interest[0]:
        marks.append(
            f"repayment of debt (MRP) fell from {100 * before:.1f} % to {100 * after:.1f} % of net spending while "
            "interest did not: a change of policy rather than less debt"
        )
    terms = {term.indicator: term.label for term in run.model.terms}
    parts = [part.rsplit(" ", 1) for part in str(last["carried"]).split("; ") if part]
    older = [f"{terms[name].lower()} is of {year}" for name, year in parts if name in terms]
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
