"""Treat a published file as hostile until it has been looked at.

``check_workbook`` and ``check_csv`` run before any reader opens a file. They refuse what could exhaust the
machine or is not what its name says, and let pass what is merely untidy: external links are never followed,
formulas and the macros of old ``.xls`` publications (MHCLG's own carry some) are never run.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from pathlib import Path
from string import ascii_uppercase, digits
from xml.parsers import expat

from resilience.errors import PublicationError
from resilience.publications import guard_xls

MAX_BYTES = 50_000_000  # of any one file; the largest publication read is the multi-year CSV, 24 MB
MAX_UNPACKED = 50_000_000  # of all parts of one workbook; the largest published so far unpacks to 9 MB
MAX_RATIO = 200  # unpacked to packed, for parts over a megabyte; published ones stay below 35
MAX_PARTS = 2_000
MAX_CELLS = guard_xls.MAX_CELLS  # of all sheets' used rectangles together
MAX_CSV_CELLS = 1_000_000  # of a table other than the multi-year file; the largest read has 206,000
MAX_TEXT = 2_000_000_000  # characters if every shared text cell held the longest shared text

_ZIP = b"PK\x03\x04"
_EMPTY_ZIP = b"PK\x05\x06"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CELL = re.compile(rb"[<:]c[\s/>]")
_PLACED_CELL = re.compile(rb'<c r="([A-Z]{1,6}\d{1,9})"')
_ROWS = re.compile(rb"""number-rows-repeated\s*=\s*["']([^"']*)""")
_COLUMNS = re.compile(rb"""number-columns-repeated\s*=\s*["']([^"']*)""")


def check_workbook(path: Path) -> None:
    """Refuse a workbook that is missing, damaged, dangerous, or no workbook at all.

    Parameters
    ----------
    path : Path
        An ``.xls``, ``.xlsx`` or ``.ods`` file.

    Raises
    ------
    PublicationError
        In one sentence: what is wrong with the file and what to do.
    """
    notes_on_workbook(path)


def notes_on_workbook(path: Path) -> list[str]:
    """Check a workbook as `check_workbook` does and return what was let pass but is worth knowing.

    Parameters
    ----------
    path : Path
        An ``.xls``, ``.xlsx`` or ``.ods`` file.

    Returns
    -------
    list of str
        For example ``["links to other workbooks (not followed)"]``.

    Raises
    ------
    PublicationError
        If the file is refused.
    """
    data = _read(path)
    if data.startswith(_OLE):
        notes = guard_xls.check(path, data)
        _same_kind(path, ".xls")
        return notes
    if data.startswith((_ZIP, _EMPTY_ZIP)):
        return _check_package(path, data)
    _refuse_text(path, data)
    raise PublicationError(f"{path.name} is not a workbook (.xls, .xlsx or .ods expected); download it again.")


def check_csv(path: Path, cells: int = MAX_CSV_CELLS) -> str:
    """Refuse a text table that is missing, too large or no text; say which encoding it is in.

    Parameters
    ----------
    path : Path
        A CSV file.
    cells : int
        How many cells it may hold at most, whichever sign parts them.

    Returns
    -------
    str
        "utf-8-sig", "utf-8" or "windows-1252".

    Raises
    ------
    PublicationError
        If the file is refused.
    """
    data = _read(path)
    if data.startswith((_ZIP, _OLE)):
        raise PublicationError(f"{path.name} is a workbook, not a CSV file; save it as CSV or rename it.")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise PublicationError(f"{path.name} is UTF-16 text; save it as 'CSV UTF-8'.")
    if b"\0" in data:
        row = data.count(b"\n", 0, data.index(b"\0")) + 1
        raise PublicationError(f"{path.name}, row {row} holds a NUL byte, so it is not text; download it again.")
    _refuse_text(path, data)
    held = 1 + sum(map(data.count, (b",", b";", b"\t", b"\n", b"\r")))
    if held > cells:
        raise PublicationError(
            f"{path.name} holds some {held:,} cells, more than any publication; check that it is the file you meant."
        )
    encodings = ["utf-8-sig"] if data.startswith(b"\xef\xbb\xbf") else ["utf-8", "windows-1252"]
    for encoding in encodings:
        try:
            data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    raise PublicationError(f"{path.name} is neither UTF-8 nor Windows-1252 text; save it as 'CSV UTF-8'.")


def _read(path: Path) -> bytes:
    """Return a file's bytes unless it is missing, empty or too large."""
    try:
        if not path.is_file():
            raise PublicationError(f"{path} is missing or is not a file; run 'resilience fetch' or put it there.")
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise PublicationError(
                f"{path.name} is too large ({size / 1e6:,.0f} MB, at most {MAX_BYTES / 1e6:,.0f} "
                "MB are read); "
                "check that it is the file you meant."
            )
        data = path.read_bytes()
    except OSError as error:
        raise PublicationError(f"{path} cannot be read ({error.strerror}); close what is using it.") from error
    if not data:
        raise PublicationError(f"{path.name} is empty; download it again.")
    return data


def _refuse_text(path: Path, data: bytes) -> None:
    """Say so when a web page, XML or JSON came instead of the publication."""
    head = data[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    lower = head.lower()
    if lower.startswith((b"<!doctype html", b"<html")) or (head.startswith(b"<") and b"<html" in lower):
        kind = "a web page (HTML)"
    elif head.startswith(b"<"):
        kind = "an XML document"
    elif head.startswith((b'{"', b"{\n", b"{\r", b"{ ", b"[{", b"[\n")):
        kind = "a JSON document"
    else:
        return
    raise PublicationError(f"{path.name} is {kind}, not the publication; download it again.")


def _same_kind(path: Path, kind: str) -> None:
    """Refuse a workbook whose name ends in another kind's suffix, for a reader would go by the name."""
    if path.suffix.lower() != kind:
        raise PublicationError(
            f"{path.name} holds a {kind} workbook under another name; rename it to {path.stem}{kind}."
        )


def _check_package(path: Path, data: bytes) -> list[str]:
    """Check an OOXML or OpenDocument workbook, which is a zip archive of XML parts."""
    try:
        with path.open("rb") as handle, zipfile.ZipFile(handle) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, struct.error) as error:
        raise PublicationError(f"{path.name} is damaged or cut short ({error}); download it again.") from error
    _check_entries(path, entries, len(data))
    names = {entry.filename for entry in entries}
    kind = _kind(path, names)
    parts = {entry.filename: _unpack(path, data, entry) for entry in entries if not entry.is_dir()}
    for name, part in parts.items():
        if name.endswith((".xml", ".rels", ".rdf", ".vml")):
            _check_xml(path, name, part)
    if kind == ".ods":
        if b"manifest:encryption-data" in parts.get("META-INF/manifest.xml", b""):
            raise PublicationError(f"{path.name} is password-protected; save it without a password.")
        _check_ods_extent(path, parts["content.xml"])
    else:
        _check_xlsx_extent(path, parts)
    _same_kind(path, kind)
    notes = []
    if any("/externalLinks/" in name for name in names):
        notes.append("links to other workbooks (not followed)")
    if any("/embeddings/" in name or name.startswith("Object ") for name in names):
        notes.append("embedded objects (not opened)")
    return notes


def _kind(path: Path, names: set[str]) -> str:
    """Tell .xlsx and .ods apart by their parts; refuse the kinds that are not read."""
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise PublicationError(f"{path.name} holds macros; save it as a plain .xlsx workbook.")
    if "xl/workbook.xml" in names:
        return ".xlsx"
    if "content.xml" in names:
        if any(name.startswith(("Basic/", "Scripts/")) and not name.endswith("/") for name in names):
            raise PublicationError(f"{path.name} holds macros; save it again without them.")
        return ".ods"
    if "xl/workbook.bin" in names:
        raise PublicationError(f"{path.name} is a binary .xlsb workbook; save it as .xlsx.")
    raise PublicationError(f"{path.name} is an archive but no .xlsx or .ods workbook; unpack it first.")


def _check_entries(path: Path, entries: list[zipfile.ZipInfo], size: int) -> None:
    """Refuse zip bombs, escaping paths, duplicated and overlapping parts by the archive's own directory."""
    if len(entries) > MAX_PARTS:
        raise PublicationError(f"{path.name} holds {len(entries):,} parts, more than any workbook; do not use it.")
    total = sum(entry.file_size for entry in entries)
    bomb = next((e for e in entries if e.file_size > max(1_000_000, MAX_RATIO * e.compress_size)), None)
    if total > MAX_UNPACKED or bomb is not None:
        raise PublicationError(
            f"{path.name} would unpack to {total / 1e6:,.0f} MB from {size / 1e6:,.2f} MB, "
            "which looks like a zip "
            "bomb; do not use it."
        )
    seen = set()
    end = 0
    for entry in sorted(entries, key=lambda e: e.header_offset):
        name = entry.filename
        if name.startswith(("/", "\\")) or ":" in name or ".." in re.split(r"[/\\]", name):
            raise PublicationError(f"{path.name} holds a part named '{name[:80]}' that escapes; do not use it.")
        if name in seen or entry.header_offset < end:
            raise PublicationError(f"{path.name} holds overlapping or doubled parts; do not use it.")
        if entry.flag_bits & 0x1:
            raise PublicationError(f"{path.name} is password-protected; save it without a password.")
        seen.add(name)
        end = entry.header_offset + 30 + entry.compress_size


def _unpack(path: Path, data: bytes, entry: zipfile.ZipInfo) -> bytes:
    """Unpack one part, trusting no length that the archive states about itself."""
    start = entry.header_offset
    header = data[start : start + 30]
    if len(header) < 30 or header[:4] != _ZIP:
        raise PublicationError(f"{path.name} is damaged or cut short at '{entry.filename}'; download it again.")
    start += 30 + sum(struct.unpack("<HH", header[26:30]))
    packed = data[start : start + entry.compress_size]
    if entry.compress_type == zipfile.ZIP_STORED:
        part, complete = packed, True
    elif entry.compress_type == zipfile.ZIP_DEFLATED:
        unpacker = zlib.decompressobj(-15)
        try:
            part = unpacker.decompress(packed, entry.file_size + 1)
        except zlib.error as error:
            raise PublicationError(f"{path.name} is damaged at '{entry.filename}'; download it again.") from error
        complete = unpacker.eof or not part
    else:
        raise PublicationError(f"{path.name} is packed in a way no workbook is; save it again as .xlsx.")
    if not complete or len(part) != entry.file_size or zlib.crc32(part) != entry.CRC:
        raise PublicationError(
            f"{path.name} is damaged, cut short or misstates its size at '{entry.filename}'; download it again."
        )
    return part


def _check_xml(path: Path, name: str, part: bytes) -> None:
    """Refuse document types and entities, which no workbook needs, and parts that hide them by encoding."""
    if b"<!DOCTYPE" in part or b"<!ENTITY" in part:
        raise PublicationError(f"{path.name} declares XML entities in '{name}'; do not use it.")
    if b"\0" in part[:64] and not name.startswith("customXml/"):  # no reader opens customXml
        raise PublicationError(f"{path.name} holds '{name}' in an encoding no workbook uses; save it again.")


def _too_many(path: Path, cells: int) -> None:
    """Refuse a workbook whose sheets span more cells together than any published one."""
    if cells > MAX_CELLS:
        raise PublicationError(
            f"{path.name} spans {cells:,} cells, more than any publication; delete the stray far cells or do not "
            "use it."
        )


def _check_xlsx_extent(path: Path, parts: dict[str, bytes]) -> None:
    """Refuse sheets whose cells would span an enormous rectangle, whatever size the sheets declare."""
    texts = cells = 0
    for name, part in parts.items():
        if name.startswith("xl/worksheets/") and name.endswith(".xml"):
            texts += part.count(b't="s"')
            rows, columns = _xlsx_extent(path, name, part)
            cells += rows * columns
            _too_many(path, cells)
    longest = max(map(len, parts.get("xl/sharedStrings.xml", b"").split(b"</si>")), default=0)
    if longest * texts > MAX_TEXT:
        raise PublicationError(f"{path.name} repeats an enormous text in {texts:,} cells; do not use it.")


def _xlsx_extent(path: Path, name: str, part: bytes) -> tuple[int, int]:
    """Return how many rows and columns a sheet spans as its reader will see them.

    A cell may leave out its address: it then stands to the right of the one before it, and a row below the one
    before it. Sheets whose every cell names its address, as all published ones do, are looked through by a regular
    expression, ten times quicker than by a parser.
    """
    placed = _PLACED_CELL.findall(part)
    if len(placed) == len(_CELL.findall(part)):
        addresses = b" ".join(placed)
        rows = set(addresses.translate(None, ascii_uppercase.encode()).split())
        columns = set(addresses.translate(None, digits.encode()).split())
        return max(map(int, rows), default=0), max(map(_column, columns), default=0)
    walk = _CellWalk()
    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = walk.start, walk.end
    try:
        parser.Parse(part, True)
    except (expat.ExpatError, ValueError) as error:
        raise PublicationError(f"{path.name} is damaged at '{name}' ({error}); download it again.") from error
    return walk.rows, walk.columns


class _CellWalk:
    """Follow a sheet's cells in the order in which they stand, with or without addresses."""

    def __init__(self) -> None:
        self.rows = self.columns = 0
        self._row = self._column = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        kind = tag.rpartition(":")[2]
        if kind == "row" and (number := attributes.get("r", "")).isdecimal():
            self._row = int(number[:9]) - 1
        elif kind == "c":
            place = re.fullmatch(r"([A-Za-z]+)(\d+)", attributes.get("r", ""), re.ASCII)
            row = int(place[2][:9]) if place else self._row + 1
            self._column = _column(place[1].encode()) if place else self._column + 1
            self.rows, self.columns = max(self.rows, row), max(self.columns, self._column)

    def end(self, tag: str) -> None:
        if tag.rpartition(":")[2] == "row":
            self._row, self._column = self._row + 1, 0


def _column(letters: bytes) -> int:
    """Return a column's number from its letters ("A" is 1)."""
    number = 0
    for letter in letters[:6].upper():
        number = number * 26 + letter - 64
    return number


def _check_ods_extent(path: Path, content: bytes) -> None:
    """Refuse OpenDocument sheets whose repeated cells would unfold into an enormous rectangle.

    Counts from above, row by row: repeats behind a row's last value, and rows behind a sheet's last value,
    are padding that every reader drops (each published sheet ends with a million of them).
    """
    done = rows = columns = pending = 0
    for row in content.split(b"</table:table-row>"):
        if b"<table:table " in row:
            done, rows, columns, pending = done + rows * columns, 0, 0, 0
        pending += row.count(b"<table:table-row") + _repeated(path, _ROWS.findall(row))
        last = max(row.rfind(b"value"), row.rfind(b"<text:p"))
        if last >= 0:
            filled = row[max(row.find(b"<table:table-row"), 0) : row.find(b"<", last + 1)]
            width = filled.count(b"<table:") + _repeated(path, _COLUMNS.findall(filled))
            rows, columns, pending = rows + pending, max(columns, width), 0
            _too_many(path, done + rows * columns)


def _repeated(path: Path, counts: list[bytes]) -> int:
    """Add up repeat counts; one that is no plain number is refused, for readers differ on what it means."""
    if not all(count.isdigit() and len(count) < 10 for count in counts):
        raise PublicationError(f"{path.name} repeats cells a nonsensical number of times; download it again.")
    return sum(map(int, counts))
