"""Origin × council: who was there, what was known, what came next; and that nothing later is looked at."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from resilience.councils import load_councils
from resilience.councils.lineage import with_lineage
from resilience.errors import DataError
from resilience.indicators.compute import chosen
from resilience.indicators.definitions import load_definitions
from resilience.indicators.formulas.books import REGISTRY, Books
from resilience.indicators.known import carried_text, known_on
from resilience.model.calibration import base_rate
from resilience.model.risk_set import AT_RISK, EVENT_ALREADY, NOT_SCORABLE, risk_set, yearly
from resilience.tables.events import EventRegister, load_events
from resilience.years import outturn_year_of

CUMBERLAND, CUMBRIA, COPELAND, ALLERDALE = "E06000063", "E10000006", "E07000029", "E07000026"
BIRMINGHAM, WOKING, THURROCK, CROYDON = "E08000025", "E07000217", "E06000034", "E09000008"
NORTHAMPTONSHIRE, SLOUGH = "E10000021", "E06000039"


@pytest.fixture(scope="module")
def at_2023(indicators):
    return known_on(indicators, date(2023, 1, 1)).table


@pytest.fixture(scope="module")
def at_2025(indicators):
    return known_on(indicators, date(2025, 1, 1))


@pytest.fixture(scope="module")
def table(indicators, events):
    return risk_set(indicators, events, yearly(2012, 2025)).table


# --- who exists ---


@pytest.mark.parametrize(
    ("day", "code", "there"),
    [
        ("2023-01-01", CUMBRIA, True),
        ("2023-01-01", COPELAND, True),
        ("2023-01-01", CUMBERLAND, False),
        ("2023-03-31", CUMBRIA, True),
        ("2023-03-31", CUMBERLAND, False),
        ("2023-04-01", CUMBRIA, False),
        ("2023-04-01", CUMBERLAND, True),
        ("2024-01-01", CUMBERLAND, True),
        ("2021-01-01", NORTHAMPTONSHIRE, True),
        ("2022-01-01", NORTHAMPTONSHIRE, False),
    ],
)
def test_a_council_is_there_from_its_first_day_to_its_last(indicators, day, code, there):
    assert (code in known_on(indicators, date.fromisoformat(day)).table.index) is there


def test_how_many_councils_there_were(table):
    count = table.groupby(table["origin"].dt.year).size()
    assert count.loc[[2018, 2020, 2022, 2023, 2024, 2025]].tolist() == [353, 343, 333, 333, 317, 317]


# --- what was known ---


def test_only_years_published_before_the_day_count(indicators):
    # The 2017-18 outturn came out, provisionally, on 23 August 2018.
    for day, year in (("2018-08-23", "2016-17"), ("2018-08-24", "2017-18")):
        known = known_on(indicators, date.fromisoformat(day)).table
        assert known["outturn_year"].mode()[0] == year
        years = known["outturn_year"].dropna()  # Ryedale never returned an unallocated balance, and has none
        assert (years <= year).all() and len(years) == len(known) - 1


def test_a_council_that_did_not_return_stands_with_its_own_last_figures_and_their_year(at_2025, indicators):
    for code, year in ((BIRMINGHAM, "2021-22"), (WOKING, "2021-22"), (CROYDON, "2023-24")):
        row = at_2025.table.loc[code]
        assert row["outturn_year"] == year
        own = indicators[(indicators["ons_code"] == code) & (indicators["outturn_year"] == year)].iloc[0]
        assert row["reserves_ratio"] == own["reserves_ratio"]
        assert row["interest_to_reserves"] == own["interest_to_reserves"]


def test_a_partial_return_is_passed_over_for_the_last_whole_one(at_2023):
    thurrock = at_2023.loc[THURROCK]
    assert thurrock["outturn_year"] == "2020-21"
    assert np.isfinite(thurrock["reserves_ratio"])


def test_an_indicator_the_newest_year_lacks_is_the_councils_own_of_a_year_named(indicators):
    known = known_on(indicators, date(2026, 1, 1))
    assert (known.table["source_kind"] == "transcribed").sum() > 300
    checked = 0
    by_year = indicators.set_index(["ons_code", "outturn_year"])
    for code in (CROYDON, THURROCK, BIRMINGHAM, "E08000035", "E10000016"):
        row = known.table.loc[code]
        carried = {name: outturn_year_of(year) for name, year in known.carried(code).items()}
        assert carried_text(known.carried(code)) == "; ".join(f"{name} {year}" for name, year in carried.items())
        assert "investment_income_ratio" in carried
        assert not {"unallocated_ratio", "reserves_ratio"} & set(carried)
        for name, year in carried.items():
            assert year < row["outturn_year"]
            then = by_year.loc[(code, year)]
            times = then["net_revenue_expenditure"] / row["net_revenue_expenditure"]
            rebased = known.is_rebased(code, name)  # set over the newest net revenue expenditure
            assert row[name] == pytest.approx(then[name] * times if rebased else then[name], rel=1e-12)
            # and it is the newest there is
            years = by_year.loc[code, name].dropna().index
            assert year == max(one for one in years if one < row["outturn_year"])
            checked += 1
    assert checked > 20


def test_what_is_not_carried_is_of_the_year_shown(indicators):
    known = known_on(indicators, date(2026, 1, 1))
    by_year = indicators.set_index(["ons_code", "outturn_year"])
    for code, row in known.table.loc[[CROYDON, THURROCK, BIRMINGHAM]].iterrows():
        carried = known.carried(code)
        assert carried
        for name in load_definitions():
            own = by_year.at[(code, row["outturn_year"]), name]
            dated = f"known_from_{load_definitions()[name].source}"
            out = dated not in row or not by_year.at[(code, row["outturn_year"]), dated] >= pd.Timestamp("2026-01-01")
            if name not in carried and out:
                assert row[name] == own or (np.isnan(row[name]) and np.isnan(own)), (code, name)


def test_nothing_is_carried_over_more_than_three_years(indicators):
    old = indicators.copy()
    code = CROYDON
    newest = (old["ons_code"] == code) & (old["year"] >= 2021)
    old.loc[newest, "investment_income_ratio"] = np.nan
    known = known_on(old, date(2025, 1, 1))  # newest is 2023-24; 2019-20 would be the fourth year back
    assert np.isnan(known.table.at[code, "investment_income_ratio"])
    assert "investment_income_ratio" not in known.carried(code)
    assert known.year_of(code, "investment_income_ratio") == 0
    known = known_on(old, date(2024, 1, 1))  # newest is 2022-23: three years back is 2019-20
    assert known.carried(code)["investment_income_ratio"] == known.year_of(code, "investment_income_ratio") == 2020


def test_no_council_gets_anothers_figures(indicators, at_2025):
    shuffled = indicators.sample(frac=1, random_state=3)
    again = known_on(shuffled, date(2025, 1, 1))
    pd.testing.assert_frame_equal(again.table, at_2025.table)
    pd.testing.assert_frame_equal(again.years, at_2025.years)
    without = known_on(indicators[indicators["ons_code"] != CROYDON], date(2025, 1, 1))
    for name in ("table", "years"):
        ours, theirs = getattr(without, name), getattr(at_2025, name)
        pd.testing.assert_frame_equal(ours.drop(index=CROYDON), theirs.drop(index=CROYDON), check_dtype=False)
    assert np.isnan(without.table.at[CROYDON, "reserves_ratio"])
    assert without.newest(CROYDON) is None
    assert without.carried(CROYDON) == {}


def test_a_council_whose_last_return_is_too_old_has_no_figures(indicators):
    silent = indicators[(indicators["ons_code"] != CROYDON) | (indicators["year"] <= 2020)]
    assert np.isfinite(known_on(silent, date(2024, 1, 1)).table.at[CROYDON, "reserves_ratio"])
    assert np.isnan(known_on(silent, date(2025, 1, 1)).table.at[CROYDON, "reserves_ratio"])


# --- other publications have dates of their own ---


def test_every_figure_of_another_publication_has_its_date(indicators):
    dated = [name for name in indicators if name.startswith("known_from_")]
    assert len(dated) >= 6
    for column in dated:
        source = column.removeprefix("known_from_")
        names = [name for name, one in load_definitions().items() if one.source == source]
        assert names
        for name in names:
            assert indicators.loc[indicators[name].notna(), column].notna().all(), name


def test_an_indicators_source_is_the_publication_it_reads(panel):
    books = Books(with_lineage(panel).reset_index(drop=True), chosen())
    read: set[str] = set()
    usual = books.companion

    def noted(source: str, column: str) -> pd.Series:
        read.add(source)
        return usual(source, column)

    books.companion = noted  # type: ignore[method-assign]
    for name, formula in REGISTRY.items():
        read.clear()
        books._cache.clear()
        formula(books)
        assert read == {load_definitions()[name].source} - {"outturn", "budget"}, name


def test_a_publication_that_was_not_out_is_not_looked_at(indicators):
    """Check capital outturn 2023-24, which the files at hand date later than the revenue outturn of that year."""
    rows = indicators[indicators["gross_debt_ratio"].notna() & (indicators["outturn_year"] == "2023-24")]
    # not the returns that came late, nor one whose reserves are not returned
    rows = rows[(rows["source_kind"] == "original") & rows["reserves_ratio"].notna()]
    out, out_capital = rows["known_from"].max(), rows["known_from_capital"].min()
    assert out < out_capital
    between, after = (out + pd.Timedelta(days=1)).date(), (out_capital + pd.Timedelta(days=1)).date()
    known = known_on(indicators, between)
    early = known.table.loc[rows["ons_code"]]
    assert (early["outturn_year"] == "2023-24").all()
    assert (known.years.loc[rows["ons_code"], "gross_debt_ratio"].dropna() < 2024).all()
    assert early["reserves_ratio"].notna().all()
    later = known_on(indicators, after).table.loc[rows["ons_code"]]
    assert later["gross_debt_ratio"].equals(rows.set_index("ons_code")["gross_debt_ratio"])


# --- what came next ---


def test_each_council_stands_once_at_each_origin(table):
    assert not table.duplicated(["origin", "ons_code"]).any()
    assert set(table["status"]) <= {AT_RISK, EVENT_ALREADY, NOT_SCORABLE}


def test_status_by_events_before_the_origin(table):
    one = table.set_index(["origin", "ons_code"])
    at = lambda year, code: one.loc[(pd.Timestamp(year, 1, 1), code)]  # noqa: E731
    assert at(2018, NORTHAMPTONSHIRE)["status"] == AT_RISK
    assert at(2018, NORTHAMPTONSHIRE)["event"]
    assert at(2019, NORTHAMPTONSHIRE)["status"] == EVENT_ALREADY
    assert not at(2019, NORTHAMPTONSHIRE)["event"]
    assert not at(2016, NORTHAMPTONSHIRE)["event"]  # two years from then end a month before its notice
    assert at(2021, SLOUGH)["event"]
    assert at(2021, SLOUGH)["event_date"] == pd.Timestamp(
        "2021-03-31"
    )  # support in principle, before its notice of July
    assert at(2021, "E09000012")["status"] == AT_RISK  # Hackney's notice of 2000 is history
    assert at(2025, "E09000030")["status"] == AT_RISK  # Tower Hamlets: governance


@pytest.mark.parametrize(
    ("horizon", "expected"),
    [(12, {2021: True, 2020: False}), (24, {2020: True, 2019: False}), (36, {2019: True, 2018: False})],
)
def test_sloughs_support_of_march_2021_falls_within_each_horizon(indicators, events, horizon, expected):
    rows = risk_set(indicators, events, yearly(2018, 2021), horizon=horizon).table.set_index(["origin", "ons_code"])
    for year, came in expected.items():
        assert bool(rows.at[(pd.Timestamp(year, 1, 1), SLOUGH), "event"]) is came


def test_the_horizon_ends_before_its_last_day(indicators, events):
    # Croydon's notice: 11 November 2020. From 11 November 2018 two years end the day before.
    day = date(2018, 11, 11)
    rows = risk_set(indicators, events, [day, date(2018, 11, 12)]).table.set_index(["origin", "ons_code"])
    assert not rows.at[(pd.Timestamp(day), CROYDON), "event"]
    assert rows.at[(pd.Timestamp("2018-11-12"), CROYDON), "event"]


@pytest.mark.parametrize(
    ("horizon", "origin", "share", "closed"),
    [
        (12, 2025, 1.0, True),
        (24, 2024, 1.0, True),
        (24, 2025, 669 / 730, False),
        (36, 2023, 1.0, True),
        (36, 2025, 669 / 1095, False),
    ],
)
def test_an_origin_counts_only_the_time_the_register_covers(indicators, events, horizon, origin, share, closed):
    rows = risk_set(indicators, events, [date(origin, 1, 1)], horizon=horizon).table
    whole = rows[rows["ons_code"].isin([CROYDON, "E08000035"])]
    assert whole["observed"].tolist() == pytest.approx([share] * 2)
    assert set(rows["closed"]) == {closed}


def test_an_abolished_council_is_watched_to_its_last_day(table):
    one = table.set_index(["origin", "ons_code"])
    cumbria = one.loc[(pd.Timestamp("2022-01-01"), CUMBRIA)]
    # from 1 January 2022 to 31 March 2023 inclusive, of 730 days
    assert cumbria["observed"] == pytest.approx(455 / 730)
    assert not cumbria["event"]
    assert cumbria["closed"]
    assert one.at[(pd.Timestamp("2021-01-01"), CUMBRIA), "observed"] == 1.0


def test_a_predecessors_event_is_its_own_and_not_its_successors(table):
    one = table.set_index(["origin", "ons_code"])
    assert one.at[(pd.Timestamp("2020-01-01"), COPELAND), "event"]
    # Cumberland's own support came in February 2023, before it was there: it stands as an event already.
    assert one.at[(pd.Timestamp("2024-01-01"), CUMBERLAND), "status"] == EVENT_ALREADY
    assert not one.at[(pd.Timestamp("2022-01-01"), ALLERDALE), "event"]


def test_nobody_has_an_event_after_the_council_or_the_register_ended(table, events):
    ends = pd.to_datetime(load_councils().drop_duplicates("ons_code").set_index("ons_code")["end_date"])
    came = table[table["event"]]
    assert (came["event_date"] <= came["ons_code"].map(ends).fillna(pd.Timestamp(events.until))).all()
    assert (came["event_date"] >= came["origin"]).all()
    assert (came["event_date"] < came["origin"] + pd.DateOffset(months=24)).all()
    assert came["observed"].gt(0).all()


def test_every_first_event_is_counted_once_a_year_looking_one_year_ahead(indicators, events):
    rows = risk_set(indicators, events, yearly(2018, 2025), horizon=12).table
    came = rows[rows["event"]]
    assert not came["ons_code"].duplicated().any()
    # 46 first events, less Cumberland, Somerset and Westmorland & Furness: agreed support before they were there
    before_there = {"E06000063", "E06000064", "E06000066"} - set(came["ons_code"])
    assert len(came) == 46 - len(before_there)
    assert before_there == {"E06000063", "E06000064"}


def test_later_events_do_not_change_the_status_at_an_origin(indicators, events):
    known = events.rows["known"]
    early = replace(events, rows=events.rows[known.isna() | (known < "2021-01-01")])
    day = [date(2021, 1, 1)]
    before, usual = (risk_set(indicators, register, day).table for register in (early, events))
    assert before["status"].equals(usual["status"])
    assert not before["event"].any()
    assert usual["event"].any()


def test_severe_is_another_table(indicators, events):
    rows = risk_set(indicators, events, [date(2021, 1, 1)], outcome="severe")
    assert (rows.horizon, rows.outcome) == (24, "severe")
    rows = rows.one_origin()
    assert rows.at["E06000018", "status"] == AT_RISK
    assert rows.at[SLOUGH, "event"]
    assert not rows.at["E09000004", "event"]  # Bexley: support alone


# --- what the rows say of themselves ---


def test_some_of_the_rows_are_rows_of_the_same_question(indicators, events):
    rows = risk_set(indicators, events, yearly(2021, 2022), horizon=36, outcome="severe")
    some = rows.where(rows.table["origin"] == "2022-01-01")
    assert (some.horizon, some.outcome) == (36, "severe")
    assert some.table["origin"].unique().tolist() == [pd.Timestamp("2022-01-01")]
    assert len(rows.table) == 339 + 333  # councils in being on 1 January 2021, and a year later
    assert len(some.table) == 333
    assert some.one_origin().index.is_unique
    assert not rows.table.attrs
    with pytest.raises(FrozenInstanceError):
        rows.horizon = 12


def test_two_registers_put_together_are_a_register(indicators, events, tmp_path, register_text):
    """Concatenated registers once lost the day they speak up to, and the risk set fell over it."""
    lines = register_text.splitlines(keepends=True)
    halves = []
    for number, rows in enumerate((lines[1::2], lines[2::2])):
        path = tmp_path / f"half{number}.csv"
        path.write_text(lines[0] + "".join(rows), "utf-8")
        halves.append(load_events(path))
    both = EventRegister(pd.concat([half.rows for half in halves]), max(half.until for half in halves))
    assert len(both.rows) == len(events.rows)
    day = date(2021, 1, 1)
    usual = risk_set(indicators, events, [day])
    pd.testing.assert_frame_equal(risk_set(indicators, both, [day]).table, usual.table)
    assert risk_set(indicators, halves[0], [day]).table["event"].sum() < usual.table["event"].sum()
    for when in (day, date(2025, 6, 1), date(2026, 11, 1)):
        assert base_rate(both, when) == base_rate(events, when)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"horizon": 18}, "A horizon of 18 months is not kept; choose one of 12, 24, 36."),
        ({"outcome": "ruin"}, "'ruin' is not an outcome; choose one of distress, severe."),
    ],
)
def test_what_is_not_kept_is_refused(indicators, events, given, words):
    with pytest.raises(DataError) as caught:
        risk_set(indicators, events, [date(2020, 1, 1)], **given)
    assert str(caught.value) == words


def test_yearly():
    assert yearly(2018, 2020) == [date(2018, 1, 1), date(2019, 1, 1), date(2020, 1, 1)]
