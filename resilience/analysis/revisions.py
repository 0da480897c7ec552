"""What a revision of the figures does to the chances."""

from __future__ import annotations

import pandas as pd

from resilience import method

#: The least difference of a chance that is worth showing.
LEAST = 0.005


def moved(ours: pd.DataFrame, theirs: pd.DataFrame) -> pd.DataFrame:
    """Return whose chance today moves when one panel is put in the place of another, the largest move first.

    Parameters
    ----------
    ours, theirs : DataFrame
        Panels, from ``load_panel``.

    Returns
    -------
    DataFrame
        Index ``ons_code``; ``council, shipped, other, change``, of at least half a point.
    """
    before, after = (method.run(panel=one, intervals=False).table for one in (ours, theirs))
    table = pd.DataFrame({"council": before["council"], "shipped": before["risk"], "other": after["risk"]}).dropna()
    table["change"] = table["other"] - table["shipped"]
    return table[table["change"].abs() >= LEAST].sort_values("change", key=abs, ascending=False)
