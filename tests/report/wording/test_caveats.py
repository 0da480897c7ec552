"""What a score cannot tell, and the flags on a council's figures."""

from datetime import date

import pandas as pd
import pytest

from resilience.analysis.explain import Explanation, Limits
from resilience.report.wording.caveats import cannot_see, flag_words, flags
from resilience.report.wording.general import CANNOT_SEE

NONE = Limits()


def explained(limits=NONE, flags=(), log_odds=0.1):
    return Explanation(
        "E06000063", "Cumberland", "UA", "upper", date(2026, 1, 1), "at risk", reference=-4.0, reference_chance=0.018,
        log_odds=0.0, risk=0.5, low=0.3, high=0.7, rank=3, of=276, band="1–10",
        contributions=pd.DataFrame({"log_odds": [log_odds]}), limits=limits, flags=flags,
    )  # fmt: skip


def test_what_no_figure_can_tell_comes_first_and_nothing_is_made_up():
    assert cannot_see(explained()) == [CANNOT_SEE]


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (
            Limits(years=(("2024-25", 3), ("2023-24", 7))),
            "The score rests on figures of 2024-25 (3 of 10) and 2023-24 (7 of 10).",
        ),
        (
            Limits(years=(("2024-25", 3),), second_hand=True),
            "The score rests on figures of 2024-25 (3 of 3); those from second-hand tables are marked. Lines "
            "they lack are the council's own last published ones.",
        ),
        (
            Limits(years=(("2025-26", 2), ("2024-25", 1)), second_hand=True, transcribed=True),
            "The score rests on figures of 2025-26 (2 of 3) and 2024-25 (1 of 3); those from second-hand tables are "
            "marked; some are exact figures transcribed from a republication. Lines they lack are the council's own "
            "last published ones.",
        ),
        (
            Limits(cut_off=("Reserves",)),
            "Further from the median than the model counts: Reserves. It cuts off at three spreads, as it has hardly "
            "seen such figures.",
        ),
        (
            Limits(rebased=(("Revenue contribution to capital", "2023-24"),)),
            "Net revenue expenditure has moved by more than a third since the year of Revenue contribution to "
            "capital (2023-24). The score divides these amounts by the newest net revenue expenditure; the "
            "table of figures divides them by their own year's.",
        ),
        (
            Limits(predecessors=("E07000026", "E07000028")),
            "Years before it began are added up from Allerdale and Carlisle.",
        ),
        (
            Limits(register_end=date(2025, 12, 31)),
            "The register of events ends on 31 December 2025: anything announced since is not included.",
        ),
        (
            Limits(unlike=True),
            "This council's duties and sources of income are unlike any other's; treat every comparison with care.",
        ),
    ],
)
def test_each_limit_is_a_sentence(limits, said):
    assert cannot_see(explained(limits))[1:] == [said]


def test_without_a_score_the_figures_are_of_their_years():
    told = cannot_see(explained(Limits(years=(("2023-24", 7),)), log_odds=float("nan")))
    assert told[1] == "The figures here are of 2023-24 (7 of 7)."


def test_flags_are_a_sentence_a_year_and_years_without_one_are_left_out():
    told = flags(explained(flags=(("2023-24", "second_hand"), ("2022-23", ""), ("2021-22", "jump_nre=7"))))
    assert [text[:8] for text in told] == ["2023-24:", "2021-22:"]


def test_flags_in_words():
    assert flag_words("opening_unallocated=-512;jump_nre=7") == [
        "unallocated reserves at 1 April differ from the 31 March before, by −£512k",
        "net revenue expenditure moved far more since the year before than is usual in its class",
    ]
