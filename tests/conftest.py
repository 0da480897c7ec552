"""What many tests read: the shipped figures, loaded once a worker; and the command line in this process."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from resilience import paths
from resilience.backtest.rolling import Backtest, backtest
from resilience.tables.events import EventRegister
from tests.shared import begin, end, once

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def panel() -> pd.DataFrame:
    """Return the shipped panel; tests that change it copy it first."""
    from resilience.tables.panel import load_panel

    return load_panel()


@pytest.fixture(scope="session")
def indicators(panel: pd.DataFrame) -> pd.DataFrame:
    """Return every indicator of the shipped panel."""
    from resilience.indicators.compute import compute_indicators

    return compute_indicators(panel)


@pytest.fixture(scope="session")
def events() -> EventRegister:
    """Return the shipped register of events."""
    from resilience.tables.events import load_events

    return load_events()


@pytest.fixture(scope="session")
def record(indicators: pd.DataFrame, events: EventRegister) -> Backtest:
    """Return a back test of the origins 2021 to 2024 with a few draws."""
    return once("record", lambda: backtest(indicators, events, first=2021, last=2024, draws=50, n_jobs=1))


def pytest_configure(config: pytest.Config) -> None:
    """Let the processes of this run share what takes long."""
    if not hasattr(config, "workerinput"):  # a worker inherits it
        begin()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Take away what they shared."""
    if not hasattr(config, "workerinput"):
        end()


@pytest.fixture(scope="session")
def originals() -> Path:
    """Return the folder of original publications; none of them is committed."""
    folder = ROOT / "../shared/data"
    if not (folder / "revenue_outturn").is_dir():
        pytest.skip("the original publications are not in ../shared; none is committed")
    return folder.resolve()


@pytest.fixture
def register_text() -> str:
    """Return the shipped register as text, to be changed and read again."""
    return (paths.raw() / "events.csv").read_text("utf-8")


@dataclass(frozen=True)
class Outcome:
    """What a command did."""

    code: int
    out: str
    err: str

    def sentence(self, *words: str) -> str:
        """Check that this is a refusal in one sentence holding these words, and return the sentence."""
        assert self.code == 2, (self.code, self.err)
        assert self.out == ""
        assert self.err.startswith("resilience: ")
        assert self.err.count("\n") == 1, self.err
        assert self.err.endswith((".\n", ".)\n")), self.err
        assert "Traceback" not in self.err
        assert "unexpected error" not in self.err
        for word in words:
            assert word in self.err, f"{word!r} not in {self.err!r}"
        return self.err


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """Return a function that runs `resilience …` as its console script does, in this process."""
    from resilience.cli import main

    def run(*words: object) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["resilience", *map(str, words)])
        capsys.readouterr()
        code = 0
        try:
            main()
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else 0 if stop.code is None else 1
        said = capsys.readouterr()
        return Outcome(code, said.out, said.err)

    return run
