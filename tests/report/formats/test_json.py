"""JSON: plain values only, missing ones null, words as they are."""

import json

import numpy as np
import pandas as pd
import pytest

from resilience.report.formats.json import from_view, to_json


def test_what_is_missing_is_null_and_words_stay():
    text = to_json({"£": [np.float64(0.5), np.nan, pd.NaT, None], "day": pd.Timestamp(2024, 3, 31)})
    assert text.endswith("}\n") and "£" in text
    assert json.loads(text) == {"£": [0.5, None, None, None], "day": "2024-03-31"}
    assert from_view({"content": [1], "title": "x"}) == "[\n 1\n]\n"


def test_infinity_is_refused():
    with pytest.raises(ValueError, match="not JSON compliant"):
        to_json([float("inf")])
