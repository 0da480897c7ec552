"""A kill at any point of a build or a fetch leaves the data that were there usable (50 moments: make fuzz)."""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from datetime import date
from pathlib import Path

import pytest

from resilience import files
from resilience.errors import DataError
from resilience.files import one_at_a_time, write_together
from resilience.tables import build as build_module
from tests.kill_trials import kill_build, kill_fetch

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is no signal of Windows")
TIMES = 8


@pytest.mark.slow
def test_a_build_killed_at_any_moment(tmp_path, panel, monkeypatch):
    assert kill_build(tmp_path, TIMES, monkeypatch) >= TIMES // 2


@pytest.mark.slow
def test_a_fetch_killed_at_any_moment(tmp_path, panel, monkeypatch):
    assert kill_fetch(tmp_path, TIMES, monkeypatch) >= TIMES // 2


# --- several files as one ---


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_all_files_are_written_or_none(tmp_path, monkeypatch):
    write_together(tmp_path, {"a": "1", "b": b"2", "c": "3"})
    before = contents(tmp_path)
    assert before == {"a": b"1", "b": b"2", "c": b"3"}
    usual = Path.replace

    def held_open(self: Path, target: Path) -> Path:
        if Path(target).name == "b" and b"9" in self.read_bytes():
            raise PermissionError(13, "The process cannot access the file")
        return usual(self, target)

    monkeypatch.setattr(Path, "replace", held_open)
    with pytest.raises(DataError, match=r"b cannot be replaced .* close what is using it and try again"):
        write_together(tmp_path, {"a": "7", "new": "8", "b": "9", "c": "10"})
    assert contents(tmp_path) == before


def test_a_full_disk_while_staging_leaves_everything(tmp_path, monkeypatch):
    write_together(tmp_path, {"a": "1", "b": "2"})
    usual = Path.write_bytes

    def full(self: Path, data: bytes) -> int:
        if self.name.startswith(".b."):
            usual(self, data[:1])
            raise OSError(28, "No space left on device")
        return usual(self, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(DataError, match="b could not be written in full"):
        write_together(tmp_path, {"a": "11", "b": "22"})
    assert contents(tmp_path) == {"a": b"1", "b": b"2"}


def test_what_a_killed_run_left_is_cleared_away(tmp_path):
    (tmp_path / ".panel.csv.x1y2.part").write_text("half")
    (tmp_path / ".other.part").write_text("not ours")
    write_together(tmp_path, {"panel.csv": "whole"})
    assert contents(tmp_path) == {"panel.csv": b"whole", ".other.part": b"not ours"}


def test_stopped_by_hand_while_staging(tmp_path, monkeypatch):
    def stopped(self: Path, data: bytes) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "write_bytes", stopped)
    with pytest.raises(KeyboardInterrupt):
        write_together(tmp_path, {"a": "1"})
    assert contents(tmp_path) == {}


# --- two runs at once ---


def test_two_builds_at_once_are_told_apart(tmp_path, cli):
    out = tmp_path / "processed"
    source = tmp_path / "source"
    source.mkdir()
    with one_at_a_time(out, "resilience build"):
        cli("build", "--source", source, "-o", out).sentence("Another 'resilience build' is writing", "processed")
        with one_at_a_time(tmp_path / "elsewhere", "resilience build"):
            pass
    cli("build", "--source", source, "-o", out).sentence("no Revenue Outturn publication")


def test_a_lock_that_cannot_be_made_is_one_sentence(tmp_path, monkeypatch):
    def denied(folder):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(files, "_opened_to_lock", denied)
    with pytest.raises(DataError, match="cannot be written"), one_at_a_time(tmp_path, "resilience build"):
        pass


def test_tables_of_two_builds_side_by_side_are_usable(tmp_path, monkeypatch, panel):
    """Check the one state a kill between two renames can leave: new tables beside an older provenance."""
    from resilience import method
    from resilience.tables.panel import load_panel, provenance
    from tests.published import make_home, rs_workbook

    home = make_home(tmp_path / "home", since=2022)
    monkeypatch.setenv("RESILIENCE_HOME", str(home))
    old = home / "data/processed/provenance.json"
    before = shutil.copy(old, tmp_path / "provenance.json")
    folder = tmp_path / "source" / "revenue_outturn"
    folder.mkdir(parents=True)
    (folder / "rs2024_25.xlsx").write_bytes(rs_workbook(panel, "2024-25", figures_of="2023-24"))
    build_module.build(folder.parent, accept="made up, for a test")
    whole = hashlib.sha256((home / "data/processed/panel.csv").read_bytes()).hexdigest()
    shutil.copy(before, old)
    assert (load_panel()["outturn_year"] == "2024-25").any() and json.dumps(provenance())
    assert method.run(date(2026, 11, 1), intervals=False).table["risk"].notna().sum() > 200
    build_module.build(folder.parent, accept="made up, for a test")
    assert hashlib.sha256((home / "data/processed/panel.csv").read_bytes()).hexdigest() == whole
    assert "rs2024_25.xlsx" in old.read_text("utf-8")
