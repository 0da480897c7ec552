"""What a council's page says of it."""

from __future__ import annotations

import dataclasses
from datetime import date

import numpy as np
import pandas as pd
import pytest

from resilience.analysis.explain import Explanation, FirstEvent
from resilience.analysis.own_figures.assess import Step
from resilience.backtest.past_lists import SimilarScores
from resilience.report.wording.council import changed, compared, headline, how_sure, own_step, since, status_text

DAY = date(2026, 1, 1)


@pytest.fixture
def why():
    """An explanation of a council at risk, of made-up figures."""
    return Explanation(
        "E09000029", "Sutton", "LB", "upper", DAY, "at risk", reference=-4.0, reference_chance=0.018, log_odds=0.0,
        risk=0.5, low=0.3, high=0.7, rank=3, of=276, band="very high", contributions=pd.DataFrame(),
    )  # fmt: skip


def test_headline(why):
    assert headline(why, 24) == (
        "About 1 in 2: the chance that Sutton needs exceptional support or intervention within 24 months of 1 January "
        "2026, judged from published figures."
    )


def test_a_council_with_an_event_is_told_when_as_precisely_as_it_is_known(why):
    had = dataclasses.replace(why, status="event already", first_event=FirstEvent(pd.Timestamp(2023, 2, 28), "2023-02"))
    assert headline(had, 24).startswith("Its first event was announced in February 2023. The score is")
    precise = dataclasses.replace(had, first_event=FirstEvent(pd.Timestamp(2020, 11, 11), "2020-11-11"))
    assert "announced on 11 November 2020." in status_text(precise)


def test_a_council_without_a_return_is_told_so(why):
    assert headline(dataclasses.replace(why, status="cannot be scored"), 24).startswith("Cannot be scored: no complete")
    assert status_text(why) == "At risk of a first event: none was known by 1 January 2026."


def test_compared(why):
    text = compared(why, 1, 20, 0.11)
    assert "Of 276 councils at risk it ranks 3rd from the top, of the 20 London boroughs among them 1st." in text
    assert "has a chance of 11 %" in text and "would have 2 %." in text


def test_since_when(why):
    history = pd.DataFrame({"on": pd.to_datetime([f"{year}-01-01" for year in range(2018, 2027)])})
    history["band"] = ["low"] * (len(history) - 3) + ["very high"] * 3
    assert since(why, history) == "In the band “very high” every January since 2024."
    history["band"] = ["low"] * (len(history) - 1) + ["very high"]
    assert "New in the band" in since(why, history)
    assert since(dataclasses.replace(why, band="low"), history) == ""


def test_few_alike_are_said_to_be_few(why):
    alike = SimilarScores(40, 9, 28, 0.23, 0.92, 2018, 2024, nearest=True)
    few = " ".join(how_sure(dataclasses.replace(why, similar=alike), 24))
    assert "few councils had a chance like this one; the 40 nearest had 23–92 %" in few
    assert "The range is 30–70 %" in few
    assert "no record to set beside it" in how_sure(dataclasses.replace(why, low=np.nan), 24)[-1]


def test_what_changed(why):
    assert changed(why).startswith("A year before, the council had no score")
    moved = dataclasses.replace(why, change=pd.DataFrame({"then": [1]}), change_from=date(2025, 1, 1), risk_then=0.498)
    assert "went from 50 % to 50 %, by less than a point" in changed(moved)


@pytest.mark.parametrize(
    ("kind", "year", "said"),
    [
        ("year", "2026-27", "with 2026-27"),
        ("corrected", "", "with published years corrected"),
        ("as published", "", "as published"),
    ],
)
def test_what_went_into_a_step(kind, year, said):
    assert own_step(Step(kind, year, pd.Series(dtype=float), pd.DataFrame(), (), ())) == said
