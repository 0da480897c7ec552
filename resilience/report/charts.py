"""Charts on the pages: inline SVG, small, told apart without colour, each with words for those who cannot see it."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping

import numpy as np
import pandas as pd
from markupsafe import Markup, escape
from matplotlib import rc_context
from matplotlib.figure import Figure

from resilience.explain import Explanation
from resilience.report.words import chance, day
from resilience.years import outturn_year_of

WORSE, BETTER, INK, GREY = "#d55e00", "#0072b2", "#1b1b1b", "#767676"
_FONT = "system-ui,'Segoe UI',Roboto,'Liberation Sans',Arial,sans-serif"


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
    text = re.sub(r"(font: [^']*?px) [^;\"]*", rf"\1 {_FONT}", text)
    text = re.sub(r' xmlns:xlink="[^"]*"', "", text).replace("xlink:href", "href")
    text = re.sub(r'\bid="(?!.*clip)([a-z]+_\d+|[a-z]+)"', "", text)
    text = re.sub(r"\s*\n\s*", " ", text)
    width, height = (round(float(size) * 72) for size in figure.get_size_inches())
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-label="{escape(title)}"><title>{escape(title)}</title><desc>{escape(desc)}</desc>'
    )
    return Markup(head + text[text.index(">") + 1 :])  # names are escaped by matplotlib and above


def _bare(axis, *, keep: tuple[str, ...]) -> None:  # noqa: ANN001 - any matplotlib Axes
    for side, spine in axis.spines.items():
        spine.set_visible(side in keep)
        spine.set_color(GREY)
    axis.tick_params(labelsize=8, colors=INK, length=3)


def contributions_chart(explanation: Explanation) -> Markup:
    """Draw how the chance comes about: one step a term from the tier's median council to this one."""
    rows = explanation.contributions[explanation.contributions["applies"]]
    count = len(rows) + 2
    figure = Figure(figsize=(5.6, 0.21 * count + 0.3))
    axis = figure.add_axes((0.42, 0.09, 0.5, 0.9))
    start, end = explanation.reference_chance * 100, explanation.risk * 100
    spots = np.arange(count)
    axis.barh(0, start, color="#bdbdbd", height=0.62)
    for spot, (left, right) in enumerate(zip(rows["chance_from"] * 100, rows["chance_to"] * 100, strict=True), 1):
        colour, hatch = (WORSE, None) if right >= left else (BETTER, "////")
        axis.barh(spot, right - left, left=left, color=colour, hatch=hatch, edgecolor="white", linewidth=0, height=0.62)
        axis.plot([right, right], [spot - 0.31, spot + 1.31], color=GREY, linewidth=0.6)
    axis.barh(count - 1, end, color=INK, height=0.62)
    names = ["Median council of its tier", *rows["label"], explanation.council]
    points = rows["points"] * 100
    ends = [start, *(np.maximum(rows["chance_from"], rows["chance_to"]) * 100), end]
    labels = [chance(start / 100), *(_signed(one) for one in points), chance(end / 100)]
    for spot, (at, label) in enumerate(zip(ends, labels, strict=True)):
        axis.annotate(label, (at, spot), xytext=(3, 0), textcoords="offset points", va="center", fontsize=8)
    axis.set_yticks(spots, names)
    axis.set_ylim(count - 0.5, -0.5)
    top = max(ends)
    axis.set_xlim(0, top * 1.18 + 0.1)
    axis.set_xticks([])
    _bare(axis, keep=("left",))
    axis.tick_params(axis="y", length=0, labelsize=8)
    said = "; ".join(f"{label} {_signed(one)} points" for label, one in zip(rows["label"], points, strict=True))
    return svg(
        figure,
        title=f"How the chance for {explanation.council} comes about",
        desc=f"From {chance(start / 100)} at its tier's median to {chance(end / 100)}: {said}.",
        salt="contributions",
    )


def _signed(points: float) -> str:
    if abs(points) < 0.05:
        return "0"
    text = f"{abs(points):.0f}" if abs(points) >= 1 else f"{abs(points):.1f}"
    return f"{'+' if points > 0 else '−'}{text}"


def history_chart(name: str, history: pd.DataFrame, events: pd.DataFrame) -> Markup:
    """Draw the chance at each January with the class's median and the events.

    Parameters
    ----------
    name : str
    history : DataFrame
        ``on`` (Timestamp), ``risk``, ``class_median``.
    events : DataFrame
        Those that count, with ``known``.
    """
    figure = Figure(figsize=(5.6, 2.05))
    axis = figure.add_axes((0.085, 0.13, 0.9, 0.79))
    scored = history[history["risk"].notna()]
    axis.plot(history["on"], history["class_median"] * 100, color=GREY, linewidth=1.2, linestyle=(0, (3, 2)))
    axis.plot(scored["on"], scored["risk"] * 100, color=INK, linewidth=1.6, marker="o", markersize=4)
    top = max(10.0, float(np.nanmax([*(scored["risk"] * 100), *(history["class_median"] * 100), 0.0])) * 1.18)
    for one, value in zip(scored["on"], scored["risk"], strict=True):
        axis.annotate(
            chance(value).replace("under ", "<").replace("over ", ">"),
            (one, value * 100),
            xytext=(0, 5),
            textcoords="offset points",
            ha="center",
            fontsize=7.5,
        )
    dated = events["known"].dropna()
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
    axis.yaxis.set_major_formatter(lambda value, _: f"{value:.0f} %")
    axis.yaxis.get_major_locator().set_params(nbins=4)
    axis.grid(axis="y", color="#e4e4e4", linewidth=0.6)
    axis.set_axisbelow(True)
    _bare(axis, keep=("bottom",))
    said = "; ".join(f"{one:%B %Y} {chance(value)}" for one, value in zip(scored["on"], scored["risk"], strict=True))
    happened = f" First event {day(dated.iloc[0])}." if len(dated) else ""
    return svg(
        figure,
        title=f"The chance for {name} through time",
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
