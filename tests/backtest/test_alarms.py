"""Whom the rules flag, and what followed."""

from datetime import date

import pandas as pd
import pytest

from resilience.backtest.alarms import alarms_kept, flagged_on
from resilience.backtest.rivals import rival_flags
from resilience.indicators.known import known_on
from resilience.model.risk_set import yearly


def test_flags_are_counted_by_day(indicators):
    days = [date(2023, 1, 1), date(2024, 1, 1)]
    table = flagged_on(indicators, days)
    assert table.columns.tolist() == days
    for day in days:
        pd.testing.assert_series_equal(
            table[day], rival_flags(known_on(indicators, day).table).sum(), check_names=False, check_dtype=False
        )


@pytest.fixture(scope="module")
def kept(indicators, events):
    return alarms_kept(indicators, events, yearly(2021, 2026))


def test_open_origins_are_left_out(kept, indicators, events):
    assert kept["origins"].eq(4).all()  # the register ends in October 2026
    pd.testing.assert_frame_equal(kept, alarms_kept(indicators, events, yearly(2021, 2024)))


def test_events_are_those_of_the_record(kept, record):
    assert kept["events"].eq(record.pooled["events"]).all()
    assert kept["at_risk"].eq(len(record.predictions)).all()


def test_what_followed_counted_again(kept, indicators, record):
    """A flag of 2021 to 2024 is right if the record has an event for the council at that origin."""
    hits = flags = 0
    for origin, rows in record.predictions.groupby("origin"):
        flagged = rival_flags(known_on(indicators, origin.date()).table)["nao_runway"]
        here = flagged.reindex(rows["ons_code"]).to_numpy()
        flags, hits = flags + here.sum(), hits + (here & rows["event"].to_numpy()).sum()
    assert (kept.at["nao_runway", "flagged"], kept.at["nao_runway", "flagged_events"]) == (flags, hits)
    assert 0 < hits < flags


def test_without_a_closed_origin_there_is_nothing(indicators, events):
    assert alarms_kept(indicators, events, [date(2026, 1, 1)]).empty
