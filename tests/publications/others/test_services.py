import numpy as np
import pandas as pd
import pytest

from resilience.errors import PublicationError
from resilience.publications.others.services import (
    AMOUNTS,
    KINDS,
    SERVICES,
    load_service_outturn,
    read_ro4,
    read_rsx,
    read_service_outturn,
)
from tests.publications.companion_data import SOURCE, needs_publications

CODES = [f"RSX-{service}-{kind}" for service in SERVICES for kind in KINDS]
WORDS = [f"{name} - thing ({column})" for name in SERVICES.values() for column in KINDS.values()]


def rsx(path, *, codes=True, words=None, encoding="utf-8-sig"):
    values = ",".join(f'"1,{number:03d}"' for number in range(len(CODES)))
    missing = ",".join("[x]" for _ in CODES)
    lines = [
        "Revenue Outturn (RO) 2022-23 – Service Expenditure Summary (RSX)",
        "Last updated: 6 June 2024",
        ",,,,,," + ",".join(CODES) if codes else "",
        "E-code,ONS Code,Local authority,Notes,Class,Certified," + ",".join(words or WORDS),
        f"E3831,E07000223,Adur,,SD,Y,{values}",
        f"E2221,E10000016,Kent,M,SC,[x],{missing}",
        f"E7050,E23000036,Avon Police,,O,Y,{values}",
        f"Eng,E92000001,ENGLAND,,Eng,,{values}",
    ]
    path.write_bytes("\n".join(lines).encode(encoding))
    return path


@pytest.mark.parametrize(("codes", "encoding"), [(True, "utf-8-sig"), (False, "windows-1252")])
def test_codes_or_wording_say_where_an_amount_stands(tmp_path, codes, encoding):
    table = read_rsx(rsx(tmp_path / "RSX_a.csv", codes=codes, encoding=encoding))
    assert table["ons_code"].tolist() == ["E07000223", "E10000016"]
    adur, kent = table.iloc[0], table.iloc[1]
    assert adur[list(AMOUNTS)].tolist() == [1000 + number for number in range(len(AMOUNTS))]
    assert kent[list(AMOUNTS)].isna().all()
    assert adur["rsx_certified"] == "Y" and pd.isna(kent["rsx_certified"])
    assert (adur["year"], adur["known_from"]) == (2023, pd.Timestamp("2024-06-06"))


def test_errors_are_one_sentence(tmp_path):
    with pytest.raises(PublicationError, match="holds no RSX file"):
        read_service_outturn(tmp_path)
    words = [word for word in WORDS if not word.startswith("Adult Social Care - thing (C4")] + ["x"]
    path = rsx(tmp_path / "RSX_a.csv", codes=False, words=words)
    with pytest.raises(PublicationError, match=r"RSX_a\.csv, row 4 has no column for RSX-asc-sfc"):
        read_service_outturn(tmp_path)
    path.write_text("nothing\n")
    with pytest.raises(PublicationError, match="no header row that begins with 'E-code'"):
        read_service_outturn(tmp_path)


RSX_HAND = {  # read with the csv module (2022, 2024) and odfpy (2025)
    ("E07000223", 2022): (22110, 5517, 4473, 12120, 0),
    ("E08000025", 2022): (2444802, 237154, 313788, 1893860, 53868),
    ("E10000016", 2022): (2550553, 159859, 241863, 2148831, 86753),
    ("E06000057", 2022): (596146, 67402, 69860, 458884, 29451),
    ("E09000008", 2024): (982994, 132735, 189646, 660613, 26599),
    ("E08000035", 2024): (2208293, 151401, 563756, 1493136, 58307),
    ("E09000008", 2025): (None, 156348.26, 265423.26, 751660.11, 31197.08),
    ("E07000223", 2025): (None, 7686, 2500, 12077, 0),
}


def check(table):
    counts = table.groupby("year")["rsx_totsx_tot_exp"].agg(["size", "count"])
    assert counts["size"].tolist() == [333, 333, 317, 317]
    assert counts["count"].tolist() == [329, 329, 304, 308]
    keyed = table.set_index(["ons_code", "year"])
    columns = ["tot_exp", "sfc", "oth_inc", "net_cur_exp"]
    for key, (*values, care) in RSX_HAND.items():
        row = keyed.loc[key]
        for column, value in zip(columns, values, strict=True):
            if value is not None:
                assert row[f"rsx_totsx_{column}"] == pytest.approx(value, abs=0.01), (key, column)
        assert row["rsx_asc_sfc"] == pytest.approx(care, abs=0.01)
    left = table["rsx_totsx_tot_exp"] - table["rsx_totsx_tot_inc"] - table["rsx_totsx_net_cur_exp"]
    assert (left.dropna().abs() <= 3).all()
    for kind in ("sfc", "tot_exp"):
        parts = sum(table[f"rsx_{service}_{kind}"] for service in SERVICES if service != "totsx")
        assert ((parts - table[f"rsx_totsx_{kind}"]).dropna().abs() <= 8).all()
    assert np.isnan(keyed.loc[("E08000025", 2025), "rsx_totsx_tot_exp"])
    hackney = keyed.loc[("E09000012", 2025)]
    assert hackney["ro4_ta_nightly_paid_gross_exp"] == 42028
    assert hackney["ro4_homelessness_net_exp"] == 46819 and hackney["ro4_housing_net_exp"] == 54094
    assert keyed.loc[("E06000034", 2025), "ro4_ta_hostels_net_exp"] == 1002
    assert keyed.loc[("E07000223", 2025), "ro4_ta_bed_and_breakfast_net_exp"] == 1681
    assert keyed.loc[("E07000086", 2025), "ro4_homelessness_net_exp"] == -203
    assert np.isnan(keyed.loc[("E08000025", 2025), "ro4_homelessness_net_exp"])
    assert (table["ro4_known_from"].dropna() == pd.Timestamp("2025-09-18")).all()


@needs_publications
def test_published_values_of_four_years():
    check(read_service_outturn(SOURCE / "service_outturn"))


@needs_publications
def test_ro4_leaves_out_totals_of_classes():
    table = read_ro4(SOURCE / "service_outturn" / "RO4_housing_2024-25_extract.csv")
    assert len(table) == 296 and table["ro4_homelessness_net_exp"].notna().sum() == 287


def test_the_shipped_table_holds_the_same():
    check(load_service_outturn())
