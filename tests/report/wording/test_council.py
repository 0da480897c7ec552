"""What a council's page says of it."""

from __future__ import annotations

import dataclasses
from datetime import date

import numpy as np
import pandas as pd
import pytest

from resilience.analysis.explain import Explanation, FirstEvent, Limits
from resilience.analysis.own_figures.assess import Step
from resilience.backtest.past_lists import SimilarScores
from resilience.backtest.track_record import Followed, TrackRecord
from resilience.report.wording.council import (
    beside,
    changed,
    compared,
    headline,
    how_sure,
    own_step,
    since,
    status_text,
)

DAY = date(2026, 1, 1)


@pytest.fixture
def why():
    """An explanation of a council at risk, of made-up figures."""
    return Explanation(
        "E09000029", "Sutton", "LB", "upper", DAY, "at risk", reference=-4.0, reference_chance=0.018, log_odds=0.0,
        risk=0.5, low=0.3, high=0.7, rank=3, of=276, band="1–10", contributions=pd.DataFrame(),
    )  # fmt: skip


RECORD = TrackRecord(
    2018,
    2024,
    {"1–10": Followed(70, 21, 0.217, 0.395), "11–30": Followed(140, 21, 0.11, 0.20)},
    Followed(86, 23, 0.195, 0.351),
    Followed(11, 4, 0.17, 0.61),
)


def test_the_headline_says_what_followed(why):
    assert headline(dataclasses.replace(why, record=RECORD), 24) == (
        "Sutton ranks 3rd of the 276 councils without an earlier event on 1 January 2026, judged from published "
        "figures. Of 70 places ranked 1–10 on the lists of January 2018–2024, 21 were followed by a first event within "
        "24 months."
    )
    assert headline(why, 24).endswith("No past list's 24 months had closed by this day, so there is no record to set "
                                      "beside it.")  # fmt: skip


def test_the_plain_rank_and_the_paces_stand_beside_it(why):
    paces = {"quiet": 0.31, "middling": 0.5, "busy": 0.6}
    there = dataclasses.replace(why, record=RECORD, reserves_rank=6, paces=paces)
    plain, agreeing, likely = beside(there, 24)
    assert "it is ranked 6 of 276, so it is in the top 30 of both." in plain
    assert agreeing.startswith("Of 86 places in the top 30 of both rankings on the lists of January 2018–2024, 23 were")
    assert likely.endswith("the model puts it at about 31% if 10 do, over 40% if 20 and over 40% if 30.")
    apart = beside(dataclasses.replace(there, reserves_rank=31, paces={}), 24)
    assert len(apart) == 1 and apart[0].endswith("it is ranked 31 of 276.")


def test_a_return_of_years_ago_is_told_beside_the_rank(why):
    limits = Limits(years=(("2021-22", 3), ("2022-23", 6)))
    there = dataclasses.replace(why, record=RECORD, reserves_rank=1, paces={}, limits=limits)
    said = beside(there, 24)[1]
    assert said.startswith("Its reserves here are those of 31 March 2023: no later return of its is complete")
    newer = dataclasses.replace(there, limits=Limits(years=(("2023-24", 9),)))
    assert "no later return" not in " ".join(beside(newer, 24))


def test_a_council_with_an_event_is_told_when_as_precisely_as_it_is_known(why):
    had = dataclasses.replace(why, status="event already", first_event=FirstEvent(pd.Timestamp(2023, 2, 28), "2023-02"))
    assert headline(had, 24).startswith(
        "Its first event was announced in February 2023. The ranking is of councils that"
    )
    precise = dataclasses.replace(had, first_event=FirstEvent(pd.Timestamp(2020, 11, 11), "2020-11-11"))
    assert "announced on 11 November 2020." in status_text(precise)


def test_a_council_without_a_return_is_told_so(why):
    assert headline(dataclasses.replace(why, status="cannot be scored"), 24).startswith("Cannot be scored: no complete")
    assert status_text(why) == "No event was known by 1 January 2026."


def test_compared(why):
    text = compared(why, 1, 20, 53)
    assert text.startswith(
        "Of the 20 London boroughs among them it ranks 1st; the median one of these ranks 53rd of all."
    )


def test_since_when(why):
    history = pd.DataFrame({"on": pd.to_datetime([f"{year}-01-01" for year in range(2018, 2027)])})
    history["band"] = ["below 100"] * (len(history) - 3) + ["1–10"] * 3
    assert since(why, history) == "Ranked 1–10 every January since 2024."
    history["band"] = ["below 100"] * (len(history) - 3) + ["1–10", "11–30", "31–60"]
    assert since(dataclasses.replace(why, band="31–60"), history) == "Ranked 31–60 or higher every January since 2024."
    history["band"] = ["below 100"] * (len(history) - 1) + ["1–10"]
    assert since(why, history) == "New among those ranked 1–10: on 1 January 2025 it stood lower."
    assert since(dataclasses.replace(why, band="below 100"), history) == ""


def test_how_sure(why):
    alike = SimilarScores(40, 9, 28, 0.23, 0.92, 2018, 2024, nearest=True)
    said = how_sure(dataclasses.replace(why, similar=alike, record=RECORD), 24, "The level was outside.")
    assert said[0].endswith("21 were followed by a first event within 24 months (30%, 90% interval 22–40%); the same "
                            "council can stand on several lists.")  # fmt: skip
    assert "puts it at over 40% (its own 90% interval: 30–>40%)" in said[1]
    assert "few councils had a chance like this one; the 40 nearest had 23–>40%" in said[2]
    assert said[3] == "Chances above 40% are shown as “over 40%”: of 11 past places given more, 4 were followed by one."
    assert said[4] == "The level was outside."
    bare = how_sure(dataclasses.replace(why, low=np.nan), 24, "")
    assert len(bare) == 2 and "no record to set beside it" in bare[0]
    assert bare[1].endswith("no past place given more has a closed record.")


def test_what_changed(why):
    assert changed(why).startswith("A year before, the council had no score")
    moved = dataclasses.replace(
        why, change=pd.DataFrame({"then": [1]}), change_from=date(2025, 1, 1), risk_then=0.298, risk=0.302
    )
    assert "the chance moved by less than a point and is 30%" in changed(moved)
    assert "the chance went from 20% to 30%, by the same" in changed(dataclasses.replace(moved, risk_then=0.2))
    capped = dataclasses.replace(moved, risk_then=0.5, risk=0.7)
    assert "the chance was over 40% on both days" in changed(capped)


@pytest.mark.parametrize(
    ("kind", "year", "said"),
    [
        ("year", "2026-27", "with 2026-27"),
        ("corrected", "", "with published years corrected"),
        ("as published", "", "as published"),
    ],
)
def test_what_went_into_a_step(kind, year, said):
    assert own_step(Step(kind, year, pd.Series(dtype=float), pd.DataFrame(), (), (), pd.DataFrame(), 0, ())) == said
