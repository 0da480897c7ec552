"""Which lines an indicator reads: as the dictionary's formulas say it, and all of them described."""

import re

import pytest

from resilience.indicators.compute import chosen
from resilience.indicators.definitions import load_definitions
from resilience.indicators.formulas import REGISTRY, Books
from resilience.indicators.lines import lines_read
from resilience.publications.lines import load_lines


def test_every_indicator_is_there_and_reads_what_its_formula_names():
    read, lines = lines_read(), load_lines().by_name
    assert set(read) == set(load_definitions())
    assert list(read["interest_ratio"]) == ["rs_intextpay_net_exp", "rs_netrevexp_net_exp"]
    for name, one in load_definitions().items():
        named = set(re.findall(r"\b(?:rs|ra|cor|ro4)_\w+", one.formula))
        assert named <= set(read[name]), name
        for line, source in read[name].items():
            assert source or line.startswith("int_") or line in lines, (name, line)


@pytest.mark.parametrize("name", ["reserves_ratio", "interest_to_reserves", "social_care_share", "dsg_deficit_ratio"])
def test_no_other_line_moves_it(name, panel):
    rows = panel[panel["year"].isin((2023, 2024))].reset_index(drop=True).assign(built=False)
    others = [line for line in rows if line.startswith(("rs_", "ra_", "int_")) and line not in lines_read()[name]]
    without = rows.assign(**dict.fromkeys(others, 1.0))
    before, after = (REGISTRY[name](Books(frame, chosen())) for frame in (rows, without))
    assert before.equals(after)
    read = [line for line in lines_read()[name] if line in rows]
    gone = REGISTRY[name](Books(rows.assign(**dict.fromkeys(read, float("nan"))), chosen()))
    assert before.notna().sum() > 100 and gone.notna().sum() == 0
