"""``python -m tests.fuzz.run``: 10,000 inputs, the same every time; writes docs/reliability.md."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings

from tests.fuzz.targets import READ, TARGETS, Target, outcome


def tried(target: Target, inputs: int, folder: Path) -> tuple[Counter[str], dict[str, str]]:
    """Put a target to the test; return how often each outcome was met, and a sentence of each."""
    tally: Counter[str] = Counter()
    said: dict[str, str] = {}
    folder.mkdir(parents=True, exist_ok=True)

    @settings(
        max_examples=inputs,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(target.strategy)
    def trial(value: object) -> None:
        met, sentence = outcome(target, value, folder)
        tally[met] += 1
        said.setdefault(met, sentence)

    trial()
    return tally, said


def everything(inputs: int, targets: Iterable[Target] = TARGETS) -> dict[str, Counter[str]]:
    """Put every target to the test with its share of so many inputs."""
    found = {}
    with tempfile.TemporaryDirectory() as place:
        for number, target in enumerate(targets):
            share = max(target.inputs * inputs // 10_000, 10)
            tally, _ = tried(target, share, Path(place) / str(number))
            found[target.name] = tally
            print(f"{target.name}: {tally.total():,} inputs, {tally[READ]:,} read", file=sys.stderr, flush=True)
    return found


def killed(work: str, moments: int) -> int:
    """Kill a piece of work at so many moments; return how often that came before its end.

    In a process of its own, for the children to be killed would otherwise import this suite first.
    """
    if not moments:
        return 0
    with tempfile.TemporaryDirectory() as place:
        code = (
            "import pathlib, sys; from tests import kill_trials; "
            "print(getattr(kill_trials, 'kill_' + sys.argv[1])(pathlib.Path(sys.argv[2]), int(sys.argv[3])))"
        )
        command = [sys.executable, "-W", "error", "-c", code, work, place, str(moments)]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    times = int(done.stdout.split()[-1])
    print(f"{work}: killed {times} times at {moments} moments", file=sys.stderr, flush=True)
    return times


def main() -> None:
    """Run the suite and write the page."""
    from tests.fuzz.report import write

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=10_400)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--coverage", type=Path, help="what pytest --cov-report=json wrote")
    parser.add_argument("--output", type=Path, default=Path("docs/reliability.md"))
    given_words = parser.parse_args()
    kills = {name: (given_words.kills, killed(name, given_words.kills)) for name in ("build", "fetch")}
    found = everything(given_words.inputs)
    write(found, given_words.output, kills=kills, coverage=given_words.coverage)
    total = sum(tally.total() for tally in found.values())
    print(f"{total:,} inputs, no failure; written to {given_words.output}")


if __name__ == "__main__":
    main()
