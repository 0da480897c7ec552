"""Every lever has its words."""

import numpy as np
import pytest

from resilience.analysis.lever_catalogue import LEVERS
from resilience.errors import DataError
from resilience.report.wording.indicators import wording
from resilience.report.wording.levers import assumes, label, next_band, reach, step


@pytest.mark.parametrize("lever", [one.name for one in LEVERS])
def test_every_lever_has_all_its_words(lever):
    assert set(wording()["lever"][lever]) == {"label", "step", "assumes"}
    assert label(lever) and "£2.0m" in step(lever, 2000.0, 0.02)
    assert assumes(lever) and "{" not in assumes(lever)


def test_no_words_are_left_for_a_lever_that_is_none():
    assert set(wording()["lever"]) == {one.name for one in LEVERS}


def test_a_lever_without_words_is_an_error():
    with pytest.raises(DataError, match="no words for the lever 'magic'"):
        label("magic")


def test_a_step_says_how_far():
    assert step("reserves", 12345.0, 0.05) == "add £12.3m (5.0% of net revenue expenditure)"
    assert step("use of reserves", 500.0, 0.01) == "draw £500k a year less"


@pytest.mark.parametrize(
    ("record", "said", "sentence"),
    [
        ({"next_band": "", "to_next_band": np.nan}, "in the lowest band", "Already in the lowest band."),
        (
            {"next_band": "below 100", "to_next_band": np.nan, "furthest": 3000.0},
            "not achievable by this alone",
            "To be ranked below 100: not achievable by this alone (looked up to £3.0m).",
        ),
        (
            {"next_band": "below 100", "to_next_band": 2000.0, "to_next_band_share": 0.02, "furthest": 3000.0},
            "£2.0m",
            "To be ranked below 100: £2.0m (2.0% of net revenue expenditure).",
        ),
    ],
)
def test_how_far_to_the_next_band(record, said, sentence):
    assert (reach(record), next_band(record)) == (said, sentence)
