from datetime import date, datetime

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from resilience.errors import DataError
from resilience.years import day_of, outturn_year_of, year_of


@pytest.mark.parametrize(
    "given", ["2026-11-01", date(2026, 11, 1), datetime(2026, 11, 1, 12), pd.Timestamp(2026, 11, 1, 23)]
)
def test_the_ways_a_day_is_given(given):
    found = day_of(given)
    assert found == date(2026, 11, 1) and type(found) is date


@pytest.mark.parametrize("given", ["soon", "2020-02-30", "1 May", "", "2026-11-01 00:00", 20261101, 2026, None, pd.NaT])
def test_what_is_no_day_is_refused_in_one_sentence(given):
    with pytest.raises(DataError, match=r"is not a date; write it like 2020-01-01\.$"):
        day_of(given)


@pytest.mark.parametrize("text", ["2023-24", "2023_24", "2023/24", "2023-2024", "2023/2024", " 2023-24 "])
def test_the_ways_a_financial_year_is_written(text):
    assert year_of(text) == 2024


@pytest.mark.parametrize("text", ["2023", "2023-25", "2023-23", "23-24", "2023-2", "2023--24", "", "last year", None])
def test_what_is_no_financial_year_is_refused_in_one_sentence(text):
    with pytest.raises(DataError, match=r"is not a financial year; write it like 2023-24\.$"):
        year_of(text)


def test_the_turn_of_the_century():
    assert year_of("1999-00") == year_of("1999-2000") == 2000
    assert outturn_year_of(2000) == "1999-00"


@given(st.integers(1901, 2998))
def test_there_and_back(year):
    assert year_of(outturn_year_of(year)) == year
