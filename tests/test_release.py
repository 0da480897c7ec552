"""The wheel carries the figures and the model, and works from any folder; the lowest versions are stated."""

from __future__ import annotations

import csv
import io
import os
import re
import subprocess
import sys
import venv
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

from resilience import paths

ROOT = Path(__file__).resolve().parents[1]
DAY = "2026-01-01"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """Return a wheel of what is here, built without a network."""
    for needed in ("build", "hatchling"):
        if find_spec(needed) is None:
            pytest.skip(f"{needed} is not installed (make lint installs it), and tests use no network")
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """Return the Python of an empty environment with the wheel in it and this environment's other packages."""
    place = tmp_path_factory.mktemp("venv")
    venv.create(place, with_pip=False, symlinks=os.name != "nt")
    python = place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    install = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(python), "install"]
    subprocess.run([*install, "--no-deps", "--no-index", "--quiet", str(wheel)], check=True, timeout=120)
    own = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], check=True, capture_output=True
    )
    here = next(path for path in sys.path if path.endswith("site-packages"))
    Path(own.stdout.decode().strip(), "borrowed.pth").write_text(here + "\n")
    return python


def call(python: Path, *words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if name not in ("RESILIENCE_HOME", "PYTHONPATH")}
    return subprocess.run(
        [python, *words], cwd=cwd, env=env | {"PYTHONUTF8": "1"}, capture_output=True, text=True, timeout=120
    )


def test_the_wheel_holds_the_figures_the_register_and_the_model_and_nothing_stale(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        carried = {name.removeprefix("resilience/_shipped/") for name in names if "/_shipped/" in name}
        for folder in ("data/processed", "models"):
            there = {f"{folder}/{path.name}" for path in (ROOT / folder).iterdir() if not path.name.startswith(".")}
            assert there <= carried
        assert {"data/raw/events.csv", "data/raw/events.toml", "data/replies.toml"} <= carried
        assert {f"docs/schemas/{path.name}" for path in (ROOT / "docs/schemas").iterdir()} <= carried
        assert not [name for name in names if name.startswith(("tests/", "data/")) or name.endswith((".part", ".lock"))]
        panel = archive.read("resilience/_shipped/data/processed/panel.csv")
    assert panel == (ROOT / "data/processed/panel.csv").read_bytes()
    assert wheel.stat().st_size < 10_000_000


def test_the_installed_command_works_from_any_folder(installed, tmp_path, cli, monkeypatch):
    where = call(installed, "-c", "import resilience.paths as p; print(p.home())", cwd=tmp_path)
    assert where.stdout.strip().endswith("_shipped") and str(ROOT) not in where.stdout
    done = call(installed, "-m", "resilience.cli", "screen", "--as-of", DAY, "--format", "csv", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    monkeypatch.delenv("RESILIENCE_HOME", raising=False)
    here = cli("screen", "--as-of", DAY, "--format", "csv").out
    assert here, "the list drawn up here is empty"
    assert list(csv.reader(io.StringIO(done.stdout))) == list(csv.reader(io.StringIO(here)))
    script = installed.with_name("resilience" + (".exe" if os.name == "nt" else ""))
    assert call(script, "--help", cwd=tmp_path).returncode == 0
    assert not list(tmp_path.iterdir())


def test_home_is_the_clone_the_wheel_or_what_the_environment_says(monkeypatch, tmp_path):
    monkeypatch.delenv("RESILIENCE_HOME", raising=False)
    assert paths.home() == ROOT
    monkeypatch.setattr(paths, "_PACKAGE", tmp_path / "site-packages" / "resilience")
    assert paths.home() == tmp_path / "site-packages" / "resilience" / "_shipped"
    monkeypatch.setenv("RESILIENCE_HOME", str(tmp_path))
    assert paths.processed() == tmp_path / "data" / "processed"


def test_every_requirement_states_its_lowest_version(tmp_path):
    from tests.minimum import floors

    found = floors()
    assert len(found) > 15 and all(re.fullmatch(r"[A-Za-z0-9-]+==[\d.]+", one) for one in found)
    odd = tmp_path / "pyproject.toml"
    odd.write_text('[project]\ndependencies = ["numpy"]\n[project.optional-dependencies]\ntest = []\n')
    with pytest.raises(SystemExit, match="'numpy' states no lowest version"):
        floors(odd)
