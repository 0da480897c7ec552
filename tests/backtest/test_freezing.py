"""Freezing: the list says what the scored day says, on its day or after, once, and from what was known then."""

import hashlib
import json
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from resilience import __version__, method, paths
from resilience.backtest import freezing
from resilience.backtest.freezing import freeze, frozen_list, git_commit
from resilience.backtest.frozen import frozen_lists
from resilience.backtest.rivals import rival_scores, rivals
from resilience.errors import DataError
from resilience.model.fitting import fit
from tests.backtest.frozen_data import FROZEN_ON, schema
from tests.report.site_data import AS_OF, one_run
from tests.test_as_of import cut

HOME = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def made():
    return frozen_list(one_run(), FROZEN_ON)


def test_a_list_says_what_the_scored_day_says(made):
    run = one_run()
    content = json.loads(made.to_json())
    rows = {row["code"]: row for row in content["councils"]}
    assert set(rows) == set(run.table.index)
    for code, row in run.table.iterrows():
        assert rows[code]["status"] == row["status"]
        assert rows[code]["rank"] == (None if pd.isna(row["rank"]) else row["rank"])
        known = run.log_odds.get(code)
        assert rows[code]["log_odds"] == (None if known is None else pytest.approx(known, abs=6e-7)), code
        assert set(rows[code]["rules"]) == {rule.name for rule in rivals()}
    assert (content["as_of"], content["version"], content["register_to"]) == (str(AS_OF), __version__, "2026-10-31")
    assert content["expected_first_events"] == pytest.approx(run.expected)
    assert [error.message for error in schema().iter_errors(content)] == []


def test_each_rule_ranks_the_councils_at_risk_and_nobody_else(made):
    run = one_run()
    shares = rival_scores(run.table)
    for name in made.rules:
        ranks = made.ranks[name].dropna().astype(int)
        assert set(ranks.index) <= set(run.at_risk.index)
        assert sorted(ranks) == list(range(1, len(ranks) + 1))
        assert shares.loc[ranks.sort_values().index, name].is_monotonic_decreasing
    reserves = run.at_risk["reserves_ratio"].rank(method="min")
    assert (made.ranks["reserves_rank"].loc[reserves.index] >= reserves).all()  # ties are broken, never jumped
    pd.testing.assert_series_equal(
        made.scores["reserves_rank"], -run.table["reserves_ratio"].sort_index(), check_names=False
    )


def test_the_checksums_are_those_of_the_figures_at_hand(made):
    assert set(made.facts["data"]) == {
        "data/processed/panel.csv",
        "data/processed/councils.csv",
        "data/raw/events.csv",
        "models/distress-24m.json",
    }
    for name, digest in made.facts["data"].items():
        assert hashlib.sha256((paths.home() / name).read_bytes()).hexdigest() == digest


def test_the_same_day_frozen_twice_is_the_same_list(made):
    again = frozen_list(method.run(AS_OF, intervals=False), FROZEN_ON)
    assert again.to_json() == made.to_json()


def test_a_day_to_come_is_refused():
    with pytest.raises(DataError, match="2026-12-02 is still to come; a list can be frozen for 2026-12-01"):
        freeze(date(2026, 12, 2), today=FROZEN_ON)


# --- the command ---


def test_the_command_freezes_once(cli, tmp_path, monkeypatch, made):
    monkeypatch.setattr(freezing.method, "run", lambda day, **given: one_run())
    target = tmp_path / "lists" / "one.json"
    done = cli("freeze", "--as-of", AS_OF, "-o", target)
    assert (done.code, done.out, done.err) == (0, "", f"Frozen as {target}; commit it.\n")
    assert json.loads(target.read_text("utf-8"))["councils"] == json.loads(made.to_json())["councils"]
    done = cli("freeze", "--as-of", AS_OF, "-o", target)
    assert (done.code, done.err) == (0, f"Already frozen, and unchanged: {target}.\n")
    changed = replace(one_run(), log_odds=one_run().log_odds + 1)
    monkeypatch.setattr(freezing.method, "run", lambda day, **given: changed)
    cli("freeze", "--as-of", AS_OF, "-o", target).sentence("holds another list", "never overwritten")
    cli("freeze", "--as-of", "2999-01-01").sentence("2999-01-01 is still to come")


def test_by_default_it_lies_among_the_frozen_lists(tmp_path, monkeypatch):
    monkeypatch.setattr(freezing.method, "run", lambda day, **given: one_run())
    monkeypatch.setattr(freezing.paths, "frozen", lambda: tmp_path)
    path, new = freeze(AS_OF, today=FROZEN_ON)
    assert new and path == tmp_path / f"{AS_OF}-{__version__}.json"
    assert [one.name for one in frozen_lists()] == [path.name]


def test_the_commit_is_that_of_the_folder(tmp_path):
    assert git_commit(tmp_path) is None
    git = ["git", "-C", str(tmp_path), "-c", "user.name=x", "-c", "user.email=x@example.org"]
    (tmp_path / "resilience").mkdir()
    (tmp_path / "resilience" / "a.py").write_text("1\n")
    for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "a"]):
        subprocess.run([*git, *words], check=True)
    commit = git_commit(tmp_path)
    assert commit and re.fullmatch("[0-9a-f]{40}", commit)
    (tmp_path / "resilience" / "a.py").write_text("2\n")
    assert git_commit(tmp_path) == f"{commit} with changes"
    (tmp_path / ".git" / "HEAD").unlink()
    assert git_commit(tmp_path) is None


@pytest.mark.slow
def test_nothing_later_than_the_day_changes_a_frozen_council(tmp_path, monkeypatch):
    """Take away all that came out on the day or later: the list is the same but for the checksums of the figures."""
    monkeypatch.setattr(method, "fit", lambda rows: fit(rows, draws=5))
    day, said = date(2025, 2, 1), []
    for name in ("whole", "cut"):
        home = tmp_path / name
        for part in ("data", "models"):
            shutil.copytree(HOME / part, home / part)
        if name == "cut":
            cut(home, day)
        monkeypatch.setenv("RESILIENCE_HOME", str(home))
        path, _ = freeze(day, today=FROZEN_ON)
        content = json.loads(path.read_text("utf-8"))
        assert path.parent == home / "reports" / "frozen"
        assert len(content.pop("data")) == 4
        said.append(content)
    assert said[0] == said[1]
