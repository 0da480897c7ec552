"""The studies of the record as one page, ``docs/studies.md``."""

from __future__ import annotations

from typing import Any

from resilience.report.formats.markdown.table import table


def layout(view: dict[str, Any]) -> str:
    """Lay the studies out, a table each."""
    parts = [view["header"]]
    for one in view["tables"]:
        parts.append(f"\n## {one['title']}\n\n{one['words']}\n\n{table(one['columns'], one['rows'])}\n")
    return "\n".join(part.rstrip() for part in parts) + "\n"
