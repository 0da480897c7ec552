"""The command line: what its commands print, and one sentence with exit code 2 for everything that goes wrong."""

from __future__ import annotations

import csv
import io
import json
import logging
import os
import subprocess
import sys

import pytest
import typer

from resilience import cli as module
from resilience import method, paths
from resilience.errors import ResilienceError
from resilience.model.fitting import fit
from resilience.report.formats.text import watchlist


def test_the_list_in_the_terminal(cli):
    done = cli("screen")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("Watch list as of ")
    assert "Event already" in done.out and "Councils already supported" not in done.out


def test_the_list_with_its_reasons(cli):
    done = cli("screen", "--why")
    assert (done.code, done.err) == (0, "")
    assert "Councils already supported" in done.out and "10/20/30%: " in done.out


def test_a_file_of_the_list_has_no_colours(cli, tmp_path, monkeypatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(watchlist, "coloured", lambda: True)
    assert cli("screen", "-o", tmp_path / "list.txt").code == 0
    said = (tmp_path / "list.txt").read_text("utf-8")
    assert said.startswith("Watch list as of ") and "\x1b" not in said


def test_csv_and_json_on_a_day(cli):
    rows = list(csv.DictReader(io.StringIO(cli("screen", "--as-of", "2026-03-01", "--format", "csv").out)))
    content = json.loads(cli("screen", "--as-of", "2026-03-01", "--format", "json").out)
    assert [row["ons_code"] for row in rows] == [one["ons_code"] for one in content["councils"]]
    assert len(rows) == 317


def test_one_class(cli):
    rows = list(csv.DictReader(io.StringIO(cli("screen", "--class", "LB", "--class", "md", "--format", "csv").out)))
    assert {row["class"] for row in rows} == {"LB", "MD"}


def test_a_file_instead_of_the_terminal(cli, tmp_path):
    target = tmp_path / "new" / "list.csv"
    done = cli("screen", "--format", "csv", "-o", target)
    assert (done.code, done.out, done.err) == (0, "", f"Written to {target}.\n")
    assert target.read_text("utf-8").startswith("ons_code,council,class,")
    assert [path.name for path in target.parent.iterdir()] == ["list.csv"]


def test_a_former_day_is_another_list(cli, monkeypatch):
    monkeypatch.setattr(method, "fit", lambda rows: fit(rows, draws=5))
    rows = list(csv.DictReader(io.StringIO(cli("screen", "--as-of", "2020-01-01", "--format", "csv").out)))
    assert len(rows) == 343
    years = [row["outturn_year"] for row in rows]
    assert years.count("2018-19") > 335 and set(years) == {"2018-19", "2017-18", ""}
    assert [row["council"] for row in rows if not row["outturn_year"]] == ["Ryedale"]
    assert [row["council"] for row in rows if row["status"] == "event already"] == ["Northamptonshire"]


def test_help_names_every_command(cli):
    done = cli("--help")
    assert done.code == 0
    for name in ("fetch", "build", "train", "screen", "backtest", "freeze", "data"):
        assert name in done.out


def test_what_is_being_done_is_told_on_a_terminal_only_and_warnings_always(cli, monkeypatch):
    log = logging.getLogger("resilience.method")

    def tells(*args: object, **given: object) -> None:
        log.info("fitting")
        log.warning("The model is another's.")
        raise ResilienceError("Enough.")

    monkeypatch.setattr(method, "run", tells)
    for _ in range(2):  # and once each, however often a command is run
        assert cli("screen").err == "resilience: The model is another's.\nresilience: Enough.\n"
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    assert cli("screen").err.startswith("  fitting …\nresilience: The model is another's.\n")


# --- faults ---


def broken_register(tmp_path):
    path = tmp_path / "events.csv"
    path.write_text("council,ons_code,event_type,subtype,date,cause\nCroydon,E09000008,s114,unbalanced_budget,2020,x\n")
    return path


FAULTS = [
    (["screen", "--class", "XX"], "'XX' is no class of council; choose among UA, MD, LB, SC, SD."),
    (["screen", "--as-of", "soon"], "'soon' is not a date; write it like 2020-01-01."),
    (["screen", "--as-of", "2020-02-30"], "'2020-02-30' is not a date; write it like 2020-01-01."),
    (["screen", "--as-of", "2010-01-01"], "2010-01-01 is too early"),
    (["screen", "--events", "nowhere.csv"], "nowhere.csv does not exist"),
    (["screen", "--events", "{folder}"], "cannot be read as a UTF-8 CSV"),
    (["screen", "--events", "{register}"], "row 2, column 'event_type': 's114' found"),
    (["screen", "--format", "xlsx"], "give a file with --output"),
    (["screen", "--since", "2025-01-01"], "--since is for a workbook; give --format xlsx with it."),
    (["screen", "--format", "xlsx", "--since", "soon"], "'soon' is not a date; write it like 2020-01-01."),
    (["screen", "--format", "xlsx", "--since", "2011-01-01"], "2011-01-01 is not the day of an earlier list"),
    (["screen", "--format", "csv", "-o", "{file}/list.csv"], "cannot be written"),
    (["screen", "--format", "csv", "-o", "{folder}"], "cannot be replaced"),
    (["train", "--as-of", "2012-01-01"], "No origin from 2012 on had closed by 2012-01-01"),
    (["train", "--as-of", "1 May"], "'1 May' is not a date"),
    (["data", "check", "--year", "2022"], "'2022' is not a financial year; write it like 2023-24."),
    (["data", "check", "--council", "Atlantis"], "Atlantis"),
    (["build", "--source", "nowhere"], "nowhere is not a folder"),
]


@pytest.mark.parametrize(("words", "said"), FAULTS, ids=[" ".join(words) for words, _ in FAULTS])
def test_a_fault_is_one_sentence_and_exit_code_2(cli, tmp_path, words, said):
    (tmp_path / "file").write_text("in the way")
    given = {"folder": tmp_path, "file": tmp_path / "file", "register": broken_register(tmp_path)}
    cli(*[word.format(**given) for word in words]).sentence(said)
    assert (tmp_path / "file").read_text() == "in the way"


@pytest.mark.parametrize(
    "words", [["screen", "--format", "pdf"], ["screen", "--nonsense"], ["nonsense"], ["screen", "--outcome", "ruin"]]
)
def test_a_command_that_is_none_is_exit_code_2_without_traceback(cli, words):
    done = cli(*words)
    assert done.code == 2
    assert done.out == ""
    assert words[-1] in done.err
    assert "Traceback" not in done.err


def test_tables_gone_are_one_sentence(cli, tmp_path, monkeypatch):
    monkeypatch.setenv("RESILIENCE_HOME", str(tmp_path))
    cli("screen").sentence("events.csv does not exist")
    (tmp_path / "data" / "raw").mkdir(parents=True)
    (tmp_path / "data/raw/events.csv").write_text("council,ons_code,event_type,subtype,date,cause\n")
    cli("screen").sentence("events.toml does not exist; it must stand beside events.csv")
    (tmp_path / "data/raw/events.toml").write_text("register_to = 2026-10-31\n")
    cli("screen").sentence("panel.csv does not exist; run 'resilience build'")


def test_an_unexpected_error_is_one_sentence_and_debug_shows_where(cli, monkeypatch):
    def fails(*args: object, **given: object) -> None:
        raise RuntimeError("no such thing")

    monkeypatch.setattr(method, "run", fails)
    monkeypatch.delenv("RESILIENCE_DEBUG", raising=False)
    done = cli("screen")
    assert done.code == 2
    assert done.err.startswith("resilience: an unexpected error (RuntimeError: no such thing); nothing was written.")
    assert done.err.count("\n") == 1
    monkeypatch.setenv("RESILIENCE_DEBUG", "1")
    with pytest.raises(RuntimeError):
        cli("screen")


def test_stopped_by_hand_is_one_sentence(cli, monkeypatch):
    def stopped(*args: object, **given: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(method, "run", stopped)
    done = cli("screen")
    assert (done.code, done.err) == (130, "resilience: stopped; nothing was left half-written.\n")


def test_a_reader_that_leaves_is_no_error(tmp_path):
    """Print the dictionary into a pipe that nobody reads any more."""
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "resilience.cli", "data", "dictionary"],
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
        cwd=paths.home(),
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")


def test_the_console_script_is_main():
    assert isinstance(module.app, typer.Typer)
    done = subprocess.run(
        [sys.executable, "-m", "resilience.cli", "screen", "--as-of", "never"],
        capture_output=True,
        text=True,
        check=False,
        cwd=paths.home(),
    )
    assert done.returncode == 2
    assert done.stderr == "resilience: 'never' is not a date; write it like 2020-01-01.\n"
    assert done.stdout == ""
