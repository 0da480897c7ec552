"""A bet of one ranking against another that no level and no fit enters, and how much it would have won.

Each ranking is made chances in the same way, fixed once: at the moment of an event, p of each council at risk is
proportional to exp(1.25 × normal score of its rank). The one who bets takes the other's chances as prices; each event
pays p of the one over p of the other, bounded to a tenth and ten times and then divided by what it is expected to pay,
so that the bet is fair: were the other's chances right, no stake would be expected to win. What it would have won (an
e-value) is therefore evidence: 20 times the stake has a chance of at most 1 in 20.

Events of one day come from one decision and have no order. They are one round: the set of councils is taken as drawn
with a chance proportional to the product of its members' p (Cox's exact likelihood for ties), of which one event is the
plain case.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtri

#: How far chances lie apart, fixed beforehand: an order that is right to this degree has an AUC of 0.81.
STRENGTH = 1.25
#: No event pays more than this, or less than one over this, before it is made fair.
CLIP = 10.0
#: Parts of what one has that are staked each time; the outcome is the mean over these (a mixture).
STAKES = np.arange(1, 11) / 10
#: The claim to be better needs so many times the stake.
NEEDED = 20.0


@dataclass(frozen=True)
class Bet:
    """What one ranking would have won against another.

    Attributes
    ----------
    won : float
        Times the stake: the e-value. 1 where nothing has come.
    events, rounds : int
        Events bet on, and days on which they came.
    by_event : dict of str to float
        Council's code → log of what its event pays at full stake, made fair.
    without_best : float
        What it would have won without the council whose event paid most: how much hangs on one council.
    """

    won: float
    events: int
    rounds: int
    by_event: dict[str, float]
    without_best: float

    @property
    def enough(self) -> bool:
        """Whether it suffices for the claim to be better."""
        return self.won >= NEEDED


def chances(ranks: np.ndarray) -> np.ndarray:
    """Return the chance each council has of being the next, from ranks alone (1 is the most at risk; ties share).

    A council without a rank (NaN) stands with the others of its kind below all that have one.
    """
    places = pd.Series(ranks, dtype=float).rank(method="average", na_option="bottom").to_numpy()
    weights = np.exp(STRENGTH * ndtri(1 - (places - 0.5) / len(places)))
    return np.asarray(weights / weights.sum())


def payoffs(ours: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    """Return what each council's event pays at full stake: the ratio of chances, bounded, then made fair."""
    ratio = np.clip(ours / theirs, 1 / CLIP, CLIP)
    return np.asarray(ratio / (theirs @ ratio))


def log_won(pays: np.ndarray, theirs: np.ndarray, struck: np.ndarray, stake: float) -> float:
    """Return the log of what one round multiplies the stake by.

    Parameters
    ----------
    pays : array
        From `payoffs`, a council at risk each.
    theirs : array
        The chances bet against.
    struck : array of bool
        Which councils had an event that day.
    stake : float
        The part staked.
    """
    held = 1 - stake + stake * pays
    count = int(struck.sum())
    fair = np.log(_sets(theirs, count)) - np.log(_sets(theirs * held, count))
    return float(np.log(held[struck]).sum() + fair)


def _sets(weights: np.ndarray, count: int) -> float:
    """Return the sum, over all sets of so many councils, of the product of their weights."""
    if count == 1:
        return float(weights.sum())
    found = np.zeros(count + 1)
    found[0] = 1.0
    for weight in weights:
        found[1:] += weight * found[:-1]
    return float(found[count])


def bet(ours: pd.Series, theirs: pd.Series, events: pd.Series, ends: pd.Series, *, stakes: np.ndarray = STAKES) -> Bet:
    """Bet one ranking against another, event after event.

    Parameters
    ----------
    ours, theirs : Series
        Code → rank, 1 the most at risk, of the councils at risk on the day of the list.
    events : Series
        Code → date of those that had an event since; codes without a rank of ours are none of this bet's.
    ends : Series
        Code → last day of councils that were abolished; they are at risk no longer after it.
    stakes : array
        See ``STAKES``.
    """
    won, by_event = _played(ours, theirs, events, ends, stakes)
    best = max(by_event, key=lambda code: by_event[code], default=None)
    others = ours.index != best
    without = _played(ours[others], theirs, events, ends, stakes)[0]
    return Bet(won, len(by_event), int(events.reindex(list(by_event)).nunique()), by_event, without)


def _played(
    ours: pd.Series, theirs: pd.Series, events: pd.Series, ends: pd.Series, stakes: np.ndarray
) -> tuple[float, dict[str, float]]:
    """Return what was won, and what each event paid."""
    came = events[events.index.isin(ours.index)].sort_values(kind="stable")
    logs = np.zeros(len(stakes))
    by_event: dict[str, float] = {}
    left = ours.index
    for day, one in came.groupby(came):
        left = left[~(ends.reindex(left) < day).to_numpy()]
        prices = chances(theirs.reindex(left).to_numpy(dtype=float))
        pays = payoffs(chances(ours.reindex(left).to_numpy(dtype=float)), prices)
        struck = left.isin(one.index)
        logs += [log_won(pays, prices, struck, float(stake)) for stake in stakes]
        by_event |= dict(zip(left[struck], np.log(pays[struck]).tolist(), strict=True))
        left = left[~struck]
    return float(np.exp(logs).mean()), by_event
