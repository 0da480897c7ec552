"""Measures with intervals: of the rows given, beside the rivals asked for, the same whatever the jobs."""

from __future__ import annotations

import pandas as pd
import pytest

from resilience.backtest.measuring import CAPACITIES, measured


def test_the_same_seed_gives_the_same_record_whatever_the_jobs(record):
    assert measured(record.predictions, draws=50, n_jobs=2) == record.pooled


def test_only_the_rivals_asked_for_and_no_lines(record):
    found = measured(record.predictions, draws=0, lines=False, rivals=["rival: reserves_rank"])
    assert list(found["rivals"]) == list(found["differences"]) == ["reserves_rank"]
    assert "calibration_slope" not in found["model"]
    assert found["model"]["auc"] == {**record.pooled["model"]["auc"], "low": None, "high": None}
    assert {f"recall_at_{capacity}" for capacity in CAPACITIES} <= set(found["model"])


def test_rows_of_which_nothing_was_observed_count_for_nothing(record):
    later = record.predictions.assign(observed=0.0, event=False, origin=record.predictions["origin"].max())
    both = pd.concat([record.predictions, later], ignore_index=True)
    assert measured(both, draws=0)["rows"] == record.pooled["rows"]
    assert measured(both, draws=0)["model"]["auc"]["value"] == pytest.approx(record.pooled["model"]["auc"]["value"])
