"""The template as a workbook: a sheet a table, the cells to fill in coloured, printed on pages one sheet wide."""

from __future__ import annotations

import io
from collections.abc import Mapping

#: What marks the columns to be filled in.
YOURS = "(your figures)"


def template_workbook(sheets: Mapping[str, list[list[object]]], headings: int, heads: tuple[str, ...]) -> bytes:
    """Return a workbook of tables.

    Parameters
    ----------
    sheets : mapping of str to list of list
        Rows by the sheet's name; one row begins with one of ``heads``.
    headings : int
        How many columns describe a line.
    heads : tuple of str
        What a heading row begins with.
    """
    import xlsxwriter

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False}) as book:
        bold = book.add_format({"bold": True})
        head = book.add_format({"bold": True, "text_wrap": True, "bottom": 1, "valign": "top"})
        words = book.add_format({"text_wrap": True, "valign": "top"})
        number = book.add_format({"num_format": "#,##0", "valign": "top"})
        own = book.add_format({"num_format": "#,##0", "bg_color": "#FFF8DC", "border": 1, "border_color": "#C8C8C8"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            at = next(place for place, row in enumerate(rows) if row and row[0] in heads)
            mine = {column for column, text in enumerate(rows[at]) if str(text).endswith(YOURS)}
            for place, row in enumerate(rows):
                for column, value in enumerate(row):
                    if isinstance(value, int | float):
                        sheet.write_number(place, column, value, number)
                    elif place > at and column in mine and value == "":
                        sheet.write_blank(place, column, None, own)
                    elif value != "":
                        title = place > at and not row[0]
                        style = head if place == at else bold if title else words if place > at else None
                        sheet.write_string(place, column, str(value), style)
            sheet.freeze_panes(at + 1, headings)
            sheet.set_column(0, 0, 26)
            sheet.set_column(2, 2, 52)
            sheet.set_column(headings, len(rows[at]) - 1, 15)
            sheet.set_landscape()
            sheet.set_paper(9)
            sheet.fit_to_pages(1, 0)
            sheet.repeat_rows(at)
    return buffer.getvalue()
