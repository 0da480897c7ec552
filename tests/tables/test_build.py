"""``resilience build``: tables from publications; on any fault one sentence, exit code 2, and nothing half-written."""

from __future__ import annotations

import hashlib
import json
import shutil
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest

from resilience import paths
from resilience.files import sha256
from resilience.tables import build as module
from resilience.tables.build import build
from resilience.tables.panel import load_panel

LINES = {
    "rs_netrevexp_net_exp": ("RS-netrevexp-net-exp", "NET REVENUE EXPENDITURE"),
    "rs_intextpay_net_exp": ("RS-intextpay-net-exp", "Interest: external payments"),
    "rs_totsx_net_exp": ("RS-totsx-net-exp", "TOTAL SERVICE EXPENDITURE"),
    "rs_resoth_start_cy": ("RS-resoth-start-cy", "Other earmarked financial reserves level at 1 April"),
    "rs_resoth_end_cy": ("RS-resoth-end-cy", "Other earmarked financial reserves level at 31 March"),
    "rs_resunall_start_cy": ("RS-resunall-start-cy", "Estimated unallocated financial reserves level at 1 April"),
    "rs_resunall_end_cy": ("RS-resunall-end-cy", "Estimated unallocated financial reserves level at 31 March"),
}
PRINTED = {"LB": "London", "MD": "MD", "SC": "SC", "SD": "SD", "UA": "UA"}
FEW = "four councils, for a test"
COUNCILS = ["Croydon", "Leeds", "Kent", "Cheshire East"]


def grid(panel: pd.DataFrame, year: str, *, without: str = "", codes: bool = True) -> list[list[Any]]:
    """Return a Revenue Outturn sheet of a few councils with the figures that MHCLG published for them in 2023-24."""
    rows = panel[panel["council"].isin(COUNCILS) & (panel["outturn_year"] == "2023-24")]
    lines = {name: words for name, words in LINES.items() if name != without}
    sheet: list[list[Any]] = [[f"Worksheet 2: Revenue Outturn (RO) {year}: Revenue Outturn Summary (RS) data"]]
    if codes:
        sheet.append(["", "", "", "", *[code for code, _ in lines.values()]])
    sheet.append(["E-code", "ONS Code", "Local authority", "Class", *[words for _, words in lines.values()]])
    for _, row in rows.iterrows():
        sheet.append([row["ecode"], row["ons_code"], row["council"], PRINTED[row["class"]], *row[list(lines)].tolist()])
    return sheet


def save(path: Path, rows: list[list[Any]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "RS_LA_Data"
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


def locked() -> bytes:
    """Return a workbook saved with a password: a compound file holding a stream "EncryptedPackage" (MS-OFFCRYPTO)."""
    free, end = 0xFFFFFFFF, 0xFFFFFFFE
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + struct.pack("<5H", 0x3E, 3, 0xFFFE, 9, 6)
    header += bytes(6) + struct.pack("<9I", 0, 1, 1, 0, 4096, end, 0, end, 0) + struct.pack("<I", 0)
    fat = struct.pack("<2I", 0xFFFFFFFD, end) + b"\xff" * 504
    entries = b""
    for name, kind, child in (("Root Entry", 5, 1), ("EncryptedPackage", 2, free)):
        text = (name + "\0").encode("utf-16-le")
        entries += text.ljust(64, b"\0") + struct.pack("<HBB3I", len(text), kind, 1, free, free, child)
        entries += bytes(36) + struct.pack("<IQ", end, 0)
    return header.ljust(512, b"\xff") + fat + entries.ljust(512, b"\0")


def contents(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def source(tmp_path, panel) -> Path:
    """Return a folder with one whole tiny workbook, of 2023-24."""
    save(tmp_path / "source" / "revenue_outturn" / "rs2023_24.xlsx", grid(panel, "2023-24"))
    return tmp_path / "source"


@pytest.fixture
def out(tmp_path) -> Path:
    """Return a folder holding the shipped panel and its provenance."""
    folder = tmp_path / "out"
    folder.mkdir()
    for name in ("panel.csv", "provenance.json", "councils.csv", "line_sources.csv", "transcribed.csv", "vintages.csv"):
        shutil.copy(paths.processed() / name, folder / name)
    return folder


# --- what it makes ---


@pytest.fixture(scope="module")
def joined(tmp_path_factory, panel) -> Path:
    """Return a folder in which one year's workbook was built into the shipped tables."""
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("joined")
    save(source / "revenue_outturn" / "rs2023_24.xlsx", grid(panel, "2023-24"))
    for name in ("panel.csv", "provenance.json", "councils.csv", "line_sources.csv", "transcribed.csv", "vintages.csv"):
        shutil.copy(paths.processed() / name, out / name)
    report = build(source, out, accept=FEW)
    assert report.years_read == ["2023-24"]
    assert report.years_kept == sorted(set(panel["outturn_year"]) - {"2023-24"})
    assert [path.name for path in report.written] == [
        *("line_sources.csv", "conflicts.csv", "vintages.csv", "panel.csv", "datapackage.json", "provenance.json"),
    ]
    shutil.copy(source / "revenue_outturn" / "rs2023_24.xlsx", out / "rs2023_24.xlsx")
    return out


def test_one_year_is_read_and_the_others_are_kept_as_they_were(joined, panel):
    built = load_panel(joined / "panel.csv")
    assert set(built["outturn_year"]) == set(panel["outturn_year"])
    new, old = built[built["outturn_year"] == "2023-24"], panel[panel["outturn_year"] == "2023-24"]
    assert set(new["ons_code"]) == set(old["ons_code"])
    returned = new[(new["status"] == "returned") & (new["source_kind"] == "original")].set_index("council")
    assert sorted(returned.index) == sorted(COUNCILS)
    for name in LINES:
        np.testing.assert_array_equal(returned[name], old.set_index("council").loc[returned.index, name])
    # exact lines of returns that came later than the workbook, which a source without their file cannot have
    late = old[old["source_kind"] == "transcribed"].set_index("council").dropna(axis="columns", how="all")
    exact = [name for name in late if name.startswith("rs_")]
    assert len(late) == 13 and exact
    pd.testing.assert_frame_equal(new.set_index("council").loc[late.index, exact], late[exact])
    kept = [name for name in panel.columns if name != "flags"]
    others = panel["outturn_year"] != "2023-24"
    pd.testing.assert_frame_equal(
        built.loc[built["outturn_year"] != "2023-24", kept].reset_index(drop=True),
        panel.loc[others, kept].reset_index(drop=True),
    )


def test_flags_of_the_years_kept_stay_but_those_that_rest_on_the_year_read(joined, panel):
    built = load_panel(joined / "panel.csv")
    before = panel.set_index(["ons_code", "outturn_year"])["flags"]
    after = built.set_index(["ons_code", "outturn_year"])["flags"]
    same = before.index[~before.index.get_level_values(1).isin(["2023-24", "2024-25"])]
    pd.testing.assert_series_equal(after.loc[same], before.loc[same])
    assert after.loc[same].str.contains("not_certified").sum() > 20


def test_provenance_tells_the_file_read_and_those_of_the_years_kept(joined):
    before = json.loads((paths.processed() / "provenance.json").read_text("utf-8"))["files"]
    after = json.loads((joined / "provenance.json").read_text("utf-8"))["files"]
    own = joined / "rs2023_24.xlsx"
    new = [entry for entry in after if entry.get("outturn_year") == "2023-24"]
    transcribed = [entry for entry in new if entry.get("source_kind") == "transcribed"]
    assert transcribed == [
        e for e in before if e.get("source_kind") == "transcribed" and e["outturn_year"] == "2023-24"
    ]
    new = [entry for entry in new if entry not in transcribed]
    assert [(entry["file"], entry["sha256"], entry["bytes"]) for entry in new] == [
        (own.name, sha256(own), own.stat().st_size)
    ]
    others = [entry for entry in before if entry.get("outturn_year") != "2023-24"]
    assert sorted(map(str, after)) == sorted(map(str, [*others, *transcribed, *new]))


def test_without_tables_there_it_makes_the_panel_of_what_it_read(cli, source, tmp_path):
    done = cli("build", "--accept", FEW, "--source", source, "-o", tmp_path / "new" / "place")
    assert (done.code, done.err) == (0, "")
    assert "Read 2023-24." in done.out
    assert set(load_panel(tmp_path / "new/place/panel.csv")["outturn_year"]) == {"2023-24"}
    assert "Kept" not in done.out


def test_building_again_changes_nothing(source, tmp_path):
    build(source, tmp_path / "new", accept=FEW)
    once = contents(tmp_path / "new")
    report = build(source, tmp_path / "new", accept=FEW)
    assert report.years_kept == []
    assert contents(tmp_path / "new") == once


def test_a_register_that_would_lose_councils_is_not_taken(source, out, originals):
    """Check that the register, made from all the workbooks, is not made from one year's, which lacks the abolished."""
    shutil.copytree(originals / "lookups", source / "lookups")
    (out / "panel.csv").unlink()
    before = (out / "councils.csv").read_bytes()
    report = build(source, out, accept=FEW)
    assert (out / "councils.csv").read_bytes() == before
    assert "councils.csv" not in [path.name for path in report.written]


# --- faults ---


def truncated(source: Path, panel: pd.DataFrame) -> None:
    path = source / "revenue_outturn" / "rs2023_24.xlsx"
    path.write_bytes(path.read_bytes()[:3000])


def empty(source: Path, panel: pd.DataFrame) -> None:
    (source / "revenue_outturn" / "rs2023_24.xlsx").write_bytes(b"")


def gone(source: Path, panel: pd.DataFrame) -> None:
    (source / "revenue_outturn" / "rs2023_24.xlsx").unlink()


def no_folder(source: Path, panel: pd.DataFrame) -> None:
    shutil.rmtree(source / "revenue_outturn")


def no_source(source: Path, panel: pd.DataFrame) -> None:
    shutil.rmtree(source)


def renamed(source: Path, panel: pd.DataFrame) -> None:
    (source / "revenue_outturn" / "rs2023_24.xlsx").rename(source / "revenue_outturn" / "rs2019_20.xlsx")


def web_page(source: Path, panel: pd.DataFrame) -> None:
    (source / "revenue_outturn" / "rs2023_24.xlsx").write_text("<!DOCTYPE html><html><body>Not found</body></html>")


def a_password(source: Path, panel: pd.DataFrame) -> None:
    (source / "revenue_outturn" / "rs2023_24.xlsx").write_bytes(locked())


def a_zip(source: Path, panel: pd.DataFrame) -> None:
    with zipfile.ZipFile(source / "revenue_outturn" / "rs2023_24.xlsx", "w") as bundle:
        bundle.writestr("note.txt", "hello")


def unknown_year(source: Path, panel: pd.DataFrame) -> None:
    save(source / "revenue_outturn" / "rs2005_06.xlsx", grid(panel, "2005-06", codes=False))


def no_year(source: Path, panel: pd.DataFrame) -> None:
    rows = grid(panel, "2023-24")
    rows[0] = ["Revenue Outturn Summary (RS) data"]
    save(source / "revenue_outturn" / "rs2023_24.xlsx", rows)


def column_gone(source: Path, panel: pd.DataFrame) -> None:
    save(source / "revenue_outturn" / "rs2023_24.xlsx", grid(panel, "2023-24", without="rs_netrevexp_net_exp"))


def reserves_gone(source: Path, panel: pd.DataFrame) -> None:
    save(source / "revenue_outturn" / "rs2023_24.xlsx", grid(panel, "2023-24", without="rs_resunall_end_cy"))


def one_year_twice(source: Path, panel: pd.DataFrame) -> None:
    save(source / "revenue_outturn" / "rs_later.xlsx", grid(panel, "2023-24"))


def another_councils_code(source: Path, panel: pd.DataFrame) -> None:
    rows = grid(panel, "2023-24")
    rows[3][0] = "E9999"
    save(source / "revenue_outturn" / "rs2023_24.xlsx", rows)


def no_interim_tables(source: Path, panel: pd.DataFrame) -> None:
    (source / "interim").mkdir()


def interim_column_gone(source: Path, panel: pd.DataFrame) -> None:
    (source / "interim").mkdir()
    (source / "interim" / "outturn_2024_25.csv").write_text("ons_code,name\nE09000008,Croydon\n")
    (source / "interim" / "outturn_2025_26.csv").write_text("ons_code,name\nE09000008,Croydon\n")


def no_budgets(source: Path, panel: pd.DataFrame) -> None:
    (source / "revenue_budget").mkdir()


def damaged_lookups(source: Path, panel: pd.DataFrame) -> None:
    (source / "lookups").mkdir()
    (source / "lookups" / "uk_local_authorities_current.csv").write_text("gss-code,nation\n")
    (source / "lookups" / "council_restructuring_2013_2023.xlsx").write_bytes(b"PK\x03\x04")


def no_council_tax(source: Path, panel: pd.DataFrame) -> None:
    for name in ("council_tax", "service_outturn", "capital", "covariates", "lookups", "interim"):
        (source / name).mkdir()
    shutil.rmtree(source / "interim")


FAULTS = [
    (truncated, ["rs2023_24.xlsx", "download it again"]),
    (empty, ["rs2023_24.xlsx", "empty"]),
    (gone, ["revenue_outturn", "resilience fetch"]),
    (no_folder, ["no Revenue Outturn publication", "resilience fetch", "--source"]),
    (no_source, ["is not a folder"]),
    (renamed, ["rs2019_20.xlsx", "2019-20", "2023-24"]),
    (web_page, ["rs2023_24.xlsx", "web page"]),
    (a_password, ["rs2023_24.xlsx", "password"]),
    (a_zip, ["rs2023_24.xlsx"]),
    (unknown_year, ["rs2005_06.xlsx", "2005-06"]),
    (no_year, ["rs2023_24.xlsx", "2023-24"]),
    (column_gone, ["rs2023_24.xlsx", "RS_LA_Data", "Net revenue expenditure", "RS-netrevexp-net-exp"]),
    (reserves_gone, ["rs2023_24.xlsx", "RS-resunall-end-cy"]),
    (one_year_twice, ["rs2023_24.xlsx", "rs_later.xlsx", "2023-24"]),
    (another_councils_code, ["E9999"]),
    (no_interim_tables, ["interim"]),
    (interim_column_gone, ["outturn_2024_25.csv"]),
    (no_budgets, ["revenue_budget"]),
    (damaged_lookups, ["uk_local_authorities_current.csv", "download it again"]),
    (no_council_tax, ["council_tax"]),
]


@pytest.mark.parametrize(("fault", "words"), FAULTS, ids=[fault.__name__ for fault, _ in FAULTS])
def test_a_fault_is_one_sentence_and_nothing_is_written(cli, source, out, panel, fault, words):
    fault(source, panel)
    before = contents(out)
    cli("build", "--accept", FEW, "--source", source, "-o", out).sentence(*words)
    assert contents(out) == before


@pytest.mark.parametrize("name", ["panel.csv", "provenance.json", "councils.csv"])
def test_damaged_tables_there_are_one_sentence_and_stay(cli, source, out, name):
    (out / name).write_text("nothing of the kind\n")
    before = contents(out)
    cli("build", "--accept", FEW, "--source", source, "-o", out).sentence(name)
    assert contents(out) == before


def test_a_place_that_cannot_be_written_is_one_sentence(cli, source, tmp_path):
    (tmp_path / "file").write_text("in the way")
    cli("build", "--accept", FEW, "--source", source, "-o", tmp_path / "file").sentence("cannot be written")
    assert (tmp_path / "file").read_text() == "in the way"


# --- failures on the way ---


@pytest.mark.parametrize("step", ["assemble", "check_panel", "_companions", "_provenance_text"])
def test_a_failure_in_any_step_leaves_what_was_there(cli, source, out, monkeypatch, step):
    before = contents(out)

    def fails(*args: object, **given: object) -> None:
        raise MemoryError("no more")

    monkeypatch.setattr(module, step, fails)
    monkeypatch.delenv("RESILIENCE_DEBUG", raising=False)
    done = cli("build", "--accept", FEW, "--source", source, "-o", out)
    assert done.code == 2
    assert "Traceback" not in done.err
    assert contents(out) == before


def test_a_full_disc_while_the_panel_is_written_leaves_the_old_one_whole(cli, source, out, monkeypatch):
    before = contents(out)
    usual = Path.write_bytes

    def full(self: Path, data: bytes) -> int:
        if self.name.startswith(".panel.csv"):
            usual(self, data[: len(data) // 2])
            raise OSError(28, "No space left on device")
        return usual(self, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    cli("build", "--accept", FEW, "--source", source, "-o", out).sentence(
        "panel.csv could not be written in full", "what was there is kept"
    )
    assert contents(out) == before


def test_stopped_by_hand_leaves_what_was_there(cli, source, out, monkeypatch):
    before = contents(out)

    def stopped(*args: object, **given: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "to_csv", stopped)
    done = cli("build", "--accept", FEW, "--source", source, "-o", out)
    assert (done.code, done.err) == (130, "resilience: stopped; nothing was left half-written.\n")
    assert contents(out) == before
