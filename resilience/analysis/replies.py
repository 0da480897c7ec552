"""What councils have said of their figures: replies and asked-for corrections, read from ``replies.toml``, checked."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from resilience import paths
from resilience.councils import resolve
from resilience.errors import DataError, UnknownCouncilError
from resilience.indicators.definitions import load_definitions
from resilience.publications.lines import load_lines
from resilience.years import outturn_year_of, year_of

#: What is said of the register of events, not of a figure.
EVENT = "event"
STATUSES = OPEN, ACCEPTED, NOT_ACCEPTED = ("open", "accepted", "not accepted")
#: How many characters a text may have: about a printed page.
LONGEST = 2_000
_SHORT = 200

_KINDS = ("reply", "correction")
_BOTH = ("council", "received", "from", "text")
_NEEDED: dict[str, tuple[str, ...]] = {"reply": _BOTH, "correction": (*_BOTH, "figure", "status")}
_OPTIONAL = {"reply": ("source",), "correction": ("year", "source", "decided", "decision")}


@dataclass(frozen=True)
class Statement:
    """One reply, or one correction asked for.

    Attributes
    ----------
    kind : str
        "reply" or "correction".
    ons_code : str
    received : date
    sender : str
        The office that wrote, not a person.
    text : str
        As sent.
    source : str
        Where the council, or the right figure, is published; "" where nowhere is given.
    figure : str
        Of a correction: an indicator, a line of the panel, or ``EVENT``.
    year : str
        The financial year of the figure; "" for an event.
    status : str
        Of a correction: one of ``STATUSES``.
    decided : date or None
    decision : str
        What was decided, and why.
    """

    kind: str
    ons_code: str
    received: date
    sender: str
    text: str
    source: str = ""
    figure: str = ""
    year: str = ""
    status: str = ""
    decided: date | None = None
    decision: str = ""


@dataclass(frozen=True)
class Replies:
    """Everything that councils have said.

    Attributes
    ----------
    contact : str
        How to reach whoever publishes the site; "" where nothing is set.
    statements : tuple of Statement
        The newest first.
    """

    contact: str = ""
    statements: tuple[Statement, ...] = ()

    def of(self, ons_code: str, kind: str) -> list[Statement]:
        """Return the replies of a council, or the corrections it has asked for, the newest first."""
        return [one for one in self.statements if one.ons_code == ons_code and one.kind == kind]


def load_replies(path: Path | None = None, *, today: date | None = None) -> Replies:
    """Read what councils have said.

    Parameters
    ----------
    path : Path, optional
        By default ``data/replies.toml``; where there is none, nobody has said anything.
    today : date, optional
        No entry can be of a later day.

    Raises
    ------
    DataError
        If the file is no TOML, or an entry lacks something or holds what it should not.
    """
    path = path or paths.replies()
    if not path.is_file():
        return Replies()
    try:
        given = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DataError(f"{path.name} cannot be read ({error}); mend it.") from error
    for name in given:
        if name not in ("contact", *_KINDS):
            raise DataError(f"{path.name} has '{name}', which is none of contact, reply and correction; remove it.")
    contact = given.get("contact", "")
    if not isinstance(contact, str) or len(contact) > _SHORT:
        raise DataError(f"{path.name}: contact is to be a text of at most {_SHORT} characters.")
    found = []
    for kind in _KINDS:
        entries = given.get(kind, [])
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            raise DataError(f"{path.name}: write each {kind} under a heading of its own, [[{kind}]].")
        for number, entry in enumerate(entries, start=1):
            found.append(_statement(f"{path.name}, {kind} {number}", kind, entry, today or date.today()))
    return Replies(contact.strip(), tuple(sorted(found, key=lambda one: one.received, reverse=True)))


def _statement(where: str, kind: str, entry: Mapping[str, Any], today: date) -> Statement:
    """Check one entry."""
    for name in entry:
        if name not in _NEEDED[kind] + _OPTIONAL[kind]:
            raise DataError(f"{where} has '{name}', which a {kind} does not have; remove it.")
    for name in _NEEDED[kind]:
        if name not in entry:
            raise DataError(f"{where} lacks '{name}'; add it.")
    for name, value in entry.items():
        if name not in ("received", "decided"):
            _check_text(where, name, value)
    try:
        code = resolve(entry["council"])
    except UnknownCouncilError as error:
        raise DataError(f"{where}: {error}") from error
    received = _day(where, "received", entry["received"], today)
    source = entry.get("source", "")
    if source and not source.startswith("https://"):
        raise DataError(f"{where}: source '{source}' is no address; give one that begins with https://.")
    base = Statement(kind, code, received, entry["from"].strip(), entry["text"].strip(), source)
    return base if kind == "reply" else _correction(where, base, entry, today)


def _correction(where: str, base: Statement, entry: Mapping[str, Any], today: date) -> Statement:
    figure, status = entry["figure"], entry["status"]
    if figure != EVENT and figure not in load_definitions() and figure not in load_lines().by_name:
        raise DataError(f"{where}: '{figure}' is neither an indicator nor a line of the panel, nor '{EVENT}'.")
    if (figure == EVENT) == ("year" in entry):
        raise DataError(f"{where}: give the year of a figure, and none for an event.")
    try:
        year = outturn_year_of(year_of(entry["year"])) if "year" in entry else ""
    except DataError as error:
        raise DataError(f"{where}: {error}") from error
    if status not in STATUSES:
        raise DataError(f"{where}: status '{status}' is none of {', '.join(STATUSES)}.")
    for name in ("decided", "decision"):
        if (status == OPEN) == (name in entry):
            raise DataError(f"{where}: give '{name}' once it is accepted or not accepted, and not before.")
    decided = None
    if status != OPEN:
        decided = _day(where, "decided", entry["decided"], today)
        if decided < base.received:
            raise DataError(f"{where} was decided before it was received; put one of the days right.")
    said = entry.get("decision", "").strip()
    return replace(base, figure=figure, year=year, status=status, decided=decided, decision=said)


def _check_text(where: str, name: str, value: Any) -> None:
    most = LONGEST if name in ("text", "decision") else _SHORT
    if not isinstance(value, str) or not value.strip():
        raise DataError(f"{where}: '{name}' is to be a text.")
    if not all(sign.isprintable() or (sign == "\n" and most == LONGEST) for sign in value):
        raise DataError(f"{where}: '{name}' holds a character that cannot be printed; take it out.")
    if len(value) > most:
        raise DataError(f"{where}: '{name}' has {len(value):,} characters; at most {most:,} are shown.")


def _day(where: str, name: str, value: Any, today: date) -> date:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise DataError(f"{where}: '{name}' is to be a day, written like 2026-12-01 without quotation marks.")
    if value > today:
        raise DataError(f"{where}: '{name}' is {value}, which is still to come.")
    return value
