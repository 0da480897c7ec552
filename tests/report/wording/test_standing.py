"""Where a council stands, in a few words."""

import pandas as pd
import pytest

from resilience.indicators.known import NO_FIGURES, NO_LIKE
from resilience.report.wording.standing import NOT_SCORED, standing

NOT = {"status": "cannot be scored", "risk": None, "band": "", "event_date": None}


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"status": "at risk", "risk": 0.123, "band": "31–60", "event_date": None}, "ranked 31–60 (12%)"),
        ({"status": "event already", "risk": None, "band": "", "event_date": "2023-09-05"}, "event September 2023"),
        ({**NOT, "not_scored_because": "no return"}, "no complete return in the last four years"),
        ({**NOT, "not_scored_because": "no comparable council"}, "no council compares with it"),
    ],
)
def test_a_standing_is_said(row, said):
    assert standing(row) == standing(pd.Series(row)) == said


def test_every_reason_not_to_score_has_its_words():
    assert set(NOT_SCORED) == {"", NO_FIGURES, NO_LIKE}
