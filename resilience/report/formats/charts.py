"""Charts on the pages: inline SVG, small, told apart without colour, each with words for those who cannot see it."""

from __future__ import annotations

import io
import itertools
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup, escape
from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from scipy.special import expit, logit

from resilience.formatting import CAP, chance, day, step_chance
from resilience.years import outturn_year_of

#: Chances that may mark the scale.
_TICKS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
_MOST_TICKS = 5
WORSE, BETTER, INK, GREY = "#d55e00", "#0072b2", "#1b1b1b", "#767676"
_FONT = "-apple-system,'Segoe UI',Roboto,Arial,'Liberation Sans',sans-serif"


def svg(figure: Figure, *, title: str, desc: str, salt: str) -> Markup:
    """Return a figure as inline SVG with a title and a description, without what a page does not need."""
    buffer = io.StringIO()
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": salt}):
        figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
    text = re.sub(r"\d+\.\d{2,}", lambda match: f"{float(match[0]):.1f}".rstrip("0").rstrip("."), text)
    text = re.sub(r" ?font-family: [^;\"]*;", "", text)
    text = re.sub(r' xmlns:xlink="[^"]*"', "", text).replace("xlink:href", "href")
    # Of the names that matplotlib gives to parts only those that are pointed at are kept, each chart's its own.
    wanted = set(re.findall(r'(?:url\(#|href="#)([^")]+)', text))
    text = re.sub(r' id="([^"]*)"', lambda match: f' id="{salt}-{match[1]}"' if match[1] in wanted else "", text)
    text = re.sub(r'(url\(#|href="#)', rf"\1{salt}-", text)
    text = re.sub(r"\s*\n\s*", " ", text)
    width, height = (round(float(size) * 72) for size in figure.get_size_inches())
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'font-family="{_FONT}" role="img" aria-label="{escape(title)}">'
        f"<title>{escape(title)}</title><desc>{escape(desc)}</desc>"
    )
    return Markup(head + text[text.index(">") + 1 :])  # names are escaped by matplotlib and above


def _bare(axis, *, keep: tuple[str, ...]) -> None:  # noqa: ANN001 - any matplotlib Axes
    for side, spine in axis.spines.items():
        spine.set_visible(side in keep)
        spine.set_color(GREY)
    axis.tick_params(labelsize=8, colors=INK, length=3)


def contributions_chart(name: str, score: Mapping[str, Any]) -> Markup:
    """Draw how the score adds up: one bar a family from the tier's median council to this one.

    The scale is even in log-odds, on which the steps add up and no step's length depends on the order; it is marked
    in chances.

    Parameters
    ----------
    name : str
        The council.
    score : mapping
        The ``score`` of a council's view: ``reference_log_odds``, ``reference_chance`` and ``families``.
    """
    rows = score["families"]
    labels = [row["label"] for row in rows]
    count = len(rows) + 2
    levels = score["reference_log_odds"] + np.r_[0.0, np.cumsum([row["log_odds"] for row in rows])]
    figure = Figure(figsize=(4.7, 0.178 * count + 0.3))
    axis = figure.add_axes((0.5, 0.3 / (0.178 * count + 0.3) * 0.75, 0.49, 0.98 - 0.3 / (0.178 * count + 0.3) * 0.75))
    low = levels.min() - 0.06 * np.ptp(levels) - 0.1
    high = levels.max() + 0.2 * np.ptp(levels) + 0.2
    ticks = [one for one in _TICKS if low <= logit(one) <= high and one <= CAP]
    ticks = ticks[:: 1 + max(len(ticks) - 1, 0) // _MOST_TICKS]
    for one in ticks:
        axis.axvline(logit(one), color="#e4e4e4", linewidth=0.6, zorder=0)
    axis.plot([levels[0]] * 2, [-0.35, 0.35], color=INK, linewidth=3)
    for spot, (left, right) in enumerate(itertools.pairwise(levels), 1):
        colour, hatch = (WORSE, None) if right >= left else (BETTER, "////")
        axis.barh(spot, right - left, left=left, color=colour, hatch=hatch, edgecolor="white", linewidth=0, height=0.62)
        axis.plot([left, left], [spot - 1, spot], color=GREY, linewidth=0.6, zorder=0)
    axis.plot([levels[-1]] * 2, [count - 2, count - 1.35], color=GREY, linewidth=0.6, zorder=0)
    axis.plot([levels[-1]] * 2, [count - 1.35, count - 0.65], color=INK, linewidth=3)
    ends = [levels[0], *np.maximum(levels[:-1], levels[1:]), levels[-1]]
    chances = expit(levels)
    marks = [chance(chances[0]), *(step_chance(one) for one in chances[1:]), chance(chances[-1])]
    for spot, (at, mark) in enumerate(zip(ends, marks, strict=True)):
        label = mark.replace("under ", "<").replace("over ", ">")
        bold = "bold" if spot in (0, count - 1) else "normal"
        axis.annotate(
            label, (at, spot), xytext=(3, 0), textcoords="offset points", va="center", fontsize=7.5, fontweight=bold
        )
    axis.set_yticks(np.arange(count), ["Median council of its tier", *labels, name])
    axis.set_ylim(count - 0.5, -0.5)
    axis.set_xlim(low, high)
    axis.set_xticks([logit(one) for one in ticks], [f"{100 * one:g}%" for one in ticks])
    _bare(axis, keep=("bottom",))
    axis.tick_params(axis="y", length=0)
    said = "; ".join(f"{row['label']} to {step_chance(row['chance_to'])}" for row in rows)
    return svg(
        figure,
        title=f"How the score of {name} adds up",
        desc=f"From {step_chance(score['reference_chance'])} at its tier's median: {said}.",
        salt="contributions",
    )


def history_chart(name: str, rows: Sequence[Mapping[str, Any]], events: Sequence[str | None]) -> Markup:
    """Draw the chance at each January with the class's median and the events.

    Parameters
    ----------
    name : str
    rows : sequence of mappings
        ``day`` (as in 2026-01-31), ``risk``, ``class_median``.
    events : sequence of str
        The days of those that count, the oldest first; None where undated.
    """
    history = pd.DataFrame(
        {
            "on": pd.to_datetime([row["day"] for row in rows]),
            **{what: pd.Series([row[what] for row in rows], dtype=float) for what in ("risk", "class_median")},
        }
    )
    figure = Figure(figsize=(4.7, 1.95))
    axis = figure.add_axes((0.095, 0.13, 0.89, 0.8))
    scored = history[history["risk"].notna()]
    axis.plot(history["on"], history["class_median"] * 100, color=GREY, linewidth=1.2, linestyle=(0, (3, 2)))
    drawn = scored["risk"].clip(upper=CAP) * 100
    axis.plot(scored["on"], drawn, color=INK, linewidth=1.6, marker="o", markersize=4)
    top = max(10.0, float(np.nanmax([*drawn, *(history["class_median"] * 100), 0.0])) * 1.18)
    for one, value, at in zip(scored["on"], scored["risk"], drawn, strict=True):
        axis.annotate(
            chance(value).replace("under ", "<").replace("over ", ">"),
            (one, at),
            xytext=(0, 5),
            textcoords="offset points",
            ha="center",
            fontsize=7.5,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.4},
        )
    dated = pd.Series(pd.to_datetime([one for one in events if one is not None]))
    first, last = history["on"].min(), history["on"].max()
    shown = dated[(dated >= first) & (dated <= last + pd.DateOffset(months=3))]
    for number, one in enumerate(shown):
        axis.axvline(one, color=WORSE, linewidth=1.6 if number == 0 else 0.7, linestyle="-" if number == 0 else ":")
    if len(shown):
        axis.annotate(
            "first event" if shown.iloc[0] == dated.iloc[0] else "events",
            (shown.iloc[0], top),
            xytext=(3, -3),
            textcoords="offset points",
            va="top",
            fontsize=8,
            color="#9c4000",
        )
    axis.set_ylim(0, top)
    axis.set_xlim(first - pd.DateOffset(months=4), last + pd.DateOffset(months=5))
    ticks = pd.to_datetime([f"{year}-01-01" for year in range(first.year, last.year + 1)])
    axis.set_xticks(ticks, [f"{one.year}" for one in ticks])
    axis.yaxis.set_major_formatter(lambda value, _: f"{value:.0f}%")
    axis.yaxis.set_major_locator(MaxNLocator(4))
    axis.grid(axis="y", color="#e4e4e4", linewidth=0.6)
    axis.set_axisbelow(True)
    _bare(axis, keep=("bottom",))
    said = "; ".join(f"{one:%B %Y} {chance(value)}" for one, value in zip(scored["on"], scored["risk"], strict=True))
    happened = f" First event {day(dated.iloc[0])}." if len(dated) else ""
    return svg(
        figure,
        title=f"The score of {name} through time",
        desc=f"{said or 'No score'}.{happened}",
        salt="history",
    )


def sparkline(series: Mapping[int, float], *, label: str, first: int, last: int, dashed_to: int = 0) -> Markup:
    """Draw a small line of one indicator over the years, gaps left open; a lone year is a dot.

    Parameters
    ----------
    series : mapping of int to float
    label : str
        What it shows, for those who cannot see it.
    first, last : int
        The years that the width stands for.
    dashed_to : int
        Up to this year the figures are added up from predecessors, and the line is paler.
    """
    if not series:
        return Markup("")
    low, high = min(series.values()), max(series.values())
    room = (high - low) or 1.0
    step = 96 / max(1, last - first)

    def point(year: int) -> str:
        return f"{2 + (year - first) * step:.1f},{17 - 14 * (series[year] - low) / room:.1f}"

    years = sorted(series)
    runs: list[list[int]] = []
    for year in years:
        if runs and year == runs[-1][-1] + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    lines = []
    for run in runs:
        parts = (
            (GREY, [year for year in run if year <= dashed_to + 1]),
            (INK, [year for year in run if year > dashed_to]),
        )
        lines += [
            f'<polyline points="{" ".join(map(point, part))}" fill="none" stroke="{colour}"/>'
            if len(part) > 1
            else f'<circle cx="{point(part[0]).split(",")[0]}" cy="{point(part[0]).split(",")[1]}" r="1.2"/>'
            for colour, part in parts
            if part and (len(part) > 1 or len(run) == 1)
        ]
    x, y = point(years[-1]).split(",")
    words = escape(f"{label}, {outturn_year_of(years[0])} to {outturn_year_of(years[-1])}")
    return Markup(
        f'<svg class="spark" viewBox="0 0 100 20" role="img" aria-label="{words}"><title>{words}</title>'
        f'{"".join(lines)}<circle cx="{x}" cy="{y}" r="2" fill="{WORSE}"/></svg>'
    )
