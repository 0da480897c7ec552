import csv

import numpy as np
import pytest

from resilience.errors import PublicationError
from resilience.publications.outturn.interim import COLUMNS, read_interim
from tests.publications.companion_data import SOURCE, needs_publications

FIRST = (
    "ons_code,name,outturn_year,net_revenue_expenditure,council_tax_requirement,revenue_support_grant,"
    "retained_business_rates,reserves_unallocated_and_earmarked,reserves_plus_minus,reserves_pct_of_nre,"
    "interest_payable,interest_pct_of_nre,dsg_deficit,gross_debt,capital_financing_requirement,"
    "social_care_pct_of_revenue_expenditure,population,note\n"
)
SECOND = (
    "ons_code,name,outturn_year,net_revenue_expenditure,reserves_unallocated_and_earmarked,"
    "reserves_plus_minus,reserves_pct_of_nre,interest_payable,interest_pct_of_nre,dsg_deficit,"
    "dsg_capped_at_200pct_of_reserves,council_tax_requirement_pct_of_nre,"
    "budgeted_reserves_pct_of_nre_2026_27,population,band_d_own_2026_27,note\n"
)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "outturn_2024_25.csv").write_text(
        FIRST + "E06000001,Aford,2024-25,1000.0,600,50,-0.0,200,0.1,20.00,10,1.00,7,90,110,48.5,1000,\n"
        "E07000008,Beham,2024-25,,,,,,,,,,,,,,,no return\n"
    )
    (tmp_path / "outturn_2025_26.csv").write_text(
        SECOND + "E06000001,Aford,2025-26,1100,100,0.1,9.09,12,1.09,,yes,55.55,17.5,1000,1500.25,\n"
    )
    return tmp_path


def test_columns_years_and_marks(folder):
    table = read_interim(folder)
    assert tuple(table.columns) == COLUMNS
    assert table["year"].tolist() == [2025, 2025, 2026]
    assert set(table["source_kind"]) == {"interim"}
    assert [str(day.date()) for day in table["known_from"]] == ["2025-09-18", "2025-09-18", "2026-09-17"]


def test_income_is_negative_as_in_revenue_outturn(folder):
    row = read_interim(folder).iloc[0]
    assert row["rs_grantrsg_net_exp"] == -50
    assert row["rs_retainnndr_net_exp"] == 0 and not np.signbit(row["rs_retainnndr_net_exp"])
    assert row["rs_ctrtot_net_exp"] == 600 and not row["int_ctrtot_from_share"]
    assert row["int_social_care_share"] == pytest.approx(0.485)


def test_missing_stays_missing(folder):
    row = read_interim(folder).iloc[1]
    numbers = row.filter(regex="^rs_|^int_(?!note|dsg_capped|ctrtot_from)")
    assert numbers.isna().all()
    assert row["int_note"] == "no return"


def test_requirement_from_share_and_capped_deficit(folder):
    row = read_interim(folder).iloc[2]
    assert row["rs_ctrtot_net_exp"] == pytest.approx(611.0, abs=0.1)
    assert row["int_ctrtot_from_share"] and row["int_ctrtot_plus_minus"] == pytest.approx(0.1)
    assert row["int_dsg_capped"] and np.isnan(row["int_dsg_deficit"])
    assert row["int_dsg_deficit_at_least"] == 200
    assert np.isnan(row["rs_grantrsg_net_exp"])


def test_one_year_alone_is_read(folder):
    (folder / "outturn_2025_26.csv").unlink()
    assert set(read_interim(folder)["year"]) == {2025}


def test_errors_are_one_sentence(folder, tmp_path):
    with pytest.raises(PublicationError, match="holds neither"):
        read_interim(tmp_path / "nothing")
    path = folder / "outturn_2025_26.csv"
    path.write_text(SECOND.replace("dsg_deficit", "dsg") + "E06000001,A,2025-26,1,,,,,,,,,,,,\n")
    with pytest.raises(PublicationError, match=r"outturn_2025_26\.csv, row 1 lacks the column 'dsg_deficit'"):
        read_interim(folder)
    path.write_text(SECOND + "E06000001,A,2024-25,1,,,,,,,,,,,,\n")
    with pytest.raises(PublicationError, match="row 2, column outturn_year says '2024-25'"):
        read_interim(folder)
    path.write_text(SECOND + "E06000001,A,2025-26,1\n")
    with pytest.raises(PublicationError, match="row 2 has 4 cells where the header has 16"):
        read_interim(folder)
    path.write_text(SECOND + "Nowhere,Nowhere,2025-26,1,,,,,,,,,,,,\n")
    with pytest.raises(PublicationError, match="'Nowhere', which is not a council"):
        read_interim(folder)
    path.write_text(SECOND + 2 * "E06000001,A,2025-26,1,,,,,,,,,,,,\n")
    with pytest.raises(PublicationError, match="two rows for ons_code E06000001"):
        read_interim(folder)


@needs_publications
def test_published_values_and_agreement_with_the_raw_table():
    table = read_interim(SOURCE / "interim").set_index(["ons_code", "year"])
    assert table.groupby("year").size().to_dict() == {2025: 317, 2026: 292}
    for name, year in (("outturn_2024_25.csv", 2025), ("outturn_2025_26.csv", 2026)):
        with (SOURCE / "interim" / name).open(encoding="utf-8", newline="") as handle:
            for raw in csv.DictReader(handle):
                if raw["net_revenue_expenditure"]:
                    read = table.loc[(raw["ons_code"], year), "rs_netrevexp_net_exp"]
                    assert read == float(raw["net_revenue_expenditure"])
    hand = {
        ("E06000001", 2025): (99168.0, 51229.0, -9855.0, -36191.0),
        ("E07000217", 2025): (-21575.4, 12230.0, -99.0, -5271.0),
        ("E08000025", 2025): (930028.28, 482349.0, 0.0, -619824.12),
        ("E09000008", 2025): (415166.43, 259761.0, -19457.0, -99251.0),
        ("E10000016", 2025): (1248212.01, 935667.0, -11806.0, -274084.04),
    }
    columns = ["rs_netrevexp_net_exp", "rs_ctrtot_net_exp", "rs_grantrsg_net_exp", "rs_retainnndr_net_exp"]
    for key, values in hand.items():
        assert table.loc[key, columns].tolist() == pytest.approx(values)
    assert table.loc[("E10000016", 2026), "rs_ctrtot_net_exp"] == pytest.approx(0.7397 * 1344237, abs=1)
    assert table["int_dsg_capped"].sum() == 5
