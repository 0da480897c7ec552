"""A council's history carried across reorganisation.

A successor's earlier years are its predecessors' amounts added up. Where a county was split, each successor
takes the share that its districts had of all the county's districts' net revenue expenditure that year.
Every row so made says so (`built`) and of what (`built_from`); a missing figure stays missing.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from resilience.councils.register import load_councils, resolve
from resilience.errors import DataError
from resilience.years import outturn_year_of

WEIGHT = "rs_netrevexp_net_exp"
_WORST_FIRST = ("not returned", "partial", "returned")

Successor = Mapping[str, Any]


@cache
def reorganisations() -> tuple[dict[str, Any], ...]:
    """Return the reorganisations of reorganisations.toml, oldest first (see that file for their keys)."""
    text = Path(__file__).with_name("reorganisations.toml").read_text(encoding="utf-8")
    return tuple(sorted(tomllib.loads(text)["reorganisation"], key=lambda each: each["date"]))


def _successors() -> Iterator[tuple[Mapping[str, Any], Successor]]:
    for reorganisation in reorganisations():
        for successor in reorganisation["successor"]:
            yield reorganisation, successor


def _members(successor: Successor) -> tuple[str, ...]:
    return (*successor["whole"], *([successor["part_of"]] if "part_of" in successor else []))


def predecessors_of(code: str) -> tuple[str, ...]:
    """Return the councils that a council directly took over, wholly or in part (none: an empty tuple)."""
    own = resolve(code)
    return tuple(before for _, one in _successors() if one["ons_code"] == own for before in _members(one))


def successors_of(code: str) -> tuple[str, ...]:
    """Return the councils that directly took over a council or a part of it (none: an empty tuple)."""
    own = resolve(code)
    return tuple(one["ons_code"] for _, one in _successors() if own in _members(one))


def lineage_of(code: str) -> tuple[str, ...]:
    """Return every council in a council's ancestry, the nearest generation first, without itself."""
    found: dict[str, None] = {}
    generation = predecessors_of(code)
    while generation:
        found |= dict.fromkeys(generation)
        generation = tuple(older for one in generation for older in predecessors_of(one))
    return tuple(found)


def county_share(weights: Mapping[str, float], successor: str) -> float:
    """Return the part of a split county that falls to a successor.

    Parameters
    ----------
    weights : mapping
        Net revenue expenditure in one year by district code. All of the county's districts are needed.
    successor : str
        The successor's code.

    Returns
    -------
    float
        Between 0 and 1; NaN where a district's figure is missing or they do not add up to more than nothing.

    Raises
    ------
    DataError
        If the successor took over no part of a split county.
    """
    for reorganisation, one in _successors():
        if one["ons_code"] == successor and "part_of" in one:
            return _share(weights, reorganisation, one)
    raise DataError(f"{successor} took over no part of a split county; give the code of a council that did.")


def _share(weights: Mapping[str, float], reorganisation: Mapping[str, Any], successor: Successor) -> float:
    county = successor["part_of"]
    sharing = [one for one in reorganisation["successor"] if one.get("part_of") == county]
    total = sum(weights.get(district, math.nan) for one in sharing for district in one["by"])
    own = sum(weights.get(district, math.nan) for district in successor["by"])
    return own / total if total > 0 else math.nan


class _History:
    """The amounts and particulars of every council and year, published or built so far."""

    def __init__(self, panel: pd.DataFrame, amounts: Sequence[str]) -> None:
        self.amounts = list(amounts)
        self.values: dict[tuple[str, int], np.ndarray] = {}
        self.facts: dict[tuple[str, int], dict[str, Any]] = {}
        self.parts: dict[tuple[str, int], dict[str, float]] = {}
        facts = [name for name in panel.columns if name in _CARRIED]
        matrix = panel[self.amounts].to_numpy(dtype=float)
        for at, (row, code, year) in enumerate(
            zip(panel[facts].to_dict("records"), panel["ons_code"], panel["year"], strict=True)
        ):
            key = (str(code), int(year))
            if key in self.values:
                when = outturn_year_of(int(year))
                raise DataError(f"The panel holds {code} twice in {when}; keep one row a council and year.")
            self.values[key], self.facts[key], self.parts[key] = matrix[at], row, {str(code): 1.0}
        self.years = sorted({year for _, year in self.values})
        self.built: list[tuple[str, int]] = []

    def build(self, reorganisation: Mapping[str, Any], successor: Successor, weight: str) -> None:
        code = successor["ons_code"]
        for year in self.years:
            members = [(member, year) for member in _members(successor)]
            before = year <= reorganisation["date"].year
            if not before or (code, year) in self.values or not all(one in self.values for one in members):
                continue
            shares = dict.fromkeys(members, 1.0)
            if "part_of" in successor:
                shares[successor["part_of"], year] = self._share(reorganisation, successor, year, weight)
            key = (code, year)
            self.values[key] = sum(
                (share * self.values[one] for one, share in shares.items()), np.zeros(len(self.amounts))
            )
            self.parts[key] = {
                origin: share * part for one, share in shares.items() for origin, part in self.parts[one].items()
            }
            self.facts[key] = {
                name: carry([self.facts[one][name] for one in members])
                for name, carry in _CARRIED.items()
                if name in self.facts[members[0]]
            }
            self.built.append(key)

    def _share(self, reorganisation: Mapping[str, Any], successor: Successor, year: int, weight: str) -> float:
        if weight not in self.amounts:
            raise DataError(
                f"The panel lacks the amount column {weight}, by which {successor['part_of']} is split over "
                "its successors; add it or name another."
            )
        at = self.amounts.index(weight)
        weights = {code: float(values[at]) for (code, one), values in self.values.items() if one == year}
        return _share(weights, reorganisation, successor)


def _union(texts: Sequence[Any]) -> str:
    parts = [part.strip() for text in texts if isinstance(text, str) for part in text.split(";")]
    return ";".join(dict.fromkeys(filter(None, parts)))


def _worst_status(texts: Sequence[Any]) -> Any:
    return next((status for status in _WORST_FIRST if status in texts), texts[0])


def _latest(days: Sequence[Any]) -> Any:
    return max((day for day in days if not pd.isna(day) and day != ""), default=days[0])


# How each column that is no amount passes from the predecessors to the row built of them.
_CARRIED = {
    "outturn_year": lambda all_: all_[0],
    "source_kind": lambda all_: next((kind for kind in ("interim", "transcribed") if kind in all_), all_[0]),
    "source_file": _union,
    "known_from": _latest,
    "status": _worst_status,
    "flags": lambda all_: _union([*all_, "built"]),
}


def _written(parts: Mapping[str, float]) -> str:
    return ";".join(code if share == 1 else f"{code}*{share:.4f}" for code, share in parts.items())


def with_lineage(
    panel: pd.DataFrame,
    councils: pd.DataFrame | None = None,
    *,
    amounts: Sequence[str] | None = None,
    weight: str = WEIGHT,
) -> pd.DataFrame:
    """Add to the panel, for each successor council, rows for the years before its start.

    Parameters
    ----------
    panel : DataFrame
        Published rows, one a council and year, with `ons_code` and `year` at least (docs/architecture.md).
        Rows built by an earlier call are dropped and built anew.
    councils : DataFrame, optional
        The table of `resilience.councils.load_councils`, the default.
    amounts : sequence of str, optional
        The columns that may be added up; by default every numeric column other than `year`. Name them where
        the panel holds rates or shares: columns left out are missing in built rows.
    weight : str
        The amount by which a split county is shared out.

    Returns
    -------
    DataFrame
        The panel's columns with `built` (bool) and `built_from` ("E07000026;E10000006*0.4812": codes of
        published rows with their weights where not whole; "" in published rows), sorted by code and year.
        An amount is missing where any predecessor's is, and every amount where a weight is. A year for which
        a predecessor has no row at all is not built.

    Raises
    ------
    DataError
        If a council has two rows in one year, or a county must be split and the weight is not there.
    """
    for name in ("ons_code", "year"):
        if name not in panel.columns:
            raise DataError(f"The panel lacks the column {name}; see docs/architecture.md for its columns.")
    if "built" in panel.columns:
        panel = panel[~panel["built"].astype(bool)].drop(columns=["built", "built_from"], errors="ignore")
    if amounts is None:
        numeric = panel.select_dtypes(include="number").columns
        amounts = [name for name in numeric if name != "year"]
    history = _History(panel, amounts)
    for reorganisation, successor in _successors():
        history.build(reorganisation, successor, weight)

    table = (load_councils() if councils is None else councils).set_index("ons_code")
    rows: list[dict[str, Any]] = []
    for code, year in history.built:
        own = table.loc[code, ["ecode", "council", "class", "region"]].to_dict()
        rows.append(
            {
                **own,
                **history.facts[code, year],
                **dict(zip(history.amounts, history.values[code, year], strict=True)),
                **{"ons_code": code, "year": year, "built": True},
                "built_from": _written(history.parts[code, year]),
            }
        )
    published = panel.assign(built=False, built_from="")
    if not rows:
        return published.sort_values(["ons_code", "year"], ignore_index=True)
    built = pd.DataFrame(rows).reindex(columns=published.columns)
    return pd.concat([published, built]).sort_values(["ons_code", "year"], ignore_index=True)
