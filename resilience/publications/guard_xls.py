"""The part of `guard` that looks into old ``.xls`` workbooks: compound files holding BIFF records."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

from resilience.errors import PublicationError

MAX_CELLS = 8_000_000  # of all sheets' used rectangles together; the largest published, RA 2020-21, spans 7.7 million
_CELL_RECORDS = frozenset((0x06, 0x203, 0x27E, 0xFD, 0xBD, 0x204, 0x205, 0xD6))
_FREE, _END = 0xFFFFFFFF, 0xFFFFFFFE


def check(path: Path, data: bytes) -> list[str]:
    """Refuse a compound file that is damaged, encrypted, no workbook, or spans an enormous rectangle.

    Parameters
    ----------
    path : Path
        The file, for the message.
    data : bytes
        Its content.

    Returns
    -------
    list of str
        What was let pass but is worth knowing.
    """
    try:
        streams = _directory(data)
        names = {name.lower() for name in streams}
        if "encryptedpackage" in names:
            raise PublicationError(f"{path.name} is password-protected; save it without a password.")
        book = next((name for name in streams if name.lower() in ("workbook", "book")), None)
        if book is None:
            raise PublicationError(f"{path.name} is not a workbook, though its format is Office's; download it again.")
        _check_records(path, streams[book]())
    except (struct.error, IndexError, _BrokenError) as error:
        raise PublicationError(f"{path.name} is damaged or cut short; download it again.") from error
    return ["macros (never run)"] if any("vba" in name for name in names) else []


class _BrokenError(Exception):
    """The compound file's chains lead nowhere."""


def _directory(data: bytes) -> dict[str, Callable[[], bytes]]:
    """Return the compound file's streams by name, each as a function that reads it."""
    sector, mini = 1 << struct.unpack_from("<H", data, 30)[0], 1 << struct.unpack_from("<H", data, 32)[0]
    if sector not in (512, 4096) or mini != 64:
        raise _BrokenError
    fat_count, start, _, cutoff, mini_fat = struct.unpack_from("<IIIII", data, 44)
    difat, count = struct.unpack_from("<II", data, 68)
    fat_sectors = list(struct.unpack_from("<109I", data, 76))
    for _ in range(min(count, len(data) // sector + 1)):
        more = struct.unpack_from(f"<{sector // 4}I", data, (difat + 1) * sector)
        fat_sectors += more[:-1]
        difat = more[-1]
    fat: list[int] = []
    for number in [n for n in fat_sectors if n < _END][: min(fat_count, len(data) // sector + 1)]:
        fat += struct.unpack_from(f"<{sector // 4}I", data, (number + 1) * sector)

    def chain(first: int, table: list[int], unit: int, source: bytes, offset: int) -> bytes:
        pieces: list[bytes] = []
        number = first
        while number < _END - 3:
            piece = source[number * unit + offset : (number + 1) * unit + offset]
            if not piece or len(pieces) > len(table):
                raise _BrokenError
            pieces.append(piece)
            number = table[number]
        return b"".join(pieces)

    entries = chain(start, fat, sector, data, sector)
    root_start = struct.unpack_from("<I", entries, 116)[0]
    streams: dict[str, Callable[[], bytes]] = {}
    for position in range(0, len(entries) - 127, 128):
        length, kind = struct.unpack_from("<HB", entries, position + 64)
        if kind not in (1, 2):
            continue
        name = entries[position : position + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
        first, size = struct.unpack_from("<II", entries, position + 116)

        def read(first: int = first, size: int = size) -> bytes:
            if size >= cutoff:
                stream = chain(first, fat, sector, data, sector)
            else:
                table_bytes = chain(mini_fat, fat, sector, data, sector)
                table = list(struct.unpack(f"<{len(table_bytes) // 4}I", table_bytes))
                stream = chain(first, table, mini, chain(root_start, fat, sector, data, sector), 0)
            if len(stream) < size:
                raise _BrokenError
            return stream[:size]

        streams.setdefault(name, read)
    return streams


def _check_records(path: Path, stream: bytes) -> None:
    """Walk the record headers: encryption, and how far each sheet's cells reach."""
    unpack = struct.Struct("<HHHH").unpack_from
    position, total, rows, columns = 0, 0, -1, -1
    end = len(stream) - 8
    seen = False
    while position <= end:
        kind, length, row, column = unpack(stream, position)
        if kind in _CELL_RECORDS:
            if row > rows:
                rows = row
            if kind == 0xBD:  # several cells: the last column stands at the record's end
                column = max(column, struct.unpack_from("<H", stream, position + 2 + length)[0])
            if column > columns:
                columns = column
        elif kind == 0x809:
            seen = True
            total, rows, columns = total + (rows + 1) * (columns + 1), -1, -1
        elif kind == 0x2F:
            raise PublicationError(f"{path.name} is password-protected; save it without a password.")
        elif not seen:
            raise _BrokenError
        position += 4 + length
    total += (rows + 1) * (columns + 1)
    if not seen:
        raise _BrokenError
    if total > MAX_CELLS:
        raise PublicationError(
            f"{path.name} spans {total:,} cells, more than any publication; delete the stray "
            "far cells or do not "
            "use it."
        )
