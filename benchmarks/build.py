"""17 workbooks, with budgets and companions, to the shipped tables: under 60 s and 1 GB on two cores."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.measure import ROOT, Result, command

SOURCE = ROOT / ".." / "shared" / "data"


def run() -> Result | None:
    """Measure one whole build into an empty folder; None where the publications are not at hand."""
    if not (SOURCE / "revenue_outturn").is_dir():
        return None
    workbooks = len([path for path in (SOURCE / "revenue_outturn").iterdir() if path.name.startswith("rs")])
    with tempfile.TemporaryDirectory() as folder:
        one = command("build", "--source", str(SOURCE), "--output", str(Path(folder) / "processed"))
    return Result(
        "build",
        f"`resilience build` once, in a fresh process, of {workbooks} Revenue Outturn workbooks with the budgets, the "
        "second-hand tables and the companion publications, into an empty folder; peak resident memory from wait4",
        (one,),
        "60 s, 1,024 MB",
        one.wall < 60 and one.peak_mb < 1024,
    )
