"""What the checks found, by year and council; and what a revision changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from resilience.analysis.revisions import moved
from resilience.councils import load_councils, resolve
from resilience.formatting import number, percent, signed
from resilience.report.views import reach
from resilience.tables import checks
from resilience.tables.events import load_events
from resilience.tables.panel import load_panel
from resilience.tables.precedence import load_conflicts
from resilience.tables.revisions import differences
from resilience.years import year_of

#: Rows shown of each table of a revision.
MOST = 40


def view(*, year: str | None = None, council: str | None = None, events: str | Path | None = None) -> dict[str, Any]:
    """Return how often each check found something, year by year, and each finding where a year or council is named.

    Parameters
    ----------
    year : str, optional
        A financial year, "2021-22".
    council : str, optional
        Any name or code of a council.
    events : path, optional
        Another register of events than the shipped one.

    Returns
    -------
    dict
        ``years`` (in which each ends), ``counts`` (``check`` and a number a year), ``meanings`` of the checks in it,
        ``findings`` (None where neither is named); ``register`` (``rows``, ``to`` and ``remarks`` of the register of
        events, which keeps to its format or is refused here); ``reach``, how many councils have each main line of what
        kind; and ``conflicts``, the lines on which two sources differ, the one that stands first.

    Raises
    ------
    DataError, UnknownCouncilError
        If the year or the council is none.
    """
    register = load_events(events)
    wanted = checks.findings(load_panel())
    if year is not None:
        wanted = wanted[wanted["year"] == year_of(year)]
    if council is not None:
        wanted = wanted[wanted["ons_code"] == resolve(council)]
    counts = wanted.groupby(["check", "year"]).size().unstack(fill_value=0)
    named = year is not None or council is not None
    return {
        "years": [int(one) for one in counts.columns],
        "counts": [{"check": str(check), "numbers": [int(n) for n in row]} for check, row in counts.iterrows()],
        "meanings": {code: meaning for code, meaning in checks.MEANING.items() if code in counts.index},
        "findings": [_finding(row) for row in wanted.to_dict("records")] if named else None,
        "register": {"rows": len(register.rows), "to": register.until, "remarks": [*register.remarks, *register.notes]},
        "reach": reach.rows(),
        "conflicts": _conflicts(year, council),
    }


def _conflicts(year: str | None, council: str | None) -> list[dict[str, str]]:
    found = load_conflicts()
    if year is not None:
        found = found[found["year"] == year_of(year)]
    if council is not None:
        found = found[found["ons_code"] == resolve(council)]
    names = load_councils().drop_duplicates("ons_code").set_index("ons_code")["council"]
    return [
        {
            "outturn_year": row["outturn_year"],
            "council": names[row["ons_code"]],
            "line": row["line"],
            "stands": f"{number(row['amount'], 0)} ({row['source_kind']})",
            "gave_way": f"{number(row['other_amount'], 0)} ({row['other_kind']})",
            "difference": number(row["difference"], 0),
        }
        for row in found.to_dict("records")
    ]


def _finding(row: dict[Any, Any]) -> dict[str, str]:
    amount = "" if np.isnan(row["value"]) else number(row["value"], 0)
    return {**{name: row[name] for name in ("outturn_year", "council", "class", "check")}, "amount": amount}


def revision_view(other: Path) -> dict[str, Any]:
    """Return what differs between the shipped panel and another, and whose score moved for it.

    Parameters
    ----------
    other : Path
        A panel.csv, for instance of an earlier or later vintage.

    Returns
    -------
    dict
        ``name`` of the file; ``differing`` and ``moved``, how many figures and chances; the first of each as rows of
        text, ``figures`` and ``chances``.
    """
    ours, theirs = load_panel(), load_panel(other)
    changes, chances = differences(ours, theirs), moved(ours, theirs)
    amounts = ("shipped", "other", "change")
    return {
        "name": other.name,
        "differing": len(changes),
        "moved": len(chances),
        "figures": [
            {
                **{name: row[name] for name in ("outturn_year", "council", "line")},
                **{name: "–" if pd.isna(row[name]) else number(row[name], 0) for name in amounts},
            }
            for row in changes.head(MOST).to_dict("records")
        ],
        "chances": [
            {
                "council": row["council"],
                "shipped": percent(row["shipped"], 1),
                "other": percent(row["other"], 1),
                "change": signed(100 * row["change"], 1),
            }
            for row in chances.head(MOST).to_dict("records")
        ],
    }
