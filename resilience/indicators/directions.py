"""Events against figures: line 768 beside the register of support (docs/capitalisation_directions.md)."""

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


def render(panel: pd.DataFrame, events: EventRegister) -> str:
    """Return the comparison as Markdown."""
    table = directions(panel, events)
    count = table["kind"].value_counts()
    both, line, register, none = (
        int(count.get(kind, 0)) for kind in ("both", "line only", "register only", "not returned")
    )
    used = both + line
    silent = ", ".join(table.loc[table["kind"] == "line only", "council"].drop_duplicates())
    return f"""# Capitalisation directions: the line and the register

Generated from the shipped figures by `resilience.indicators.directions`; do not edit. Line 768 of the Revenue Outturn
Summary (`rs_adjexpcap_net_exp`, 2020-21 to 2023-24) is running cost treated as capital under a direction of the
Secretary of State. The register (`data/raw/events.csv`, to 31 December 2025) has the support agreed for the same
financial years. £ million.

**It is no predictor.** The line is the outcome seen in the books, published nine months and more after the year it
stands for; a model that used it would be told the answer. It is shown, as `capitalisation_ratio`, because it lowers net
revenue expenditure in its year and can refill reserves.

What the two say of each other:

- The line is used in {used} council-years, of which the register has support for {both}.
- In {line} the register is silent: {silent}. Cherwell and Knowsley use the line year after year:
  ordinary capitalisation, returned in the wrong place. For Stoke-on-Trent the register holds one total for all years,
  under 2024-25, whose split was not read. The others stand in none of the lists the register was compiled from.
- For {register} council-years with support the line is nil, and for {none} there was no return. Much support is agreed
  years afterwards, for a year whose return was closed; some was withdrawn, or never used, or paid as a grant; and some
  councils paid with capital receipts instead (line 767 beside it).
- So the line understates support, and a nil says nothing. Where it is used and the register is silent, look at the
  council's own accounts before calling it support.

## The line is used, and the register has support

{_table(table[table["kind"] == "both"])}

## The line is used, and the register is silent

{_table(table[table["kind"] == "line only"])}

## The register has support, and the line is nil

{_table(table[table["kind"] == "register only"])}

## The register has support, and there is no return

{_table(table[table["kind"] == "not returned"])}
"""


def _table(rows: pd.DataFrame) -> str:
    head = "| council | year | line 768 | line 767 | register |\n| --- | --- | ---: | ---: | --- |"
    body = [
        f"| {row.council} | {row.outturn_year} | {_million(row.line_768)} | {_million(row.flexible_receipts)} "
        f"| {row.support or '—'} |"
        for row in rows.itertuples()
    ]
    return "\n".join([head, *body])


def _million(thousand: float) -> str:
    return "no return" if pd.isna(thousand) else f"{thousand / 1000:,.1f}" if thousand else "—"
