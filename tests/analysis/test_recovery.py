"""Recovered peers: one fixed yardstick, support and COVID kept out, amounts those of the workbooks."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from resilience import method
from resilience.analysis.recovery import LEAST, RELAPSE, WINDOWS, recovered_peers
from resilience.analysis.recovery_lines import (
    COVID_YEARS,
    HadEvent,
    HardlyRepaid,
    comparable_change,
    held_still,
    lines_between,
    moved,
)
from resilience.model.scoring import on_fixed_scale
from resilience.report.wording.peers import line_words


@pytest.fixture(scope="module")
def run():
    return method.run(date(2026, 11, 1), intervals=False)


@pytest.fixture(scope="module")
def kent(run):
    return recovered_peers("Kent", run=run)


def test_the_yardstick_on_its_own_day_gives_the_days_scores(run):
    columns = ["risk", "band", "rank", "log_odds"]
    pd.testing.assert_frame_equal(on_fixed_scale(run, run.as_of).table[columns], run.table[columns], check_exact=True)


def test_the_yardstick_moves_only_with_the_figures(run):
    one, other = on_fixed_scale(run, date(2020, 1, 1)), on_fixed_scale(run, date(2021, 1, 1))
    # January 2020 and January 2021 knew the same outturn, 2018-19: nothing may move.
    asked = [term.indicator for term in run.model.terms]
    same = [
        code
        for code in one.log_odds.index.intersection(other.log_odds.index)
        if one.known.newest(code) == other.known.newest(code) and not one.known.carried(code, asked)
    ]
    assert len(same) > 250
    np.testing.assert_allclose(one.log_odds[same], other.log_odds[same])
    np.testing.assert_allclose(run.scale.intercept + one.contributions.loc[same].sum(axis=1), one.log_odds[same])


def test_windows_are_three_to_five_years_and_keep_off_covid(run, kent):
    assert all(3 <= end - start <= 5 for start, end in WINDOWS)
    for one in (*kent.recovered, *kent.worsened):
        assert (one.start, one.end) in WINDOWS
        assert not {one.start_year, one.end_year} & set(COVID_YEARS)
        assert abs(one.change) >= LEAST


def test_staffordshire_and_cambridgeshire_recovered_by_the_workbooks_own_amounts(run, kent):
    found = {one.council: one for one in kent.recovered}
    assert {"Staffordshire", "Cambridgeshire"} <= set(found)
    # From January 2020, which knew 2018-19, to January 2025, which knew 2023-24.
    before, after = (on_fixed_scale(run, date(year, 1, 1)) for year in (2020, 2025))
    some, _ = lines_between(run, found["Cambridgeshire"].ons_code, before, after, falling=True)
    lines = {line.name: line for line in some}
    # rs2018_19 and rs2023_24: unallocated 12,784.93 and 29,426; other earmarked 54,300.82 and 155,103.
    assert lines["reserves_ratio"].start == pytest.approx(12784.934 + 54300.821, abs=0.01)
    assert lines["reserves_ratio"].end == pytest.approx(29426 + 155103)
    assert (lines["childrens_social_care_share"].start, lines["childrens_social_care_share"].end) == pytest.approx(
        (99421, 104491)
    )
    assert (lines["council_tax"].start, lines["council_tax"].end) == pytest.approx((279490, 371812))
    assert line_words(lines["reserves_ratio"]) == "reserves rebuilt"
    assert lines["childrens_social_care_share"].moved < 0


def test_the_lines_add_up_to_the_change(run, kent):
    days = {year: on_fixed_scale(run, date(year, 1, 1)) for year in (2018, 2019, 2020, 2021, 2024, 2025)}
    for one in (*kent.recovered, *kent.worsened):
        first, last = days[one.start], days[one.end]
        still = held_still(first, last, one.ons_code)
        parts = [moved(first, last, one.ons_code, name) for name in run.contributions if name not in still]
        assert one.change == pytest.approx(sum(parts), abs=1e-9)
        assert one.change == pytest.approx(comparable_change(first, last, one.ons_code))


def test_support_is_never_called_recovery(run):
    # Croydon's figures fell most of all London between January 2020 and 2024: a direction refilled its reserves.
    fell = on_fixed_scale(run, date(2024, 1, 1)).log_odds["E09000008"]
    assert fell - on_fixed_scale(run, date(2020, 1, 1)).log_odds["E09000008"] < -2
    for name in ("Sutton", "Enfield", "Ealing", "Greenwich", "Lewisham"):
        story = recovered_peers(name, run=run)
        assert "Croydon" not in [one.council for one in story.recovered]
        assert not {one.ons_code for one in story.recovered} & set(
            run.table.index[run.table["status"] == "event already"]
        )


def test_those_set_aside_are_named_with_the_reason(run):
    story = recovered_peers("Kirklees", run=run)
    aside = dict(story.set_aside)
    assert isinstance(aside["Medway"], HadEvent) and aside["Medway"].event_type == "efs"
    assert not set(aside) & {one.council for one in story.recovered}


def test_worsened_peers_with_an_event_are_marked(run):
    story = recovered_peers("Kirklees", run=run)
    plymouth = next(one for one in story.worsened if one.council == "Plymouth")
    assert any(isinstance(mark, HadEvent) and mark.event_type == "efs" for mark in plymouth.marks)
    assert plymouth.change > 3 and plymouth.lines[0].moved > 0


def test_income_of_exactly_nought_and_covid_years_are_held_still(run):
    first, last = on_fixed_scale(run, date(2018, 1, 1)), on_fixed_scale(run, date(2021, 1, 1))
    kingston = "E09000021"
    figures = [one.table.at[kingston, "investment_income_ratio"] for one in (last, first)]
    assert figures[0] == 0 < figures[1]
    assert "investment income" in held_still(first, last, kingston)
    years = last.known.years.copy()
    years.loc[kingston, "year"], years.loc[kingston, "unallocated_ratio"] = 2022, 2021
    table = last.known.table.assign(year=last.known.table["year"].mask(last.known.table.index == kingston, 2022))
    made_up = replace(last, known=replace(last.known, years=years, table=table))
    assert "unallocated" in held_still(first, made_up, kingston)


def test_hardly_any_repayment_of_debt_is_marked(run):
    wakefield = next(one for one in recovered_peers("Kirklees", run=run).recovered if one.council == "Wakefield")
    assert any(isinstance(mark, HardlyRepaid) for mark in wakefield.marks)


def test_peers_are_looked_for_more_widely_where_few_recovered(run, kent):
    devon = recovered_peers("Devon", run=run)
    for story in (kent, devon):
        near = [one for one in story.recovered if one.similar == "neighbour"]
        assert story.widened == (len(near) < 3)
    assert not devon.widened and {one.similar for one in devon.recovered} == {"neighbour"}
    assert kent.widened and {one.similar for one in kent.recovered} == {"neighbour", "risk"}
    assert len(kent.recovered) == 3


def test_a_day_sees_no_window_that_ends_after_it():
    early = method.run(date(2022, 1, 1), intervals=False)
    story = recovered_peers("Kent", run=early)
    assert {one.end for one in (*story.recovered, *story.worsened)} == {2021}


@pytest.mark.parametrize("name", ["Sutton", "Barnsley", "Cumberland", "Isles of Scilly"])
def test_it_works_for_every_kind(run, name):
    story = recovered_peers(name, run=run)
    assert [one.change for one in story.recovered] == sorted(one.change for one in story.recovered)
    assert all(0 <= one.risk_end < one.risk_start <= 1 for one in story.recovered)


def test_a_recovery_that_did_not_last_says_since_when(run):
    day = run
    relapsed, lasting = [], []
    for name in ("Torbay", "Sutton", "Kent", "Kirklees", "Croydon"):
        for one in recovered_peers(name, run=day).recovered:
            (lasting, relapsed)[one.relapsed is not None].append(one)
            assert one.risk_end < RELAPSE or one.relapsed is None
        assert all(one.relapsed is None for one in recovered_peers(name, run=day).worsened)
    assert relapsed and lasting
    for one in relapsed:
        januaries = [date(year, 1, 1) for year in range(one.end + 1, day.as_of.year + 1)]
        at = {on: expit(on_fixed_scale(day, on).log_odds[one.ons_code]) for on in januaries}
        at[day.as_of] = expit(day.log_odds[one.ons_code])
        assert next(on for on, risk in at.items() if risk >= RELAPSE) == one.relapsed
    for one in lasting:
        assert not one.risk_end < RELAPSE <= one.risk_now
