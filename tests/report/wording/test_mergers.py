"""Mergers in words."""

import numpy as np
import pandas as pd
import pytest

from resilience.analysis.mergers.add_up import Part
from resilience.analysis.mergers.past import PastMergers
from resilience.report.wording.mergers import compared, past, past_in_brief, plan, split, together, vesting


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2027-04-01", "on 1 April 2027"),
        ("2028-04-01 (target)", "on 1 April 2028 (target)"),
        ("2028-04 (target)", "in April 2028 (target)"),
        ("not set", "on a day not set"),
    ],
)
def test_a_vesting_date_is_as_precise_as_it_is_known(text, said):
    assert vesting(text) == said
    assert plan(None) == ""


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (float("nan"), ""),
        (0.1, "about the same"),
        (np.log(4), "odds 4.0 times higher"),
        (-np.log(2), "odds 2.0 times lower"),
    ],
)
def test_a_difference_is_said_as_odds(error, said):
    assert compared(error) == said


def test_a_sum_that_lacks_a_figure_is_at_least():
    totals = pd.DataFrame(
        {"amount": [5e3, np.nan, np.nan], "at_least": [5e3, 2e3, np.nan]}, index=["spending", "debt", "reserves"]
    )
    assert together(totals) == {"spending": "£5.0m", "debt": ">£2.0m", "reserves": "–"}


def test_what_comes_in_part_is_named():
    whole, part = Part("a", "A", "SD", 1.0, "whole"), Part("b", "B", "SC", 0.25, "as given")
    assert split([whole]) == "Every predecessor is taken in whole."
    assert split([whole, part]) == "Taken in part: B 25.0% (as given). Change a share with --share COUNCIL=0.45."


def test_what_past_mergers_come_to():
    found = PastMergers(12, 2019, 6, 1, 11, 2, 3, 3, 0.6, 0.5, 1.5)
    assert past(None) == ""
    assert "Of 12 councils formed since 2019, 6 had an event" in past(found) and "mostly for the worse" in past(found)
    assert "root mean square 1.50" in past_in_brief(found)
