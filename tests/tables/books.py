"""A year's workbook and the multi-year file with real figures, as grids to be spoilt before they are written."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xlsxwriter

from resilience.files import sha256
from resilience.publications.fetch.manifest import Entry, write_manifest
from resilience.publications.lines import load_lines
from resilience.publications.outturn.timeseries import write_timeseries
from tests.published import OTHERS, PRINTED

SHIPPED, NEW = "2023-24", "2024-25"
IDS = ("E-code", "ONS Code", "Local authority", "Class", "Certification")


@dataclass(frozen=True)
class Formula:
    """A cell with a formula whose result was never stored."""

    text: str = "=1+1"


@dataclass
class Book:
    """A workbook before it is written.

    Attributes
    ----------
    year, title_year : str
        Of the file's name, and of the title within.
    names : list of str
        The panel's column of each column of figures.
    codes, row_codes, headings : list
        The head of each column of figures, above each other.
    rows : list of list
        A council each: five identifying cells, then figures.
    above_rows : list of list
        Further rows between header and councils.
    """

    year: str
    title_year: str
    names: list[str]
    codes: list[str]
    row_codes: list[str]
    headings: list[str]
    rows: list[list[Any]]
    above_rows: list[list[Any]] = field(default_factory=list)
    extra_header: list[Any] | None = None

    def at(self, name: str) -> int:
        """Return a line's place in a row."""
        return len(IDS) + self.names.index(name)

    def council(self, name: str) -> list[Any]:
        """Return a council's row."""
        return next(row for row in self.rows if row[2] == name)

    def map(self, name: str, change: Callable[[float], Any], *, only: str = "") -> None:
        """Change a line's figures, of one council or of all."""
        place = self.at(name)
        for row in self.rows:
            if (not only or row[2] == only) and isinstance(row[place], float | int):
                row[place] = change(row[place])

    def map_all(self, change: Callable[[float], Any], *, only: str = "") -> None:
        """Change every figure, of one council or of all."""
        for name in self.names:
            self.map(name, change, only=only)


def book_of(panel: pd.DataFrame, year: str = SHIPPED) -> Book:
    """Return a year's workbook with the figures of a panel; a return that is not the workbook's own is not in it."""
    lines = load_lines()
    rows = panel[panel["outturn_year"] == year]
    late = rows["source_kind"] != "original"
    rows = rows.assign(status=rows["status"].mask(late, "not returned"))
    rows.loc[late, rows.columns[rows.columns.str.startswith("rs_")]] = np.nan
    names = [n for n in rows if n in lines.by_name and n.startswith("rs_") and not lines.by_name[n].coined]
    names = [name for name in names if rows[name].notna().any()]
    known = [lines.by_name[name] for name in names]
    # Row codes only where a row number is one line's: the reserves have a start and an end of one row.
    row_codes = [f"C1R{line.row}" if re.fullmatch(r"\d+", line.row) else "" for line in known]
    cells = []
    for row in rows.to_dict("records"):
        certified = "[x]" if row["status"] == "not returned" else "N" if "not_certified" in row["flags"] else "Y"
        figures = ["[x]" if pd.isna(row[name]) else row[name] for name in names]
        cells.append([row["ecode"], row["ons_code"], row["council"], PRINTED[row["class"]], certified, *figures])
    return Book(year, year, names, [line.code for line in known], row_codes, [line.label for line in known], cells)


def next_year(panel: pd.DataFrame) -> pd.DataFrame:
    """Return 2024-25 made of 2023-24 as years follow each other: each line a little more or less, balances carried."""
    rows = panel[panel["outturn_year"] == SHIPPED].copy()
    rows = rows[(rows["status"] == "returned") & (rows["source_kind"] == "original")]
    random = np.random.default_rng(7)
    covid = rows["rs_resoth_end_cy"] - rows["rs_resoth_adj_end_cy"]
    for name in [name for name in rows if name.startswith("rs_")]:
        rows[name] = (rows[name] * random.normal(1.03, 0.03, len(rows))).round()
    rows["rs_resoth_adj_end_cy"] = (rows["rs_resoth_end_cy"] - covid).clip(lower=0).round()
    before = panel[panel["outturn_year"] == SHIPPED].set_index("ons_code")
    codes = rows["ons_code"]
    for end in [name for name in rows if name.endswith("_end_cy")]:
        for start in (end.replace("_end_", "_start_"), end.replace("_end_", "_strt_")):
            if start in rows:
                rows[start] = codes.map(before[end])
    services = [name for name in rows if name in SERVICES]
    rows["rs_totsx_net_exp"] = rows[services].sum(axis=1)
    return rows.assign(outturn_year=NEW, year=2025)


SERVICES = tuple(
    f"rs_{name}_net_exp"
    for name in ("edu", "trans", "csc", "asc", "phs", "hous", "cul", "env", "plan", "pol", "frs", "cen", "oth")
)


def save(book: Book, folder: Path) -> Path:
    """Write a workbook where a build looks for it."""
    place = folder / "revenue_outturn" / f"rs{book.year.replace('-', '_')}.xlsx"
    place.parent.mkdir(parents=True, exist_ok=True)
    file = xlsxwriter.Workbook(place, {"default_date_format": "dd/mm/yyyy"})
    sheet = file.add_worksheet("RS_LA_Data")
    sheet.write(0, 0, f"Worksheet 2: Revenue Outturn (RO) {book.title_year}: Revenue Outturn Summary (RS) data")
    head: list[list[Any]] = [["", "", "", "", "", *book.codes], ["", "", "", "", "", *book.row_codes]]
    head += [[*IDS, *book.headings], *([book.extra_header] if book.extra_header else [])]
    width = len(book.names)
    others = [[*other, "", *[1.0] * width] for other in OTHERS]
    for at, row in enumerate([*head, *book.above_rows, *book.rows, *others], start=2):
        for place_, cell in enumerate(row):
            if isinstance(cell, Formula):
                sheet.write_formula(at, place_, cell.text, None, "")
            elif isinstance(cell, datetime):
                sheet.write_datetime(at, place_, cell)
            elif isinstance(cell, str):
                sheet.write_string(at, place_, cell)
            elif cell is not None:
                sheet.write_number(at, place_, cell)
    file.close()
    return place


def series_of(panel: pd.DataFrame, folder: Path) -> pd.DataFrame:
    """Return the multi-year file with a panel's original years, as text."""
    folder.mkdir(parents=True, exist_ok=True)
    write_timeseries(panel[panel["source_kind"] == "original"], folder / "plain.csv")
    return pd.read_csv(folder / "plain.csv", dtype=str, keep_default_na=False)


def save_series(series: pd.DataFrame | str, folder: Path) -> Path:
    """Write the multi-year file with its entry in the manifest, as if fetched."""
    place = folder / "multi-year" / "2026-09-17" / "RO_multi_year.csv"
    place.parent.mkdir(parents=True)
    text = series if isinstance(series, str) else series.to_csv(index=False, lineterminator="\n")
    place.write_text(text, "utf-8")
    entry = Entry(
        outturn_year="multi-year",
        form="RO",
        page="government/statistics/x",
        title="RO",
        asset="https://assets.publishing.service.gov.uk/x",
        file=place.relative_to(folder).as_posix(),
        size=place.stat().st_size,
        sha256=sha256(place),
        downloaded="2026-11-01T10:00:00+00:00",
        released="2026-09-17",
    )
    write_manifest(folder, [entry])
    return place
