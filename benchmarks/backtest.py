"""The record with 1,000 bootstrap draws: under 3 minutes on two cores."""

from __future__ import annotations

from benchmarks.measure import Result, command


def run() -> Result:
    """Measure the back test as a user runs it."""
    one = command("backtest", "--bootstrap", "1000", "--format", "json")
    return Result(
        "backtest",
        "`resilience backtest --bootstrap 1000` once, in a fresh process: every origin from 2018 on trained and "
        "scored, every rival, 1,000 draws over councils for each origin and pooled, through joblib on two processes; "
        "memory is that of the largest process",
        (one,),
        "180 s",
        one.wall < 180,
    )
