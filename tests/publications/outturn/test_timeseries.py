"""The multi-year CSV: there and back, selectively, and each way in which it may be wrong."""

from __future__ import annotations

import csv
import time

import numpy as np
import pandas as pd
import pytest

from resilience import paths
from resilience.errors import PublicationError
from resilience.publications.lines import load_lines
from resilience.publications.outturn.timeseries import read_timeseries, write_timeseries
from resilience.publications.outturn.workbook import COLUMNS

HEAD = ["year_ending", "ONS_code", "LA_LGF_code", "LA_name", "status", "LA_class", "LA_subclass"]
FIGURES = ["RS_netrevexp_net_exp", "RS_resunall_end_cy", "RSX_asc_net_cur_exp", "RS_brandnew_line"]


def row(**change):
    usual = {
        "year_ending": "202403",
        "ONS_code": "E09000001",
        "LA_LGF_code": "E5010",
        "LA_name": "City of London",
        "status": "submitted",
        "LA_class": "London",
        "LA_subclass": "",
        "RS_netrevexp_net_exp": "1234",
        "RS_resunall_end_cy": "",
        "RSX_asc_net_cur_exp": "7",
        "RS_brandnew_line": "8",
    }
    return usual | change


OTHER = {
    "ONS_code": "E06000001",
    "LA_LGF_code": "E0701",
    "LA_name": "Hartlepool",
    "LA_class": "Unitary Authority",
}

NOBODY = {"ONS_code": "", "LA_LGF_code": "E9001", "LA_name": "Atlantis"}


@pytest.fixture
def write(tmp_path):
    def put(*rows, columns=(*HEAD, *FIGURES), delimiter=",", encoding="utf-8", end=""):
        path = tmp_path / "RO_series.csv"
        with path.open("w", newline="", encoding=encoding) as handle:
            writer = csv.writer(handle, delimiter=delimiter)
            writer.writerow(columns)
            writer.writerows([r.get(c, "") for c in columns] for r in rows)
            handle.write(end)
        return path

    return put


def refused(path, match):
    with pytest.raises(PublicationError, match=match):
        read_timeseries(path)


def test_rows_become_tidy_lines(write):
    total = row(ONS_code="", LA_LGF_code="", LA_name="England", status="total", RS_netrevexp_net_exp="9")
    police = row(LA_LGF_code="E6143", ONS_code="[z]", LA_name="Police", LA_class="Other/Combined")
    absent = row(**OTHER, status="Not submitted", RS_netrevexp_net_exp="[x]")
    read = read_timeseries(write(total, row(), absent, police))
    tidy, report = read.lines, read.report
    assert list(tidy.columns) == list(COLUMNS)
    assert len(tidy) == 6 and tidy["amount"].dtype == float
    first = tidy.iloc[0]
    assert (first["form"], first["outturn_year"], first["ecode"]) == ("RS", "2023-24", "E5010")
    assert (first["class"], first["line"], first["amount"]) == ("LB", "rs_netrevexp_net_exp", 1234.0)
    assert first["cell"] == "RO_series!H3" and first["source_file"] == "RO_series.csv"
    assert np.isnan(tidy.iloc[1]["amount"]) and pd.isna(tidy.iloc[1]["text"])
    assert np.isnan(tidy.iloc[2]["amount"]) and tidy.iloc[2]["text"] == "[x]"
    assert tidy.iloc[4]["class"] == "O" and pd.isna(tidy.iloc[4]["ons_code"])
    assert report.unknown_columns == ("RS_brandnew_line",) and report.totals == 1
    assert report.not_submitted == (("2023-24", "E0701"),) and report.unknown_classes == ()
    assert report.other_columns == 2 and "rs_intextpay_net_exp" in report.gone
    assert "rs_netrevexp_net_exp" not in report.gone


def test_what_is_new_is_reported_rather_than_guessed(write):
    report = read_timeseries(write(row(LA_class="Super Council"))).report
    assert report.unknown_classes == ("Super Council",)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Met District", "MD"),
        ("Shire  county", "SC"),
        ("SD", "SD"),
        ("L", "LB"),
        ("London Borough", "LB"),
        ("?", "O"),
    ],
)
def test_classes(write, text, code):
    assert read_timeseries(write(row(**NOBODY, LA_class=text))).lines["class"].iloc[0] == code


@pytest.mark.parametrize(("text", "amount"), [("1,234", 1234), ("-5.5", -5.5), ("(7)", -7), (" 8 ", 8), ("£9", 9)])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "windows-1252"])
def test_numbers_as_text_in_any_encoding(write, text, amount, encoding):
    tidy = read_timeseries(write(row(RS_netrevexp_net_exp=text, LA_name="£ & é"), encoding=encoding)).lines
    assert tidy["amount"].iloc[0] == amount and tidy["council"].iloc[0] == "£ & é"


@pytest.mark.parametrize("key", [c for c in HEAD if c != "LA_subclass"])
def test_a_missing_key_column(write, key):
    refused(write(row(), columns=[c for c in (*HEAD, *FIGURES) if c != key]), f"lacks the column {key}")


def test_another_file_altogether(write):
    refused(write(row(), columns=[*HEAD, "RS_brandnew_line"]), "lacks the column RS_netrevexp_net_exp")
    refused(write(row(), columns=()), "lacks the column year_ending")


@pytest.mark.parametrize("year", ["2024", "202404", "2023-24", "Mar-24", "31/03/2024", ""])
def test_a_bad_year_ending(write, year):
    refused(write(row(year_ending=year)), "row 2, column year_ending: '.*' is not a year's end")


@pytest.mark.parametrize("code", ["01/05/2010", "5010", "", "E5010x", "5.01E+03"])
def test_dates_and_numbers_for_codes(write, code):
    refused(write(row(), row(LA_LGF_code=code)), "row 3, column LA_LGF_code: '.*' is not a code such as E5030")
    refused(write(row(ONS_code=code or "E5")), "column ONS_code")


def test_a_council_twice_in_a_year(write):
    refused(write(row(), row(LA_name="Again")), r"row 3: Again \(E5010\) stands twice in 202403")
    assert len(read_timeseries(write(row(), row(year_ending="202303"))).lines) == 4


@pytest.mark.parametrize("text", ["many", "nan", "inf", "01/04/2023", "1.2.3", "TRUE", "#REF!", "=1+1", "12 000 x"])
def test_amounts_that_are_none(write, text):
    refused(write(row(RS_netrevexp_net_exp=text)), "row 2, column RS_netrevexp_net_exp: '.*' is not an amount")


def test_an_unknown_status(write):
    refused(write(row(), row(**OTHER, status="maybe")), "row 3, column status: 'maybe' is not submitted, not")


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_another_delimiter(write, delimiter):
    refused(write(row(), delimiter=delimiter), "does not separate its columns with commas")


def test_a_column_twice(write):
    refused(
        write(row(), columns=[*HEAD, *FIGURES, "RS_resunall_end_cy"]),
        "has the column RS_resunall_end_cy twice",
    )


def test_the_same_line_under_two_spellings_counts_once(write):
    read = read_timeseries(write(row(), columns=[*HEAD, *FIGURES, "RS_NETREVEXP_net_exp"]))
    assert "RS_NETREVEXP_net_exp" in read.report.unknown_columns
    assert (read.lines["line"] == "rs_netrevexp_net_exp").sum() == 1


def test_a_file_cut_short(write):
    refused(write(row(), end="202403,E06000001,E07"), "row 3 is cut short")
    path = write(row(), row(**OTHER), end='202403,"E06')
    refused(path, "row 4 is cut short in a quoted text")


def test_a_name_over_two_lines(write):
    assert read_timeseries(write(row(LA_name="City,\nof"), row(**OTHER))).lines["council"].iloc[0] == "City,\nof"


def test_a_row_too_long(write):
    refused(write(row(), end=",".join(["x"] * 30) + "\n"), "row 3 is too long")


def test_a_header_beyond_csv(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('"' + "x" * 200_000 + '"\n')
    refused(path, "cannot be read as CSV")


def test_a_web_page(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("<!DOCTYPE html><html></html>")
    refused(path, "HTML")


def test_no_rows_at_all(write):
    assert len(read_timeseries(write()).lines) == 0


def test_another_form(write):
    tidy = read_timeseries(write(row()), form="RA").lines
    assert len(tidy) == 0 and list(tidy.columns) == list(COLUMNS)


def small_panel(councils=30, years=(2018, 2019, 2024)):
    random = np.random.default_rng(1)
    panel = pd.DataFrame(
        [
            {
                "ons_code": None if n == 3 and year == 2018 else f"E0699{n:04d}",
                "ecode": f"E9{n:03d}",
                "council": f"Council {n}, of £",
                "class": ["UA", "MD", "LB", "SC", "SD"][n % 5],
                "outturn_year": f"{year - 1}-{year % 100:02d}",
                "year": year,
                "status": "not returned" if n == 7 else "returned",
            }
            for year in years
            for n in range(councils)
        ]
    )
    names = [line.name for line in load_lines().of_form("RS")]
    figures = random.normal(0, 1e5, (len(panel), len(names))).round(3)
    figures[random.random(figures.shape) < 0.2] = np.nan
    figures[:, 0] = figures[:, 0].round()
    figures[panel["status"] == "not returned"] = np.nan
    return pd.concat([panel, pd.DataFrame(figures, columns=names)], axis=1), names


def there_and_back(panel, names, path):
    write_timeseries(panel, path)
    read = read_timeseries(path)
    tidy = read.lines
    wide = tidy.astype({c: "object" for c in ("ecode", "outturn_year", "line")}).pivot(
        index=["outturn_year", "ecode"], columns="line", values="amount"
    )
    expected = panel.set_index(["outturn_year", "ecode"])[names].astype(float)
    got = wide.reindex(index=expected.index, columns=names)
    pd.testing.assert_frame_equal(got, expected, check_exact=True, check_names=False)
    firsts = tidy.drop_duplicates(["outturn_year", "ecode"]).reset_index(drop=True)
    for column in ("council", "class", "ons_code"):
        given = panel[column].astype(object).where(panel[column].notna(), None).tolist()
        assert firsts[column].astype(object).where(firsts[column].notna(), None).tolist() == given
    return read.report


def test_a_panel_written_and_read_back_is_identical(tmp_path):
    panel, names = small_panel()
    report = there_and_back(panel, names, tmp_path / "series.csv")
    assert report.unknown_columns == () and report.gone == ()
    assert len(report.not_submitted) == 3


def test_the_shipped_panel_written_and_read_back_is_identical(tmp_path):
    file = paths.processed() / "panel.csv"
    if not file.exists():
        pytest.skip("the shipped panel is not built yet")
    panel = pd.read_csv(file, low_memory=False)
    panel = panel[(panel["year"] >= 2018) & (panel["source_kind"] == "original")].reset_index(drop=True)
    names = [line.name for line in load_lines().of_form("RS") if line.name in panel.columns]
    there_and_back(panel, names, tmp_path / "series.csv")


def test_2600_columns_are_read_selectively_and_fast(tmp_path):
    path = tmp_path / "wide.csv"
    names = [line.code.replace("-", "_") for line in load_lines().of_form("RS")]
    columns = [*HEAD, *names, *(f"RO9_line{n}_net_cur_exp" for n in range(2_587 - len(HEAD) - len(names)))]
    tail = ",".join(["1234"] * (len(columns) - len(HEAD)))
    with path.open("w") as handle:
        handle.write(",".join(columns) + "\n")
        for n in range(1_000):
            handle.write(f"202403,E0699{n:04d},E9{n:03d},Council {n},submitted,Unitary Authority,,{tail}\n")
    start = time.perf_counter()
    read = read_timeseries(path)
    assert len(read.lines) == 1_000 * len(names) and time.perf_counter() - start < 15
    assert read.report.other_columns == 2_587 - len(HEAD) + 1 - len(names)
