"""The register of events as data, and the onsets known on a date.

The register (``data/raw/events.csv``) is the project's own compilation of section 114 notices, exceptional
financial support and interventions, each row with its source and how sure it is. What counts as an outcome
is a rule over its columns, written out below; the register itself holds much that is no outcome.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pandas as pd

from resilience import paths
from resilience.errors import DataError

OUTCOMES = ("distress", "severe")
EVENT_TYPES = ("s114_notice", "efs", "statutory_intervention", "nonstatutory")

#: An event before this date is history, not exclusion (Hackney's and Hillingdon's notices of 2000).
COUNTING_FROM = date(2010, 4, 1)

#: The shipped register stops here on purpose: what came later is held back for a blind test.
SHIPPED_TO = date(2025, 12, 31)

_COLUMNS = (
    "council",
    "ons_code",
    "event_type",
    "subtype",
    "date",
    "date_precision",
    "financial_year",
    "amount_gbp_m",
    "cause",
    "basis",
    "certainty",
    "source",
)
_REQUIRED = ("council", "ons_code", "event_type", "subtype", "date", "cause")

# Causes for which a statutory intervention is a financial one (design: financial, investments, equal pay or
# housing company); a governance or services intervention is in the register and is no outcome.
_FINANCIAL_CAUSES = ("financial", "investments", "equal-pay", "housing-company")
# A report under section 114(3) (expenditure exceeding resources); 114(2) and 114A reports are unlawful_expenditure.
_S114_3 = ("unbalanced_budget", "unbalanced_budget_second_report")
# Support that is not a council's general fund support.
_NOT_COUNCIL_SUPPORT = ("in_principle_hra", "police_table_not_council")
_NO_START = re.compile(r"^(inspection|ended)")
_ONS = re.compile(r"^E\d{8}$")
_DATE = re.compile(r"^(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?$")


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
    text = text.strip()
    if not text:
        return None
    match = _DATE.match(text.split("/")[-1])
    if not match:
        raise ValueError(text)
    year, month = int(match[1]), int(match[2] or 12)
    last = calendar.monthrange(year, month)[1] if 1 <= month <= 12 else 0
    return date(year, month, int(match[3]) if match[3] else last)


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
    """

    rows: pd.DataFrame
    until: date
    whole: bool = True

    @property
    def end(self) -> pd.Timestamp:
        """The first day of which the register says nothing any more."""
        return pd.Timestamp(self.until) + pd.Timedelta(days=1)

    def reaches(self, day: date) -> bool:
        """Say whether everything announced before a day is in the register."""
        return bool(pd.Timestamp(day) <= self.end)

    def known_by(self, day: date) -> EventRegister:
        """Return the register as it could have been drawn up before a day.

        Rows announced on the day or later are left out, and so are undated ones while the register had not closed:
        nobody can say that they were known.
        """
        public = self.rows["known"] < pd.Timestamp(day)
        if day > self.until:
            return replace(self, rows=self.rows[public | self.rows["known"].isna()])
        return replace(self, rows=self.rows[public], until=day - timedelta(days=1), whole=False)

    def onsets(self, *, outcome: str = "distress", as_of: date | None = None) -> pd.DataFrame:
        """Return each council's first qualifying event, as known on a date.

        Parameters
        ----------
        outcome : {"distress", "severe"}
            What qualifies.
        as_of : date, optional
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
            raise DataError(f"'{outcome}' is no outcome; choose one of {', '.join(OUTCOMES)}.")
        rows = self.rows[self.rows[outcome] & (self.rows["known"] >= pd.Timestamp(COUNTING_FROM))]
        if as_of is not None:
            rows = rows[rows["known"] < pd.Timestamp(as_of)]
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
        A CSV in the register's format; by default the shipped register, which stops on 31 December 2025.

    Returns
    -------
    EventRegister

    Raises
    ------
    DataError
        If the file is missing or a row breaks the format; the sentence names file, row and column.
    """
    source = Path(path) if path is not None else paths.raw() / "events.csv"
    frame = _read(source)
    frame["known"] = pd.to_datetime([_known(source, i, text) for i, text in enumerate(frame["date"])])
    _check(source, frame)
    frame["ons_code"] = _newest(frame["ons_code"])
    frame["distress"] = _qualifies(frame, "distress")
    frame["severe"] = _qualifies(frame, "severe")
    return EventRegister(frame, _register_end(frame["known"]))


def _read(source: Path) -> pd.DataFrame:
    try:
        frame = pd.read_csv(source, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except FileNotFoundError:
        raise DataError(f"The event register {source} does not exist; give a CSV in its format.") from None
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        why = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise DataError(f"The event register {source} cannot be read as a UTF-8 CSV ({why}).") from error
    missing = [name for name in _REQUIRED if name not in frame.columns]
    if missing:
        raise DataError(
            f"The event register {source} has no column '{missing[0]}'; its columns must be {', '.join(_COLUMNS)}."
        )
    for name in _COLUMNS:
        if name not in frame.columns:
            frame[name] = ""
    return frame


def _known(source: Path, index: int, text: str) -> date | None:
    try:
        return known_date(text)
    except ValueError:
        raise DataError(
            f"{source}, row {index + 2}, column 'date': '{text}' is not a date; write YYYY-MM-DD, YYYY-MM or YYYY."
        ) from None


def _check(source: Path, frame: pd.DataFrame) -> None:
    """Check each row with the register's pandera schema and report the first failure in one sentence."""
    import pandera.pandas as pa

    schema = pa.DataFrameSchema(
        {
            "council": pa.Column(str, pa.Check.str_length(min_value=1)),
            "ons_code": pa.Column(str, pa.Check.str_matches(_ONS.pattern)),
            "event_type": pa.Column(str, pa.Check.isin(EVENT_TYPES)),
            "subtype": pa.Column(str, pa.Check.str_matches(r"^[\w.-]+$")),
            "cause": pa.Column(str, pa.Check.str_matches(r"^[a-z-]+$")),
            "amount_gbp_m": pa.Column(str, pa.Check.str_matches(r"^-?\d*\.?\d*$")),
        }
    )
    expected = {
        "council": "a council's name",
        "ons_code": "a GSS code such as E09000008",
        "event_type": "one of " + ", ".join(EVENT_TYPES),
        "subtype": "a word without spaces",
        "cause": "a cause such as financial or equal-pay",
        "amount_gbp_m": "an amount in £ million or nothing",
    }
    try:
        schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as error:
        first = error.failure_cases.sort_values("index").iloc[0]
        column = str(first["column"])
        raise DataError(
            f"{source}, row {int(first['index']) + 2}, column '{column}': '{first['failure_case']}' found, "
            f"expected {expected[column]}."
        ) from None


def _newest(codes: pd.Series) -> pd.Series:
    """Bring former codes to the newest; a combined authority's code is no council's and stays as it is."""
    from resilience.councils import resolve
    from resilience.errors import UnknownCouncilError

    def newest(code: str) -> str:
        try:
            return resolve(code)
        except UnknownCouncilError:
            return code

    return codes.map({code: newest(code) for code in codes.unique()}).astype(str)  # of no rows, text as well


def _qualifies(frame: pd.DataFrame, outcome: str) -> pd.Series:
    """Say which rows are the outcome; the rule of the design, in one place."""
    kind, subtype = frame["event_type"], frame["subtype"]
    council = frame["ons_code"].str.match(r"^E(06|07|08|09|10)") | frame["ons_code"].str.match(r"^E\d{4}$")
    notice = (kind == "s114_notice") & subtype.isin(_S114_3)
    financial = (kind == "statutory_intervention") & frame["cause"].isin(_FINANCIAL_CAUSES)
    starts = ~subtype.str.match(_NO_START)
    if outcome == "severe":
        return council & (notice | (financial & subtype.str.startswith("commissioner")))
    support = (kind == "efs") & ~subtype.isin(_NOT_COUNCIL_SUPPORT)
    return council & (notice | support | (financial & starts))


def _register_end(known: pd.Series) -> date:
    """Return the last day a register speaks for: the shipped end, or its own last event's month if later."""
    latest = known.max()
    if pd.isna(latest) or latest.date() <= SHIPPED_TO:
        return SHIPPED_TO
    end: date = (latest + pd.offsets.MonthEnd(0)).date()
    return end


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
