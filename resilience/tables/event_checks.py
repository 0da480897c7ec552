"""What every row of a register of events must keep to; the first fault is told with file, row and column."""

from __future__ import annotations

import calendar
import difflib
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NoReturn

from resilience.councils import council, resolve
from resilience.councils.names import plain
from resilience.councils.register import Council
from resilience.errors import DataError, UnknownCouncilError
from resilience.formatting import counted, listed
from resilience.formatting import day as in_words
from resilience.tables.event_file import COLUMNS, FIRST_YEAR, EventFile, sidecar_of
from resilience.tables.event_words import end_of, load_words

#: £ million; the largest support for one year so far was £685m, and more than this is an amount in £ or £ thousand.
MOST = 5000
#: A council may be given support by so many days before it is in being, through its shadow authority.
SHADOW = timedelta(days=366)
#: A financial year lies at most so many years before the event (Slough's 2018-19 was settled in 2026).
YEARS_BACK = 12

_CODE = re.compile(r"E[0-9]{8}")
_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?(?:-([0-9]{2}))?")
_RANGE = re.compile(r"([0-9]{4})/([0-9]{4})")
_AMOUNT = re.compile(r"[0-9]+(\.[0-9]+)?")
_YEARS = re.compile(r"([0-9]{4})-([0-9]{2})(?: (?:to|and) ([0-9]{4})-([0-9]{2}))?")
# What a statement of precision begins with → how much of a date it needs (1 year, 2 month, 3 day), None: any or none.
_PRECISIONS = {
    **{"day": 3, "press": 3, "committee": 3, "first": 3, "month": 2, "year": 1},
    **{"by": None, "approx": None, "memory": None, "round": None},
}
_PARTS = {1: "a year", 2: "a month", 3: "a day"}
_SAME = ("ons_code", "event_type", "subtype", "date", "financial_year", "amount_gbp_m")


def days_of(text: str) -> tuple[date, date] | None:
    """Return the first and last day that an event dated so may have been announced on.

    Parameters
    ----------
    text : str
        "2023-09-05", "2022-02", "2021", or "2012/2013" for one of two years. Empty text has no date.

    Raises
    ------
    ValueError
        If the text is no date.
    """
    text = text.strip()
    if not text:
        return None
    years = _RANGE.fullmatch(text)
    if years:
        if years[1] >= years[2]:
            raise ValueError(text)
        return date(int(years[1]), 1, 1), date(int(years[2]), 12, 31)
    match = _DATE.fullmatch(text)
    if not match:
        raise ValueError(text)
    year, month = int(match[1]), int(match[2] or 12)
    last = calendar.monthrange(year, month)[1] if 1 <= month <= 12 and year >= 1 else 0
    first = date(year, int(match[2] or 1), int(match[3] or 1))
    return first, date(year, month, int(match[3]) if match[3] else last)


@dataclass(frozen=True)
class CheckedRow:
    """One row that keeps to everything.

    Attributes
    ----------
    code : str
        The council's newest code, or the body's own.
    known : date or None
        The day by which it was certainly public.
    is_council : bool
    """

    code: str
    known: date | None
    is_council: bool


class _Row:
    """One row under test; `refuse` ends it with the sentence."""

    def __init__(self, file: EventFile, row: dict[str, str], number: int) -> None:
        self.file, self.cells, self.number = file, row, number

    def refuse(self, column: str, expected: str, do: str = "") -> NoReturn:
        value = self.cells[column]
        found = f"'{value}'" if value else "an empty cell"
        raise DataError(
            f"{self.file.path}, row {self.number}, column '{column}': {found} found, expected {expected}"
            f"{'; ' + do if do else ''}."
        )


def checked(file: EventFile, until: date) -> tuple[list[CheckedRow], list[str], list[str]]:
    """Check every row of a register.

    Parameters
    ----------
    file : EventFile
    until : date
        The last day the register speaks for.

    Returns
    -------
    tuple
        What each row stands for; remarks on what was met, may be wrong and is to be told at once; and notes on how
        exact the register is.

    Raises
    ------
    DataError
        Naming file, row and column of the first fault, what was expected and what to do.
    """
    found, of_rounds, former = [], [], []
    for cells, number in zip(file.rows, file.numbers, strict=True):
        row = _Row(file, cells, number)
        _check_blanks(row)
        body = _body(row)
        _check_words(row, is_council=body is not None)
        days = _days(row, until)
        of_rounds += [number] if _check_precision(row, days is not None) else []
        _check_amount(row)
        _check_years(row, days)
        if body is not None:
            _check_in_being(row, body, days)
            former += [] if body.ons_code == cells["ons_code"] else [(number, cells["ons_code"], body)]
        code = cells["ons_code"] if body is None else body.ons_code
        found.append(CheckedRow(code, days[1] if days else None, body is not None))
    remarks = [
        f"{file.path}, row {number}: {code} is a former code of {body.council}, read as {body.ons_code}."
        for number, code, body in former
    ]
    remarks += _repeated(file)
    notes = [
        f"{file.path}: {counted(len(of_rounds), 'row')} of support dated by the date of a round, more exactly "
        f"than date_precision says (row{'' if len(of_rounds) == 1 else 's'} "
        f"{', '.join(map(str, of_rounds))})."
    ]
    return found, remarks, notes if of_rounds else []


def _check_blanks(row: _Row) -> None:
    for column in COLUMNS[:9]:
        if row.cells[column] != row.cells[column].strip():
            row.refuse(column, "no spaces before or after it", "take them out")


def _body(row: _Row) -> Council | None:
    """Return the council a row is about, None for a body that is none; code and name must be of one body."""
    code, name = row.cells["ons_code"], row.cells["council"]
    if not name:
        row.refuse("council", "a council's name", "an event without a council cannot be counted")
    if not _CODE.fullmatch(code):
        row.refuse("ons_code", "a GSS code such as E09000008, of an English council", "look it up in councils.csv")
    bodies = load_words().bodies
    if code in bodies:
        if plain(name) != plain(bodies[code]):
            row.refuse("council", f"{bodies[code]}, which has the code {code}", "correct the name or the code")
        return None
    try:
        body = council(code)
    except UnknownCouncilError:
        row.refuse("ons_code", f"a code of an English council{_code_of(name)}", "correct the code")
    if not _names(name, body):
        row.refuse(
            "council", f"{body.council}, which has the code {code}{_code_of(name)}", "correct the name or the code"
        )
    return body


def _names(name: str, body: Council) -> bool:
    """Say whether a name is one of a council's, alone or with its form ("London Borough of …")."""
    if plain(name) in {plain(one) for one in body.names}:
        return True
    for living in (None, body.end_date, body.start_date):
        try:
            if resolve(name, on=living) == body.ons_code:
                return True
        except UnknownCouncilError:
            continue
    return False


def _code_of(name: str) -> str:
    try:
        return f" ({name} has {resolve(name)})"
    except UnknownCouncilError:
        return ""


def _check_words(row: _Row, *, is_council: bool) -> None:
    words, kind, subtype = load_words(), row.cells["event_type"], row.cells["subtype"]
    new = "a new one needs an entry in resilience/tables/event_words.toml"
    if kind not in words.types:
        row.refuse("event_type", "one of " + ", ".join(words.types))
    found = words.subtype(kind, subtype)
    if found is None:
        others = [other for other in words.types if words.subtype(other, subtype)]
        near = difflib.get_close_matches(subtype, words.subtypes[kind], n=3, cutoff=0.5) or [*words.subtypes[kind]][:3]
        hint = f"it is a subtype of {listed(others)}" if others else f"the nearest are {', '.join(near)}"
        row.refuse("subtype", f"a subtype of {kind} ({hint})", new)
    ends = end_of(subtype) if found.until else None
    if ends is not None:
        try:
            days_of(ends)
        except ValueError:
            row.refuse("subtype", "a real day or month after '_to_'")
    if found.other_bodies and is_council:
        row.refuse("subtype", "a subtype that councils have; this one is for police bodies")
    if row.cells["cause"] not in words.causes:
        row.refuse("cause", "one of " + ", ".join(words.causes), new)


def _days(row: _Row, until: date) -> tuple[date, date] | None:
    text = row.cells["date"]
    try:
        days = days_of(text)
    except ValueError:
        raise DataError(
            f"{row.file.path}, row {row.number}, column 'date': '{text}' is not a date; write YYYY-MM-DD, YYYY-MM or "
            "YYYY, or YYYY/YYYY for one of two years."
        ) from None
    if days is None:
        return None
    if days[0].year < FIRST_YEAR:
        row.refuse(
            "date", f"a date not before {FIRST_YEAR}, the year of the Act that section 114 notices are made under"
        )
    if days[1] > until:
        late = "" if days[0] == days[1] else f" (it may be as late as {in_words(days[1])})"
        row.refuse(
            "date",
            f"a date not after {in_words(until)}, the last day the register covers{late}",
            f"state a later register_to in {sidecar_of(row.file.path)}, or take the row out",
        )
    return days


def _check_precision(row: _Row, dated: bool) -> bool:
    """Check that a date is as exact as it is said to be; say whether it is the date of a round of support."""
    text, date_text = row.cells["date_precision"], row.cells["date"]
    if not text:
        return False
    word = re.match(r"[a-z]*", text.lower())
    stated = word.group() if word else ""
    if stated not in _PRECISIONS:
        row.refuse("date_precision", f"text that begins with one of {', '.join(_PRECISIONS)}")
    given = (1 if "/" in date_text else 1 + date_text.count("-")) if dated else 0
    needed = _PRECISIONS[stated]
    if stated != "round" and not dated:
        row.refuse("date", f"a date, as date_precision says '{stated}'", "give the date, or leave both empty")
    if needed is None or given == needed:
        return False
    if given == needed + 1 and row.cells["event_type"] == "efs":  # the round's month or day, where no other is known
        return True
    return row.refuse(
        "date_precision",
        f"a precision that agrees with the date '{date_text}', which gives {_PARTS[given]}",
        "write the date only as exactly as it is known",
    )


def _check_amount(row: _Row) -> None:
    text = row.cells["amount_gbp_m"]
    if text and not _AMOUNT.fullmatch(text):
        row.refuse("amount_gbp_m", "an amount in £ million, 0 or more, such as 12.5, or an empty cell")
    if text and float(text) > MOST:
        row.refuse("amount_gbp_m", f"an amount in £ million, at most {MOST:,}", "it looks like £ or £ thousand")


def _check_years(row: _Row, days: tuple[date, date] | None) -> None:
    text = row.cells["financial_year"]
    if not text:
        return
    match = _YEARS.fullmatch(text)
    starts = [int(year) for year in match.group(1, 3) if year] if match else []
    ends = [int(year) for year in match.group(2, 4) if year] if match else []
    follows = [(start + 1) % 100 == end for start, end in zip(starts, ends, strict=True)]
    if not match or not all(follows) or starts != sorted(set(starts)):
        row.refuse(
            "financial_year", "a financial year such as 2023-24, two such as 2023-24 to 2024-25, or an empty cell"
        )
    if days and not days[0].year - YEARS_BACK <= starts[0] <= days[1].year + 1:
        row.refuse("financial_year", f"a year near the date '{row.cells['date']}'", "correct the year or the date")


def _check_in_being(row: _Row, body: Council, days: tuple[date, date] | None) -> None:
    if days is None:
        return
    if body.end_date is not None and days[0] > body.end_date:
        heirs = listed([f"{council(code).council} ({code})" for code in body.successors]) or "not known"
        row.refuse(
            "date",
            f"a day up to {in_words(body.end_date)}, when {body.council} was abolished",
            f"its successor is {heirs}",
        )
    if body.start_date is not None and days[1] < body.start_date - SHADOW:
        heirs = listed([f"{council(code).council} ({code})" for code in body.predecessors]) or "a predecessor"
        row.refuse(
            "date",
            f"a day near {in_words(body.start_date)} or later, when {body.council} was formed",
            f"before that its area was {heirs}",
        )


def _repeated(file: EventFile) -> Iterator[str]:
    """Refuse a row that stands twice; remark on rows that differ in their words about the source only."""
    whole: dict[tuple[str, ...], int] = {}
    alike: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for cells, number in zip(file.rows, file.numbers, strict=True):
        key = tuple(cells.values())
        if key in whole:
            raise DataError(
                f"{file.path}, row {number}, every column: the same as row {whole[key]}; expected each event once; "
                "take one of the two out."
            )
        whole[key] = number
        alike[tuple(cells[column] for column in _SAME)].append(number)
    for numbers in alike.values():
        if len(numbers) > 1:
            yield (
                f"{file.path}, rows {listed([str(number) for number in numbers])}: the same council, type, subtype, "
                "date, financial year and amount; if they are one event, keep only one."
            )
