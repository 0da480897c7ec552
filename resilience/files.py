"""Writing safely: beside, then rename; and the checksums that provenance records."""

from __future__ import annotations

import ctypes
import hashlib
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from resilience.errors import DataError


def sha256(path: Path) -> str:
    """Return a file's SHA-256 as hexadecimal text."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


@contextmanager
def writing(path: Path) -> Iterator[Path]:
    """Give a path beside the target to write to; rename it into place when the block ends well.

    A file that is replaced keeps its permissions, and a new one gets those that the umask leaves. A link is followed.
    What is no file (a pipe, a terminal, /dev/null) cannot be replaced: it is written to when all is ready.

    Parameters
    ----------
    path : Path
        The file to be written. Its folder is made if need be.

    Yields
    ------
    Path
        A temporary file in the same folder (so that the rename cannot cross a file system).

    Raises
    ------
    DataError
        If the folder or file cannot be written, is a folder, or another program holds the file.
    """
    if _is_stream(path):
        with _written_through(path) as aside:
            yield aside
        return
    path = Path(os.path.realpath(path))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = _made_beside(path)
    except OSError as error:
        raise DataError(f"{path} cannot be written ({error.strerror}); choose another place.") from error
    try:
        yield beside
        try:
            beside.chmod(_mode_of(path))
            beside.replace(path)
        except OSError as error:
            raise _in_the_way(path, error) from error
    except OSError as error:
        raise DataError(f"{path} could not be written in full ({error.strerror}); what was there is kept.") from error
    finally:
        with suppress(OSError):
            beside.unlink()


def _is_stream(path: Path) -> bool:
    """Return whether a path leads to something that takes bytes but is no file: a device, a pipe."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    if path.as_posix().startswith(("/dev/std", "/dev/fd/", "/proc/")):
        return True  # whatever the shell has put behind it
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


@contextmanager
def _written_through(path: Path) -> Iterator[Path]:
    """Give a path in a private folder to write to, and pass on what was written there."""
    with tempfile.TemporaryDirectory(prefix="resilience-") as folder:
        aside = Path(folder) / path.name
        yield aside
        try:
            with aside.open("rb") as made, path.open("wb") as stream:
                shutil.copyfileobj(made, stream)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise DataError(f"{path} cannot be written ({error.strerror}); choose another place.") from error


def _made_beside(path: Path) -> Path:
    """Make an empty file beside another, for its owner alone until it is finished."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    os.close(handle)
    return Path(name)


def _mode_of(path: Path) -> int:
    """Return the permissions that a file has, or that a new one would get (the umask is read by setting it)."""
    with suppress(OSError):
        return stat.S_IMODE(path.stat().st_mode)
    mask = os.umask(0o077)
    os.umask(mask)
    return 0o666 & ~mask


def write_atomically(path: Path, content: str | bytes) -> None:
    """Write text (as UTF-8, with newlines as they are) or bytes to a file in one step."""
    data = content.encode("utf-8") if isinstance(content, str) else content
    with writing(path) as beside:
        beside.write_bytes(data)


def write_together(folder: Path, contents: Mapping[str, str | bytes]) -> list[Path]:
    """Write several files of one folder as one: all of them beside first, then the renames in quick succession.

    Parameters
    ----------
    folder : Path
        Made if need be. What an earlier run that was killed left beside these files is cleared away.
    contents : mapping of str to str or bytes
        File names and contents; renamed in this order, so that the last tells of the others.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    DataError
        If one of them cannot be written or replaced; then all of them are as they were before.
    """
    staged: dict[Path, Path] = {}
    before: dict[Path, bytes | None] = {}
    path = folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in contents:
            for stale in folder.glob(f".{name}.*.part"):
                stale.unlink()
        for name, content in contents.items():
            path = folder / name
            staged[path] = _made_beside(path)
            staged[path].write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
            staged[path].chmod(_mode_of(path))
            before[path] = path.read_bytes() if path.is_file() else None
    except OSError as error:
        _clear(staged)
        if staged:
            raise DataError(
                f"{path} could not be written in full ({error.strerror}); what was there is kept."
            ) from error
        raise DataError(f"{path} cannot be written ({error.strerror}); choose another place.") from error
    except BaseException:
        _clear(staged)
        raise
    replaced: list[Path] = []
    try:
        for path, beside in staged.items():
            beside.replace(path)
            replaced.append(path)
    except OSError as error:
        for done in replaced:
            _put_back(done, before[done])
        raise _in_the_way(path, error) from error
    finally:
        _clear(staged)
    return replaced


def _in_the_way(path: Path, error: OSError) -> DataError:
    """Say why a finished file could not take its place."""
    if path.is_dir():
        return DataError(f"{path} cannot be replaced: it is a folder; give the name of a file.")
    return DataError(f"{path} cannot be replaced ({error.strerror}); close what is using it and try again.")


def _clear(staged: Mapping[Path, Path]) -> None:
    for beside in staged.values():
        with suppress(OSError):
            beside.unlink()


def _put_back(path: Path, content: bytes | None) -> None:
    with suppress(OSError, DataError):
        if content is None:
            path.unlink()
        else:
            write_atomically(path, content)


@contextmanager
def one_at_a_time(folder: Path, what: str) -> Iterator[None]:
    """Let one run at a time write a folder; the system lets go of it however the program ends.

    It is the folder itself that is locked, so that runs with other folders for temporary files meet here too.

    Parameters
    ----------
    folder : Path
        The folder to be written. Made if need be, and taken away again if nothing came to stand in it.
    what : str
        The command, for the message.

    Raises
    ------
    DataError
        If another run holds it, or it cannot be made.
    """
    new = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = _opened_to_lock(folder)
    except OSError as error:
        raise DataError(f"{folder} cannot be written ({error.strerror}); choose another place.") from error
    try:
        try:
            lock(handle)
            swapped = not os.path.samestat(os.fstat(handle), _lockable(folder).stat())
        except OSError:
            swapped = True
        if swapped:  # held, or another run has just put a new folder in its place
            raise DataError(f"Another '{what}' is writing to {folder}; wait until it has finished.")
        yield
    finally:
        os.close(handle)
        if new:
            with suppress(OSError):
                folder.rmdir()


if sys.platform == "win32":  # pragma: no cover
    import msvcrt

    def _lockable(folder: Path) -> Path:
        """Return what is locked: Windows locks no folders, so a file that stays there."""
        return folder / ".lock"

    def _opened_to_lock(folder: Path) -> int:
        return os.open(_lockable(folder), os.O_RDWR | os.O_CREAT)

    def lock(handle: int) -> None:
        """Lock an open file for this process, or raise OSError where another has it."""
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lockable(folder: Path) -> Path:
        return folder

    def _opened_to_lock(folder: Path) -> int:
        return os.open(folder, os.O_RDONLY)

    def lock(handle: int) -> None:
        """Lock an open folder for this process, or raise OSError where another has it."""
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def swap_folders(built: Path, output: Path) -> None:
    """Put a finished folder where another stands, so that at no moment nothing stands there.

    Where the system can exchange two folders in one step (Linux) it does; elsewhere one is moved away and the other
    into its place at once.

    Parameters
    ----------
    built : Path
        The new folder, in the same folder as `output`. Afterwards it is gone.
    output : Path
        Where it is to stand; what stood there is deleted.

    Raises
    ------
    DataError
        If a file in there is held by another program; then all is as it was.
    """
    old = built.with_name(built.name + ".old")
    try:
        if not output.exists():
            built.rename(output)
            return
        if _exchange(built, output):
            old = built
        else:
            output.rename(old)
            try:
                built.rename(output)
            except OSError:
                old.rename(output)
                raise
    except OSError as error:
        raise DataError(f"{output} cannot be replaced ({error.strerror}); close what has it open.") from error
    shutil.rmtree(old, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two folders in one step if this system and file system can; return whether it was done."""
    if not sys.platform.startswith("linux"):
        return False  # pragma: no cover
    at_this_folder, exchange = -100, 2  # AT_FDCWD and RENAME_EXCHANGE of Linux
    call = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    done = call and call(at_this_folder, os.fsencode(one), at_this_folder, os.fsencode(other), exchange) == 0
    return bool(done)
