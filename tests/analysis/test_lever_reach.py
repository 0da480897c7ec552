"""How far a lever reaches: from current figures alone, and within what councils have done in a year."""

from __future__ import annotations

import numpy as np
import pytest

from resilience.analysis.evidence import NOT_ITS_DUTY
from resilience.analysis.lever_catalogue import LEVERS
from resilience.analysis.lever_reach import furthest_seen, is_current
from resilience.analysis.levers import levers
from resilience.councils import resolve
from tests.report.council_data import scored

BY_NAME = {lever.name: lever for lever in LEVERS}


def test_every_lever_says_what_figures_it_moves():
    day = scored()
    for lever in LEVERS:
        assert set(lever.figures) <= set(day.known.years.columns)
        assert lever.way in (1, -1) and (not lever.seen_in or lever.seen_in in day.known.rows)


@pytest.mark.parametrize("name", ["Sutton", "Kent", "Melton"])
def test_no_lever_pulls_a_carried_figure(name):
    day, code = scored(), resolve(name)
    carried = set(day.known.carried(code))
    assert carried
    table = levers(day, code)
    assert len(table)
    for name in table["lever"].unique():
        assert carried.isdisjoint(BY_NAME[name].figures), name
    stale = [lever for lever in LEVERS if not carried.isdisjoint(lever.figures)]
    assert stale and not any(is_current(day, code, lever) for lever in stale)


@pytest.mark.parametrize("tier", ["upper", "lower"])
def test_steps_stay_within_what_one_year_in_twenty_saw(tier):
    day = scored()
    rows = day.known.rows.sort_values(["ons_code", "year"])
    falls = -rows.groupby("ons_code")["interest_ratio"].diff()[(rows["tier"] == tier) & (rows["year"] >= 2014)]
    seen = furthest_seen(day, tier, BY_NAME["interest"])
    assert 0 < seen < falls.quantile(0.995)
    assert np.isinf(furthest_seen(day, tier, BY_NAME["flexible receipts"]))
    for code in day.at_risk.index[day.at_risk["tier"] == tier][::25]:
        table = levers(day, code)
        for row in table[table["lever"] == "interest"].itertuples():
            assert row.share_of_nre <= seen + 1e-12


def test_a_county_is_not_asked_to_spend_less_on_its_districts_duty():
    day = scored()
    counties = day.at_risk.index[day.at_risk["class"] == "SC"]
    assert NOT_ITS_DUTY["SC"] == BY_NAME["housing"].figures
    for code in counties[::4]:
        assert "housing" not in set(levers(day, code)["lever"])
