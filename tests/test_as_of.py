"""Nothing that came out on the day or later changes a byte of what a command says of the day."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from resilience import paths
from resilience.tables import checks
from resilience.tables.panel import load_panel, to_csv

pytestmark = pytest.mark.slow

COUNCILS = {"2022-06-01": ("Croydon", "Kent", "Allerdale"), "2025-02-01": ("Thurrock", "Cumberland", "Melton")}
WITH_SITE = "2022-06-01"  # one day is enough: a site takes a minute, and twice
#: Runs the commands one after another in one process, each to a file of its own.
DRIVER = """
import contextlib, io, sys, logging
from pathlib import Path
from resilience.cli import main
folder = Path(sys.argv[1])
for number, words in enumerate(eval(sys.argv[2])):
    sys.argv = ["resilience", *words]
    out, code = io.StringIO(), 0
    try:
        with contextlib.redirect_stdout(out):
            main()
    except SystemExit as stop:
        code = stop.code or 0
    (folder / f"{number}.txt").write_text(f"{words} {code}\\n{out.getvalue()}", "utf-8")
"""


def commands(day: str, folder: Path) -> list[list[str]]:
    """Return every command that takes a day, in every form that is text."""
    words = [["screen", "--format", form] for form in ("table", "csv", "json", "html")] + [["screen", "--all"]]
    words += [["screen", "--format", "xlsx", "-o", str(folder / "list.xlsx")]]
    for council in COUNCILS[day]:
        words += [["assess", council, "--format", form] for form in ("text", "html", "json")]
        words += [["place", council, "--format", form] for form in ("text", "csv", "json")]
    words += [["peers", COUNCILS[day][2], "--format", form] for form in ("text", "csv", "json")]
    words += [["merge", "Hart", "Rushmoor", "--name", "New", "--format", form] for form in ("text", "json")]
    words += [["merge", "Kent", "Maidstone", "Ashford", "--name", "New"]]  # a county is shared out by its districts
    words += [["national", "--format", form] for form in ("text", "csv", "json")]
    words += [["assess", "Melton", "--template", str(folder / "template.csv")]]
    words += [["assess", "Melton", "--figures", str(folder / "template.csv")]]
    words += [["site", "--output", str(folder / "site")]] if day == WITH_SITE else []
    return [[*one, "--as-of", day] for one in words]


def take_back(processed: Path, day: str) -> None:
    """Take back the lines and whole returns that came later than their year did, as vintages.csv tells them."""
    read = {"dtype": str, "keep_default_na": False}
    vintages, panel = (pd.read_csv(processed / name, **read) for name in ("vintages.csv", "panel.csv"))
    later = vintages["until"] >= day
    standing = vintages[later & (vintages["since"] < day)]
    keys = ["ons_code", "year"]
    places = pd.Series(panel.index, index=pd.MultiIndex.from_frame(panel[keys]))
    for line, rows in standing.groupby("line"):
        panel.loc[places[pd.MultiIndex.from_frame(rows[keys])], line] = rows["amount"].to_numpy()
    # A return that came late: until then its council was one of those that had returned nothing.
    late = standing[(standing["line"] == "rs_netrevexp_net_exp") & (standing["amount"] == "")]
    at = places[pd.MultiIndex.from_frame(late[keys])]
    panel.loc[at, [name for name in panel if name.startswith(("rs_", "int_"))]] = ""
    panel.loc[at, ["flags", "source_file"]] = ""
    panel.loc[at, "source_kind"], panel.loc[at, "status"] = "original", "not returned"
    panel.loc[at, "known_from"] = panel.loc[at, "year"].map(panel.groupby("year")["known_from"].min())
    sources = pd.read_csv(processed / "line_sources.csv", **read)
    kept = ~pd.MultiIndex.from_frame(sources[keys]).isin(at.index)
    for name, table in (
        ("vintages.csv", vintages[~later]),
        ("panel.csv", panel),
        ("line_sources.csv", sources[kept]),
    ):
        table.to_csv(processed / name, index=False, lineterminator="\n")
    # What is unusual is said against the others there then were.
    then = load_panel(processed / "panel.csv")
    flags = checks.flags(then, checks.findings(then))
    (processed / "panel.csv").write_text(to_csv(then.assign(flags=flags)), "utf-8")


def cut(home: Path, day: date) -> None:
    """Delete from a home everything that came out on a day or later."""
    stamp, processed = pd.Timestamp(day), home / "data" / "processed"
    take_back(processed, str(day))
    for path in processed.glob("*.csv"):
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
        dated = table.get("known_from")
        if dated is not None:
            known = pd.to_datetime(dated, errors="coerce") < stamp
            table[known].to_csv(path, index=False, lineterminator="\n")
    services = pd.read_csv(processed / "service_outturn.csv", dtype=str, keep_default_na=False)
    late = ~(pd.to_datetime(services["ro4_known_from"], errors="coerce") < stamp)
    services.loc[late, [name for name in services if name.startswith("ro4_")]] = ""
    services.to_csv(processed / "service_outturn.csv", index=False, lineterminator="\n")
    proposals = pd.read_csv(processed / "proposals.csv", dtype=str, keep_default_na=False)
    decided = pd.to_datetime(proposals["decision_date"].str[:10], errors="coerce") < stamp
    proposals[decided].to_csv(processed / "proposals.csv", index=False, lineterminator="\n")
    events = home / "data" / "raw" / "events.csv"
    rows = pd.read_csv(events, dtype=str, keep_default_na=False)
    rows[rows["date"] < str(day)].to_csv(events, index=False, lineterminator="\n")


@pytest.mark.parametrize("day", COUNCILS)
def test_later_publications_and_events_change_no_byte_of_any_command(day: str, tmp_path: Path):
    said = {}
    for name in ("whole", "cut"):
        home, folder = tmp_path / name, tmp_path / f"{name}-said"
        folder.mkdir()
        for part in ("data", "models"):
            shutil.copytree(paths.home() / part, home / part)
        if name == "cut":
            cut(home, date.fromisoformat(day))
        given = [[word.replace(str(folder), "FOLDER") for word in words] for words in commands(day, folder)]
        script = [[word.replace("FOLDER", str(folder)) for word in words] for words in given]
        subprocess.run(
            [sys.executable, "-W", "error", "-c", DRIVER, str(folder), repr(script)],
            env={**os.environ, "RESILIENCE_HOME": str(home), "RESILIENCE_DEBUG": "1"},
            check=True,
            timeout=1500,
        )
        said[name] = {
            str(path.relative_to(folder)): path.read_bytes().replace(str(folder).encode(), b"FOLDER")
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }
    assert said["whole"].keys() == said["cut"].keys()
    different = [name for name in said["whole"] if said["whole"][name] != said["cut"][name]]
    assert not different, [said["whole"][name].splitlines()[0] for name in different]
    assert len(said["whole"]) > 30
