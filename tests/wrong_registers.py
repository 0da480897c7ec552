"""Registers of events that are well formed and wrong, and what became of each; ``python -m tests.wrong_registers``.

Each is the shipped register with one thing changed. It is refused in one sentence that names file, row and column; or
it is read and the change told by name; or it is harmless and what is counted is the same.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from resilience import paths
from resilience.errors import DataError
from resilience.files import write_atomically
from resilience.report.formats.markdown.blocks import filled
from resilience.tables.events import EventRegister, load_events

Rows = list[list[str]]

#: Rows of the shipped register, as a spreadsheet counts them.
CROYDON, NORTHUMBERLAND, REDBRIDGE, SOMERSET, POLICE, UNDATED = 21, 61, 270, 278, 279, 304


@dataclass(frozen=True)
class Attack:
    """One wrong register.

    Attributes
    ----------
    name : str
    make : callable
        The shipped register's cells → the file's bytes.
    outcome : {"refused", "reported", "the same"}
    said : str
        What the sentence must hold.
    sidecar : str
        What stands beside it; "" for no file.
    """

    name: str
    make: Callable[[Rows], bytes]
    outcome: str
    said: str = ""
    sidecar: str = ""


def text(rows: Rows, end: str = "\n") -> str:
    """Write cells as CSV."""
    out = io.StringIO()
    csv.writer(out, lineterminator=end).writerows(rows)
    return out.getvalue()


def cell(row: int, column: str, value: str) -> Callable[[Rows], bytes]:
    """Put another value into one cell."""

    def make(rows: Rows) -> bytes:
        rows[row - 1][rows[0].index(column)] = value
        return text(rows).encode()

    return make


def cells(row: int, **values: str) -> Callable[[Rows], bytes]:
    """Put other values into several cells of a row."""

    def make(rows: Rows) -> bytes:
        for column, value in values.items():
            rows[row - 1][rows[0].index(column)] = value
        return text(rows).encode()

    return make


def added(*row: str) -> Callable[[Rows], bytes]:
    """Add a row at the end."""
    return lambda rows: text([*rows, list(row)]).encode()


def swapped(row: int, other: int, *columns: str) -> Callable[[Rows], bytes]:
    """Swap cells of two rows."""

    def make(rows: Rows) -> bytes:
        for column in columns:
            at = rows[0].index(column)
            rows[row - 1][at], rows[other - 1][at] = rows[other - 1][at], rows[row - 1][at]
        return text(rows).encode()

    return make


def without(column: str) -> Callable[[Rows], bytes]:
    """Take a column out."""

    def make(rows: Rows) -> bytes:
        at = rows[0].index(column)
        return text([row[:at] + row[at + 1 :] for row in rows]).encode()

    return make


def columns_swapped(one: str, other: str) -> Callable[[Rows], bytes]:
    """Swap two columns' headings, leaving the cells where they are."""

    def make(rows: Rows) -> bytes:
        a, b = rows[0].index(one), rows[0].index(other)
        rows[0][a], rows[0][b] = rows[0][b], rows[0][a]
        return text(rows).encode()

    return make


def _mixed(rows: Rows) -> bytes:
    """Put the columns into another order, headings and cells."""
    return text([list(reversed(row)) for row in rows]).encode()


def _doubled(rows: Rows) -> bytes:
    return text([*rows, rows[CROYDON - 1]]).encode()


def _near(rows: Rows) -> bytes:
    again = list(rows[CROYDON - 1])
    again[rows[0].index("source")] = "another paper"
    return text([*rows, again]).encode()


def _lost_quotation(rows: Rows) -> bytes:
    """A quotation mark that opens in one row and closes three rows on: the rows between run together."""
    lines = text(rows).split("\n")
    at = next(i for i in range(30, 80) if all('"' not in line for line in lines[i : i + 4]))
    head, _, last = lines[at].rpartition(",")
    lines[at] = f'{head},"{last}'
    lines[at + 3] += '"'
    return "\n".join(lines).encode()


def _cut_within(rows: Rows) -> bytes:
    whole = text(rows)
    return whole[: whole.rindex("efs,prior_year_final")].encode()


def _cut_in_last_cell(rows: Rows) -> bytes:
    return text(rows).rstrip("\n")[:-10].encode()


def _shifted(rows: Rows) -> bytes:
    """One row's cells a column to the right, its last cell lost."""
    rows[CROYDON - 1] = ["", *rows[CROYDON - 1][:-1]]
    return text(rows).encode()


def _all_shifted(rows: Rows) -> bytes:
    """Every row with one cell more than the header, as where a program writes row numbers without a heading."""
    return text([rows[0], *[[str(i), *row] for i, row in enumerate(rows[1:])]]).encode()


def _thousandfold(rows: Rows) -> bytes:
    at = rows[0].index("amount_gbp_m")
    for row in rows[1:]:
        row[at] = f"{float(row[at]) * 1e6:.0f}" if row[at] else ""
    return text(rows).encode()


def _heading_twice(rows: Rows) -> bytes:
    rows[0][rows[0].index("basis")] = "date"
    return text(rows).encode()


def _extra(rows: Rows) -> bytes:
    return text([[*row, "notes" if i == 0 else "x"] for i, row in enumerate(rows)]).encode()


def _blank_lines(rows: Rows) -> bytes:
    lines = text(rows).split("\n")
    return "\n".join([*lines[:9], "", *lines[9:], "", ""]).encode()


FORMER = ("Northumberland", "E06000048", "nonstatutory", "best_value_notice", "2026-01-05", "day", "")
DECEMBER = (
    "Kent",
    "E10000016",
    "efs",
    "in_principle",
    "2026-12-05",
    "day",
    "2026-27",
    "5",
    "financial",
    "",
    "high",
    "x",
)

ATTACKS = (
    # dates and coverage
    Attack("a row dated ahead, no sidecar", added(*DECEMBER), "refused", "row 306, column 'date': '2026-12-05'"),
    Attack(
        "a row after the sidecar's register_to",
        cell(CROYDON, "date", "2026-11-05"),
        "refused",
        "row 21, column 'date': '2026-11-05' found, expected a date not after 31 October 2026",
        "register_to = 2026-10-31",
    ),
    Attack(
        "a sidecar for a day to come", added(*DECEMBER), "refused", "no later than today", "register_to = 2126-12-31"
    ),
    Attack("a sidecar without the day", cell(CROYDON, "source", "x"), "refused", "has no register_to", "edition = 3"),
    Attack(
        "a sidecar with the day as text",
        cell(CROYDON, "source", "x"),
        "refused",
        "without quotation marks",
        'register_to = "2026-10-31"',
    ),
    Attack(
        "a month not over by register_to",
        cells(REDBRIDGE, date="2026-10", date_precision="month"),
        "refused",
        "it may be as late as 31 October 2026",
        "register_to = 2026-10-15",
    ),
    Attack(
        "a year not over", cells(UNDATED, date="2026", date_precision="round"), "refused", "as late as 31 December 2026"
    ),
    Attack(
        "29 February 2023", cell(CROYDON, "date", "2023-02-29"), "refused", "row 21, column 'date': '2023-02-29' is not"
    ),
    Attack(
        "British order of the date",
        cell(CROYDON, "date", "11/11/2020"),
        "refused",
        "column 'date': '11/11/2020' is not",
    ),
    Attack("a spreadsheet's serial number as date", cell(CROYDON, "date", "44146"), "refused", "'44146' is not a date"),
    Attack("a time beside the date", cell(CROYDON, "date", "2020-11-11 00:00:00"), "refused", "is not a date"),
    Attack("two years the wrong way round", cell(7, "date", "2013/2012"), "refused", "row 7, column 'date'"),
    Attack("a date before the Act", cell(CROYDON, "date", "1920-11-11"), "refused", "not before 1988"),
    Attack("the date taken out", cell(CROYDON, "date", ""), "refused", "row 21, column 'date'"),
    Attack("'day' beside a month", cell(CROYDON, "date", "2020-11"), "refused", "column 'date_precision': 'day'"),
    Attack(
        "'month' beside a day", cell(CROYDON, "date_precision", "month"), "refused", "column 'date_precision': 'month'"
    ),
    Attack(
        "'year' beside a day of support",
        cell(REDBRIDGE, "date_precision", "year"),
        "refused",
        "'date_precision': 'year'",
    ),
    Attack(
        "a precision nobody knows", cell(CROYDON, "date_precision", "roughly"), "refused", "column 'date_precision'"
    ),
    # councils
    Attack(
        "codes of two councils swapped",
        swapped(CROYDON, 26, "ons_code"),
        "refused",
        "row 21, column 'council': 'Croydon'",
    ),
    Attack("names of two councils swapped", swapped(CROYDON, 26, "council"), "refused", "row 21, column 'council'"),
    Attack("code of another council", cell(CROYDON, "ons_code", "E09000009"), "refused", "expected Ealing"),
    Attack("name misspelt", cell(CROYDON, "council", "Croyden"), "refused", "row 21, column 'council': 'Croyden'"),
    Attack("no council", cell(CROYDON, "council", ""), "refused", "row 21, column 'council'"),
    Attack("no code", cell(CROYDON, "ons_code", ""), "refused", "row 21, column 'ons_code'"),
    Attack(
        "a Welsh council",
        cells(CROYDON, council="Cardiff", ons_code="W06000015"),
        "refused",
        "column 'ons_code': 'W06000015'",
    ),
    Attack("a Scottish council", cells(CROYDON, council="Fife", ons_code="S12000047"), "refused", "column 'ons_code'"),
    Attack("a code of nobody's", cell(CROYDON, "ons_code", "E09000099"), "refused", "a code of an English council"),
    Attack(
        "a combined authority nobody listed",
        cells(CROYDON, council="Greater Manchester", ons_code="E47000001"),
        "refused",
        "column 'ons_code': 'E47000001'",
    ),
    Attack("a council's code for a combined authority", cell(POLICE, "ons_code", "E08000019"), "refused", "row 279"),
    Attack(
        "police support for a council",
        cells(POLICE, council="Sheffield", ons_code="E08000019"),
        "refused",
        "row 279, column 'subtype'",
    ),
    Attack(
        "a council abolished before",
        cells(SOMERSET, council="Somerset", ons_code="E10000027"),
        "refused",
        "31 March 2023",
    ),
    Attack(
        "a council not yet in being",
        cells(CROYDON, council="Cumberland", ons_code="E06000063"),
        "refused",
        "1 April 2023",
    ),
    Attack("a former code", cells(NORTHUMBERLAND, ons_code="E06000048"), "reported", "a former code of Northumberland"),
    Attack("another form of the name", cell(CROYDON, "council", "London Borough of Croydon"), "the same"),
    # words
    Attack("an unknown event type", cell(CROYDON, "event_type", "s114"), "refused", "column 'event_type': 's114'"),
    Attack("an event type with a capital", cell(CROYDON, "event_type", "EFS"), "refused", "column 'event_type': 'EFS'"),
    Attack("an unknown subtype", cell(REDBRIDGE, "subtype", "in_principal"), "refused", "the nearest are in_principle"),
    Attack(
        "the event type in the subtype's column",
        cell(REDBRIDGE, "subtype", "efs"),
        "refused",
        "column 'subtype': 'efs'",
    ),
    Attack(
        "a subtype of another type",
        cell(REDBRIDGE, "subtype", "commissioners"),
        "refused",
        "it is a subtype of statutory_intervention",
    ),
    Attack(
        "commissioners until a day that is none",
        cell(107, "subtype", "commissioners_to_2026-02-30"),
        "refused",
        "a real day or month",
    ),
    Attack("a cause with a capital", cell(REDBRIDGE, "cause", "Financial"), "refused", "column 'cause': 'Financial'"),
    Attack("no cause", cell(REDBRIDGE, "cause", ""), "refused", "row 270, column 'cause'"),
    Attack(
        "blanks around a word", cell(REDBRIDGE, "subtype", "in_principle "), "refused", "no spaces before or after it"
    ),
    # amounts and years
    Attack("every amount in £", _thousandfold, "refused", "at most 5,000; it looks like £"),
    Attack(
        "a negative amount", cell(REDBRIDGE, "amount_gbp_m", "-70"), "refused", "row 270, column 'amount_gbp_m': '-70'"
    ),
    Attack("an amount with its unit", cell(REDBRIDGE, "amount_gbp_m", "£70m"), "refused", "column 'amount_gbp_m'"),
    Attack("no number as amount", cell(REDBRIDGE, "amount_gbp_m", "nan"), "refused", "column 'amount_gbp_m': 'nan'"),
    Attack("financial year 2023-25", cell(CROYDON, "financial_year", "2023-25"), "refused", "column 'financial_year'"),
    Attack("financial year 2023/24", cell(CROYDON, "financial_year", "2023/24"), "refused", "column 'financial_year'"),
    Attack(
        "a financial year long after", cell(CROYDON, "financial_year", "2035-36"), "refused", "a year near the date"
    ),
    # rows and columns
    Attack("a row twice", _doubled, "refused", "row 306, every column: the same as row 21"),
    Attack("an event twice from two sources", _near, "reported", "rows 21 and 306: the same council"),
    Attack("a row left out", lambda rows: text(rows[:20] + rows[21:]).encode(), "reported", "lacks 1 of the 304 rows"),
    Attack("the second half gone", lambda rows: text(rows[:150]).encode(), "reported", "lacks 155 of the 304 rows"),
    Attack(
        "an event given to another council, code and name",
        cells(REDBRIDGE, council="Kent", ons_code="E10000016"),
        "reported",
        "lacks 1 of the 304 rows of the shipped register, has 1",
    ),
    Attack("a needed column gone", without("ons_code"), "refused", "no column 'ons_code'"),
    Attack("a column gone that nothing counts with", without("basis"), "reported", "the column 'basis' is missing"),
    Attack("a column more", _extra, "reported", "the column 'notes' is not one of a register's"),
    Attack("a column twice", _heading_twice, "refused", "the column 'date' twice"),
    Attack("headings of two columns swapped", columns_swapped("event_type", "subtype"), "refused", "row 2, column"),
    Attack("headings of council and code swapped", columns_swapped("council", "ons_code"), "refused", "row 2, column"),
    Attack("one row shifted by a column", _shifted, "refused", "row 21, column 'council'"),
    Attack("every row with a cell more", _all_shifted, "refused", "row 2: 13 cells found, expected 12"),
    Attack("columns in another order", _mixed, "the same"),
    Attack("rows in another order", lambda rows: text([rows[0], *reversed(rows[1:])]).encode(), "the same"),
    Attack("blank lines", _blank_lines, "the same"),
    Attack("a row of commas", lambda rows: text([*rows, [""] * 12]).encode(), "refused", "row 306, column 'council'"),
    # the file
    Attack("cut within a row", _cut_within, "refused", "cells found, expected 12"),
    Attack("cut in the last cell", _cut_in_last_cell, "reported", "the last row has no line break"),
    Attack("nothing in it", lambda rows: b"", "refused", "has no column 'council'"),
    Attack("a quotation mark lost", _lost_quotation, "refused", "a line break found within the cell"),
    Attack(
        "a quotation mark never closed",
        lambda rows: text(rows).encode() + b'"Kent,E10000016',
        "refused",
        "cannot be read",
    ),
    Attack(
        "a line end in a name",
        cell(CROYDON, "council", "Croy\ndon"),
        "refused",
        "row 21, column 'council': a line break",
    ),
    Attack(
        "Latin-1",
        lambda rows: text([*rows[:-1], [*rows[-1][:-1], "£"]]).encode("latin-1"),
        "refused",
        "another encoding",
    ),
    Attack("UTF-16", lambda rows: text(rows).encode("utf-16"), "refused", "another encoding"),
    Attack("semicolons", lambda rows: text(rows).replace(",", ";").encode(), "refused", "has no column 'council'"),
    Attack("a byte order mark", lambda rows: b"\xef\xbb\xbf" + text(rows).encode(), "the same"),
    Attack("Windows line ends", lambda rows: text(rows, "\r\n").encode(), "the same"),
)


def shipped() -> Rows:
    """Return the shipped register's cells."""
    return list(csv.reader(io.StringIO((paths.raw() / "events.csv").read_text("utf-8"), newline="")))


def put(attack: Attack, folder: Path) -> Path:
    """Write a wrong register and what stands beside it."""
    path = folder / "wrong.csv"
    path.write_bytes(attack.make(shipped()))
    if attack.sidecar:
        path.with_suffix(".toml").write_text(attack.sidecar + "\n", "utf-8")
    return path


def counted(register: EventRegister) -> tuple[object, ...]:
    """Return everything of a register that any score, record or list takes from it."""
    first = [register.onsets(outcome=outcome).sort_index() for outcome in ("distress", "severe")]
    return register.until, *(table.to_csv() for table in first)


def tried(attack: Attack, folder: Path) -> tuple[str, str]:
    """Return what became of a wrong register, and the sentence that was said."""
    path = put(attack, folder)
    try:
        register = load_events(path)
    except DataError as error:
        return "refused", str(error).replace(f"{folder}/", "")
    if register.remarks:
        return "reported", " ".join(register.remarks).replace(f"{folder}/", "")
    usual = load_events()
    assert counted(register) == counted(usual), f"{attack.name}: another score, and nothing said"
    return "the same", ""


def block() -> str:
    """Return the table attack → outcome of docs/reliability.md."""
    table = ["| register | outcome | what is said |", "|---|---|---|"]
    tally = dict.fromkeys(("refused", "reported", "the same"), 0)
    for attack in ATTACKS:
        with tempfile.TemporaryDirectory() as place:
            outcome, said = tried(attack, Path(place))
        tally[outcome] += 1
        table.append(f"| {attack.name} | {outcome} | {said.replace('|', '/').replace('wrong.csv', '`wrong.csv`')} |")
    head = (
        f"{len(ATTACKS)} registers of events, each the shipped one with one thing changed: {tally['refused']} refused, "
        f"{tally['reported']} read with the change told by name, {tally['the same']} harmless, with the same first "
        "events. `tests/tables/test_wrong_registers.py` holds each to its outcome."
    )
    return "\n".join([head, "", *table])


def main(page: Path = Path("docs/reliability.md")) -> None:
    """Write the block anew."""
    write_atomically(page, filled(page.read_text("utf-8"), {"registers": block()}))


if __name__ == "__main__":
    main()
