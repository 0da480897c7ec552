"""Level and spread apart: a shift of a year's level does not touch the slope, a stretch of the chances does."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.special import expit, logit
from scipy.stats import nbinom

from resilience.backtest.levels import levels


@pytest.fixture(scope="module")
def found(record, events):
    return levels(record.predictions, events)


def changed(predictions, change):
    odds = logit(predictions["risk_observed"])
    return predictions.assign(risk_observed=expit(change(odds)))


def test_a_years_level_is_no_matter_of_the_slope(record, events, found):
    year = record.predictions["origin"].dt.year
    moved = levels(changed(record.predictions, lambda odds: odds + np.where(year == 2022, 2.0, 0.0)), events)
    assert moved.slope == pytest.approx(found.slope, abs=1e-6)
    assert moved.table.at[2022, "shift"] == pytest.approx(found.table.at[2022, "shift"] - 2, abs=1e-6)
    assert moved.table.at[2023, "shift"] == pytest.approx(found.table.at[2023, "shift"])


def test_chances_twice_as_extreme_halve_the_slope(record, events, found):
    stretched = levels(changed(record.predictions, lambda odds: 2 * odds), events)
    assert stretched.slope == pytest.approx(found.slope / 2, abs=1e-6)
    assert stretched.slope_error == pytest.approx(found.slope_error / 2, abs=1e-6)


def test_slope_and_its_error_are_statsmodels_own(record, found):
    rows = record.predictions
    x = pd.get_dummies(rows["origin"]).astype(float).assign(given=logit(rows["risk_observed"])).to_numpy()
    own = sm.GLM(rows["event"].astype(float).to_numpy(), x, family=sm.families.Binomial()).fit(
        cov_type="cluster",
        cov_kwds={"groups": rows["ons_code"].astype("category").cat.codes.to_numpy(), "use_correction": False},
    )
    assert found.slope == pytest.approx(own.params[-1], abs=1e-6)
    assert found.slope_error == pytest.approx(own.bse[-1], rel=1e-4)


def test_the_range_is_that_of_the_number_to_come(record, found):
    # Nine first events in 2023: a pace of 9.5 a year, over two years, with its own doubt.
    row = found.table.loc[2024]
    pace = row["expected"] / 2
    low, high = nbinom.ppf([0.05, 0.95], round(pace * 2) / 2, 1 / 3)
    assert (row["low"], row["high"]) == (low, high)
    assert row["held"] == (low <= row["events"] <= high)
    assert found.held == found.table["held"].sum()
    rows = record.predictions
    assert row["events"] == rows.loc[rows["origin"] == "2024-01-01", "event"].sum()


def test_after_the_shift_as_many_are_expected_as_came(record, found):
    for year, row in found.table.iterrows():
        given = logit(record.predictions.loc[record.predictions["origin"].dt.year == year, "risk_observed"])
        assert expit(given + row["shift"]).sum() == pytest.approx(row["events"])


def test_without_a_closed_origin_there_is_nothing(record, events):
    assert levels(record.predictions.assign(closed=False), events) is None
