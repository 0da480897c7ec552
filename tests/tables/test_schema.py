"""Every column of every shipped table is described once, and every shipped table keeps its schema."""

from __future__ import annotations

import re
import time

import numpy as np
import pandas as pd
import pytest

from resilience import paths
from resilience.errors import DataError
from resilience.tables.panel import load_panel, to_csv
from resilience.tables.schema import PANEL, TABLES, columns_of
from resilience.tables.schema_check import check_table

SHIPPED = [table for table in TABLES.values() if (paths.home() / table.file).is_file()]


@pytest.mark.parametrize("table", SHIPPED, ids=[table.name for table in SHIPPED])
def test_every_column_of_a_shipped_table_is_described_and_keeps_to_it(table):
    file = paths.home() / table.file
    frame = pd.read_csv(file, low_memory=False, keep_default_na=False, na_values=[""])
    columns = columns_of(table, list(frame.columns))
    assert [column.name for column in columns] == list(frame.columns)
    assert {column.name for column in table.columns} <= set(frame.columns), "described, but not there"
    check_table(table, frame, file)


def test_every_shipped_csv_has_a_schema():
    files = {path.name for path in [*paths.processed().glob("*.csv"), *paths.raw().glob("*.csv")]}
    assert files <= set(TABLES)


def test_a_sentence_each_and_no_column_twice():
    for table in TABLES.values():
        names = [column.name for column in table.columns]
        assert len(set(names)) == len(names), table.name
        assert set(table.key) <= set(names), table.name
        for column in table.columns:
            assert column.sentence.endswith((".", "?")) and len(column.sentence) > 9, column
            if column.pattern:
                re.compile(column.pattern)
    for column in columns_of(PANEL, list(load_panel().columns)):
        assert column.type not in ("number", "integer") or column.unit or column.name == "year", column


def write(panel: pd.DataFrame, path, column: str, value: str, row: int = 3):
    """Write a panel in which one cell is another; rows are counted as in the file, its header being row 1."""
    text = to_csv(panel.head(6))
    lines = [line.split(",") for line in text.splitlines()]
    lines[row - 1][lines[0].index(column)] = value
    path.write_text("\n".join(map(",".join, lines)) + "\n")
    return path


@pytest.mark.parametrize(
    ("column", "value", "found"),
    [
        ("rs_resunall_end_cy", "inf", "'inf' found, expected a number"),
        ("rs_resunall_end_cy", "-inf", "'-inf' found, expected a number"),
        ("ra_ctrtot_net_exp", "1e999", "'inf' found, expected a number"),
        ("int_dsg_deficit", "lots", "'lots' found, expected a number"),
        ("int_dsg_capped", "perhaps", "'perhaps' found, expected True or False"),
        ("year", "1999", "'1999' found, expected a whole number from 2008 to 2100"),
        ("year", "2024.5", "'2024.5' found, expected a whole number"),
        ("year", "", "nothing found, expected a whole number"),
        ("status", "guessed", "'guessed' found, expected returned or partial or not returned"),
        ("status", "", "nothing found, expected returned"),
        ("source_kind", "hearsay", "'hearsay' found, expected original or transcribed"),
        ("class", "XX", "'XX' found, expected UA or MD"),
        ("ons_code", "Croydon", "'Croydon' found, expected text like"),
        ("outturn_year", "2023", "'2023' found, expected text like"),
        ("known_from", "", "nothing found, expected a date"),
    ],
)
def test_a_broken_panel_is_one_sentence_with_row_and_column(panel, tmp_path, column, value, found):
    path = write(panel, tmp_path / "panel.csv", column, value)
    with pytest.raises(DataError) as caught:
        load_panel(path)
    message = str(caught.value)
    assert f"panel.csv, row 3, column '{column}': {found}" in message
    assert message.endswith("run 'resilience build' again.") and "\n" not in message


def test_a_council_twice_in_a_year_is_named(panel, tmp_path):
    twice = pd.concat([panel.head(3), panel.head(2).tail(1)], ignore_index=True)
    (tmp_path / "panel.csv").write_text(to_csv(twice))
    with pytest.raises(DataError, match=r"panel\.csv, row 5, columns ons_code and year: a second row for"):
        load_panel(tmp_path / "panel.csv")


def test_a_column_of_ones_own_is_left_alone(panel, tmp_path):
    (tmp_path / "panel.csv").write_text(to_csv(panel.head(3).assign(my_note="anything")))
    assert load_panel(tmp_path / "panel.csv")["my_note"].tolist() == ["anything"] * 3


def test_the_check_costs_little(panel):
    taken = []
    for _ in range(7):
        start = time.process_time()
        check_table(PANEL, panel, "panel.csv")
        taken.append(time.process_time() - start)
    assert np.median(taken) < 0.05


def test_reading_the_panel_does_not_load_pandera(panel):
    import subprocess
    import sys

    code = (
        "import sys; from resilience.tables.panel import load_panel; load_panel(); sys.exit('pandera' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
