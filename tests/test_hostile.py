"""What comes from a file is shown as text, never as a formula or markup; odd encodings and cells are read right."""

from __future__ import annotations

import csv
import html
import io
import json
import re
import zipfile

import openpyxl
import pytest

from resilience.errors import PublicationError
from resilience.publications.outturn.sheets import amounts
from resilience.publications.outturn.timeseries import read_timeseries, write_timeseries
from resilience.publications.outturn.workbook import read_workbook
from resilience.tables.panel import load_panel
from tests.published import make_home, rs_workbook

NAME = "=cmd|' /C calc'!A0<script>alert(1)</script><img src=x onerror=alert(2)>"
DAY = "2026-11-01"


@pytest.fixture(scope="module")
def hostile_home(tmp_path_factory):
    """Return a home whose register and panel give Croydon a name that is a formula and a script."""
    home = make_home(tmp_path_factory.mktemp("hostile") / "home", since=2021)
    for name in ("councils.csv", "panel.csv"):
        path = home / "data" / "processed" / name
        rows = list(csv.reader(io.StringIO(path.read_text("utf-8"))))
        column = rows[0].index("council")
        for row in rows:
            row[column] = NAME if row[column] == "Croydon" else row[column]
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows(rows)
        path.write_text(out.getvalue(), "utf-8")
    return home


@pytest.fixture
def at_home(hostile_home, monkeypatch):
    monkeypatch.setenv("RESILIENCE_HOME", str(hostile_home))
    return hostile_home


def test_csv_holds_no_formula(at_home, cli):
    done = cli("screen", "--as-of", DAY, "--format", "csv")
    assert done.code == 0
    cells = [cell for row in csv.reader(io.StringIO(done.out)) for cell in row]
    assert any(cell.startswith("'=cmd") for cell in cells)
    formulas = [cell for cell in cells if re.match(r"[=+@\t\r]", cell)]
    assert formulas == []


def test_json_is_json_and_keeps_the_name(at_home, cli):
    done = cli("screen", "--as-of", DAY, "--format", "json")
    assert NAME in [one["council"] for one in json.loads(done.out)["councils"]]


def test_xlsx_holds_texts_and_no_link(at_home, cli, tmp_path):
    assert cli("screen", "--as-of", DAY, "--format", "xlsx", "-o", tmp_path / "list.xlsx").code == 0
    book = openpyxl.load_workbook(tmp_path / "list.xlsx")
    found = [cell for sheet in book for row in sheet.iter_rows() for cell in row if NAME in str(cell.value)]
    assert found and all(cell.data_type == "s" for cell in found)
    with zipfile.ZipFile(tmp_path / "list.xlsx") as archive:
        assert not [name for name in archive.namelist() if "external" in name.lower()]
        assert not [n for n in archive.namelist() if "sheet" in n and b"<f>=cmd" in archive.read(n)]


def test_html_escapes_and_loads_nothing(at_home, cli):
    done = cli("screen", "--as-of", DAY, "--format", "html")
    assert done.code == 0
    assert html.escape(NAME, quote=False)[:30] in done.out or "&lt;script&gt;alert(1)" in done.out
    assert "<script>alert(1)" not in done.out and "<img src=x" not in done.out


def test_the_terminal_shows_it_as_text(at_home, cli, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    done = cli("screen", "--as-of", DAY, "--all")
    assert done.code == 0 and "\x1b" not in done.out


# --- cells and encodings ---


def test_windows_1252_and_its_pound_sign(tmp_path, panel):
    rows = panel[panel["outturn_year"] == "2023-24"].head(3)
    write_timeseries(rows, tmp_path / "RO.csv")
    text = (tmp_path / "RO.csv").read_text("utf-8").replace(rows["council"].iloc[0], "Café £ Council")
    (tmp_path / "RO.csv").write_bytes(text.encode("windows-1252"))
    lines = read_timeseries(tmp_path / "RO.csv").lines
    assert "Café £ Council" in set(lines["council"])


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        *(("1,234", 1234), ("£1,234", 1234), ("(12)", -12), ("-12", -12), ("\u221212", -12), (" 7 ", 7)),
        *(("1 234", 1234), ("1\u00a0234", 1234), ("12.5", 12.5), ("[x]", None), ("M", None), ("12%", None)),
        *(("2024-01-05", None), ("Jan-24", None), ("١٢", None), (True, None), ("", None), (None, None)),
    ],
)
def test_numbers_as_text_and_dates_for_codes(cell, number):
    found, _ = amounts([cell])
    assert (found[0] == number) if number is not None else found[0] != found[0]


def test_a_date_where_a_code_should_stand_is_not_read(tmp_path, panel):
    import datetime

    book = openpyxl.load_workbook(io.BytesIO(rs_workbook(panel, "2023-24", councils=6)))
    sheet = book["RS_LA_Data"]
    lost = sheet["A6"].value
    sheet["A6"] = datetime.datetime(2024, 5, 1)
    book.save(tmp_path / "RS_2023-24.xlsx")
    read = read_workbook(tmp_path / "RS_2023-24.xlsx")
    own = read.lines["ecode"] == lost
    assert own.any() and read.lines.loc[own, "amount"].isna().all() and read.lines["ecode"].nunique() > 4
    assert len(read.reports[0].unread) == 1  # not read, which is not the same as not returned


def test_a_formula_is_read_by_its_stored_value_only(tmp_path, panel):
    book = openpyxl.load_workbook(io.BytesIO(rs_workbook(panel, "2023-24", councils=4)))
    book["RS_LA_Data"]["E6"] = '=WEBSERVICE("http://127.0.0.1/")'
    book.save(tmp_path / "RS_2023-24.xlsx")
    lines = read_workbook(tmp_path / "RS_2023-24.xlsx").lines
    cell = lines[lines["cell"] == "RS_LA_Data!E6"]
    assert cell["amount"].isna().all()


def test_a_file_given_under_another_kinds_name_is_refused(tmp_path, panel):
    (tmp_path / "RS_2023-24.csv").write_bytes(rs_workbook(panel, "2023-24", councils=2))
    with pytest.raises(PublicationError, match=r"RS_2023-24\.csv is a workbook, not a CSV file"):
        read_workbook(tmp_path / "RS_2023-24.csv")


def test_the_hostile_panel_is_a_panel(at_home):
    assert (load_panel()["council"] == NAME).any()
