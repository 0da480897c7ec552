"""Every score explains itself exactly, and every sentence says the council's own published figure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from resilience.analysis.evidence import evidence
from resilience.analysis.explain import explain
from resilience.analysis.families import contributions, family_bars
from resilience.analysis.mergers.proposed import merger
from resilience.backtest.past_lists import past_lists, year_before
from resilience.backtest.track_record import track_record
from resilience.councils import resolve
from resilience.errors import DataError, UnknownCouncilError
from resilience.indicators.known import known_on, rows_known_on
from resilience.method import run
from resilience.model.risk_set import AT_RISK, EVENT_ALREADY
from resilience.model.scale import UPPER
from resilience.model.scoring import score
from resilience.report.wording.council import status_text
from resilience.report.wording.indicators import contribution

DAY = date(2026, 1, 1)
ORIGINS = [date(2018, 1, 1), date(2022, 1, 1), DAY]


@pytest.fixture(scope="module")
def today(panel):
    return run(DAY, panel=panel, intervals=False)


@pytest.fixture(scope="module")
def every(today):
    return {code: explain(today, code) for code in today.table.index}


@pytest.mark.parametrize("origin", ORIGINS, ids=str)
def test_reference_and_contributions_are_the_log_odds_of_every_council(origin, panel, today, every):
    if origin == DAY:
        scores, explained = today.table, list(every.values())
    else:
        past = run(origin, panel=panel, intervals=False)
        scores = past.table
        explained = [explain(past, code) for code in scores.index]
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


#: Of every class and tier, with an event and without, large and small, with lines carried and without, merged, at the
#: cut; and none that the list is topped by alone.
TWENTY = (
    "Sutton", "Croydon", "Kent", "Somerset", "Cumberland", "Rutland", "Melton", "Pendle", "Norwich", "Torbay",
    "Kirklees", "Hackney", "Westminster", "Isle of Wight", "Surrey", "Elmbridge", "Hart", "Rushmoor", "Manchester",
    "Wokingham",
)  # fmt: skip


def adds_up(scored, code) -> None:
    """Check one council: families, tier and intercept make its log-odds, and each family's figures make the family."""
    model = scored.model
    bars, parts = family_bars(scored, code), contributions(scored, code)
    tier = model.weights[UPPER] if scored.table.at[code, "tier"] == "upper" else 0.0
    given = float(scored.log_odds[code])
    assert abs(scored.scale.intercept + tier + scored.families.loc[code].drop(UPPER).sum() - given) < 1e-9
    for name, bar in bars.iterrows():
        own = parts[parts["family"] == name]
        assert abs(own["spreads"].sum() - bar["spreads"]) < 1e-9
        assert abs(bar["spreads"] * bar["weight"] - scored.families.at[code, name]) < 1e-9
        assert abs(scored.contributions.loc[code, own.index].sum() - scored.families.at[code, name]) < 1e-9
        assert (bar["reliability"] < 1) == (own["carried"] & own["applies"]).any()
    if scored.table.at[code, "status"] == AT_RISK:
        assert abs(scored.reference(scored.table.at[code, "tier"]) + bars["log_odds"].sum() - given) < 1e-9
        for name, bar in bars.iterrows():
            assert abs(parts.loc[parts["family"] == name, "log_odds"].sum() - bar["log_odds"]) < 1e-9
        assert bars["log_odds"].abs().is_monotonic_decreasing
        assert abs(bars["chance_to"].iloc[-1] - scored.table.at[code, "risk"]) < 1e-12


def test_the_five_bars_of_twenty_councils_add_up_to_the_score(today):
    codes = [resolve(name, on=today.as_of) for name in TWENTY]
    assert len(set(codes)) == 20
    assert set(today.table.loc[codes, "class"]) == {"UA", "MD", "LB", "SC", "SD"}
    assert set(today.table.loc[codes, "status"]) == {AT_RISK, EVENT_ALREADY}
    assert (today.placed.reliability.loc[codes] < 1).any(axis=None)
    for code in codes:
        adds_up(today, code)
    # Some are cut off; the shares of their figures add up all the same.
    cut = today.placed.cut.index[today.placed.cut.any(axis=1)]
    assert len(cut) > 5
    for code in cut:
        adds_up(today, code)


def test_the_bars_of_a_merged_council_add_up_too(today):
    whole = run(DAY)
    merged = merger(whole, [resolve("Hart"), resolve("Rushmoor")]).score
    adds_up(merged.scored, merged.code)
    assert merged.scored.table["status"].tolist() == [AT_RISK]


def test_a_bar_says_what_it_asks_and_a_family_without_a_figure_that_it_has_none(today):
    silent = replace(today.known, table=today.known.table.copy())
    silent.table.loc["E10000016", "interest_to_reserves"] = np.nan
    bars = family_bars(score(today.model, silent, today.events, intervals=False), "E10000016")
    assert bars["asks"].str.endswith("?").all() and set(bars.index) == {f.name for f in today.model.families}
    assert bars["without_figure"].to_dict() == {name: name == "debt" for name in bars.index}
    assert bars.at["debt", "spreads"] == bars.at["debt", "log_odds"] == 0.0


def test_reference_is_the_tier_s_median_council(today):
    kent, melton = (explain(today, name) for name in ("Kent", "Melton"))
    assert kent.reference - melton.reference == pytest.approx(today.model.weights[UPPER], abs=1e-12)
    assert melton.reference == pytest.approx(today.scale.intercept, abs=1e-12)
    # The median council of a tier has nought in a family of which nothing is carried forward.
    upper = today.families[(today.table["tier"] == "upper") & today.families["reserves"].notna()]
    assert (today.placed.reliability.loc[upper.index, "debt"] == 1).mean() > 0.95
    assert upper["debt"].median() == pytest.approx(0, abs=0.02)


def test_the_year_s_change_adds_up_for_every_council(today, every):
    checked = 0
    for code, why in every.items():
        if not len(why.change):
            continue
        checked += 1
        before = year_before(today).table.at[code, "log_odds"]
        assert abs(why.change["log_odds"].sum() - (why.log_odds - before)) < 1e-9
        assert abs(why.change["points"].sum() - (why.risk - why.risk_then)) < 1e-9
        assert "level" in why.change.index
    assert checked > 250


def test_evidence_is_the_figure_that_was_scored(today):
    """The year's row that a sentence names holds the value the model used, or set over the newest net expenditure."""
    scores, rebased = today.table, 0
    for term in today.model.terms:
        for code in scores.index:
            seen = evidence(today.known, code, term.indicator)
            scored = scores.at[code, term.indicator]
            used = seen.value if np.isnan(seen.rebased) else seen.rebased
            assert (np.isnan(used) and np.isnan(scored)) or used == scored
            again = today.known.is_rebased(code, term.indicator)
            assert again == (not np.isnan(seen.rebased))
            rebased += again
            if seen.year:
                own = today.indicators
                row = own[(own["ons_code"] == code) & (own["year"] == seen.year)].iloc[0]
                assert row[term.indicator] == seen.value
                assert seen.second_hand == (row["source_kind"] == "interim")
                assert seen.transcribed == (row["source_kind"] == "transcribed")
                if again:  # the year's amount over the newest net revenue expenditure, worked out from the panel
                    spending = today.panel[today.panel["ons_code"] == code].set_index("year")["rs_netrevexp_net_exp"]
                    newest = scores.at[code, "net_revenue_expenditure"]
                    assert seen.rebased == pytest.approx(seen.value * spending[seen.year] / newest)
    assert rebased > 50


def test_a_rebased_figure_is_told_beside_its_own_year_s(today):
    """Westminster's net revenue expenditure grew by a third in a year: investment income of 2023-24 over both."""
    spending = today.panel[today.panel["ons_code"] == "E09000033"].set_index("year")["rs_netrevexp_net_exp"]
    assert spending[2025] / spending[2024] - 1 > 1 / 3
    row = explain(today, "Westminster").contributions.loc["investment income"]
    then, now = row["value"], row["value"] * spending[2024] / spending[2025]
    text = contribution(row, "LB")
    assert f"came to {100 * then:.0f}% of net revenue expenditure in 2023-24" in text
    assert f", {100 * now:.0f}% of the newest net revenue expenditure, which the score uses" in text
    for council, class_ in (("Kent", "SC"), ("Sutton", "LB")):
        for _, other in explain(today, council).contributions.iterrows():
            assert "over the newest" not in contribution(other, class_)


def test_croydon_in_january_2020_by_hand(today, panel):
    """The figures in the sentences are worked out here from the published lines."""
    rows = panel[panel["ons_code"] == "E09000008"].set_index("year")
    reserves = rows["rs_resunall_end_cy"] + rows["rs_resoth_end_cy"]
    share = reserves / rows["rs_netrevexp_net_exp"]
    why = explain(today, "Croydon")
    assert (why.status, why.before_event.as_of) == (EVENT_ALREADY, date(2020, 1, 1))
    text = contribution(why.before_event.contributions.loc["reserves"], "LB")
    assert f"{100 * share[2019]:.1f}% of net revenue expenditure on 31 March 2019" in text
    assert f"three years earlier {100 * share[2016]:.0f}%" in text
    others = panel[(panel["class"] == "LB") & (panel["year"] == 2019) & ~panel["ons_code"].isin(["E09000001"])]
    theirs = (others["rs_resunall_end_cy"] + others["rs_resoth_end_cy"]) / others["rs_netrevexp_net_exp"]
    assert (theirs.dropna() >= share[2019]).all()
    assert "lower than in all other London boroughs" in text
    assert why.before_event.reference + why.before_event.contributions["log_odds"].sum() == pytest.approx(
        why.before_event.log_odds, abs=1e-9
    )
    assert expit(why.before_event.log_odds) == pytest.approx(why.before_event.risk, abs=1e-12)


def test_carried_figures_and_second_hand_ones_say_their_year(today):
    why = explain(today, "Isles of Scilly")
    assert (why.status, why.not_scored_because) == ("cannot be scored", "no comparable council")
    parts = why.contributions
    reserves, unallocated = parts.loc["reserves"], parts.loc["unallocated"]
    assert reserves["outturn_year"] == "2024-25"
    assert "31 March 2025" in contribution(reserves, "UA")
    assert "[second-hand figure]" in contribution(reserves, "UA")
    assert unallocated["outturn_year"] == "2023-24"
    assert "31 March 2024" in contribution(unallocated, "UA")
    assert "second-hand" not in contribution(unallocated, "UA")


def test_transcribed_figures_are_no_second_hand_ones(today):
    kent = explain(today, "Kent")
    reserves, income = (kent.contributions.loc[name] for name in ("unallocated", "investment income"))
    assert (reserves["outturn_year"], reserves["transcribed"], reserves["second_hand"]) == ("2024-25", True, False)
    assert (income["outturn_year"], income["transcribed"], income["second_hand"]) == ("2023-24", False, False)
    assert "second-hand" not in contribution(reserves, "SC")
    assert kent.limits.transcribed and not kent.limits.second_hand


def test_a_council_that_cannot_be_scored_is_given_no_chance(indicators, events, panel):
    gone = panel.copy()
    gone = gone[~((gone["ons_code"] == "E07000133") & (gone["year"] > 2019))]
    one = run(DAY, panel=gone, intervals=False)
    why = explain(one, "Melton")
    assert why.status == "cannot be scored"
    assert np.isnan(why.risk)
    assert why.not_scored_because == "no return"
    assert "no complete return was published" in status_text(why)
    assert why.families["log_odds"].isna().all() and not why.families["at_limit"].any()
    assert why.contributions["log_odds"].isna().all()


def test_nothing_later_than_the_day_is_in_an_explanation(panel, events):
    day = date(2020, 1, 1)
    whole = run(day, panel=panel, intervals=False)
    cut = run(day, panel=panel[panel["known_from"] < pd.Timestamp(day)], intervals=False)
    history, again = past_lists(whole).table, past_lists(cut).table
    pd.testing.assert_frame_equal(history, again)
    one, other = (explain(each, "Slough") for each in (whole, cut))
    same, again = (
        each.contributions.assign(evidence=each.contributions["evidence"].map(repr)) for each in (one, other)
    )
    pd.testing.assert_frame_equal(same, again)
    assert (one.similar, one.flags, one.limits) == (other.similar, other.flags, other.limits)
    assert set(history["origin"].dt.year) == {2018, 2019, 2020}


def test_the_record_counts_only_horizons_that_had_closed(today):
    past = past_lists(today)
    rows = past.closed
    assert rows["origin"].max() == pd.Timestamp(2024, 1, 1)
    assert rows.groupby(["origin", "ons_code"]).size().max() == 1
    whole = past.similar(0.0)
    near = rows[(rows["risk"] >= whole.low) & (rows["risk"] <= whole.high)]
    assert (len(near), int(near["event"].sum())) == (whole.times, whole.events)
    assert sum(one.councils for one in track_record(today).bands.values()) == len(rows)


def test_history_is_the_score_of_that_day(today, panel):
    past = run(date(2019, 1, 1), panel=panel, intervals=False).table
    history = past_lists(today).table
    rows = history[history["origin"] == "2019-01-01"].set_index("ons_code")
    pd.testing.assert_series_equal(rows["risk"].sort_index(), past["risk"].sort_index(), check_names=False)


def test_later_publications_are_blanked(indicators):
    known = rows_known_on(indicators, DAY)
    late = pd.to_datetime(known["known_from_capital"]) >= pd.Timestamp(DAY)
    assert late.any()
    assert known.loc[late, "gross_debt_ratio"].isna().all()
    assert (pd.to_datetime(known["known_from"]) < pd.Timestamp(DAY)).all()
    figures = known_on(indicators, DAY)
    assert figures.newest("E09000008") == 2025
    assert figures.own("nobody").empty


def test_who_was_not_there_is_told_so(today):
    with pytest.raises(DataError, match="Cumberland and Westmorland and Furness"):
        explain(today, "Cumbria")
    with pytest.raises(UnknownCouncilError, match="Croydon"):
        explain(today, "Croydn")
