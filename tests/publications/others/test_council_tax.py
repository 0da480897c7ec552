import numpy as np
import openpyxl
import pandas as pd
import pytest

from resilience.errors import PublicationError
from resilience.publications.others.council_tax import (
    COLUMNS,
    load_council_tax,
    read_council_tax,
    read_council_tax_year,
)
from tests.publications.companion_data import SOURCE, needs_publications

OLD = [
    ("1. Council Tax Requirement for billing authority including local precepts", 9000, 10_000_000),
    ("2. Parish precepts", 1, 2_000_000),
    ("3. Council Tax Requirement for billing authority (excluding local precepts)", 1, 8_000_000),
    ("3a. Levies and special levies", 0, "-"),
    ("5. Estimated collection rate (%)", 98, 97.5),
    ("7. Council tax base for council tax setting purposes", 1, 40_000),
    ("8. Average (Band D 2 Adult equivalent) council tax (including ASC and local precepts)", 1, 250.0),
    (
        "9. Average (Band D 2 Adult equivalent) council tax (including ASC, excluding local precepts)",
        1,
        200.0,
    ),
]
AREA = "15. Average (Band D 2 adult equivalent) council tax for area of the billing authority including both"


def old_workbook(path, leave_out=""):
    header, years, adur, kent = ["Ecode", "Authority", "Class"], ["", "", ""], ["E3831", "Adur", "SD"], []
    kent = ["E2221", "Kent", "SC"]
    for wording, before, now in OLD:
        if leave_out and leave_out in wording:
            continue
        header += [wording, None]
        years += ["2018-19", "2019-20"]
        adur += [before, now]
        kent += ["-", "-"] if wording[0] in "25" else [before, now]
    header.append(AREA)
    adur.append(1900.5)
    kent.append("-")
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Data"
    police = ["E7050", "Avon Police", "PCC", 1, 2]
    for row in (["Billing authorities"], header, years, ["Eng", "England"], adur, []):
        sheet.append(row)
    for row in (["Precepting authorities"], [], police, kent):
        sheet.append(row)
    book.save(path)
    return path


def test_old_layout_reads_the_later_year(tmp_path):
    table = read_council_tax_year(old_workbook(tmp_path / "ctr_1920.xlsx"))
    assert tuple(table.columns) == COLUMNS
    assert table["ons_code"].tolist() == ["E07000223", "E10000016"]
    adur, kent = table.iloc[0], table.iloc[1]
    assert (adur["year"], adur["outturn_year"]) == (2020, "2019-20")
    assert adur["ct_requirement"] == 10_000 and adur["ct_requirement_own"] == 8_000
    assert adur["ct_parish_precepts"] == 2_000 and np.isnan(adur["ct_levies"])
    assert adur["ct_collection_rate"] == 0.975
    assert adur["ct_band_d_own"] == 200 and adur["ct_band_d_with_parishes"] == 250
    assert adur["ct_band_d_area"] == 1900.5
    assert kent["ct_requirement"] == kent["ct_requirement_own"] == 10_000
    assert np.isnan(kent["ct_parish_precepts"]) and np.isnan(kent["ct_band_d_area"])
    assert kent["ct_band_d_own"] == 200
    assert table["known_from"].notna().all()


def test_errors_are_one_sentence(tmp_path):
    with pytest.raises(PublicationError, match="no council tax workbook"):
        read_council_tax(tmp_path)
    path = old_workbook(tmp_path / "ctr_1920.xlsx", leave_out="7. Council tax base")
    with pytest.raises(PublicationError, match=r"ctr_1920\.xlsx, sheet Data, row 2 .*ct_tax_base"):
        read_council_tax(tmp_path)
    book = openpyxl.Workbook()
    book.save(path)
    with pytest.raises(PublicationError, match="no sheet named like"):
        read_council_tax(tmp_path)
    path.write_bytes(b"damaged")
    with pytest.raises(PublicationError, match="ctr_1920"):
        read_council_tax(tmp_path)


HAND = {  # read with openpyxl (xlsx) and odfpy (ods): requirement, own, base, band D own, area, collection
    ("E07000223", 2016): (5837.720, 5472.850, 20155.6, 271.53, 1595.53, 0.97),
    ("E08000025", 2016): (271217.932, 271174.645, 234089, 1158.43, 1320.1, None),
    ("E06000057", 2016): (146874.026, 139527.936, 97734.3, 1427.63, 1591.12, None),
    ("E10000016", 2016): (549034.002, 549034.002, 503705.54, 1089.99, None, None),
    ("E09000008", 2020): (180027.645, 180027.645, 128931.1, 1396.31, 1716.82, None),
    ("E10000017", 2020): (493898.429, 493898.429, 366777.1, 1346.59, None, None),
    ("E07000223", 2023): (7332.377, 6892.040, 21699.7, 317.61, 2118.55, 0.97),
    ("E10000016", 2023): (823094.413, 823094.413, 563284.9, 1461.24, None, None),
    ("E06000057", 2025): (243831.650, 232953.108, 112185.5, 2076.5, 2355.31, 0.990062),
    ("E08000025", 2025): (482348.571, 480418.561, 267940, 1793.01, 2090.96, 0.974),
    ("E10000017", 2025): (642207.671, 642207.671, 388442.2, 1653.29, None, None),
}


def check(table):
    counts = table.groupby("year").size().to_dict()
    assert counts == dict(zip(range(2016, 2026), [353, 353, 353, 353, 343, 339, 333, 333, 317, 317], strict=True))
    keyed = table.set_index(["ons_code", "year"])
    columns = ["ct_requirement", "ct_requirement_own", "ct_tax_base", "ct_band_d_own", "ct_band_d_area"]
    for key, (*values, rate) in HAND.items():
        for column, value in zip(columns, values, strict=True):
            if value is not None:
                assert keyed.loc[key, column] == pytest.approx(value, abs=0.001), (key, column)
        if rate is not None:
            assert keyed.loc[key, "ct_collection_rate"] == pytest.approx(rate, abs=1e-6)
    assert (table.loc[table["year"] == 2024, "known_from"] == pd.Timestamp("2023-03-23")).all()
    assert table["ct_collection_rate"].dropna().between(0.9, 1.0).all()
    own = table.dropna(subset=["ct_band_d_own"])
    implied = own["ct_requirement_own"] * 1000 / own["ct_tax_base"]
    assert (abs(implied / own["ct_band_d_own"] - 1) < 0.01).all()
    assert table["ct_band_d_own"].isna().sum() == 14


@needs_publications
def test_published_values_of_ten_years():
    check(read_council_tax(SOURCE / "council_tax"))


def test_the_shipped_table_holds_the_same():
    check(load_council_tax())
