"""Builds and fetches that are killed at any moment, and what must hold afterwards."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

# Children come from a server that has the package loaded already: each takes as long as the work itself.
CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(
    ["resilience.tables.build", "resilience.councils", "resilience.publications.fetch.govuk", "requests"]
)
WRITES = ("open", "os.rename", "os.remove", "os.mkdir", "os.chmod", "shutil.rmtree", "tempfile.mkstemp")


def _watch(folder: str, stop_at: int, count: Any) -> None:
    """Count what is done to files below a folder; end this process, unasked, at one of these."""

    def hook(event: str, arguments: tuple) -> None:
        if event in WRITES and any(folder in os.fspath(a) for a in arguments[:2] if isinstance(a, str | os.PathLike)):
            count.value += 1
            if count.value == stop_at:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def build(home: str, stop_at: int, count: Any) -> None:
    """Build, ending at a file operation."""
    os.environ["RESILIENCE_HOME"] = home
    from resilience.tables.build import build as work

    _watch(str(Path(home) / "data" / "processed"), stop_at, count)
    work(accept="made up, for a test")


def fetch(home: str, stop_at: int, count: Any, url: str) -> None:
    """Fetch, ending at a file operation."""
    os.environ["RESILIENCE_HOME"] = home
    from resilience.publications.fetch import govuk

    _watch(str(Path(home) / "data" / "raw"), stop_at, count)
    govuk.fetch(["2024-25"], base_url=url, forms=("RS",), multi_year=False)


def run(
    work: Callable, home: Path, *words: Any, stop_at: int = 0, after: float | None = None
) -> tuple[int, float, int]:
    """Let a child work and end it at a file operation or after some seconds; return its exit code, time and count."""
    count = CONTEXT.Value("i", 0)
    child = CONTEXT.Process(target=work, args=(str(home), stop_at, count, *words))
    start = time.monotonic()
    child.start()
    child.join(after)
    if child.is_alive() and after is not None:
        child.kill()
        child.join()
    spent = time.monotonic() - start
    code = child.exitcode
    child.close()
    return code, spent, count.value


def kill_often(
    work: Callable,
    home: Path,
    *words: Any,
    times: int,
    seed: int,
    renew: Callable[[], None],
    check: Callable[[int], None],
) -> int:
    """Kill a piece of work at random moments, by time and by file operation in turn; return how many were killed.

    Parameters
    ----------
    work : callable
        `build` or `fetch`.
    home : Path
        In which it works.
    words : object
        What else it is given.
    times, seed : int
        How often, and where the moments come from.
    renew : callable
        Puts things as they were before each trial.
    check : callable
        Told the trial's number after each; raises where something does not hold.
    """
    moments, killed = random.Random(seed), 0
    renew()
    code, spent, operations = run(work, home, *words)
    assert code == 0 and operations > 3, (code, operations)
    check(-1)
    for trial in range(times):
        renew()
        if trial % 2:
            code, *_ = run(work, home, *words, stop_at=moments.randint(1, operations))
        else:
            code, *_ = run(work, home, *words, after=moments.uniform(0.05, spent))
        assert code in (0, -signal.SIGKILL), code
        killed += code != 0
        check(trial)
    return killed
