"""Capitalisation directions: line 768 beside the register of support."""

from __future__ import annotations

from typing import Any

import pandas as pd

from resilience.indicators.directions import directions
from resilience.tables.events import EventRegister

KINDS = ("both", "line only", "register only", "not returned")


def view(panel: pd.DataFrame, events: EventRegister) -> dict[str, Any]:
    """Return the comparison: how many council-years of each kind and which, and whom the register is silent on."""
    table = directions(panel, events)
    rows = {kind: table[table["kind"] == kind] for kind in KINDS}
    return {
        "counts": {kind: len(one) for kind, one in rows.items()},
        "rows": {kind: [_row(row) for row in one.to_dict("records")] for kind, one in rows.items()},
        "register_to": events.until,
        "silent": ", ".join(rows["line only"]["council"].drop_duplicates()),
    }


def _row(row: dict[Any, Any]) -> list[str]:
    amounts = [_million(row[name]) for name in ("line_768", "flexible_receipts")]
    return [row["council"], row["outturn_year"], *amounts, row["support"] or "—"]


def _million(thousand: float) -> str:
    return "no return" if pd.isna(thousand) else f"{thousand / 1000:,.1f}" if thousand else "—"
