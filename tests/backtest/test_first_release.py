"""Release 0.1.0's predictions: those of its frozen list, of its own record, and of every council at risk."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from benchmarks.first_release import without_nil_in_the_ratio_alone
from resilience.backtest.first_release import MEASURES, NAME, beside, figures_of, own_record, predictions
from resilience.backtest.frozen import frozen_lists
from resilience.backtest.masks import MASKS, OLD
from tests.report.site_data import small_site


def test_they_are_those_of_the_frozen_list():
    frozen = next(one for one in frozen_lists() if (one.as_of, one.version) == (date(2026, 1, 1), NAME))
    ours = predictions()["none"].xs(pd.Timestamp(2026, 1, 1))
    theirs = frozen.councils["log_odds"].dropna()
    pd.testing.assert_series_equal(ours.sort_index(), theirs.sort_index(), check_names=False, atol=2e-6)


def test_every_origin_and_mask_is_there():
    table = predictions()
    assert table.index.is_unique and list(table) == [mask.name for mask in MASKS]
    assert table.notna().all(axis=None)
    assert table.index.get_level_values("origin").unique().year.tolist() == list(range(2018, 2027))
    # 0.1.0 lacked these lines on 1 January 2026 in truth: masking them changes little there, and much before.
    moved = (table["none"] - table["0.1.0"]).abs().groupby("origin").median()
    assert moved.iloc[-1] < moved.iloc[-3]


def test_beside_rows_in_their_order_and_the_unknown_come_last():
    rows = small_site().result.predictions[["origin", "ons_code"]].sample(50, random_state=1)
    found = beside(rows, OLD)
    assert found.index.equals(rows.index)
    one = rows.iloc[7]
    assert found.iloc[7] == predictions().at[(one["origin"], one["ons_code"]), "0.1.0"]
    strange = rows.assign(ons_code=["X", *rows["ons_code"].iloc[1:]])
    assert beside(strange).iloc[0] < np.nanmin(predictions()["none"])


def test_its_own_record_is_quoted_with_where_it_is_from():
    found = own_record()
    assert found["commit"] == "7853f54" and len(found["sha256"]) == 64
    assert found["settings"]["register_to"] == "2025-12-31"
    # The figures of the table in ../shared/model.md: first edition of the register, 0.1.0.
    assert list(figures_of(found["model"]).values()) == pytest.approx([0.869, 0.793, 0.548], abs=0.0005)
    assert list(figures_of(found["model"])) == list(MEASURES)


def test_the_specification_blanked_a_nil_in_the_ratio_alone():
    # As the returns have them, £ thousand: Norwich opened at nil after closing at £10.3m; Greenwich used all it had.
    panel = pd.DataFrame(
        [
            ("E07000148", 2023, 10_300.0, 10_300.0),
            ("E07000148", 2024, 0.0, 0.0),
            ("E09000011", 2023, 18_900.0, 18_900.0),
            ("E09000011", 2024, 18_900.0, 0.0),
        ],
        columns=["ons_code", "year", "rs_resunall_start_cy", "rs_resunall_end_cy"],
    )
    before = panel[["ons_code", "year"]].assign(unallocated_ratio=[0.5, 0.0, 0.1, 0.0], reserves_ratio=1.0)
    found = without_nil_in_the_ratio_alone(panel, before)
    assert found["unallocated_ratio"].isna().tolist() == [False, True, False, False]
    pd.testing.assert_series_equal(found["reserves_ratio"], before["reserves_ratio"])
