"""The whole run as one function: which model it takes, what it gives, what it refuses."""

from __future__ import annotations

import json
from datetime import date

import numpy as np
import pandas as pd
import pytest

from resilience import method
from resilience.errors import DataError, ModelError, ResilienceError
from resilience.model import artefact
from resilience.model.fitting import fit
from resilience.model.risk_set import AT_RISK


@pytest.fixture
def no_fit(monkeypatch):
    """Fail where anything is fitted."""

    def fitted(*args: object, **given: object) -> None:
        raise AssertionError("a model was fitted")

    monkeypatch.setattr(method, "fit", fitted)


@pytest.fixture
def few_draws(monkeypatch):
    monkeypatch.setattr(method, "fit", lambda rows: fit(rows, draws=5))


def test_a_day_of_today_takes_the_shipped_model(no_fit):
    run = method.run(date(2026, 11, 22))
    assert run.as_of == date(2026, 11, 22)
    assert run.model.training == artefact.load().training
    assert run.table["risk"].notna().sum() > 250
    assert run.table["risk_low"].notna().sum() == run.table["risk"].notna().sum()


def test_without_a_day_it_is_today(no_fit):
    assert method.run(intervals=False).as_of == date.today()


def test_an_earlier_day_is_fitted_to_what_had_closed_by_then(few_draws):
    run = method.run(date(2021, 6, 1))
    assert run.model.training["last_origin"] == "2019-01-01"
    assert (run.table["year"].dropna() <= 2020).all()
    assert run.table["event_date"].dropna().max() < pd.Timestamp("2021-06-01")


@pytest.mark.parametrize(
    "given",
    [{"horizon": 12}, {"switches": {"adjusted_earmarked": False}}, {"outcome": "severe"}, {"events": "register"}],
)
def test_whatever_differs_from_what_was_shipped_is_fitted_anew(few_draws, events, given):
    if given == {"events": "register"}:
        given = {"events": events}
    run = method.run(date(2026, 1, 1), intervals=False, **given)
    assert run.switches == given.get("switches", {})
    assert len(run.model.draws) == 5
    assert run.model.horizon == given.get("horizon", 24)
    assert run.model.outcome == given.get("outcome", "distress")


def test_the_shipped_model_is_what_is_fitted_from_the_shipped_figures(few_draws, events, panel):
    day = date(2026, 1, 1)
    shipped = method.run(day, intervals=False).table
    fitted = method.run(day, events=events, panel=panel, intervals=False).table
    np.testing.assert_allclose(fitted["risk"].sort_index(), shipped["risk"].sort_index(), rtol=1e-6)


def test_without_an_artefact_it_is_fitted(few_draws, tmp_path, monkeypatch):
    monkeypatch.setattr(artefact.paths, "models", lambda: tmp_path)
    run = method.run(date(2026, 1, 1), intervals=False)
    assert len(run.model.draws) == 5


def test_another_register_as_a_file(few_draws, tmp_path, register_text):
    path = tmp_path / "events.csv"
    row = "Hackney,E09000012,efs,in_principle,2025-12-01,day,,,financial,,,test"
    path.write_text(register_text.rstrip("\n") + "\n" + row + "\n", "utf-8")
    run = method.run(date(2026, 1, 1), events=path, intervals=False)
    assert run.table.at["E09000012", "status"] == "event already"
    assert run.base_rate.events == 16


def test_figures_of_another_kind_change_the_scores(few_draws, panel, events):
    day, code = date(2025, 1, 1), "E08000035"
    changed = panel.copy()
    at = (changed["ons_code"] == code) & (changed["outturn_year"] == "2023-24")
    changed.loc[at, ["rs_resoth_end_cy", "rs_resoth_adj_end_cy", "rs_resunall_end_cy"]] /= 20
    before = method.run(day, events=events, panel=panel, intervals=False).table
    after = method.run(day, events=events, panel=changed, intervals=False).table
    assert after.at[code, "risk"] > before.at[code, "risk"]
    assert before.at[code, "status"] == AT_RISK


@pytest.mark.parametrize("day", [date(2015, 12, 31), date(1999, 1, 1)])
def test_too_early_a_day_is_one_sentence(no_fit, day):
    with pytest.raises(DataError, match=rf"^{day} is too early: no list can be given for a day before 2016-01-01\.$"):
        method.run(day)


def test_the_earliest_day_gives_a_list(few_draws):
    run = method.run(method.EARLIEST, intervals=False)
    assert run.table["risk"].notna().sum() > 340


@pytest.mark.parametrize(
    "given", [{"horizon": 18}, {"outcome": "ruin"}, {"switches": {"magic": True}}, {"events": "nowhere.csv"}]
)
def test_what_is_not_kept_is_refused(given):
    with pytest.raises(ResilienceError) as caught:
        method.run(date(2026, 1, 1), intervals=False, **given)
    assert "\n" not in str(caught.value)


def test_train_writes_what_can_be_read_back(few_draws, tmp_path):
    path = method.train(date(2024, 1, 1), outcome="severe", path=tmp_path / "deep" / "model.json")
    model = artefact.load(path)
    assert (model.outcome, model.training["last_origin"]) == ("severe", "2022-01-01")
    assert json.loads(path.read_text("utf-8"))["as_of"] == "2024-01-01"


def test_a_damaged_artefact_stops_the_run(tmp_path, monkeypatch):
    monkeypatch.setattr(artefact.paths, "models", lambda: tmp_path)
    (tmp_path / "distress-24m.json").write_text("{}")
    with pytest.raises(ModelError, match="is not a model artefact"):
        method.run(date(2026, 1, 1), intervals=False)
