"""Statistical neighbours: the councils most like one, from published characteristics and nothing else.

Councils are compared within four groups, as the duties and the books differ in kind: unitary authorities and
metropolitan districts together, London boroughs, shire counties, shire districts. Each characteristic is put on a
robust scale (distance from the group's median over its interquartile range / 1.349); neighbours are those with the
least weighted Euclidean distance. Region plays no part. The weights are round numbers set before any comparison with
another body's sets: each of the six themes counts about once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from resilience.analysis.characteristics import WEIGHTS, characteristics, known_by
from resilience.councils import council, resolve
from resilience.errors import DataError, UnknownCouncilError
from resilience.indicators.comparisons import UNLIKE_OTHERS
from resilience.indicators.definitions import load_definitions
from resilience.method import run as run_pipeline
from resilience.model.scoring import ScoredDay

NEIGHBOURS = 15
#: A council stands alone if its neighbours are on average this many times as far away as the group's usually are.
ALONE = 2.5
#: What comes from a single year's books counts as at most this far from the group's median; the place itself does not.
CUT = 3.0
PLACE = ("size: residents", "urbanity: residents a km²", "deprivation: score", "deprivation: extent")


@dataclass(frozen=True)
class Neighbour:
    """One neighbour; ``distance`` is in the group's robust standard deviations."""

    ons_code: str
    council: str
    class_: str
    distance: float


def _scaled(group: pd.DataFrame) -> pd.DataFrame:
    """Put a group's characteristics on the robust scale, times the root of the weight; missing counts as typical."""
    names = [name for name in WEIGHTS if group[name].notna().any()]
    values = group[names]
    spread = (values.quantile(0.75) - values.quantile(0.25)) / 1.349
    z = (values - values.median()) / spread.where(spread > 0)
    # One odd line of a year (a toll bridge, a land sale) must not set a council apart from those it is like.
    flows = [name for name in names if name not in PLACE]
    z[flows] = z[flows].clip(-CUT, CUT)
    return z.fillna(0.0) * np.sqrt([WEIGHTS[name] for name in names])


@lru_cache(maxsize=16)
def neighbour_table(year: int | None = None, k: int = NEIGHBOURS, deprivation: bool = True) -> pd.DataFrame:
    """Return every council's neighbours.

    Parameters
    ----------
    year : int, optional
        See `characteristics`.
    k : int
        How many.
    deprivation : bool
        See `characteristics`.

    Returns
    -------
    DataFrame
        ``ons_code, council, class, rank, neighbour, neighbour_council, distance, alone`` (bool: its neighbours are so
        far off that they say little), ordered by council and rank.
    """
    table = characteristics(year, deprivation)
    parts = []
    for _, group in table.groupby("group"):
        points = _scaled(group).to_numpy()
        apart = np.sqrt(((points[:, None, :] - points[None, :, :]) ** 2).sum(axis=2))
        np.fill_diagonal(apart, np.inf)
        apart[:, group.index.isin(UNLIKE_OTHERS)] = np.inf
        order = np.argsort(apart, axis=1, kind="stable")[:, : min(k, len(group) - 2)]
        near = np.take_along_axis(apart, order, axis=1)
        usual = np.take_along_axis(apart, np.argsort(apart, axis=1)[:, :NEIGHBOURS], axis=1).mean(axis=1)
        alone = usual > ALONE * np.median(usual)
        width = order.shape[1]
        parts.append(
            pd.DataFrame(
                {
                    "ons_code": np.repeat(group.index, width),
                    "council": np.repeat(group["council"].to_numpy(), width),
                    "class": np.repeat(group["class"].to_numpy(), width),
                    "rank": np.tile(np.arange(1, width + 1), len(group)),
                    "neighbour": group.index.to_numpy()[order.ravel()],
                    "neighbour_council": group["council"].to_numpy()[order.ravel()],
                    "distance": near.ravel(),
                    "alone": np.repeat(alone, width),
                }
            )
        )
    return pd.concat(parts).sort_values(["ons_code", "rank"], ignore_index=True)


def neighbours(code: str, *, k: int = NEIGHBOURS, year: int | None = None, deprivation: bool = True) -> list[Neighbour]:
    """Return a council's nearest neighbours, the nearest first.

    Parameters
    ----------
    code : str
        A living council, by any code or name.
    k : int
        How many.
    year, deprivation : int, bool, optional
        See `characteristics`.

    Raises
    ------
    DataError
        If the council has been abolished, or has no return to compare by.
    UnknownCouncilError
        If no council is known by that code or name.
    """
    rows = _own(code, neighbour_table(year, k, deprivation))
    classes = characteristics(year, deprivation)["class"]
    return [
        Neighbour(row.neighbour, row.neighbour_council, classes[row.neighbour], float(row.distance))
        for row in rows.itertuples()
    ]


def neighbours_on(run: ScoredDay, code: str, *, k: int = NEIGHBOURS) -> list[Neighbour]:
    """Return a council's nearest neighbours as known on a run's day, among the councils in being then.

    Raises
    ------
    DataError
        If the council was not in being, or is no more today: characteristics are kept for living councils.
    """
    own = resolve(code)
    if own not in run.table.index and not council(own).end_date:
        raise DataError(f"{council(own).council} did not exist on {run.as_of}; choose a later date.")
    year, deprivation = known_by(run)
    near = neighbours(own, k=len(characteristics(year, deprivation)), year=year, deprivation=deprivation)
    return [one for one in near if one.ons_code in run.table.index][:k]


def stands_alone(code: str, *, run: ScoredDay | None = None) -> bool:
    """Say whether a council's neighbours are too far off to say much (City of London, Isles of Scilly).

    As known on a scored day where one is given, otherwise by the newest figures.
    """
    table = neighbour_table() if run is None else neighbour_table(known_by(run)[0], deprivation=known_by(run)[1])
    return bool(_own(code, table)["alone"].iloc[0])


def _own(code: str, table: pd.DataFrame) -> pd.DataFrame:
    own = resolve(code)
    rows = table[table["ons_code"] == own]
    if rows.empty:
        one = council(own)
        after = " and ".join(council(code).council for code in one.successors)
        why = f"was abolished on {one.end_date}; ask for {after}" if one.end_date else "has no complete return by then"
        raise DataError(f"No peers for {one.council}: it {why}.")
    return rows


def compare(code: str, *, run: ScoredDay | None = None, k: int = NEIGHBOURS) -> pd.DataFrame:
    """Return a council and its neighbours side by side on every indicator.

    Parameters
    ----------
    code : str
        See `neighbours`.
    run : ScoredDay, optional
        By default today's; the figures are those known on its day, each council's own last ones.
    k : int

    Returns
    -------
    DataFrame
        Index indicator, in the dictionary's order; ``label``, ``unit``, ``worse``, ``own``, ``lowest``, ``median``
        and ``highest`` of the neighbours, ``position`` (1 is the lowest figure among council and neighbours with
        one) and ``of``, then one column a neighbour's code, the nearest first. Indicators that nobody has are left
        out.
    """
    own = resolve(code)
    day = run_pipeline(intervals=False) if run is None else run
    near = [one.ons_code for one in neighbours_on(day, own, k=k)]
    scores = day.table
    definitions = load_definitions()
    names = [name for name in definitions if name in scores.columns]
    values = scores.loc[[own, *near], names].T.astype(float)
    values = values[values.notna().any(axis=1)]
    others = values[near]
    known = values.notna()
    smaller = (values.lt(values[own], axis=0) & known).sum(axis=1)
    facts = pd.DataFrame(
        {
            "label": [definitions[name].label for name in values.index],
            "unit": [definitions[name].unit for name in values.index],
            "worse": [definitions[name].worse for name in values.index],
            "own": values[own],
            "lowest": others.min(axis=1),
            "median": others.median(axis=1),
            "highest": others.max(axis=1),
            "position": (smaller + 1).where(values[own].notna()).astype("Int64"),
            "of": known.sum(axis=1),
        }
    )
    result = pd.concat([facts, others], axis=1)
    result.index.name = "indicator"
    return result


def agreement(theirs: Mapping[str, Sequence[str]], *, k: int = NEIGHBOURS) -> pd.DataFrame:
    """Compare these neighbours with another body's sets.

    Parameters
    ----------
    theirs : mapping
        Code → neighbours' codes, the council itself among them or not. Councils unknown here, abolished or without a
        set are left out.
    k : int

    Returns
    -------
    DataFrame
        One row a group and one for all: ``councils``, ``overlap`` (mean number of ours that are among theirs),
        ``chance`` (what as many drawn from the group at random would reach), ``most`` (what can be reached at all)
        and ``beyond_chance`` (the part of the way from chance to the most that is reached).
    """
    table, ours = characteristics(), neighbour_table(k=k)
    sets = ours.groupby("ons_code")["neighbour"].agg(set)
    rows = []
    for given, members in theirs.items():
        try:
            own = resolve(given)
        except UnknownCouncilError:
            continue
        group = table.index[table["group"] == table["group"].get(own)]
        wanted = {resolve(one) for one in members if one != given} & set(group) - {own}
        if wanted:
            mine = sets[own]
            chance = len(mine) * len(wanted) / (len(group) - 1)
            rows.append((table.at[own, "group"], len(mine & wanted), chance, min(len(mine), len(wanted))))
    frame = pd.DataFrame(rows, columns=["group", "overlap", "chance", "most"])
    every = pd.concat([frame, frame.assign(group="all")])
    result = every.groupby("group", sort=False).mean()
    result.insert(0, "councils", every.groupby("group", sort=False).size())
    result["beyond_chance"] = (result["overlap"] - result["chance"]) / (result["most"] - result["chance"])
    return result
