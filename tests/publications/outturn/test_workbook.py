"""RS and RA workbooks: layouts and faults on tiny ones, counts and sums on the real ones where at hand."""

from __future__ import annotations

import shutil
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest

from resilience.errors import PublicationError
from resilience.publications.outturn.sheets import amounts, column_letters
from resilience.publications.outturn.workbook import COLUMNS, OutturnLines, read_publications, read_workbook

ROOT = Path(__file__).parents[3]
OUTTURN, BUDGET = ROOT / "../shared/data/revenue_outturn", ROOT / "../shared/data/revenue_budget"
with_originals = pytest.mark.skipif(
    not OUTTURN.is_dir(), reason="the original workbooks are not in ../shared; none is committed"
)
Grid = list[list[Any]]

CODES = [
    "RS-totsx-net-exp",
    "RS-intextpay-net-exp",
    "RS-netrevexp-net-exp",
    "RS-resoth-start-cy",
    "RS-resoth-end-cy",
    "RS-resunall-start-cy",
    "RS-resunall-end-cy",
]
HEADINGS = [
    "TOTAL SERVICE EXPENDITURE",
    "Interest: external payments",
    "NET REVENUE EXPENDITURE",
    "Estimated other earmarked financial reserves level at 1 April (unadjusted)",
    "Estimated other earmarked financial reserves level at 31 March (unadjusted)",
    "Estimated unallocated financial reserves level at 1 April",
    "Estimated unallocated financial reserves level at 31 March",
]
IDS = ["E-code", "ONS Code", "Local authority", "Class", "Certification"]


def coded(year: str = "2023-24") -> Grid:
    """Return a sheet as from 2021-22 on: a row of codes above the header."""
    return [
        [f"Worksheet 2: Revenue Outturn (RO) {year}: Revenue Outturn Summary (RS) data"],
        ["", "", "", "", "", *CODES],
        [*IDS, *HEADINGS],
        ["E0101", "E06000022", "Bath", "UA", "Y", 100, 5, 90, 20, 19.5, 7, -0.0],
        ["E5035", "E09000008", "Croydon", "London", "N", "1,234", "[x]", "(5)", "£12", "M", "...", None],
        ["E7001", "", "Avon Police", "O", "Y", 1, 2, 3, 4, 5, 6, 7],
        ["Eng", "", "ENGLAND", "", "", 1, 2, 3, 4, 5, 6, 7],
        ["", "", "Source: MHCLG", "", "", "", "", "", "", "", "", ""],
    ]


def old(section: str, title: str, amount: float) -> Grid:
    """Return one of the two sheets of 2012-13: no codes, reserves in a section that says when."""
    heads = ["TOTAL SERVICE EXPENDITURE", "Interest payable and similar charges", "NET REVENUE EXPENDITURE"]
    reserves = ["Other earmarked financial reserves level", "Unallocated financial reserves level"]
    again = "Interest payable and similar charges"
    return [
        ["Revenue Outturn Summary (RS): 2012-13 data"],
        [],
        [title],
        ["", "", "", "", "", "", section, "", "Icelandic bank impairment"],
        ["E-code", "Local authority", "Class", *heads, *reserves, again],
        ["E0101", "Bath UA", "UA", 1, 2, 3, amount, amount + 1, 0.5],
    ]


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def make(sheets: dict[str, Grid] | Grid, name: str = "rs.xlsx") -> Path:
        book = openpyxl.Workbook()
        book.remove(book.worksheets[0])
        for title, rows in (sheets if isinstance(sheets, dict) else {"Data": sheets}).items():
            sheet = book.create_sheet(title)
            for row in rows:
                sheet.append(row)
        path = tmp_path / name
        book.save(path)
        return path

    return make


def fails(path: Path, *words: str, **given: Any) -> None:
    with pytest.raises(PublicationError) as caught:
        read_workbook(path, **given)
    message = str(caught.value)
    for word in (path.name, *words):
        assert word in message
    assert message.endswith(".")
    assert "\n" not in message


# --- what comes out ---


def test_columns_and_values(write: Callable[..., Path]) -> None:
    path = write(coded())
    tidy = read_workbook(path).lines
    assert tuple(tidy.columns) == COLUMNS
    bath = tidy[tidy["ecode"] == "E0101"].set_index("line")
    assert bath.at["rs_netrevexp_net_exp", "amount"] == 90
    assert bath.at["rs_netrevexp_net_exp", "cell"] == "Data!H4"
    assert not np.signbit(bath.at["rs_resunall_end_cy", "amount"])
    assert set(bath["outturn_year"]) == {"2023-24"}
    assert set(bath["ons_code"]) == {"E06000022"}
    assert set(bath["certified"]) == {"Y"}
    assert set(tidy["source_file"]) == {path.name}


def test_text_and_numbers_written_as_text(write: Callable[..., Path]) -> None:
    tidy = read_workbook(write(coded())).lines
    croydon = tidy[tidy["ecode"] == "E5035"].set_index("line")
    assert croydon.at["rs_totsx_net_exp", "amount"] == 1234
    assert croydon.at["rs_netrevexp_net_exp", "amount"] == -5
    assert croydon.at["rs_resoth_start_cy", "amount"] == 12
    for line, text in (
        ("rs_intextpay_net_exp", "[x]"),
        ("rs_resoth_end_cy", "M"),
        ("rs_resunall_start_cy", "..."),
    ):
        assert np.isnan(croydon.at[line, "amount"])
        assert croydon.at[line, "text"] == text
    assert np.isnan(croydon.at["rs_resunall_end_cy", "amount"])
    assert pd.isna(croydon.at["rs_resunall_end_cy", "text"])


def test_classes_and_aggregates(write: Callable[..., Path]) -> None:
    tidy = read_workbook(write(coded())).lines
    assert dict(zip(tidy["ecode"], tidy["class"], strict=True)) == {
        "E0101": "UA",
        "E5035": "LB",
        "E7001": "O",
    }


@pytest.mark.parametrize("raw", ["nan", "inf", "-", "", "n/a", "12%", "1.2.3", "#N/A", "E0101", True])
def test_what_is_no_number(raw: object) -> None:
    numbers, _ = amounts([raw])
    assert np.isnan(numbers[0])


@pytest.mark.parametrize(
    ("raw", "value"),
    [("-1,234.5", -1234.5), ("\u22125", -5), ("(£1,000)", -1000), (" 7 ", 7), (3, 3), ("1e3", 1000)],
)
def test_what_is_a_number(raw: object, value: float) -> None:
    numbers, texts = amounts([raw])
    assert numbers[0] == value
    assert texts == [None]


def test_column_letters() -> None:
    assert [column_letters(index) for index in (0, 25, 26, 51, 701, 702)] == [
        "A",
        "Z",
        "AA",
        "AZ",
        "ZZ",
        "AAA",
    ]


def test_reserves_of_two_sheets_and_the_icelandic_repeat(write: Callable[..., Path]) -> None:
    sheets = {
        "RS (1)": old("Financial reserves levels at 1 April 2012", "Net current expenditure", 10),
        "RS (2)": old("Financial reserves levels at 31 March 2013", "Capital items", 20),
        "RS (3)": old("Financial reserves levels", "Net total cost", 99),
    }
    tidy = read_workbook(write(sheets)).lines.set_index("line")
    assert tidy.at["rs_resoth_start_cy", "amount"] == 10
    assert tidy.at["rs_resoth_end_cy", "amount"] == 20
    assert tidy.at["rs_resunall_end_cy", "cell"] == "RS (2)!H6"
    assert tidy.at["rs_intextpay_net_exp", "amount"] == 2
    assert tidy.at["rs_iceintpay_net_exp", "amount"] == 0.5


def test_columns_are_known_by_words_not_place(write: Callable[..., Path]) -> None:
    first = old("Financial reserves levels at 1 April 2012", "Net current expenditure", 10)
    end = old("Financial reserves levels at 31 March 2013", "Capital items", 20)
    for row in first[4:]:
        row[3], row[5] = row[5], row[3]
    tidy = read_workbook(write({"a": [[], *first], "b": end})).lines.set_index("line")
    assert tidy.at["rs_netrevexp_net_exp", "amount"] == 3
    assert tidy.at["rs_netrevexp_net_exp", "cell"] == "a!D7"


def test_a_line_the_year_lacks_is_absent(write: Callable[..., Path]) -> None:
    read = read_workbook(write(coded()))
    assert "rs_edu_net_exp" not in set(read.lines["line"])
    assert "rs_edu_net_exp" in read.reports[0].gone


def test_a_year_never_seen_goes_by_code(write: Callable[..., Path]) -> None:
    rows = coded("2024-25")
    rows[1].append("RS-newline-net-exp")
    rows[2][5:] = [f"{heading}, in other words" for heading in rows[2][5:]] + ["A line never seen"]
    read = read_workbook(write(rows, "rs2024_25.xlsx"))
    tidy, report = read.lines, read.reports[0]
    assert not report.known_year
    assert report.unknown_codes == ("RS-newline-net-exp (A line never seen, Data!M3)",)
    assert "rs_provprin_net_exp" in report.gone
    assert len(set(tidy["line"])) == len(CODES)


def test_a_later_year_without_codes_goes_by_the_newest_words_and_says_so(write: Callable[..., Path]) -> None:
    rows = coded("2024-25")
    del rows[1]
    read = read_workbook(write(rows))
    tidy, report = read.lines, read.reports[0]
    assert len(report.by_newest_words) == len(CODES) == tidy["line"].nunique()
    assert "rs_netrevexp_net_exp (NET REVENUE EXPENDITURE, Data!H2)" in report.by_newest_words


def test_a_duplicated_council_keeps_the_fuller_row(write: Callable[..., Path]) -> None:
    rows = coded()
    rows.insert(4, ["E0101", "E06000022", "Bath", "UA", "Y", 1, 1, "[x]", 1, 1, 1, 1])
    rows.append(["E7001", "", "Avon Police again", "O", "Y", 9, 9, 9, 9, 9, 9, 9])
    read = read_workbook(write(rows))
    tidy = read.lines
    bath = tidy[tidy["ecode"] == "E0101"].set_index("line")
    assert bath.at["rs_netrevexp_net_exp", "amount"] == 90
    assert bath["duplicated"].all()
    assert set(tidy.loc[tidy["ecode"] == "E7001", "council"]) == {"Avon Police"}
    assert not tidy.loc[tidy["ecode"] == "E5035", "duplicated"].any()
    assert read.reports[0].duplicated == ("E0101", "E7001")


def test_csv_with_windows_pounds(tmp_path: Path) -> None:
    path = tmp_path / "RA_2023-24.csv"
    path.write_bytes(
        "Worksheet 2: Revenue Account Budget (RA) 2023-24: data in £ thousand\n"
        "This row contains the data base Asset ID code for each column.,,,provprin,intextpay,ctrtot\n"
        "E-code,Local authority,Class,Provision for principal,Interest payable,Council tax requirement\n"
        'E3831,Adur,SD,"1,546",-2,...\n'.encode("cp1252")
    )
    tidy = read_workbook(path, form="RA").lines.set_index("line")
    assert tidy.at["ra_provprin_net_exp", "amount"] == 1546
    assert tidy.at["ra_ctrtot_net_exp", "text"] == "..."
    assert tidy.at["ra_intextpay_net_exp", "cell"] == "RA_2023-24!E4"


def test_ods_is_read_too(tmp_path: Path) -> None:
    frame = pd.DataFrame(coded()[3:], columns=None)
    path = tmp_path / "rs2023_24.ods"
    grid = pd.DataFrame([row + [None] * (12 - len(row)) for row in coded()[:3]])
    pd.concat([grid, frame]).to_excel(path, engine="odf", index=False, header=False)
    tidy = read_workbook(path).lines
    assert tidy[tidy["line"] == "rs_netrevexp_net_exp"]["amount"].tolist() == [90, -5, 3]


# --- faults ---


def test_missing(tmp_path: Path) -> None:
    fails(tmp_path / "rs.xlsx")


def test_empty(tmp_path: Path) -> None:
    path = tmp_path / "rs.xlsx"
    path.touch()
    fails(path, "empty")


def test_cut_short(write: Callable[..., Path]) -> None:
    path = write(coded())
    path.write_bytes(path.read_bytes()[:2000])
    fails(path, "download it again")


def test_a_web_page(tmp_path: Path) -> None:
    path = tmp_path / "rs2023_24.xlsx"
    path.write_text("<!DOCTYPE html><html><body>Not found</body></html>")
    fails(path, "web page")


def test_a_password(tmp_path: Path) -> None:
    """A workbook saved with a password is a compound file holding a stream "EncryptedPackage"."""
    free, end = 0xFFFFFFFF, 0xFFFFFFFE
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + struct.pack("<5H", 0x3E, 3, 0xFFFE, 9, 6)
    header += bytes(6) + struct.pack("<9I", 0, 1, 1, 0, 4096, end, 0, end, 0) + struct.pack("<I", 0)
    header = header.ljust(512, b"\xff")
    fat = struct.pack("<2I", 0xFFFFFFFD, end) + b"\xff" * 504
    entries = b""
    for name, kind, child in (("Root Entry", 5, 1), ("EncryptedPackage", 2, free)):
        text = (name + "\0").encode("utf-16-le")
        start = end
        entries += text.ljust(64, b"\0") + struct.pack("<HBB3I", len(text), kind, 1, free, free, child)
        entries += bytes(36) + struct.pack("<IQ", start, 0)
    path = tmp_path / "rs.xlsx"
    path.write_bytes(header + fat + entries.ljust(512, b"\0"))
    fails(path, "password")


def test_a_zip_that_is_no_workbook(tmp_path: Path) -> None:
    path = tmp_path / "rs.xlsx"
    with zipfile.ZipFile(path, "w") as bundle:
        bundle.writestr("note.txt", "hello")
    fails(path)


def test_another_form(write: Callable[..., Path]) -> None:
    rows = coded()
    rows[0] = ["Revenue Outturn Service Expenditure Summary (RSX) 2023-24"]
    fails(write(rows), "Data", "(RS)")
    fails(write(coded()), "RS", "RA", form="RA")


def test_no_year_in_the_title(write: Callable[..., Path]) -> None:
    rows = coded()
    rows[0] = ["Revenue Outturn Summary (RS) data"]
    fails(write(rows), "Data", "2023-24")


def test_an_unknown_earlier_year_without_codes(write: Callable[..., Path]) -> None:
    rows = coded("2006-07")
    del rows[1]
    fails(write(rows), "2006-07", "lines.toml")


def test_a_later_year_without_codes_whose_headings_changed(write: Callable[..., Path]) -> None:
    rows = coded("2024-25")
    del rows[1]
    rows[1][7] = "Net revenue spending"
    fails(write(rows), "Net revenue expenditure", "RS-netrevexp-net-exp", "row 2")


def test_no_header(write: Callable[..., Path]) -> None:
    fails(write([["Revenue Outturn Summary (RS): 2012-13 data"], ["a", "b"]]), "E-code")


def test_no_ecode_column(write: Callable[..., Path]) -> None:
    rows = coded()
    rows[2][0] = "Code"
    fails(write(rows), "Data", "row 3", "E-code")


def test_no_council_rows(write: Callable[..., Path]) -> None:
    fails(write(coded()[:3]), "Data", "row 3")


@pytest.mark.parametrize("gone", CODES[2:])
def test_a_required_column_gone(write: Callable[..., Path], gone: str) -> None:
    rows, at = coded(), CODES.index(gone) + 5
    for row in rows[1:]:
        del row[at : at + 1]
    fails(write(rows), "Data", gone)


def test_one_line_twice(write: Callable[..., Path]) -> None:
    rows = coded()
    rows[1][6], rows[2][6] = CODES[0], HEADINGS[0]
    fails(write(rows), "Data!F3", "Data!G3", CODES[0])


def test_a_renamed_file(write: Callable[..., Path]) -> None:
    fails(write(coded(), "rs2019_20.xlsx"), "2019-20", "2023-24", "Data")


def test_years_mixed_in_one_workbook(write: Callable[..., Path]) -> None:
    fails(write({"a": coded(), "b": coded("2022-23")}), "2022-23", "2023-24")


def test_folders(write: Callable[..., Path], tmp_path: Path) -> None:
    with pytest.raises(PublicationError, match="not a folder"):
        read_publications(tmp_path / "nowhere")
    with pytest.raises(PublicationError, match="no RS or RA workbook"):
        read_publications(tmp_path)
    path = write(coded(), "rs2023_24.xlsx")
    write(coded("2022-23"), "RS_2022-23.xlsx")
    (tmp_path / "RSX_2022-23.csv").write_text("another form")
    both = read_publications(tmp_path)
    assert set(both.lines["outturn_year"]) == {"2022-23", "2023-24"}
    assert len(both.reports) == 2
    shutil.copy(path, tmp_path / "rs_again.xlsx")
    with pytest.raises(PublicationError, match="keep the newer"):
        read_publications(tmp_path)


# --- the real ones ---

COUNTS = dict(zip(range(2007, 2024), [388] * 2 + [353] * 7 + [352, 353, 353, 343, 339, 332, 329, 304], strict=True))


@pytest.fixture(scope="module")
def outturn() -> OutturnLines:
    return read_publications(OUTTURN)


@pytest.fixture(scope="module")
def wide(outturn: OutturnLines) -> pd.DataFrame:
    councils = outturn.lines[outturn.lines["class"] != "O"]
    table = councils.astype({"line": str, "outturn_year": str, "ecode": str})
    return table.pivot(index=["outturn_year", "ecode"], columns="line", values="amount")


def total(wide: pd.DataFrame, names: str) -> pd.Series:
    return wide.reindex(columns=[f"rs_{name}_net_exp" for name in names.split()]).fillna(0).sum(axis=1)


@with_originals
def test_nothing_in_the_real_workbooks_goes_unnoticed(outturn: OutturnLines) -> None:
    for report in outturn.reports:
        assert report.known_year
        assert (report.unknown_codes, report.unmatched_headings, report.gone) == ((), (), ())
        assert report.duplicated == (("E5100",) if report.outturn_year >= "2021-22" else ())


@with_originals
@pytest.mark.parametrize("other", ["resoth", "resoth_adj"])
def test_councils_with_net_revenue_expenditure_and_reserves(wide: pd.DataFrame, other: str) -> None:
    names = [
        "netrevexp_net_exp",
        "resunall_start_cy",
        "resunall_end_cy",
        f"{other}_start_cy",
        f"{other}_end_cy",
    ]
    full = wide[[f"rs_{name}" for name in names]].notna().all(axis=1).groupby(level=0).sum()
    counts = {int(year[:4]): count for year, count in full.items()}
    expected = COUNTS if other == "resoth" else {year: n * (year >= 2021) for year, n in COUNTS.items()}
    assert counts == expected


@with_originals
@pytest.mark.parametrize(
    ("whole", "parts", "share"),
    [
        ("totsx", "edu trans csc asc phs sc hous cul env plan pol frs court cen oth", 1.0),
        (
            "netcurrtot",
            "totsx edustud hbrent hbnreb hbhreb hbsubl hbhratrans hbhrashare disb parishaggprecept levyita "
            "levywaste levylonpen levyother tradaccext tradaccint tradcapext tradcapint accumul adjnce",
            1.0,
        ),
        (
            "sub_tot",
            "netcurrtot ctbenefit ndrrelief levyflood capchgext capchgint cera ceraph caprecflex recsxtrade "
            "recstrade adjexpcap provbad provprin leasing intextpay inthrapay",
            0.98,
        ),
        ("netrevexp", "revenuetot grantabg grantlss grantinaef", 1.0),
        (
            "captot",
            "capdep caploss capamort capreval capgrant caprecs caplosslnsbs caplosslnsoth capgninvprp "
            "capgneqsbsjv capgnothinv capgnfinderv",
            1.0,
        ),
    ],
)
def test_parts_add_up(wide: pd.DataFrame, whole: str, parts: str, share: float) -> None:
    line = wide[f"rs_{whole}_net_exp"].dropna()
    close = (line - total(wide, parts).loc[line.index]).abs() <= 2
    assert close.groupby(level=0).mean().min() >= share


@with_originals
@pytest.mark.parametrize(("kind", "least"), [("resunall", 0.99), ("resoth", 0.98), ("ressch", 0.99), ("resdsg", 0.99)])
def test_reserves_move_by_what_is_paid_in(wide: pd.DataFrame, kind: str, least: float) -> None:
    moved = wide[f"rs_{kind}_end_cy"] - wide[f"rs_{kind}_start_cy"] - wide[f"rs_app{kind}_net_exp"]
    moved = moved.dropna()
    assert (moved.abs() <= 2).groupby(level=0).mean().min() >= least


@with_originals
def test_real_budgets() -> None:
    tidy = read_publications(BUDGET).lines
    councils = tidy[(tidy["class"] != "O") & tidy["amount"].notna()].astype({"line": str, "outturn_year": str})
    counts = councils.groupby(["line", "outturn_year"]).size().unstack(fill_value=0)
    assert counts.loc["ra_ctrtot_net_exp"].tolist() == [353] * 6 + [343, 322, 329, 305]
    assert counts.loc["ra_resunall_end_cy"].tolist() == [353] * 6 + [343, 322, 329, 0]
    assert counts.loc["ra_netrevexp_net_exp"].tolist() == [353] * 5 + [0] * 5
