"""Every score explains itself exactly, and every sentence says the council's own published figure."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from resilience.history import background, known_figures, score_history
from scipy.special import expit

from resilience.analysis.evidence import Figures, evidence
from resilience.analysis.explain import explain
from resilience.errors import DataError, UnknownCouncilError
from resilience.method import run
from resilience.model.risk_set import AT_RISK, EVENT_ALREADY
from resilience.model.scale import UPPER
from resilience.report.wording.council import status_text
from resilience.report.wording.indicators import contribution

DAY = date(2026, 1, 1)
ORIGINS = [date(2018, 1, 1), date(2022, 1, 1), DAY]


@pytest.fixture(scope="module")
def shared(panel):
    return background(run(DAY, panel=panel, intervals=False))


@pytest.fixture(scope="module")
def every(shared):
    return {code: explain(shared.run, code, shared=shared) for code in shared.run.table.index}


@pytest.mark.parametrize("origin", ORIGINS, ids=str)
def test_reference_and_contributions_are_the_log_odds_of_every_council(origin, panel, shared, every):
    if origin == DAY:
        scores, explained = shared.run.table, list(every.values())
    else:
        past = run(origin, panel=panel, intervals=False)
        light = background(past, history=shared.history[shared.history["origin"] <= pd.Timestamp(origin)])
        scores = past.scores
        explained = [explain(past, code, shared=light) for code in scores.index]
    at_risk = 0
    for why in explained:
        if why.status != AT_RISK:
            assert np.isnan(why.log_odds)
            assert why.contributions["log_odds"].isna().all()
            continue
        at_risk += 1
        total = why.reference + why.contributions["log_odds"].sum()
        assert abs(total - scores.at[why.ons_code, "log_odds"]) < 1e-9
        assert abs(why.reference_chance + why.contributions["points"].sum() - why.risk) < 1e-9
        assert abs(why.contributions["chance_to"].iloc[-1] - why.risk) < 1e-9
        assert why.contributions["log_odds"].abs().is_monotonic_decreasing
    assert at_risk == (scores["status"] == AT_RISK).sum() > 200


def test_reference_is_the_tier_s_median_council(shared):
    scores, model = shared.run.table, shared.run.model
    kent, melton = (explain(shared.run, name, shared=shared) for name in ("Kent", "Melton"))
    assert kent.reference - melton.reference == pytest.approx(model.weights[UPPER], abs=1e-12)
    assert melton.reference == pytest.approx(scores.attrs["intercept"], abs=1e-12)
    # The median council of a tier has nought on a term.
    upper = scores[scores["tier"] == "upper"]
    assert upper["term: reserves"].median() == pytest.approx(0, abs=1e-9)


def test_the_year_s_change_adds_up_for_every_council(shared, every):
    checked = 0
    for code, why in every.items():
        if not len(why.change):
            continue
        checked += 1
        before = shared.before.at[code, "log_odds"]
        assert abs(why.change["log_odds"].sum() - (why.log_odds - before)) < 1e-9
        assert abs(why.change["points"].sum() - (why.risk - why.risk_then)) < 1e-9
        assert "level" in why.change.index
    assert checked > 250


def test_evidence_is_the_figure_that_was_scored(shared):
    """The year's row that a sentence names holds the very value the model used, for every council and term."""
    scores = shared.run.table
    for term in shared.run.model.terms:
        for code in scores.index:
            seen = evidence(shared.figures, code, term.indicator, DAY)
            scored = scores.at[code, term.indicator]
            assert (np.isnan(seen.value) and np.isnan(scored)) or seen.value == scored
            if seen.year:
                own = shared.run.indicators
                row = own[(own["ons_code"] == code) & (own["year"] == seen.year)].iloc[0]
                assert row[term.indicator] == seen.value
                assert seen.second_hand == (row["source_kind"] == "interim")


def test_croydon_in_january_2020_by_hand(shared, panel):
    """The figures in the sentences are worked out here from the published lines."""
    rows = panel[panel["ons_code"] == "E09000008"].set_index("year")
    reserves = rows["rs_resunall_end_cy"] + rows["rs_resoth_end_cy"]
    share = reserves / rows["rs_netrevexp_net_exp"]
    why = explain(shared.run, "Croydon", shared=shared)
    assert (why.status, why.eve.as_of) == (EVENT_ALREADY, date(2020, 1, 1))
    text = contribution(why.eve.contributions.loc["reserves"], "LB")
    assert f"{100 * share[2019]:.1f} % of net revenue expenditure on 31 March 2019" in text
    assert f"three years earlier {100 * share[2016]:.0f} %" in text
    others = panel[(panel["class"] == "LB") & (panel["year"] == 2019) & ~panel["ons_code"].isin(["E09000001"])]
    theirs = (others["rs_resunall_end_cy"] + others["rs_resoth_end_cy"]) / others["rs_netrevexp_net_exp"]
    assert (theirs.dropna() >= share[2019]).all()
    assert "lower than in all other London boroughs" in text
    assert why.eve.reference + why.eve.contributions["log_odds"].sum() == pytest.approx(why.eve.log_odds, abs=1e-9)
    assert expit(why.eve.log_odds) == pytest.approx(why.eve.risk, abs=1e-12)


def test_carried_figures_and_second_hand_ones_say_their_year(shared):
    parts = explain(shared.run, "Kent", shared=shared).contributions
    reserves, unallocated = parts.loc["reserves"], parts.loc["unallocated"]
    assert reserves["outturn_year"] == "2024-25"
    assert "31 March 2025" in contribution(reserves, "SC")
    assert "[second-hand figure]" in contribution(reserves, "SC")
    assert unallocated["outturn_year"] == "2023-24"
    assert "31 March 2024" in contribution(unallocated, "SC")
    assert "second-hand" not in contribution(unallocated, "SC")


def test_a_council_that_cannot_be_scored_is_given_no_chance(indicators, events, panel):
    gone = panel.copy()
    gone = gone[~((gone["ons_code"] == "E07000133") & (gone["year"] > 2019))]
    one = run(DAY, panel=gone, intervals=False)
    none = pd.DataFrame(columns=["origin", "ons_code", "status", "risk", "event", "observed"])
    why = explain(one, "Melton", shared=background(one, history=none))
    assert why.status == "cannot be scored"
    assert np.isnan(why.risk)
    assert "no complete return was published" in status_text(why)
    assert why.contributions["log_odds"].isna().all()


def test_nothing_later_than_the_day_is_in_an_explanation(panel, events):
    day = date(2020, 1, 1)
    whole = run(day, panel=panel, intervals=False)
    cut = run(day, panel=panel[panel["known_from"] < pd.Timestamp(day)], intervals=False)
    history = score_history(whole.indicators, whole.events, day)
    again = score_history(cut.indicators, cut.events, day)
    pd.testing.assert_frame_equal(history, again)
    one, other = (explain(r, "Slough", shared=background(r, history=history)) for r in (whole, cut))
    same, again = (
        each.contributions.assign(evidence=each.contributions["evidence"].map(repr)) for each in (one, other)
    )
    pd.testing.assert_frame_equal(same, again)
    assert (one.alike, one.flags, one.limits) == (other.alike, other.flags, other.limits)
    assert set(history["origin"].dt.year) == {2018, 2019, 2020}


def test_the_record_counts_only_horizons_that_had_closed(shared):
    assert shared.record["origin"].max() == pd.Timestamp(2024, 1, 1)
    assert shared.record.groupby(["origin", "ons_code"]).size().max() == 1
    whole = shared.alike(0.0)
    rows = shared.record
    near = rows[(rows["risk"] >= whole.low) & (rows["risk"] <= whole.high)]
    assert (len(near), int(near["event"].sum())) == (whole.times, whole.events)
    assert shared.bands()["councils"].sum() == len(rows)


def test_history_is_the_score_of_that_day(shared, panel):
    past = run(date(2019, 1, 1), panel=panel, intervals=False).scores
    rows = shared.history[shared.history["origin"] == "2019-01-01"].set_index("ons_code")
    pd.testing.assert_series_equal(rows["risk"].sort_index(), past["risk"].sort_index(), check_names=False)


def test_later_publications_are_blanked(indicators):
    known = known_figures(indicators, DAY)
    late = pd.to_datetime(known["known_from_capital"]) >= pd.Timestamp(DAY)
    assert late.any()
    assert known.loc[late, "gross_debt_ratio"].isna().all()
    assert (pd.to_datetime(known["known_from"]) < pd.Timestamp(DAY)).all()
    figures = Figures(known)
    assert figures.newest("E09000008", DAY) == 2025
    assert figures.own("nobody").empty


def test_who_was_not_there_is_told_so(shared):
    with pytest.raises(DataError, match="Cumberland and Westmorland and Furness"):
        explain(shared.run, "Cumbria", shared=shared)
    with pytest.raises(UnknownCouncilError, match="Croydon"):
        explain(shared.run, "Croydn", shared=shared)
