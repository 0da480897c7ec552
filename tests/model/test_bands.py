"""Bands by rank."""

import pandas as pd
import pytest

from resilience.model.bands import BANDS, NAMES, band_at, band_below


@pytest.mark.parametrize(
    ("rank", "band"),
    [
        (1, "1–10"),
        (10, "1–10"),
        (11, "11–30"),
        (30, "11–30"),
        (31, "31–60"),
        (60, "31–60"),
        (61, "61–100"),
        (100, "61–100"),
        (101, "below 100"),
        (333, "below 100"),
        (pd.NA, ""),
        (float("nan"), ""),
    ],
)
def test_every_rank_has_one(rank, band):
    assert band_at(rank) == band


def test_they_go_down_to_the_last():
    assert list(BANDS.values()) == sorted(BANDS.values())
    assert [band_below(one) for one in NAMES] == [*NAMES[1:], ""]
