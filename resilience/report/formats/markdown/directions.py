"""The comparison of line 768 with the register as one page, ``docs/capitalisation_directions.md``."""

from __future__ import annotations

from typing import Any

from resilience.formatting import day


def layout(view: dict[str, Any]) -> str:
    """Lay the comparison out."""
    counts, rows = view["counts"], view["rows"]
    return f"""# Capitalisation directions: the line and the register

Generated from the shipped figures by `resilience docs`; do not edit. Line 768 of the Revenue Outturn
Summary (`rs_adjexpcap_net_exp`, 2020-21 to 2023-24) is revenue expenditure treated as capital under a direction of the
Secretary of State. The register (`data/raw/events.csv`, to {day(view["register_to"])})
has the support agreed for the same financial years. £ million.

**It is not a predictor.** The line is the outcome as it shows in the accounts, published nine months and more after
its year; a model that used it would be given the answer. It is shown, as `capitalisation_ratio`, because it lowers net
revenue expenditure in its year and can refill reserves.

How the two compare:

- The line is used in {counts["both"] + counts["line only"]} council-years, of which the register has support for \
{counts["both"]}.
- In {counts["line only"]} the register is silent: {view["silent"]}. Cherwell and Knowsley use the line year after year:
  ordinary capitalisation, returned on the wrong line. For Stoke-on-Trent the register holds one total for all years,
  under 2024-25, whose split was not read. The others are in none of the lists the register was compiled from.
- For {counts["register only"]} council-years with support the line is nil, and for {counts["not returned"]} there was \
no return. Much support is agreed
  years afterwards, for a year whose return was closed; some was withdrawn, or never used, or paid as a grant; and some
  councils paid with capital receipts instead (line 767 beside it).
- So the line understates support, and a nil proves nothing. Where it is used and the register is silent, look at the
  council's own accounts before calling it support.

## The line is used, and the register has support

{_table(rows["both"])}

## The line is used, and the register is silent

{_table(rows["line only"])}

## The register has support, and the line is nil

{_table(rows["register only"])}

## The register has support, and there is no return

{_table(rows["not returned"])}
"""


def _table(rows: list[list[str]]) -> str:
    head = "| council | year | line 768 | line 767 | register |\n| --- | --- | ---: | ---: | --- |"
    return "\n".join([head, *("| " + " | ".join(row) + " |" for row in rows)])
