"""Nothing is known before its own publication came out, and what is carried forward says from which year."""

from dataclasses import FrozenInstanceError
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resilience.indicators.compute import KEYS
from resilience.indicators.definitions import by_source
from resilience.indicators.known import (
    CARRY_YEARS,
    carried_text,
    councils_on,
    known_on,
    last_known,
    published_before,
    recent,
    rows_known_on,
)
from resilience.years import outturn_year_of

MEDWAY = "E06000035"


def test_a_later_publication_is_not_known_with_its_outturn(indicators):
    # Outturn 2023-24 came out on 12 December 2024; capital outturn of that year counts from 31 March 2025.
    before, after = known_on(indicators, date(2025, 1, 1)), known_on(indicators, date(2025, 4, 1))
    assert before.table.loc[MEDWAY, "outturn_year"] == "2023-24"
    assert before.year_of(MEDWAY, "gross_debt_ratio") == 2023
    assert after.table.loc[MEDWAY, "gross_debt_ratio"] == 464783 / 230240


def test_on_the_day_itself_it_is_not_known(indicators):
    assert (known_on(indicators, date(2025, 3, 31)).years["cfr_ratio"].dropna() < 2024).all()


def test_an_older_year_is_carried_only_if_known(indicators):
    # RSX of 2024-25 came out on 4 December 2025, the outturn on 18 September: between, 2023-24 is the newest.
    known = known_on(indicators, date(2025, 11, 1))
    row = known.table.loc[MEDWAY]
    assert row["outturn_year"] == "2024-25"
    assert row["fees_charges_share"] == 68766 / 565124
    assert known.carried(MEDWAY)["fees_charges_share"] == 2024
    assert "fees_charges_share 2023-24" in carried_text(known.carried(MEDWAY))


def test_no_figure_was_published_on_the_day_or_after(indicators):
    for day in (date(2020, 1, 1), date(2023, 7, 1), date(2025, 10, 30), date(2026, 1, 1)):
        known = known_on(indicators, day)
        carried = {code: set(known.carried(code)) for code in known.table.index}
        for source, names in by_source().items():
            dates = indicators[["ons_code", "year", f"known_from_{source}"]]
            late = pd.to_datetime(dates[f"known_from_{source}"]) >= pd.Timestamp(day)
            unknown = indicators.loc[late, ["ons_code", "year", *names]]
            newest = known.table.reset_index().merge(unknown, on=["ons_code", "year"], suffixes=("", "_late"))
            for name in names:
                own = [name not in carried[code] for code in newest["ons_code"]]
                assert newest.loc[own, name].isna().all(), (day, name)


def test_dates_are_no_figures(indicators):
    known = known_on(indicators, date(2026, 1, 1))
    named = {name for code in known.table.index for name in known.carried(code)}
    assert named
    assert not any("known_from" in name for name in [*named, *known.years])


# --- every figure has its year ---


@pytest.mark.parametrize("day", [date(2019, 6, 1), date(2025, 1, 1), date(2026, 1, 1), date(2026, 11, 1)])
def test_every_figure_is_the_councils_own_of_the_year_it_names(indicators, day):
    """The whole table by hand: each figure stands in a row known on the day, of that council and that year."""
    known = known_on(indicators, day)
    assert list(known.years) == [n for n in indicators if n not in KEYS and not n.startswith("known_from_")]
    assert known.years.index.equals(known.table.index)
    assert (known.years.notna() == known.table[list(known.years)].notna()).all(axis=None)
    long = known.years.rename_axis(columns="name").stack().dropna().rename("year").reset_index()
    published = rows_known_on(indicators, day).melt(["ons_code", "year"], list(known.years), "name", "published")
    both = long.merge(published, on=["ons_code", "year", "name"], how="left", validate="one_to_one")
    shown = known.table[list(known.years)].rename_axis(columns="name").stack().dropna().rename("shown").reset_index()
    both = both.merge(shown, on=["ons_code", "name"], validate="one_to_one")
    assert len(both) > 10_000
    assert both["shown"].notna().all()
    newest = both["ons_code"].map(known.table["year"])
    again = known.rebased.rename_axis(columns="name").stack().rename("again").reset_index()
    both = both.merge(again, on=["ons_code", "name"], validate="one_to_one")
    kept = both[~both["again"]]
    assert kept["published"].equals(kept["shown"])
    # A rebased one is the same amount over the newest net revenue expenditure, which has moved by over a third.
    spending = rows_known_on(indicators, day).set_index(["ons_code", "year"])["net_revenue_expenditure"]
    moved = both[both["again"]]
    own = spending.reindex(pd.MultiIndex.from_frame(moved[["ons_code", "year"]])).to_numpy()
    now = known.table["net_revenue_expenditure"].reindex(moved["ons_code"]).to_numpy()
    assert (abs(now / own - 1) > 1 / 3).all()
    assert moved["shown"].to_numpy() == pytest.approx(moved["published"].to_numpy() * own / now)
    assert (both["year"] <= newest).all()
    assert (newest - both["year"] <= CARRY_YEARS).all()


def test_what_is_carried_is_what_is_older_than_the_newest_year_the_freshest_first(indicators):
    known = known_on(indicators, date(2026, 1, 1))
    some = 0
    for code in known.table.index:
        carried = known.carried(code)
        newest = known.newest(code)
        if newest is None:
            assert carried == {} and known.years.loc[code].isna().all()
            continue
        assert newest == known.table.at[code, "year"]
        assert set(carried) == {name for name, year in known.years.loc[code].items() if year < newest}
        assert list(carried.values()) == sorted(carried.values(), reverse=True)
        assert all(known.year_of(code, name) == year for name, year in carried.items())
        some += len(carried)
    assert some > 300
    row = known.carried(MEDWAY)
    assert carried_text(row) == "; ".join(f"{name} {outturn_year_of(year)}" for name, year in row.items())
    assert carried_text({}) == ""


def test_a_council_can_be_asked_for_alone(indicators):
    day = date(2025, 6, 1)
    everybody = known_on(indicators, day)
    alone = known_on(indicators, day, councils=councils_on(day).loc[[MEDWAY]])
    pd.testing.assert_frame_equal(alone.table, everybody.table.loc[[MEDWAY]], check_dtype=False)
    pd.testing.assert_frame_equal(alone.years, everybody.years.loc[[MEDWAY]])
    pd.testing.assert_frame_equal(alone.own(MEDWAY), everybody.own(MEDWAY))
    with pytest.raises(FrozenInstanceError):
        alone.as_of = date(2030, 1, 1)


def test_a_councils_own_rows_are_those_known_by_year(indicators):
    known = known_on(indicators, date(2022, 1, 1))
    own = known.own(MEDWAY)
    assert own.index.is_monotonic_increasing and own.index.is_unique
    assert own["known_from"].max() < pd.Timestamp("2022-01-01")
    assert len(own) == (published_before(indicators, date(2022, 1, 1)) & (indicators["ons_code"] == MEDWAY)).sum()
    assert known.own("E99999999").empty


def test_the_others_of_a_class_leave_out_the_council_the_built_and_the_missing(indicators):
    day = date(2025, 1, 1)
    known = known_on(indicators, day)
    rows = rows_known_on(indicators, day)
    rows = rows[(rows["class"] == "UA") & (rows["year"] == 2021) & ~rows["built"].astype(bool)]
    rows = rows[~rows["ons_code"].isin(["E06000053", "E09000001", MEDWAY])]
    expected = rows["interest_ratio"].dropna().to_numpy()
    np.testing.assert_array_equal(np.sort(known.others(MEDWAY, "UA", 2021, "interest_ratio")), np.sort(expected))
    assert len(expected) > 40
    assert known.others(MEDWAY, "UA", 2030, "interest_ratio").size == 0


def test_the_last_figure_known_has_its_year():
    series = pd.Series([1.0, 2.0, np.nan], index=[2019, 2020, 2021])
    assert last_known(series) == (2.0, 2020)
    value, year = last_known(series.iloc[2:])
    assert np.isnan(value) and year is None


def test_a_row_without_a_date_did_not_come_out():
    frame = pd.DataFrame({"known_from": [pd.Timestamp("2020-01-01"), pd.NaT, pd.Timestamp("2020-01-02")], "year": 2019})
    assert published_before(frame, date(2020, 1, 2)).tolist() == [True, False, False]
    assert recent(frame, date(2020, 1, 3))["known_from"].notna().tolist() == [True, True]
    assert recent(frame, date(2026, 1, 1)).empty


# --- whatever came later, nothing changes ---


@pytest.fixture(scope="module")
def release_days(indicators) -> list[date]:
    columns = [name for name in indicators if name.startswith("known_from")]
    days = {day.date() for name in columns for day in pd.to_datetime(indicators[name]).dropna().unique()}
    return sorted(day for day in days if day >= date(2016, 1, 1))


def absurd(indicators: pd.DataFrame, day: date, rng: np.random.Generator) -> pd.DataFrame:
    """Change every row and every companion figure published on the day or later, and add years nobody has seen."""
    changed = indicators.copy()
    figures = [n for n in indicators if n not in KEYS and not n.startswith("known_from_")]
    late = (pd.to_datetime(changed["known_from"]) >= pd.Timestamp(day)).to_numpy()
    changed.loc[late, figures] = rng.normal(0, 1e6, size=(int(late.sum()), len(figures)))
    changed.loc[late, "flags"] = "unallocated_zero"
    changed.loc[late, "source_kind"] = "invented"
    for source, names in by_source().items():
        column = f"known_from_{source}"
        if column in changed:
            later = (pd.to_datetime(changed[column]) >= pd.Timestamp(day)).to_numpy()
            changed.loc[later, names] = rng.normal(0, 1e6, size=(int(later.sum()), len(names)))
    newest = changed[changed["year"] == 2024]
    added = newest.assign(year=day.year + 1, outturn_year="of a day to come", known_from=pd.Timestamp(day))
    return pd.concat([changed, added], ignore_index=True)


def without(indicators: pd.DataFrame, day: date) -> pd.DataFrame:
    """Delete every row published on the day or later, and blank every companion figure that was."""
    kept = indicators[pd.to_datetime(indicators["known_from"]) < pd.Timestamp(day)].reset_index(drop=True)
    for source, names in by_source().items():
        column = f"known_from_{source}"
        if column in kept:
            kept.loc[pd.to_datetime(kept[column]) >= pd.Timestamp(day), names] = np.nan
    return kept


@settings(max_examples=20, deadline=None)
@given(data=st.data(), seed=st.integers(0, 2**32 - 1))
def test_what_was_published_on_the_day_or_later_changes_nothing(indicators, release_days, data, seed):
    """Days of publication, the day after, and any others."""
    some = st.one_of(
        st.sampled_from(release_days),
        st.sampled_from(release_days).map(lambda day: day + timedelta(days=1)),
        st.dates(date(2016, 1, 1), date(2027, 6, 30)),
    )
    day = data.draw(some)
    usual = known_on(indicators, day)
    assert usual.table["reserves_ratio"].notna().sum() > 250
    rng = np.random.default_rng(seed)
    for figures in (absurd(indicators, day, rng), without(indicators, day)):
        again = known_on(figures, day)
        pd.testing.assert_frame_equal(again.table, usual.table, check_exact=True)
        pd.testing.assert_frame_equal(again.years, usual.years, check_exact=True)
        pd.testing.assert_frame_equal(
            again.rows.reset_index(drop=True), usual.rows.reset_index(drop=True), check_exact=True
        )
        for code in (MEDWAY, "E10000016", "E07000217"):
            assert again.carried(code) == usual.carried(code)
            if code in usual.table.index:
                assert again.shown_year(code, "gross_debt_ratio") == usual.shown_year(code, "gross_debt_ratio")


def test_what_was_published_the_day_before_does_change_it(indicators):
    """Show that the test above can fail."""
    day = date(2025, 4, 1)
    usual = known_on(indicators, day).table
    assert (
        not known_on(without(indicators, date(2025, 3, 31)), day)
        .table["gross_debt_ratio"]
        .equals(usual["gross_debt_ratio"])
    )
    assert (
        not known_on(absurd(indicators, date(2024, 12, 12), np.random.default_rng(1)), day)
        .table["reserves_ratio"]
        .equals(usual["reserves_ratio"])
    )
