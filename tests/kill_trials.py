"""The two trials that `test_kills.py` and the fuzz suite share: a build, and a fetch, killed at random moments."""

from __future__ import annotations

import os
import shutil
from datetime import date
from pathlib import Path
from typing import Any

from resilience import method
from resilience.publications.fetch.manifest import intact, read_manifest
from resilience.publications.outturn.fetched import fetched_readings
from resilience.tables.panel import load_panel, provenance
from resilience.tables.revisions import load_vintages
from tests import kills
from tests.publications.fetch import govuk_server as srv
from tests.published import make_home, rs_workbook

DAY = date(2026, 11, 1)
YEAR = "2024-25"
NAME = "RS_2024-25.xlsx"
PAGE = srv.outturn_page(YEAR)


def _server(panel: Any, home: Path) -> srv.GovUk:
    """Put up two releases of one year, the first of them fetched already."""
    from resilience.publications.fetch import govuk

    server = srv.GovUk()
    first = rs_workbook(panel, YEAR, figures_of="2023-24", councils=60)
    server.page(PAGE, {NAME: first}, day="2025-12-04")
    govuk.fetch([YEAR], base_url=server.url, into=home / "data" / "raw", forms=("RS",), multi_year=False)
    server.page(PAGE, {NAME: rs_workbook(panel, YEAR, figures_of="2023-24", councils=90)}, day="2026-06-11")
    return server


def _usable(processed: Path, screen: bool) -> None:
    panel = load_panel(processed / "panel.csv")
    assert panel["outturn_year"].nunique() >= 4 and provenance()["files"]
    load_vintages(processed / "vintages.csv")
    if screen:
        assert method.run(DAY, intervals=False).table["risk"].notna().sum() > 200


def kill_build(folder: Path, times: int, monkeypatch: Any = None) -> int:
    """Kill a build so often; return how many were really killed."""
    if monkeypatch is None:
        os.environ.pop("RESILIENCE_HOME", None)
    home = make_home(folder / "home", since=2022)
    panel = load_panel()
    _at(home, monkeypatch)
    server = _server(panel, home)
    from resilience.publications.fetch import govuk

    govuk.fetch([YEAR], base_url=server.url, into=home / "data" / "raw", forms=("RS",), multi_year=False)
    server.close()
    processed, aside = home / "data" / "processed", folder / "aside"
    shutil.copytree(processed, aside)
    old = {path.name: path.read_bytes() for path in aside.iterdir()}
    new: dict[str, bytes] = {}

    def renew() -> None:
        for path in processed.iterdir():
            if path.name not in old:
                if path.suffix != ".part":  # what a killed run left stays, for the next to cope with
                    path.unlink()
            elif path.read_bytes() != old[path.name]:
                path.write_bytes(old[path.name])

    def check(trial: int) -> None:
        there = {path.name: path.read_bytes() for path in processed.iterdir() if path.suffix != ".part"}
        if trial < 0:
            new.update(there)
        for name, data in there.items():
            assert data in (old.get(name), new.get(name)), f"{name} is neither the old one nor the new one"
        _usable(processed, screen=trial < 0 or trial % 10 == 3)

    killed = kills.kill_often(kills.build, home, times=times, seed=11, renew=renew, check=check)
    # Every state that a kill between two renames can leave, put right by the next build.
    order = ("vintages.csv", "panel.csv", "provenance.json")
    for renamed in range(len(order)):
        renew()
        for name in order[:renamed]:
            (processed / name).write_bytes(new[name])
        _usable(processed, screen=renamed > 0)
        code, *_ = kills.run(kills.build, home)
        assert code == 0 and not list(processed.glob(".*.part"))
        assert {path.name: path.read_bytes() for path in processed.iterdir()} == new
    return killed


def kill_fetch(folder: Path, times: int, monkeypatch: Any = None) -> int:
    """Kill a fetch so often; return how many were really killed."""
    if monkeypatch is None:
        os.environ.pop("RESILIENCE_HOME", None)
    home = make_home(folder / "home", since=2022)
    panel = load_panel()
    _at(home, monkeypatch)
    server = _server(panel, home)
    raw, aside = home / "data" / "raw", folder / "aside"
    shutil.copytree(raw, aside)

    def renew() -> None:
        for path in (raw / YEAR).iterdir():
            if path.name != "2025-12-04":
                shutil.rmtree(path)
        shutil.copy(aside / "manifest.json", raw / "manifest.json")

    def check(trial: int) -> None:
        entries = read_manifest(raw)
        assert len(entries) in (1, 2) and all(intact(raw, entry) for entry in entries)
        if trial % 4 == 0:
            remarks: list[str] = []
            assert len(fetched_readings(raw, remarks)) == len(entries)
            assert not any("left out" in text for text in remarks)
        _usable(home / "data" / "processed", screen=trial % 10 == 3)

    try:
        killed = kills.kill_often(kills.fetch, home, server.url, times=times, seed=12, renew=renew, check=check)
        code, *_ = kills.run(kills.fetch, home, server.url)
    finally:
        server.close()
    assert code == 0 and len(read_manifest(raw)) == 2 and not list((raw / ".partial").iterdir())
    code, *_ = kills.run(kills.build, home)
    assert code == 0
    _usable(home / "data" / "processed", screen=True)
    return killed


def _at(home: Path, monkeypatch: Any) -> None:
    if monkeypatch is not None:
        monkeypatch.setenv("RESILIENCE_HOME", str(home))
    else:
        os.environ["RESILIENCE_HOME"] = str(home)
