"""Own figures beside the published ones as text for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any

from resilience.formatting import day
from resilience.report.wording.general import CANNOT_SEE

WIDTH = 100
#: How many years stand side by side.
_ACROSS = 6
#: How many corrections are listed.
_SHOWN = 40

View = Mapping[str, Any]


def text(view: View) -> str:
    """Return the published result alone, beside it those with own figures, what moved, and what is missing.

    Parameters
    ----------
    view : mapping
        From ``views.own_figures``.
    """
    lines = [
        f"*** {view['mark']} ***",
        f"{view['council']}, as of {day(view['as_of'])}",
        *_wrapped(f"Published figures alone: {view['headline']} {' '.join(view['beside'])}"),
        *_wrapped(
            f"The score is {view['what']}. Everything marked 'own' rests on figures that nobody has published or "
            "checked."
        ),
        "",
        *_by_year(view),
        *_wrapped(view["lasting"]),
        *_wrapped(" ".join(view["reading"])),
        "",
        *_beside(view),
        "",
    ]
    for step in view["steps"]:
        lines += _moves(step, view["mark"])
    lines += _supplied(view)
    for remark in view["remarks"]:
        lines += _wrapped(f"Note: {remark}")
    lines += ["The record:", *(line for said in view["record"] for line in _wrapped(said, "  "))]
    lines += [
        *_wrapped(
            "The scales, the weights and the level of the chances are those of the published list, so no other council "
            "moves; the rank is the one the council would have. " + CANNOT_SEE
        ),
        f"*** {view['mark']} ***",
    ]
    return "\n".join(lines) + "\n"


def _by_year(view: View) -> list[str]:
    """Lay out the years side by side; more than fit the width go on beneath."""
    columns, rows = view["by_year"]["columns"], view["by_year"]["rows"]
    lines = []
    for start in range(0, len(columns), _ACROSS):
        part = slice(start, start + _ACROSS)
        for name in ("year", "kind"):
            lines.append(f"{'':<40}" + "".join(f"{one[name]:>10}" for one in columns[part]))
        family = False
        for row in rows:
            if row["family"] and not family:
                family = True
                lines.append(view["families_are"])
            cells = "".join(f"{cell:>10}" for cell in row["cells"][part])
            lines.append(f"{row['label']:<40.40}{cells}".rstrip())
        lines.append("")
    return lines


def _wrapped(said: str, indent: str = "") -> list[str]:
    return textwrap.wrap(said, WIDTH, initial_indent=indent, subsequent_indent=indent)


def _beside(view: View) -> list[str]:
    """Lay out the published and own results side by side, one line each."""
    form = "{:<42.42} {:>5}  {:<10} {:>8} {:>12}  {}"
    lines = [form.format("", "Rank", "Band", "Chance", "90% interval", "Figures")]
    for row in view["results"]:
        if row["risk"]:
            lines.append(form.format(*(row[name] for name in ("label", "rank", "band", "risk", "range", "year"))))
        else:
            why = f" ({row['not_scored_because']})" if row["not_scored_because"] else ""
            lines.append(f"{row['label']:<42.42} {row['status']}: no chance is given{why}")
    return lines


def _moves(step: View, mark: str) -> list[str]:
    """Say which terms moved, the largest first, and which figures were not supplied."""
    moved, what = step["moved"], step["label"]
    lines = [f"What moved, {what} ({mark}):" if moved else f"Nothing moved, {what}."]
    lines += [f"  {one['label']:<38.38} {one['published']:>22} → {one['own']:<30} {one['odds']}" for one in moved]
    for note in step["notes"]:
        lines += _wrapped(note, "  ")
    return [*lines, ""]


def _supplied(view: View) -> list[str]:
    """List the figures that differ from what is published."""
    if not view["supplied"]:
        return ["Nothing supplied differs from what is published.", ""]
    lines = [f"Supplied in {view['file']} ({view['mark']}): {len(view['supplied'])} figures."]
    corrected = view["corrected"]
    for row in corrected[:_SHOWN]:
        lines.append(f"  {row['year']} {row['line']}: published {row['published']}, own {row['own']}")
    if len(corrected) > _SHOWN:
        lines.append(f"  … and {len(corrected) - _SHOWN} more corrections.")
    return [*lines, ""]
