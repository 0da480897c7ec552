"""A place: its councils side by side, and the pound across tiers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from resilience.analysis.place import AMOUNTS, Place, place
from resilience.formatting import day, percent, pounds
from resilience.model.scoring import ScoredDay
from resilience.report.plain import plain
from resilience.report.wording.general import CANNOT_SEE, SCORE_IS
from resilience.report.wording.place import HEADS, MEANINGS, sentences
from resilience.report.wording.standing import standing
from resilience.years import outturn_year_of

#: Digits after the point that figures for programs keep.
DIGITS = 6


def view(scored: ScoredDay, code: str) -> dict[str, Any]:
    """Return everything that is shown of a place.

    Parameters
    ----------
    scored : ScoredDay
    code : str
        A county, one of its districts, or a council of a single tier, by any code or name.

    Returns
    -------
    dict
        ``content`` (for programs), ``table`` (its councils, £ thousand) and the words of a report: ``title``,
        ``single``, ``heads``, ``councils``, ``total``, ``years``, ``stale``, ``gone``, ``services``,
        ``services_years``, ``sentences``, ``notes``.

    Raises
    ------
    DataError, UnknownCouncilError
        See ``analysis.place.place``.
    """
    one = place(code, run=scored)
    what = (
        "single tier: it provides all council services itself"
        if one.single
        else f"county and {len(one.councils) - 1} districts"
    )
    newest = {name: one.councils[f"{name}_year"].dropna().max() for name in AMOUNTS}
    councils = [_council(row, newest) for _, row in one.councils.iterrows()]
    gone = one.councils.index[one.councils["reserves"].isna()]
    return {
        "title": f"{one.name} ({what}), as of {day(scored.as_of)}",
        "single": one.single,
        "heads": list(HEADS.values()),
        "councils": councils,
        "total": [] if one.single else _amounts(*one.totals()),
        "years": ", ".join(f"{HEADS[n]} {outturn_year_of(int(y))}" for n, y in newest.items() if pd.notna(y)),
        "stale": any(row["stale"] for row in councils),
        "gone": ", ".join(one.councils.loc[gone, "council"]),
        "services": _services(one),
        "services_years": _span(sorted(set(one.services_year.values()))),
        "sentences": sentences(one),
        "notes": [MEANINGS, f"Chance: {SCORE_IS}.", CANNOT_SEE],
        "table": _table(one),
        "content": {"what": SCORE_IS, "as_of": str(scored.as_of), **record(one)},
    }


def older(row: pd.Series, newest: dict[str, float]) -> set[str]:
    """Return which of a council's amounts are of an earlier year than the newest of its place.

    Parameters
    ----------
    row : pandas.Series
        A row of ``Place.councils``; an amount that was not returned has no year, and is of no earlier one.
    newest : dict of str to float
        The newest year of each amount (by its first calendar year).
    """
    return {name for name, year in newest.items() if pd.notna(row[name]) and row[f"{name}_year"] < year}


def _council(row: pd.Series, newest: dict[str, float]) -> dict[str, Any]:
    """Return one council's amounts in words; a star marks those of an earlier year than the others'."""
    old = older(row, newest)
    cells = [
        f"{cell}*" if name in old else cell for name, cell in zip(AMOUNTS, _amounts(*row[list(AMOUNTS)]), strict=True)
    ]
    return {"council": row["council"], "amounts": cells, "standing": standing(row), "stale": bool(old)}


def _amounts(*amounts: float) -> list[str]:
    return ["–" if np.isnan(amount) else pounds(amount) for amount in amounts]


def _services(one: Place) -> list[dict[str, str]]:
    """Return where the pound is spent, a row a service: ``county``, ``districts``, ``together`` and ``share``."""
    table = one.services
    total = table.sum(axis=1, min_count=1)
    county, districts, every = table.iloc[:, 0], table.iloc[:, 1:].sum(axis=1, min_count=1), total.sum()
    heads = ("county", "districts", "together")
    rows = [
        {
            "name": str(name),
            **dict(zip(heads, _amounts(county[name], districts[name], total[name]), strict=True)),
            "share": percent(total[name] / every, 0),
        }
        for name in table.index
        if not np.isnan(total[name])
    ]
    if one.single:
        return rows
    sums = dict(zip(heads, _amounts(county.sum(), districts.sum(), every), strict=True))
    return [*rows, {"name": "Together", **sums, "share": "100%"}]


def _span(years: list[int]) -> str:
    if not years:
        return ""
    return outturn_year_of(years[-1]) + (f" (some {outturn_year_of(years[0])})" if len(years) > 1 else "")


def _table(one: Place) -> dict[str, Any]:
    table = one.councils.assign(event_date=pd.to_datetime(one.councils["event_date"])).reset_index()
    return {"columns": list(table.columns), "rows": plain(table.to_numpy(dtype=object).tolist())}


def record(one: Place) -> dict[str, Any]:
    """Return a place for programs."""
    rows = one.councils.assign(event_date=pd.to_datetime(one.councils["event_date"]).dt.strftime("%Y-%m-%d"))
    content = {
        "name": one.name,
        "single_tier": one.single,
        "unit": "£ thousand",
        "councils": rows.reset_index().to_dict("records"),
        "totals": one.totals().to_dict(),
        "services": {name: one.services.loc[name].to_dict() for name in one.services.index},
        "services_year": one.services_year,
    }
    result: dict[str, Any] = plain(content, DIGITS)
    return result
