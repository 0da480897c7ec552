"""Figures for people: small, plain, and drawn from the same tables as everything else."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from resilience.errors import DataError
from resilience.indicators.definitions import describe
from resilience.report.wording.general import CLASS_PLURALS

_INK, _LIGHT, _MIDDLE = "#1f3a5f", "#dbe4ee", "#a9bfd6"


def distribution_by_class(indicators: pd.DataFrame, name: str) -> Figure:
    """Draw an indicator's distribution over the years, one small panel a class.

    Parameters
    ----------
    indicators : DataFrame
        From ``compute_indicators``; rows built for successor councils are left out.
    name : str
        The indicator.

    Returns
    -------
    Figure
        Each panel has the median as a line, the middle half and the middle nine tenths as bands, and as a number
        how many councils have a value in the last year drawn; of a flag the line is the share of councils that
        have it. The upper-tier classes share one scale and shire districts have their own, each cut at the 1st and
        99th percentile of its values, so that a tiny denominator flattens nothing.

    Raises
    ------
    DataError
        If there is no such indicator, or no council has a value.
    """
    definition = describe(name)
    rows = indicators[~indicators["built"].astype(bool)]
    classes = [one for one in CLASS_PLURALS if one in definition.classes]
    rows = rows[rows[name].notna() & rows["class"].isin(classes)]
    if rows.empty:
        raise DataError(f"No council has a value of {name}; there is nothing to draw.")
    figure = Figure(figsize=(2.6 * len(classes), 2.7), layout="constrained")
    axes = np.atleast_1d(figure.subplots(1, len(classes), sharex=True))
    percent = definition.unit in ("ratio", "flag")
    scale = 100.0 if percent else 1.0
    for axis, kind in zip(axes, classes, strict=True):
        _panel(axis, rows.loc[rows["class"] == kind, ["year", name]], name, scale, definition.unit == "flag")
        axis.set_title(CLASS_PLURALS[kind][:1].upper() + CLASS_PLURALS[kind][1:], fontsize=9)
        if definition.unit == "flag":
            axis.set_ylim(0, 100 * max(rows.groupby(["class", "year"])[name].mean().max(), 0.01) * 1.05)
            continue
        alike = rows["class"].eq("SD") if kind == "SD" else rows["class"].ne("SD")
        low, high = np.percentile(rows.loc[alike, name] * scale, [1, 99])
        margin = 0.05 * (high - low) or 1.0
        axis.set_ylim(low - margin, high + margin)
    axes[0].set_xlim(rows["year"].min() - 0.5, rows["year"].max() + 0.5)
    axes[0].set_ylabel("%" if percent else definition.unit, fontsize=8)
    figure.suptitle(f"{definition.label}  ({name})", fontsize=10, x=0.01, ha="left")
    return figure


def _panel(axis: Axes, rows: pd.DataFrame, name: str, scale: float, flag: bool) -> None:
    by_year = rows.groupby("year")[name]
    if flag and len(rows):
        share = by_year.mean() * scale
        axis.plot(share.index, share, color=_INK, linewidth=1.4, marker=".", markersize=4)
        rows = rows.iloc[:0]
    spread = (by_year.quantile([0.05, 0.25, 0.5, 0.75, 0.95]) * scale).unstack()
    # A year without the figure is a gap in the line, not a bridge over it.
    years = range(int(rows["year"].min()), int(rows["year"].max()) + 1) if len(rows) else range(0)
    spread = spread.reindex(years)
    if len(spread):
        axis.fill_between(spread.index, spread[0.05], spread[0.95], color=_LIGHT, linewidth=0)
        axis.fill_between(spread.index, spread[0.25], spread[0.75], color=_MIDDLE, linewidth=0)
        axis.plot(spread.index, spread[0.5], color=_INK, linewidth=1.4, marker=".", markersize=4)
        last = int(by_year.count()[years[-1]])
        axis.annotate(f"n = {last}", (0.97, 0.95), xycoords="axes fraction", ha="right", va="top", fontsize=7)
    axis.xaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
    axis.tick_params(labelsize=7)
    for side in ("top", "right"):
        axis.spines[side].set_visible(False)
