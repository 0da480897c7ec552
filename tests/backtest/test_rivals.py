"""Other people's rules: order, population, flags, and what is said of each."""

from dataclasses import FrozenInstanceError
from datetime import date

import numpy as np
import pandas as pd
import pytest

from resilience.backtest import rivals as module
from resilience.backtest.rivals import POPULATIONS, rival_flags, rival_scores, rivals
from resilience.errors import ModelError
from resilience.indicators.known import known_on
from tests.backtest.rival_data import five_councils


@pytest.fixture
def known():
    return five_councils()


def by_name(name):
    return next(rival for rival in rivals() if rival.name == name)


def order(scores, name):
    return "".join(scores[name].sort_values(ascending=False).index)


def test_flags_by_hand(known):
    flags = rival_flags(known)
    assert flags["grant_thornton_2019"].tolist() == [True, False, False, True, False]
    assert flags["unallocated_under_5"].tolist() == [True, True, False, True, False]
    assert flags["unallocated_under_3"].tolist() == [True, False, False, True, False]
    # The district's two years are not of whom the NAO speaks.
    assert flags["nao_runway"].tolist() == [True, False, False, False, False]
    known.loc["A", "reserves_change_1y"] = -0.10 / 3
    assert not rival_flags(known)["nao_runway"].any()  # three years are not under three


def test_two_of_cipfas_indicators_are_a_flag():
    # Twenty councils of one class: the worst tenth is two of them.
    steps = np.arange(20) / 100
    known = pd.DataFrame(
        {
            "class": "UA",
            "tier": "upper",
            "reserves_ratio": 0.10 + steps,
            "reserves_change_3y": np.nan,
            "interest_ratio": [0.5, *[0.0] * 19],
        },
        index=[f"E{i:02d}" for i in range(20)],
    )
    flags = rival_flags(known)["cipfa_flags"]
    assert flags[flags].index.tolist() == ["E00"]


def test_orders_by_hand(known):
    scores = rival_scores(known)
    assert order(scores, "reserves_rank") == "DABCE"
    assert order(scores, "reserves_rank_upper_first") == "ABCDE"
    assert order(scores, "debt_servicing_rank") == "BADCE"
    assert order(scores, "unallocated_under_5") == order(scores, "unallocated_under_3") == "DABCE"
    assert order(scores, "grant_thornton_2019") == "DABEC"
    # A and D are level at 1 and 0: D has the lower reserves, C lower than E.
    assert order(scores, "cipfa_2018") == "DABCE"


def test_a_council_outside_the_population_comes_last(known):
    """D has fewer years left than A, and is no council with social care; E, the next district, has more than B."""
    scores = rival_scores(known)
    # B and C last without end: the one with lower reserves comes first. Then the districts, by reserves.
    assert order(scores, "nao_runway") == order(scores, "nao_runway_upper_first") == "ABCDE"
    known.loc["A", "reserves_change_1y"] = np.nan
    # Nothing can be said of A: it joins the districts, among whom reserves decide.
    assert order(rival_scores(known), "nao_runway") == "BCDAE"


def test_scores_have_no_ties_and_what_cannot_be_scored_comes_last(known):
    known.loc["A", ["reserves_ratio", "unallocated_ratio"]] = np.nan
    scores = rival_scores(known)
    assert (scores.nunique() == len(known)).all()
    for name in ("reserves_rank", "unallocated_under_5", "cipfa_2018", "cipfa_flags", "grant_thornton_2019"):
        assert scores[name].idxmin() == "A"
        assert by_name(name + "_upper_first").ranked(known)["A"] == pytest.approx(0.2)


def test_exact_ties_go_by_code_whatever_the_order_of_rows(known):
    same = pd.concat([known.loc[["A"]].set_axis([code]) for code in "XYZ"])
    for frame in (same, same.iloc[::-1]):
        scores = rival_scores(frame)
        assert all(scores[name].idxmax() == "X" and scores[name].idxmin() == "Z" for name in scores)


def test_a_council_twice_is_refused(known):
    with pytest.raises(ModelError, match="one row a council"):
        rival_scores(pd.concat([known, known]))


def test_every_rival_says_where_it_comes_from_and_whom_it_speaks_of():
    names = [rival.name for rival in rivals()]
    assert len(set(names)) == len(names) == 15
    assert names[:8] == list(module._RULES)
    for rival in rivals():
        assert rival.label and rival.source and rival.rule
        assert rival.population in POPULATIONS
        assert rival.url.startswith("https://") or "no published rule" in rival.source
        assert all(one.endswith(".") for one in rival.differences)
        assert rival.upper_first == any("this project's addition" in one for one in rival.differences)
    with pytest.raises(FrozenInstanceError):
        rivals()[0].name = "other"


@pytest.mark.parametrize(
    ("name", "after"), [("cipfa_2018", "CIPFA 2018"), ("grant_thornton_2019", "Grant Thornton 2019")]
)
def test_what_was_not_found_whole_is_called_so(name, after):
    assert by_name(name).label.endswith(f", approximated after {after}")
    assert len(by_name(name).differences) >= 3


@pytest.fixture(scope="module")
def shipped(indicators):
    return known_on(indicators, date(2024, 1, 1)).table


def test_on_the_shipped_figures(shipped):
    scores, flags = rival_scores(shipped), rival_flags(shipped)
    assert scores.index.equals(shipped.index) and flags.index.equals(shipped.index)
    assert scores.notna().all(axis=None)
    assert scores.gt(0).all(axis=None) and scores.le(1).all(axis=None)
    assert flags.sum().between(1, 100).all()
    assert (flags["unallocated_under_5"] | ~flags["unallocated_under_3"]).all()
    # A rule's first thirty are thirty.
    assert (scores > 1 - 30 / len(scores)).sum().between(29, 30).all()


def test_on_the_shipped_figures_no_district_stands_before_a_council_of_whom_the_nao_speaks(shipped):
    rank, left = rival_scores(shipped)["nao_runway"], module.years_at_last_use(shipped)
    spoken_of = (shipped["tier"] == "upper") & left.notna()
    assert rank[spoken_of].min() > rank[~spoken_of].max()
    falling = spoken_of & np.isfinite(left)
    assert left[falling].reindex(rank[falling].sort_values(ascending=False).index).round(12).is_monotonic_increasing


def test_the_order_of_rows_does_not_matter(shipped):
    shuffled = shipped.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(rival_scores(shuffled).loc[shipped.index], rival_scores(shipped))
