"""Running one command in a process of its own, with its wall time, processor time and peak memory."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Measured:
    """What one process took."""

    wall: float
    processor: float
    peak_mb: float


@dataclass(frozen=True)
class Result:
    """One benchmark: what was measured, how, and what it had to stay under."""

    name: str
    how: str
    runs: tuple[Measured, ...]
    target: str
    within: bool


def command(*words: str) -> Measured:
    """Run ``resilience …`` in a fresh interpreter and measure it; wait4 reports this child's own peak memory.

    Raises
    ------
    SystemExit
        If the command fails: what it says is printed.
    """
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "resilience.cli", *words], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    error = process.stderr.read() if process.stderr else b""
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"resilience {' '.join(words)} failed: {error.decode(errors='replace').strip()}")
    unit = 2**20 if sys.platform == "darwin" else 2**10  # bytes there, KiB on Linux
    return Measured(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / unit)
