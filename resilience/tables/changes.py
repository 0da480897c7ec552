"""Whose figures does a build change? No figure moves in silence: every council whose figures differ is told by name.

A year that is in the tables already is compared with them, line by line. Of a year that is new, each council is told
whose figures the checks flag, or that moved from the year before beyond what councils' figures do.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from resilience.formatting import counted, number
from resilience.publications.lines import load_lines
from resilience.tables.alarms import SCATTER, beyond_unadjusted
from resilience.tables.checks import CORE, MEANING
from resilience.years import outturn_year_of, year_of

_SHOWN = 25  # with their figures; of the others the name alone
_SILENT = ("second_hand", "built", "not_certified")  # said elsewhere, and nothing that a figure does
_FIVEFOLD = 5.0
#: Lines that a score rests on beside those that keep their size from year to year.
_ALSO = (
    "rs_intinvinc_net_exp",
    "rs_inctma_net_exp",
    "rs_incnontma_net_exp",
    "rs_caprecflex_net_exp",
    "rs_cera_net_exp",
)
_OF_SPENDING = 0.03


def changes(panel: pd.DataFrame, before: pd.DataFrame | None, years: Iterable[str]) -> list[str]:
    """Return what a build changes, one sentence a year and kind, with every council by name.

    Parameters
    ----------
    panel : DataFrame
        As built.
    before : DataFrame or None
        The panel that was there.
    years : iterable of str
        The outturn years that were read.
    """
    told: list[str] = []
    for year in sorted(set(years)):
        old = None if before is None else before[before["outturn_year"] == year].set_index("ons_code")
        rows = panel[panel["outturn_year"] == year].set_index("ons_code")
        if old is not None and len(old):
            told += _differences(rows, old, year)
        if old is None or not old["source_kind"].eq("original").any():
            told += _new_year(panel, rows, year)
    return told


def _differences(rows: pd.DataFrame, old: pd.DataFrame, year: str) -> list[str]:
    codes = rows.index.intersection(old.index)
    names = [name for name in dict.fromkeys((*CORE, *old.columns, *rows.columns)) if name.startswith(("rs_", "ra_"))]
    new_values = rows.reindex(index=codes, columns=names).to_numpy(dtype=float)
    old_values = old.reindex(index=codes, columns=names).to_numpy(dtype=float)
    original = old.loc[codes, "source_kind"].eq("original").to_numpy()[:, None]
    rounded = old.loc[codes, "source_kind"].eq("interim").to_numpy()[:, None]
    # Second-hand figures are rounded and few: only what contradicts them is worth telling.
    allowed = np.where(rounded, np.maximum(500.0, 0.02 * np.abs(np.nan_to_num(old_values))), 0.5)
    with np.errstate(invalid="ignore"):
        differ = np.abs(new_values - old_values) > allowed
    one_missing = np.isnan(new_values) != np.isnan(old_values)
    differ |= one_missing & np.where(original, True, np.isnan(new_values))
    places = np.flatnonzero(differ.any(axis=1))
    if not len(places):
        return []
    size = np.where(differ, np.abs(np.nan_to_num(new_values) - np.nan_to_num(old_values)), -1.0)
    order = sorted(places, key=lambda place: -float(size[place].max()))
    told = []
    for rank, place in enumerate(order):
        council = str(rows["council"].iloc[rows.index.get_loc(codes[place])])
        if rank < _SHOWN:
            line = int(size[place].argmax())
            more = int(differ[place].sum()) - 1
            council += (
                f" ({_label(names[line])} {_amount(old_values[place, line])} → {_amount(new_values[place, line])}"
            )
            council += f", and {counted(more, 'more line')})" if more else ")"
        told.append(council)
    return [f"{year}: differs from the existing tables for {counted(len(told), 'council')}: {', '.join(told)}."]


def _new_year(panel: pd.DataFrame, rows: pd.DataFrame, year: str) -> list[str]:
    told = []
    flags = rows["flags"].fillna("").str.split(";")
    by_flag: dict[str, list[str]] = {}
    for council, codes in zip(rows["council"], flags, strict=True):
        for code in codes:
            name = code.partition("=")[0]
            if name and name not in _SILENT:
                by_flag.setdefault(name, []).append(str(council))
    for name, councils in sorted(by_flag.items()):
        told.append(f"{year}: {MEANING.get(name, name)}: {', '.join(councils)}.")
    odd = rows.loc[beyond_unadjusted(rows), "council"]
    if len(odd):
        told.append(f"{year}: earmarked reserves without COVID grants are higher than with them: {', '.join(odd)}.")
    moved = _moved(panel, rows, year)
    if moved:
        told.append(f"{year}: moved fivefold or changed sign from the year before: {', '.join(moved)}.")
    return told


def _moved(panel: pd.DataFrame, rows: pd.DataFrame, year: str) -> list[str]:
    """Return the councils with a line that moved fivefold from the year before, if the move is worth speaking of."""
    past = panel[panel["outturn_year"] == outturn_year_of(year_of(year) - 1)].set_index("ons_code")
    codes = rows.index.intersection(past.index)
    names = [name for name in (*SCATTER, *_ALSO) if name in rows and name in past]
    new = np.nan_to_num(rows.reindex(index=codes, columns=names).to_numpy(dtype=float))
    old = np.nan_to_num(past.reindex(index=codes, columns=names).to_numpy(dtype=float))
    spending = np.abs(past.reindex(codes)["rs_netrevexp_net_exp"].to_numpy(dtype=float))[:, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = new / old
        far = (ratio > _FIVEFOLD) | (ratio < 1 / _FIVEFOLD)
        far &= (np.abs(new - old) > _OF_SPENDING * spending) & (old != 0)
    far &= (new != 0).any(axis=0) & (old != 0).any(axis=0)
    told = []
    for place in np.flatnonzero(far.any(axis=1)):
        line = int(np.where(far[place], np.abs(new[place] - old[place]), -1.0).argmax())
        figures = f"{_label(names[line])} {_amount(old[place, line])} → {_amount(new[place, line])}"
        told.append(f"{rows['council'].loc[codes[place]]} ({figures})")
    return told


def _label(name: str) -> str:
    line = load_lines().by_name.get(name)
    return line.label if line else name


def _amount(value: float) -> str:
    return "no figure" if np.isnan(value) else number(value, 0)
