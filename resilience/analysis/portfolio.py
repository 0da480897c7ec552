"""Councils somebody looks after: how many first events to expect among them, and how long a list to ring.

How many first events will come depends on how many councils need support at all, which no figure in the returns tells.
So the number is given for a quiet, a middling and a busy time (``calibration.PACES``: so many first events are then to
be expected in England), and at each the chances of the councils chosen are added up. How far the count may fall from
that sum is the spread of a sum of independent cases with unequal chances (Poisson's binomial). Whom to ring is judged
by what followed for past councils in the same band, not by a council's own chance. Councils that had an event already,
and councils that cannot be scored, are counted apart and are in no sum.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from resilience.analysis.support_again import is_supported, support_again
from resilience.backtest.track_record import Followed, track_record
from resilience.councils import resolve
from resilience.errors import DataError
from resilience.model.again import LONGEST, AgainRate, chance_within, counted, rate_for
from resilience.model.bands import NAMES
from resilience.model.calibration import PACES
from resilience.model.risk_set import AT_RISK, EVENT_ALREADY
from resilience.model.scoring import INTERVAL, ScoredDay


@dataclass(frozen=True)
class AtPace:
    """First events among the councils chosen, if England has them at a pace.

    Attributes
    ----------
    england : int
        First events to be expected in all of England within the horizon.
    expected : float
        Those of them that fall to the councils chosen, on average.
    low, high : int
        The 90% interval of their number at this pace.
    most : float
        More is not shown: it would mean a chance above the cap for the councils chosen, taken together.
    """

    england: int
    expected: float
    low: int
    high: int
    most: float


@dataclass(frozen=True)
class Held:
    """The councils chosen that stand in a band, and what followed for past councils there (nothing: no record)."""

    councils: tuple[str, ...]
    followed: Followed | None

    @property
    def expected(self) -> float:
        """How many would have a first event at the past share; missing without a record."""
        return len(self.councils) * self.followed.share if self.followed else float("nan")


@dataclass(frozen=True)
class SupportedBefore:
    """The councils chosen that had an event already and stand equally long after their last.

    Attributes
    ----------
    since : int
        Whole years since, ``again.LONGEST`` standing for that and more.
    councils : tuple of str
    rate : AgainRate
        Of needing it again within 12 months.
    in_12, in_24 : float
        The chance of needing it again within 12 and within 24 months; missing where no such council is on record.
    """

    since: int
    councils: tuple[str, ...]
    rate: AgainRate
    in_12: float
    in_24: float


@dataclass(frozen=True)
class Calls:
    """Whom it pays to ring.

    Attributes
    ----------
    least_share : float
        A call pays where a larger share of such councils has an event: cost of a call over cost of a miss.
    councils : tuple of str
        Those in bands whose past share is larger, by rank.
    fewest, most : int
        How long the list would be at the low and the high end of the past shares' 90% intervals.
    at_paces : dict of str to int
        How long it would be by the model's own chances, none counted above the cap.
    """

    least_share: float
    councils: tuple[str, ...]
    fewest: int
    most: int
    at_paces: dict[str, int]


@dataclass(frozen=True, eq=False)
class Portfolio:
    """Councils chosen on a scored day.

    Attributes
    ----------
    as_of : date
    horizon : int
        Months.
    table : DataFrame
        One row a council at risk of a first event, by rank, index ``ons_code``: ``council, rank, band``, its chance
        ``quiet, middling, busy`` (as the model has it; missing for an outcome or horizon the paces do not speak of),
        and ``share, share_low, share_high`` of past councils in its band that had one (missing without a record).
    already, not_scored : tuple of str
        Codes of the councils that had an event already, and of those that cannot be scored; in no sum.
    paces : dict of str to AtPace
        Quiet, middling, busy; empty for an outcome or horizon they do not speak of.
    bands : dict of str to Held
        Every band, the most at risk first.
    supported : tuple of SupportedBefore
        Those of ``already`` by years since their last event, the latest first; only groups with a council.
    cap : float
        The chance above which the record bears none out.
    """

    as_of: date
    horizon: int
    table: pd.DataFrame
    already: tuple[str, ...]
    not_scored: tuple[str, ...]
    paces: dict[str, AtPace]
    bands: dict[str, Held]
    supported: tuple[SupportedBefore, ...]
    cap: float

    @property
    def range(self) -> tuple[int, int] | None:
        """From the low end in a quiet to the high end in a busy time; nothing without paces.

        It is no 90% interval of its own: how likely either time is, nobody can say.
        """
        ends = [(one.low, one.high) for one in self.paces.values()]
        return (min(low for low, _ in ends), max(high for _, high in ends)) if ends else None

    @property
    def by_record(self) -> float:
        """How many would have a first event at the past shares of their bands; missing without a record."""
        return float(self.table["share"].sum(skipna=False))

    def calls(self, cost_of_call: float, cost_of_miss: float) -> Calls:
        """Say whom it pays to ring: chance × cost of a miss above the cost of a call.

        Parameters
        ----------
        cost_of_call : float
            Of ringing one council, in whatever unit.
        cost_of_miss : float
            In the same unit: what it costs, on average, that a council which has an event was not rung.

        Raises
        ------
        DataError
            If a cost is not a number above zero.
        """
        for name, cost in (("a call", cost_of_call), ("a miss", cost_of_miss)):
            if not (np.isfinite(cost) and cost > 0):
                raise DataError(f"The cost of {name} is {cost}; give an amount above zero.")
        rows = self.table

        def pays(chance: pd.Series) -> pd.Series:
            return chance * cost_of_miss > cost_of_call

        return Calls(
            cost_of_call / cost_of_miss,
            tuple(rows.index[pays(rows["share"])]),
            int(pays(rows["share_low"]).sum()),
            int(pays(rows["share_high"]).sum()),
            {name: int(pays(rows[name].clip(upper=self.cap)).sum()) for name in self.paces},
        )


def count_distribution(chances: Iterable[float]) -> np.ndarray:
    """Return how likely 0, 1, 2, … of independent cases are (Poisson's binomial).

    Parameters
    ----------
    chances : iterable of float
        Of each case.
    """
    found = np.ones(1)
    for chance in chances:
        found = np.append(found * (1 - chance), 0.0) + np.append(0.0, found * chance)
    return found


def count_range(chances: Iterable[float]) -> tuple[int, int]:
    """Return the 90% interval of how many of independent cases come about.

    Parameters
    ----------
    chances : iterable of float
        Of each case.
    """
    up_to = np.cumsum(count_distribution(chances))
    # The whole may come to a last digit less than one.
    low, high = (int(np.searchsorted(up_to[:-1], share)) for share in INTERVAL)
    return low, high


def portfolio(scored: ScoredDay, codes: Iterable[str]) -> Portfolio:
    """Look at councils chosen together.

    Parameters
    ----------
    scored : ScoredDay
    codes : iterable of str
        Codes or names; one given twice counts once.

    Raises
    ------
    UnknownCouncilError
        If one is no council, or several.
    DataError
        If none is given, or one was not in being on the day.
    """
    given = [codes] if isinstance(codes, str) else list(codes)
    chosen = {resolve(one, on=scored.as_of): one for one in given}
    if not chosen:
        raise DataError("No council was chosen; give at least one code or name.")
    for code, name in chosen.items():
        if code not in scored.table.index:
            raise DataError(f"'{name}' was not in being on {scored.as_of}; leave it out or give its successor.")
    rows = scored.table[scored.table.index.isin(chosen)]
    already = tuple(rows.index[rows["status"] == EVENT_ALREADY])
    record = track_record(scored)
    table = _at_risk(scored, rows[rows["status"] == AT_RISK])
    return Portfolio(
        scored.as_of,
        scored.model.horizon,
        table,
        already,
        tuple(rows.index[~rows["status"].isin([AT_RISK, EVENT_ALREADY])]),
        {name: _at_pace(PACES[name], table[name], record.cap) for name in scored.paces},
        {name: Held(tuple(table.index[table["band"] == name]), record.of(name)) for name in NAMES},
        _supported(scored, already),
        record.cap,
    )


def _at_risk(scored: ScoredDay, rows: pd.DataFrame) -> pd.DataFrame:
    record = track_record(scored)
    table = rows[["council", "rank", "band"]].copy()
    for pace in PACES:
        table[pace] = pd.Series(
            {code: scored.at_paces(rows.at[code, "log_odds"])[pace] for code in rows.index}, dtype=float
        )
    past = [record.of(band) for band in table["band"]]
    for column, attribute in (("share", "share"), ("share_low", "low"), ("share_high", "high")):
        table[column] = np.array([getattr(one, attribute) if one else np.nan for one in past], dtype=float)
    return table


def _at_pace(england: int, chances: pd.Series, cap: float) -> AtPace:
    low, high = count_range(chances)
    return AtPace(england, float(chances.sum()), low, high, cap * len(chances))


def _supported(scored: ScoredDay, already: Sequence[str]) -> tuple[SupportedBefore, ...]:
    day = support_again(scored)
    years = day.standing.loc[[code for code in already if is_supported(scored, code)], "years_since"]
    groups = []
    for since in range(LONGEST + 1):
        own = tuple(years.index[years.clip(upper=LONGEST) == since])
        if own:
            rate = rate_for(day.in_12, since)
            in_12 = rate.chance if rate.times else float("nan")
            in_24 = chance_within(day.in_12, since, 24) if counted(day.in_12, since, 24) else float("nan")
            groups.append(SupportedBefore(since, own, rate, in_12, in_24))
    return tuple(groups)


def past_counts(scored: ScoredDay) -> dict[int, int]:
    """Return how many first events came within the horizon after each January of the track record."""
    record = track_record(scored)
    if not record.first:
        return {}
    first = scored.events.onsets(outcome=scored.model.outcome)["date"]
    starts = {year: pd.Timestamp(year, 1, 1) for year in range(record.first, record.last + 1)}
    months = pd.DateOffset(months=scored.model.horizon)
    return {year: int(((first >= day) & (first < day + months)).sum()) for year, day in starts.items()}
