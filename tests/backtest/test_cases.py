"""The record's cases: each is what it says it is, and measured on what it says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from resilience.backtest.cases import EARLIER_REGISTER, predictions_as, registers, to_plain
from resilience.backtest.first_release import NAME, beside
from resilience.backtest.masks import NONE, TODAY
from resilience.backtest.rolling import predict_origin
from resilience.indicators.comparisons import UNLIKE_OTHERS
from tests.report.site_data import small_site


@pytest.fixture(scope="module")
def cases():
    return small_site().record.cases


def test_every_case_once_closed_origins_once(cases):
    said = [(c.register_to, c.mask, c.unlike_too, c.closed) for c in cases]
    assert len(set(said)) == len(said)
    first, last = EARLIER_REGISTER, date(2026, 10, 31)
    for mask, unlike in (("none", False), ("today", False), ("0.1.0", False), ("none", True)):
        assert {one for one in said if one[1:3] == (mask, unlike)} == {
            (first, mask, unlike, False),
            (first, mask, unlike, True),
            (last, mask, unlike, False),
        }
    assert all(c.last == (2024 if c.closed else 2025 if c.register_to == first else 2026) for c in cases)


def test_the_unmasked_case_is_the_back_tests(cases):
    result = small_site().result
    whole = next(c for c in cases if (c.mask, c.unlike_too, c.last) == ("none", False, 2026))
    assert whole.found["model"]["auc"]["value"] == result.pooled["model"]["auc"]["value"]
    assert whole.found["events"] == result.pooled["events"]
    closed = next(c for c in cases if (c.mask, c.unlike_too, c.closed) == ("none", False, True))
    assert closed.found["model"]["recall_at_30"]["value"] == result.closed["model"]["recall_at_30"]["value"]
    others = {n: f["auc"]["value"] for n, f in result.closed["rivals"].items() if n != "prior alone"}
    assert closed.best_rule == max(others, key=others.get)
    assert closed.found["rivals"][closed.best_rule]["auc"]["value"] == others[closed.best_rule]


def test_release_0_1_0_is_paired_on_the_same_rows(cases):
    closed = next(c for c in cases if (c.mask, c.unlike_too, c.closed) == ("none", False, True))
    rows = small_site().result.predictions
    rows = rows[rows["closed"].astype(bool)]
    rank = beside(rows).groupby(rows["origin"]).transform(lambda r: (r.rank() - 0.5) / len(r))
    found = closed.found["rivals"][NAME]["auc"]["value"]
    assert found == pytest.approx(roc_auc_score(rows["event"], rank))
    less = closed.found["differences"][NAME]["auc"]
    assert less["value"] == pytest.approx(closed.found["model"]["auc"]["value"] - found)
    assert less["low"] <= less["high"] and less["detectable"] > 0


def test_masks_cost_something_and_masked_lists_are_by_the_same_model(cases, indicators, events):
    # Fewer known lines on the same origins: another list, by the model that the back test fitted.
    result = small_site().result
    origin = date(2024, 1, 1)
    model = result.models[str(origin)]
    table, used = predict_origin(indicators, events, origin, mask=TODAY, model=model)
    assert used is model
    own = result.predictions[result.predictions["origin"] == pd.Timestamp(origin)]
    assert table["ons_code"].tolist() == own["ons_code"].tolist()
    assert np.corrcoef(table["rank"], own["rank"])[0, 1] < 0.999
    rivals = table.filter(like="rival: reserves_rank")
    # Reserves are known under today's mask: that rule's list stays as it was.
    assert np.array_equal(rivals.to_numpy(), own.filter(like="rival: reserves_rank").to_numpy())


def test_the_two_councils_are_ranked_where_asked_for(indicators, events):
    result = small_site().result
    one = replace(result, predictions=result.predictions[result.predictions["origin"] == "2026-01-01"])
    with_them = predictions_as(indicators, events, one, NONE, True)
    without = predictions_as(indicators, events, one)
    assert set(with_them["ons_code"]) - set(without["ons_code"]) == set(UNLIKE_OTHERS)
    assert with_them.loc[with_them["ons_code"].isin(UNLIKE_OTHERS), "risk"].between(0, 1).all()


def test_a_register_that_reaches_no_further_is_one(events):
    assert [one.until for one in registers(events)] == [EARLIER_REGISTER, date(2026, 10, 31)]
    early = events.known_by(date(2025, 7, 1))
    assert registers(early) == [early]


def test_for_programs(cases):
    plain = to_plain(cases[0])
    assert {"register_to", "mask", "closed_origins_only", "origins", "best_rule", "model", "differences"} <= set(plain)
