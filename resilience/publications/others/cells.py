"""What the readers of the smaller publications share: rows of a file, numbers, councils' codes, dates."""

from __future__ import annotations

import calendar
import csv
import io
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import python_calamine

from resilience import paths
from resilience.councils import resolve
from resilience.errors import DataError, PublicationError, UnknownCouncilError
from resilience.files import sha256, write_atomically
from resilience.publications import guard

Rows = list[list[Any]]

_FINANCIAL_YEAR = re.compile(r"\b(20\d\d)-(\d\d)\b")
_MONTHS = list(calendar.month_name)[1:]
_DATE = re.compile(rf"\b(\d{{1,2}}) ({'|'.join(_MONTHS)}) (\d{{4}})\b")
_NUMBER = re.compile(r"^-?\d{1,3}(,\d{3})*(\.\d+)?$|^-?\d*\.?\d+(e[-+]?\d+)?$", re.IGNORECASE | re.ASCII)
_CLASSES = {"ILB": "LB", "OLB": "LB", "L": "LB", "LB": "LB", "UA": "UA", "MD": "MD", "SC": "SC", "SD": "SD"}


def number(value: object) -> float:
    """Return a cell as a number; NaN where it holds none ("[x]", "M", "...", "-", nothing)."""
    if isinstance(value, bool) or value is None:
        return np.nan
    if isinstance(value, int | float):
        return float(value)
    text = str(value).strip()
    return float(text.replace(",", "")) if _NUMBER.match(text) else np.nan


def text(value: object) -> str:
    """Return a cell as text with single spaces."""
    return "" if value is None else " ".join(str(value).split())


def council_class(value: object) -> str:
    """Return UA, MD, LB, SC or SD for a principal council's class, "O" for every other body."""
    return _CLASSES.get(text(value), "O")


def csv_rows(path: Path) -> Rows:
    """Return the rows of a CSV file in UTF-8 or Windows-1252 (MHCLG publishes both)."""
    encoding = guard.check_csv(path)
    try:
        return [list(row) for row in csv.reader(io.StringIO(path.read_text(encoding=encoding), newline=""))]
    except csv.Error as error:
        raise PublicationError(f"{path.name} is not a readable CSV file ({error}); download it again.") from error


def csv_table(path: Path, required: Iterable[str]) -> pd.DataFrame:
    """Return a CSV file with its header in the first row, every cell as text.

    Raises
    ------
    PublicationError
        If the file is missing, empty or damaged, or a required column is not there.
    """
    rows = csv_rows(path)
    if len(rows) < 2:
        raise PublicationError(f"{path.name} holds no rows below its header; download it again.")
    header, body = [text(cell) for cell in rows[0]], [row for row in rows[1:] if any(row)]
    missing = [name for name in required if name not in header]
    if missing:
        raise PublicationError(
            f"{path.name}, row 1 lacks the column '{missing[0]}'; supply the table with its published header."
        )
    for number_, row in enumerate(body, start=2):
        if len(row) != len(header):
            raise PublicationError(
                f"{path.name}, row {number_} has {len(row)} cells where the header has {len(header)}; "
                "download it again."
            )
    return pd.DataFrame(body, columns=header).map(str.strip)


def sheets(path: Path) -> dict[str, Rows]:
    """Return the sheets of a checked workbook, leaving out links to other people's files."""
    guard.check_workbook(path)
    try:
        book = python_calamine.CalamineWorkbook.from_path(path)
        names = [name for name in book.sheet_names if "file:" not in name]
        return {name: book.get_sheet_by_name(name).to_python() for name in names}
    except python_calamine.CalamineError as error:
        raise PublicationError(f"{path.name} cannot be read as a workbook ({error}); download it again.") from error


def sheet(path: Path, book: dict[str, Rows], wording: str) -> tuple[str, Rows]:
    """Return the name and rows of the first sheet whose name fits a wording (a regular expression)."""
    for name, rows in book.items():
        if re.search(wording, name, re.IGNORECASE):
            return name, rows
    raise PublicationError(
        f"{path.name} has no sheet named like '{wording}' (it has {', '.join(book)}); "
        "supply the publication as it was published."
    )


def header_row(rows: Rows, where: str, first: str = r"^e-?code$", start: int = 0) -> int:
    """Return the index of the first row from `start` whose first cell fits a wording."""
    for index in range(start, len(rows)):
        if rows[index] and re.match(first, text(rows[index][0]), re.IGNORECASE):
            return index
    raise PublicationError(f"{where} has no header row that begins with 'E-code'; supply it as published.")


def latest_year(cells: Iterable[object], where: str) -> str:
    """Return the latest financial year named in some cells, e.g. "2023-24"."""
    found = [m for cell in cells for m in _FINANCIAL_YEAR.findall(text(cell))]
    years = [f"{a}-{b}" for a, b in found if (int(a) + 1) % 100 == int(b)]
    if not years:
        raise PublicationError(f"{where} names no financial year such as 2023-24 above its table.")
    return max(years)


def date_in(cell: object) -> pd.Timestamp | None:
    """Return the date written in a cell as "12 December 2024", or None."""
    match = _DATE.search(text(cell))
    if not match:
        return None
    return pd.Timestamp(year=int(match[3]), month=_MONTHS.index(match[2]) + 1, day=int(match[1]))


def newest_codes(path: Path, candidates: Sequence[Sequence[str]]) -> list[str]:
    """Return the newest ONS code for each row, trying its codes and names in order.

    Parameters
    ----------
    path : Path
        The file the rows come from, for the message.
    candidates : sequence of sequences of str
        For each row what may identify the council: ONS code, E-code, name. Empty ones are skipped.

    Raises
    ------
    PublicationError
        If nothing in a row names a council, or two rows name the same one.
    """
    known: dict[tuple[str, ...], str] = {}
    codes = []
    for row in candidates:
        key = tuple(row)
        if key not in known:
            known[key] = _first_resolved(path, [item for item in row if item])
        codes.append(known[key])
    return codes


def _first_resolved(path: Path, row: list[str]) -> str:
    for item in row:
        try:
            return resolve(item)
        except UnknownCouncilError:
            continue
    raise PublicationError(
        f"{path.name} names '{row[-1] if row else ''}', which is not a council of the register; "
        "correct the name or add the council to the register."
    )


def refuse_duplicates(path: Path, frame: pd.DataFrame, keys: Sequence[str] = ("ons_code", "year")) -> None:
    """Raise if two rows of a table have the same key."""
    twice = frame[frame.duplicated(list(keys), keep=False)]
    if len(twice):
        row = twice.iloc[0]
        named = ", ".join(f"{key} {row[key]}" for key in keys)
        raise PublicationError(f"{path.name} holds two rows for {named}; remove one of them.")


def write_table(frame: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV in one step: UTF-8, dates as 2024-12-12, numbers to six decimals."""
    rounded = frame.copy()
    for name in rounded.select_dtypes("number"):
        rounded[name] = rounded[name].round(6)
    write_atomically(
        path,
        rounded.to_csv(index=False, lineterminator="\n", float_format="%.10g", date_format="%Y-%m-%d"),
    )


def load_table(name: str, dates: Sequence[str] = ("known_from",)) -> pd.DataFrame:
    """Read a table the project ships in ``data/processed``.

    Raises
    ------
    DataError
        If it is not there or is no table.
    """
    path = paths.processed() / name
    try:
        frame = pd.read_csv(path, low_memory=False)
    except (OSError, ValueError) as error:
        raise DataError(
            f"{path} cannot be read ({type(error).__name__}); run 'resilience build' to write it again."
        ) from error
    for column in dates:
        if column in frame:
            frame[column] = pd.to_datetime(frame[column])
    return frame


def provenance(path: Path, *, publisher: str, title: str, released: str | None, licence: str) -> dict:
    """Return what is recorded of a source file: name, size, checksum, publisher, release date, licence."""
    return {
        "file": path.name,
        "bytes": path.stat().st_size,
        "sha256": sha256(path),
        "publisher": publisher,
        "title": title,
        "released": released,
        "licence": licence,
    }
