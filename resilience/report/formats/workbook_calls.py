"""The two sheets of the workbook that are made to be worked with: the call sheet, and what changed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from resilience.formatting import day
from resilience.report.formats.workbook_sheets import Column, View

_AMOUNTS = ("net_revenue_expenditure", "usable_reserves", "interest_payable")

CALL_COLUMNS = (
    Column("Rank", "integer", 5.5),
    Column("Council", "wrapped", 15),
    Column("Class", "text", 6),
    Column("Rank by plain reserves", "integer", 8.5),
    Column("Band", "text", 6),
    Column("What followed in this band", "wrapped", 12),
    Column("Net revenue expenditure, £m", "millions", 11.5),
    Column("Year (expenditure)", "text", 12),
    Column("Usable reserves, £m", "millions", 8.5),
    Column("Year (reserves)", "text", 9.5),
    Column("Interest payable, £m", "millions", 8.5),
    Column("Year (interest)", "text", 9),
    Column("Questions to ask", "wrapped", 46),
    Column("Owner", "wrapped", 10),
    Column("Date", "wrapped", 9),
    Column("Notes", "wrapped", 20),
)


def call_rows(view: View) -> Iterable[list[Any]]:
    """Yield the call sheet, one row a council; the last three columns are for the reader."""
    for row in view["call_sheet"]:
        found = [row["amounts"][name] for name in _AMOUNTS]
        yield [
            *(row[name] for name in ("rank", "council", "class", "reserves_rank", "band", "followed")),
            *(value for one in found for value in (one["millions"], one["year"])),
            "\n".join(row["questions"]),
            *("", "", ""),
        ]


def changed(view: View) -> tuple[list[Column], list[list[Any]]]:
    """Lay out what changed since the earlier list; no row where none was made."""
    found = view["changed"] or {"since": None, "rows": []}
    then = f"on {day(found['since'])}" if found["since"] else "then"
    columns = [
        Column("Rank now", "integer", 7),
        Column(f"Rank {then}", "integer", 9),
        Column("Places nearer the top", "step", 9),
        Column("Council", "text", 30),
        Column("Class", "text", 7),
        Column("Band now", "text", 15),
        Column(f"Band {then}", "text", 15),
        Column("New events", "wrapped", 44),
        Column("Figure that moved it most", "wrapped", 54),
        Column("Region", "text", 24),
        Column("ONS code", "text", 11),
    ]
    names = ("rank", "rank_then", "moved_up", "council", "class", "band", "band_then", "events", "main_reason")
    return columns, [[*(row[name] for name in names), row["region"], row["ons_code"]] for row in found["rows"]]


#: How many columns of what changed are printed.
CHANGED_PRINTED = 9
