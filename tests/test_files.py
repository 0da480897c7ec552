"""Writing beside, then renaming: whatever goes wrong, what was there stays."""

from __future__ import annotations

import hashlib
import os
import socket
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from resilience import files, paths
from resilience.errors import DataError
from resilience.files import one_at_a_time, sha256, swap_folders, write_atomically, write_together, writing


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


WRITERS = {
    "one": lambda path, text: write_atomically(path, text),
    "together": lambda path, text: write_together(path.parent, {path.name: text}),
}


@pytest.fixture(params=[0o022, 0o027, 0o077, 0o002])
def umask(request):
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_a_new_file_gets_what_the_umask_leaves(tmp_path, umask, write):
    write(tmp_path / "a", "x")
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o666 & ~umask


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o444, 0o664])
def test_a_file_that_is_replaced_keeps_its_permissions(tmp_path, mode, write):
    """A council's own figures are unpublished: what was for the owner's eyes stays so."""
    path = tmp_path / "a"
    path.write_text("old")
    path.chmod(mode)
    write(path, "new")
    assert (path.read_text(), stat.S_IMODE(path.stat().st_mode)) == ("new", mode)


def test_what_is_unfinished_is_for_its_owner_alone(tmp_path):
    with writing(tmp_path / "a") as beside:
        assert stat.S_IMODE(beside.stat().st_mode) == 0o600


def test_a_link_is_followed_and_stays(tmp_path):
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_atomically(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"


def test_a_pipe_is_written_to_and_stays(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()
    write_atomically(pipe, "through")
    reader.join()
    assert got == [b"through"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert names(tmp_path) == ["pipe"]


def test_devices_are_written_to_and_stay(tmp_path):
    write_atomically(Path("/dev/null"), "gone")
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)
    with pytest.raises(DataError, match="/dev/full cannot be written"):
        write_atomically(Path("/dev/full"), "x" * 100_000)
    code = (
        "from pathlib import Path; from resilience.files import write_atomically as w; w(Path('/dev/stdout'), 'said')"
    )
    with (tmp_path / "out").open("wb") as out:
        subprocess.run([sys.executable, "-c", code], stdout=out, check=True)
    assert (tmp_path / "out").read_text() == "said"


def test_a_socket_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as one:
        one.bind("s")
        with pytest.raises(DataError, match="s cannot be written"):
            write_atomically(Path("s"), "x")
    assert stat.S_ISSOCK(Path("s").stat().st_mode)


HOLD = """
import sys
from pathlib import Path
from resilience.files import one_at_a_time
with one_at_a_time(Path(sys.argv[1]), "resilience build"):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_lock_holds_whatever_the_folder_for_temporary_files(tmp_path):
    folder, elsewhere = tmp_path / "out", tmp_path / "tmp"
    elsewhere.mkdir()
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(elsewhere)},
    )  # fmt: skip
    assert holder.stdout and holder.stdout.readline() == b"held\n"
    with (
        pytest.raises(DataError, match="Another 'resilience build' is writing to"),
        one_at_a_time(folder, "resilience build"),
    ):
        pass
    holder.communicate()
    with one_at_a_time(folder, "resilience build"):
        assert names(folder) == []
    assert names(elsewhere) == []


def test_a_folder_that_was_made_to_be_locked_does_not_stay_empty(tmp_path):
    with one_at_a_time(tmp_path / "new", "resilience site"):
        pass
    assert names(tmp_path) == []
    with pytest.raises(DataError, match="cannot be written"):
        (tmp_path / "file").write_text("")
        with one_at_a_time(tmp_path / "file" / "new", "resilience site"):
            pass


@pytest.mark.parametrize("whole", [True, False])
def test_folders_are_swapped(tmp_path, monkeypatch, whole):
    if not whole:
        monkeypatch.setattr(files, "_exchange", lambda one, other: False)
    for text in ("first", "second"):
        write_atomically(tmp_path / "built" / "a", text)
        swap_folders(tmp_path / "built", tmp_path / "out")
        assert (tmp_path / "out" / "a").read_text() == text
        assert names(tmp_path) == ["out"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux exchanges two folders in one step")
def test_at_no_moment_is_there_no_folder(tmp_path):
    (tmp_path / "out").mkdir()
    absent: list[bool] = []
    over = threading.Event()

    def look():
        while not over.is_set():
            absent.append(not (tmp_path / "out").is_dir())

    looker = threading.Thread(target=look)
    looker.start()
    for _ in range(200):
        (tmp_path / "built").mkdir()
        swap_folders(tmp_path / "built", tmp_path / "out")
    over.set()
    looker.join()
    assert absent and not any(absent)


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
