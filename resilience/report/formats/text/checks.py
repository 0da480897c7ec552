"""``resilience data check`` as text: what the checks found, and what a revision changed."""

from __future__ import annotations

from typing import Any

from resilience.formatting import day
from resilience.report.formats.text.layout import grid, printed

_WIDTH = 150


def layout(view: dict[str, Any]) -> str:
    """Lay out how often each check found something by year, then each finding where they are asked for."""
    from rich.text import Text

    numbers = range(1, len(view["years"]) + 1)
    counts = grid(
        "What the checks found: number of councils by check and year ending 31 March",
        ["Check", *(f"{year % 100:02d}" for year in view["years"])],
        [[one["check"], *("·" if n == 0 else str(n) for n in one["numbers"])] for one in view["counts"]],
        right=numbers,
        plain=False,
        whole=True,
    )
    parts: list[object] = [counts]
    if view["findings"] is not None:
        names = ("outturn_year", "council", "class", "check", "amount")
        rows = [[one[name] for name in names] for one in view["findings"]]
        parts.append(
            grid("Each finding", ["Year", "Council", "Class", "Check", "Amount"], rows, right=[4], plain=False)
        )
    kinds = ("original", "transcribed", "interim")
    parts.append(
        grid(
            "How far the figures reach: number of councils by line and year",
            ["Line", "Year", "Original", "Transcribed", "Second-hand"],
            [[one["label"], one["outturn_year"], *(str(one[kind] or "·") for kind in kinds)] for one in view["reach"]],
            right=[2, 3, 4],
            plain=False,
        )
    )
    if view["conflicts"]:
        cells = ("outturn_year", "council", "line", "stands", "gave_way", "difference")
        parts.append(
            grid(
                "Two sources differ by more than their rounding",
                ["Year", "Council", "Line", "Stands", "Gave way", "Difference"],
                [[one[name] for name in cells] for one in view["conflicts"]],
                right=[3, 4, 5],
                plain=False,
            )
        )
    parts.append(Text("\n".join(f"{code}: {meaning}" for code, meaning in view["meanings"].items())))
    register = view["register"]
    said = f"Register of events: {register['rows']} rows, to {day(register['to'])}; every row keeps to its format."
    parts.append(Text("\n".join(["", said, *register["remarks"]])))
    return printed(*parts, width=_WIDTH)


def revision(view: dict[str, Any]) -> str:
    """Lay out what a revision changed: figures, then chances."""
    amounts = ("shipped", "other", "change")
    figures = grid(
        f"{view['differing']} figures differ between the shipped panel and {view['name']}",
        ["Year", "Council", "Line", "Shipped", "Other", "Change"],
        [[one[name] for name in ("outturn_year", "council", "line", *amounts)] for one in view["figures"]],
        right=[3, 4, 5],
        plain=False,
    )
    chances = grid(
        f"{view['moved']} councils' chances move by half a point or more",
        ["Council", "Shipped", "Other", "Change"],
        [[one[name] for name in ("council", *amounts)] for one in view["chances"]],
        right=[1, 2, 3],
        plain=False,
    )
    return printed(figures, chances, width=_WIDTH)
