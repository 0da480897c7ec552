"""The artefact: enough to score by hand, the same to the last digit, of the figures it says, and read back whole."""

from __future__ import annotations

import csv
import io
import json
import math
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from resilience import paths
from resilience.errors import ModelError
from resilience.files import sha256
from resilience.indicators.known import known_on
from resilience.method import train
from resilience.model import artefact
from resilience.model.scoring import score

SHIPPED = paths.models() / "distress-24m.json"


def by_hand(model: dict, council: dict[str, str]) -> float:
    """Score a council from the JSON and its printed figures as the artefact's "how" says: no library, plain sums."""
    tier = "lower" if council["class"] == "SD" else "upper"
    total = model["intercept"] + (model["upper_tier_weight"] if tier == "upper" else 0)
    for family in model["families"]:
        scores, older = [], []
        for one in family["indicators"]:
            name = one["indicator"]
            if tier not in one["tiers"] or council[name] == "":
                continue
            figure = float(council[name])
            figure = 0.0 if abs(figure) < one["material_from"] else figure
            scores.append(between(one["ladder"][tier]["figures"], one["ladder"][tier]["scores"], figure))
            if age := int(float(council["year"]) - float(council[f"year of {name}"])):
                older.append(f"{one['name']} {age} years older")
        at, value = family["centre_and_spread"][tier], 0.0
        if scores and at["spread"]:
            value = (sum(scores) / len(scores) - at["centre"]) / at["spread"]
            value = min(max(value, -model["cut"]), model["cut"])
        if older:
            value *= family["reliability"][tier][", ".join(older)]
        total += family["weight"] * value
    return 1 / (1 + math.exp(-total))


def between(figures: list[float], scores: list[float], figure: float) -> float:
    """Read a score off a ladder, whichever way its figures run: in proportion, beyond the ends the end's."""
    for (left, low), (right, high) in pairwise(zip(figures, scores, strict=True)):
        if min(left, right) <= figure <= max(left, right):
            return low + (high - low) * (figure - left) / (right - left)
    return scores[0] if abs(figure - figures[0]) < abs(figure - figures[-1]) else scores[-1]


def printed(scored) -> list[dict[str, str]]:
    """Print a list as CSV, each figure's year with it, and read it back as text."""
    years = scored.known.years.reindex(scored.table.index).add_prefix("year of ")
    return list(csv.DictReader(io.StringIO(scored.table.join(years).to_csv())))


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> Path:
    return train(path=tmp_path_factory.mktemp("models") / "distress-24m.json")


@pytest.fixture(scope="module")
def scored(trained, indicators, events):
    content = json.loads(trained.read_text("utf-8"))
    known = known_on(indicators, date.fromisoformat(content["as_of"]))
    return score(artefact.load(trained), known, events, intervals=False)


def test_every_council_scored_by_hand_is_as_the_library_scores_it(trained, scored):
    model = json.loads(trained.read_text("utf-8"))
    ranked = 0
    for council in printed(scored):
        if council["status"] == "at risk":
            assert by_hand(model, council) == pytest.approx(float(council["risk"]), abs=1e-9), council["council"]
            ranked += 1
    assert ranked > 250


def test_by_hand_the_shipped_artefact_gives_the_list_that_screen_prints(cli, indicators, events):
    """From the file in the repository to the printed list: JSON read, plain sums, the same chance to its digits."""
    model = json.loads(SHIPPED.read_text("utf-8"))
    day = date.fromisoformat(model["as_of"])
    listed = csv.DictReader(io.StringIO(cli("screen", "--as-of", day, "--format", "csv").out))
    shown = {row["ons_code"]: row for row in listed}
    figures = score(artefact.load(), known_on(indicators, day), events, intervals=False)
    carried = 0
    for council in printed(figures):
        if council["status"] == "at risk":
            row = shown[council["ons_code"]]
            assert by_hand(model, council) == pytest.approx(float(row["risk"]), abs=5e-5), council["council"]
            carried += bool(row["carried"])
    assert carried > 200


def test_training_again_gives_the_same_file_to_the_last_digit(trained, tmp_path):
    assert train(path=tmp_path / "again.json").read_bytes() == trained.read_bytes()


def same(one: object, other: object, where: str = "") -> None:
    """Compare two artefacts: text exactly, numbers as far as another processor's rounding lets them agree."""
    if isinstance(one, dict):
        assert list(one) == list(other), where
        for name in one:
            same(one[name], other[name], f"{where}/{name}")
    elif isinstance(one, list):
        assert len(one) == len(other), where
        for at, (a, b) in enumerate(zip(one, other, strict=True)):
            same(a, b, f"{where}/{at}")
    elif isinstance(one, float):
        assert one == pytest.approx(other, abs=2e-6), where
    else:
        assert one == other, where


def test_the_shipped_artefact_is_what_training_gives_now(trained):
    """A stale artefact fails here: run 'resilience train' and commit what it writes."""
    shipped, fresh = (json.loads(path.read_text("utf-8")) for path in (SHIPPED, trained))
    for content in (shipped, fresh):
        del content["versions"]
        # of features rounded to nine digits: another processor may differ
        del content["training"]["sha256"]
    same(shipped, fresh)


def test_it_tells_of_what_it_was_made(trained):
    content = json.loads(trained.read_text("utf-8"))
    assert content["data"]["panel.csv"] == sha256(paths.processed() / "panel.csv")
    assert content["data"]["events.csv"] == sha256(paths.raw() / "events.csv")
    assert content["training"]["first_origin"] == "2012-01-01"
    assert content["training"]["last_origin"] == "2024-01-01"
    assert content["training"]["seed"] == 20260101
    assert set(content["versions"]) == {"python", "numpy", "pandas", "scipy", "scikit-learn"}
    assert content["base_rate"] | {} == {
        "first_events": 10,
        "from": "2025-11-01",
        "before": "2026-11-01",
        "half_event_added": 0.5,
        "expected_within_horizon": 21.0,
    }
    assert len(content["families"]) == 5
    for family in content["families"]:
        tiers = {tier for one in family["indicators"] for tier in one["tiers"]}
        assert set(family["centre_and_spread"]) == set(family["reliability"]) == tiers
        for one in family["indicators"]:
            assert set(one["ladder"]) == set(one["tiers"])
            for ladder in one["ladder"].values():
                assert len(ladder["figures"]) == len(ladder["scores"]) and ladder["scores"] == sorted(ladder["scores"])
                assert ladder["figures"] == sorted(ladder["figures"], reverse=one["worse"] == "low")


def test_the_signs_make_sense(trained):
    """Every family is turned so that more is worse: no weight may be below nought."""
    content = json.loads(trained.read_text("utf-8"))
    assert all(family["weight"] > 0 for family in content["families"])
    assert content["upper_tier_weight"] > 0


def test_it_reads_as_text(trained):
    text = trained.read_text("utf-8")
    assert text.endswith("}\n")
    lines = text.splitlines()
    assert lines[:2] == ["{", ' "format": 3,'] and lines[2].startswith(' "sha256": "')
    assert lines[3].startswith(' "what": "The chance of needing exceptional support or intervention')
    # a draw a line
    assert len(text.splitlines()) < 700
    assert str(paths.home()) not in text


def test_a_model_read_back_gives_the_same_scores_and_intervals(trained, indicators, events, tmp_path):
    model = artefact.load(trained)
    known = known_on(indicators, date(2026, 11, 1))
    first = score(model, known, events)
    again = artefact.load(artefact.save(first, tmp_path / "copy.json"))
    assert (tmp_path / "copy.json").read_bytes() == trained.read_bytes()
    second = score(again, known, events)
    for name in ("risk", "risk_low", "risk_high", "rank"):
        assert second.table[name].equals(first.table[name])
    assert artefact.to_json(second) == artefact.to_json(first) == trained.read_text("utf-8")


def test_which_day_the_shipped_model_is_trained_for(events):
    model = artefact.load()
    assert artefact.trained_for(model, events, date(2026, 1, 1))
    assert artefact.trained_for(model, events, date(2026, 11, 22))
    assert not artefact.trained_for(model, events, date(2025, 1, 1))


def signed(trained: Path, change) -> dict:
    """Change an artefact and give it the checksum of what it then says, as whoever meant it would."""
    content = json.loads(trained.read_text("utf-8"))
    change(content)
    if content:
        content["sha256"] = artefact._digest(content)
    return content


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda c: c.pop("families"), "is not a model artefact"),
        (lambda c: c.update(format=99), "is of format 99, not 3"),
        (lambda c: c["draws"].update(weights=[[1.0]]), "is not a model artefact"),
        (lambda c: c["families"][0]["indicators"][0].pop("worse"), "is not a model artefact"),
        (lambda c: c["families"][0].update(weight="heavy"), "is not a model artefact"),
        (lambda c: c.clear(), "is not a model artefact"),
    ],
)
def test_a_damaged_artefact_is_one_sentence(trained, tmp_path, change, words):
    path = tmp_path / "model.json"
    path.write_text(json.dumps(signed(trained, change)))
    with pytest.raises(ModelError, match=words) as caught:
        artefact.load(path)
    assert "model.json" in str(caught.value)
    assert "resilience train" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_artefact_changed_after_it_was_written_is_refused(trained, tmp_path):
    content = json.loads(trained.read_text("utf-8"))
    content["families"][0]["weight"] += 1e-9
    (tmp_path / "model.json").write_text(json.dumps(content))
    with pytest.raises(
        ModelError, match=r"model\.json was changed after it was written \(its checksum does not fit\); "
    ):
        artefact.load(tmp_path / "model.json")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda c: c["families"][2].update(weight=math.nan), "not finite"),
        (lambda c: c["draws"]["weights"][7].__setitem__(0, math.inf), "not finite"),
        (lambda c: c["draws"]["rate"].__setitem__(3, 1.5), "between 0 and 1"),
        (lambda c: c["draws"]["rate"].pop(), "one draw of the base rate"),
        (lambda c: c["families"].reverse(), "families of families.toml in their order"),
        (lambda c: c["families"][3]["indicators"][0].update(material_from=0.01), "definition of the family 'slack'"),
        (
            lambda c: c["families"][4]["reliability"]["upper"].update({"investment income 2 years older": 1.2}),
            "a reliability that is not between 0 and 1",
        ),
    ],
)
def test_an_artefact_holding_what_no_fit_gives_is_one_sentence(trained, tmp_path, change, words):
    path = tmp_path / "model.json"
    path.write_text(json.dumps(signed(trained, change)))
    with pytest.raises(ModelError) as caught:
        artefact.load(path)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value) and str(caught.value).endswith("run 'resilience train' to make it anew.")


def test_the_artefact_of_release_0_1_0_is_refused_in_a_sentence_with_code_2(tmp_path, monkeypatch, cli):
    """Format 2 had ten terms and no families: nothing of it is guessed at."""
    monkeypatch.setattr(artefact.paths, "models", lambda: tmp_path)
    old = {"format": 2, "outcome": "distress", "horizon_months": 24, "intercept": -4.1, "terms": []}
    (tmp_path / "distress-24m.json").write_text(json.dumps({**old, "sha256": artefact._digest(old)}))
    cli("screen").sentence("is of format 2, not 3 (the five families)", "run 'resilience train' to make it anew")


def test_the_reliability_of_carried_figures_is_read_back_as_it_was_written(trained, scored):
    content = json.loads(trained.read_text("utf-8"))
    measured = scored.model.reliability.measured
    for family in content["families"]:
        for tier, found in family["reliability"].items():
            assert sorted(found.values()) == sorted(measured[tier][family["name"]].values())
    assert (
        content["families"][4]["reliability"]["upper"]["investment income 2 years older"]
        == (measured["upper"]["commercial"][(2,)])
    )


def test_an_artefact_of_another_question_is_refused(trained, tmp_path, monkeypatch):
    monkeypatch.setattr(artefact.paths, "models", lambda: tmp_path)
    (tmp_path / "severe-24m.json").write_bytes(trained.read_bytes())
    with pytest.raises(ModelError, match="is of distress within 24 months, not of severe within 24; run"):
        artefact.load(outcome="severe")


def test_no_artefact_and_no_json_are_one_sentence(tmp_path):
    with pytest.raises(ModelError, match=r"none\.json does not exist; run 'resilience train' to make it\."):
        artefact.load(tmp_path / "none.json")
    for content in (b"", b"{", b"\xff\xfe", b"[1, 2]", b"null"):
        (tmp_path / "bad.json").write_bytes(content)
        with pytest.raises(ModelError, match="is not a model artefact") as caught:
            artefact.load(tmp_path / "bad.json")
        assert "\n" not in str(caught.value)


def test_draws_are_of_the_weights_and_many_enough(trained):
    model = artefact.load(trained)
    assert model.draws.shape == (200, len(model.names))
    assert model.rate_draws.shape == (200,)
    assert np.isfinite(model.draws).all()
    assert ((model.rate_draws >= 0) & (model.rate_draws <= 1)).all()
