"""The national picture: counts that add up, drivers that add up, events where they happened."""

from datetime import date

import pandas as pd
import pytest

from resilience import method
from resilience.analysis.national import GROUPINGS, NAMES, OTHERS, THIRDS, deprivation_thirds, national
from resilience.model.scoring import on_fixed_scale


@pytest.fixture(scope="module")
def run():
    return method.run(date(2026, 11, 1), intervals=False)


@pytest.fixture(scope="module")
def picture(run):
    return national(run=run)


def test_every_council_in_being_is_counted_once(picture):
    counts = picture.counts()
    assert list(counts.index) == [str(year) for year in range(2018, 2027)] + ["now"]
    assert list(counts.columns) == [*NAMES, *OTHERS]
    assert counts.loc["2018"].sum() == 353 and counts.loc["now"].sum() == 317
    for by in GROUPINGS:
        pd.testing.assert_frame_equal(
            picture.counts(by).groupby(level="day", sort=False).sum().loc[counts.index], counts, check_names=False
        )


def test_now_is_the_days_own_list(run, picture):
    at_risk = run.table[run.table["status"] == "at risk"]
    for band, number in at_risk["band"].value_counts().items():
        assert picture.counts().at["now", band] == number


def test_events_are_overlaid_where_they_happened(run, picture):
    first = run.events.onsets()["date"]
    assert picture.events.at[2018, "first_events"] == 1 and "Northamptonshire" in picture.events.at[2018, "councils"]
    assert picture.events["first_events"].sum() == (first >= pd.Timestamp(2018, 1, 1)).sum()
    assert picture.register_to == "2026-10-31"
    assert picture.events.at[2026, "first_events"] == 10 and "Redbridge" in picture.events.at[2026, "councils"]
    assert picture.counts().at["2019", "event already"] == 1


def test_figures_and_not_the_base_rate_move_the_picture(picture):
    counts = picture.counts()
    # January 2020 and 2021 knew the same outturn; COVID grants then swelled reserves; 2023-24 was the worst turn.
    high = counts[["1–10", "11–30"]].sum(axis=1)
    assert high["2021"] == pytest.approx(high["2020"], abs=3)
    assert high["2022"] < high["2021"]
    assert high["2025"] > 1.3 * high["2024"]
    assert high["now"] == 30


def test_the_drivers_add_up_to_the_change_of_the_log_odds(run, picture):
    first, last = (on_fixed_scale(run, date(year, 1, 1)) for year in (2024, 2025))
    both = first.log_odds.index.intersection(last.log_odds.index)
    assert len(both) > 300
    for tier in ("upper", "lower"):
        codes = both[last.table.loc[both, "tier"] == tier]
        mean = (last.log_odds[codes] - first.log_odds[codes]).mean()
        rows = picture.drivers.query("tier == @tier and since == '2024' and until == '2025'")
        assert rows["change"].sum() == pytest.approx(mean)


def test_thirds_are_of_the_tier_and_worked_out_from_the_indices(picture):
    thirds = deprivation_thirds()
    assert thirds["E06000009"] == THIRDS[2] and thirds["E06000041"] == THIRDS[0]  # Blackpool, Wokingham
    today = picture.councils[picture.councils["day"] == "now"]
    sizes = today.groupby(["tier", "deprivation"]).size()
    assert set(today["deprivation"]) == set(THIRDS)
    for tier in ("upper", "lower"):
        assert sizes[tier].max() - sizes[tier].min() <= 2


def test_an_early_day_has_only_itself():
    early = national(run=method.run(date(2017, 6, 1), intervals=False))
    assert list(early.counts().index) == ["now"] and early.drivers.empty
