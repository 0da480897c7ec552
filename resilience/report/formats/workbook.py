"""The watch list as a workbook for sector bodies: typed columns, one header row a sheet, nothing that computes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BytesIO
from math import isfinite
from typing import TYPE_CHECKING, Any

from resilience.formatting import day
from resilience.report.formats import workbook_calls as calls
from resilience.report.formats import workbook_sheets as sheets

if TYPE_CHECKING:
    import xlsxwriter
    from xlsxwriter.worksheet import Worksheet

SHEETS = ("Watch list", "Call sheet", "What changed", "Indicators", "Contributions", "Dictionary", "Notes")

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
    "millions": "#,##0.0",
    "step": "+0;-0;0",
    "points": "+0.00;-0.00;0.00",
    "date": "d mmm yyyy",
}
#: Excel takes no more characters in a cell.
_LONGEST = 32_767
_LICENCE = "Contains public sector information, Open Government Licence v3.0"
#: Per cent at which a sheet too wide for a page is printed.
_SCALE = 60


def watchlist(view: Mapping[str, Any]) -> bytes:
    """Return the watch list with all that stands behind it as a workbook.

    Parameters
    ----------
    view : mapping
        From ``views.workbook``.

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
    page = _Page(f"As of {day(view['as_of'])}. Source: {view['source']}")
    wide = replace(page, whole_width=False)
    _write(book, formats, "Watch list", sheets.LIST_COLUMNS, sheets.list_rows(view), page.of(sheets.LIST_PRINTED), 2)
    _write(book, formats, "Call sheet", calls.CALL_COLUMNS, calls.call_rows(view), page, 2)
    _write(book, formats, "What changed", *calls.changed(view), page.of(calls.CHANGED_PRINTED), 4)
    _write(book, formats, "Indicators", *sheets.indicators(view), wide, 2)
    _write(book, formats, "Contributions", *sheets.contributions(view), wide, 2)
    _write(book, formats, "Dictionary", sheets.DICTIONARY_COLUMNS, sheets.dictionary_rows(view), page.of(4), 1)
    _write(book, formats, "Notes", sheets.NOTES_COLUMNS, sheets.notes_rows(view), page, 0)
    book.close()
    return buffer.getvalue()


@dataclass(frozen=True)
class _Page:
    """How a sheet is printed: what stands at its foot, how many columns, and whether they fill one page's width."""

    foot: str
    columns: int | None = None
    whole_width: bool = True

    def of(self, columns: int) -> _Page:
        """Return the same for the first so many columns only."""
        return replace(self, columns=columns)

    def set_up(self, sheet: Worksheet, name: str, rows: int, columns: int) -> None:
        """Set a sheet of so many rows and columns up for printing on A4, landscape."""
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.7)
        sheet.repeat_rows(0)
        sheet.hide_gridlines(0)  # printed as well
        sheet.print_area(0, 0, rows, (self.columns or columns) - 1)
        if self.whole_width:
            sheet.fit_to_pages(1, 0)
        else:  # too wide for one page: so many across, each with the councils' names
            sheet.set_print_scale(_SCALE)
            sheet.repeat_columns(0, 1)
        sheet.set_header(f"&L&B{_plain(name)}&R&8{_LICENCE}")
        sheet.set_footer(f"&L&8{_plain(self.foot)}&R&8Page &P of &N")


def _plain(text: str) -> str:
    """Return a text as a header or footer takes it: "&" begins a code there."""
    return text.replace("&", "&&")


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
    page: _Page,
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
    page.set_up(sheet, name, max(1, len(rows)), len(columns))


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
