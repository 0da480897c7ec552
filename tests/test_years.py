import pytest
from hypothesis import given
from hypothesis import strategies as st

from resilience.errors import DataError
from resilience.years import outturn_year_of, year_of


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
