"""A council's view: plain, whole, and true to the published figures."""

from __future__ import annotations

import dataclasses
import json

import pandas as pd
import pytest

from resilience.analysis.explain import explain
from resilience.backtest.past_lists import PastLists
from resilience.method import run
from resilience.report.views import council
from resilience.report.views.council_score import change_in_words
from resilience.report.views.new_councils import every_merger
from resilience.report.writers import write
from tests.report.council_data import COUNCILS, DAY, scored, view_of
from tests.report.site_data import one_run

PANEL_CODES = [("Croydon", "E09000008"), ("Kent", "E10000016"), ("Melton", "E07000133")]


@pytest.mark.parametrize("name", COUNCILS)
def test_the_view_is_plain(name):
    view = view_of(name)
    assert json.loads(json.dumps(view, allow_nan=False)) == view


@pytest.mark.parametrize(("name", "code"), PANEL_CODES)
def test_figures_are_those_of_the_panel(name, code, panel):
    """Worked out here from the published lines, not by the library's formulas."""
    rows = panel[panel["ons_code"] == code].set_index("year")
    spending = rows["rs_netrevexp_net_exp"]
    found = {row["indicator"]: row for row in view_of(name)["indicators"]}
    unallocated, interest = rows["rs_resunall_end_cy"] / spending, rows["rs_intextpay_net_exp"] / spending
    newest = int(rows.index[rows["known_from"] < pd.Timestamp(DAY)].max())
    assert (newest, rows.at[newest, "source_kind"]) == (2025, "transcribed")
    reserves = rows["rs_resunall_end_cy"] + rows["rs_resoth_end_cy"]
    assert found["reserves_ratio"]["value"] == pytest.approx(reserves[newest] / spending[newest])
    assert found["reserves_ratio"]["year"] == rows.at[newest, "outturn_year"]
    assert found["unallocated_ratio"]["value"] == pytest.approx(unallocated[newest])
    assert found["unallocated_ratio"]["series"]["2019"] == pytest.approx(unallocated[2019])
    assert found["interest_ratio"]["series"][str(newest)] == pytest.approx(interest[newest])
    transcribed = [row for row in view_of(name)["sources"] if row["source_kind"] == "transcribed"]
    assert {(row["publication"], row["year"]) for row in transcribed} == {
        ("Revenue outturn, council by council", rows.at[newest, "outturn_year"]),
        ("Capital outturn", "2023-24"),
    }
    # How it is paid for came later, from second-hand tables, into a row of transcribed lines.
    funding = {"council_tax_share", "grant_share", "retained_rates_share"}
    assert {row["indicator"] for row in view_of(name)["indicators"] if row["second_hand"]} == funding


def test_a_council_at_risk_has_a_score_and_its_place(indicators):
    view = view_of("Sutton")
    assert view["at_risk"] and view["before_the_event"] is None
    assert 1 <= view["class_rank"] <= view["class_of"] < view["score"]["of"]
    assert view["steps"] and view["what_would_change_it"] and len(view["how_sure"]) >= 3
    assert view["history"][-1]["day"] == str(DAY)
    assert view["history"][-1]["risk"] == view["score"]["chance"]


def test_a_council_with_an_event_has_no_present_chance():
    view = view_of("Croydon")
    assert not view["at_risk"] and view["score"] is None
    assert view["before_the_event"]["as_of"] == "2020-01-01"
    assert view["how_sure"] == view["change_in_words"] == view["what_would_change_it"] == []
    assert next(row["known"] for row in view["events"] if row["counts"]) == "2020-11-11"


def test_a_council_without_a_return_is_told_so(panel):
    gone = panel[~((panel["ons_code"] == "E07000133") & (panel["year"] > 2019))]
    day = run(DAY, panel=gone, intervals=False)
    columns = ["origin", "ons_code", "class", "status", "risk", "band", "rank", "of", "event", "observed"]
    empty = pd.DataFrame(columns=columns).astype({"origin": "datetime64[ns]", "risk": float, "observed": float})
    day.once("past lists", lambda: PastLists({}, empty))
    view = council.view(day, "Melton")
    assert (view["status"], view["score"], view["before_the_event"]) == ("cannot be scored", None, None)
    for form in ("text", "html", "json"):
        content = write("council", form, view)
        assert "Cannot be scored" in content and "the chance that Melton" not in content


def test_peers_and_place():
    for name in COUNCILS:
        view = view_of(name)
        told = view["peers_then_and_later"] or {"recovered": []}  # none of councils unlike any other
        assert bool(view["peers_then_and_later"]) == bool(view["neighbours"]) == (not view["unlike"])
        assert [row["council"] for row in view["recovered"]] == [row["council"] for row in told["recovered"]][:3]
        assert view["area"]["name"] == view["place"]["name"]
        shown = {row["ons_code"] for row in view["area"]["councils"]}
        assert shown == {row["ons_code"] for row in view["place"]["councils"]}


def test_councils_unlike_any_other_say_so():
    for name in COUNCILS:
        assert bool(view_of(name)["warnings"]) == (name in ("City of London", "Isles of Scilly"))


def test_a_change_without_a_change_of_the_figure_is_said_in_words():
    why = explain(scored(), "Kent")
    moved = change_in_words(why)
    assert any(" → " in row["moved"] for row in moved)
    assert all(row["moved"].startswith("still ") == row["still"] != (" → " in row["moved"]) for row in moved)
    same = why.change.assign(value_then=why.change["value_now"])
    for row in change_in_words(dataclasses.replace(why, change=same)):
        assert row["still"] and row["moved"].startswith("still ")
        # Kent's newest year came without investment income, so that its family counts for less than the year before.
        older = (
            why.change.at["investment income", "reliability_now"]
            < why.change.at["investment income", "reliability_then"]
        )
        assert row["moved"].endswith(("its tier moved", "others moved", "as figures in it are older"))
    assert older


def test_a_council_to_be_taken_into_another_says_what_that_would_inherit():
    mergers = {"East Surrey Council": every_merger(one_run(), "E07000207")["East Surrey Council"]}
    view = council.view(scored(), "Elmbridge", mergers=mergers)
    said = "It is to become part of East Surrey Council (decided on 10 March 2026, to begin on 1 April 2027)."
    assert view["reorganised"] == said
    assert [each["name"] for each in view["new_councils"]] == ["East Surrey Council"]
    assert 'resilience merge --proposal "East Surrey"' in write("council", "text", view)
    page = write("council", "html", {**view, "mergers_page": "../mergers.html"})
    assert 'href="../mergers.html#east-surrey-council"' in page and "No such council exists yet" in page
    # On a day before the decision nothing of it was known.
    assert every_merger(scored(), "E07000207") == {}
