"""Events against figures: line 768 beside the register of support."""

from __future__ import annotations

import re

import pandas as pd

from resilience.tables.events import EventRegister
from resilience.years import outturn_year_of, year_of

LINE = "rs_adjexpcap_net_exp"
#: The years whose form has the line; numbers are used again, and 768 meant another thing in 2009-10.
FIRST, LAST = 2021, 2024
_YEAR = re.compile(r"\d{4}-\d{2}")


def support_by_year(events: EventRegister) -> pd.DataFrame:
    """Return the register's support rows, one row a council and financial year.

    Parameters
    ----------
    events : EventRegister
        From ``load_events``; only exceptional financial support that qualifies as the outcome counts.

    Returns
    -------
    DataFrame
        ``ons_code, council, year, support`` ("in principle £180.2m; …", in the register's order). A row for several
        years ("2023-24 to 2024-25") stands under each, marked.
    """
    register = events.rows
    rows = register[register["event_type"].eq("efs") & register["distress"].astype(bool)]
    records = []
    for row in rows.to_dict("records"):
        years = _YEAR.findall(row["financial_year"])
        if " to " in row["financial_year"] and len(years) == 2:
            years = [outturn_year_of(y) for y in range(year_of(years[0]), year_of(years[1]) + 1)]
        shared = f" for {row['financial_year']} together" if len(years) > 1 else ""
        amount = f" £{float(row['amount_gbp_m']):,.1f}m" if row["amount_gbp_m"] else ""
        said = row["subtype"].replace("_", " ") + amount + shared
        records += [(row["ons_code"], row["council"], year_of(year), said) for year in years]
    table = pd.DataFrame(records, columns=["ons_code", "council", "year", "support"])
    keys = ["ons_code", "year"]
    return table.groupby(keys, as_index=False, sort=False).agg(
        council=("council", "first"), support=("support", lambda said: "; ".join(dict.fromkeys(said)))
    )


def directions(panel: pd.DataFrame, events: EventRegister) -> pd.DataFrame:
    """Set the line beside the register.

    Returns
    -------
    DataFrame
        One row a council and year, 2020-21 to 2023-24, in which either says something: ``council, outturn_year,
        year, status, line_768`` (£ thousand, positive), ``flexible_receipts`` (line 767, its size), ``support`` (empty
        where the register is silent), ``kind`` ("both", "line only", "register only", "not returned").
    """
    rows = panel[panel["year"].between(FIRST, LAST)]
    if "built" in rows:
        rows = rows[~rows["built"].astype(bool)]
    facts = rows[["ons_code", "council", "outturn_year", "year", "status"]].assign(
        line_768=0.0 - rows[LINE], flexible_receipts=rows["rs_caprecflex_net_exp"].abs()
    )
    support = support_by_year(events).drop(columns="council")
    table = facts.merge(support, on=["ons_code", "year"], how="left")
    table["support"] = table["support"].fillna("")
    used, agreed = table["line_768"].fillna(0) != 0, table["support"] != ""
    table["kind"] = "both"
    table.loc[used & ~agreed, "kind"] = "line only"
    table.loc[~used & agreed, "kind"] = "register only"
    table.loc[table["line_768"].isna() & agreed, "kind"] = "not returned"
    return table[used | agreed].sort_values(["council", "year"], ignore_index=True)
