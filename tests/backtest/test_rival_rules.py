"""The formulas of other people's rules, by hand."""

import numpy as np
import pandas as pd
import pytest

from resilience.backtest.rival_rules import (
    change_in_percent,
    cipfa_composite,
    cipfa_flag_count,
    grant_dependence,
    projected_reserves,
    years_at_last_use,
)
from tests.backtest.rival_data import five_councils

CITY, SCILLY = "E09000001", "E06000053"


@pytest.fixture
def known():
    return five_councils()


def test_change_in_percent_by_hand(known):
    # A: 0.10 now, 0.20 before: -50%. C: 0.50 from 0.25: +100%. D: 0.04 from 0.10: -60%. E: 1.00 from 1.30.
    assert change_in_percent(known).tolist() == pytest.approx([-0.5, 0.0, 1.0, -0.6, -0.3 / 1.3])


def test_change_from_nothing_is_bounded_and_missing_stays_missing(known):
    known.loc["A", ["reserves_ratio", "reserves_change_3y"]] = [0.10, 0.10]
    known.loc["B", "reserves_change_3y"] = np.nan
    change = change_in_percent(known)
    assert change["A"] == 1.0
    assert np.isnan(change["B"])


def test_grants_fall_back_on_what_council_tax_leaves(known):
    assert grant_dependence(known).tolist() == pytest.approx([0.5, 0.4, 0.3, 0.6, 0.4])
    known["grant_share"] = [0.2, np.nan, 0.1, 0.3, 0.3]
    assert grant_dependence(known).tolist() == pytest.approx([0.2, 0.4, 0.1, 0.3, 0.3])


def test_cipfa_composite_by_hand(known):
    # Counties. Level: A 1, B 0.5, C 0. Change (-0.5, 0, 1): A 1, B 2/3, C 0. Grants (0.5, 0.4, 0.3): 1, 0.5, 0.
    # Care and interest (0.75, 0.70, 0.65): 1, 0.5, 0. So A is 1, C is 0, B (0.125 + 1/6 + 0.05 + 0.075) / 0.75.
    # Districts: D is the worse of two throughout (interest alone in the last): 1 and 0.
    expected = [1.0, (0.125 + 0.25 * 2 / 3 + 0.05 + 0.075) / 0.75, 0.0, 1.0, 0.0]
    assert cipfa_composite(known).tolist() == pytest.approx(expected)


def test_cipfa_composite_takes_the_measures_there_are(known):
    known.loc["A", "reserves_change_3y"] = np.nan
    known.loc["B", "reserves_ratio"] = np.nan
    composite = cipfa_composite(known)
    assert composite["A"] == pytest.approx(1.0)
    assert np.isnan(composite["B"])


def test_cipfa_composite_where_all_are_alike(known):
    same = known.loc[["A", "A", "A"]].set_axis(["A", "B", "C"])
    assert cipfa_composite(same).tolist() == pytest.approx([0.5, 0.5, 0.5])


def test_cipfa_flags_by_hand():
    # Twenty councils of one class: the worst tenth is two of them.
    steps = np.arange(20) / 100
    known = pd.DataFrame(
        {
            "class": "UA",
            "tier": "upper",
            "reserves_ratio": 0.10 + steps,
            "reserves_change_3y": np.nan,
            "reserves_runway_years": [1.0, 20.0, 2.0, *[20.0] * 17],
            "interest_ratio": [0.5, 0.5, 0.5, *[0.0] * 17],
            "social_care_share": 0.50 + steps,
        },
        index=[f"E{i:02d}" for i in range(20)],
    )
    count = cipfa_flag_count(known)
    # Reserves: E00, E01. Runway: E00, E02. Interest: three level with one another are more than a tenth, so none.
    # Social care: E18, E19.
    assert count[count > 0].to_dict() == {"E00": 2.0, "E01": 1.0, "E02": 1.0, "E18": 1.0, "E19": 1.0}


def test_projected_reserves_by_hand(known):
    # Straight on for three years is the three-year change once more.
    assert projected_reserves(known).tolist() == pytest.approx([0.0, 0.30, 0.75, -0.02, 0.70])


def test_years_at_last_use_by_hand(known):
    # A: 0.10 at 0.04 a year; B unchanged and C rising last without end; D and E are districts, and fall.
    assert years_at_last_use(known).tolist() == pytest.approx([2.5, np.inf, np.inf, 2.0, 4.0])


def test_years_at_last_use_without_figures_and_without_reserves(known):
    known.loc["A", "reserves_ratio"] = -0.01
    known.loc["B", "reserves_change_1y"] = np.nan
    known.loc["C", "reserves_ratio"] = np.nan
    years = years_at_last_use(known)
    assert years["A"] == 0.0
    assert years[["B", "C"]].isna().all()


@pytest.mark.parametrize("code", [CITY, SCILLY])
def test_a_council_like_no_other_sets_no_range_and_is_cut(known, code):
    """Without the cut a council far beyond the worst would stand above 1, and would press all others together."""
    before = cipfa_composite(known)
    extreme = known.loc[["A"]].set_axis([code])
    extreme[["reserves_ratio", "reserves_change_3y", "social_care_share", "council_tax_share"]] = [
        0.01,
        -9.0,
        9.0,
        -9.0,
    ]
    after = cipfa_composite(pd.concat([known, extreme]))
    assert after[before.index].tolist() == pytest.approx(before.tolist())
    assert after[code] == pytest.approx(1.0)
    other = extreme.set_axis(["X"])
    assert not np.allclose(cipfa_composite(pd.concat([known, other]))[before.index], before)
