"""A plan of several years: read beside the form, scored year by year, and when its reserves run out."""

from __future__ import annotations

import math
import random

import openpyxl
import pytest

from resilience.analysis.own_figures.assess import read_figures, with_own_figures
from resilience.analysis.own_figures.cushion import NIL, USE_EXCEEDS
from resilience.analysis.own_figures.faults import FaultyFigures
from resilience.analysis.own_figures.lines import TOGETHER
from resilience.analysis.own_figures.template import PLAN, template_lines, write_template
from resilience.model.risk_set import AT_RISK, EVENT_ALREADY
from tests.analysis.own_figures.plans import (
    CROYDON,
    EALING,
    EARMARKED,
    KENT,
    NORWICH,
    NRE,
    TORRIDGE,
    UNALLOCATED,
    YEARS,
    Filled,
    as_csv,
    assessed,
    checked,
    day,
    size,
    together,
    used,
)


@pytest.mark.parametrize("name", ["own.csv", "own.xlsx"])
def test_five_years_are_read_from_the_plan_and_scored_one_after_another(tmp_path, name):
    result = with_own_figures(day(), EALING, Filled().five().save(tmp_path, name))
    assert [step.outturn_year for step in result.steps] == list(YEARS)
    assert [step.row["outturn_year"] for step in result.steps] == list(YEARS)
    chances = [step.row["risk"] for step in result.steps]
    assert chances == sorted(chances) and chances[0] < chances[-1]
    assert [step.reserves_rank for step in result.steps] == sorted(
        (s.reserves_rank for s in result.steps), reverse=True
    )
    for step in result.steps:
        assert set(step.bars.index) == {family.name for family in day().model.families}


def test_the_template_holds_both_tables_and_comes_back_unchanged(tmp_path):
    for name in ("own.xlsx", "own.csv"):
        write_template(day(), "Ealing", tmp_path / name)
        assert read_figures(day(), EALING, tmp_path / name).changes.empty
    book = openpyxl.load_workbook(tmp_path / "own.xlsx")
    assert book.sheetnames == ["Plan", "Figures"]
    for sheet in book:
        assert sheet.page_setup.orientation == "landscape" and sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.print_title_rows
    heads = [cell.value for cell in next(row for row in book["Plan"] if row[0].value == "Plan line")]
    assert [text[:7] for text in heads[4:]] == ["2022-23", "2023-24", "2024-25", "2025-26", *YEARS]


def test_a_template_of_before_the_plan_still_works(tmp_path):
    """One table, as it was written before: the rows of the form alone."""
    filled = Filled().put("2026-27", form=True, RS_netrevexp_net_exp=340_000)
    filled.put("2026-27", form=True, INT_reserves_unallocated_and_earmarked=90_000)
    old = with_own_figures(day(), EALING, as_csv(filled.form, tmp_path / "old.csv"))
    new = with_own_figures(day(), EALING, filled.save(tmp_path))
    assert old.own["outturn_year"] == "2026-27"
    assert old.own["log_odds"] == new.own["log_odds"]


def test_districts_are_not_asked_for_social_care_and_every_line_scored_is_in_the_plan():
    codes = [row[0] for row in Filled(TORRIDGE).plan if row and row[0]]
    assert "RS-csc-net-exp" not in codes and "RS-hous-net-exp" in codes
    assert "RS-csc-net-exp" in [row[0] for row in Filled(KENT).plan if row and row[0]]
    planned = {name for names in PLAN.values() for name in names}
    form = {name for _, names in template_lines() for name in names}
    assert planned - form == {"int_planned_use_of_reserves"}


def test_plan_and_form_may_both_give_a_figure_if_it_is_the_same(tmp_path):
    same = Filled().five().put("2026-27", form=True, RS_netrevexp_net_exp=340_000)
    assert len(read_figures(day(), EALING, same.save(tmp_path)).future) == 5
    other = Filled().five().put("2026-27", form=True, RS_netrevexp_net_exp=345_000)
    with pytest.raises(FaultyFigures, match=r"is 340,000 here and 345,000 in own\.csv, row \d+.*keep one of the two"):
        read_figures(day(), EALING, other.save(tmp_path))


@pytest.mark.parametrize("form", [True, False])
def test_a_published_figure_corrected_in_either_table_counts(tmp_path, form):
    filled = Filled().put("2025-26", form=form, RS_intextpay_net_exp=45_000)
    figures = read_figures(day(), EALING, filled.save(tmp_path))
    assert list(figures.changes["supplied"]) == [45_000]
    assert any("2025-26 is already published: 1 figure is corrected" in remark for remark in figures.remarks)


def test_the_order_of_lines_and_tables_does_not_matter(tmp_path):
    filled = Filled().five().put("2027-28", RS_intextpay_net_exp=20_000)
    usual = with_own_figures(day(), EALING, filled.save(tmp_path))
    at = filled.plan.index(filled.head(filled.plan))
    lines = filled.plan[at + 1 :]
    random.Random(7).shuffle(lines)
    rows = [*filled.form, [], *filled.plan[: at + 1], *lines]
    shuffled = with_own_figures(day(), EALING, as_csv(rows, tmp_path / "shuffled.csv"))
    for one, other in zip(usual.steps, shuffled.steps, strict=True):
        assert one.row["log_odds"] == other.row["log_odds"]
        assert one.bars["spreads"].equals(other.bars["spreads"])
    assert repr(shuffled.cushion) == repr(usual.cushion)


def test_years_out_of_order_and_gaps_are_named(tmp_path):
    filled = Filled().five()
    head = filled.head(filled.plan)
    at = filled.column(filled.plan, "2027-28")
    head[at], head[at + 1] = head[at + 1], head[at]
    with pytest.raises(FaultyFigures, match="2027-28 stands after 2028-29; put the years in order"):
        read_figures(day(), EALING, filled.save(tmp_path))
    gap = Filled().five()
    for row in gap.plan:
        if row and str(row[0]).startswith(("RS-", "INT-")):
            row[gap.column(gap.plan, "2028-29")] = ""
    with pytest.raises(FaultyFigures, match="2029-30 has figures but 2028-29 before it has none; fill the gap"):
        read_figures(day(), EALING, gap.save(tmp_path))
    with pytest.raises(FaultyFigures, match="2028-29 has figures but 2026-27 before it has none"):
        checked(EALING, {(2029, NRE): size(EALING), (2029, TOGETHER): 90_000})


def test_reserves_are_worked_out_from_the_planned_use_and_run_out():
    result = assessed(NORWICH, used(NORWICH, 10_000, 10_000, 10_000))
    before = float(day().table.at[NORWICH, "reserves_ratio"]) * size(NORWICH)
    left = [year.reserves for year in result.cushion.years]
    assert left == pytest.approx([before, before - 10_000, before - 20_000, before - 30_000])
    assert 20_000 < before < 30_000
    assert (result.cushion.runs_out, result.cushion.because) == ("2028-29", USE_EXCEEDS)
    assert result.figures.derived == (2027, 2028, 2029) and result.steps[-1].row["reserves_ratio"] < 0
    assert sum("less the planned use makes" in remark for remark in result.figures.remarks) == 3


def test_reserves_at_nil_run_out_and_others_last():
    nil = assessed(NORWICH, together(NORWICH, 20_000, 0)).cushion
    assert (nil.runs_out, nil.because) == ("2027-28", NIL)
    below = assessed(NORWICH, together(NORWICH, -500, 4_000)).cushion
    assert (below.runs_out, below.because) == ("2026-27", NIL)
    last = assessed(NORWICH, together(NORWICH, 20_000, 15_000)).cushion
    assert (last.runs_out, last.because) == ("", "") and last.lasts == pytest.approx(3.0)
    risen = assessed(NORWICH, together(NORWICH, 30_000, 31_000)).cushion
    assert risen.runs_out == "" and math.isinf(risen.lasts)
    none = assessed(NORWICH, {}).cushion
    assert none.runs_out == "" and math.isnan(none.lasts) and len(none.years) == 1


def test_reserves_apart_are_followed_too():
    cells = {(2027, NRE): size(KENT), (2027, UNALLOCATED): 30_000, (2027, EARMARKED): 150_000}
    year = assessed(KENT, cells).cushion.years[-1]
    assert (year.reserves, year.unallocated, year.earmarked, year.own) == (180_000, 30_000, 150_000, True)
    with pytest.raises(FaultyFigures, match="915 and 916 together are 190,000, but given apart they add to 180,000"):
        checked(KENT, {**cells, (2027, TOGETHER): 190_000})


def test_a_use_that_reserves_do_not_fall_by_is_named():
    cells = {**together(NORWICH, 20_000, 15_000), **used(NORWICH, 5_000, 9_000)}
    with pytest.raises(FaultyFigures, match="use of reserves in 2027-28 is 9,000, but reserves fall by 5,000"):
        checked(NORWICH, cells)
    # Of the first year the year before is as published: a remark, not a fault.
    figures = checked(NORWICH, {**together(NORWICH, 20_000), **used(NORWICH, 1_000)})
    assert any("as published, not as in your own accounts" in remark for remark in figures.remarks)


def test_a_council_with_an_event_gets_families_but_no_rank_and_stays_so():
    result = assessed(CROYDON, together(CROYDON, 100_000, 60_000))
    assert result.published["status"] == EVENT_ALREADY
    for step in result.steps:
        assert step.row["status"] == EVENT_ALREADY and math.isnan(step.row["risk"]) and step.reserves_rank == 0
        assert step.bars["spreads"].notna().all()
    assert assessed(NORWICH, together(NORWICH, 20_000)).own["status"] == AT_RISK
