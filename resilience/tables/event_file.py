"""A register of events as a file: its rows exactly as written, and the sidecar that states how far it reaches."""

from __future__ import annotations

import csv
import io
import tomllib
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from resilience.errors import DataError

REQUIRED = ("council", "ons_code", "event_type", "subtype", "date", "cause")
COLUMNS = (
    *("council", "ons_code", "event_type", "subtype", "date", "date_precision", "financial_year", "amount_gbp_m"),
    *("cause", "basis", "certainty", "source"),
)
#: The year of the Act under which notices are given: nothing in a register can be older.
FIRST_YEAR = 1988


@dataclass(frozen=True)
class EventFile:
    """What a file of events holds.

    Attributes
    ----------
    path : Path
    rows : tuple of dict
        Column → text, the columns that are not there as "".
    numbers : tuple of int
        Each row's number in the file, the header being row 1.
    remarks : tuple of str
        What was met and does no harm.
    """

    path: Path
    rows: tuple[dict[str, str], ...]
    numbers: tuple[int, ...]
    remarks: tuple[str, ...]


def read_event_file(path: Path) -> EventFile:
    """Read a register's CSV, refusing whatever a cut, a shift or a lost quotation mark leaves behind.

    Parameters
    ----------
    path : Path

    Returns
    -------
    EventFile

    Raises
    ------
    DataError
        If it is missing, no UTF-8 CSV, lacks a column, or a row has more or fewer cells than the header.
    """
    text = _text(path)
    try:
        remarks = _check_header(path, next(csv.reader(text.splitlines()[:1]), []))
        lines = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise DataError(
            f"The event register {path} cannot be read as a UTF-8 CSV ({error}); it is cut short, or a quotation "
            "mark is missing."
        ) from None
    header = lines[0]
    rows, numbers = [], []
    for number, cells in enumerate(lines[1:], start=2):
        if not cells:  # a blank line
            continue
        if len(cells) != len(header):
            raise DataError(
                f"{path}, row {number}: {len(cells)} cells found, expected {len(header)} as in the header; the file "
                "is cut short, or a text with a comma has no quotation marks."
            )
        row = dict.fromkeys(COLUMNS, "") | dict(zip(header, cells, strict=True))
        for column, cell in row.items():
            if "\n" in cell or "\r" in cell:
                raise DataError(
                    f"{path}, row {number}, column '{column}': a line break found within the cell, expected one line; "
                    "remove it, or put back a missing quotation mark."
                )
        rows.append(row)
        numbers.append(number)
    if text and not text.endswith(("\n", "\r")):
        remarks.append(f"{path}: the last row has no line break; if the file is cut short there, rows are missing.")
    return EventFile(path, tuple(rows), tuple(numbers), tuple(remarks))


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise DataError(f"The event register {path} does not exist; give a CSV in its format.") from None
    except OSError as error:
        raise DataError(f"The event register {path} cannot be read as a UTF-8 CSV ({error.strerror}).") from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        raise DataError(
            f"The event register {path} cannot be read as a UTF-8 CSV (row {row} has a byte in another encoding); "
            "save it as UTF-8."
        ) from None
    if "\0" in text:
        row = text.count("\n", 0, text.index("\0")) + 1
        raise DataError(f"The event register {path} cannot be read as a UTF-8 CSV (row {row} has a zero byte).")
    return text


def _check_header(path: Path, header: list[str]) -> list[str]:
    must = f"its columns must be {', '.join(COLUMNS)}."
    missing = [name for name in REQUIRED if name not in header]
    if missing:
        raise DataError(f"The event register {path} has no column '{missing[0]}'; {must}")
    twice = [name for name in header if header.count(name) > 1]
    if twice:
        raise DataError(f"The event register {path} has the column '{twice[0]}' twice; {must}")
    remarks = [
        f"{path}: the column '{name}' is not one of a register's and is not read."
        for name in header
        if name not in COLUMNS
    ]
    return remarks + [f"{path}: the column '{name}' is missing." for name in COLUMNS if name not in header]


def sidecar_of(path: Path) -> Path:
    """Return where a register's sidecar stands: beside it, with the ending .toml."""
    return path.with_suffix(".toml")


def register_to(path: Path, shipped: Path) -> date:
    """Return the last day a register speaks for: what its sidecar states, or else the shipped register's.

    Coverage is never inferred from the rows: one row dated ahead would make every council safe in between.

    Parameters
    ----------
    path : Path
        The register.
    shipped : Path
        The shipped register, whose sidecar must be there.

    Raises
    ------
    DataError
        If the sidecar is missing where it must be, cannot be read or states no day that has come.
    """
    if path.resolve() == shipped.resolve() or not sidecar_of(path).is_file():
        return _stated(shipped)
    stated = _stated(path)
    # The shipped register's day has come whatever the clock of this machine says.
    latest = max(date.today(), _stated(shipped) if sidecar_of(shipped).is_file() else date.min)
    if stated > latest:
        raise DataError(
            f"{sidecar_of(path)}: register_to is {stated}, expected a day no later than today; a register "
            "cannot cover days to come."
        )
    return stated


def _stated(path: Path) -> date:
    sidecar = sidecar_of(path)
    example = "write register_to = 2026-10-31"
    try:
        content = tomllib.loads(sidecar.read_text("utf-8-sig"))
    except FileNotFoundError:
        raise DataError(
            f"{sidecar} does not exist; it must stand beside {path.name} and state the last day it covers: {example}."
        ) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DataError(f"{sidecar} cannot be read as TOML ({error}); {example}.") from None
    if "register_to" not in content:
        raise DataError(f"{sidecar} has no register_to, the last day the register covers; {example}.")
    found = content["register_to"]
    if not isinstance(found, date) or isinstance(found, datetime):
        raise DataError(f"{sidecar}: register_to is '{found}', expected a day without quotation marks; {example}.")
    if found.year < FIRST_YEAR:
        raise DataError(f"{sidecar}: register_to is {found}, before any possible event; {example}.")
    return found
