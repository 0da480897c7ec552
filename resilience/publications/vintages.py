"""Releases brought by ``resilience fetch``: several of one year side by side, and which was current when."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from resilience.publications.manifest import Entry, read_manifest
from resilience.publications.timeseries import read_timeseries
from resilience.publications.workbook import read_workbook

MULTI_YEAR = "multi-year"


def fetched_lines(source: Path, say: Callable[[str], None]) -> tuple[pd.DataFrame | None, list[dict]]:
    """Read the newest release of every year that ``resilience fetch`` brought.

    Parameters
    ----------
    source : Path
        A folder with a fetch manifest in it; one without has nothing.
    say : callable
        Told which file is being read.

    Returns
    -------
    lines, provenance
        Tidy lines (None where nothing was fetched) and one provenance entry a file.
    """
    entries = [entry for entry in read_manifest(source) if entry.form == "RS"]
    # Oldest release first, so that a later one replaces it; a year's own workbook over the multi-year file of that day.
    entries.sort(key=lambda entry: (entry.released, entry.outturn_year != MULTI_YEAR))
    by_year: dict[str, pd.DataFrame] = {}
    used: dict[str, Entry] = {}
    for entry in entries:
        say(entry.file)
        path = source / entry.file
        lines = read_timeseries(path) if entry.outturn_year == MULTI_YEAR else read_workbook(path, form="RS")
        lines.attrs = {}
        for year, part in lines.groupby("outturn_year", observed=True):
            by_year[str(year)], used[str(year)] = part, entry
    if not by_year:
        return None, []
    files = [
        {
            "file": Path(entry.file).name,
            "bytes": (source / entry.file).stat().st_size,
            "sha256": entry.sha256,
            "publisher": "MHCLG",
            "title": f"Revenue Outturn Summary (RS) {year}",
            "outturn_year": year,
            "released": entry.released or None,
            "licence": "Open Government Licence v3.0",
            "table": "panel.csv",
            "page": entry.page,
        }
        for year, entry in used.items()
    ]
    return pd.concat(list(by_year.values()), ignore_index=True), files
