"""One figure of one council as a sentence: what it was, when, against whom, and three years earlier."""

from __future__ import annotations

import numpy as np
import pandas as pd

from resilience.evidence import NOT_FALLING, Evidence
from resilience.quality import MEANING
from resilience.report.words import CLASS_PLURALS, chance, closing_day, day, percent, pounds
from resilience.years import outturn_year_of

# {value}, {closing} (31 March 2024), {year} (2023-24); the second is for a figure of nought or at its bound.
_LEADS = {
    "reserves_ratio": "Usable reserves stood at {value} of net revenue expenditure on {closing}",
    "unallocated_ratio": "Unallocated reserves, the part with no other claim on it, stood at {value} of net revenue "
    "expenditure on {closing}",
    "reserves_runway_years": "At the pace of the three years to {closing}, usable reserves would last {value}",
    "interest_to_reserves": "Interest payable in {year} came to {value} of usable reserves",
    "investment_income_ratio": "Investment income came to {value} of net revenue expenditure in {year}",
    "general_fund_housing_ratio": "Housing and homelessness paid from the general budget took {value} of net revenue "
    "expenditure in {year}",
    "childrens_social_care_share": "Children's social care took {value} of net revenue expenditure in {year}",
    "flexible_receipts_ratio": "Proceeds of asset sales spent on running costs came to {value} of net revenue "
    "expenditure in {year}",
    "revenue_for_capital_ratio": "Capital spending paid from the year's revenue came to {value} of net revenue "
    "expenditure in {year}",
    "unplanned_reserves_use": "Reserves ended {year} {value} than budgeted, in shares of net revenue expenditure",
}
# Said after a cost below nought.
_INCOME = ("general_fund_housing_ratio", "revenue_for_capital_ratio")
_AT_BOUND = {
    "reserves_runway_years": "Usable reserves were not falling over the three years to {closing}",
    "flexible_receipts_ratio": "No proceeds of asset sales were spent on running costs in {year}",
    "revenue_for_capital_ratio": "No capital spending was paid from revenue in {year}",
}


def sentence(evidence: Evidence, class_: str, label: str | None = None) -> str:
    """Say one figure: what it was, when, against the others of its class, and three years earlier.

    Parameters
    ----------
    evidence : Evidence
    class_ : str
        The council's class.
    label : str, optional
        The indicator's plain name, for one without words of its own here.
    """
    name = evidence.indicator
    if np.isnan(evidence.value):
        return f"{label or plain_name(name)}: no figure was published of late, so it counts neither way."
    bound = _at_bound(name, evidence.value)
    lead = _AT_BOUND[name] if bound else _LEADS.get(name, f"{label or plain_name(name)} stood at {{value}} in {{year}}")
    value = figure(name, evidence.value)
    if evidence.value < 0 and name in _INCOME and not bound:
        lead += ", a net income"
    text = lead.format(value=value, closing=closing_day(evidence.year), year=outturn_year_of(evidence.year))
    against, way = _against(evidence, class_, bound)
    if is_number(evidence.median):
        middle = short_figure(name, evidence.median)
        above = np.sign(evidence.value - evidence.median)
        if above * way < 0:  # the score goes by the tier; the class says the contrary
            word = "above" if above > 0 else "below"
            text += f": {word} the median of its tier ({middle}), which the score goes by, though {against}"
            against = ""
        else:
            text += f" (tier median {middle})"
    if against:
        text += f", {against}"
    if not np.isnan(evidence.earlier):
        if bound and _at_bound(name, evidence.earlier):
            text += "; nor three years earlier" if name != "reserves_runway_years" else "; the same three years earlier"
        else:
            text += f"; three years earlier {_earlier(name, evidence.earlier)}"
        text += " (added up from its predecessors)" if evidence.earlier_built and not evidence.built else ""
    marks = [word for word, on in (("second-hand figure", evidence.second_hand), ("added up", evidence.built)) if on]
    return text + "." + (f" [{', '.join(marks)}]" if marks else "")


def figure(name: str, value: float) -> str:
    """Write an indicator's value with its unit: years, or a fraction as per cent."""
    if name == "reserves_runway_years":
        return "20 years or more" if value >= NOT_FALLING else f"{value:.0f} year{'' if round(value) == 1 else 's'}"
    if name == "unplanned_reserves_use":
        return f"{percent(abs(value))} {'better' if value < 0 else 'worse'}"
    return "0 %" if value == 0 else percent(value).replace("-", "−")


def plain_name(name: str) -> str:
    """Return an indicator's column name as words, where nothing better is known."""
    return name.removesuffix("_ratio").removesuffix("_share").replace("_", " ").capitalize()


def _at_bound(name: str, value: float) -> bool:
    if name == "reserves_runway_years":
        return value >= NOT_FALLING
    return name in _AT_BOUND and abs(value) < 5e-4


def _earlier(name: str, value: float) -> str:
    if not _at_bound(name, value):
        return figure(name, value)
    return "they were not falling" if name == "reserves_runway_years" else "none"


def short_figure(name: str, value: float) -> str:
    """Write an indicator's value for a table."""
    if np.isnan(value):
        return "not published"
    return "not falling" if name == "reserves_runway_years" and _at_bound(name, value) else figure(name, value)


def _against(evidence: Evidence, class_: str, bound: bool) -> tuple[str, int]:
    """Compare with the others of the class: in words, and 1 for higher than most, −1 for lower, 0 for neither.

    Shares are rounded down, so that nothing is overstated.
    """
    if evidence.others < 8:
        return "", 0
    group = CLASS_PLURALS[class_]
    same = 1.0 - evidence.lower - evidence.higher
    if bound and same >= 0.05:
        whole = same > 1 - 1e-9
        return f"as in all other {group}" if whole else f"as in {np.floor(100 * same):.0f} % of other {group}", 0
    word, share = ("lower", evidence.higher) if evidence.higher >= evidence.lower else ("higher", evidence.lower)
    way = -1 if word == "lower" else 1
    if evidence.indicator == "reserves_runway_years":
        word = "shorter" if word == "lower" else "longer"
    if evidence.indicator == "unplanned_reserves_use":
        word = "better" if word == "lower" else "worse"
    if share == 1.0:
        return f"{word} than in all other {group}", way
    return f"{word} than in {np.floor(100 * share):.0f} % of other {group}", way


def in_words(risk: float) -> str:
    """Say a chance the way people do: "about 1 in 5", "under 1 in 100", "about 9 in 10"."""
    if risk < 0.01:
        return "under 1 in 100"
    if risk > 0.95:
        return "more than 19 in 20"
    if risk < 0.29:
        one_in = 1 / risk
        step = 1 if one_in < 12.5 else 5 if one_in < 52.5 else 10
        return f"about 1 in {step * round(one_in / step)}"
    choices = ((1, 3), (2, 5), (1, 2), (3, 5), (2, 3), (3, 4), (4, 5), (9, 10), (19, 20))
    top, bottom = min(choices, key=lambda pair: abs(pair[0] / pair[1] - risk))
    return f"about {top} in {bottom}"


_FLAGS = {
    "jump_nre": "net revenue expenditure moved far more from the year before than in councils of its class",
    "jump_reserves": "reserves moved far more from the year before than in councils of its class",
    "jump_interest": "interest payable moved far more from the year before than in councils of its class",
    "small_denominator": "net revenue expenditure is too small to divide by, so ratios are left out",
}


def flag_words(text: str) -> list[str]:
    """Say a row's flags (of ``quality``) in plain words, each with its amount in pounds where it has one."""
    words = []
    for item in filter(None, str(text).split(";")):
        code, _, amount = item.partition("=")
        said = _FLAGS.get(code) or MEANING.get(code, code.replace("_", " "))
        in_pounds = "£ thousand" in said
        said = said.replace(" (difference, £ thousand)", "").replace(" (£ thousand)", "")
        words.append(f"{said}, by {pounds(float(amount))}" if amount and in_pounds else said)
    return words


def when(date_text: str, known: object) -> str:
    """Write a register's date as precisely as it is known: "5 September 2023", "February 2022", "2021"."""
    if pd.isna(known):
        return "undated"
    if len(date_text) == 7:
        return f"{pd.Timestamp(known):%B %Y}"
    return day(known) if len(date_text) == 10 else date_text


def step_chance(risk: float) -> str:
    """Write a chance on the way to another: below 10 % with a digit, as many steps are small."""
    if risk < 0.001:
        return "under 0.1 %"
    return f"{100 * risk:.1f} %" if risk < 0.0995 else chance(risk)


def listed(parts: list[str]) -> str:
    """Join words as in a sentence: "a, b and c"."""
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1] if parts else ""


def is_number(value: object) -> bool:
    """Say whether a value is there."""
    return not bool(pd.isna(value))
