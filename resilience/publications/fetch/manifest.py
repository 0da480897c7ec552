"""What has been downloaded: ``manifest.json`` beside the files, and the lock of the folder."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from urllib.parse import unquote, urlsplit

from resilience.errors import PublicationError
from resilience.files import lock, sha256, write_atomically

NAME = "manifest.json"
KINDS = (".xlsx", ".ods", ".xls", ".csv")
# Year, release date and name, as fetch lays files down: nothing else may be opened because a manifest says so.
_INSIDE = re.compile(r"[0-9a-z][0-9a-z-]*/[0-9][0-9.-]*/[A-Za-z0-9_][A-Za-z0-9._-]*")
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})?")
_RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


@dataclass(frozen=True)
class Entry:
    """One downloaded file: where it came from, what it is, and which release it belongs to.

    Attributes
    ----------
    outturn_year, form : str
        "2023-24" (or "multi-year") and "RS", "RSX", "RA" or "RO".
    page, title, asset : str
        The GOV.UK page, the attachment's title there and the address it was taken from.
    file : str
        Path under the folder, with forward slashes.
    size, sha256 : int, str
        Of the file as downloaded.
    downloaded : str
        UTC time.
    released, first_published : str
        Dates read from the page ("" where it gives none).
    etag, last_modified : str
        What the server said of the file, for asking whether it changed.
    note : str
        Anything odd.
    """

    outturn_year: str
    form: str
    page: str
    title: str
    asset: str
    file: str
    size: int
    sha256: str
    downloaded: str
    released: str = ""
    first_published: str = ""
    etag: str = ""
    last_modified: str = ""
    note: str = ""


def read_manifest(into: Path) -> list[Entry]:
    """Return the entries of a folder's manifest, oldest first; none if there is no manifest.

    Raises
    ------
    PublicationError
        If the manifest is there and is no manifest.
    """
    path = into / NAME
    if not path.exists():
        return []
    types = {field.name: int if field.type == "int" else str for field in fields(Entry)}
    try:
        entries = [Entry(**entry) for entry in json.loads(path.read_text(encoding="utf-8"))["files"]]
        good = all(isinstance(getattr(entry, name), kind) for entry in entries for name, kind in types.items())
        good = good and all(_INSIDE.fullmatch(entry.file) and _DAY.fullmatch(entry.released) for entry in entries)
    except (ValueError, TypeError, KeyError, AttributeError, OSError, RecursionError):
        good = False
    if not good:
        raise PublicationError(f"{path} is not a manifest of downloads; move it away and fetch again.")
    return entries


def write_manifest(into: Path, entries: list[Entry]) -> None:
    """Write a folder's manifest in one step."""
    content = {"version": 1, "files": [asdict(entry) for entry in entries]}
    write_atomically(into / NAME, json.dumps(content, ensure_ascii=False, indent=1) + "\n")


def intact(into: Path, entry: Entry) -> bool:
    """Return whether an entry's file is there and still has the checksum it was downloaded with."""
    path = into / entry.file
    return path.is_file() and sha256(path) == entry.sha256


def safe_name(address: str) -> str:
    """Return a file name made from a remote address, fit for any file system and for no other folder.

    Parameters
    ----------
    address : str
        An asset's URL.

    Raises
    ------
    PublicationError
        If the name does not end as a workbook's or a CSV file's does.
    """
    last = re.split(r"[/\\]", unquote(urlsplit(address).path))[-1]
    name = re.sub(r"[^A-Za-z0-9._-]+", "_", unicodedata.normalize("NFKC", last)).lstrip("._-")
    stem, suffix = Path(name).stem, Path(name).suffix
    if suffix.lower() not in KINDS or not stem:
        raise PublicationError(
            f"'{plain(last)}' is not a workbook or CSV file by its name (one of {', '.join(KINDS)}); it is not taken."
        )
    name = stem[:100].rstrip(". ") + suffix.lower()
    return "_" + name if _RESERVED.match(name) else name


def plain(text: object, longest: int = 150) -> str:
    """Return remote text fit to print: one line, no control characters, not endless."""
    kept = "".join(c if c.isprintable() else " " for c in str(text))
    return " ".join(kept.split())[:longest]


@contextmanager
def folder_lock(into: Path) -> Iterator[None]:
    """Hold a folder for one writer; the system lets go of it however the program ends.

    Raises
    ------
    PublicationError
        If another run holds it, or the folder cannot be written.
    """
    path = into / ".fetch.lock"
    try:
        into.mkdir(parents=True, exist_ok=True)
        handle = path.open("a+b")
    except OSError as error:
        raise PublicationError(f"{into} cannot be written ({error.strerror}); choose another folder.") from error
    with handle:
        try:
            lock(handle.fileno())
        except OSError as error:
            raise PublicationError(
                f"Another 'resilience fetch' is writing to {into}; wait until it has finished."
            ) from error
        yield
