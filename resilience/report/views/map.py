"""The tile map: one hexagon a council, by band; unitaries, boroughs and counties on one layer, districts on another."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from resilience.backtest.track_record import track_record
from resilience.formatting import day, ordinal
from resilience.model.bands import NAMES
from resilience.model.risk_set import AT_RISK, EVENT_ALREADY
from resilience.model.scoring import ScoredDay
from resilience.report.views.address import Address
from resilience.report.wording import bands as wording

#: Where each council's hexagon is, written by ``python -m benchmarks.tiles``.
TILES = Path(__file__).parents[1] / "tiles.csv"
COLUMNS = ("layer", "ons_code", "council", "column", "row", "x", "y")
#: Layer → what it is called and the classes on it.
LAYERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "upper": ("Unitaries, boroughs, metropolitan districts and counties", ("UA", "MD", "LB", "SC")),
    "districts": ("Districts", ("SD",)),
}
#: How far rows of hexagons are apart, where two in a row are 1 apart.
ROW_HEIGHT = 3**0.5 / 2
#: How wide a hexagon is drawn.
WIDTH = 40
NOT_SCORED = "not scored"
_LETTERS = 4
#: Words of names that tell councils apart less than what follows them.
_COMMON = ("North ", "South ", "East ", "West ", "City of ", "Mid ", "New ")


@cache
def _tiles() -> pd.DataFrame:
    return pd.read_csv(TILES)


def load_tiles() -> pd.DataFrame:
    """Return the hexagons: ``layer``, ``ons_code``, ``council``, ``column``, ``row``, and the grid reference ``x, y``.

    Rows count from the north, and those of odd number stand half a hexagon further east.
    """
    return _tiles().copy()


def view(scored: ScoredDay, address: Address) -> dict[str, Any]:
    """Return everything the map shows.

    Parameters
    ----------
    scored : ScoredDay
    address : callable
        From a council's code to its page.
    """
    councils = {
        str(code): _council(str(code), row, address)
        for code, row in zip(scored.table.index, scored.table.to_dict("records"), strict=True)
    }
    tiles = load_tiles()
    tiles = tiles[tiles["ons_code"].isin(list(councils))]
    return {
        "as_of": scored.as_of,
        "horizon_months": scored.model.horizon,
        "layers": [
            _layer(name, title, [one for one in councils.values() if one["class"] in classes], tiles)
            for name, (title, classes) in LAYERS.items()
        ],
        "legend": _legend(scored, list(councils.values())),
        "every_band": wording.every_band(track_record(scored), scored.model.horizon),
    }


def _council(code: str, row: Mapping[str, Any], address: Address) -> dict[str, Any]:
    name = str(row["council"])
    one = {"ons_code": code, "council": name, "class": row["class"], "href": address(code), "rank": None}
    if row["status"] == AT_RISK:
        place = int(row["rank"])
        said = f"ranked {ordinal(place)}, {row['band']}"
        return {**one, "rank": place, "kind": row["band"], "said": f"{name}: {said}", "order": [0, place, name]}
    if row["status"] == EVENT_ALREADY:
        said = f"event already, {day(row['event_date'])}"
        return {**one, "kind": EVENT_ALREADY, "said": f"{name}: {said}", "order": [1, 0, name]}
    return {**one, "kind": NOT_SCORED, "said": f"{name}: {NOT_SCORED}", "order": [2, 0, name]}


def _layer(name: str, title: str, councils: list[dict[str, Any]], tiles: pd.DataFrame) -> dict[str, Any]:
    """Return a layer: its size, its councils by rank, and its hexagons from the north-west, as they are tabbed."""
    of_layer = tiles[tiles["layer"] == name].sort_values(["row", "column"])
    by_code = {one["ons_code"]: one for one in councils}
    drawn = [
        {
            **by_code[str(tile["ons_code"])],
            "x": round((tile["column"] + tile["row"] % 2 / 2 + 0.5) * WIDTH),
            "y": round((tile["row"] * ROW_HEIGHT + 0.6) * WIDTH),
            "label": _label(by_code[str(tile["ons_code"])]["council"]),
        }
        for tile in of_layer.to_dict("records")
        if tile["ons_code"] in by_code
    ]
    return {
        "name": name,
        "title": title,
        "councils": sorted(councils, key=lambda one: one["order"]),
        "tiles": drawn,
        "width": max((one["x"] for one in drawn), default=0) + WIDTH // 2 + 2,
        "height": max((one["y"] for one in drawn), default=0) + round(WIDTH * 0.6) + 2,
    }


def _label(name: str) -> str:
    """Shorten a name to what fits a hexagon: "Croydon" → "Croy", "North Devon" → "NDev"."""
    for word in _COMMON:
        if name.startswith(word):
            return word[0] + name.removeprefix(word).replace(" ", "")[: _LETTERS - 1]
    return name.replace(" ", "").replace("'", "")[:_LETTERS]


def _legend(scored: ScoredDay, councils: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return each kind of hexagon with how many councils are of it and what followed for past councils in the band."""
    record = track_record(scored)
    return [
        {
            "name": name,
            "councils": sum(one["kind"] == name for one in councils),
            "events": found.events if found else None,
            "of": found.councils if found else None,
            "share": wording.share(found) if found else "",
        }
        for name in (*NAMES, EVENT_ALREADY, NOT_SCORED)
        for found in [record.of(name)]
    ]
