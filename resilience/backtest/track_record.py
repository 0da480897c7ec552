"""What followed for past councils that stood where a council stands now: by band, and near the top by two rules.

Everything is counted over the lists of past Januaries (``past_lists``), each by the model trainable then, whose whole
horizon had closed by the day asked about: a list of a past day is set beside what was known that day. To draw these
lists up takes seconds; the counts of the shipped model's are shipped beside it.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from resilience import paths
from resilience.backtest.past_lists import past_lists
from resilience.backtest.rivals import rivals
from resilience.backtest.rolling import CAPACITY
from resilience.files import write_atomically
from resilience.formatting import CAP
from resilience.model.bands import NAMES
from resilience.model.calibration import share_interval
from resilience.model.fitting import RiskModel
from resilience.model.scoring import ScoredDay

#: The rule whose rank stands beside the model's.
PLAIN = "reserves_rank"
#: A chance above ``CAP`` is not shown as a number until more than so many past councils above it have a closed horizon,
#: and at least this share of them had an event. Set in advance.
CAP_COUNCILS, CAP_SHARE = 10, 0.5
_WHAT = (
    "What followed within the horizon for councils of past Januaries' lists, each by the model trainable then: how "
    "many (a council counts once a January), how many had a first event, and the 90% interval of the share; for "
    "the model whose training rows have this checksum."
)


@dataclass(frozen=True)
class Followed:
    """What followed for a group of past councils, a council counting once a January.

    Attributes
    ----------
    councils, events : int
        How many stood there, and how many of them had a first event within the horizon.
    low, high : float
        The 90% interval of the share, after Jeffreys.
    """

    councils: int
    events: int
    low: float
    high: float

    @property
    def share(self) -> float:
        """The share that had an event."""
        return self.events / self.councils


@dataclass(frozen=True)
class TrackRecord:
    """What followed for past councils.

    Attributes
    ----------
    first, last : int
        The closed Januaries; nought where none had closed.
    bands : dict of str to Followed
        By band, the most at risk first; only those with councils.
    both : Followed or None
        Of councils in the top thirty both of the model and of the plain reserves ranking.
    above_cap : Followed or None
        Of councils whose chance was above ``CAP``.
    """

    first: int = 0
    last: int = 0
    bands: dict[str, Followed] = field(default_factory=dict)
    both: Followed | None = None
    above_cap: Followed | None = None

    def of(self, band: str) -> Followed | None:
        """Return what followed in a band; nothing where no January had closed."""
        return self.bands.get(band)

    @property
    def cap(self) -> float:
        """The chance above which none is shown as a number: 1 once the record bears higher ones out."""
        earned = (
            self.above_cap is not None and self.above_cap.councils > CAP_COUNCILS and self.above_cap.share >= CAP_SHARE
        )
        return 1.0 if earned else CAP


def track_record(scored: ScoredDay) -> TrackRecord:
    """Return what followed for past councils, as it was known on a scored day; worked out once for it."""
    return scored.once("track record", lambda: _shipped(scored.model) or counted(scored))


def path_of(model: RiskModel) -> Path:
    """Return where the counts of the shipped model are."""
    return paths.models() / f"{model.outcome}-{model.horizon}m-record.json"


def ship(scored: ScoredDay) -> Path:
    """Count what followed and write it beside the shipped model; return where."""
    content = {"what": _WHAT, "training": scored.model.training["sha256"], **asdict(counted(scored))}
    path = path_of(scored.model)
    write_atomically(path, json.dumps(content, indent=1, ensure_ascii=False) + "\n")
    return path


def _shipped(model: RiskModel) -> TrackRecord | None:
    """Read the shipped counts; nothing where they are of other councils, figures or events than the model's."""
    path = path_of(model)
    if not path.is_file():
        return None
    content = json.loads(path.read_text("utf-8"))
    if content["training"] != model.training["sha256"]:
        return None

    def group(found: dict[str, Any] | None) -> Followed | None:
        return None if found is None else Followed(**found)

    bands = {name: Followed(**found) for name, found in content["bands"].items()}
    both, above = group(content["both"]), group(content["above_cap"])
    return TrackRecord(content["first"], content["last"], bands, both, above)


def counted(scored: ScoredDay) -> TrackRecord:
    """Count what followed over the past lists of a scored day."""
    past = past_lists(scored)
    if past.closed.empty:
        return TrackRecord()
    plain = pd.concat(
        {pd.Timestamp(year, 1, 1): reserves_ranks(one) for year, one in past.lists.items()}, names=["origin"]
    )
    rows = past.closed.join(plain.rename("reserves_rank"), on=["origin", "ons_code"])
    by_band = {name: followed(rows.loc[rows["band"] == name, "event"]) for name in NAMES}
    return TrackRecord(
        first=int(rows["origin"].min().year),
        last=int(rows["origin"].max().year),
        bands={name: found for name, found in by_band.items() if found is not None},
        both=followed(rows.loc[in_both(rows), "event"]),
        above_cap=followed(rows.loc[rows["risk"] > CAP, "event"]),
    )


def followed(event: pd.Series) -> Followed | None:
    """Count what followed for past councils; nothing where there are none."""
    councils, events = len(event), int(event.sum())
    if not councils:
        return None
    return Followed(councils, events, *share_interval(events, councils))


def reserves_ranks(scored: ScoredDay) -> pd.Series:
    """Rank the councils at risk by usable reserves over net revenue expenditure, the lowest first; once for the day."""
    rule = next(one for one in rivals() if one.name == PLAIN)
    return scored.once("reserves ranks", lambda: rule.ranked(scored.at_risk).rank(ascending=False).astype(int))


def in_both(rows: pd.DataFrame) -> pd.Series:
    """Say which rows, with ``rank`` and ``reserves_rank``, are among the top thirty by both."""
    return (rows["rank"] <= CAPACITY) & (rows["reserves_rank"] <= CAPACITY)
