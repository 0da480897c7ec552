"""Frozen lists: the shipped ones are whole, a changed one is noticed, none is ever written over."""

import hashlib
import json
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from resilience import __version__, paths
from resilience.backtest.freezing import frozen_list
from resilience.backtest.frozen import MODEL, SUMS, frozen_lists, read, save
from resilience.errors import DataError
from tests.backtest.frozen_data import FROZEN_ON, schema
from tests.report.site_data import one_run

HOME = Path(__file__).resolve().parents[2]
SHIPPED = ("2026-01-01-0.1.0.json", "2026-11-24-0.1.0.json")

in_a_clone = pytest.mark.skipif(not (HOME / "reports" / "frozen").is_dir(), reason="an installed package has none")


@pytest.fixture(scope="module")
def made():
    return frozen_list(one_run(), FROZEN_ON)


# --- the shipped ones ---


@in_a_clone
def test_the_shipped_lists_are_as_they_were_frozen():
    names = [one.name for one in frozen_lists()]
    assert set(SHIPPED) <= set(names)
    assert {path.name for path in paths.frozen().glob("*.json")} == set(names)
    for line in (paths.frozen() / SUMS).read_text("utf-8").splitlines():
        digest, _, name = line.partition("  ")
        assert hashlib.sha256((paths.frozen() / name).read_bytes()).hexdigest() == digest


@in_a_clone
@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="there is no sha256sum on this machine")
def test_sha256sum_agrees():
    subprocess.run(["sha256sum", "--check", "--strict", "--quiet", SUMS], cwd=paths.frozen(), check=True)


@in_a_clone
@pytest.mark.parametrize("name", SHIPPED)
def test_those_of_the_first_release_say_how_they_came_about(name):
    one = read(paths.frozen() / name)
    assert (one.version, str(one.as_of)) == ("0.1.0", name[:10])
    assert one.facts["git_commit"] == "7853f54f09070893b2086a475167b278a6d0120f"
    assert one.events_at_hand_to == date(2025, 12, 31) < one.frozen_on
    assert "ends on 31 December 2025" in one.facts["note"] and "made afterwards" in one.facts["note"]
    assert len(one.councils) == 317 and one.ranks[MODEL].max() == 273
    assert one.ranks["reserves_rank"].dropna().sort_values().tolist() == list(range(1, 274))


@in_a_clone
def test_the_shipped_lists_keep_to_the_schema_and_name_no_machine():
    for path in paths.frozen().glob("*.json"):
        text = path.read_text("utf-8")
        assert [error.message for error in schema().iter_errors(json.loads(text))] == []
        assert not re.search(r"/(tmp|home|work|root|Users)/|[A-Z]:\\", text), path.name


def test_the_same_list_is_the_same_bytes_and_read_back_the_same(made, tmp_path):
    path, new = save(made, tmp_path / made.name)
    assert new and path.read_text("utf-8") == made.to_json() == read(path).to_json()
    assert (tmp_path / SUMS).read_text("utf-8").endswith(f"  {made.name}\n")
    assert sorted(one.name for one in tmp_path.iterdir()) == sorted([made.name, SUMS])
    # Frozen again on a later day from a later commit: the same list, and the file stays as it is.
    later = replace(made, facts={**made.facts, "frozen_on": "2027-01-01", "git_commit": None})
    assert save(later, path) == (path, False)
    assert path.read_text("utf-8") == made.to_json()


def test_another_list_is_never_written_over_it(made, tmp_path):
    path, _ = save(made, tmp_path / made.name)
    other = replace(made, councils=made.councils.assign(log_odds=made.councils["log_odds"] + 0.001))
    with pytest.raises(DataError, match="holds another list, frozen on 2026-12-01; a frozen list is never overwritten"):
        save(other, path)
    assert path.read_text("utf-8") == made.to_json()
    path.unlink()
    with pytest.raises(DataError, match="is named in SHA256SUMS and missing"):
        save(made, path)


def test_two_lists_share_the_file_of_checksums(made, tmp_path):
    save(made, tmp_path / "b.json")
    save(replace(made, facts={**made.facts, "version": "9"}), tmp_path / "a.json")
    assert [line[66:] for line in (tmp_path / SUMS).read_text("utf-8").splitlines()] == ["a.json", "b.json"]
    assert [one.version for one in frozen_lists(tmp_path)] == [__version__, "9"]


# --- what is refused ---


@pytest.mark.parametrize("old", ['"rank": 1,', '"log_odds": -', '"as_of": "2026'])
def test_a_list_changed_after_it_was_frozen_is_noticed(made, tmp_path, old):
    path, _ = save(made, tmp_path / made.name)
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, old.replace("1", "2").replace("-", "").replace("2026", "2025"), 1), "utf-8")
    with pytest.raises(DataError, match=r"was changed after it was frozen \(its checksum does not fit\)"):
        frozen_lists(tmp_path)


def test_a_list_gone_or_put_there_by_hand_is_noticed(made, tmp_path):
    path, _ = save(made, tmp_path / made.name)
    kept = path.read_bytes()
    path.unlink()
    with pytest.raises(DataError, match=r"cannot be read \(No such file or directory\); restore it"):
        frozen_lists(tmp_path)
    path.write_bytes(kept)
    (tmp_path / "2027-01-01-9.json").write_bytes(kept)
    with pytest.raises(DataError, match="has no checksum in SHA256SUMS"):
        frozen_lists(tmp_path)


@pytest.mark.parametrize(
    "text",
    ["{}", "[1]", "no json", '{"format": 2}', '{"format": 1, "what": "", "councils": []}', '{"format": 1, "what": 1}'],
)
def test_what_is_no_list_is_refused_in_one_sentence(tmp_path, text):
    (tmp_path / "x.json").write_text(text, "utf-8")
    (tmp_path / SUMS).write_text(f"{hashlib.sha256(text.encode()).hexdigest()}  x.json\n", "utf-8")
    with pytest.raises(DataError, match="is not a frozen list"):
        frozen_lists(tmp_path)


@pytest.mark.parametrize("line", ["nonsense", "0" * 64 + " x.json", "0" * 64 + "  ../x.json", "0" * 63 + "  x.json"])
def test_checksums_that_are_none_are_refused(tmp_path, line):
    (tmp_path / SUMS).write_text(f"{line}\n", "utf-8")
    with pytest.raises(DataError, match=r"SHA256SUMS, line 1, is not a checksum"):
        frozen_lists(tmp_path)


def test_where_there_is_no_folder_there_are_no_lists(tmp_path):
    assert frozen_lists(tmp_path / "nowhere") == []


def test_a_list_can_be_read_without_this_package(made, tmp_path):
    path, _ = save(made, tmp_path / made.name)
    script = "import json, sys; print(sum(row['rank'] or 0 for row in json.load(open(sys.argv[1]))['councils']))"
    done = subprocess.run([sys.executable, "-I", "-c", script, str(path)], capture_output=True, text=True, check=True)
    assert int(done.stdout) == int(made.ranks[MODEL].sum())
