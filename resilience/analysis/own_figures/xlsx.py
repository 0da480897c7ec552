"""What a reader of cells does not tell of an .xlsx sheet: formulas without a stored result, and error values."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_ADDRESS = re.compile(r"([A-Z]+)(\d+)")


def unread_cells(path: Path, sheet: str) -> dict[tuple[int, str], str]:
    """Find formulas whose result was never worked out, and cells that show an error: both may read as empty.

    Parameters
    ----------
    path : Path
        An .xlsx file that the guard has let pass (it holds no entities or document types).
    sheet : str
        The sheet's name.

    Returns
    -------
    dict
        One sentence a cell, by row (counted from 1) and the column's letters.
    """
    found = {}
    with zipfile.ZipFile(path) as archive:
        for address, kind, formula, value in _cells(archive, sheet):
            match = _ADDRESS.fullmatch(address)
            if match is None:
                continue
            where = f"{path.name}, sheet '{sheet}', row {match[2]}, column {match[1]}"
            key = (int(match[2]), match[1])
            if kind == "e":
                found[key] = (
                    f"{where}: the spreadsheet shows the error {value}; put its formula right or write a number."
                )
            elif formula and value == "" and kind != "str":
                found[key] = (
                    f"{where}: a formula has no result stored; open and save the file in a spreadsheet program, or "
                    "write the number."
                )
    return found


def _cells(archive: zipfile.ZipFile, sheet: str) -> Iterator[tuple[str, str, bool, str]]:
    """Give address, type, whether there is a formula, and stored value of each cell of a sheet."""
    part = _part(archive, sheet)
    if part is None:
        return
    with archive.open(part) as handle:
        for _, cell in ElementTree.iterparse(handle):
            if cell.tag == f"{_MAIN}c":
                value = cell.findtext(f"{_MAIN}v") or cell.findtext(f"{_MAIN}is/{_MAIN}t") or ""
                yield cell.get("r", ""), cell.get("t", ""), cell.find(f"{_MAIN}f") is not None, value
                cell.clear()


def _part(archive: zipfile.ZipFile, sheet: str) -> str | None:
    """Return the name of the part that holds a sheet, None where the workbook is put together another way."""
    names = set(archive.namelist())
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        return None
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    wanted = next((one.get(_RELATION) for one in book.iter(f"{_MAIN}sheet") if one.get("name") == sheet), None)
    for relation in ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels")):
        if wanted is not None and relation.get("Id") == wanted:
            target = posixpath.normpath(posixpath.join("/xl", relation.get("Target", ""))).lstrip("/")
            return target if target in names else None
    return None
