"""Which lines each indicator reads: seen by letting its formula read, so that no second list can go out of date."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import pandas as pd

from resilience.indicators.compute import chosen
from resilience.indicators.definitions import load_definitions
from resilience.indicators.formulas import REGISTRY, Books

#: A row of no council, for the formulas to read.
_ROW = {
    "ons_code": "E00000000",
    "year": 2024,
    "class": "UA",
    "status": "returned",
    "source_kind": "original",
    "known_from": pd.Timestamp(2025, 1, 1),
    "flags": "",
    "built": False,
}


@dataclass
class _Watched(Books):
    """Books that remember which lines they were asked for; a line of another publication with its source."""

    read: dict[str, str] = field(default_factory=dict)

    def line(self, name: str) -> pd.Series:
        self.read.setdefault(name, "")
        return super().line(name)

    def companion(self, source: str, column: str) -> pd.Series:
        self.read.setdefault(column, source)
        return pd.Series(np.nan, index=self.frame.index)


def lines_read(switches: Mapping[str, bool] | None = None) -> Mapping[str, Mapping[str, str]]:
    """Return the lines that each indicator's formula reads.

    Parameters
    ----------
    switches : mapping of str to bool, optional
        Definitions other than the default ones, as `compute_indicators` takes them.

    Returns
    -------
    mapping of str to mapping of str to str
        Indicator → column → "" for a column of the panel, otherwise the publication (``companions.LOADERS``) whose
        table has it. Empty for what is seen from the row itself, such as whether there was a return.
    """
    return _read(tuple(chosen(switches).items()))


@lru_cache(maxsize=8)
def _read(switches: tuple[tuple[str, bool], ...]) -> Mapping[str, Mapping[str, str]]:
    found = {}
    for name in load_definitions():
        books = _Watched(pd.DataFrame([_ROW]), dict(switches))
        REGISTRY[name](books)
        found[name] = dict(books.read)
    return found
