"""What is mutated: tiny publications in the right form, and the ways in which they are broken."""

from __future__ import annotations

import csv
import datetime
import io
import zipfile
from typing import Any

import xlsxwriter
from hypothesis import strategies as st

CODES = (
    "RS-netrevexp-net-exp",
    "RS-intextpay-net-exp",
    "RS-totsx-net-exp",
    "RS-resoth-start-cy",
    "RS-resoth-end-cy",
    "RS-resunall-start-cy",
    "RS-resunall-end-cy",
)
COUNCILS = (
    ("E0701", "E06000001", "Hartlepool", "UA"),
    ("E4704", "E08000035", "Leeds", "MD"),
    ("E5035", "E09000008", "Croydon", "L"),
    ("E2221", "E10000016", "Kent", "SC"),
    ("E3331", "E07000178", "Oxford", "SD"),
)
TITLE = "Worksheet 2: Revenue Outturn (RO) 2023-24: Revenue Outturn Summary (RS) data"

NASTY = st.one_of(
    st.sampled_from(
        [
            *("[x]", "M", "...", "n/a", "1,234", "(5)", "£12", "\x9312", "1e5", "1.2.3", "--4", "=1+1", "@SUM(A1)"),
            *("<script>alert(1)</script>", "' OR 1=1", "E0101", "2023-24", "1/4/2024", "٣٤", "١٢٣", "１２", "1 234"),
            *("\u202e12", "1\n2", "TRUE", "nan", "inf", "-inf", "1_000", "0x10", "12%", "£", "-", "", " ", "\u00a0"),
        ]
    ),
    st.text(max_size=12),
    st.integers(-(10**15), 10**15),
    st.floats(-1e300, 1e300),
    st.booleans(),
    st.dates(datetime.date(1950, 1, 1), datetime.date(2100, 1, 1)),
    st.none(),
)
PLACES = st.tuples(st.integers(0, 12), st.integers(0, 13), NASTY)
CHANGES = st.lists(PLACES, min_size=0, max_size=6)
BYTES = st.lists(st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=6)), min_size=1, max_size=6)


def grid(title: str = TITLE) -> list[list[Any]]:
    """Return a sound sheet, each figure different from every other."""
    rows: list[list[Any]] = [[title], ["", "", "", "", *CODES]]
    rows.append(["E-code", "ONS Code", "Local authority", "Class", *(code.replace("-", " ") for code in CODES)])
    for at, council in enumerate(COUNCILS):
        rows.append([*council, *(1000 * (at + 1) + place for place in range(len(CODES)))])
    return rows


def changed(rows: list[list[Any]], changes: list[tuple[int, int, Any]]) -> list[list[Any]]:
    """Return the rows with cells replaced, the sheet growing where it must."""
    for row, column, value in changes:
        while len(rows) <= row:
            rows.append([])
        rows[row].extend([""] * (column + 1 - len(rows[row])))
        rows[row][column] = value
    return rows


def xlsx(sheets: dict[str, list[list[Any]]]) -> bytes:
    """Return rows as a workbook; texts as texts, dates as dates."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for at, row in enumerate(rows):
            for place, value in enumerate(row):
                if isinstance(value, datetime.date):
                    sheet.write_datetime(at, place, datetime.datetime.combine(value, datetime.time()), day)
                elif isinstance(value, str):
                    sheet.write_string(at, place, value)
                elif value is not None:
                    sheet.write(at, place, value)
    book.close()
    return out.getvalue()


def sheets_of(rows: list[list[Any]], operations: list[tuple[str, int, int]]) -> dict[str, list[list[Any]]]:
    """Return the sheets of a workbook whose rows, columns or sheets were moved, doubled or dropped."""
    sheets = {"RS_LA_Data": rows}
    for number, (what, one, other) in enumerate(operations):
        first, second = one % max(len(rows), 1), other % max(len(rows), 1)
        if what == "drop row" and rows:
            del rows[first]
        elif what == "swap rows" and rows:
            rows[first], rows[second] = rows[second], rows[first]
        elif what == "double row" and rows:
            rows.insert(second, list(rows[first]))
        elif what == "drop column":
            for row in rows:
                del row[one : one + 1]
        elif what == "double column":
            for row in rows:
                row.insert(min(other, len(row)), row[one] if one < len(row) else "")
        elif what == "shift":
            rows[:] = [[""] * (one % 3) + row for row in [*[[] for _ in range(other % 5)], *rows]]
        elif what == "another sheet":
            sheets[f"S{number}"] = [list(row) for row in rows]
        elif what == "another year":
            sheets[f"S{number}"] = [["Revenue Outturn Summary (RS) 2022-23"], *[list(row) for row in rows[1:]]]
    return sheets


OPERATIONS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                *("drop row", "swap rows", "double row", "drop column", "double column", "shift"),
                *("another sheet", "another year"),
            ]
        ),
        st.integers(0, 12),
        st.integers(0, 12),
    ),
    min_size=1,
    max_size=4,
)


def patched(data: bytes, patches: list[tuple[float, bytes]], keep: float = 1.0) -> bytes:
    """Return bytes overwritten at some places and cut after a share of their length."""
    out = bytearray(data)
    for at, piece in patches:
        place = int(at * max(len(out) - 1, 0))
        out[place : place + len(piece)] = piece
    return bytes(out[: max(int(len(out) * keep), 0)])


def repacked(data: bytes, part: int, patches: list[tuple[float, bytes]], what: str) -> bytes:
    """Return an archive with one part altered, dropped, doubled or renamed, packed soundly again."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        names = before.namelist()
        chosen = names[part % len(names)]
        for name in names:
            content = before.read(name)
            if name != chosen:
                after.writestr(name, content)
            elif what == "alter":
                after.writestr(name, patched(content, patches))
            elif what == "empty":
                after.writestr(name, b"")
            elif what == "entity":
                after.writestr(name, b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]>' + content)
            elif what == "escape":
                after.writestr("../" + name, content)
            elif what == "far cell":
                after.writestr(name, content.replace(b'r="A1"', b'r="XFD1048576"'))
    return out.getvalue()


def as_csv(rows: list[list[Any]]) -> str:
    """Return rows as CSV text."""
    out = io.StringIO()
    csv.writer(out).writerows([["" if cell is None else cell for cell in row] for row in rows])
    return out.getvalue()


def series() -> list[list[Any]]:
    """Return a sound multi-year table."""
    head = ["year_ending", "ONS_code", "LA_LGF_code", "LA_name", "status", "LA_class", "LA_subclass"]
    rows: list[list[Any]] = [[*head, *(code.replace("-", "_") for code in CODES), "RSX_asc_net_cur_exp"]]
    words = {"UA": "Unitary Authority", "MD": "Met District", "L": "London", "SC": "Shire County"}
    for year in (202303, 202403):
        for at, (ecode, ons, name, kind) in enumerate(COUNCILS):
            figures = [year + 1000 * at + place for place in range(len(CODES))]
            rows.append([year, ons, ecode, name, "submitted", words.get(kind, "Shire District"), "", *figures, 7])
    return rows


OWN = [
    ["Figures of Croydon", "", "", ""],
    ["MHCLG code", "Line", "Unit", "2023-24", "2024-25"],
    ["RS-netrevexp-net-exp", "Net revenue expenditure", "£ thousand", 300000, 310000],
    ["RS-resunall-end-cy", "Unallocated reserves", "£ thousand", 25000, 24000],
    ["RS-resoth-end-cy", "Other earmarked reserves", "£ thousand", 50000, ""],
]
JSON = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(10**20), 10**20),
        st.floats(allow_nan=True),
        st.text(max_size=20),
        st.sampled_from(
            [
                *(
                    "https://assets.publishing.service.gov.uk/media/1/RS_2023-24.xlsx",
                    "../../RS.xlsx",
                    "RS",
                    "redirect",
                ),
                *("2024-12-12T09:30:00Z", "2024-99-99", "/government/statistics/x", "file:///etc/passwd", "RO.csv"),
                "government/statistics/x-2023-to-2024-individual-local-authority-data-outturn",
            ]
        ),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=8), inner, max_size=4)),
    max_leaves=12,
)
