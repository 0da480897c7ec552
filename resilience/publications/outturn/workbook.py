"""One RS (outturn) or RA (budget) workbook of any year → tidy lines, one row a figure.

`layout.py` finds the header and what each column is; this file lifts the figures out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from resilience.errors import PublicationError
from resilience.publications.lines import Line, load_lines
from resilience.publications.outturn.layout import CLASSES, Layout, check_councils, find_layout
from resilience.publications.outturn.sheets import SUFFIXES, amounts, column_letters, read_sheets
from resilience.publications.outturn.unread import unread_figures

#: The columns of tidy lines, whatever they were read from.
TIDY = (
    "form",
    "outturn_year",
    "ecode",
    "ons_code",
    "council",
    "class",
    "line",
    "amount",
    "text",
    "cell",
    "source_file",
)
COLUMNS = (*TIDY, "certified", "duplicated")
_CATEGORIES = [name for name in COLUMNS if name not in ("amount", "cell", "duplicated")]
REQUIRED = {
    "RS": (
        ("rs_netrevexp_net_exp",),
        ("rs_resunall_start_cy",),
        ("rs_resunall_end_cy",),
        ("rs_resoth_start_cy", "rs_resoth_adj_start_cy"),
        ("rs_resoth_end_cy", "rs_resoth_adj_end_cy"),
    ),
    "RA": (("ra_ctrtot_net_exp",),),
}


@dataclass(frozen=True)
class Report:
    """What a reading met besides figures.

    Attributes
    ----------
    source_file, form, outturn_year : str
        What was read, the form and year as the workbook's own title says.
    known_year : bool
        Whether the line dictionary has this year's headings; otherwise columns were matched by code.
    unknown_codes : tuple of str
        Codes the dictionary has no line for, with heading and cell: new or renamed lines, left out.
    unmatched_headings : tuple of str
        Headings of columns without a code that stand for no line, with their cell: left out.
    by_newest_words : tuple of str
        Lines of a year not known, without a code, matched by the newest known year's heading: worth a look.
    gone : tuple of str
        Lines of this year, or of the newest known year for a year not known, that the workbook does not have.
    duplicated : tuple of str
        E-codes with more than one row.
    unread : tuple of str
        Councils with rows or figures that were not read, by name, and why.
    """

    source_file: str
    form: str
    outturn_year: str
    known_year: bool
    unknown_codes: tuple[str, ...]
    unmatched_headings: tuple[str, ...]
    by_newest_words: tuple[str, ...]
    gone: tuple[str, ...]
    duplicated: tuple[str, ...]
    unread: tuple[str, ...] = ()


@dataclass(frozen=True)
class OutturnLines:
    """The figures of one or several workbooks, and what their reading met besides.

    Attributes
    ----------
    lines : DataFrame
        One row a figure, with the columns of `COLUMNS`.
    reports : tuple of Report
        One a file, in the order in which they were read.
    """

    lines: pd.DataFrame
    reports: tuple[Report, ...]


@dataclass(frozen=True)
class Authority:
    """One row of a workbook without its figures: how it names an authority.

    Attributes
    ----------
    ecode : str
    ons_code, name, region, printed_class : str
        As printed; "" where the workbook has no such column or the row nothing in it.
    """

    ecode: str
    ons_code: str
    name: str
    region: str
    printed_class: str


@dataclass(frozen=True)
class _Column:
    """One matched column: its line, its sheet's layout, and its cells in the order of `layout.body`."""

    line: Line
    layout: Layout
    index: int
    numbers: np.ndarray
    texts: list[str | None]


def read_workbook(path: Path | str, *, form: str | None = None) -> OutturnLines:
    """Return the tidy lines of one RS or RA workbook (.xls, .xlsx, .ods) or RA file (.csv).

    Parameters
    ----------
    path : Path or str
        The publication as downloaded.
    form : {"RS", "RA"}, optional
        Refuse a workbook of the other form.

    Returns
    -------
    OutturnLines
        `certified` is "Y" or "N" where the workbook says so (2022-23 on); `duplicated` marks a council that has
        several rows, of which the one with the most figures is given, the upper one on a tie. Aggregates and
        footers are left out.

    Raises
    ------
    PublicationError
        If the file cannot be read, is of another form or an unknown layout, or lacks a line the panel needs.
    """
    path = Path(path)
    layouts = [found for sheet in read_sheets(path) if (found := find_layout(sheet, path.name))]
    if not layouts:
        raise _no_table(path)
    first = layouts[0]
    _check_form_and_year(path, layouts, form)
    for found in layouts:
        check_councils(found, path.name)
    columns = _settle([column for at, found in enumerate(layouts) for column in _columns(found, at == 0)], path.name)
    have = {column.line.name for column in columns}
    for names in REQUIRED[first.form]:
        if not have.intersection(names):
            line = load_lines().by_name[names[0]]
            raise PublicationError(
                f"{path.name}, sheet '{first.sheet.name}', row {first.header + 1}, has no column for "
                f"{line.label} ({line.code}); check that it is the individual authorities' "
                "workbook, and if MHCLG has renamed the column add the new name to lines.toml."
            )
    kept = {id(found): _kept_rows(found) for found in layouts}
    rows_of = {id(found): _council_rows(found, *kept[id(found)], path.name) for found in layouts}
    frames = [_melt(column, kept[id(column.layout)][0], rows_of[id(column.layout)]) for column in columns]
    tidy = pd.concat(frames, ignore_index=True)
    for name in _CATEGORIES:
        tidy[name] = tidy[name].astype("category")
    doubled = sorted(set().union(*(k[1] for k in kept.values())))
    report = replace(_report(path.name, layouts, have, doubled), unread=unread_figures(tidy))
    return OutturnLines(tidy[list(COLUMNS)], (report,))


def read_publications(folder: Path | str) -> OutturnLines:
    """Return the tidy lines of every RS and RA file in a folder.

    Parameters
    ----------
    folder : Path or str
        Holds files whose names begin with rs or ra (rs2007_08.xls, RA_2023-24_data_Part_1.csv); others are
        passed over.

    Returns
    -------
    OutturnLines
        As `read_workbook` gives, all files together.

    Raises
    ------
    PublicationError
        If the folder has no such file, two files hold the same form and year, or one cannot be read.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise PublicationError(f"{folder} is not a folder; give the folder the publications were downloaded to.")
    paths = sorted(
        found
        for found in folder.iterdir()
        if found.suffix.lower() in SUFFIXES and re.match(r"r[sa](?![a-z])", found.name, re.IGNORECASE)
    )
    if not paths:
        raise PublicationError(f"{folder} holds no RS or RA workbook; download them with 'resilience fetch'.")
    read = [read_workbook(path) for path in paths]
    frames = [workbook.lines for workbook in read]
    reports = tuple(report for workbook in read for report in workbook.reports)
    seen: dict[tuple[str, str], str] = {}
    for report in reports:
        other = seen.setdefault((report.form, report.outturn_year), report.source_file)
        if other != report.source_file:
            raise PublicationError(
                f"{other} and {report.source_file} are both {report.form} {report.outturn_year}; keep the newer one."
            )
    for name in _CATEGORIES:  # one set of categories, so that the column stays categorical
        union = sorted(set().union(*(frame[name].cat.categories for frame in frames)))
        for frame in frames:
            frame[name] = frame[name].astype(pd.CategoricalDtype(union))
    return OutturnLines(pd.concat(frames, ignore_index=True), reports)


def read_authorities(path: Path) -> tuple[str, list[Authority]]:
    """Return a workbook's year and the authorities in its first sheet of figures, in its own order, doubles included.

    Parameters
    ----------
    path : Path
        An RS or RA workbook.

    Raises
    ------
    PublicationError
        If the file cannot be read or has no such sheet.
    """
    layout = next((found for sheet in read_sheets(path) if (found := find_layout(sheet, path.name))), None)
    if layout is None:
        raise _no_table(path)
    rows = [row for row, _ in layout.body]
    columns = [layout.texts(key, rows) for key in ("onscode", "localauthority", "region", "class")]
    authorities = [
        Authority(ecode, *(text or "" for text in texts))
        for (_, ecode), *texts in zip(layout.body, *columns, strict=True)
    ]
    return layout.outturn_year, authorities


def _no_table(path: Path) -> PublicationError:
    return PublicationError(
        f"{path.name} has no sheet with the headings E-code, Local authority and Class in one row; give "
        "the workbook of individual authorities' data as published."
    )


def _check_form_and_year(path: Path, layouts: list[Layout], form: str | None) -> None:
    first = layouts[0]
    if form is not None and first.form != form:
        raise PublicationError(
            f"{path.name} is an {first.form} workbook where {form} was expected; give the right file."
        )
    for other in layouts[1:]:
        if (other.form, other.outturn_year) != (first.form, first.outturn_year):
            raise PublicationError(
                f"{path.name} holds {first.form} {first.outturn_year} in sheet '{first.sheet.name}' and "
                f"{other.form} {other.outturn_year} in sheet '{other.sheet.name}'; give "
                "one year's workbook as published."
            )
    named = re.search(r"(20\d\d)[-_ ]?(\d\d)(?!\d)", path.stem)
    if named and f"{named[1]}-{named[2]}" != first.outturn_year and int(named[2]) == (int(named[1]) + 1) % 100:
        raise PublicationError(
            f"{path.name} is named for {named[1]}-{named[2]} but sheet '{first.sheet.name}' says "
            f"{first.outturn_year}; give the file its right name, or download the year it was meant to be."
        )
    later = first.outturn_year > load_lines().newest(first.form)
    if not (first.coded or first.known_year or later):
        raise PublicationError(
            f"{path.name}, sheet '{first.sheet.name}', is {first.form} {first.outturn_year}, a year whose "
            "headings are not in lines.toml, and it has no row of MHCLG's codes; add them there."
        )


def _columns(layout: Layout, is_first: bool) -> list[_Column]:
    """Return a sheet's matched columns; of further sheets only 31 March, for they repeat the headings."""
    body = layout.sheet.rows
    rows = [row for row, _ in layout.body]
    found = []
    for index, line in layout.lines.items():
        if is_first or line.family == "reserves_end" or line.name.endswith(("_end_cy", "reshra_end")):
            cells: list[Any] = [body[row][index] if index < len(body[row]) else None for row in rows]
            found.append(_Column(line, layout, index, *amounts(cells)))
    return found


def _settle(columns: list[_Column], name: str) -> list[_Column]:
    """Return one column a line: a sheet may repeat another's heading over blanks, zeros or the same."""
    settled: dict[str, _Column] = {}
    for column in columns:
        other = settled.setdefault(column.line.name, column)
        if other is column:
            continue
        apart = other.layout is not column.layout
        if apart and not np.nan_to_num(column.numbers).any():
            continue
        if apart and not np.nan_to_num(other.numbers).any():
            settled[column.line.name] = column
        elif not (apart and np.array_equal(other.numbers, column.numbers, equal_nan=True)):
            raise PublicationError(
                f"{name} has two columns for {column.line.label} ({column.line.code}), at "
                f"{other.layout.address(other.index)} and {column.layout.address(column.index)}; "
                "say in lines.toml which one is meant."
            )
    return list(settled.values())


def _kept_rows(layout: Layout) -> tuple[list[int], set[str]]:
    """Return which council rows to keep, by place in `layout.body`, and the E-codes met twice."""
    best: dict[str, tuple[int, int]] = {}
    doubled: set[str] = set()
    for place, (row, ecode) in enumerate(layout.body):
        if ecode in best:
            doubled.add(ecode)
            filled = [
                sum(isinstance(cell, float | int) for cell in layout.sheet.rows[at]) for at in (row, best[ecode][0])
            ]
            if filled[0] <= filled[1]:
                continue
        best[ecode] = (row, place)
    return sorted(place for _, place in best.values()), doubled


def _filled(layout: Layout, row: int) -> int:
    return sum(isinstance(cell, float | int) for cell in layout.sheet.rows[row])


def _council_rows(layout: Layout, places: list[int], doubled: set[str], name: str) -> pd.DataFrame:
    """Return what every column of a sheet shares: a row a council."""
    rows = [layout.body[place][0] for place in places]
    ecodes = [layout.body[place][1] for place in places]
    klass = [CLASSES.get((value or "").upper(), "O") for value in layout.texts("class", rows)]
    klass = [
        layout.unread[row].class_ if row in layout.unread else value for row, value in zip(rows, klass, strict=True)
    ]
    return pd.DataFrame(
        {
            "form": layout.form,
            "outturn_year": layout.outturn_year,
            "ecode": ecodes,
            "ons_code": layout.texts("onscode", rows),
            "council": layout.texts("localauthority", rows),
            "class": klass,
            "source_file": name,
            "certified": [value if value in ("Y", "N") else None for value in layout.texts("certification", rows)],
            "duplicated": [ecode in doubled for ecode in ecodes],
        }
    )


def _melt(column: _Column, places: list[int], shared: pd.DataFrame) -> pd.DataFrame:
    layout = column.layout
    rows = [layout.body[place][0] for place in places]
    before = f"{layout.sheet.name}!{column_letters(column.index)}"
    numbers, texts = column.numbers[places], [column.texts[place] for place in places]
    for at, row in enumerate(rows if layout.unread else ()):
        if row in layout.unread:
            numbers[at], texts[at] = np.nan, f"not read: {layout.unread[row].why}"
    return shared.assign(
        line=column.line.name,
        amount=numbers,
        text=pd.array(texts, dtype="str"),
        cell=[f"{before}{row + 1}" for row in rows],
    )


def _report(name: str, layouts: list[Layout], have: set[str], doubled: list[str]) -> Report:
    first, lines = layouts[0], load_lines()
    year = first.outturn_year if first.known_year else lines.newest(first.form)
    gone = tuple(line.name for line in lines.of_form(first.form) if year in line.years() and line.name not in have)
    return Report(
        source_file=name,
        form=first.form,
        outturn_year=first.outturn_year,
        known_year=first.known_year,
        unknown_codes=tuple(first.unknown_codes),
        unmatched_headings=tuple(first.unmatched),
        by_newest_words=tuple(first.by_newest_words),
        gone=gone,
        duplicated=tuple(doubled),
    )
