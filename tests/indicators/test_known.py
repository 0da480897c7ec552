"""Nothing is known before its own publication came out."""

from datetime import date

import numpy as np
import pandas as pd

from resilience.indicators.definitions import by_source
from resilience.indicators.known import known_on


def test_a_later_publication_is_not_known_with_its_outturn(indicators):
    # Outturn 2023-24 came out on 12 December 2024; capital outturn of that year counts from 31 March 2025.
    before, after = known_on(indicators, date(2025, 1, 1)), known_on(indicators, date(2025, 4, 1))
    assert before.loc["E06000035", "outturn_year"] == "2023-24"
    assert np.isnan(before.loc["E06000035", "gross_debt_ratio"])
    assert after.loc["E06000035", "gross_debt_ratio"] == 464783 / 230240


def test_on_the_day_itself_it_is_not_known(indicators):
    assert known_on(indicators, date(2025, 3, 31))["cfr_ratio"].isna().all()


def test_an_older_year_is_carried_only_if_known(indicators):
    # RSX of 2024-25 came out on 4 December 2025, the outturn on 18 September: between, 2023-24 is the newest.
    row = known_on(indicators, date(2025, 11, 1)).loc["E06000035"]
    assert row["outturn_year"] == "2024-25"
    assert row["fees_charges_share"] == 68766 / 565124
    assert "fees_charges_share 2023-24" in row["carried"]


def test_no_figure_was_published_on_the_day_or_after(indicators):
    for day in (date(2020, 1, 1), date(2023, 7, 1), date(2025, 10, 30), date(2026, 1, 1)):
        rows = known_on(indicators, day)
        for source, names in by_source().items():
            dates = indicators[["ons_code", "year", f"known_from_{source}"]]
            late = pd.to_datetime(dates[f"known_from_{source}"]) >= pd.Timestamp(day)
            unknown = indicators.loc[late, ["ons_code", "year", *names]]
            newest = rows.reset_index().merge(unknown, on=["ons_code", "year"], suffixes=("", "_late"))
            for name in names:
                carried = newest["carried"].str.contains(name, regex=False)
                assert newest.loc[~carried, name].isna().all(), (day, name)


def test_dates_are_no_figures(indicators):
    carried = ";".join(known_on(indicators, date(2026, 1, 1))["carried"])
    assert "known_from" not in carried
