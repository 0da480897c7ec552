"""The public names: one import away, whatever else was imported before."""

import subprocess
import sys
from datetime import date

import pytest

import resilience
from resilience.errors import DataError
from resilience.model.scoring import ScoredDay

NAMES = [
    "load_panel",
    "compute_indicators",
    "load_events",
    "risk_set",
    "known_on",
    "training_rows",
    "fit",
    "score",
    "explain",
    "backtest",
    "run",
    "summary",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_public_name_is_a_function(name):
    assert callable(getattr(resilience, name))
    assert name in dir(resilience)


def test_modules_imported_first_do_not_hide_functions():
    code = (
        "import resilience.analysis.explain, resilience.backtest.rolling, resilience.report.views.council, resilience;"
        f"print(all(callable(getattr(resilience, name)) for name in {NAMES!r}))"
    )
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True"


def test_the_whole_method_runs_as_the_docstring_has_it():
    lines = [line[4:] for line in resilience.__doc__.splitlines() if line.startswith("    ") or not line]
    said: dict = {}
    exec("\n".join(lines), said)  # the package's own words
    (scored,) = (one for one in said.values() if isinstance(one, ScoredDay))
    assert scored.table["rank"].min() == 1
    assert str(scored.as_of) == said["as_of"]
    assert scored.model is said["model"]


def test_importing_the_package_is_light():
    code = "import sys, resilience; print('pandas' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        resilience.nonsense  # noqa: B018


def test_a_day_may_be_given_as_text(indicators, events):
    day = date(2024, 1, 1)
    assert events.known_by("2024-01-01").rows.equals(events.known_by(day).rows)
    assert events.onsets(as_of="2024-01-01").equals(events.onsets(as_of=day))
    known = resilience.known_on(indicators, "2024-01-01")
    assert known.as_of == day and known.table.equals(resilience.known_on(indicators, day).table)
    one = resilience.risk_set(indicators, events, "2024-01-01").table
    assert one.equals(resilience.risk_set(indicators, events, [day]).table)
    assert resilience.resolve("Croydon", on="2024-01-01") == "E09000008"


@pytest.mark.parametrize(
    "ask",
    [
        lambda indicators, events: resilience.run("soon"),
        lambda indicators, events: events.known_by("soon"),
        lambda indicators, events: resilience.known_on(indicators, "soon"),
        lambda indicators, events: resilience.training_rows(indicators, events, "soon"),
        lambda indicators, events: resilience.risk_set(indicators, events, ["soon"]),
        lambda indicators, events: resilience.resolve("Croydon", on="soon"),
    ],
)
def test_what_is_no_day_is_refused_as_the_command_line_does(ask, indicators, events):
    with pytest.raises(DataError, match=r"^'soon' is not a date; write it like 2020-01-01\.$"):
        ask(indicators, events)


def test_the_pictures_are_public():
    names = ("contributions", "history", "calibration", "recall_by_calls", "distribution_by_class")
    assert all(callable(getattr(resilience.plots, name)) for name in names)
    assert "plots" in dir(resilience)
