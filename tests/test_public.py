"""The public names: one import away, whatever else was imported before."""

import subprocess
import sys

import pytest

import resilience
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
