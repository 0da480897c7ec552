"""MHCLG's multi-year Revenue Outturn CSV → the same tidy lines as a workbook's.

One row a council and year from 2017-18, some 2,600 columns named with the workbooks' own codes (underscores
for dashes), £ thousand, nothing where nothing was returned. Only columns the dictionary knows are read.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from resilience.errors import PublicationError
from resilience.files import writing
from resilience.publications.fetch.manifest import plain
from resilience.publications.guard import MAX_CELLS, check_csv
from resilience.publications.lines import Line, load_lines
from resilience.publications.outturn.identity import Named, Unread, check_names
from resilience.publications.outturn.sheets import amounts, column_letters
from resilience.publications.outturn.unread import unread_figures
from resilience.publications.outturn.workbook import COLUMNS
from resilience.years import outturn_year_of

KEYS = ("year_ending", "ONS_code", "LA_LGF_code", "LA_name", "status", "LA_class")
CLASSES = {
    "unitary authority": "UA",
    "met district": "MD",
    "metropolitan district": "MD",
    "london": "LB",
    "london borough": "LB",
    "shire county": "SC",
    "shire district": "SD",
}
_WRITTEN = {
    "UA": "Unitary Authority",
    "MD": "Met District",
    "LB": "London",
    "SC": "Shire County",
    "SD": "Shire District",
}
_OTHERS = re.compile(
    r"\b(?:other|combined|police|fire|park|waste|passenger|transport|integrated|greater london|gla\b|o\b)",
    re.IGNORECASE,
)
_MARK = re.compile(r"\[\w{1,3}\]|[.:\-–*]{1,3}|M|NULL|N/?A|#N/A", re.IGNORECASE)
_CHECKS = {
    "year_ending": (re.compile(r"20\d\d03"), "a year's end such as 202403", False),
    "LA_LGF_code": (re.compile(r"E\d{4}"), "a code such as E5030", False),
    "ONS_code": (re.compile(r"[EW]\d{8}"), "a code such as E09000001", True),
}


@dataclass(frozen=True)
class SeriesReport:
    """What a reading met besides figures.

    Attributes
    ----------
    source_file, form : str
        What was read.
    unknown_columns : tuple of str
        Columns of the form that the dictionary has no line for: new or renamed, left out.
    gone : tuple of str
        Lines with a code of MHCLG's that the file does not have.
    other_columns : int
        How many columns (of other forms, mostly) were not taken in.
    totals : int
        How many rows of totals were dropped.
    unknown_classes : tuple of str
        Wordings of a class that are not known; their rows are taken as other authorities ("O").
    not_submitted : tuple of (str, str)
        Financial year and E-code of each council that did not submit.
    unread : tuple of str
        Councils with rows that were not read, by name, and why.
    """

    source_file: str
    form: str
    unknown_columns: tuple[str, ...]
    gone: tuple[str, ...]
    other_columns: int
    totals: int
    unknown_classes: tuple[str, ...]
    not_submitted: tuple[tuple[str, str], ...]
    unread: tuple[str, ...] = ()


@dataclass(frozen=True)
class SeriesLines:
    """The figures of the multi-year CSV, and what its reading met besides.

    Attributes
    ----------
    lines : DataFrame
        One row a council, year and line, with the columns of `workbook.COLUMNS`.
    report : SeriesReport
    """

    lines: pd.DataFrame
    report: SeriesReport


def read_timeseries(path: Path, *, form: str = "RS") -> SeriesLines:
    """Read the multi-year CSV into tidy lines.

    Parameters
    ----------
    path : Path
        The CSV file.
    form : str
        Which form's lines to read; the others' columns are not even taken in.

    Returns
    -------
    SeriesLines
        `certified` is empty and `duplicated` False throughout.

    Raises
    ------
    PublicationError
        If a key column is missing, a year's end, code or amount is none, or a council stands twice in a year.
    """
    encoding = check_csv(path, MAX_CELLS)
    header = _header(path, encoding)
    keys = _key_columns(path, header)
    chosen, unknown = _lines_of(header, form)
    if form == "RS" and "rs_netrevexp_net_exp" not in {line.name for line in chosen.values()}:
        raise PublicationError(f"{path.name} lacks the column RS_netrevexp_net_exp; fetch it again.")
    table = _table(path, encoding, header, [*keys.values(), *chosen])
    table = table.rename(columns={column: key for key, column in keys.items()})
    table.insert(0, "row", np.arange(2, len(table) + 2))
    for key in KEYS:
        table[key] = table[key].str.strip()
    status = table["status"].str.lower()
    odd = table[~status.isin(["submitted", "not submitted", "total"])]
    if len(odd):
        _refuse(path, odd.iloc[0], "status", "submitted, not submitted or total")
    totals = int((status == "total").sum())
    table = table[status != "total"].reset_index(drop=True)
    _check_keys(path, table)
    classes = table["LA_class"].map(_class_of)
    odd_classes = table["LA_class"][(classes == "O") & ~table["LA_class"].str.contains(_OTHERS)]
    unread = _check_councils(path, table, classes)
    absent = table[table["status"].str.lower() == "not submitted"]
    lines = _tidy(path, table, classes, chosen, header, form, unread)
    have = {line.name for line in chosen.values()}
    report = SeriesReport(
        source_file=path.name,
        form=form,
        unknown_columns=tuple(unknown),
        gone=tuple(x.name for x in load_lines().of_form(form) if not x.coined and x.name not in have),
        other_columns=len(header) - len(keys) - len(chosen) - len(unknown),
        totals=totals,
        unknown_classes=tuple(sorted(set(odd_classes))),
        not_submitted=tuple(
            (outturn_year_of(int(year[:4])), code)
            for year, code in zip(absent["year_ending"], absent["LA_LGF_code"], strict=True)
        ),
        unread=unread_figures(lines),
    )
    return SeriesLines(lines, report)


def _header(path: Path, encoding: str) -> list[str]:
    with path.open(encoding=encoding, newline="") as handle:
        try:
            header = [column.strip() for column in next(csv.reader(handle), [])]
        except csv.Error as error:
            raise PublicationError(f"{path.name} cannot be read as CSV ({error}); download it again.") from error
    if len(header) == 1 and re.search(r"[;\t|]", header[0]):
        raise PublicationError(f"{path.name} does not separate its columns with commas; save it as CSV.")
    doubled = sorted({c for c in header if c and header.count(c) > 1}) if len(set(header)) < len(header) else []
    if doubled:
        raise PublicationError(f"{path.name} has the column {plain(doubled[0])} twice; download it again.")
    return header


def _key_columns(path: Path, header: list[str]) -> dict[str, str]:
    """Return the file's own spelling of each key column."""
    by_lower = {column.lower(): column for column in header}
    missing = [key for key in KEYS if key.lower() not in by_lower]
    if missing:
        raise PublicationError(
            f"{path.name} lacks the column {missing[0]}, so it is not the multi-year Revenue "
            "Outturn file; fetch it again."
        )
    return {key: by_lower[key.lower()] for key in KEYS}


def _lines_of(header: list[str], form: str) -> tuple[dict[str, Line], list[str]]:
    """Return the columns of a form with their lines, and those the dictionary does not know."""
    lines = load_lines()
    chosen: dict[str, Line] = {}
    unknown = []
    for column in header:
        if column.upper().startswith(form + "_"):
            line = lines.of_code(column)
            if line is None or line in chosen.values():
                unknown.append(column)
            else:
                chosen[column] = line
    return chosen, unknown


def _check_lengths(path: Path, encoding: str, width: int) -> None:
    """Refuse a file in which a row has more or fewer fields than the header: it was cut or shifted."""
    row, held = 0, ""
    with path.open(encoding=encoding, newline="") as handle:
        for piece in handle:
            held += piece
            if held.count('"') % 2:
                continue  # a field goes on in the next line
            line, held, row = held.strip("\r\n"), "", row + 1
            count = _fields(path, row, line) if '"' in line else line.count(",") + 1
            if count != width and line:
                kind = "is cut short" if count < width else "is too long"
                raise PublicationError(
                    f"{path.name}, row {row} {kind} ({count:,} fields, {width:,} expected); download it again."
                )
    if held:
        raise PublicationError(f"{path.name}, row {row + 1} is cut short in a quoted text; download it again.")


def _fields(path: Path, row: int, line: str) -> int:
    try:
        return len(next(csv.reader([line]), []))
    except csv.Error as error:
        raise PublicationError(f"{path.name}, row {row} cannot be read as CSV ({error}); download it again.") from error


def _table(path: Path, encoding: str, header: list[str], columns: list[str]) -> pd.DataFrame:
    """Read some of the columns, as text."""
    _check_lengths(path, encoding, len(header))
    places = [header.index(column) for column in columns]
    table = pd.read_csv(
        path,
        encoding=encoding,
        header=None,
        skiprows=1,
        names=list(range(len(header))),
        index_col=False,
        usecols=sorted(places),
        dtype=str,
        keep_default_na=False,
    )
    return table[places].set_axis(columns, axis=1)


def _refuse(path: Path, row: pd.Series, column: str, expected: str) -> None:
    raise PublicationError(
        f"{path.name}, row {row['row']}, column {column}: '{plain(row[column], 40)}' is not {expected}; "
        "download the file again or correct it."
    )


def _check_keys(path: Path, table: pd.DataFrame) -> None:
    for key, (pattern, expected, may_lack) in _CHECKS.items():
        good = table[key].str.fullmatch(pattern)
        if may_lack:
            good |= (table[key] == "") | table[key].str.fullmatch(_MARK)
        if not good.all():
            _refuse(path, table[~good].iloc[0], key, expected)
    doubled = table[table.duplicated(["year_ending", "LA_LGF_code"])]
    if len(doubled):
        row = doubled.iloc[0]
        raise PublicationError(
            f"{path.name}, row {row['row']}: {plain(row['LA_name'], 60)} "
            f"({row['LA_LGF_code']}) stands twice in "
            f"{row['year_ending']}; remove one of the rows."
        )


def _check_councils(path: Path, table: pd.DataFrame, classes: pd.Series) -> dict[int, Unread]:
    """Check how rows name their councils; of those not to be read, put the council's own class in place."""
    names = zip(
        *(table[key] for key in ("row", "LA_LGF_code", "ONS_code", "LA_name")), classes, table["LA_class"], strict=True
    )
    unread = check_names(path.name, (Named(f"row {row}", *rest) for row, *rest in names))
    for place, council in unread.items():
        classes.iloc[place] = council.class_
    return unread


def _class_of(text: str) -> str:
    if text.upper() in _WRITTEN:
        return text.upper()
    return "LB" if text == "L" else CLASSES.get(" ".join(text.lower().split()), "O")


def _tidy(
    path: Path,
    table: pd.DataFrame,
    classes: pd.Series,
    chosen: dict[str, Line],
    header: list[str],
    form: str,
    unread: dict[int, Unread],
) -> pd.DataFrame:
    """Lay the columns out one below the other, with what stood where no number did and where it stood."""
    count, width = len(table), len(chosen)
    numbers = np.full((count, width), np.nan)
    texts = np.full((count, width), None, dtype=object)
    letters = []
    for place, column in enumerate(chosen):
        numbers[:, place], found = amounts(table[column].tolist())
        texts[:, place] = found
        letters.append(column_letters(header.index(column)))
        for row, text in enumerate(found):
            if text is not None and not _MARK.fullmatch(text):
                _refuse(path, table.iloc[row], column, "an amount in £ thousand")
    for place, council in unread.items():
        numbers[place], texts[place] = np.nan, f"not read: {council.why}"
    years = table["year_ending"].map({y: outturn_year_of(int(y[:4])) for y in table["year_ending"].unique()})
    codes = table["ONS_code"].where(table["ONS_code"].str.fullmatch(_CHECKS["ONS_code"][0]), None)
    fixed: dict[str, Any] = {
        "form": form,
        "outturn_year": np.repeat(years.to_numpy(dtype=object), width),
        "ecode": np.repeat(table["LA_LGF_code"].to_numpy(dtype=object), width),
        "ons_code": np.repeat(codes.to_numpy(dtype=object), width),
        "council": np.repeat(table["LA_name"].to_numpy(dtype=object), width),
        "class": np.repeat(classes.to_numpy(dtype=object), width),
        "line": np.tile(np.array([line.name for line in chosen.values()], dtype=object), count),
        "amount": numbers.ravel(),
        "text": texts.ravel(),
        "cell": [f"{path.stem}!{letter}{row}" for row in table["row"] for letter in letters],
        "source_file": path.name,
        "certified": None,
        "duplicated": False,
    }
    tidy = pd.DataFrame(fixed, index=pd.RangeIndex(count * width))[list(COLUMNS)]
    return tidy.astype({name: "category" for name in COLUMNS if name not in ("amount", "cell", "duplicated")})


def write_timeseries(panel: pd.DataFrame, path: Path) -> None:
    """Write a panel in the shape of MHCLG's multi-year CSV, for comparison and for the tests.

    Parameters
    ----------
    panel : pandas.DataFrame
        Rows of council and year with the panel's columns; every column the line dictionary knows is written.
    path : Path
        The file.
    """
    lines = load_lines()
    table = pd.DataFrame(
        {
            "year_ending": [f"{int(year)}03" for year in panel["year"]],
            "ONS_code": panel["ons_code"].fillna("").to_numpy(),
            "LA_LGF_code": panel["ecode"].to_numpy(),
            "LA_name": panel["council"].to_numpy(),
            "status": ["not submitted" if s == "not returned" else "submitted" for s in panel["status"]],
            "LA_class": [_WRITTEN.get(c, "Other") for c in panel["class"]],
            "LA_subclass": "",
        }
    )
    amounts_of = {
        _column_of(lines.by_name[name]): [_text(value) for value in panel[name]]
        for name in panel.columns
        if name in lines.by_name
    }
    with writing(path) as beside:
        pd.concat([table, pd.DataFrame(amounts_of)], axis=1).to_csv(beside, index=False, lineterminator="\n")


def _column_of(line: Line) -> str:
    """Return the CSV's name of a line: MHCLG's code with underscores."""
    return line.code.replace("-", "_")


def _text(value: float) -> str:
    """Write an amount so that reading it gives the same number; nothing for a missing one."""
    if pd.isna(value):
        return ""
    return str(int(value)) if float(value).is_integer() else repr(float(value))
