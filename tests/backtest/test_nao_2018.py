"""The NAO's statements of 2018: counted again here, line by line, from the panel."""

import pandas as pd
import pytest

from resilience.backtest.nao_2018 import YEAR, nao_comparison
from resilience.errors import DataError


@pytest.fixture(scope="module")
def table(indicators):
    return nao_comparison(indicators)


def gone(panel, within, *, districts):
    """Count councils whose reserves would be gone, from the form's opening and closing balances alone."""
    rows = panel[(panel["year"] == YEAR) & ((panel["class"] == "SD") == districts)]
    earmarked = [
        rows[f"rs_resoth_adj_{when}_cy"].fillna(rows[f"rs_resoth_{when}_cy"])
        if f"rs_resoth_adj_{when}_cy" in rows
        else rows[f"rs_resoth_{when}_cy"]
        for when in ("start", "end")
    ]
    opening = rows["rs_resunall_start_cy"] + earmarked[0]
    closing = rows["rs_resunall_end_cy"] + earmarked[1]
    use = opening - closing
    return int(((use > 0) & (closing < within * use)).sum())


def test_one_years_use_counted_again(panel, table):
    for row in table.to_dict("records"):
        districts = row["population"] == "lower tier"
        assert row["one_councils"] == gone(panel, row["years"], districts=districts)
        assert row["one_sooner"] == gone(panel, row["years"] - 1, districts=districts)


def test_one_year_says_what_the_nao_said_and_three_years_do_not(table):
    assert table["one_agrees"].all()
    assert not table["three_agrees"].any()


def test_a_share_is_of_the_councils_with_figures(table):
    shares = table[table["unit"] == "share"]
    assert (shares["one_figure"] == shares["one_councils"] / shares["one_of"]).all()
    assert round(shares["one_figure"].iloc[0], 3) == 0.106


def test_every_statement_says_who_said_it_and_whose_its_bounds_are(table):
    assert table[["said", "source", "bounds"]].ne("").all(axis=None)
    assert (table["low"] < table["high"]).all()


def test_without_the_year_there_is_nothing_to_compare(indicators):
    with pytest.raises(DataError, match="2016-17 are missing"):
        nao_comparison(indicators[indicators["year"] > YEAR])
    assert isinstance(nao_comparison(indicators[indicators["year"] == YEAR]), pd.DataFrame)
