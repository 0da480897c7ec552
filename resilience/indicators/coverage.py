"""How much of each indicator there is, by class and year (docs/coverage.md)."""

from __future__ import annotations

import pandas as pd

from resilience.indicators.definitions import CLASSES, load_definitions
from resilience.years import outturn_year_of

_TITLES = {
    "UA": "Unitary authorities",
    "MD": "Metropolitan districts",
    "LB": "London boroughs",
    "SC": "Shire counties",
    "SD": "Shire districts",
}


def coverage(indicators: pd.DataFrame) -> pd.DataFrame:
    """Return the share of councils with a value.

    Parameters
    ----------
    indicators : DataFrame
        From ``compute_indicators``; rows built for successors are left out.

    Returns
    -------
    DataFrame
        Index ``indicator, class``, one column a year: the fraction of the councils in being that have a value.
        Only classes an indicator applies to.
    """
    rows = indicators[~indicators["built"].astype(bool)]
    definitions = load_definitions()
    names = [name for name in definitions if name in rows]
    keys = [rows["class"], rows["year"]]
    share = rows[names].notna().groupby(keys).mean().stack().unstack("year")
    share.index.names = ["class", "indicator"]
    wanted = [(kind, name) for name in names for kind in CLASSES if kind in definitions[name].classes]
    found = share.reindex(pd.MultiIndex.from_tuples(wanted, names=["class", "indicator"]))
    return found.swaplevel()


def render(indicators: pd.DataFrame) -> str:
    """Return the coverage of every indicator as Markdown, one table a class."""
    table = coverage(indicators)
    years = list(table.columns)
    header = "| indicator | " + " | ".join(outturn_year_of(year)[2:] for year in years) + " |"
    rule = "| --- |" + " ---: |" * len(years)
    parts = [
        "# Coverage of the indicators\n",
        "Generated from the shipped figures by `resilience.indicators.coverage`; do not edit.\n",
        "Per cent of the councils in being in the outturn year that have a value; `·` for none, `*` for all. "
        "Councils that did not return, and those with net revenue expenditure below £1m, have none. "
        "Empty cells before an indicator's first year are a line that the form did not have yet.\n",
    ]
    for kind in CLASSES:
        own = table.xs(kind, level="class")
        in_being = _in_being(indicators, kind).reindex(years).fillna(0).astype(int)
        counts = "| *councils in being* | " + " | ".join(str(n) for n in in_being) + " |"
        rows = [f"| {name} | " + " | ".join(map(_cell, values)) + " |" for name, values in _rows(own)]
        parts.append("\n".join([f"## {_TITLES[kind]}\n", header, rule, counts, *rows]) + "\n")
    return "\n".join(parts).rstrip("\n") + "\n"


def _rows(table: pd.DataFrame) -> list[tuple[str, list[float]]]:
    return [(str(name), list(values)) for name, values in zip(table.index, table.to_numpy(), strict=True)]


def _in_being(indicators: pd.DataFrame, kind: str) -> pd.Series:
    rows = indicators[~indicators["built"].astype(bool) & indicators["class"].eq(kind)]
    return rows.groupby("year").size()


def _cell(share: float) -> str:
    if not share > 0:
        return "·"
    return "*" if share == 1 else f"{min(max(share * 100, 1), 99):.0f}"
