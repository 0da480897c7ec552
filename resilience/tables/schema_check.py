"""Does a table read from a file keep its schema? Cheap enough to be asked on every reading."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pandas as pd

from resilience.errors import DataError
from resilience.tables.schema import Column, Table

_NUMBERS = ("integer", "number")
_EXPECTED = {
    "integer": "a whole number",
    "number": "a number or nothing",
    "boolean": "True or False",
    "date": "a date such as 2024-12-12",
}


def check_table(table: Table, frame: pd.DataFrame, file: Path | str) -> None:
    """Check a table as read: types, finite numbers, bounds, allowed values, and one row a key.

    Columns the schema does not have, and those of the schema that are not there, are left to the reader of the file.

    Parameters
    ----------
    table : Table
        The schema.
    frame : DataFrame
        In the file's own order of rows.
    file : Path or str
        For the message.

    Raises
    ------
    DataError
        Naming file, row and column of the first value at fault.
    """
    for column in table.columns:
        if column.name in frame:
            _check_column(column, frame[column.name], file)
    described = {column.name for column in table.columns}
    amounts = [name for name in frame if str(name).startswith(table.amounts) and name not in described]
    if table.amounts and amounts:
        _check_amounts(frame, amounts, file)
    if table.key and all(name in frame for name in table.key):
        twice = frame.duplicated(list(table.key)).to_numpy()
        if twice.any():
            at = int(twice.argmax())
            named = ", ".join(f"{name} {frame[name].iloc[at]}" for name in table.key)
            raise DataError(
                f"{file}, row {at + 2}, columns {' and '.join(table.key)}: a second row for {named}; "
                "run 'resilience build' again."
            )


def _check_column(column: Column, values: pd.Series, file: Path | str) -> None:
    missing = values.isna().to_numpy()
    if values.dtype == object or pd.api.types.is_string_dtype(values.dtype):
        missing = missing | (values == "").to_numpy(dtype=bool, na_value=False)
    if column.required and missing.any():
        _refuse(file, values, missing, _expected(column))
    if column.type == "date":
        if not pd.api.types.is_datetime64_any_dtype(values.dtype):
            unlike = ~missing & pd.to_datetime(values.where(~missing), format="%Y-%m-%d", errors="coerce").isna()
            _refuse_if(file, values, unlike, _expected(column))
        return
    if column.type in _NUMBERS:
        _check_number(column, values, missing, file)
        return
    if column.type in ("string", "list") and not (column.allowed or column.pattern or column.shortest):
        return
    known = [value for value in values.unique() if not (pd.isna(value) or value == "")]
    wrong = [value for value in known if not _fits(column, value)]
    if wrong:
        _refuse(file, values, values.isin(wrong).to_numpy(), _expected(column))


def _fits(column: Column, value: Any) -> bool:
    if column.type == "boolean":
        return value in (True, False, "True", "False")
    if column.allowed:
        return value in column.allowed
    if not isinstance(value, str) or len(value) < column.shortest:
        return False
    return not column.pattern or re.fullmatch(column.pattern, value) is not None


def _check_number(column: Column, values: pd.Series, missing: np.ndarray, file: Path | str) -> None:
    numbers = values.to_numpy()
    if numbers.dtype.kind not in "iuf":
        numbers = pd.to_numeric(values, errors="coerce").to_numpy(dtype=float)
    wrong = ~missing & ~np.isfinite(numbers)
    with np.errstate(invalid="ignore"):  # missing values compare as false
        if column.least is not None:
            wrong |= numbers < column.least
        if column.most is not None:
            wrong |= numbers > column.most
        if column.type == "integer" and numbers.dtype.kind == "f":
            wrong |= ~missing & (numbers != np.floor(numbers))
    _refuse_if(file, values, wrong, _expected(column))


def _check_amounts(frame: pd.DataFrame, names: list[str], file: Path | str) -> None:
    """Check many columns of numbers at once."""
    texts = [name for name in names if frame[name].dtype.kind not in "iuf"]
    for name in texts:
        _check_column(Column(name, "number", ""), frame[name], file)
    numbers = frame[[name for name in names if name not in texts]].to_numpy(dtype=float)
    endless = np.isinf(numbers)
    if endless.any():
        row, place = (int(each) for each in np.argwhere(endless)[0])
        name = [name for name in names if name not in texts][place]
        wrong = np.zeros(len(frame), dtype=bool)
        wrong[row] = True
        _refuse(file, frame[name], wrong, _EXPECTED["number"])


def _expected(column: Column) -> str:
    if column.allowed:
        return " or ".join(column.allowed)
    if column.type in _NUMBERS and None not in (column.least, column.most):
        return f"{_EXPECTED[column.type]} from {column.least:g} to {column.most:g}"
    if column.type in _NUMBERS and column.least is not None:
        return f"{_EXPECTED[column.type]}, at least {column.least:g}"
    if column.pattern:
        return f"text like {column.pattern}"
    return _EXPECTED.get(column.type, f"at least {column.shortest} letters" if column.shortest else "text")


def _refuse_if(file: Path | str, values: pd.Series, wrong: np.ndarray | pd.Series, expected: str) -> None:
    if np.asarray(wrong).any():
        _refuse(file, values, np.asarray(wrong), expected)


def _refuse(file: Path | str, values: pd.Series, wrong: np.ndarray, expected: str) -> NoReturn:
    at = int(wrong.argmax())
    value = values.iloc[at]
    found = "nothing" if pd.isna(value) or value == "" else f"'{value}'"
    raise DataError(
        f"{file}, row {at + 2}, column '{values.name}': {found} found, expected {expected}; "
        "run 'resilience build' again."
    )
