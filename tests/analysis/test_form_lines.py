"""The form lines behind a score: from them alone each figure can be worked out again."""

from __future__ import annotations

import pytest

from resilience.analysis.form_lines import form_lines
from resilience.backtest.past_lists import past_lists
from resilience.councils import resolve
from tests.report.council_data import scored

RESERVES = {"rs_resunall_end_cy", "rs_resoth_end_cy", "rs_resoth_adj_end_cy"}


def amounts(found, names):
    return sum(one.amount for one in found if one.line in names)


@pytest.mark.parametrize("name", ["Sutton", "Kent", "Melton", "Somerset", "Isles of Scilly"])
def test_ratios_are_their_lines_over_net_revenue_expenditure(name):
    day, code = scored(), resolve(name)
    lines = form_lines(day, code)
    for term in day.model.terms:
        if term.name not in lines or term.indicator in ("reserves_runway_years", "interest_to_reserves"):
            continue
        found, year = lines[term.name], day.known.year_of(code, term.indicator)
        (below,) = (one for one in found if one.line == "rs_netrevexp_net_exp")
        assert found[-1] == below and {one.year for one in found} == {year}, term.name
        above = abs(sum(one.amount for one in found[:-1]))
        expected = abs(float(day.known.own(code).at[year, term.indicator]))
        assert above / below.amount == pytest.approx(expected, abs=0.002), term.name


@pytest.mark.parametrize("name", ["Sutton", "Kent", "Melton"])
def test_the_runway_rests_on_reserves_then_and_now(name):
    day, code = scored(), resolve(name)
    lines = form_lines(day, code)
    year = day.known.year_of(code, "reserves_runway_years")
    now = [one for one in lines["runway"] if one.year == year]
    before = [one for one in lines["runway"] if one.year < year]
    assert now and before and {one.year for one in before} <= {year - 3, year - 2}
    use = (sum(one.amount for one in before) - sum(one.amount for one in now)) / 3
    left = min(20.0, sum(one.amount for one in now) / use) if use > 0 else 20.0
    assert left == pytest.approx(float(day.known.own(code).at[year, "reserves_runway_years"]))
    cover = lines["interest cover"]
    assert amounts(cover, RESERVES) == amounts(lines["reserves"], RESERVES)


def test_lines_are_those_published_and_known_by_the_day():
    day, code = scored(), resolve("Croydon")
    then = past_lists(day).lists[2020]
    panel = day.whole_panel.set_index(["ons_code", "year"])
    for found in form_lines(day, code, then).values():
        for one in found:
            assert one.known_from < day.events.rows["known"].max() and one.known_from.date() < then.as_of
            assert panel.at[(code, one.year), one.line] == one.amount
            assert one.source_kind == panel.at[(code, one.year), "source_kind"]
