"""The register of events as data, and the onsets known on a date.

The register (``data/raw/events.csv``) is the project's own compilation of section 114 notices, exceptional
financial support and interventions, each row with its source and how sure it is. Up to which day it speaks is stated
beside it (``events.toml``). What counts as an outcome is a rule over its words (``event_words.toml``); the register
itself holds much that is no outcome.
"""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pandas as pd

from resilience import paths
from resilience.errors import DataError
from resilience.formatting import counted
from resilience.tables.event_checks import checked, days_of
from resilience.tables.event_file import COLUMNS, read_event_file, register_to
from resilience.tables.event_words import load_words
from resilience.years import Day, day_of

OUTCOMES = ("distress", "severe")
EVENT_TYPES = tuple(load_words().types)

#: An event before this date is history, not exclusion (Hackney's and Hillingdon's notices of 2000).
COUNTING_FROM = date(2010, 4, 1)

_SAME = ("ons_code", "event_type", "subtype", "date", "financial_year", "amount_gbp_m", "cause")

_log = logging.getLogger(__name__)


def known_date(text: str) -> date | None:
    """Return the day by which an event dated so was certainly public.

    Parameters
    ----------
    text : str
        "2023-09-05", "2022-02" (taken as the month's last day), "2021" or "2012/2013" (the last year's last
        day). Empty text has no date.

    Returns
    -------
    date or None

    Raises
    ------
    ValueError
        If the text is no date.
    """
    days = days_of(text)
    return days[1] if days else None


@dataclass(frozen=True, eq=False)
class EventRegister:
    """The rows of a register of events and the day up to which it speaks.

    Attributes
    ----------
    rows : DataFrame
        One row an event, in the file's order: the file's own columns, with ``ons_code`` brought to the council's
        newest code, ``known`` (the day by which it was public, NaT where undated), and ``distress`` and ``severe``
        (bool: does the row qualify as that outcome?).
    until : date
        The last day the register speaks for: a council without a row had no event up to and including this day.
    whole : bool
        False where later rows were left out, see :meth:`known_by`.
    remarks : tuple of str
        What was met on reading and may be wrong, a sentence each; of another register than the shipped one they are
        also logged as warnings.
    notes : tuple of str
        How exact the register is, a sentence each.
    """

    rows: pd.DataFrame
    until: date
    whole: bool = True
    remarks: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def end(self) -> pd.Timestamp:
        """The first day of which the register says nothing any more."""
        return pd.Timestamp(self.until) + pd.Timedelta(days=1)

    def reaches(self, day: Day) -> bool:
        """Say whether everything announced before a day is in the register."""
        return bool(pd.Timestamp(day_of(day)) <= self.end)

    def known_by(self, day: Day) -> EventRegister:
        """Return the register as it could have been drawn up before a day.

        Rows announced on the day or later are left out, and so are undated ones while the register had not closed:
        nobody can say that they were known.
        """
        day = day_of(day)
        public = self.rows["known"] < pd.Timestamp(day)
        if day > self.until:
            return replace(self, rows=self.rows[public | self.rows["known"].isna()])
        return replace(self, rows=self.rows[public], until=day - timedelta(days=1), whole=False)

    def onsets(self, *, outcome: str = "distress", as_of: Day | None = None) -> pd.DataFrame:
        """Return each council's first qualifying event, as known on a date.

        Parameters
        ----------
        outcome : {"distress", "severe"}
            What qualifies.
        as_of : date or str, optional
            Only events public before this day count; by default all of them.

        Returns
        -------
        DataFrame
            Index ``ons_code``; columns ``date`` (Timestamp), ``event_type``, ``subtype``, ``cause``, ``source``.
            Events before 1 April 2010 are history and count for nothing here.

        Raises
        ------
        DataError
            If the outcome is not one of the two.
        """
        if outcome not in OUTCOMES:
            raise DataError(f"'{outcome}' is not an outcome; choose one of {', '.join(OUTCOMES)}.")
        rows = self.rows[self.rows[outcome] & (self.rows["known"] >= pd.Timestamp(COUNTING_FROM))]
        if as_of is not None:
            rows = rows[rows["known"] < pd.Timestamp(day_of(as_of))]
        # Ties on a day go to the graver kind, in the order of EVENT_TYPES, so that the answer never depends on row
        # order.
        order = rows["event_type"].map({kind: i for i, kind in enumerate(EVENT_TYPES)})
        rows = rows.assign(order=order).sort_values(["known", "order", "subtype", "cause", "source"], kind="stable")
        first = rows.drop_duplicates("ons_code").set_index("ons_code")
        return first.rename(columns={"known": "date", "date": "date_text"})[
            ["date", "event_type", "subtype", "cause", "source"]
        ]


def load_events(path: str | Path | None = None) -> EventRegister:
    """Read an event register and check every row.

    Parameters
    ----------
    path : str or Path, optional
        A CSV in the register's format; by default the shipped register. Up to which day it speaks is stated in a
        file of the same name ending in .toml beside it (``register_to = 2026-10-31``); without one, it is taken to
        speak up to the day the shipped register does.

    Returns
    -------
    EventRegister

    Raises
    ------
    DataError
        If the file is missing or a row breaks the format; the sentence names file, row and column.
    """
    shipped = paths.raw() / "events.csv"
    register = _load(Path(path) if path is not None else shipped, shipped)
    if path is None or Path(path).resolve() == shipped.resolve():
        return register
    remarks = register.remarks + _unlike_the_shipped(register, Path(path), shipped)
    for remark in remarks:
        _log.warning("%s", remark)
    return replace(register, remarks=remarks)


def _load(source: Path, shipped: Path) -> EventRegister:
    file = read_event_file(source)
    until = register_to(source, shipped)
    found, remarks, notes = checked(file, until)
    frame = pd.DataFrame(list(file.rows), columns=list(COLUMNS), dtype=str)
    frame["ons_code"] = pd.Series([row.code for row in found], dtype=str)
    frame["known"] = pd.to_datetime([row.known for row in found])
    words = load_words()
    for outcome, place in (("distress", 0), ("severe", 1)):
        frame[outcome] = pd.Series(
            [
                one.is_council and words.counting(cells["event_type"], cells["subtype"], cells["cause"])[place]
                for one, cells in zip(found, file.rows, strict=True)
            ],
            dtype=bool,
        )
    return EventRegister(frame, until, remarks=(*file.remarks, *remarks), notes=tuple(notes))


def _unlike_the_shipped(register: EventRegister, source: Path, shipped: Path) -> tuple[str, ...]:
    """Say how another register differs from the shipped one: rows cut off leave no other trace."""
    try:
        usual = _load(shipped, shipped)
    except DataError:  # nothing to compare with; whoever needs the shipped register is told why it cannot be read
        return ()
    ours, theirs = (Counter(each.rows[list(_SAME)].itertuples(index=False, name=None)) for each in (usual, register))
    missing, own = (ours - theirs).total(), (theirs - ours).total()
    reach = "" if register.until == usual.until else f", covers up to {register.until}, not {usual.until}"
    if not missing and not own and not reach:
        return ()
    return (
        f"{source} lacks {missing} of the {len(usual.rows)} rows of the shipped register, has {own} of its own{reach}, "
        f"and gives {counted(len(register.onsets()), 'council')} a first event (shipped: {len(usual.onsets())}).",
    )


def describe(event: pd.Series) -> str:
    """Return one event as a short plain phrase, e.g. "section 114 notice, 5 September 2023"."""
    kinds = {
        "s114_notice": "section 114(3) notice",
        "efs": "exceptional financial support",
        "statutory_intervention": "statutory intervention",
        "nonstatutory": "non-statutory step",
    }
    when = pd.Timestamp(event["date"])
    return f"{kinds.get(event['event_type'], event['event_type'])}, {when.day} {when:%B %Y}"
