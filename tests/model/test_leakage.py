"""Leakage is impossible, not just avoided: a later event, a later year or a later revision changes no earlier score."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from functools import partial

import numpy as np
import pandas as pd
import pytest

from resilience import method, paths
from resilience.backtest.rolling import backtest, predict_origin
from resilience.indicators.compute import compute_indicators
from resilience.model.fitting import fit
from resilience.report.views import watchlist
from resilience.report.writers import write
from resilience.tables.events import EventRegister, load_events
from resilience.tables.panel import load_panel, to_csv
from resilience.years import outturn_year_of

AMOUNTS = r"^(rs|ra|int)_(?!note)"
#: What a table of predictions says of what came afterwards; everything else was known on the day.
AFTERWARDS = ["event", "event_date", "observed", "risk_observed"]


def without_later(panel: pd.DataFrame, events: EventRegister, day: date) -> tuple[pd.DataFrame, EventRegister]:
    """Delete every year published, and every event announced, on the day or later."""
    stamp = pd.Timestamp(day)
    known = events.rows[events.rows["known"].isna() | (events.rows["known"] < stamp)]
    return panel[panel["known_from"] < stamp].reset_index(drop=True), replace(events, rows=known)


def with_absurd_later(panel: pd.DataFrame, events: EventRegister, day: date) -> tuple[pd.DataFrame, EventRegister]:
    """Revise every later year beyond recognition, add years nobody has seen, and an event for every council."""
    stamp = pd.Timestamp(day)
    rng = np.random.default_rng(99)
    revised = panel.copy()
    later = revised["known_from"] >= stamp
    assert later.any()
    names = [name for name in revised.filter(regex=AMOUNTS) if pd.api.types.is_float_dtype(revised[name])]
    noise = rng.lognormal(0, 3, size=(int(later.sum()), len(names))) * rng.choice([-1, 1], size=(1, len(names)))
    revised.loc[later, names] = revised.loc[later, names].to_numpy() * noise
    revised.loc[later, "flags"] = "unallocated_zero"
    newest = panel[panel["year"] == 2024]
    added = [
        newest.assign(year=year, outturn_year=outturn_year_of(year), known_from=pd.Timestamp(year + 1, 1, 1))
        for year in (2027, 2028)
    ]
    for one in added:
        one[names] = one[names] * rng.lognormal(0, 3, size=(len(one), len(names)))
    councils = sorted(panel["ons_code"].unique())
    planted = pd.DataFrame({name: ["" for _ in councils] for name in events.rows.columns if name not in ("known",)})
    planted = planted.assign(
        council="planted",
        ons_code=councils,
        event_type="s114_notice",
        subtype="unbalanced_budget",
        cause="financial",
        known=stamp,
        distress=True,
        severe=True,
    )
    earlier = events.rows[events.rows["known"].isna() | (events.rows["known"] < stamp)]
    register = replace(events, rows=pd.concat([earlier, planted], ignore_index=True))
    return pd.concat([revised, *added], ignore_index=True).copy(), register


def listed(panel: pd.DataFrame, events: EventRegister, day: date) -> str:
    """Return the list of a day as the text of its CSV."""
    return str(write("watchlist", "csv", watchlist.view(method.run(day, events=events, panel=panel))))


@pytest.mark.parametrize("day", ["2018-08-24", "2021-03-01", "2025-01-01"])
def test_the_list_of_a_day_does_not_know_what_came_later(panel, events, day, monkeypatch):
    monkeypatch.setattr(method, "fit", partial(fit, draws=20))
    day = date.fromisoformat(day)
    usual = listed(panel, events, day)
    assert usual.count("\n") > 300
    assert listed(*without_later(panel, events, day), day) == usual
    assert listed(*with_absurd_later(panel, events, day), day) == usual


def test_what_was_known_before_does_change_the_list(panel, events, monkeypatch):
    """Show that the test above can fail: the same plants a day earlier are seen."""
    monkeypatch.setattr(method, "fit", partial(fit, draws=0))
    day = date(2020, 1, 1)
    before = method.run(day, events=events, panel=panel, intervals=False).table
    seen = with_absurd_later(panel, events, date(2019, 11, 14))  # 2018-19 came out that day, and so were the events
    after = method.run(day, events=seen[1], panel=seen[0], intervals=False).table
    assert (after["status"] != before["status"].reindex(after.index)).any()


def test_screen_as_of_2020_uses_nothing_later(cli, panel, tmp_path, monkeypatch):
    """Check the command itself, on a copy of the shipped tables from which all that came later was taken."""
    usual = cli("screen", "--as-of", "2020-01-01", "--format", "csv")
    assert (usual.code, usual.err) == (0, "")
    home, day = tmp_path / "home", "2020-01-01"
    (home / "data" / "raw").mkdir(parents=True)
    shutil.copytree(paths.processed(), home / "data" / "processed")
    shutil.copytree(paths.models(), home / "models")
    (home / "data/processed/panel.csv").write_text(to_csv(panel[panel["known_from"] < day]), "utf-8")
    register = pd.read_csv(paths.raw() / "events.csv", dtype=str, keep_default_na=False)
    known = load_events().rows["known"]
    register[(known < day) | known.isna()].to_csv(home / "data/raw/events.csv", index=False)
    shutil.copy(paths.raw() / "events.toml", home / "data/raw/events.toml")
    for table in ("council_tax.csv", "service_outturn.csv", "capital.csv", "ofsted.csv"):
        frame = pd.read_csv(home / "data/processed" / table, dtype=str, keep_default_na=False)
        column = next(name for name in frame if name in ("known_from", "published"))
        frame[frame[column].between("0", day, inclusive="left")].to_csv(home / "data/processed" / table, index=False)
    monkeypatch.setenv("RESILIENCE_HOME", str(home))
    assert len(load_panel()) < len(panel)
    then = cli("screen", "--as-of", "2020-01-01", "--format", "csv")
    assert (then.code, then.err) == (0, "")
    assert then.out == usual.out


# --- the back test ---


@pytest.mark.parametrize("year", [2019, 2021, 2024])
def test_no_score_of_the_back_test_knows_what_came_later(panel, indicators, events, year):
    day = date(year, 1, 1)
    usual, model = predict_origin(indicators, events, day)
    assert usual["event"].any()
    for changed in (without_later, with_absurd_later):
        figures, register = changed(panel, events, day)
        table, again = predict_origin(compute_indicators(figures), register, day)
        pd.testing.assert_frame_equal(table.drop(columns=AFTERWARDS), usual.drop(columns=AFTERWARDS), check_exact=True)
        assert again.weights == model.weights
        assert again.training == model.training
    assert table["event"].all()  # the plants are seen where they belong: in what came next


def test_a_register_that_reaches_further_changes_no_earlier_score(indicators, events):
    further = replace(events, until=date(2027, 6, 30))
    usual, _ = predict_origin(indicators, events, date(2022, 1, 1))
    later, _ = predict_origin(indicators, further, date(2022, 1, 1))
    pd.testing.assert_frame_equal(later.drop(columns=AFTERWARDS), usual.drop(columns=AFTERWARDS), check_exact=True)


def shuffled(events: EventRegister, codes: np.ndarray, seed: int) -> EventRegister:
    """Give every council's events to another council drawn by lot: the same days, the wrong councils."""
    lot = dict(zip(codes, np.random.default_rng(seed).permutation(codes), strict=True))
    own = events.rows["ons_code"]
    return replace(events, rows=events.rows.assign(ons_code=own.map(lot).fillna(own)))


@pytest.mark.parametrize("seed", [1, 2])
def test_shuffled_outcomes_cannot_be_told_apart(indicators, events, panel, seed):
    codes = np.array(sorted(panel.loc[panel["year"].between(2021, 2024), "ons_code"].unique()))
    lot = shuffled(events, codes, seed)
    assert (lot.rows["ons_code"] != events.rows["ons_code"]).mean() > 0.9
    found = backtest(indicators, lot, first=2022, draws=200, n_jobs=1).pooled["model"]["auc"]
    # One lot in ten lies outside a 90% interval by chance alone: within its whole width, some three standard errors.
    assert abs(found["value"] - 0.5) < found["high"] - found["low"], found
    assert found["high"] - found["low"] < 0.4
