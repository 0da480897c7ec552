from dataclasses import FrozenInstanceError
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from resilience.backtest import rivals as module
from resilience.backtest.rivals import (
    change_in_percent,
    cipfa_composite,
    cipfa_flag_count,
    grant_dependence,
    projected_reserves,
    rival_flags,
    rival_scores,
    rivals,
)
from resilience.errors import ModelError
from resilience.indicators.compute import compute_indicators
from resilience.indicators.known import known_on
from resilience.tables.panel import load_panel

DOCS = Path(__file__).resolve().parents[2] / "docs" / "rivals.md"


@pytest.fixture
def known():
    """Three counties and two districts, with figures that can be worked by hand."""
    frame = pd.DataFrame(
        {
            "class": ["SC", "SC", "SC", "SD", "SD"],
            "tier": ["upper", "upper", "upper", "lower", "lower"],
            "reserves_ratio": [0.10, 0.30, 0.50, 0.04, 1.00],
            "reserves_change_3y": [-0.10, 0.00, 0.25, -0.06, -0.30],
            "reserves_runway_years": [3.0, 20.0, 20.0, 2.0, 10.0],
            "unallocated_ratio": [0.02, 0.04, 0.06, 0.01, 0.50],
            "interest_ratio": [0.05, 0.10, 0.00, 0.02, 0.00],
            "social_care_share": [0.70, 0.60, 0.65, np.nan, np.nan],
            "council_tax_share": [0.50, 0.60, 0.70, 0.40, 0.60],
            "debt_servicing_ratio": [0.08, 0.12, 0.01, 0.03, 0.00],
        },
        index=pd.Index(["A", "B", "C", "D", "E"], name="ons_code"),
    )
    return frame


def by_name(name):
    return next(rival for rival in rivals() if rival.name == name)


def test_change_in_percent_by_hand(known):
    # A: 0.10 now, 0.20 before: -50 %. C: 0.50 from 0.25: +100 %. D: 0.04 from 0.10: -60 %. E: 1.00 from 1.30.
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
    assert rival_flags(known)["cipfa_flags"].sum() == 1


def test_grant_thornton_by_hand(known):
    # Straight on for three years is the three-year change once more.
    assert projected_reserves(known).tolist() == pytest.approx([0.0, 0.30, 0.75, -0.02, 0.70])
    assert rival_flags(known)["grant_thornton_2019"].tolist() == [True, False, False, True, False]


def test_thresholds(known):
    flags = rival_flags(known)
    assert flags["unallocated_under_5"].tolist() == [True, True, False, True, False]
    assert flags["unallocated_under_3"].tolist() == [True, False, False, True, False]
    # Three years is not under three; the district's two years are not the NAO's finding.
    assert not flags["nao_runway"].any()
    known.loc["A", "reserves_runway_years"] = 2.9
    assert rival_flags(known)["nao_runway"].tolist() == [True, False, False, False, False]


def test_orders_by_hand(known):
    scores = rival_scores(known)

    def order(name):
        return "".join(scores[name].sort_values(ascending=False).index)

    assert order("reserves_rank") == "DABCE"
    assert order("reserves_rank_upper_first") == "ABCDE"
    assert order("debt_servicing_rank") == "BADCE"
    assert order("unallocated_under_5") == order("unallocated_under_3") == "DABCE"
    assert order("grant_thornton_2019") == "DABEC"
    # B and C are level at twenty years: the one with lower reserves comes first.
    assert order("nao_runway") == "DAEBC"
    assert order("nao_runway_upper_first") == "ABCDE"
    # A and D are level at 1 and 0: D has the lower reserves, C lower than E.
    assert order("cipfa_2018") == "DABCE"


def test_scores_have_no_ties_and_what_cannot_be_scored_comes_last(known):
    known.loc["A", ["reserves_ratio", "unallocated_ratio"]] = np.nan
    scores = rival_scores(known)
    assert (scores.nunique() == len(known)).all()
    for name in ("reserves_rank", "unallocated_under_5", "cipfa_2018", "cipfa_flags", "grant_thornton_2019"):
        assert scores[name].idxmin() == "A"
        assert by_name(name + "_upper_first" if name != "cipfa_flags" else name).ranked(known)["A"] == pytest.approx(
            0.2
        )


def test_exact_ties_go_by_code_whatever_the_order_of_rows(known):
    same = pd.concat([known.loc[["A"]].set_axis([code]) for code in "XYZ"])
    for frame in (same, same.iloc[::-1]):
        scores = rival_scores(frame)
        assert all(scores[name].idxmax() == "X" and scores[name].idxmin() == "Z" for name in scores)


def test_a_council_twice_is_refused(known):
    with pytest.raises(ModelError, match="one row a council"):
        rival_scores(pd.concat([known, known]))


def test_every_rival_says_where_it_comes_from():
    names = [rival.name for rival in rivals()]
    assert len(set(names)) == len(names) == 15
    assert names[:8] == list(module._RULES)
    for rival in rivals():
        assert rival.label and rival.source and rival.rule and rival.approximated
        assert rival.url.startswith("https://") or "no published rule" in rival.source
    with pytest.raises(FrozenInstanceError):
        rivals()[0].name = "other"


def test_every_rule_stands_in_the_page():
    text = DOCS.read_text("utf-8")
    for rival in rivals():
        assert f"`{rival.name.removesuffix(module.UPPER_FIRST)}`" in text
        assert rival.url in text


@pytest.fixture(scope="module")
def shipped():
    return known_on(compute_indicators(load_panel()), date(2024, 1, 1)).table


def test_on_the_shipped_figures(shipped):
    scores, flags = rival_scores(shipped), rival_flags(shipped)
    assert scores.index.equals(shipped.index) and flags.index.equals(shipped.index)
    assert scores.notna().all(axis=None)
    assert scores.gt(0).all(axis=None) and scores.le(1).all(axis=None)
    assert flags.sum().between(1, 100).all()
    assert (flags["unallocated_under_5"] | ~flags["unallocated_under_3"]).all()
    # A rule's first thirty are thirty.
    assert (scores > 1 - 30 / len(scores)).sum().between(29, 30).all()


def test_the_order_of_rows_does_not_matter(shipped):
    shuffled = shipped.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(rival_scores(shuffled).loc[shipped.index], rival_scores(shipped))
