"""Charts on the pages: inline SVG, small, told apart without colour, each with words for those who cannot see it.

The large ones are templates of our own (``templates/charts``); here is worked out where everything stands. Each has a
table with the same figures on the page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from markupsafe import Markup, escape

from resilience.formatting import day, ordinal, signed
from resilience.model.bands import BANDS
from resilience.report.formats.html import page
from resilience.years import outturn_year_of

WORSE, INK, GREY = "#d55e00", "#1b1b1b", "#767676"
#: The drawings are this wide, about as a phone shows them.
WIDTH = 400
#: Where the bars' part of the families' chart begins, and a bar's share of the height.
_LABELS, _ROW, _HEAD = 165, 21, 18
#: The trend's frame: what stands left of it and above it, and the height of a band.
_LEFT, _TOP, _STRIP = 68, 18, 30
#: Marks at an end of the trend's frame are set inwards from here on.
_EDGE = 14


def families_chart(name: str, score: Mapping[str, Any]) -> Markup:
    """Draw the five families: one bar each, from the median of the tier, as long as what it adds to the log-odds.

    Parameters
    ----------
    name : str
        The council.
    score : mapping
        The ``score`` of a council's view: ``families``.
    """
    rows = score["families"]
    adds = [0.0 if row["without_figure"] else float(row["log_odds"]) for row in rows]
    low, high = min([0.0, *adds]), max([0.0, *adds])
    # Room for a mark of five signs beyond the longest bar either way, and for the heads beside the middle.
    room, marks = WIDTH - _LABELS, 46
    scale = (room - 2 * marks) / max(high - low, 0.4)
    zero = _LABELS + marks - low * scale
    bars = []
    for at, (row, add) in enumerate(zip(rows, adds, strict=True)):
        end = zero + add * scale
        bars.append(
            {
                "label": row["label"],
                "y": _HEAD + _ROW * at + _ROW // 2,
                "x": _spot(min(zero, end)),
                "width": _spot(abs(end - zero)),
                "raises": add > 0,
                "mark": "no figure" if row["without_figure"] else signed(add),
                "mark_x": _spot(end + (5 if add >= 0 else -5)),
                "anchor": "start" if add >= 0 else "end",
            }
        )
    said = "; ".join(f"{bar['label']} {bar['mark']}" for bar in bars)
    return Markup(
        page(
            "charts/families.svg.j2",
            title=f"The five families of {name}",
            desc=f"Added to the log-odds, against the median of its tier: {said}.",
            height=_HEAD + _ROW * len(rows) + 4,
            zero=_spot(zero),
            bars=bars,
        )
    )


def trend_chart(name: str, rows: Sequence[Mapping[str, Any]], events: Sequence[str | None]) -> Markup:
    """Draw the rank on each January's list, one strip a band, with the middle one of its class and the events.

    Parameters
    ----------
    name : str
    rows : sequence of mappings
        ``day`` (as in 2026-01-31), ``rank``, ``of``, ``class_rank``.
    events : sequence of str
        The days of those that count, the oldest first; None where undated.
    """
    days = [date.fromisoformat(row["day"]) for row in rows]
    first, last = days[0].toordinal(), max(days[-1].toordinal(), days[0].toordinal() + 1)
    inner = (WIDTH - _LEFT - 2 * _EDGE) / (last - first)

    def x(on: date) -> float:
        return _spot(_LEFT + _EDGE + (on.toordinal() - first) * inner)

    bottom = _TOP + _STRIP * len(BANDS)
    ranked = [(on, row) for on, row in zip(days, rows, strict=True) if row["rank"] is not None]
    dots = [
        {
            "x": x(on),
            "y": (y := _height(row["rank"], row["of"])),
            "mark": f"{row['rank']:.0f}",
            "mark_y": _spot(y - 6 if y > _TOP + 14 else y + 15),
            "anchor": "middle",
        }
        for on, row in ranked
    ]
    dated = [date.fromisoformat(one) for one in events if one]
    shown = [one for one in dated if first <= one.toordinal() <= last]
    words = "first event" if shown and shown[0] == dated[0] else "events"
    said = "; ".join(f"{on:%B %Y} {ordinal(int(row['rank']))} of {row['of']:.0f}" for on, row in ranked)
    happened = f" First event {day(dated[0])}." if dated else ""
    every = [on for on in days if (on.month, on.day) == (1, 1)]
    return Markup(
        page(
            "charts/trend.svg.j2",
            title=f"The rank of {name} through time",
            desc=f"{said or 'No rank'}.{happened}",
            height=bottom + 20,
            left=_LEFT,
            top=_TOP,
            bottom=bottom,
            strips=[{"name": band, "y": _TOP + _STRIP * at, "height": _STRIP} for at, band in enumerate(BANDS)],
            own=_lines(
                [
                    (x(on), _height(row["rank"], row["of"])) if row["rank"] is not None else None
                    for on, row in zip(days, rows, strict=True)
                ]
            ),
            middle=_lines(
                [
                    (x(on), _height(row["class_rank"], row["of"])) if row["class_rank"] and row["of"] else None
                    for on, row in zip(days, rows, strict=True)
                ]
            ),
            dots=dots,
            events=[
                {"x": x(one), "words": words, "anchor": "end" if x(one) > WIDTH - 60 else "middle"} for one in shown
            ],
            ticks=[{"x": x(on), "text": f"{on:%Y}", "anchor": "middle"} for on in every],
        )
    )


def _height(rank: float, of: float) -> float:
    """Return where a rank stands: within the strip of its band, which are all as high as each other."""
    before = 0.0
    for at, end in enumerate(BANDS.values()):
        last = min(end, max(float(of), before + 1))
        if rank <= end:
            return _spot(_TOP + _STRIP * (at + (rank - before - 0.5) / (last - before)))
        before = end
    raise ValueError(f"no band holds rank {rank}")  # the last has no end


def _lines(points: Sequence[tuple[float, float] | None]) -> list[str]:
    """Return the points as lines, broken where one is missing."""
    runs: list[list[str]] = [[]]
    for point in points:
        if point is None:
            runs.append([])
        else:
            runs[-1].append(f"{point[0]},{point[1]}")
    return [" ".join(run) for run in runs if len(run) > 1]


def _spot(value: float) -> float:
    return round(value, 1)


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
