"""Publications as MHCLG lays them out, written from the shipped panel; and a home of one's own to build in."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import xlsxwriter

from resilience import paths
from resilience.publications.lines import load_lines
from resilience.tables.panel import load_panel, to_csv

PRINTED = {"LB": "L", "MD": "MD", "SC": "SC", "SD": "SD", "UA": "UA"}
OTHERS = [["E6101", "E23000036", "Avon & Somerset Police", "O"], ["", "", "TOTAL ENGLAND", "Total"]]


def rs_workbook(
    panel: pd.DataFrame,
    outturn_year: str,
    *,
    figures_of: str | None = None,
    councils: int | None = None,
    rename: dict[str, str] | None = None,
    extra: dict[str, tuple[str, object]] | None = None,
    change: Callable[[pd.DataFrame], pd.DataFrame] | None = None,
) -> bytes:
    """Return a Revenue Outturn Summary in the layout of 2023-24: hidden rows of codes above the header.

    Parameters
    ----------
    panel : DataFrame
        Whence the figures.
    outturn_year : str
        The year it says it is of.
    figures_of : str, optional
        The year whose figures it has, by default that year.
    councils : int, optional
        Only the first so many.
    rename : dict, optional
        Other codes for some lines' codes.
    extra : dict, optional
        Further columns: code → (heading, value).
    change : callable, optional
        Changes the figures.
    """
    lines = load_lines()
    rows = panel[panel["outturn_year"] == (figures_of or outturn_year)]
    rows = rows.head(councils) if councils else rows
    rows = change(rows.copy()) if change else rows
    names = [n for n in rows if n in lines.by_name and n.startswith("rs_") and not lines.by_name[n].coined]
    names = [name for name in names if rows[name].notna().any()]
    codes = [(rename or {}).get(lines.by_name[name].code, lines.by_name[name].code) for name in names]
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.add_worksheet("Cover").write(0, 0, "Revenue Outturn")
    sheet = book.add_worksheet("RS_LA_Data")
    title = f"Worksheet 2: Revenue Outturn (RO) {outturn_year}: Revenue Outturn Summary (RS) data for local authorities"
    sheet.write(0, 0, title)
    sheet.write_row(2, 0, ["", "", "", "", *codes, *(extra or {})])
    sheet.set_row(2, None, None, {"hidden": True})
    headings = [*(lines.by_name[name].label for name in names), *(text for text, _ in (extra or {}).values())]
    sheet.write_row(4, 0, ["E-code", "ONS Code", "Local authority", "Class", *headings])
    for at, row in enumerate(rows.to_dict("records"), start=5):
        sheet.write_row(at, 0, [row["ecode"], row["ons_code"], row["council"], PRINTED[row["class"]]])
        for place, name in enumerate(names, start=4):
            sheet.write(at, place, "[x]" if pd.isna(row[name]) else row[name])
        for place, (_, value) in enumerate((extra or {}).values(), start=4 + len(names)):
            sheet.write(at, place, value)
    for at, other in enumerate(OTHERS, start=5 + len(rows)):
        sheet.write_row(at, 0, [*other, *[1.0] * len(names)])
    book.close()
    return out.getvalue()


def make_home(folder: Path, *, since: int = 2017) -> Path:
    """Copy the shipped tables, register and model into a folder; of the panel only the later years, for speed."""
    processed = folder / "data" / "processed"
    shutil.copytree(paths.processed(), processed)
    (folder / "data" / "raw").mkdir()
    for name in ("events.csv", "events.toml"):
        shutil.copy(paths.raw() / name, folder / "data" / "raw" / name)
    shutil.copytree(paths.models(), folder / "models")
    panel = load_panel(processed / "panel.csv")
    (processed / "panel.csv").write_text(to_csv(panel[panel["year"] >= since]), "utf-8")
    return folder
