"""Figures that cannot be so by themselves: other units, impossible sizes and signs, each named with its cell."""

from __future__ import annotations

import pytest

from resilience.analysis.own_figures.assess import read_figures
from resilience.analysis.own_figures.faults import FaultyFigures
from tests.analysis.own_figures.plans import EALING, KENT, Filled, checked, day, size, together


def told(cells, code=KENT):
    with pytest.raises(FaultyFigures) as caught:
        checked(code, cells)
    return caught.value.sentences


@pytest.mark.parametrize(
    ("line", "times", "words"),
    [
        ("rs_hous_net_exp", 1000, "seems to be in £ and not £ thousand"),
        ("rs_csc_net_exp", 250, "is 250 times the last published figure"),
        ("rs_csc_net_exp", 0.001, "1,000 times smaller than the last published figure"),
        ("rs_intextpay_net_exp", 0.001, "seems to be in £ million"),
        ("rs_netrevexp_net_exp", 0.001, "the amounts of 2026-27 seem to be in £ million"),
        ("rs_netrevexp_net_exp", 250, "is 250 times the last published figure"),
    ],
)
def test_one_figure_in_another_unit(line, times, words):
    panel = day().known_panel
    last = float(panel[(panel["ons_code"] == KENT) & panel[line].notna()].sort_values("year")[line].iloc[-1])
    (sentence,) = told(together(KENT, 200_000) | {(2027, line): times * last})
    assert words in sentence and f"own.csv, (2027, '{line}'): line " in sentence


def test_earmarked_reserves_below_nil_and_a_debt_of_unallocated_ones():
    cells = {(2027, "rs_netrevexp_net_exp"): size(KENT), (2027, "rs_resunall_end_cy"): -20_000.0}
    (sentence,) = told(cells | {(2027, "rs_resoth_end_cy"): -5.0})
    assert "earmarked reserves cannot be below nil" in sentence and "line 916" in sentence
    assert checked(KENT, cells | {(2027, "rs_resoth_end_cy"): 5_000.0}).future == (2027,)


def test_what_may_be_so_is_asked_about_and_taken():
    """Reserves can fall to a thousandth; a slip looks the same."""
    figures = checked(KENT, together(KENT, 200_000, 200))
    assert not [remark for remark in figures.remarks if remark.startswith("Please check")]
    cells = {(2027, "rs_netrevexp_net_exp"): size(KENT), (2027, "rs_resunall_end_cy"): 40.0}
    figures = checked(KENT, cells | {(2027, "rs_resoth_end_cy"): 150_000.0})
    (remark,) = [remark for remark in figures.remarks if remark.startswith("Please check")]
    assert "line 916" in remark and "times smaller" in remark


def test_a_line_without_any_published_figure_is_held_against_spending():
    (sentence,) = told(together(KENT, 200_000) | {(2027, "int_planned_use_of_reserves"): 62_000_000.0})
    assert "times all that the council spent" in sentence


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda f: f.head(f.plan).__setitem__(8, "2026-27 (£m)"), ["column I", "'2026-27 (£m)'", "in £m"]),
        (lambda f: f.head(f.plan).__setitem__(3, "Unit: £ million"), ["column D", "£ million"]),
        (lambda f: f.head(f.plan).__setitem__(8, "2026-27 in £"), ["column I", "in £,"]),
        (lambda f: f.plan.__setitem__(2, ["All amounts in £m"]), ["row 3", "'All amounts in £m'"]),
        (lambda f: f.row(f.plan, "RS-hous-net-exp").__setitem__(3, "£m"), ["column D", "the unit is '£m'"]),
    ],
)
@pytest.mark.parametrize("name", ["own.csv", "own.xlsx"])
def test_headings_and_units_in_millions(tmp_path, change, words, name):
    filled = Filled(EALING).five()
    change(filled)
    with pytest.raises(FaultyFigures) as caught:
        read_figures(day(), EALING, filled.save(tmp_path, name))
    (sentence,) = caught.value.sentences
    assert all(word in sentence for word in words) and "£ thousand" in sentence
    if name == "own.xlsx":
        assert sentence.startswith("own.xlsx, sheet 'Plan', row ")


def test_an_amount_in_a_remark_is_no_unit(tmp_path):
    filled = Filled(EALING).five()
    filled.plan[2] = ["The gap of £3.2m in 2028-29 is met from reserves."]
    assert len(read_figures(day(), EALING, filled.save(tmp_path)).future) == 5


def test_everything_wrong_with_a_plan_is_told_at_once_and_each_by_its_cell(tmp_path):
    filled = Filled(EALING).five()
    filled.put("2026-27", RS_hous_net_exp="£4.2m", RS_csc_net_exp="n/k")
    filled.put("2027-28", RS_resoth_end_cy=-3, RS_intextpay_net_exp="12%")
    filled.put("2029-30", RS_netrevexp_net_exp=340_000_000)
    filled.row(filled.plan, "RS-cera-net-exp")[0] = "RS-nonsense"
    filled.row(filled.form, "RS-hous-net-exp")[0] = "RS-csc-net-exp"
    with pytest.raises(FaultyFigures) as caught:
        read_figures(day(), EALING, filled.save(tmp_path, "own.xlsx"))
    sentences = caught.value.sentences
    words = ("'£4.2m'", "'n/k'", "'12%'", "below nil", "seems to be in £", "'RS-nonsense'", "stood in row")
    assert [sum(word in one for one in sentences) for word in words] == [1] * len(words)
    assert len(sentences) == len(words)
    assert all(one.startswith(("own.xlsx, sheet 'Plan', row ", "own.xlsx, sheet 'Figures', row ")) for one in sentences)
