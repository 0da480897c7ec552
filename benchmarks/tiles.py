"""The positions of the tile map, laid out once: ``python -m benchmarks.tiles uk_local_authorities_current.csv``.

Each council in being gets the hexagon of a grid that is nearest to it, as near as all of a layer can be together: the
assignment with the least sum of squared distances. One layer holds unitaries, boroughs, metropolitan districts and
counties, the other the districts, so that each covers the country once. The grid references are those of mySociety's
register (CC BY 4.0); a county stands in the middle of its districts, for the register's references of counties are
partly of elsewhere (Gloucestershire in Buckinghamshire, Devon in the sea). Drawn up anew when councils come into being.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment

from resilience.councils.register import load_councils, named
from resilience.files import write_atomically
from resilience.report.views.map import COLUMNS, LAYERS, ROW_HEIGHT, TILES

#: How far the middles of two hexagons of a layer are apart, in metres: about the land there is a council.
PITCH = {"upper": 27_000.0, "districts": 22_000.0}
#: How many hexagons the grid goes on beyond the outermost council.
MARGIN = 3


def layout(points: pd.DataFrame, pitch: float) -> pd.DataFrame:
    """Return the hexagon of each council.

    Parameters
    ----------
    points : DataFrame
        Columns ``x`` and ``y``, metres east and north, one row a council.
    pitch : float
        How far the middles of two hexagons in a row are apart, in metres.

    Returns
    -------
    DataFrame
        Columns ``column`` and ``row``, rows counted from the north; rows of odd number stand half a hexagon further
        east. Index as given.
    """
    east = (points["x"].to_numpy() - points["x"].min()) / pitch
    south = (points["y"].max() - points["y"].to_numpy()) / pitch
    columns = np.arange(-MARGIN, int(east.max()) + MARGIN + 1)
    rows = np.arange(-MARGIN, int(south.max() / ROW_HEIGHT) + MARGIN + 1)
    column, row = (grid.ravel() for grid in np.meshgrid(columns, rows))
    across, down = column + (row % 2) / 2, row * ROW_HEIGHT
    distance = (east[:, None] - across) ** 2 + (south[:, None] - down) ** 2
    _, chosen = linear_sum_assignment(distance)
    found = pd.DataFrame({"column": column[chosen], "row": row[chosen]}, index=points.index)
    # From nought, by an even number of rows, for odd rows stand to the east.
    found["row"] -= found["row"].min() // 2 * 2
    found["column"] -= found["column"].min()
    return found


def points(register: Path) -> pd.DataFrame:
    """Return the councils in being with the grid references of mySociety's register, by ONS code."""
    listed = pd.read_csv(register, dtype=str, keep_default_na=False)
    listed = listed[(listed["nation"] == "England") & (listed["x"] != "")]
    of_code: dict[str, tuple[float, float]] = {}
    for code, x, y in zip(listed["gss-code"], listed["x"], listed["y"], strict=True):
        of_code |= dict.fromkeys(named(code), (float(x), float(y)))
    councils = load_councils().set_index("ons_code")
    living = councils[councils["end_date"] == ""]
    found = pd.DataFrame([of_code[code] for code in living.index], index=living.index, columns=["x", "y"])
    for county in living.index[living["class"] == "SC"]:
        found.loc[county] = found[living["county"] == county].mean()
    return living.join(found)


def main(register: Path) -> None:
    """Lay out both layers and write their positions."""
    living = points(register)
    found = []
    for layer, (_, classes) in LAYERS.items():
        chosen = living[living["class"].isin(classes)]
        found.append(chosen.assign(layer=layer).join(layout(chosen, PITCH[layer])))
    table = pd.concat(found).reset_index()
    table[["x", "y"]] = table[["x", "y"]].round().astype(int)
    write_atomically(TILES, table[list(COLUMNS)].to_csv(index=False, lineterminator="\n"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
