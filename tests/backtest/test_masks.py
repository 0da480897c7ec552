"""Masks blank what they say in the newest years known, and today's is what today's figures lack."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from resilience.backtest.masks import MASKS, NONE, OLD, TODAY
from resilience.indicators.known import known_on
from resilience.model.families import load_terms
from resilience.model.fitting import fit, training_rows
from resilience.model.scoring import score

ORIGIN = date(2024, 1, 1)


def test_the_newest_years_known_are_blanked_and_nothing_else(indicators):
    before = indicators.copy()
    changed = TODAY.applied(indicators, ORIGIN)
    pd.testing.assert_frame_equal(indicators, before)
    newest = indicators.loc[pd.to_datetime(indicators["known_from"]) < pd.Timestamp(ORIGIN), "year"].max()
    for name in indicators:
        years = TODAY.years.get(name, 0)
        blank = changed["year"].between(newest - years + 1, newest) if years else pd.Series(False, changed.index)
        assert changed.loc[blank, name].isna().all() and indicators.loc[blank, name].notna().any() == bool(years)
        pd.testing.assert_series_equal(changed.loc[~blank, name], indicators.loc[~blank, name])
    assert NONE.applied(indicators, ORIGIN) is indicators
    assert len({mask.name for mask in MASKS}) == len(MASKS)


def test_todays_mask_is_what_the_shipped_figures_lack(indicators):
    ages = known_on(indicators, date(2026, 11, 22)).ages
    for term in load_terms():
        usual = ages[term.indicator].dropna().mode().iloc[0]
        assert usual == TODAY.years.get(term.indicator, 0), term.indicator


def test_masked_lines_are_carried_and_their_families_count_less(indicators, events):
    model = fit(training_rows(indicators, events, ORIGIN), draws=0)
    whole = score(model, known_on(indicators, ORIGIN), events, intervals=False)
    masked = score(model, known_on(OLD.applied(indicators, ORIGIN), ORIGIN), events, intervals=False)
    upper = whole.placed.reliability.index[whole.table.loc[whole.placed.reliability.index, "tier"] == "upper"]
    full, less = (day.placed.reliability.loc[upper] for day in (whole, masked))
    carried = masked.known.ages.loc[upper]
    assert (carried["unallocated_ratio"].dropna() >= 1).mean() > 0.95
    for family in ("reserves", "demand", "slack", "commercial"):
        assert np.median(less[family]) < np.median(full[family]), family
    # The old mask leaves interest and reserves as they are.
    assert less["debt"].equals(full["debt"])
