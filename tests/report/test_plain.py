"""Plain values for JSON."""

import json

import numpy as np
import pandas as pd

from resilience.report.plain import plain


def test_every_value_is_fit_for_json():
    given = {
        1: np.float64(0.123456789),
        "none": [np.nan, None, pd.NA, pd.NaT],
        "whole": (np.int64(3), np.bool_(True)),
        "day": pd.Timestamp(2024, 3, 31),
        "text": "2.5",
    }
    result = plain(given, 6)
    assert json.loads(json.dumps(result, allow_nan=False)) == {
        "1": 0.123457,
        "none": [None, None, None, None],
        "whole": [3, True],
        "day": "2024-03-31",
        "text": "2.5",
    }
    assert plain(np.float64(0.123456789)) == 0.123456789
