"""``python -m tests.fuzz.run``: 10,000 inputs, the same every time; writes docs/reliability.md."""

from __future__ import annotations

import argparse
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


def main() -> None:
    """Run the suite and write the page."""
    from tests.fuzz.report import write
    from tests.kill_trials import kill_build, kill_fetch

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=10_400)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--coverage", type=Path, help="what pytest --cov-report=json wrote")
    parser.add_argument("--output", type=Path, default=Path("docs/reliability.md"))
    given_words = parser.parse_args()
    found = everything(given_words.inputs)
    kills = {}
    for name, work in (("build", kill_build), ("fetch", kill_fetch)) if given_words.kills else ():
        with tempfile.TemporaryDirectory() as place:
            killed = work(Path(place), given_words.kills)
        print(f"{name}: killed {killed} times at {given_words.kills} moments", file=sys.stderr, flush=True)
        kills[name] = (given_words.kills, killed)
    write(found, given_words.output, kills=kills, coverage=given_words.coverage)
    total = sum(tally.total() for tally in found.values())
    print(f"{total:,} inputs, no failure; written to {given_words.output}")


if __name__ == "__main__":
    main()
