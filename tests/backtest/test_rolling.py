"""The record: shape, consistency, determinism, and the JSON that programs read."""

from __future__ import annotations

import json
from datetime import date

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from resilience.backtest import rolling as module
from resilience.backtest.full import FullRecord
from resilience.backtest.rolling import predict_origin
from resilience.backtest.summaries import bands_record, by_group, lead_times
from resilience.model.bands import NAMES
from resilience.report.formats.text.record import layout
from resilience.report.views.record import view
from resilience.report.writers import write
from tests.report.site_data import small_site

KEYS = ("auc", "auc_upper_tier", "average_precision", "recall_at_30", "precision_at_30", "observed_expected")


@pytest.fixture(scope="module")
def result(record):
    return record


def test_each_council_at_risk_stands_once_at_each_origin(result):
    table = result.predictions
    assert not table.duplicated(["origin", "ons_code"]).any()
    assert table["origin"].dt.year.unique().tolist() == [2021, 2022, 2023, 2024]
    for _, rows in table.groupby("origin"):
        assert sorted(rows["rank"]) == list(range(1, len(rows) + 1))
        assert rows.sort_values("rank")["risk"].is_monotonic_decreasing
    assert table["risk"].between(0, 1).all()
    assert (table["risk_observed"] <= table["risk"] + 1e-12).all()
    assert not table.filter(like="rival: ").isna().any(axis=None)


def test_first_events_leave_the_risk_set(result):
    came = result.predictions[result.predictions["event"]]
    later = result.predictions.merge(came[["ons_code", "event_date"]].drop_duplicates(), on="ons_code")
    assert (later["origin"] <= later["event_date_y"]).all()


def test_the_figures_by_hand(result):
    rows = result.predictions
    rank = rows.groupby("origin")["risk"].transform(lambda r: (r.rank() - 0.5) / len(r))
    pooled = result.pooled["model"]
    assert pooled["auc"]["value"] == pytest.approx(roc_auc_score(rows["event"], rank))
    upper = rows[rows["tier"] == "upper"]
    rank = upper.groupby("origin")["risk"].transform(lambda r: (r.rank() - 0.5) / len(r))
    assert pooled["auc_upper_tier"]["value"] == pytest.approx(roc_auc_score(upper["event"], rank))
    top = rows[rows["rank"] <= 30]
    assert pooled["recall_at_30"]["value"] == pytest.approx(top["event"].sum() / rows["event"].sum())
    assert pooled["precision_at_30"]["value"] == pytest.approx(top["event"].mean())
    expected = rows["event"].sum() / rows["risk_observed"].sum()
    assert pooled["observed_expected"]["value"] == pytest.approx(expected)


def test_every_interval_holds_its_value_roughly_and_is_in_order(result):
    for what, entry in result.pooled["model"].items():
        assert entry["low"] <= entry["high"], what
    for what in KEYS:
        entry = result.pooled["model"][what]
        assert entry["low"] <= entry["value"] <= entry["high"], what


def test_differences_are_paired(result):
    """Check that a rival is compared on the same draws: the prior alone, a near twin, differs by little."""
    twin = result.pooled["differences"]["prior alone"]["auc"]
    ours, theirs = result.pooled["model"]["auc"], result.pooled["rivals"]["prior alone"]["auc"]
    assert twin["value"] == pytest.approx(ours["value"] - theirs["value"])
    assert twin["high"] - twin["low"] < ours["high"] - ours["low"]
    assert 0 <= twin["share_above_0"] <= 1


def test_closed_origins_and_the_others_are_measured_apart(events):
    result = small_site().result
    rows = result.predictions
    closed = rows[rows["origin"] <= "2024-01-01"]
    assert result.settings["closed_origins"] == ["2023-01-01", "2024-01-01"]
    assert rows["closed"].eq(rows["origin"] <= pd.Timestamp("2024-01-01")).all()
    assert (result.closed["rows"], result.closed["events"]) == (len(closed), closed["event"].sum())
    for part in (result.closed, result.half_observed):
        assert set(part) == set(result.pooled)
    for count in ("rows", "events"):
        assert result.closed[count] + result.half_observed[count] == result.pooled[count]


def test_where_every_origin_is_closed_there_is_no_half(result):
    assert result.half_observed == {} and result.closed == result.pooled


def test_another_register_judges_the_same_predictions(indicators, events):
    rows = small_site().result.predictions
    cut = events.known_by(date(2026, 1, 1))
    rows = rows[rows["origin"] < cut.end]
    again = module.judged_by(rows, indicators, cut)
    pd.testing.assert_series_equal(again["risk"], rows["risk"], check_names=False)
    assert (again["event_date"].dropna() < cut.end).all()
    last = again["origin"] == "2025-01-01"
    assert again.loc[last & ~again["event"], "observed"].max() == pytest.approx(0.5, abs=0.001)
    assert again.loc[~last, "event"].equals(rows.loc[~last.to_numpy(), "event"].reset_index(drop=True))
    assert rows.loc[last.to_numpy(), "event"].sum() > again.loc[last, "event"].sum() > 0


def test_an_origins_own_figures_are_of_its_rows(result):
    one = result.by_origin["2022-01-01"]
    rows = result.predictions[result.predictions["origin"] == "2022-01-01"]
    assert one["rows"] == len(rows)
    assert one["events"] == rows["event"].sum()
    assert one["model"]["auc"]["value"] == pytest.approx(roc_auc_score(rows["event"], rows["risk"]))


def test_an_origin_is_scored_as_the_list_of_that_day_is(indicators, events):
    from resilience import method
    from resilience.tables.panel import load_panel

    day = date(2022, 1, 1)
    table, _ = predict_origin(indicators, events, day)
    scores = method.run(day, events=events, panel=load_panel(), intervals=False).table
    pd.testing.assert_series_equal(
        table.set_index("ons_code")["risk"].sort_index(),
        scores["risk"].dropna().sort_index(),
        check_names=False,
    )


def test_bands_and_groups_add_up(result):
    bands = bands_record(result.predictions)
    assert bands.index.tolist() == list(NAMES)
    rows = result.predictions[(result.predictions["observed"] >= 0.999) | result.predictions["event"]]
    assert bands["councils"].sum() == len(rows)
    assert bands["events"].sum() == rows["event"].sum()
    groups = by_group(result.predictions, "class")
    assert groups["events"].sum() == result.predictions["event"].sum()
    assert groups["listed"].sum() == 4 * 30


def test_lead_times_are_of_notices_with_the_rank_before(result, events):
    table = lead_times(events, result.predictions).set_index("council")
    assert table.loc["Birmingham", "notice"] == pd.Timestamp("2023-09-05")
    assert np.isnan(table.loc["Birmingham", "2024"])
    one = result.predictions.set_index(["origin", "council"])
    assert table.loc["Birmingham", "2023"] == one.loc[(pd.Timestamp("2023-01-01"), "Birmingham"), "rank"]
    assert table["notice"].is_monotonic_increasing


# --- for programs ---


def entries(block: dict) -> None:
    for key in KEYS:
        assert {"value", "low", "high"} <= set(block[key]), key
        for name in ("value", "low", "high"):
            assert block[key][name] is None or isinstance(block[key][name], float)


def test_the_json_has_the_keys_programs_read(result):
    content = json.loads(write("record", "json", view(FullRecord(result, [], {}, None, None))))
    entries(content["model"])
    assert content["rivals"]
    for rival in content["rivals"].values():
        entries(rival)
    assert list(content["by_origin"]) == ["2021-01-01", "2022-01-01", "2023-01-01", "2024-01-01"]
    for origin in content["by_origin"].values():
        entries(origin["model"])
        assert set(origin["rivals"]) == set(content["rivals"])
        for rival in origin["rivals"].values():
            entries(rival)
    assert content["settings"]["bootstrap_draws"] == 50


def test_the_record_prints(result):
    text = layout(view(FullRecord(result, [], {}, None, None)))
    assert "Back test: origins 2021-01-01 to 2024-01-01" in text
    assert max(map(len, text.splitlines())) <= 118


def test_the_command_gives_json_for_another_register(cli, tmp_path, register_text):
    path = tmp_path / "events.csv"
    lines = register_text.splitlines(keepends=True)
    path.write_text("".join(lines), "utf-8")
    done = cli("backtest", "--events", path, "--bootstrap", "10", "--format", "json")
    assert (done.code, done.err) == (0, "")
    content = json.loads(done.out)
    entries(content["model"])
    assert content["settings"]["origins"][0] == "2018-01-01"
    assert content["settings"]["origins"][-1] == "2026-01-01"
    assert content["settings"]["register_to"] == "2026-10-31"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--events", "nowhere.csv"], "nowhere.csv does not exist"),
        (["--horizon", "18"], "A horizon of 18 months is not kept"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(cli, words, said):
    cli("backtest", "--bootstrap", "0", *words).sentence(said)
