"""Events of the register in plain words, one line an announcement."""

from __future__ import annotations

import re
from datetime import date

import pandas as pd

from resilience.councils import council as facts_of
from resilience.councils.lineage import lineage_of
from resilience.formatting import day, listed, when
from resilience.tables.event_words import end_of
from resilience.tables.events import EventRegister

_SUPPORT = {
    "in_principle": "in principle",
    "final_direction": "final",
    "in_principle_revised": "in principle, revised",
    "prior_year_in_principle": "in principle, for that earlier year",
    "prior_year_in_principle_revised": "in principle, for that earlier year, revised",
    "prior_year_final": "final, for that earlier year",
    "withdrawn": "agreed, later withdrawn",
    "agreed_not_used_later_shown_withdrawn": "agreed, not used, later shown as withdrawn",
    "in_principle_total_all_years": "in principle, all years together",
    "in_principle_hra": "in principle, for the Housing Revenue Account only",
    "in_principle_later_withdrawn": "in principle, later withdrawn",
    "final_direction_listed_amount_unread": "final; amount not read, in-principle amount shown",
    "extension_of_2017-18_capitalisation": "extension of the 2017-18 capitalisation direction",
    "listed_on_2025-26_page_for_2024-25": "in principle, listed with the round of 2025-26",
    "reprofiled_to_2024-25": "reprofiled from an earlier year",
    "capitalisation_support_outside_main_table": "under its own heading, outside the table of support",
    "police_table_not_council": "for a police body",
    "grant": "as a grant",
}
_KINDS = {
    "unbalanced_budget": "Section 114(3) notice: expenditure likely to exceed resources",
    "unbalanced_budget_second_report": "Second section 114(3) notice",
    "second_report": "Second section 114 report",
    "unlawful_expenditure": "Section 114 report: unlawful expenditure",
    "unspecified_limb": "Section 114 notice, limb not stated",
    "commissioner": "Commissioner appointed by the government",
    "commissioners": "Commissioners appointed by the government",
    "expanded": "Intervention widened",
    "expanded_finance_powers": "Intervention widened to finance",
    "directions_statutory_panel": "Government directions, with a statutory panel",
    "directions_statutory_improvement_board": "Government directions, with a statutory improvement board",
    "directions_first_use": "Government directions",
    "new_directions": "New government directions",
    "envoys": "Ministerial envoys appointed",
    "inspection": "Best value inspection",
    "ended": "Intervention ended",
    "nonstatutory_review": "Non-statutory review",
    "public_interest_report": "Auditor's report in the public interest",
    "public_interest_report_second": "Auditor's second report in the public interest",
    "statutory_recommendation": "Auditor's statutory recommendation",
    "statutory_recommendations": "Auditor's statutory recommendations",
    "auditor_advisory_notice": "Auditor's advisory notice",
    "auditor_advisory_notice_second": "Auditor's second advisory notice",
    "auditor_update_report_and_cipfa_review": "Auditor's report to the audit committee, and a review by CIPFA",
    "best_value_notice": "Best Value Notice",
    "best_value_notice_reissued": "Best Value Notice reissued",
    "best_value_notice_closed": "Best Value Notice closed",
    "cipfa_review": "Review by CIPFA",
    "cipfa_capital_assurance_review": "CIPFA capital assurance review",
    "dluhc_letter_of_concern_debt": "Letter from the department about debt",
    "financial_emergency_declared": "Financial emergency declared by the council",
    "warning_statement_slow_progress": "Government's warning that progress is slow",
    "minded_to_replace_commissioners_with_envoys": "Government minded to replace commissioners with envoys",
    "commissioners_report_and_lead_commissioner_reappointed": "Commissioners' report; lead commissioner reappointed",
    "capitalisation_direction_before_efs_process": "Capitalisation direction, before the support process began in 2020",
    "capitalisation_outside_support_table": "Capitalisation under its own heading, outside the table of support",
}
_CAUSES = {
    "equal-pay": "equal pay",
    "housing-company": "a housing company",
    "financial": "finances",
    "investments": "investments",
    "unlawful-payment": "an unlawful payment",
    "abuse-redress": "redress for past abuse",
    "other": "other cause, or not read",
}
# Of a round whose outcome was settled on a later day that nobody noted; and of support first agreed on the row's day.
_LATER = r"page change itself is undated|withdrawal itself undated|final amount"
_FIRST_AGREED = re.compile(r"in principle|direction after")


def council_events(events: EventRegister, code: str, as_of: date) -> pd.DataFrame:
    """Return a council's and its predecessors' events known on a day, one row an announcement, the oldest first.

    Parameters
    ----------
    events : EventRegister
        As known on the day.
    code : str
    as_of : date

    Returns
    -------
    DataFrame
        ``ons_code, council, known`` (Timestamp, missing where undated), ``when`` (as precisely as it is known),
        ``what``, ``cause``, ``counts`` (bool: it is a qualifying event) and ``sources`` (list of addresses).
    """
    codes = [code, *lineage_of(code)]
    events = events.known_by(as_of)
    rows = events.rows[events.rows["ons_code"].isin(codes)]
    # What was settled later than the round it belongs to, nobody knows when, is told only once the register is whole.
    if not events.whole:
        rows = rows[~_later(rows)]
    result = []
    for (owner, kind, _, cause, counts), group in rows.groupby(
        ["ons_code", "event_type", "date", "cause", "distress"], sort=False
    ):
        sources = [part.strip() for text in group["source"] for part in text.split(" ; ")]
        result.append(
            {
                "ons_code": owner,
                "council": facts_of(owner).council if owner in codes else group["council"].iloc[0],
                "known": group["known"].iloc[0],
                "when": when(group["date"].iloc[0], group["known"].iloc[0]),
                "what": _support(group, whole=events.whole)
                if kind == "efs"
                else listed([_kind(one) for one in group["subtype"].unique()]),
                "cause": _CAUSES.get(str(cause), str(cause).replace("-", " ")),
                "counts": bool(counts),
                "sources": list(dict.fromkeys(filter(None, sources))),
            }
        )
    columns = ["ons_code", "council", "known", "when", "what", "cause", "counts", "sources"]
    table = pd.DataFrame(result, columns=columns)
    return table.sort_values("known", kind="stable", na_position="last", ignore_index=True)


def _later(rows: pd.DataFrame) -> pd.Series:
    """Say which rows bear the date of a round and were made known on a later day that the register lacks."""
    return rows["date_precision"].str.contains(_LATER).astype(bool)


def _support(rows: pd.DataFrame, *, whole: bool) -> str:
    parts = []
    for (_, row), later in zip(rows.iterrows(), _later(rows), strict=True):
        amount = f"£{float(row['amount_gbp_m']):,.1f}m" if row["amount_gbp_m"] else "amount not published"
        year = f" for {row['financial_year']}" if row["financial_year"] else ""
        stage = _SUPPORT.get(row["subtype"], row["subtype"].replace("_", " "))
        if row["subtype"] == "final_direction" and _FIRST_AGREED.search(row["date_precision"]):
            # The row bears the day its year was first agreed; that it became final was known later.
            stage = "in principle; final later" if whole else "in principle"
        elif later and pd.notna(row["known"]):
            stage += ", day not known"
        parts.append(f"{amount}{year} ({stage})")
    return "Exceptional financial support: " + "; ".join(parts)


def _kind(subtype: str) -> str:
    until = end_of(subtype)
    base = re.sub(r"_(\d{4}|five_years).*$", "", subtype.removesuffix(f"_to_{until}"))
    said = _KINDS.get(base, base.replace("_", " ").capitalize())
    if not until:
        return said
    return f"{said}, to {day(until) if len(until) == 10 else f'{pd.Timestamp(until):%B %Y}'}"
