"""Standing among one's like, and the National Audit Office's Figure 20."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from resilience.errors import DataError
from resilience.indicators.comparisons import SMALLEST_GROUP, aggregate, percentiles

NAO = Path(__file__).parents[1] / "known_answers" / "nao_2018_figure_20.csv"
TIER = {"single_tier_and_counties": "upper", "districts": "lower"}
MEASURE = {"earmarked_pct_nre": "earmarked_ratio", "unallocated_pct_nre": "unallocated_ratio"}


def table(values, *, kind="SD", name="reserves_ratio", **columns):
    n = len(values)
    base = {
        "ons_code": [f"E0700{i:04d}" for i in range(n)],
        "council": [f"Council {i}" for i in range(n)],
        "class": kind,
        "tier": "lower" if kind == "SD" else "upper",
        "region": "South West",
        "year": 2024,
        "built": False,
        name: values,
    }
    return pd.DataFrame(base | columns)


@pytest.mark.parametrize("answer", pd.read_csv(NAO).to_dict("records"), ids=lambda a: f"{a['authority_type']}")
def test_figure_20_of_the_national_audit_office(panel, answer):
    """Sums over every principal council, City of London and Isles of Scilly among them, to the published decimal."""
    # The NAO took each nil as published; the panel has those that nothing accounts for as missing.
    nil = panel["flags"].str.contains("nil_not_returned", regex=False)
    reserves = ["rs_resunall_end_cy", "rs_resoth_end_cy"]
    panel = panel.assign(**{name: panel[name].mask(nil & panel[name].isna(), 0.0) for name in reserves})
    ours = aggregate(panel, MEASURE[answer["measure"]]).loc[TIER[answer["authority_type"]]] * 100
    for year in range(2011, 2018):
        published = answer[f"{year - 1}-{year % 100:02d}"]
        assert f"{ours[year]:.1f}" == f"{published:.1f}", (answer["measure"], year)


def test_city_of_london_is_in_figure_20(panel):
    without = panel[panel["ons_code"] != "E09000001"]
    assert f"{aggregate(without, 'earmarked_ratio').loc['upper', 2011] * 100:.1f}" == "19.5"  # published: 19.7


def test_a_tiny_council_counts_in_the_sum_of_its_group(panel):
    # South Hams 2015-16: net revenue expenditure of 975, no ratio of its own
    without = panel[(panel["ons_code"] != "E07000044")]
    assert f"{aggregate(without, 'earmarked_ratio').loc['lower', 2016] * 100:.1f}" != "87.8"


def test_the_worst_is_a_hundred_in_its_own_direction():
    low_is_worse = percentiles(table([0.1 * i for i in range(10)]), by="class")["reserves_ratio"]
    assert low_is_worse.tolist() == [95, 85, 75, 65, 55, 45, 35, 25, 15, 5]
    high = percentiles(table([0.1 * i for i in range(10)], name="interest_ratio"))["interest_ratio"]
    assert high.tolist() == [5, 15, 25, 35, 45, 55, 65, 75, 85, 95]


def test_ties_share_the_middle_rank():
    found = percentiles(table([1.0] * 5 + [2.0] * 5, name="interest_ratio"))["interest_ratio"]
    assert found.tolist() == [25.0] * 5 + [75.0] * 5


def test_too_small_a_group_has_no_percentile():
    few = [0.1 * i for i in range(SMALLEST_GROUP - 1)]
    assert percentiles(table(few))["reserves_ratio"].isna().all()
    assert percentiles(table([*few, np.nan, 9.0]))["reserves_ratio"].notna().sum() == SMALLEST_GROUP


def test_built_rows_are_neither_placed_nor_counted():
    rows = table([0.1 * i for i in range(10)], name="interest_ratio", built=[False] * 9 + [True])
    found = percentiles(rows)["interest_ratio"]
    assert np.isnan(found.iloc[9])
    assert found.iloc[8] == pytest.approx(100 * 8.5 / 9)


def test_one_tiny_denominator_moves_nobody_else():
    values = [0.1 * i for i in range(10)]
    wild = [*values[:9], 1e6]
    a, b = (percentiles(table(v, name="interest_ratio"))["interest_ratio"] for v in (values, wild))
    assert a.equals(b)


def test_the_city_and_scilly_are_nobodys_peers():
    codes = [f"E0900{i:04d}" for i in range(10, 20)] + ["E09000001"]
    rows = table([0.1 * i for i in range(11)], kind="LB", name="interest_ratio", ons_code=codes)
    found = percentiles(rows)["interest_ratio"]
    assert found.iloc[9] == 95.0
    assert found.iloc[10] == 100.0


def test_each_year_has_its_own_population(indicators):
    whole = percentiles(indicators, by="class")
    year = indicators["year"] == 2019
    assert percentiles(indicators[year], by="class").equals(whole[year])


def test_region_parts_the_tiers(indicators):
    found = percentiles(indicators, by="region")
    rows = indicators[(indicators["year"] == 2020) & (indicators["region"] == "East of England")]
    districts = rows[(rows["class"] == "SD") & rows["reserves_ratio"].notna() & ~rows["built"]]
    expected = (districts["reserves_ratio"].rank(ascending=False) - 0.5) / len(districts) * 100
    pd.testing.assert_series_equal(found.loc[districts.index, "reserves_ratio"], expected, check_names=False)


def test_class_standing_is_the_middle_rank(indicators):
    rows = indicators[(indicators["year"] == 2024) & (indicators["class"] == "MD")]
    known = rows[rows["interest_ratio"].notna()]
    expected = (known["interest_ratio"].rank() - 0.5) / len(known) * 100
    found = percentiles(rows)["interest_ratio"].loc[known.index]
    pd.testing.assert_series_equal(found, expected, check_names=False)


def test_neighbours(originals, indicators):
    oflog = json.loads((originals / "lookups" / "nearest_neighbours_oflog.json").read_text())
    rows = indicators[indicators["year"] == 2023]
    found = percentiles(rows, by="neighbours", neighbours=oflog)
    thurrock = rows[rows["council"] == "Thurrock"]
    group = rows[rows["ons_code"].isin(oflog["E06000034"]) & rows["interest_ratio"].notna()]
    own = thurrock["interest_ratio"].iloc[0]
    below, ties = (group["interest_ratio"] < own).sum(), (group["interest_ratio"] == own).sum()
    expected = 100 * (below + ties / 2) / len(group)
    assert found.loc[thurrock.index[0], "interest_ratio"] == pytest.approx(expected)


def test_a_council_without_neighbours_has_no_standing_among_them():
    rows = table([0.1 * i for i in range(10)])
    assert percentiles(rows, by="neighbours", neighbours={}).isna().all().all()


def test_groups_that_are_none(indicators, panel):
    with pytest.raises(DataError, match="'colour' is not a comparison group; choose among tier"):
        percentiles(indicators, by="colour")
    with pytest.raises(DataError, match="Neighbours are needed and none are given"):
        percentiles(indicators, by="neighbours")
    with pytest.raises(DataError, match="'nothing' is not an indicator"):
        aggregate(panel, "nothing")
    with pytest.raises(DataError, match="'colour' is not a column of the councils"):
        aggregate(panel, "reserves_ratio", by="colour")
