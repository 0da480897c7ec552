"""Files that are not what they say, and files that would exhaust the machine."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter
from python_calamine import CalamineWorkbook

from resilience.errors import PublicationError
from resilience.publications import guard, guard_xls

SHARED = Path(__file__).parents[3] / "shared" / "data"
REAL = sorted(p for p in SHARED.rglob("*") if p.suffix in (".xls", ".xlsx", ".ods", ".csv"))


def refused(path, match):
    with pytest.raises(PublicationError, match=match) as caught:
        guard.check_workbook(path)
    assert str(caught.value).count("\n") == 0


def put(tmp_path, data, name="a.xlsx"):
    path = tmp_path / name
    path.write_bytes(data)
    return path


def book():
    out = io.BytesIO()
    workbook = openpyxl.Workbook()
    for row in range(50):
        workbook.active.append(["x", row])
    workbook.save(out)
    return out.getvalue()


def book_with(sheet):
    """A whole workbook whose one sheet is this XML."""
    with zipfile.ZipFile(io.BytesIO(book())) as plain:
        return {name: plain.read(name) for name in plain.namelist()} | {"xl/worksheets/sheet1.xml": sheet.encode()}


def package(tmp_path, extra=None, name="a.xlsx", base=None, method=zipfile.ZIP_DEFLATED):
    """A package of some parts: by default the least that counts as .xlsx."""
    parts = {"xl/workbook.xml": "<workbook/>", "xl/worksheets/sheet1.xml": "<x/>"} if base is None else dict(base)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for part, text in (parts | (extra or {})).items():
            archive.writestr(part, text)
    return put(tmp_path, out.getvalue(), name)


def ods(tmp_path, rows):
    content = f'<d xmlns:table="t"><table:table table:name="a">{rows}</table:table></d>'
    return package(tmp_path, {"content.xml": content}, "a.ods", {"mimetype": "x", "META-INF/manifest.xml": "<m/>"})


@pytest.mark.parametrize("path", REAL, ids=lambda p: p.name)
def test_real_publications_pass(path):
    if path.suffix == ".csv":
        assert guard.check_csv(path, guard.MAX_CELLS) in ("utf-8", "utf-8-sig", "windows-1252")
    else:
        guard.check_workbook(path)


def test_real_oddities_are_noted():
    if not REAL:
        pytest.skip("the original publications are not at hand")
    outturn = SHARED / "revenue_outturn"
    assert guard.notes_on_workbook(outturn / "rs2021_22.xlsx") == ["links to other workbooks (not followed)"]
    assert guard.notes_on_workbook(outturn / "rs2013_14.xls") == ["macros (never run)"]
    assert guard.check_csv(SHARED / "revenue_budget" / "RA_2023-24_data_Part_1.csv") == "windows-1252"


def test_a_plain_workbook_passes(tmp_path):
    assert guard.notes_on_workbook(put(tmp_path, book())) == []
    assert guard.notes_on_workbook(package(tmp_path, {"xl/embeddings/a.bin": "x"})) == ["embedded objects (not opened)"]
    assert guard.notes_on_workbook(package(tmp_path, {"customXml/i.xml": "<\0a\0/\0>\0", "xl/": ""})) == []


def test_missing_empty_large_unreadable(tmp_path, monkeypatch):
    refused(tmp_path / "none.xlsx", "is missing")
    refused(tmp_path, "is missing")
    refused(put(tmp_path, b""), "is empty")
    path = put(tmp_path, b"x")
    with path.open("wb") as handle:
        handle.truncate(guard.MAX_BYTES + 1)
    refused(path, "too large")

    def denied(self):
        raise PermissionError(13, "Permission denied")

    path.write_bytes(b"x")
    monkeypatch.setattr(Path, "read_bytes", denied)
    refused(path, "cannot be read")


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"<!DOCTYPE html><html>", "HTML"),
        (b"\xef\xbb\xbf \n<HTML><head>", "HTML"),
        (b"<!-- a --><html>", "HTML"),
        (b"<?xml version='1.0'?><a/>", "XML"),
        (b'{"error": 1}', "JSON"),
        (b'[{"a":1}]', "JSON"),
        (b"just words", "not a workbook"),
        (b"%PDF-1.7", "not a workbook"),
    ],
)
def test_something_else_came(tmp_path, data, kind):
    refused(put(tmp_path, data), kind)


@pytest.mark.parametrize("keep", [30, 400, 2000, -30])
def test_a_truncated_archive(tmp_path, keep):
    refused(put(tmp_path, book()[:keep]), "damaged or cut short")


def test_a_flipped_byte(tmp_path):
    data = bytearray(book())
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        info = archive.getinfo("xl/worksheets/sheet1.xml")
    place = info.header_offset + 30 + len(info.filename) + info.compress_size // 2
    data[place] ^= 0xFF
    refused(put(tmp_path, bytes(data)), "damaged")


def test_zip_bombs(tmp_path, monkeypatch):
    refused(package(tmp_path, {"xl/a.xml": b"0" * 5_000_000}), "zip bomb")
    monkeypatch.setattr(guard, "MAX_UNPACKED", 100)
    refused(package(tmp_path, {"xl/a.xml": bytes(range(256))}), "zip bomb")
    monkeypatch.setattr(guard, "MAX_PARTS", 2)
    refused(package(tmp_path, {"xl/a.xml": ""}), "3 parts")


def test_a_part_that_lies_about_its_size(tmp_path):
    path = package(tmp_path, {"xl/a.xml": b"0" * 900_000})
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo("xl/a.xml")
    central = data.rindex(b"PK\x01\x02", 0, data.rindex(b"xl/a.xml"))
    struct.pack_into("<I", data, central + 24, 10)
    struct.pack_into("<I", data, central + 16, zlib.crc32(b"0" * 10))
    assert info.file_size == 900_000
    refused(put(tmp_path, bytes(data)), "misstates its size")


@pytest.mark.parametrize("name", ["../evil.xml", "/etc/passwd", "a\\..\\..\\b.xml", "C:/a.xml"])
def test_escaping_parts(tmp_path, name):
    refused(package(tmp_path, {name: "x"}), "escapes")


def test_doubled_and_overlapping_parts(tmp_path):
    with pytest.warns(UserWarning, match="Duplicate name"):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("xl/workbook.xml", "1")
            archive.writestr("xl/workbook.xml", "2")
    refused(put(tmp_path, out.getvalue()), "doubled")


def test_header_lost_under_a_sound_directory(tmp_path):
    data = bytearray(package(tmp_path).read_bytes())
    second = data.index(b"PK\x03\x04", 4)
    data[second : second + 4] = b"XXXX"
    refused(put(tmp_path, bytes(data)), "damaged or cut short at")


def test_password_protected(tmp_path):
    data = bytearray(package(tmp_path).read_bytes())
    for mark, flag in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + flag] |= 1
    refused(put(tmp_path, bytes(data)), "password-protected")
    parts = {"content.xml": "<a/>", "META-INF/manifest.xml": "<manifest:encryption-data/>"}
    refused(package(tmp_path, base=parts, name="a.ods"), "password-protected")
    refused(put(tmp_path, ole({"EncryptedPackage": b"x" * 5000})), "password-protected")


def test_other_packing(tmp_path):
    refused(package(tmp_path, method=zipfile.ZIP_BZIP2), "no workbook is")
    guard.check_workbook(package(tmp_path, method=zipfile.ZIP_STORED))


def test_macros_and_other_kinds(tmp_path):
    refused(package(tmp_path, {"xl/vbaProject.bin": "x"}), "holds macros")
    refused(package(tmp_path, {"Basic/Standard/a.xml": "x"}, "a.ods", {"content.xml": "<a/>"}), "holds macros")
    refused(package(tmp_path, base={"xl/workbook.bin": "x"}), "xlsb")
    refused(package(tmp_path, base={"word/document.xml": "x"}), "no .xlsx or .ods")
    refused(package(tmp_path, base={}), "no .xlsx or .ods")
    refused(package(tmp_path, name="a.xls"), "rename it to a.xlsx")


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE a [<!ENTITY b "x">]><a>&b;</a>',
        "<?xml version='1.0'?>\n<!DOCTYPE a SYSTEM 'file:///x'><a/>",
    ],
)
@pytest.mark.parametrize("part", ["xl/sharedStrings.xml", "docProps/core.xml", "xl/_rels/workbook.xml.rels"])
def test_entities(tmp_path, text, part):
    refused(package(tmp_path, {part: text}), "XML entities")


def test_parts_in_utf_16(tmp_path):
    refused(package(tmp_path, {"xl/sharedStrings.xml": "<a/>".encode("utf-16")}), "encoding")


@pytest.mark.parametrize(
    "cells",
    [
        '<row r="1"><c r="A1"/></row><row r="1048576"><c r="XFD1048576"/></row>',
        "<row r='1'><c r='A1'/><c r = 'XFD20000'/></row>",
        '<row r="99999999999999"><c/></row>',
        '<c r="ZZZZZZ99"/>',
        "<d>" + "<row><c/></row>" * 3_000 + f"<row>{'<c/>' * 3_000}</row></d>",
        "<d>" + "<x:row><x:c><x:v>1</x:v></x:c></x:row>" * 3_000 + '<x:row><x:c r="ZZZ3"/></x:row></d>',
        f'<d><!--{"<c r=" + chr(34) + "A1" + chr(34) + "/>"}--><row r="999999"><c/></row>{"<row/>" * 9}'
        "<row><c r='IV7'/></row></d>",
    ],
)
def test_cells_far_out_are_refused(tmp_path, cells):
    refused(package(tmp_path, {"xl/worksheets/sheet1.xml": cells}), "spans")


def test_cells_without_addresses_that_are_no_xml(tmp_path):
    refused(package(tmp_path, {"xl/worksheets/sheet1.xml": "<row><c></row>"}), "damaged at 'xl/worksheets")


def test_many_sheets_count_together(tmp_path):
    sheet = '<row r="1"><c r="A1"/><c r="ALL4000"/></row>'  # 1,000 columns by 4,000 rows
    sheets = {f"xl/worksheets/sheet{n}.xml": sheet for n in (1, 2, 3)}
    refused(package(tmp_path, sheets), "12,000,000 cells")
    table = f"<table:table-row table:number-rows-repeated='999'>{CELL.format('') * 3_000}</table:table-row>"
    refused(ods(tmp_path, f'{table}</table:table><table:table table:name="b">' * 3), "spans")


@settings(deadline=None)
@given(st.lists(st.lists(st.tuples(st.booleans(), st.integers(1, 40), st.integers(1, 60)), max_size=5), max_size=5))
def test_the_extent_is_the_readers(rows):
    """Cells with and without addresses stand where the reader sees them, or the guard counts more, never fewer."""
    cells = [
        "".join(
            f'<c r="{get_column_letter(c)}{r}"><v>1</v></c>' if placed else "<c><v>1</v></c>" for placed, c, r in row
        )
        for row in rows
    ]
    sheet = f"<worksheet><sheetData>{''.join(f'<row>{row}</row>' for row in cells)}</sheetData></worksheet>"
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as changed:
        for name, part in book_with(sheet).items():
            changed.writestr(name, part)
    archive.seek(0)
    seen = CalamineWorkbook.from_filelike(archive).get_sheet_by_index(0)
    spans = guard._xlsx_extent(Path("a.xlsx"), "a", sheet.encode())
    assert spans[0] >= seen.total_height and spans[1] >= seen.total_width
    if any(rows):
        assert spans == (seen.total_height + 1, seen.total_width + 1)


@pytest.mark.skipif(not Path("/proc/self/status").is_file(), reason="the system does not tell a process's own peak")
def test_memory_of_what_is_refused(tmp_path):
    """Neither what the guard refuses nor the largest that it lets pass may take 300 MB.

    The peak that `resource` tells is that of the process which began this one, where that was the larger.
    """
    script = (
        "import sys\nfrom pathlib import Path\nfrom resilience.errors import PublicationError\n"
        "from resilience.publications.outturn.workbook import read_workbook\n"
        "try:\n    read_workbook(Path(sys.argv[1]))\nexcept PublicationError:\n"
        "    print(Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0])\n"
    )
    for rows, columns in ((60_000, 16_000), (2_820, 2_820)):
        sheet = f"<d><row>{'<c><v>1</v></c>' * columns}</row>{'<row><c><v>1</v></c></row>' * (rows - 1)}</d>"
        told = subprocess.run(
            [sys.executable, "-c", script, str(package(tmp_path, base=book_with(sheet)))],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert int(told.stdout) < 300_000


@pytest.mark.parametrize("mark", [",", ";", "\t", "\n", "\r"])
def test_a_csv_of_too_many_cells(tmp_path, mark):
    with pytest.raises(PublicationError, match="1,000,002 cells"):
        guard.check_csv(put(tmp_path, ("a" + mark * 1_000_001).encode(), "a.csv"))


def test_a_huge_declared_dimension_alone_is_harmless(tmp_path):
    sheet = '<dimension ref="A1:XFD1048576"/><row r="1"><c r="A1"/><c r="XFD2"/></row>'
    guard.check_workbook(package(tmp_path, {"xl/worksheets/sheet1.xml": sheet, "xl/worksheets/_rels/a.rels": ""}))


def test_one_enormous_text_in_many_cells(tmp_path):
    import random

    text = random.Random(1).randbytes(200_000).hex()
    cells = "".join(f'<c r="A{n % 999}" t="s"><v>{n}</v></c>' for n in range(9_000))
    parts = {"xl/sharedStrings.xml": f"<si>{text}</si>", "xl/worksheets/sheet1.xml": cells}
    refused(package(tmp_path, parts), "enormous text")


CELL = '<table:table-cell office:value-type="float" office:value="1"{}/>'


@pytest.mark.parametrize(
    "rows",
    [
        f'<table:table-row table:number-rows-repeated="1048576">{CELL.format("") * 30}</table:table-row>',
        "<table:table-row>"
        + CELL.format(' table:number-columns-repeated="16384"') * 100
        + "</table:table-row>"
        + f"<table:table-row>{CELL.format('')}</table:table-row>" * 20,
        '<table:table-row table:number-rows-repeated="999999999"/>'
        f"<table:table-row>{CELL.format('')}</table:table-row>",
        f"<table:table-row><table:table-cell table:number-columns-repeated='99999999'/>{CELL.format('')}"
        "</table:table-row>",
    ],
)
def test_repeats_that_unfold_are_refused(tmp_path, rows):
    refused(ods(tmp_path, rows), "spans")


def test_padding_repeats_are_harmless(tmp_path):
    padding = '<table:table-cell table:number-columns-repeated="16384"/>'
    rows = f"<table:table-row>{CELL.format('')}{padding}</table:table-row>"
    rows += f'<table:table-row table:number-rows-repeated="1048000">{padding}</table:table-row>'
    assert guard.notes_on_workbook(ods(tmp_path, rows)) == []


def test_nonsense_repeats(tmp_path):
    row = f'<table:table-row table:number-rows-repeated="1&#48;0">{CELL.format("")}</table:table-row>'
    refused(ods(tmp_path, row), "nonsensical")


# ---- .xls: a compound file written here, small enough to see what is in it


def ole(streams, *, small=b"", sector=512, names_only=False):
    """A compound file with its streams in full sectors, and one small stream in the mini stream."""
    chunks, fat, entries = [], [], []

    def add(data):
        first = len(chunks)
        count = max(1, -(-len(data) // sector))
        for number in range(count):
            chunks.append(data[number * sector : (number + 1) * sector].ljust(sector, b"\0"))
            fat.append(first + number + 1 if number < count - 1 else 0xFFFFFFFE)
        return first

    def entry(name, kind, first, size):
        raw = name.encode("utf-16-le") + b"\0\0"
        return (
            raw.ljust(64, b"\0") + struct.pack("<HB", len(raw), kind) + bytes(49) + struct.pack("<III", first, size, 0)
        )

    mini_first, mini_fat = 0xFFFFFFFE, 0xFFFFFFFE
    if small:
        count = -(-len(small) // 64)
        mini_first = add(small.ljust(count * 64, b"\0"))
        chain = [n + 1 for n in range(count - 1)] + [0xFFFFFFFE]
        mini_fat = add(struct.pack(f"<{count}I", *chain).ljust(sector, b"\xff"))
        entries.append(entry("Workbook", 2, 0, len(small)))
    for name, data in streams.items():
        entries.append(entry(name, 2, add(data), len(data)))
    directory = entry("Root Entry", 5, mini_first, len(small)) + b"".join(entries)
    directory_first = add(directory)
    fat.append(0xFFFFFFFD)
    fat_first = len(chunks)
    chunks.append(struct.pack(f"<{len(fat)}I", *fat).ljust(sector, b"\xff"))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIIII", 0, 1, directory_first, 0, 4096, mini_fat, 1, 0xFFFFFFFE, 0, fat_first)
    return head.ljust(512, b"\xff") + b"".join(chunks)


def records(*items):
    return b"".join(struct.pack("<HH", kind, len(data)) + data for kind, data in items)


BOF = (0x809, bytes(16))


def cell(row, column, kind=0x203):
    return kind, struct.pack("<HHH", row, column, 0) + bytes(8)


def xls(*items):
    return records(BOF, *items).ljust(5000, b"\0")


def test_a_small_and_a_large_xls_pass(tmp_path):
    guard.check_workbook(put(tmp_path, ole({"Workbook": xls(cell(3, 3))}), "a.xls"))
    guard.check_workbook(put(tmp_path, ole({}, small=records(BOF, cell(1, 1))), "a.xls"))
    several = (0xBD, struct.pack("<HH", 1, 0) + bytes(12) + struct.pack("<H", 200))
    guard.check_workbook(put(tmp_path, ole({"Book": xls(several, cell(0, 0)), "_VBA_PROJECT": b"x"}), "a.xls"))


def test_an_xls_under_another_name(tmp_path):
    refused(put(tmp_path, ole({"Workbook": xls()}), "a.xlsx"), "rename it to a.xls")


def test_an_encrypted_xls(tmp_path):
    refused(put(tmp_path, ole({"Workbook": xls((0x2F, bytes(6)))}), "a.xls"), "password-protected")


def test_an_xls_that_spans_too_much(tmp_path):
    sheets = [BOF, cell(65_535, 255), BOF, cell(65_535, 255)]
    refused(put(tmp_path, ole({"Workbook": xls(*sheets)}), "a.xls"), "spans 33,554,432 cells")


def test_other_compound_files(tmp_path):
    refused(put(tmp_path, ole({"WordDocument": b"x" * 5000}), "a.xls"), "not a workbook, though")


@pytest.mark.parametrize(
    "data",
    [
        ole({"Workbook": xls()})[:40],
        ole({"Workbook": xls()})[:600],
        ole({"Workbook": b"no records here".ljust(5000)}),
        ole({"Workbook": b"\0" * 5}),
        ole({}, small=b"\0"),
        guard._OLE + bytes(600),
    ],
)
def test_a_damaged_xls(tmp_path, data):
    refused(put(tmp_path, data, "a.xls"), "damaged or cut short")


def test_chains_in_circles_end(tmp_path):
    data = bytearray(ole({"Workbook": xls(cell(1, 1))}))
    table = 512 + struct.unpack_from("<I", data, 76)[0] * 512
    struct.pack_into("<I", data, table, 0)  # the first sector is followed by itself
    refused(put(tmp_path, bytes(data), "a.xls"), "damaged or cut short")


def test_a_longer_sector_list_is_followed(tmp_path):
    data = bytearray(ole({"Workbook": xls(cell(1, 1))}))
    last = (len(data) - 512) // 512
    data += struct.pack("<128I", *([0xFFFFFFFF] * 127), 0xFFFFFFFE)
    struct.pack_into("<II", data, 68, last, 1)
    guard.check_workbook(put(tmp_path, bytes(data), "a.xls"))
    assert guard_xls.MAX_CELLS == guard.MAX_CELLS


@pytest.mark.parametrize("size", [600, 1500, 3000, 5500])
def test_a_real_xls_cut_anywhere(tmp_path, size):
    data = ole({"Workbook": xls(cell(3, 3))})
    refused(put(tmp_path, data[:size], "a.xls"), "damaged or cut short|not a workbook")


# ---- CSV


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (b"a,b\n1,2\n", "utf-8"),
        ("a,£\n".encode("utf-8-sig"), "utf-8-sig"),
        ("a,£\n".encode(), "utf-8"),
        ("a,£\n".encode("windows-1252"), "windows-1252"),
    ],
)
def test_csv_encodings(tmp_path, data, encoding):
    assert guard.check_csv(put(tmp_path, data, "a.csv")) == encoding


@pytest.mark.parametrize(
    ("data", "match"),
    [
        (b"a,b\n1,\0\n", "row 2 holds a NUL"),
        ("a,b".encode("utf-16"), "UTF-16"),
        (b"\xef\xbb\xbfa\xa3", "neither"),
        (b"a\x81,\xa3", "neither"),
        (b"<html>", "HTML"),
        (b"PK\x03\x04", "is a workbook"),
        (b"", "is empty"),
    ],
)
def test_csv_that_is_none(tmp_path, data, match):
    with pytest.raises(PublicationError, match=match):
        guard.check_csv(put(tmp_path, data, "a.csv"))
