"""How far the figures reach, as the README, ``data check`` and the methods page show it."""

from __future__ import annotations

from typing import Any

from resilience.analysis.reach import reach
from resilience.indicators.known import published_before
from resilience.model.scoring import ScoredDay
from resilience.publications.lines import load_lines
from resilience.tables.panel import load_panel
from resilience.tables.precedence import load_line_sources
from resilience.years import outturn_year_of


def rows(scored: ScoredDay | None = None) -> list[dict[str, Any]]:
    """Return one row a line and year: its label, the year, and how many councils have it of each kind.

    Of a scored day the years are those known on it; without one, those shipped.
    """
    labels = {line.name: line.label for line in load_lines().of_form("RS")}
    if scored is None:
        table = reach(load_panel(), load_line_sources())
    else:
        panel = scored.panel[published_before(scored.panel, scored.as_of)]
        table = reach(panel, load_line_sources(), scored.known)
    return [
        {**row, "label": labels[row["line"]], "outturn_year": outturn_year_of(row["year"])}
        for row in table.to_dict("records")
    ]
