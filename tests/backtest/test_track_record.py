"""What followed for past councils: counted again by hand, as it was known on the day, and as it is shipped."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, replace
from datetime import date

import pandas as pd
import pytest

from resilience import method, paths
from resilience.backtest.past_lists import past_lists
from resilience.backtest.track_record import (
    CAP_COUNCILS,
    Followed,
    TrackRecord,
    counted,
    followed,
    in_both,
    reserves_ranks,
    ship,
    track_record,
)
from resilience.formatting import CAP
from resilience.model.bands import NAMES
from tests.report.site_data import one_run


@pytest.fixture(scope="module")
def scored():
    return one_run()


@pytest.fixture(scope="module")
def known(scored):
    return counted(scored)


def test_the_bands_are_counted_over_closed_januaries_only(scored, known):
    lists = past_lists(scored).lists
    first = scored.events.onsets()["date"]
    councils, events = dict.fromkeys(NAMES, 0), dict.fromkeys(NAMES, 0)
    both = [0, 0]
    abolished = past_lists(scored).table.set_index(["origin", "ons_code"])["observed"]
    for year in range(2018, 2025):  # the register ends on 31 October 2026: 2024's 24 months are over, 2025's are not
        origin = pd.Timestamp(year, 1, 1)
        table = lists[year].at_risk
        plain = table["reserves_ratio"].sort_values(kind="stable").index[:30]
        for code, row in table.iterrows():
            happened = code in first.index and origin <= first[code] < origin + pd.DateOffset(months=24)
            if not happened and abolished[origin, code] < 1:
                continue
            councils[row["band"]] += 1
            events[row["band"]] += happened
            if row["rank"] <= 30 and code in plain:
                both[0] += 1
                both[1] += happened
    assert (known.first, known.last) == (2018, 2024)
    assert {name: (one.councils, one.events) for name, one in known.bands.items()} == {
        name: (councils[name], events[name]) for name in NAMES
    }
    assert (known.both.councils, known.both.events) == tuple(both)
    assert known.bands["1–10"].councils == 70
    shares = [one.share for one in known.bands.values()]
    assert shares == sorted(shares, reverse=True)


def test_a_past_day_knows_no_january_that_closed_after_it():
    then = method.run(date(2021, 6, 1), intervals=False)
    found = track_record(then)
    assert (found.first, found.last) == (2018, 2019)
    assert found.bands["1–10"].councils == 20
    before = method.run(date(2019, 6, 1), intervals=False)
    assert track_record(before) == TrackRecord()
    assert track_record(before).of("1–10") is None


def test_what_is_shipped_is_what_training_counts_now(scored, known, tmp_path, monkeypatch):
    content = json.loads((paths.models() / "distress-24m-record.json").read_text("utf-8"))
    del content["what"]
    assert content.pop("training") == scored.model.training["sha256"]
    assert content == json.loads(json.dumps(asdict(known)))
    assert track_record(scored) == known
    shutil.copytree(paths.models(), tmp_path / "models")
    monkeypatch.setenv("RESILIENCE_HOME", str(tmp_path))
    shipped = ship(scored)
    assert shipped.parent == tmp_path / "models"
    assert json.loads(shipped.read_text("utf-8"))["bands"] == content["bands"]


def test_the_counts_of_another_model_are_not_taken(scored, tmp_path, monkeypatch):
    (tmp_path / "models").mkdir()
    content = {"training": "another", "first": 2018, "last": 2018, "bands": {}, "both": None, "above_cap": None}
    (tmp_path / "models" / "distress-24m-record.json").write_text(json.dumps(content), "utf-8")
    monkeypatch.setenv("RESILIENCE_HOME", str(tmp_path))
    again = replace(scored)
    again.once("past lists", lambda: past_lists(scored))
    assert track_record(again).last == 2024


def test_the_plain_rank_is_reserves_over_spending(scored):
    ranks = reserves_ranks(scored)
    assert sorted(ranks) == list(range(1, len(scored.at_risk) + 1))
    by_rank = scored.at_risk["reserves_ratio"].reindex(ranks.sort_values().index)
    assert by_rank.is_monotonic_increasing and by_rank.notna().all()


def test_the_top_of_both():
    rows = pd.DataFrame({"rank": [1, 30, 31, 5], "reserves_rank": [30, 1, 2, 31]})
    assert in_both(rows).tolist() == [True, True, False, False]


def test_the_interval_is_jeffreys():
    # Brown, Cai and DasGupta 2001: the interval after 0 of 10 is from the Beta(0.5, 10.5)
    none = followed(pd.Series([False] * 10))
    assert (none.councils, none.events) == (10, 0)
    assert none.high == pytest.approx(0.1707, abs=1e-3)
    some = followed(pd.Series([True] * 21 + [False] * 49))
    assert some.low < 21 / 70 == some.share < some.high
    assert followed(pd.Series(dtype=bool)) is None


@pytest.mark.parametrize(
    ("above", "cap"),
    [
        (None, CAP),
        (Followed(CAP_COUNCILS, 10, 0.8, 1.0), CAP),  # not more than ten
        (Followed(11, 5, 0.2, 0.7), CAP),  # fewer than half
        (Followed(12, 6, 0.3, 0.7), 1.0),
    ],
)
def test_the_cap_is_lifted_by_the_record_alone(above, cap):
    assert TrackRecord(above_cap=above).cap == cap
