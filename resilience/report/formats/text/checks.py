"""``resilience data check``: what the checks found, by year and council; and what a revision changed."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd

from resilience.councils import resolve
from resilience.formatting import percent, signed
from resilience.tables import checks
from resilience.tables.panel import KEYS, load_panel
from resilience.years import year_of


def _print(*tables: object) -> str:
    from rich.console import Console

    buffer = StringIO()
    console = Console(file=buffer, width=150, highlight=False)
    for one in tables:
        console.print(one)
    return buffer.getvalue()


def check_text(*, year: str | None = None, council: str | None = None) -> str:
    """Return the findings as text: counts by check and year, then each finding where a year or council is named.

    Parameters
    ----------
    year : str, optional
        A financial year, "2021-22".
    council : str, optional
        Any name or code of a council.
    """
    from rich.table import Table
    from rich.text import Text

    found = checks.findings(load_panel())
    wanted = found
    if year is not None:
        wanted = wanted[wanted["year"] == year_of(year)]
    if council is not None:
        wanted = wanted[wanted["ons_code"] == resolve(council)]
    counts = wanted.groupby(["check", "year"]).size().unstack(fill_value=0)
    table = Table(
        title="What the checks found: number of councils by check and year ending 31 March", title_justify="left"
    )
    table.add_column("Check", no_wrap=True)
    for one in counts.columns:
        table.add_column(f"{one % 100:02d}", justify="right", no_wrap=True)
    for check, row in counts.iterrows():
        table.add_row(check, *("·" if n == 0 else str(n) for n in row))
    meanings = "\n".join(f"{code}: {meaning}" for code, meaning in checks.MEANING.items() if code in counts.index)
    parts: list[object] = [table, Text(meanings)]
    if year is not None or council is not None:
        each = Table(title="Each finding", title_justify="left")
        for name in ("Year", "Council", "Class", "Check", "Amount"):
            each.add_column(name, justify="right" if name == "Amount" else "left")
        for _, row in wanted.iterrows():
            amount = "" if np.isnan(row["value"]) else f"{row['value']:,.0f}"
            each.add_row(row["outturn_year"], row["council"], row["class"], row["check"], amount)
        parts.insert(1, each)
    return _print(*parts)


def compare_text(other: Path, *, most: int = 40) -> str:
    """Return what differs between the shipped panel and another, and whose score moved for it.

    Parameters
    ----------
    other : Path
        A panel.csv, for instance of an earlier or later vintage.
    most : int
        Rows shown of each table.
    """
    from rich.table import Table

    from resilience import method

    ours, theirs = load_panel(), load_panel(other)
    changes = compare(ours, theirs)
    table = Table(
        title=f"{len(changes)} figures differ between the shipped panel and {other.name}", title_justify="left"
    )
    for name in ("Year", "Council", "Line", "Shipped", "Other", "Change"):
        table.add_column(name, justify="right" if name in ("Shipped", "Other", "Change") else "left")
    for _, row in changes.head(most).iterrows():
        table.add_row(
            row["outturn_year"],
            row["council"],
            row["line"],
            *("–" if pd.isna(row[name]) else f"{row[name]:,.0f}" for name in ("shipped", "other", "change")),
        )
    before = method.run(panel=ours, intervals=False).table
    after = method.run(panel=theirs, intervals=False).table
    moved = pd.DataFrame({"council": before["council"], "shipped": before["risk"], "other": after["risk"]}).dropna()
    moved["change"] = moved["other"] - moved["shipped"]
    moved = moved[moved["change"].abs() >= 0.005].sort_values("change", key=abs, ascending=False)
    scores = Table(title=f"{len(moved)} councils' chances move by half a point or more", title_justify="left")
    for name in ("Council", "Shipped", "Other", "Change"):
        scores.add_column(name, justify="left" if name == "Council" else "right")
    for _, row in moved.head(most).iterrows():
        scores.add_row(
            row["council"],
            percent(row["shipped"], 1),
            percent(row["other"], 1),
            signed(100 * row["change"], 1),
        )
    return _print(table, scores)


def compare(ours: pd.DataFrame, theirs: pd.DataFrame) -> pd.DataFrame:
    """Return the amounts that differ between two panels, largest first.

    Returns
    -------
    DataFrame
        ``ons_code, council, outturn_year, line, shipped, other, change`` (missing where one of them has no figure).
    """
    keys = ["ons_code", "year"]
    lines = [name for name in ours.columns if name in theirs.columns and name not in KEYS and name.startswith("rs_")]
    left = ours.melt(
        id_vars=[*keys, "council", "outturn_year"], value_vars=lines, var_name="line", value_name="shipped"
    )
    right = theirs.melt(id_vars=keys, value_vars=lines, var_name="line", value_name="other")
    both = left.merge(right, on=[*keys, "line"], how="inner")
    differ = ~((both["shipped"] == both["other"]) | (both["shipped"].isna() & both["other"].isna()))
    both = both[differ].assign(change=lambda frame: frame["other"] - frame["shipped"])
    return both.sort_values("change", key=lambda s: s.abs().fillna(np.inf), ascending=False, ignore_index=True)
