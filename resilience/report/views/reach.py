"""How far the figures reach, as the README, ``data check`` and the methods page show it."""

from __future__ import annotations

from typing import Any

from resilience.analysis.reach import reach
from resilience.indicators.known import KnownFigures
from resilience.publications.lines import load_lines
from resilience.tables.panel import load_panel
from resilience.tables.precedence import load_line_sources
from resilience.years import outturn_year_of


def rows(known: KnownFigures | None = None) -> list[dict[str, Any]]:
    """Return one row a line and year: its label, the year, and how many councils have it of each kind."""
    labels = {line.name: line.label for line in load_lines().of_form("RS")}
    table = reach(load_panel(), load_line_sources(), known)
    return [
        {**row, "label": labels[row["line"]], "outturn_year": outturn_year_of(row["year"])}
        for row in table.to_dict("records")
    ]
