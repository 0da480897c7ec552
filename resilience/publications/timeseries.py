"""MHCLG's multi-year Revenue Outturn CSV → the same tidy lines as a workbook's.

One row a council and year from 2017-18, some 2,600 columns named with the workbooks' own codes (underscores for
dashes), £ thousand, nothing where nothing was returned. Only the columns the dictionary knows are read.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from resilience.errors import PublicationError
from resilience.files import writing
from resilience.publications.guard import check_csv
from resilience.publications.lines import Line, load_lines
from resilience.publications.manifest import plain
from resilience.publications.sheets import amounts, column_letters
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
    r"other|combined|police|fire|park|waste|passenger|transport|integrated|greater london|gla\b",
    re.IGNORECASE,
)
_MARK = re.compile(r"\[\w{1,3}\]|[.:\-–*]{1,3}|M|NULL|N/?A|#N/A", re.IGNORECASE)
_CHECKS = {
    "year_ending": (re.compile(r"20\d\d03"), "a year's end such as 202403", False),
    "LA_LGF_code": (re.compile(r"E\d{4}"), "a code such as E5030", False),
    "ONS_code": (re.compile(r"[EW]\d{8}"), "a code such as E09000001", True),
}


def read_timeseries(path: Path, *, form: str = "RS") -> pd.DataFrame:
    """Read the multi-year CSV into tidy lines.

    Parameters
    ----------
    path : Path
        The CSV file.
    form : str
        Which form's lines to read; the others' columns are not even taken in.

    Returns
    -------
    pandas.DataFrame
        One row a council, year and line: form, outturn_year, ecode, ons_code, council, class, line, amount,
        text, cell, source_file. ``attrs["report"]`` says which columns of the form the dictionary does not
        know (``unknown``), which lines it knows that the file lacks (``gone``), how many columns of other forms
        were left (``other_forms``), how many total rows were dropped (``totals``), which classes are unknown
        and so taken as no council (``unknown_classes``), and who did not submit (``not_submitted``).

    Raises
    ------
    PublicationError
        If a key column is missing, a year's end, code or amount is none, or a council stands twice in a year.
    """
    encoding = check_csv(path)
    header = _header(path, encoding)
    keys = _key_columns(path, header)
    chosen, unknown = _lines_of(header, form)
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
    absent = table.loc[table["status"].str.lower() == "not submitted", ["year_ending", "LA_LGF_code"]]
    outcome = _tidy(path, table, classes, chosen, header, form)
    outcome.attrs["report"] = {
        "unknown": unknown,
        "gone": sorted(
            line.name for line in _known(form) if line.name not in {v.name for v in chosen.values()}
        ),
        "other_forms": sum(1 for c in header if not c.upper().startswith(form + "_")) - len(keys),
        "totals": totals,
        "unknown_classes": sorted(
            {c for c, k in zip(table["LA_class"], classes, strict=True) if k == "O" and not _OTHERS.search(c)}
        ),
        "not_submitted": [[year, code] for year, code in absent.itertuples(index=False)],
    }
    return outcome


def _header(path: Path, encoding: str) -> list[str]:
    with path.open(encoding=encoding, newline="") as handle:
        try:
            header = [column.strip() for column in next(csv.reader(handle), [])]
        except csv.Error as error:
            raise PublicationError(
                f"{path.name} cannot be read as CSV ({error}); download it again."
            ) from error
    if len(header) == 1 and re.search(r"[;\t|]", header[0]):
        raise PublicationError(
            f"{path.name} separates its columns with another sign than commas; save it with commas."
        )
    doubled = (
        sorted({c for c in header if c and header.count(c) > 1}) if len(set(header)) < len(header) else []
    )
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


def _known(form: str) -> tuple[Line, ...]:
    """Return the lines of a form that MHCLG has a code for, and so the file may hold."""
    return load_lines().of_form(form)


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


def _table(path: Path, encoding: str, header: list[str], columns: list[str]) -> pd.DataFrame:
    """Read some of the columns as text; a row too long or too short is refused."""
    places = [header.index(column) for column in columns]
    last = len(header) - 1  # read as well, to see whether every row is whole
    try:
        table = pd.read_csv(
            path,
            encoding=encoding,
            header=None,
            skiprows=1,
            names=list(range(len(header))),
            index_col=False,
            usecols=sorted({*places, last}),
            dtype=str,
            keep_default_na=False,
            na_filter=True,
            na_values=[],
        )
    except (pd.errors.ParserError, pd.errors.EmptyDataError, ValueError) as error:
        raise PublicationError(
            f"{path.name} cannot be read as a table ({plain(error, 80)}); download it again."
        ) from error
    short = table.isna().any(axis=1)
    if short.any():
        raise PublicationError(f"{path.name}, row {int(short.idxmax()) + 2} is cut short; download it again.")
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


def _class_of(text: str) -> str:
    if text.upper() in _WRITTEN:
        return text.upper()
    return "LB" if text == "L" else CLASSES.get(" ".join(text.lower().split()), "O")


def _tidy(
    path: Path, table: pd.DataFrame, classes: pd.Series, chosen: dict[str, Line], header: list[str], form: str
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
    }
    return pd.DataFrame(fixed, index=range(count * width))


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
