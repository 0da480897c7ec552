"""Writing safely: beside, then rename; and the checksums that provenance records."""

from __future__ import annotations

import hashlib
import os
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
        If the folder or file cannot be written, or another program holds the file.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
        os.close(handle)
    except OSError as error:
        raise DataError(f"{path} cannot be written ({error.strerror}); choose another place.") from error
    beside = Path(name)
    try:
        yield beside
        try:
            beside.chmod(0o644)
            beside.replace(path)
        except OSError as error:
            raise _in_the_way(path, error) from error
    except OSError as error:
        raise DataError(f"{path} could not be written in full ({error.strerror}); what was there is kept.") from error
    finally:
        with suppress(OSError):
            beside.unlink()


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
            handle, temporary = tempfile.mkstemp(prefix=f".{name}.", suffix=".part", dir=folder)
            os.close(handle)
            staged[path] = Path(temporary)
            staged[path].write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
            staged[path].chmod(0o644)
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

    Parameters
    ----------
    folder : Path
        The folder to be written. The lock itself lies in the system's folder for temporary files.
    what : str
        The command, for the message.

    Raises
    ------
    DataError
        If another run of this user's holds it.
    """
    user = os.getuid() if hasattr(os, "getuid") else "user"
    key = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]
    path = Path(tempfile.gettempdir()) / f"resilience-{user}-{key}.lock"
    try:
        handle = path.open("a+b")
    except OSError as error:
        raise DataError(f"{path} cannot be written ({error.strerror}); remove it and try again.") from error
    with handle:
        try:
            lock(handle.fileno())
        except OSError as error:
            raise DataError(f"Another '{what}' is writing to {folder}; wait until it has finished.") from error
        yield


if sys.platform == "win32":  # pragma: no cover
    import msvcrt

    def lock(handle: int) -> None:
        """Lock an open file for this process, or raise OSError where another has it."""
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def lock(handle: int) -> None:
        """Lock an open file for this process, or raise OSError where another has it."""
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
