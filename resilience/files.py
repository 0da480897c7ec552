"""Writing safely: beside, then rename; and the checksums that provenance records."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
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
            raise DataError(
                f"{path} cannot be replaced ({error.strerror}); close the program that has it open and try again."
            ) from error
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
