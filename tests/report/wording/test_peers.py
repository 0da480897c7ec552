"""What peers did, in words."""

import dataclasses
from datetime import date

import numpy as np
import pandas as pd
import pytest

from resilience.analysis.recovery import RiskChange
from resilience.analysis.recovery_lines import (
    AddedUp,
    Capitalised,
    HadEvent,
    HardlyRepaid,
    HousingIncome,
    LeftOut,
    Line,
    OlderFigures,
    RepaymentCut,
    SomeCapitalised,
)
from resilience.report.wording.peers import line, line_label, line_words, mark, relapse, set_aside, similar, today

RESERVES = Line("reserves_ratio", 10_000.0, 30_000.0, 0.1, 0.25, "ratio", -0.5, "better")
EVENT = HadEvent("efs", pd.Timestamp(2021, 2, 10))


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (RESERVES, "reserves rebuilt: £10.0m → £30.0m (10% → 25% of net revenue expenditure)"),
        (
            dataclasses.replace(RESERVES, end=9_000.0, against_share=True),
            "reserves fell less than spending: £10.0m → £9.0m (10% → 25% of net revenue expenditure)",
        ),
        (
            Line("interest_to_reserves", 5_000.0, 6_000.0, 0.2, 0.3, "ratio", 0.5, "worse", against_share=True),
            "higher interest bill against reserves: £5.0m → £6.0m (20% → 30% of reserves)",
        ),
        (
            Line("reserves_runway_years", np.nan, np.nan, 3.2, 20.0, "years", -0.5, "better"),
            "reserves last longer at the rate of use: 3 years → not falling",
        ),
        (
            Line("debt_servicing_ratio", 900.0, 1_000.0, 0.09, 0.08, "ratio", np.nan, "better", against_share=True),
            "debt servicing takes a smaller share: £900k → £1.0m (9.0% → 8.0% of net revenue expenditure)",
        ),
        (
            Line("council_tax", 1_000.0, 1_300.0, 0.7, 0.8, "ratio", np.nan, "up", usual=0.25),
            "council tax requirement up 30% (its class: 25%): £1.0m → £1.3m (70% → 80% of net revenue expenditure)",
        ),
        (
            Line("net_revenue_expenditure", 2_000.0, 1_500.0, np.nan, np.nan, "£ thousand", np.nan, "down"),
            "net revenue expenditure down 25%: £2.0m → £1.5m",
        ),
    ],
)
def test_a_line(one, said):
    assert line(one) == said
    assert said.startswith(line_words(one))


def test_a_line_is_called_as_in_the_dictionary():
    assert line_label(RESERVES) == "Usable reserves"
    assert line_label(Line("council_tax", 1, 2, 1, 2, "ratio", np.nan, "up")) == "Council tax requirement"


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (EVENT, "exceptional financial support, 10 February 2021"),
        (RepaymentCut(0.031, 0.009), "repayment of debt (MRP) fell from 3.1% to 0.9% of net revenue expenditure"),
        (HardlyRepaid(120.0), "hardly any debt was repaid from revenue at the end (MRP £120k)"),
        (HousingIncome(), "housing shows net income at the end"),
        (AddedUp(), "the start is its predecessors' figures added up"),
        (
            LeftOut(("investment income", "flexible receipts")),
            "left out, because there is no figure that compares: dependence on investment income",
        ),
        (OlderFigures((("unallocated", 2023),)), "at the end, unallocated reserves is of 2022-23"),
        (SomeCapitalised((2021, 2022)), "spending capitalised under a direction in 2020-21, 2021-22 (line 768)"),
    ],
)
def test_a_mark(one, said):
    assert mark(one).startswith(said)


def test_why_a_fall_is_set_aside():
    assert set_aside(EVENT) == "exceptional financial support, 10 February 2021"
    assert set_aside(Capitalised(0.0123, 2022)) == "capitalised 1.2% of net revenue expenditure in 2021-22 (768)"


def test_why_a_peer_is_compared():
    assert [similar("neighbour"), similar("risk")] == ["neighbour at the time", "nearby risk"]


CHANGE = RiskChange("E06000001", "Town", "UA", 2019, 2024, 2018, 2023, 0.3, 0.1, -1.3, (), "neighbour", risk_now=0.3)


def test_today_stands_beside_every_change():
    assert today(CHANGE) == "today 30%"
    assert today(dataclasses.replace(CHANGE, risk_now=np.nan)) == "today it cannot be scored"
    had = dataclasses.replace(CHANGE, risk_now=np.nan, marks=(EVENT,))
    assert today(had) == "no chance today, after its first event (exceptional financial support, 10 February 2021)"


def test_a_relapse_is_said_as_one():
    assert relapse(CHANGE) == ""
    again = dataclasses.replace(CHANGE, relapsed=date(2025, 1, 1))
    assert relapse(again) == "Relapsed: at 25% or more again on 1 January 2025."
    assert relapse(dataclasses.replace(again, risk_now=0.2)).endswith("on 1 January 2025, and lower since.")
    assert relapse(dataclasses.replace(CHANGE, relapsed=date(2026, 11, 1))) == "Relapsed: at 25% or more again today."
