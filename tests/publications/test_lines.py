"""The line dictionary: names, codes, headings by year."""

from __future__ import annotations

import re

import pytest

from resilience.errors import PublicationError
from resilience.publications import lines as module
from resilience.publications.lines import load_lines, normalise, section_of

LINES = load_lines()


def test_every_name_is_its_code_in_snake_case() -> None:
    for line in LINES.all:
        assert line.name == line.code.lower().replace("-", "_")
        assert re.fullmatch(r"r[sa](_[a-z0-9]+)+", line.name)
        assert line.name.startswith(line.form.lower() + "_")


def test_every_line_says_what_it_is() -> None:
    for line in LINES.all:
        assert line.label
        assert line.sign
        assert line.row
        assert line.family
        assert line.unit in ("GBP thousand", "number")


@pytest.mark.parametrize(
    "code", ["RS-netrevexp-net-exp", "RS_netrevexp_net_exp", "rs-NETREVEXP-net-exp", " RS_netrevexp_net_exp "]
)
def test_a_code_is_found_however_it_is_written(code: str) -> None:
    found = LINES.of_code(code)
    assert found is not None
    assert found.name == "rs_netrevexp_net_exp"


def test_a_code_is_matched_whole() -> None:
    assert LINES.of_code("RS-netrevexp") is None
    assert LINES.of_code("RS-netrevexp-net-exp2") is None
    assert LINES.of_code("") is None


def test_the_asset_codes_of_the_budget_file() -> None:
    found = LINES.of_code("servicetot", "RA")
    assert found is not None
    assert found.name == "ra_totsx_net_exp"
    assert LINES.of_code("servicetot") is None


@pytest.mark.parametrize(
    ("text", "year", "name"),
    [
        ("Interest: external payments", "2007-08", "rs_intextpay_net_exp"),
        ("Interest payable and similar charges", "2008-09", "rs_intextpay_net_exp"),
        ("Interest: external payments", "2015-16", "rs_intextpay_net_exp"),
        ("Interest: Interest payable and similar charges", "2016-17", "rs_intextpay_net_exp"),
        ("Interest: external payments", "2017-18", "rs_intextpay_net_exp"),
        ("Social care", "2010-11", "rs_sc_net_exp"),
        ("Adult Social Care", "2011-12", "rs_asc_net_exp"),
        ("Redistributed non-domestic rates", "2012-13", "rs_redistnndr_net_exp"),
        ("Retained income from Rate Retention Scheme", "2013-14", "rs_retainnndr_net_exp"),
        ("NET REVENUE EXPENDITURE (total of lines 795 to 797)", "2007-08", "rs_netrevexp_net_exp"),
    ],
)
def test_headings_by_year(text: str, year: str, name: str) -> None:
    found = LINES.of_wording(text, year)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize(
    ("text", "year"),
    [("Social care", "2011-12"), ("Adult Social Care", "2010-11"), ("Public Health", "2012-13")],
)
def test_a_line_is_absent_in_years_without_it(text: str, year: str) -> None:
    assert LINES.of_wording(text, year) is None


def test_the_same_words_in_another_section_are_another_line() -> None:
    words, year = "Interest payable and similar charges", "2012-13"
    main, iceland = LINES.of_wording(words, year), LINES.of_wording(words, year, "iceland")
    assert main is not None
    assert iceland is not None
    assert (main.name, iceland.name) == ("rs_intextpay_net_exp", "rs_iceintpay_net_exp")
    start = LINES.of_wording("Unallocated financial reserves level", "2010-11", "start")
    end = LINES.of_wording("Unallocated financial reserves level", "2010-11", "end")
    assert start is not None
    assert end is not None
    assert (start.name, end.name) == ("rs_resunall_start_cy", "rs_resunall_end_cy")
    assert LINES.of_wording("Education services", "2007-08", "net_current") is None


@pytest.mark.parametrize(
    ("name", "first", "last", "count"),
    [
        ("rs_netrevexp_net_exp", "2007-08", "2023-24", 17),
        ("rs_resunall_end_cy", "2007-08", "2023-24", 17),
        ("rs_provprin_net_exp", "2007-08", "2023-24", 17),
        ("rs_sc_net_exp", "2007-08", "2010-11", 4),
        ("rs_phs_net_exp", "2013-14", "2023-24", 11),
        ("rs_resdsg_end_cy", "2018-19", "2023-24", 6),
        ("rs_resdsgadj_end_cy", "2022-23", "2023-24", 2),
        ("rs_resoth_adj_end_cy", "2021-22", "2023-24", 3),
        ("rs_adjexpcap_net_exp", "2020-21", "2023-24", 4),
    ],
)
def test_years_of_a_line(name: str, first: str, last: str, count: int) -> None:
    years = LINES.by_name[name].years()
    assert (years[0], years[-1], len(years)) == (first, last, count)


def test_coined_codes_end_with_the_coming_of_codes() -> None:
    for line in LINES.of_form("RS"):
        if line.coined:  # 2021-22 is the first year with codes, and leaves one line without
            assert line.years()[-1] < "2021-22" or line.name == "rs_covidarshare_net_exp"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("NET REVENUE EXPENDITURE (TOTAL OF LINES 800 TO 804)", "Net revenue  expenditure"),
        ("NET CURRENT EXPENDITURE(TOTAL OF LINES 699to748)", "NET CURRENT EXPENDITURE"),
        ("Flexible use of Capital Receipts (4)", "Flexible use of Capital Receipts"),
        ("Reserves level [notes 8 and 9]", "Reserves level"),
        (
            "Housing Revenue Account (HRA) Reserves (1 April 2013)",
            "Housing Revenue Account (HRA) Reserves (1 April 2014)",
        ),
        ("other earmarked financial reserves - SEE FOOTNOTE ***", "Other earmarked financial reserves"),
    ],
)
def test_what_normalising_leaves_out(one: str, other: str) -> None:
    assert normalise(one) == normalise(other)


def test_what_normalising_keeps_apart() -> None:
    assert normalise("Reserves at 1 April") != normalise("Reserves at 31 March")
    assert normalise("reserves (adjusted)") != normalise("reserves (unadjusted)")


@pytest.mark.parametrize(
    ("heading", "section", "place"),
    [
        ("Education services", "", "main"),
        ("Education services", "Net current expenditure", "net_current"),
        ("Education services", "Net current expenditure without FRS17", "restated"),
        ("Education services", 'Net current expenditure (non-IAS19 and PFI "on-balance" sheet)', "restated"),
        ("Unallocated financial reserves level", "Financial reserves levels at 31 March 2012", "end"),
        ("Unallocated reserves level at 1 April", "Reserves (continued)", "start"),
        ("Other earmarked reserves: other at 31 March", "Reserves at 1 April 2020", "end"),
        ("Confirmed", "Accounting Basis", "basis"),
    ],
)
def test_sections(heading: str, section: str, place: str) -> None:
    assert section_of(heading, section) == place


def test_doubles_in_the_dictionary_are_refused() -> None:
    table: dict = {}
    module._put(table, "key", LINES.all[0])
    with pytest.raises(PublicationError, match=r"lines\.toml gives both"):
        module._put(table, "key", LINES.all[1])
