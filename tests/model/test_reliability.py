"""How far a carried figure counts: measured at earlier days, on figures alone, and on nothing that came later."""

from __future__ import annotations

import inspect
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from resilience.indicators.known import CORE, known_on
from resilience.model import artefact
from resilience.model.families import load_families
from resilience.model.fitting import training_rows
from resilience.model.reliability import Reliability, measure
from resilience.model.scale import TIERS, Ladder, centre_and_spread, family_value, mean_scores

FAMILIES = load_families()
DAYS = [date(2018, 1, 1), date(2020, 1, 1)]


@pytest.fixture(scope="module")
def measured(indicators):
    return measure(indicators, DAYS, FAMILIES)


@pytest.fixture(scope="module")
def shipped():
    return artefact.load().reliability


def test_every_pattern_with_something_carried_is_measured_and_none_without(shipped):
    """Reserves are never carried: without them a year is not a council's newest."""
    assert FAMILIES[0].terms[0].indicator == CORE
    for tier in TIERS:
        assert set(shipped.measured[tier]) == {family.name for family in FAMILIES}
        sizes = {name: len(found) for name, found in shipped.measured[tier].items()}
        free = {"reserves": 2, "debt": 1, "demand": 2 if tier == "upper" else 1, "slack": 2, "commercial": 1}
        assert sizes == {name: 4**count - 1 for name, count in free.items()}
        for found in shipped.measured[tier].values():
            assert all(any(pattern) and 0 < value <= 1 for pattern, value in found.items())


def test_nothing_carried_counts_whole_and_what_could_not_be_measured_as_the_least_that_was(measured):
    assert measured.one("upper", "slack", (0, 0)) == 1.0
    known = measured.measured["upper"]["slack"]
    assert measured.one("upper", "slack", (1, 2)) == known[(1, 2)]
    cut = Reliability({"upper": {"slack": {(0, 1): 0.7, (1, 0): 0.9}}})
    assert cut.one("upper", "slack", (3, 3)) == 0.7
    assert cut.one("lower", "slack", (3, 3)) == Reliability().one("upper", "debt", (1,)) == 1.0


def test_a_figure_of_two_years_ago_by_hand(indicators):
    """Commercial dependence on one day: the normal scores of the newest figures against those of two years before."""
    day = DAYS[1]
    found = measure(indicators, [day], FAMILIES).measured["upper"]["commercial"][(2,)]
    known = known_on(indicators, day)
    upper = known.scorable[known.scorable["tier"] == "upper"]
    whole = upper["investment_income_ratio"]
    rows = indicators.set_index(["ons_code", "year"])
    then = pd.Series(
        [rows["investment_income_ratio"].get((code, year - 2), np.nan) for code, year in upper["year"].items()],
        upper.index,
    )
    nre = rows["net_revenue_expenditure"]
    spent = pd.Series([nre.get((code, year - 2), np.nan) for code, year in upper["year"].items()], upper.index)
    moved = upper["net_revenue_expenditure"] / spent
    then = then.where((moved - 1).abs() <= 1 / 3, then * spent / upper["net_revenue_expenditure"])

    def family(values):
        scores = Ladder.of(values.to_numpy()).place(values.to_numpy())[:, None]
        return family_value(scores, *centre_and_spread(mean_scores(scores)))

    use = (whole.notna() & then.notna() & (known.ages.loc[upper.index, "investment_income_ratio"] == 0)).to_numpy()
    assert use.sum() > 100
    assert found == pytest.approx(np.corrcoef(family(whole)[use], family(then)[use])[0, 1], abs=0.01)


def test_older_figures_count_for_less(shipped):
    for tier in TIERS:
        for family in FAMILIES:
            ages = [shipped.one(tier, family.name, (age,) * len(family.in_tier(tier))) for age in (1, 2, 3)]
            if family.name == "reserves":
                ages = [shipped.one(tier, family.name, (0, age, age)) for age in (1, 2, 3)]
            assert 1 > ages[0] > ages[1] and ages[1] > ages[2] - 0.01, (tier, family.name, ages)


def test_each_council_is_multiplied_by_its_own_pattern(indicators, shipped):
    known = known_on(indicators, date(2026, 10, 31))
    rows = known.scorable
    times = shipped.of(rows["tier"], known.ages.loc[rows.index], FAMILIES)
    assert list(times) == [family.name for family in FAMILIES] and times.index.equals(rows.index)
    for code in rows.index[::25]:
        for family in FAMILIES:
            terms = family.in_tier(rows.at[code, "tier"])
            pattern = tuple(int(known.ages.at[code, term.indicator]) if known.ages.at[code, term.indicator] > 0 else 0
                            for term in terms)  # fmt: skip
            assert times.at[code, family.name] == shipped.one(rows.at[code, "tier"], family.name, pattern)
    # Today's mask: nobody has published investment income or flexible receipts of 2024-25 on; the core is known.
    newest = rows.index[rows["year"] == 2026]
    assert (known.ages.loc[newest, "investment_income_ratio"].dropna() >= 2).mean() > 0.95
    assert (known.ages.loc[newest, "reserves_ratio"] == 0).all()
    kent = times.loc["E10000016"]
    assert kent["commercial"] == pytest.approx(shipped.measured["upper"]["commercial"][(2,)])
    assert kent["slack"] == pytest.approx(shipped.measured["upper"]["slack"][(2, 2)])
    assert kent["reserves"] == kent["debt"] == 1.0


def test_no_outcome_is_looked_at(indicators, events):
    """It is given none; and with every event taken out of the register the training rows carry the same."""
    assert list(inspect.signature(measure).parameters) == ["indicators", "days", "families"]
    day = date(2016, 1, 1)
    without = replace(events, rows=events.rows.head(1))
    one, other = (training_rows(indicators, register, day) for register in (events, without))
    assert one.table["event"].sum() >= other.table["event"].sum()
    assert one.reliability.measured == other.reliability.measured


def test_nothing_published_on_the_day_or_later_is_looked_at(indicators, measured):
    early = indicators[pd.to_datetime(indicators["known_from"]) < pd.Timestamp(DAYS[-1])]
    assert len(early) < len(indicators)
    assert measure(early, DAYS, FAMILIES).measured == measured.measured
