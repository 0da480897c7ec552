import numpy as np
import pandas as pd
import pytest

from resilience.errors import PublicationError
from resilience.publications.others.capital import COLUMNS, load_capital, read_capital
from tests.publications.companion_data import SOURCE, needs_publications

HEADER = (
    "ons_code,name,year_ending,mrp_000,cfr_000,gross_borrowing_000,other_long_term_liabilities_000,"
    "external_debt_000,investments_000,authorised_limit_000,note,source\n"
)


def write(tmp_path, body, header=HEADER):
    (tmp_path / "capital_2023_24.csv").write_text(header + body)
    return tmp_path


def test_amounts_dates_and_what_is_put_right(tmp_path):
    body = (
        "E07000009,A,202403,10,1000,700,100,800,50,900,,x\n"
        'E07000008,B,202403,9,250000,181,0,181,5,239,"evidently returned in GBP million (181/5/239)",x\n'
        "E06000003,C,202403,0,32262,109551,12684,122235,63262,427000,,x\n"
        "E08000035,D,202403,1,9000,7000,0,7000,1,0,,x\n"
        "E07000011,E,202403,..,,,,,,,mrp? something,x\n"
    )
    table = read_capital(write(tmp_path, body)).set_index("council")
    assert tuple(table.reset_index().columns.sort_values()) == tuple(sorted(COLUMNS))
    assert table.loc["A", "cor_cfr"] == 1000 and table.loc["A", "cor_flags"] == ""
    assert table.loc["B", "cor_external_debt"] == 181_000 and table.loc["B", "cor_investments"] == 5_000
    assert table.loc["B", "cor_cfr"] == 250_000 and table.loc["B", "cor_mrp"] == 9
    assert table.loc["B", "cor_flags"] == "returned_in_million"
    assert np.isnan(table.loc["C", "cor_cfr"]) and table.loc["C", "cor_flags"] == "cfr_implausible"
    assert np.isnan(table.loc["D", "cor_authorised_limit"])
    assert table.loc["D", "cor_flags"] == "authorised_limit_zero"
    assert table.loc["E"].filter(like="cor_").drop(["cor_flags", "cor_known_from_stated"]).isna().all()
    assert (table["known_from"] == pd.Timestamp("2025-03-31")).all()
    assert not table["cor_known_from_stated"].any()


def test_errors_are_one_sentence(tmp_path):
    with pytest.raises(PublicationError, match="no capital table"):
        read_capital(tmp_path)
    row = "E07000009,A,202603,10,1000,700,100,800,50,900,,x\n"
    with pytest.raises(PublicationError, match="row 2, column year_ending says '202603'"):
        read_capital(write(tmp_path, row))
    with pytest.raises(PublicationError, match="lacks the column 'cfr_000'"):
        read_capital(write(tmp_path, row, HEADER.replace("cfr_000", "cfr")))


HAND = {  # read with the csv module: MRP, CFR, borrowing, other liabilities, debt, investments, limit
    ("E08000025", 2024): (136340, 4897474, 3499738, 350993, 3850731, 242379, 4500000),
    ("E06000001", 2024): (2648, 113545, 83672, 0, 83672, 52840, 146000),
    ("E06000034", 2025): (44507, 1054263, 847146, 15292, 862438, 43500, 1400000),
    ("E07000217", 2025): (8864, 2274515, 2155641, 20650, 2176291, 33326, 2344000),
    ("E09000008", 2025): (28900, 1764668, 1459601, 134600, 1594201, 137300, 1826500),
    ("E10000016", 2024): (59139, 1268287, 771892, 187746, 959638, 454500, 1177000),
}


def check(table):
    sizes = table.groupby("year")["cor_cfr"].agg(["size", "count"])
    # councils of 2004-05 to 2008-09, of 2009-10 on, and the two years of the newest files
    assert sizes.loc[2005:2009].to_numpy().tolist() == [[388, 388]] * 5
    assert sizes.loc[2010:2015].to_numpy().tolist() == [[353, 353]] * 6
    assert sizes.loc[2024:].to_numpy().tolist() == [[317, 316], [317, 314]]
    table = table[table["year"] >= 2024]
    keyed = table.set_index(["ons_code", "year"])
    columns = [name for name in COLUMNS if name.startswith("cor_")][1:8]
    for key, values in HAND.items():
        assert keyed.loc[key, columns].tolist() == list(values)
    assert keyed.loc[("E07000106", 2024), "cor_gross_borrowing"] == 181_000
    assert np.isnan(keyed.loc[("E06000025", 2024), "cor_cfr"])
    flagged = table["cor_flags"].str.replace("mrp_uncertain", "").str.strip(";")
    assert sorted(flagged[flagged != ""]) == [
        "authorised_limit_zero",
        "authorised_limit_zero",
        "cfr_implausible",
        "returned_in_million",
    ]
    total = table["cor_gross_borrowing"] + table["cor_other_long_term_liabilities"]
    assert ((total - table["cor_external_debt"]).dropna().abs() <= 2).all()


@needs_publications
def test_published_values_of_two_years():
    check(read_capital(SOURCE / "capital"))


def test_the_shipped_table_holds_the_same():
    check(load_capital())
