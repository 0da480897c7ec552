"""What release 0.1.0 said each 1 January, kept as it said it: its log-odds by council, and its own record.

Both were written from its commit by ``python -m benchmarks.first_release predictions``. It was trained on the register
of its day, which has been corrected since, and knew no event after 31 December 2025.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from resilience.backtest.masks import NONE, Mask

COMMIT = "7853f54"
NAME = "0.1.0"
#: The measures that comparisons are made on.
MEASURES = ("auc", "auc_upper_tier", "recall_at_30")


def predictions_path() -> Path:
    """Return where 0.1.0's log-odds are kept."""
    return Path(__file__).with_name("release_0_1_0.csv")


@lru_cache(maxsize=1)
def own_record() -> dict[str, Any]:
    """Return the pooled figures of 0.1.0's own ``docs/record.json``, with the commit and checksum of that file."""
    found: dict[str, Any] = json.loads(predictions_path().with_suffix(".json").read_text("utf-8"))
    return found


@lru_cache(maxsize=1)
def predictions() -> pd.DataFrame:
    """Return 0.1.0's log-odds: index origin and ``ons_code``, one column a mask of ``masks.MASKS``."""
    return pd.read_csv(predictions_path(), parse_dates=["origin"]).set_index(["origin", "ons_code"])


def beside(rows: pd.DataFrame, mask: Mask = NONE) -> pd.Series:
    """Return 0.1.0's log-odds for rows of the back test's predictions; a council that it did not score comes last.

    Parameters
    ----------
    rows : DataFrame
        With ``origin`` and ``ons_code``.
    mask : Mask
        One of ``masks.MASKS``.
    """
    found = predictions()[mask.name].reindex(pd.MultiIndex.from_frame(rows[["origin", "ons_code"]]))
    found.index = rows.index
    return found.fillna(predictions()[mask.name].min() - 1)


def figures_of(found: dict[str, dict[str, Any]]) -> dict[str, float]:
    """Return the values of the measures compared, without their intervals."""
    return {measure: found[measure]["value"] for measure in MEASURES}
