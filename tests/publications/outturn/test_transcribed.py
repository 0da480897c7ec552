"""The reader of transcribed lines: what it takes, and what it refuses."""

import csv
from pathlib import Path

import pytest

from resilience.errors import PublicationError
from resilience.publications.outturn import transcribed

HEADER = list(transcribed._COLUMNS)
ROW = ["E07000148", "Norwich", "2024-25", "RS", "RS_netrevexp_net_exp", "Net revenue expenditure", "24010", "a.json@1"]
SOURCE = Path(__file__).parents[3] / ".." / "shared" / "data" / transcribed.FOLDER


def written(folder, *rows):
    with (folder / transcribed.FILE).open("w", newline="") as file:
        csv.writer(file).writerows([HEADER, *rows])
    return folder


def changed(**cells):
    row = dict(zip(HEADER, ROW, strict=True)) | cells
    return [row[name] for name in HEADER]


def test_a_line_keeps_its_source_and_gets_the_panels_name(tmp_path):
    line = transcribed.read_transcribed(written(tmp_path, ROW)).iloc[0]
    assert (line["ons_code"], line["line"], line["amount"], line["source"], line["class"]) == (
        *("E07000148", "rs_netrevexp_net_exp", 24010.0),
        *("a.json@1", "SD"),
    )


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"outturn_year": "2024-26"}, "column outturn_year"),
        ({"outturn_year": "2024"}, "column outturn_year"),
        ({"form": "RO"}, "column line"),
        ({"line": "RS_netrevexp"}, "column line"),
        ({"value_000": "x"}, "column value_000"),
        ({"value_000": ""}, "column value_000"),
        ({"source": ""}, "column source"),
        ({"name": "Oxford"}, "not of one council"),
        ({"ons_code": "E07000178"}, "not of one council"),
        ({"ons_code": "E99999999"}, "not a council of the register"),
    ],
)
def test_a_row_that_cannot_be_right_is_refused_by_place(tmp_path, cells, words):
    with pytest.raises(PublicationError, match=words):
        transcribed.read_transcribed(written(tmp_path, changed(**cells)))


def test_a_line_given_twice_is_refused(tmp_path):
    with pytest.raises(PublicationError, match="two rows"):
        transcribed.read_transcribed(written(tmp_path, ROW, changed(value_000="1")))


def test_a_schools_account_of_nought_is_none_or_not_returned(tmp_path):
    account = changed(ons_code="E08000028", name="Sandwell", line="RS_resdsgadj_end_cy", value_000="0")
    assert transcribed.read_transcribed(written(tmp_path, ROW, account))["line"].tolist() == ["rs_netrevexp_net_exp"]


@pytest.mark.skipif(not (SOURCE / transcribed.FILE).is_file(), reason="the publications are not at hand")
def test_transcribed_figures_agree_with_the_interim_totals_within_their_rounding():
    from resilience.publications.outturn.interim import read_interim

    exact = transcribed.amounts_of(transcribed.read_transcribed(SOURCE))
    second = read_interim(SOURCE.parent / "interim").set_index(["ons_code", "year"])
    both = exact.join(second.add_suffix("_second"), how="inner")
    spending = (both["rs_netrevexp_net_exp"] - both["rs_netrevexp_net_exp_second"].astype(float)).abs().dropna()
    assert (len(spending), spending.max() <= 0.5) == (604, True)
    reserves = both["rs_resunall_end_cy"] + both["rs_resoth_end_cy"]
    off = (reserves - both["int_reserves_unallocated_and_earmarked_second"].astype(float)).abs().dropna()
    allowed = both["int_reserves_plus_minus_second"].astype(float)[off.index] + 1
    assert (len(off), bool((off <= allowed).all())) == (601, True)
    interest = (both["rs_intextpay_net_exp"] - both["rs_intextpay_net_exp_second"].astype(float)).abs().dropna()
    assert (len(interest), interest.max() <= 1) == (599, True)
