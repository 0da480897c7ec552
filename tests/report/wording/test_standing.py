"""Where a council stands, in a few words."""

import pandas as pd
import pytest

from resilience.report.wording.standing import standing


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"status": "at risk", "risk": 0.123, "band": "31–60", "event_date": None}, "ranked 31–60 (12 %)"),
        ({"status": "event already", "risk": None, "band": "", "event_date": "2023-09-05"}, "event September 2023"),
        ({"status": "cannot be scored", "risk": None, "band": "", "event_date": None}, "cannot be scored"),
    ],
)
def test_a_standing_is_said(row, said):
    assert standing(row) == standing(pd.Series(row)) == said
