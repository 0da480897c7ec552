"""Writing beside, then renaming: whatever goes wrong, what was there stays."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

import pytest

from resilience import paths
from resilience.errors import DataError
from resilience.files import sha256, write_atomically, writing


def names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


def test_the_checksum_is_that_of_the_bytes(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"\x00" * 3_000_000)
    assert sha256(path) == hashlib.sha256(b"\x00" * 3_000_000).hexdigest()
    # the published test vector of FIPS 180
    path.write_bytes(b"abc")
    assert sha256(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_text_is_utf8_with_its_newlines_as_they_are(tmp_path):
    write_atomically(tmp_path / "new" / "folder" / "a.txt", "£1\n2\r\n3")
    assert (tmp_path / "new/folder/a.txt").read_bytes() == b"\xc2\xa31\n2\r\n3"
    assert names(tmp_path / "new/folder") == ["a.txt"]


def test_bytes_are_written_as_they_are_and_all_may_read_them(tmp_path):
    write_atomically(tmp_path / "a", b"\x00\xff")
    assert (tmp_path / "a").read_bytes() == b"\x00\xff"
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o644


def test_until_the_block_ends_the_old_file_is_there(tmp_path):
    path = tmp_path / "a"
    path.write_text("old")
    with writing(path) as beside:
        beside.write_text("half")
        assert beside.parent == tmp_path
        assert path.read_text() == "old"
    assert path.read_text() == "half"


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, SystemExit])
def test_a_failure_on_the_way_leaves_the_old_file_and_nothing_beside(tmp_path, error):
    path = tmp_path / "a"
    path.write_text("old")
    with pytest.raises(error), writing(path) as beside:
        beside.write_text("half")
        raise error
    assert path.read_text() == "old"
    assert names(tmp_path) == ["a"]


def test_a_full_disc_is_one_sentence(tmp_path, monkeypatch):
    path = tmp_path / "a"
    path.write_text("old")

    def full(self, data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(DataError, match=r"a could not be written in full \(No space left on device\)"):
        write_atomically(path, "new")
    assert path.read_text() == "old"
    assert names(tmp_path) == ["a"]


def test_a_held_file_is_one_sentence(tmp_path, monkeypatch):
    path = tmp_path / "a"
    path.write_text("old")

    def held(self, target):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", held)
    with pytest.raises(DataError, match=r"a cannot be replaced \(Permission denied\); close what is using it"):
        write_atomically(path, "new")
    assert path.read_text() == "old"
    assert names(tmp_path) == ["a"]


def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("in the way")
    for target in (tmp_path / "file" / "a", tmp_path / "file" / "b" / "a"):
        with pytest.raises(DataError, match="cannot be written"):
            write_atomically(target, "new")
    (tmp_path / "folder").mkdir()
    with pytest.raises(DataError, match="folder cannot be replaced: it is a folder; give the name of a file"):
        write_atomically(tmp_path / "folder", "new")
    assert names(tmp_path) == ["file", "folder"]


def test_where_the_figures_live(tmp_path, monkeypatch):
    monkeypatch.delenv("RESILIENCE_HOME", raising=False)
    assert (paths.home() / "pyproject.toml").is_file()
    monkeypatch.setenv("RESILIENCE_HOME", os.fspath(tmp_path))
    assert paths.processed() == tmp_path / "data" / "processed"
    assert paths.raw() == tmp_path / "data" / "raw"
    assert paths.models() == tmp_path / "models"
