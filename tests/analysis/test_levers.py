"""The levers: each moves the chance the way it should, by what the whole calculation gives, and says what it takes."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from resilience import method
from resilience.analysis.lever_catalogue import LEVERS, Position
from resilience.analysis.levers import COLUMNS, _Desk, levers
from resilience.errors import UnknownCouncilError
from resilience.indicators.compute import compute_indicators
from resilience.indicators.known import known_on
from resilience.model.bands import BANDS, NAMES, band_below
from resilience.model.risk_set import AT_RISK, EVENT_ALREADY
from resilience.model.scoring import score

DAY = date(2026, 11, 1)


@pytest.fixture(scope="module")
def run():
    return method.run(DAY, intervals=False)


@pytest.fixture(scope="module")
def tables(run):
    at_risk = run.table[run.table["status"] == AT_RISK]
    picked = [
        at_risk.drop_duplicates(kind, keep=keep).index for kind in ("class", "band") for keep in ("first", "last")
    ]
    picked = list(dict.fromkeys(code for codes in picked for code in codes))
    return {code: levers(run, code) for code in picked}


def test_the_desk_starts_from_the_published_score(run):
    at_risk = run.table[run.table["status"] == AT_RISK]
    for code in at_risk.index[::8]:
        desk = _Desk(run, code)
        assert desk.log_odds(desk.indicators([desk.now]))[0] == pytest.approx(at_risk.at[code, "log_odds"], abs=1e-9)
        still = set(desk.terms) - {term for term in desk.terms if term.indicator in desk.moving}
        lost = {t.name for t in still if desk.row["tier"] in t.tiers and not np.isnan(desk.row[t.indicator])}
        assert not lost, code


def test_every_class_and_band_has_levers(run, tables):
    assert {run.table.at[code, "class"] for code in tables} == {"UA", "MD", "LB", "SC", "SD"}
    assert {run.table.at[code, "band"] for code in tables} == set(NAMES)
    for table in tables.values():
        assert list(table.columns) == list(COLUMNS) and table["lever"].nunique() >= 2
        assert (table["risk_after"] <= table["risk_before"] + 1e-12).all()
        ends = np.array(list(BANDS.values()))
        assert table["band_after"].tolist() == [NAMES[(ends < rank).sum()] for rank in table["rank_after"]]
        np.testing.assert_allclose(table["points"], table["risk_after"] - table["risk_before"])
        for _, steps in table.groupby("lever"):
            assert (steps.sort_values("amount")["risk_after"].diff().dropna() <= 1e-12).all()


def test_adding_reserves_is_what_the_whole_calculation_gives(run):
    """For councils whose newest year is an original: the lines changed in the panel, everything else as ever."""
    day = date(2025, 6, 1)
    then = replace(score(run.model, known_on(run.indicators, day), run.events, intervals=False), panel=run.panel)
    own = then.at_risk[then.at_risk["source_kind"] == "original"]
    # A council whose reserves fall, so that the runway moves too.
    asked = [term.indicator for term in run.model.terms]
    falling = own.index[own["reserves_runway_years"].between(1, 15, inclusive="neither")]
    code = next(one for one in falling if not then.known.carried(one, asked))
    table = levers(then, code)
    step = table[table["lever"] == "reserves"].iloc[2]
    panel = run.panel.copy()
    at = panel.index[(panel["ons_code"] == code) & (panel["outturn_year"] == own.at[code, "outturn_year"])][0]
    panel.loc[at, "rs_resunall_end_cy"] += step["amount"]
    indicators = compute_indicators(panel)
    changed = score(run.model, known_on(indicators, day), run.events, intervals=False).table
    named = run.model.terms
    before, after = own.loc[code], changed.loc[code]
    moved = {part["term"]: part for part in step["moved"]}
    assert len(moved) == 4
    for term in named:
        if not np.isclose(before[term.indicator], after[term.indicator]):
            assert moved[term.label]["after"] == pytest.approx(after[term.indicator], rel=1e-9), term.name


@pytest.mark.parametrize("lever", [one.name for one in LEVERS])
def test_the_amount_to_the_next_band_is_just_enough(run, tables, lever):
    one = next(entry for entry in LEVERS if entry.name == lever)
    reached = 0
    for code, table in tables.items():
        rows = table[table["lever"] == lever]
        if rows.empty:
            continue
        row, desk = rows.iloc[0], _Desk(run, code)
        band = run.table.at[code, "band"]
        assert row["next_band"] == band_below(band)
        others = run.at_risk["risk"].drop(code).sort_values(ascending=False)
        # So many others must stand higher.
        limit = others.iloc[int(BANDS[band]) - 1] if row["next_band"] else 0.0
        most = desk.furthest(one)
        furthest = desk.risk([one.pulled(desk.now, most)])[0]
        if not np.isnan(row["to_next_band"]):
            reached += 1
            enough = min(row["to_next_band"], most)
            short = row["to_next_band"] - 1 - 1e-5 * most
            risks = desk.risk([one.pulled(desk.now, enough), one.pulled(desk.now, max(short, 0.0))])
            assert risks[0] < limit
            assert risks[1] >= limit or row["to_next_band"] <= 1
        elif row["next_band"]:
            assert furthest >= limit
        else:
            assert limit == 0.0
    if lever == "reserves":
        assert reached >= 2


def test_levers_recompute_every_term_that_their_lines_enter(run, tables):
    for table in tables.values():
        for _, row in table[table["lever"] == "release"].iterrows():
            assert {part["term"] for part in row["moved"]} == {"Unallocated reserves"}
        for _, row in table[table["lever"] == "interest"].iterrows():
            assert {part["term"] for part in row["moved"]} <= {"Interest payable against reserves"}


amounts = st.floats(min_value=0, max_value=1e5)


@settings(deadline=None, max_examples=25, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_more_reserves_never_raise_the_chance(run, data):
    at_risk = run.table[run.table["status"] == AT_RISK]
    code = data.draw(st.sampled_from(list(at_risk.index)))
    desk = _Desk(run, code)
    less, more = sorted(data.draw(st.tuples(amounts, amounts)))
    add = LEVERS[0].pulled
    risks = desk.risk([desk.now, add(desk.now, less), add(desk.now, more)])
    assert risks[0] >= risks[1] - 1e-12 and risks[1] >= risks[2] - 1e-12


@settings(deadline=None, max_examples=25, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_no_lever_raises_the_chance_within_its_bounds(run, data):
    at_risk = run.table[run.table["status"] == AT_RISK]
    desk = _Desk(run, data.draw(st.sampled_from(list(at_risk.index))))
    lever = data.draw(st.sampled_from(LEVERS))
    furthest = lever.furthest(desk.now)
    if not furthest > 0:
        return
    one, two = sorted(data.draw(st.tuples(st.floats(0, 1), st.floats(0, 1))))
    positions = [lever.pulled(desk.now, at * furthest) for at in (0.0, one, two)]
    risks = desk.risk(positions)
    assert risks[0] >= risks[1] - 1e-12 and risks[1] >= risks[2] - 1e-12


def test_bounds_never_take_a_line_below_nought(run):
    for code in run.table.index[run.table["status"] == AT_RISK][::12]:
        now = _Desk(run, code).now
        for lever in LEVERS:
            furthest = lever.furthest(now)
            if furthest > 0:
                after = lever.pulled(now, furthest)
                for field in fields(Position):
                    was, is_ = getattr(now, field.name), getattr(after, field.name)
                    assert not (was >= 0 > is_ + 1e-6), (code, lever.name, field.name)
                assert after.unallocated <= after.reserves + 1e-6 or now.unallocated > now.reserves


def test_a_council_without_a_chance_has_no_levers(run):
    code = run.table.index[run.table["status"] == EVENT_ALREADY][0]
    table = levers(run, code)
    assert table.empty and list(table.columns) == list(COLUMNS)


def test_an_unknown_council_is_refused(run):
    with pytest.raises(UnknownCouncilError):
        levers(run, "Barchester")
