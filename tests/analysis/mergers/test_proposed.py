"""Councils that do not exist yet: scored as any other, nobody else disturbed, nothing later seen."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from resilience import method
from resilience.analysis.mergers.add_up import merge_councils, merged_indicators, parts_of
from resilience.analysis.mergers.proposed import (
    PAST_ERROR,
    as_council,
    every_merger,
    merger,
    merger_asked_for,
    more_indebted_than,
    score_merged,
)
from resilience.errors import DataError
from resilience.indicators.compute import compute_indicators
from resilience.indicators.definitions import by_source
from resilience.indicators.known import known_on
from resilience.model.scoring import score
from resilience.publications.others.capital import load_capital
from resilience.report.views.merger import view
from resilience.report.writers import write
from tests.analysis.mergers.data import EAST, one_panel, one_run, scored


@pytest.fixture(scope="module")
def run():
    return one_run()


@pytest.fixture(scope="module")
def panel():
    return one_panel()


def test_nobody_else_is_disturbed(run, panel):
    before = run.table.copy()
    scored(run, panel, EAST)
    pd.testing.assert_frame_equal(before, run.table)


def test_a_council_merged_with_next_to_nothing_keeps_its_own_chance(run, panel):
    # Barnsley's newest year is second-hand: its last children's services and unallocated reserves stand in as amounts,
    # not as shares of their own year, so that its sum is not to the last digit its own.
    for name, code, margin, places in (("Rotherham", "E08000018", 1e-6, 1), ("Barnsley", "E08000038", 0.1, 10)):
        score = scored(run, panel, [name, "Rutland"], shares={"Rutland": 1e-6})
        own = run.table.loc[code]
        assert score.known["outturn_year"] == own["outturn_year"] == "2025-26"
        assert score.risk == pytest.approx(own["risk"], rel=margin)
        assert score.place == pytest.approx(int(own["rank"]), abs=places)


def test_a_stand_in_makes_no_figure_fresher(run, panel):
    """Barnsley's children's services are of an older year than Rutland's: the sum counts as stale as Barnsley is."""
    score = scored(run, panel, ["Barnsley", "Rutland"], shares={"Rutland": 1e-6})
    assert run.known.ages.at["E08000038", "childrens_social_care_share"] > 0
    times = score.scored.placed.reliability.iloc[0]
    assert times["demand"] <= run.placed.reliability.at["E08000038", "demand"] + 1e-12 < 1
    # The other way round it counts as fresh as Rutland's own, whatever a thousandth of Barnsley returned.
    other = scored(run, panel, ["Barnsley", "Rutland"], shares={"Barnsley": 1e-6})
    assert other.scored.placed.reliability.iloc[0]["demand"] >= times["demand"]


def test_the_chance_is_the_sum_of_its_terms_on_the_days_scale(run, panel):
    score = scored(run, panel, EAST)
    log_odds = run.scale.intercept + score.scored.contributions.iloc[0].sum()
    assert score.scored.scale is run.scale
    assert score.risk == pytest.approx(expit(log_odds))
    assert score.known["tier"] == "upper" and score.risk_low < score.risk < score.risk_high


def test_the_range_is_wider_than_a_councils_own(run, panel):
    score = scored(run, panel, ["Barnsley", "Rutland"], shares={"Rutland": 1e-6})
    own = run.table.loc["E08000038"]
    wide = np.log(score.risk_high / (1 - score.risk_high)) - np.log(score.risk_low / (1 - score.risk_low))
    usual = np.log(own["risk_high"] / (1 - own["risk_high"])) - np.log(own["risk_low"] / (1 - own["risk_low"]))
    assert wide > usual + PAST_ERROR
    further = scored(run, panel, ["Sutton", "Bromley"])
    assert further.between > 1 and further.risk_high - further.risk_low > score.risk_high - score.risk_low


def test_districts_alone_make_a_district(run, panel):
    score = scored(run, panel, ["Babergh", "Mid Suffolk"])
    assert score.known["tier"] == "lower" and score.scored.contributions["upper tier"].tolist() == [0]


def test_west_surrey_inherits_wokings_debt(run):
    one = every_merger(run, "E07000217")["West Surrey Council"]
    assert one.brings.at["E07000217", "debt"] == pytest.approx(2_176_291, rel=0.01)
    assert one.totals.at["debt", "amount"] == pytest.approx(one.brings["debt"].sum())
    assert one.totals.at["debt", "amount"] > 5_000_000
    assert one.totals.at["reserves", "at_least"] == pytest.approx(one.brings["reserves"].sum())
    fewer, of = more_indebted_than(run, one)
    assert 0.9 * of <= fewer <= of
    assert one.brings.at["E07000217", "status"] == "event already"
    assert more_indebted_than(run, merger(run, ["Hart", "Rushmoor"])) is None


def test_districts_hold_no_schools_grant_and_lack_nothing(run):
    one = merger(run, ["Maidstone", "Ashford", "Kent"])
    county = one.brings.at["E10000016", "dsg_deficit"]
    assert one.totals.at["dsg_deficit", "amount"] == pytest.approx(county, nan_ok=True)


@pytest.mark.parametrize(
    ("codes", "name"),
    [(["Hart", "Rushmoor"], "Hart and Rushmoor"), (["Hart", "E07000092", "Woking"], "Hart, Rushmoor and Woking")],
)
def test_without_a_name_it_is_called_by_its_predecessors(run, codes, name):
    assert merger(run, codes).name == name
    assert merger(run, codes).score.known["council"] == name
    assert merger(run, codes, "New").name == "New"


def test_a_merged_council_is_known_as_the_list_knows_one(run):
    """Of one council's own rows the same comes out as stands on the list, what is carried included."""
    own = run.indicators[run.indicators["ons_code"] == "E09000029"]
    known = known_on(own, run.as_of, councils=as_council(own))
    row = run.table.loc["E09000029"]
    assert known.table.at["E09000029", "outturn_year"] == row["outturn_year"]
    for term in run.model.terms:
        assert known.table.at["E09000029", term.indicator] == row[term.indicator]
    assert known.carried("E09000029") == run.known.carried("E09000029") != {}
    pd.testing.assert_frame_equal(known.years, run.known.years.loc[["E09000029"]])


def test_a_council_of_which_too_little_is_known_cannot_be_assessed(run, panel):
    rows = merge_councils(panel, ["Croydon", "Sutton"], "South")
    table = merged_indicators(rows, run.indicators)
    parts = parts_of(panel, ["Croydon", "Sutton"])
    with pytest.raises(DataError, match=r"^South cannot be assessed: in no recent year have all its predecessors"):
        score_merged(run, table[table["year"] <= 2020], parts)
    with pytest.raises(DataError, match=r"^Cumberland did not exist on 2022-01-01; choose another date"):
        early = method.run(date(2022, 1, 1), intervals=False)
        score_merged(early, table, parts_of(panel, ["Cumberland", "Sutton"]))


@pytest.fixture(scope="module")
def hart_and_rushmoor():
    def on(day: date):
        return merger_asked_for(["Hart", "Rushmoor"], "Hart and Rushmoor", None, [], day)

    return {day: on(day) for day in (date(2025, 2, 1), date(2025, 3, 31), date(2025, 4, 1))}


@pytest.mark.parametrize("day", [date(2025, 2, 1), date(2025, 3, 31)])
def test_no_debt_is_known_before_it_was_published(hart_and_rushmoor, day):
    """Debt of 31 March 2024 counts from 31 March 2025: until then the debt is that of the year before, and says so."""
    then, one = hart_and_rushmoor[day]
    rows = then.indicators[then.indicators["year"] == 2024]
    assert (rows["known_from_capital"] == pd.Timestamp(2025, 3, 31)).all()
    capital = list(by_source()["capital"])
    assert {"gross_debt_ratio", "cfr_ratio"} <= set(capital)
    assert one.score.known["outturn_year"] == "2023-24"
    assert one.score.scored.known.years.loc[one.score.code, capital].max() == 2023
    held = pd.read_csv("data/processed/capital.csv").set_index(["year", "ons_code"])["cor_external_debt"]
    codes = ["E07000089", "E07000092"]
    assert one.brings.loc[codes, "debt"].tolist() == held[2023][codes].tolist() != held[2024][codes].tolist()
    content = view(then, one)["content"]
    assert all(row["debt_year"] == 2023 for row in content["brings"])
    named = [text for text in content["carried"].split("; ") if text.split(" ")[0] in capital]
    assert named == ["gross_debt_ratio 2022-23", "cfr_ratio 2022-23"]
    said = " ".join(write("merger", "text", view(then, one)).split())
    assert "debt of years ending 2023" in said
    assert f"£{held[2023][codes].sum() / 1000:.1f}m" in said and f"£{held[2024][codes].sum() / 1000:.1f}m" not in said


def test_the_day_after_it_is_known(hart_and_rushmoor):
    _, one = hart_and_rushmoor[date(2025, 4, 1)]
    held = pd.read_csv("data/processed/capital.csv").query("year == 2024").set_index("ons_code")
    both = held.loc[["E07000089", "E07000092"], "cor_external_debt"].sum()
    assert one.brings["debt"].sum() == pytest.approx(both)
    assert one.score.known["gross_debt_ratio"] * one.score.known["net_revenue_expenditure"] == pytest.approx(both)


def test_debts_that_came_later_change_no_byte_of_an_earlier_merger(hart_and_rushmoor, monkeypatch):
    day = date(2025, 2, 1)
    usual = view(*hart_and_rushmoor[day])
    capital = load_capital()
    late = pd.to_datetime(capital["known_from"]) >= pd.Timestamp(day)
    assert late.any()
    amounts = [name for name in capital.select_dtypes("number") if name != "year"]
    changed = capital.copy()
    changed.loc[late, amounts] = changed.loc[late, amounts] * 1000 + 1
    for figures in (changed, capital[~late]):
        for where in ("resilience.analysis.mergers.add_up.load_capital", "resilience.analysis.place.load_capital"):
            monkeypatch.setattr(where, lambda figures=figures: figures)
        run, _ = hart_and_rushmoor[day]
        again = merger(run, ["Hart", "Rushmoor"], "Hart and Rushmoor")
        assert view(run, again) == usual


@pytest.mark.parametrize(
    "codes", [["Hart", "Rushmoor"], ["Maidstone", "Ashford", "Kent"]], ids=["districts", "with a county's share"]
)
def test_years_that_came_later_change_no_byte_of_an_earlier_merger(codes):
    """The county's share too is by the spending known on the day."""
    day = date(2022, 1, 1)
    usual = method.run(day)
    later = usual.panel["known_from"] >= pd.Timestamp(day)
    cut = usual.panel[~later].reset_index(drop=True)
    assert later.sum() > 300
    absurd = usual.panel.copy()
    amounts = [name for name in absurd.select_dtypes("number") if name != "year"]
    rng = np.random.default_rng(5)
    absurd.loc[later, amounts] *= rng.lognormal(0, 2, size=(int(later.sum()), len(amounts)))
    texts = []
    for figures in (usual.panel, cut, absurd):
        known = known_on(compute_indicators(figures), day)
        then = replace(score(usual.model, known, usual.events), panel=figures)
        one = merger(then, codes, "New")
        texts.append(view(then, one))
    assert texts[1] == texts[0]
    assert texts[2] == texts[0]
