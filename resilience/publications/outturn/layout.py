"""How a sheet of an RS or RA workbook is laid out: its title, its header row, the line of each column."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from resilience.errors import DataError, PublicationError
from resilience.publications.lines import Line, load_lines, normalise, section_of
from resilience.publications.outturn.headings import contradiction
from resilience.publications.outturn.identity import PRINCIPAL, Named, Unread, check_names
from resilience.publications.outturn.sheets import Sheet, column_letters
from resilience.years import outturn_year_of, year_of

_DEEPEST_HEADER = 40
_KEYS = ("ecode", "localauthority", "class")
_CODE = re.compile(r"R[SA][-_][A-Za-z][\w-]+")
_ECODE = re.compile(r"E\d{4}")
#: Classes as printed → as they are called here; whatever else is printed is no principal council's.
CLASSES = {"L": "LB", "LB": "LB", "LONDON": "LB", **{name: name for name in PRINCIPAL}}
_YEAR = re.compile(r"\b(20\d\d)\s*[-/_–]\s*(\d\d)(?!\d)")
_FORMS = (("RS", re.compile(r"revenue outturn summary\s*\(rs\)", re.I)), ("RA", re.compile(r"\(ra\)", re.I)))
_ID_HEADINGS = frozenset(
    (*_KEYS, "onscode", "region", "notes", "detailedclass", "subclass", "certification", "status", "")
)


@dataclass(frozen=True)
class Layout:
    """One sheet of individual authorities' figures.

    Attributes
    ----------
    sheet : Sheet
        The sheet itself.
    form, outturn_year : str
        From the sheet's own title.
    known_year : bool
        Whether the line dictionary has this year's headings.
    coded : bool
        Whether the sheet has a row of MHCLG's codes.
    header : int
        The header row, counted from 0.
    ids : dict
        Columns of the identifying headings, by normalised heading.
    lines : dict
        The line of each matched column.
    body : list
        Each authority's row, counted from 0, with its E-code.
    unknown_codes, unmatched : list of str
        Columns left out, with their cell.
    by_newest_words : list of str
        Columns of a year not yet known that were matched by the newest known year's heading, with their cell.
    unread : dict
        Rows, counted from 0, of a council whose codes or class are damaged, so that its figures are not read.
    """

    sheet: Sheet
    form: str
    outturn_year: str
    known_year: bool
    coded: bool
    header: int
    ids: dict[str, int]
    lines: dict[int, Line]
    body: list[tuple[int, str]]
    unknown_codes: list[str] = field(default_factory=list)
    unmatched: list[str] = field(default_factory=list)
    by_newest_words: list[str] = field(default_factory=list)
    unread: dict[int, Unread] = field(default_factory=dict)
    _texts: dict[tuple[int, int], str | None] = field(default_factory=dict, init=False, repr=False)

    def address(self, column: int) -> str:
        """Return the address of a column's heading, e.g. "RS LA Data 2015-16!BS7"."""
        return f"{self.sheet.name}!{column_letters(column)}{self.header + 1}"

    def texts(self, key: str, rows: list[int]) -> list[str | None]:
        """Return the identifying column's texts in the given rows, None where there is none."""
        column = self.ids.get(key)
        if column is None:
            return [None] * len(rows)
        known = self._texts  # each column of figures asks for the same cells
        for row in rows:
            if (row, column) not in known:
                known[row, column] = _text(self.sheet.rows[row], column) or None
        return [known[row, column] for row in rows]


def _text(row: list[Any], column: int) -> str:
    cell = row[column] if column < len(row) else ""
    return "" if cell is None else " ".join(str(cell).split())


def find_layout(sheet: Sheet, name: str) -> Layout | None:
    """Return a sheet's layout, or None where it is no table of individual authorities.

    Parameters
    ----------
    sheet : Sheet
        One visible sheet.
    name : str
        The file's name, for messages.

    Raises
    ------
    PublicationError
        If the sheet is such a table but lacks the E-code column, or its title names no known form or no year.
    """
    header = _header(sheet, name)
    if header is None:
        return None
    rows = sheet.rows
    headings = [" ".join(str(cell).split()) for cell in rows[header]]
    keys = [re.sub(r"[^a-z]", "", heading.lower()) for heading in headings]
    ids = {key: keys.index(key) for key in _ID_HEADINGS if key and key in keys}
    form, outturn_year = _title(sheet, header, name)
    body = [
        (at, code) for at in range(header + 1, len(rows)) if _ECODE.fullmatch(code := _text(rows[at], ids["ecode"]))
    ]
    if not body:
        raise PublicationError(
            f"{name}, sheet '{sheet.name}', has no row with an E-code such as E0101 below its header in row "
            f"{header + 1}; it is cut short, so download it again."
        )
    year = year_of(outturn_year)
    known = any(outturn_year in line.years() for line in load_lines().of_form(form))
    codes = _codes(rows, header, form, len(headings))
    layout = Layout(sheet, form, outturn_year, known, bool(codes), header, ids, {}, body)
    sections = _sections(rows, header, ids["class"], len(headings))
    for column, heading in enumerate(headings):
        if keys[column] not in _ID_HEADINGS or codes.get(column):
            _match(layout, column, heading, sections[column], codes.get(column, ""), outturn_year_of(year))
            _check_heading(layout, column, heading, codes.get(column, ""), name)
    return layout


def check_councils(layout: Layout, name: str) -> None:
    """Check how a sheet's rows name their councils; rows that are not to be read join the body, marked.

    Parameters
    ----------
    layout : Layout
        Of a sheet; its ``body`` and ``unread`` are changed.
    name : str
        The file's name, for messages.

    Raises
    ------
    PublicationError
        If a row's codes and name are of two councils.
    """
    rows = list(range(layout.header + 1, len(layout.sheet.rows)))
    columns = [layout.texts(key, rows) for key in ("ecode", "onscode", "localauthority", "class")]
    printed = [[text or "" for text in texts] for texts in zip(*columns, strict=True)]
    sheet = f"sheet '{layout.sheet.name}'"
    named = (
        Named(f"{sheet}, row {row + 1}", ecode, ons_code, name_, CLASSES.get(printed_class.upper(), "O"), printed_class)
        for row, (ecode, ons_code, name_, printed_class) in zip(rows, printed, strict=True)
    )
    found = check_names(name, named)
    there = {code for _, code in layout.body}
    for place, council in found.items():
        layout.unread[rows[place]] = council
        if council.ecode not in there:
            layout.body.append((rows[place], council.ecode))
            there.add(council.ecode)
    layout.body.sort()


def _check_heading(layout: Layout, column: int, heading: str, code: str, name: str) -> None:
    """Refuse a column whose heading or row code says that it is another line than its code does."""
    line = layout.lines.get(column)
    if line is None or not code:
        return
    above = [_text(row, column) for row in layout.sheet.rows[: layout.header]]
    wrong = contradiction(line, heading, above)
    if wrong:
        raise PublicationError(
            f"{name}, sheet '{layout.sheet.name}', column {column_letters(column)}: {wrong} contradicts the code "
            f"{code}, which is {line.label}; download the file again, or if MHCLG has reworded the column add its "
            "heading to lines.toml."
        )


def _header(sheet: Sheet, name: str) -> int | None:
    for at, row in enumerate(sheet.rows[:_DEEPEST_HEADER]):
        keys = {re.sub(r"[^a-z]", "", str(cell).lower()) for cell in row if isinstance(cell, str)}
        if "localauthority" in keys and "class" in keys:
            if "ecode" not in keys:
                raise PublicationError(
                    f"{name}, sheet '{sheet.name}', row {at + 1}, has no E-code column, by which councils "
                    "are known; give the workbook as published."
                )
            return at
    return None


def _title(sheet: Sheet, header: int, name: str) -> tuple[str, str]:
    above = [str(cell) for row in sheet.rows[:header] for cell in row[:3] if isinstance(cell, str) and cell.strip()]
    title = next((text for text in above if _YEAR.search(text)), " ".join(above[:1]))
    form = next((form for form, pattern in _FORMS if pattern.search(title)), None)
    if form is None:
        raise PublicationError(
            f"{name}, sheet '{sheet.name}', is titled '{title[:80]}', which is neither the Revenue Outturn "
            "Summary (RS) nor the Revenue Account budget (RA); give one of these."
        )
    found = _YEAR.search(title)
    try:
        return form, outturn_year_of(year_of(f"{found[1]}-{found[2]}" if found else ""))
    except DataError as error:
        raise PublicationError(
            f"{name}, sheet '{sheet.name}', is titled '{title[:80]}', without a financial year like 2023-24; "
            "give the workbook as published."
        ) from error


def _codes(rows: list[list[Any]], header: int, form: str, width: int) -> dict[int, str]:
    """Return MHCLG's code of each column that has one, from the row of codes above or in the header row."""
    lines = load_lines()
    for row in rows[: header + 1]:
        texts = {column: _text(row, column) for column in range(width)}
        asset = "asset id" in texts.get(0, "").lower()
        codes = {
            column: text
            for column, text in texts.items()
            if _CODE.fullmatch(text) or (asset and column and lines.of_code(text, form))
        }
        if len(codes) >= 3:
            return codes
    return {}


def _sections(rows: list[list[Any]], header: int, left: int, width: int) -> list[str]:
    """Return the section heading over each column, from the nearest row above with words in it."""
    for row in reversed(rows[:header]):
        words = {
            column: text
            for column in range(left + 1, width)
            if isinstance(row[column] if column < len(row) else None, str)
            and len(re.sub(r"[^A-Za-z]", "", text := _text(row, column))) > 5
            and not _CODE.fullmatch(text)
        }
        if words:
            current, sections = "", []
            for column in range(width):
                current = words.get(column, current)
                sections.append(current)
            return sections
    return [""] * width


def _match(layout: Layout, column: int, heading: str, section: str, code: str, outturn_year: str) -> None:
    lines = load_lines()
    at = f"{layout.address(column)}"
    if code:
        line = lines.of_code(code, layout.form)
        if line is None and not lines.is_ignored(heading):
            layout.unknown_codes.append(f"{code} ({heading}, {at})")
    else:
        place = section_of(heading, section)
        line = lines.of_wording(heading, outturn_year, place, layout.form)
        known = line is not None or lines.is_ignored(heading) or place in ("restated", "net_current")
        if line is not None and not layout.known_year:
            layout.by_newest_words.append(f"{line.name} ({heading}, {at})")
        if normalise(heading) and not known and layout.form == "RS":  # of the RA only some lines are wanted
            layout.unmatched.append(f"{heading} ({at})")
    if line is not None:
        layout.lines[column] = line
