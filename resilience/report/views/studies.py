"""The studies of the record: how it moves when something is changed."""

from __future__ import annotations

from typing import Any

import pandas as pd

from resilience.backtest.studies import Studies
from resilience.formatting import number
from resilience.report.wording.studies import HEADER, STUDIES


def view(studies: Studies) -> dict[str, Any]:
    """Return every study as a table of text: ``header`` and ``tables`` of ``title, words, columns, rows``."""
    return {
        "header": HEADER.format(first=studies.first, last=studies.last),
        "tables": [_table(name, table) for name, table in studies.tables.items()],
    }


def _table(name: str, table: pd.DataFrame) -> dict[str, Any]:
    title, words, first, digits = STUDIES[name]
    return {"title": title, "words": words, **table_of_text(table, digits=digits, first=first)}


def table_of_text(table: pd.DataFrame, *, digits: int = 3, first: str = "") -> dict[str, list]:
    """Return a frame as ``columns`` and ``rows`` of text; numbers rounded, missing as a dash.

    Parameters
    ----------
    table : DataFrame
    digits : int
        Digits after the point; zeros at the end are left out.
    first : str
        Heading of the index.
    """
    rows = []
    for index, row in table.iterrows():
        label = " ".join(map(str, index)) if isinstance(index, tuple) else _cell(index, digits)
        rows.append([label, *(_cell(value, digits) for value in row)])
    return {"columns": [first, *map(str, table.columns)], "rows": rows}


def _cell(value: object, digits: int) -> str:
    if isinstance(value, pd.Timestamp):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, float):
        if pd.isna(value):
            return "–"
        text = number(value, digits)
        return text.rstrip("0").rstrip(".") if "." in text else text
    return str(value)
