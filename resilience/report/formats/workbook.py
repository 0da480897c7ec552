"""The watch list as a workbook for sector bodies: typed columns, one header row a sheet, nothing that computes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from io import BytesIO
from math import isfinite
from typing import TYPE_CHECKING, Any

from resilience.formatting import day
from resilience.report.formats import workbook_sheets as sheets

if TYPE_CHECKING:
    import xlsxwriter
    from xlsxwriter.worksheet import Worksheet

SHEETS = ("Watch list", "Indicators", "Contributions", "Dictionary", "Notes")

#: xlsxwriter must take no text for a formula, a link or a number, whatever it begins with.
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}
#: Kind of column → number format.
_FORMATS = {
    "text": "",
    "wrapped": "",
    "integer": "0",
    "amount": "#,##0",
    "chance": "0%",
    "percent": "0.0%",
    "number": "0.00",
    "points": "+0.00;-0.00;0.00",
    "date": "d mmm yyyy",
}
#: Excel takes no more characters in a cell.
_LONGEST = 32_767


def watchlist(view: Mapping[str, Any]) -> bytes:
    """Return the watch list with all that stands behind it as a workbook.

    Parameters
    ----------
    view : mapping
        From ``views.watchlist``.

    Returns
    -------
    bytes
        The same for the same view, to the byte: the date of creation is the day of the list.
    """
    import xlsxwriter

    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, _OPTIONS)
    book.set_properties(
        {
            "title": f"Council financial resilience: watch list as of {day(view['as_of'])}",
            "subject": view["what"].partition(";")[0].capitalize(),
            "comments": "No verdict on a council or its officers. See the sheet Notes.",
            "created": datetime.fromisoformat(view["as_of"]).replace(tzinfo=UTC),
        }
    )
    formats = _Formats(book)
    _write(book, formats, "Watch list", sheets.LIST_COLUMNS, sheets.list_rows(view), freeze=2)
    _write(book, formats, "Indicators", *sheets.indicators(view), freeze=2)
    _write(book, formats, "Contributions", *sheets.contributions(view), freeze=2)
    _write(book, formats, "Dictionary", sheets.DICTIONARY_COLUMNS, sheets.dictionary_rows(view), freeze=1)
    _write(book, formats, "Notes", sheets.NOTES_COLUMNS, sheets.notes_rows(view), freeze=0)
    book.close()
    return buffer.getvalue()


class _Formats:
    """One cell format a kind of column."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.head = book.add_format(
            {"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#E8EDF2", "bottom": 1}
        )
        self.kinds = {
            kind: book.add_format({"valign": "top", "num_format": form or "General", "text_wrap": kind == "wrapped"})
            for kind, form in _FORMATS.items()
        }


def _write(
    book: xlsxwriter.Workbook,
    formats: _Formats,
    name: str,
    columns: Iterable[sheets.Column],
    rows: Iterable[Iterable[Any]],
    *,
    freeze: int,
) -> None:
    """Write one sheet: a header that stays in sight, a filter over it, and every cell by its column's kind."""
    sheet: Worksheet = book.add_worksheet(name)
    columns, rows = list(columns), [list(row) for row in rows]
    for at, column in enumerate(columns):
        sheet.set_column(at, at, column.width)
        sheet.write_string(0, at, column.heading, formats.head)
    for down, row in enumerate(rows, start=1):
        for at, (column, value) in enumerate(zip(columns, row, strict=True)):
            _cell(sheet, down, at, column.kind, value, formats.kinds[column.kind])
    sheet.freeze_panes(1, freeze)
    sheet.autofilter(0, 0, max(1, len(rows)), len(columns) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_footer("&L&A&C&P / &N&RContains public sector information, Open Government Licence v3.0")


def _cell(sheet: Worksheet, row: int, at: int, kind: str, value: Any, form: Any) -> None:
    """Write a value as what it is; what is missing stays an empty cell, never a nought."""
    if value is None or value == "":
        sheet.write_blank(row, at, None, form)
    elif kind == "date":
        sheet.write_datetime(row, at, datetime.fromisoformat(value), form)
    elif kind in ("text", "wrapped"):
        sheet.write_string(row, at, str(value)[:_LONGEST], form)
    elif isfinite(value):
        sheet.write_number(row, at, float(value), form)
    else:
        sheet.write_string(row, at, str(value), form)
