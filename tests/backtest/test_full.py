"""The whole record holds what belongs beside the back test, and for other questions what can be said of them."""

from __future__ import annotations

from datetime import date

import pytest

from resilience.backtest.full import full_record
from tests.report.site_data import small_site


def test_proofs_of_both_registers_beside_the_same_model():
    full = small_site().record
    assert list(full.proofs) == [date(2025, 12, 31), date(2026, 10, 31)]
    whole = full.proofs[date(2026, 10, 31)]
    assert whole.pooled["model"]["auc"]["value"] == pytest.approx(full.result.pooled["model"]["auc"]["value"])
    assert whole.closed["model"]["auc"]["value"] == pytest.approx(full.result.closed["model"]["auc"]["value"])
    assert full.levels.table.index.tolist() == [2023, 2024]


def test_another_horizon_has_level_and_spread_and_no_comparison_with_0_1_0(indicators, events):
    full = full_record(indicators, events, first=2024, last=2025, horizon=12, draws=0, n_jobs=1)
    assert (full.cases, full.proofs, full.blind_year) == ([], {}, None)
    assert full.levels.table.index.tolist() == [2024, 2025]
