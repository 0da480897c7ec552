"""``python -m benchmarks.run [build] [screen] [backtest] [site]``: measure, print, and keep the table in README.md."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
from datetime import date
from importlib import metadata
from pathlib import Path

from benchmarks import backtest, build, screen
from benchmarks.measure import Result, command
from resilience.files import write_atomically


def site() -> Result:
    """Measure the whole static site; ``python -m benchmarks.site`` shows it step by step."""
    with tempfile.TemporaryDirectory() as folder:
        one = command("site", "--output", str(Path(folder) / "site"))
    how = "`resilience site` once, in a fresh process, into an empty folder; memory is that of the largest process"
    return Result("site", how, (one,), "180 s", one.wall < 180)


ALL = {"build": build.run, "screen": screen.run, "backtest": backtest.run, "site": site}
README = Path(__file__).with_name("README.md")
INTRODUCTION = """# Benchmarks

Written by `python -m benchmarks.run`, which measures each command as a user runs it and compares it with its limit.
`python -m benchmarks.run screen` measures one alone and leaves this page as it is. The limits are for two cores.
"""


def machine() -> str:
    """Return what it was measured on, without anything that names the machine."""
    model = platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        named = [
            line.split(":")[1].strip() for line in cpuinfo.read_text().splitlines() if line.startswith("model name")
        ]
        model = named[0] if named else model
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in ("numpy", "pandas", "scikit-learn"))
    busy = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "not known"
    return (
        f"{date.today()}, {model}, {cores} cores, {platform.system()}, Python {platform.python_version()}, {versions}; "
        f"load average when it began: {busy}"
    )


def row(result: Result) -> str:
    """Return one line of the table."""
    walls = sorted(one.wall for one in result.runs)
    wall = f"{walls[-1]:.1f} s" if len(walls) == 1 else f"{walls[0]:.1f} to {walls[-1]:.1f} s"
    processor = max(one.processor for one in result.runs)
    peak = max(one.peak_mb for one in result.runs)
    verdict = "within" if result.within else "**over**"
    return (
        f"| {result.name} | {wall} | {processor:.1f} s | {peak:.0f} MB | {result.target} | {verdict} | {result.how} |"
    )


def main(names: list[str]) -> int:
    """Measure, print each as it comes, and write the page if all were measured."""
    unknown = [name for name in names if name not in ALL]
    if unknown:
        print(f"'{unknown[0]}' is no benchmark; choose among {', '.join(ALL)}.", file=sys.stderr)
        return 2
    head = [
        f"Measured {machine()}.",
        "",
        "| | wall time | processor time | peak memory | limit | | how it was measured |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    print("\n".join(head))
    rows, missed = [], False
    for name in names or ALL:
        result = ALL[name]()
        if result is None:
            text = f"| {name} | – | – | – | – | not run | the original publications are not beside the clone |"
        else:
            text, missed = row(result), missed or not result.within
        rows.append(text)
        print(text, flush=True)
    if not names:
        write_atomically(README, "\n".join([INTRODUCTION, *head, *rows]) + "\n")
    return int(missed)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
