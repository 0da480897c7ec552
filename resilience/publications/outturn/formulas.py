"""Formulas of an .xlsx workbook whose result was never stored: a reader of cells takes them for empty ones."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

#: What is put in the place of such a cell, so that it is known for a figure not read and not for one not returned.
UNSTORED = "formula without a stored result"
_CELL = re.compile(
    rb'<c\b[^>]*?\br="([A-Z]{1,3})(\d{1,7})"[^>]*>\s*<f\b(?:[^>]*/>|[^>]*>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>'
)
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def mark_unstored(path: Path, sheet: str, rows: list[list[Any]]) -> list[list[Any]]:
    """Put a mark into the cells of a sheet that hold a formula without a stored result.

    Parameters
    ----------
    path : Path
        The workbook, looked at by the guard already; only .xlsx files are looked into.
    sheet : str
        The sheet's name.
    rows : list of list
        Its cells as the reader gives them; changed in place and returned.
    """
    if path.suffix.lower() != ".xlsx":
        return rows
    with zipfile.ZipFile(path) as archive:
        part = _part_of(archive, sheet)
        content = archive.read(part) if part in archive.namelist() else b""
    if b"<f" not in content:
        return rows
    for letters, number in _CELL.findall(content):
        row, column = int(number) - 1, _column(letters)
        if row < len(rows):
            cells = rows[row]
            cells.extend([""] * (column + 1 - len(cells)))
            if cells[column] in ("", None):
                cells[column] = UNSTORED
    return rows


def _part_of(archive: zipfile.ZipFile, sheet: str) -> str:
    """Return the archive's part that holds a sheet; "" where the workbook does not say."""
    try:
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
        relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    except (KeyError, ElementTree.ParseError):
        return ""
    wanted = next((e.get(_RELATION) for e in book.iter() if e.tag.endswith("}sheet") and e.get("name") == sheet), None)
    target = next((e.get("Target", "") for e in relations if e.get("Id") == wanted and wanted), "")
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1
