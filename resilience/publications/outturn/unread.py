"""Figures that stand in a publication but could not be read; "not returned" is what only the publisher says."""

from __future__ import annotations

import pandas as pd

from resilience.publications.outturn.sheets import NOT_RETURNED


def is_unread(lines: pd.DataFrame) -> pd.Series:
    """Say of each tidy line whether something stood there that is neither a number nor a mark for "not returned"."""
    texts = lines["text"].astype(object)
    kinds = {text: not NOT_RETURNED.fullmatch(str(text).strip()) for text in texts.dropna().unique()}
    return texts.map(kinds).eq(True)


def unread_figures(lines: pd.DataFrame) -> tuple[str, ...]:
    """Return the principal councils with figures that could not be read, by name, each with an example.

    Parameters
    ----------
    lines : DataFrame
        Tidy lines of one publication.
    """
    found = lines[is_unread(lines).to_numpy() & lines["class"].ne("O").to_numpy()]
    told = []
    for (year, _), rows in found.groupby(["outturn_year", "ecode"], observed=True, sort=False):
        first = rows.iloc[0]
        text = str(first["text"])
        if text.startswith("not read: "):
            told.append(f"{first['council']} {year} ({text.removeprefix('not read: ')})")
        else:
            several = f"{len(rows)} figures, the first " if len(rows) > 1 else ""
            told.append(f"{first['council']} {year} ({several}'{text[:40]}' at {first['cell']})")
    return tuple(told)
