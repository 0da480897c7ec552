"""What a plan leaves out: set over its own reserves and spending, and never better for being left out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from resilience.analysis.own_figures.assess import with_own_figures
from resilience.analysis.own_figures.lines import TOGETHER
from resilience.model.risk_set import AT_RISK
from tests.analysis.own_figures.plans import (
    EALING,
    EARMARKED,
    KENT,
    NORWICH,
    NRE,
    TORRIDGE,
    UNALLOCATED,
    Filled,
    assessed,
    day,
    size,
    together,
)

CODES = st.sampled_from([EALING, KENT, NORWICH, TORRIDGE, "E06000066", "E07000034", "E08000034"])
SHARES = st.floats(0.0, 1.5)
FEW = settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))


def part(step, name: str) -> float:
    return float(step.bars.at[name, "spreads"])


@FEW
@given(place=st.integers(0, 316), suffix=st.sampled_from(["csv", "xlsx"]))
def test_an_unchanged_template_changes_nothing(tmp_path_factory, place, suffix):
    code = day().table.index[place]
    result = with_own_figures(day(), code, Filled(code).save(tmp_path_factory.mktemp("own"), f"own.{suffix}"))
    assert result.figures.changes.empty and len(result.steps) == 1
    assert result.own["status"] == result.published["status"]
    assert np.allclose(
        [result.own["log_odds"], result.own["risk"]],
        [result.published["log_odds"], result.published["risk"]],
        rtol=0,
        atol=1e-12,
        equal_nan=True,
    )
    assert result.steps[0].anew == ()


@FEW
@given(code=CODES, share=SHARES, cut=st.floats(0.0, 1.0), growth=st.floats(0.8, 1.2), apart=st.booleans())
def test_falling_reserves_never_improve_the_reserves_family_nor_the_debt_family(code, share, cut, growth, apart):
    high, low = share * size(code), share * size(code) * (1 - cut)
    both = []
    for amount in (high, low):
        cells = {(2027, NRE): size(code) * growth}
        if apart:
            cells |= {(2027, UNALLOCATED): 0.3 * amount, (2027, EARMARKED): 0.7 * amount}
        else:
            cells |= {(2027, TOGETHER): amount}
        both.append(assessed(code, cells).steps[-1])
    for family in ("reserves", "debt"):
        assert part(both[1], family) >= part(both[0], family) - 1e-12
    if both[0].row["status"] == AT_RISK:
        assert both[1].row["log_odds"] >= both[0].row["log_odds"] - 1e-12


@FEW
@given(code=CODES, share=SHARES, growth=st.floats(0.75, 1.25), years=st.integers(1, 5))
def test_a_plans_silence_never_looks_better(code, share, growth, years):
    """Whatever net revenue expenditure does: demand, slack and commercial dependence, left out, never improve."""
    result = assessed(code, together(code, *[share * size(code)] * years, growth=growth))
    before = day().placed.families.loc[code]
    assert len(result.steps) == years
    for step in result.steps:
        for family in ("demand", "slack", "commercial"):
            assert part(step, family) >= before[family] - 1e-9


@FEW
@given(code=CODES, reserves=st.lists(st.floats(0.05, 1.0), min_size=5, max_size=5), seed=st.randoms())
def test_the_order_in_which_figures_are_given_does_not_matter(code, reserves, seed):
    cells = together(code, *[share * size(code) for share in reserves])
    order = list(cells)
    seed.shuffle(order)
    one, other = assessed(code, cells), assessed(code, {key: cells[key] for key in order})
    for first, second in zip(one.steps, other.steps, strict=True):
        assert first.bars["spreads"].to_dict() == second.bars["spreads"].to_dict()
    assert repr(one.cushion) == repr(other.cushion)


def test_interest_left_out_is_last_years_over_what_is_left_of_the_reserves():
    published = day().table.loc[KENT]
    reserves = float(published["reserves_ratio"]) * size(KENT)
    half = assessed(KENT, together(KENT, reserves / 2)).steps[-1]
    assert half.row["interest_to_reserves"] == pytest.approx(2 * published["interest_to_reserves"], rel=1e-9)
    assert "Interest payable against reserves" in half.anew
    assert ("Interest payable against reserves", "2025-26") in half.carried
    # Given for one year of the plan, it is kept from there, over what is left then.
    cells = together(KENT, reserves / 2, reserves / 4) | {(2027, "rs_intextpay_net_exp"): 50_000.0}
    first, second = assessed(KENT, cells).steps
    assert first.row["interest_to_reserves"] == pytest.approx(50_000 / (reserves / 2), rel=1e-9)
    assert second.row["interest_to_reserves"] == pytest.approx(50_000 / (reserves / 4), rel=1e-9)
    assert ("Interest payable against reserves", "2026-27") in second.carried


def test_an_empty_cushion_is_the_worst_case_for_interest():
    amounts = [assessed(KENT, together(KENT, left)).steps[-1].row["interest_to_reserves"] for left in (0.0, -9_000.0)]
    published = day().table.loc[KENT]
    interest = published["interest_to_reserves"] * published["reserves_ratio"] * size(KENT)
    assert amounts == pytest.approx([interest / (0.005 * size(KENT))] * 2, rel=1e-9)


def test_ratios_to_spending_are_kept_where_it_grows_and_recomputed_where_it_shrinks():
    published = day().table.loc[KENT]
    grown, shrunk = (assessed(KENT, together(KENT, 250_000, growth=times)).steps[-1] for times in (1.1, 0.9))
    for name in ("general_fund_housing_ratio", "investment_income_ratio"):
        assert grown.row[name] == published[name]
        assert shrunk.row[name] == pytest.approx(published[name] / 0.9, rel=1e-9)
    assert grown.row["revenue_for_capital_ratio"] == pytest.approx(published["revenue_for_capital_ratio"] / 1.1)
    assert shrunk.row["revenue_for_capital_ratio"] == published["revenue_for_capital_ratio"]


def test_the_unallocated_part_is_no_larger_than_all_reserves():
    step = assessed(NORWICH, together(NORWICH, 2_000)).steps[-1]
    assert step.row["unallocated_ratio"] == pytest.approx(2_000 / size(NORWICH))


def test_figures_are_kept_however_far_the_plan_looks():
    last = assessed(KENT, together(KENT, *[250_000.0] * 5) | {(2027, "rs_hous_net_exp"): 60_000.0}).steps[-1]
    assert last.row["general_fund_housing_ratio"] == pytest.approx(60_000 / size(KENT))
    assert last.neutral == ()
