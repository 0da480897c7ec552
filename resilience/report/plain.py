"""Plain values, of which every view is made: numpy's numbers made Python's, what is missing made None."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd


def plain(thing: Any, digits: int | None = None) -> Any:
    """Make a value fit for JSON, those within mappings and lists too.

    Parameters
    ----------
    thing : object
    digits : int, optional
        Digits after the point that a fraction keeps; by default all.
    """
    if isinstance(thing, dict):
        return {str(name): plain(one, digits) for name, one in thing.items()}
    if isinstance(thing, list | tuple):
        return [plain(one, digits) for one in thing]
    if thing is None or pd.isna(thing):
        return None
    if isinstance(thing, pd.Timestamp):
        return str(thing.date())
    if isinstance(thing, date):
        return thing.isoformat()
    if isinstance(thing, np.generic):
        thing = thing.item()
    return round(thing, digits) if isinstance(thing, float) and digits is not None else thing
