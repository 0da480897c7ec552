"""Figures of some councils, read cell by cell by other programs from columns found by eye, against ours.

`known_answers/workbook_cells.csv` was made with openpyxl and xlrd and a table of column letters read off the
sheets by eye; neither lines.toml nor the project's reader had a hand in it.
"""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import xlrd
from openpyxl.utils.cell import coordinate_to_tuple

from resilience.publications.outturn.workbook import read_publications

ROOT = Path(__file__).parents[3]
OUTTURN = ROOT / "../shared/data/revenue_outturn"
PANEL = ROOT / "data/processed/panel.csv"
CELLS = pd.read_csv(ROOT / "tests/known_answers/workbook_cells.csv", dtype=str, keep_default_na=False)
CELLS["number"] = pd.to_numeric(CELLS["value"], errors="coerce")

with_originals = pytest.mark.skipif(
    not OUTTURN.is_dir(), reason="the original workbooks are not in ../shared; none is committed"
)


@pytest.fixture(scope="module")
def tidy() -> pd.DataFrame:
    return read_publications(OUTTURN).lines


def test_the_cells_cover_the_councils_and_years_they_should() -> None:
    assert CELLS["outturn_year"].nunique() == 17
    assert set(CELLS["ecode"]) >= {
        *("E5035", "E0304", "E1502", "E3641", "E4601", "E3001", "E3320", "E3301", "E0901", "E5010"),
        *("E2436", "E2731"),
    }
    assert CELLS["line"].nunique() == 10


@with_originals
def test_the_reader_gives_each_figure_and_its_very_cell(tidy: pd.DataFrame) -> None:
    ours = tidy[tidy["ecode"].isin(set(CELLS["ecode"])) & tidy["line"].isin(set(CELLS["line"]))]
    keys = ["outturn_year", "ecode", "line"]
    both = CELLS.merge(ours.astype({key: str for key in keys}), on=keys, how="left", validate="one_to_one")
    assert both["cell_y"].notna().all()
    wrong = both[both["cell_y"] != both["sheet"] + "!" + both["cell_x"]]
    assert wrong.empty, wrong[[*keys, "cell_x", "cell_y"]]
    pd.testing.assert_series_equal(both["amount"], both["number"], check_names=False, rtol=0, atol=1e-9)
    texts = both[both["number"].isna()]
    assert (texts["text"].astype(str) == texts["value"]).all()


@with_originals
@pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")
def test_the_committed_cells_stand_in_the_workbooks() -> None:
    for file, group in CELLS.groupby("file"):
        found = _cells(OUTTURN / str(file), list(zip(group["sheet"], group["cell"], strict=True)))
        for value, number, cell in zip(group["value"], group["number"], found, strict=True):
            assert cell == value if pd.isna(number) else cell == pytest.approx(number), (file, value, cell)


def _cells(path: Path, places: list[tuple[str, str]]) -> list[object]:
    rows: dict[str, list[list[object]]] = {}
    for sheet in {sheet for sheet, _ in places}:
        if path.suffix == ".xls":
            table = xlrd.open_workbook(path, on_demand=True).sheet_by_name(sheet)
            rows[sheet] = [table.row_values(row) for row in range(table.nrows)]
        else:
            book = openpyxl.load_workbook(path, read_only=True, data_only=True)
            rows[sheet] = [list(row) for row in book[sheet].iter_rows(values_only=True)]
            book.close()
    at = [(sheet, *coordinate_to_tuple(cell)) for sheet, cell in places]
    return [rows[sheet][row - 1][column - 1] for sheet, row, column in at]


def test_the_shipped_panel_holds_the_same_figures() -> None:
    if not PANEL.is_file():
        pytest.skip("data/processed/panel.csv is not built yet")
    panel = pd.read_csv(PANEL, dtype={"ecode": str}, low_memory=False)
    panel = panel[panel["source_kind"] == "original"].set_index(["ecode", "outturn_year"])
    wrong, nils = [], []
    for row in CELLS.itertuples():
        at = (row.ecode, row.outturn_year)
        held = panel.at[at, row.line] if row.line in panel and at in panel.index else None
        if row.number == 0 and pd.isna(held) and "nil_not_returned" in panel.at[at, "flags"]:
            nils.append(row.council)  # a nil that the return does not account for is held as not returned
            continue
        same = pd.isna(held) if pd.isna(row.number) else held == pytest.approx(row.number, abs=0.51)
        if not same:
            wrong.append((row.council, row.outturn_year, row.line, row.value, held))
    assert not wrong, wrong[:10]
    assert set(nils) <= {"Croydon"} and len(nils) == 4
