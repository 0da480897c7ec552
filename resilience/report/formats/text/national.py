"""The national picture as text for a terminal."""

from __future__ import annotations

from typing import Any

from resilience.formatting import day
from resilience.report.formats.text.layout import joined, wrapped

_TIERS = {"upper": "upper tier", "lower": "districts"}


def layout(view: dict[str, Any]) -> str:
    """Lay the picture out: the bands each January, groupings, and what moved the figures."""
    out = [view["title"], "", *_counts(view), ""]
    covid, *mind = view["notes"]
    out += [*wrapped(f"{view['limits']} {view['fixed']}"), *wrapped(covid), ""]
    for one in view["groupings"]:
        title = one["title"] + (f" ({one['part']})" if one["part"] else "")
        out += [f"{title}: councils that would stand in the first 30 of today's list, or with an event already"]
        out += [*_grouping(view, one), ""]
    out += ["What moved the figures (mean change of the log-odds, + worse)", *_moves(view), ""]
    counted = f"First events are counted to {day(view['register_to'])}, where the register ends."
    for note in (*mind, counted, *view["last_notes"]):
        out += wrapped(note)
    return joined(out)


def _label(view: dict[str, Any], one: str) -> str:
    return "Now" if one == view["now"] else f"Jan {one}" + ("*" if one in view["covid"] else "")


def _counts(view: dict[str, Any]) -> list[str]:
    form = "{:<10} {:>6} {:>6} {:>6} {:>7} {:>10} {:>13} {:>10} {:>12}  {}"
    out = [form.format("", *view["names"], "event already", "not scored", "first events", "figures")]
    for row in view["counts"]:
        unknown = "" if row["day"] == view["now"] else "–"
        counts = [*(number for _, number, _ in row["bands"]), row["already"], row["unscored"]]
        events = unknown if row["events"] is None else str(row["events"])
        out.append(form.format(_label(view, row["day"]), *counts, events, row["figures"]))
    return [*out, "           first events: in the calendar year that begins with that January"]


def _grouping(view: dict[str, Any], one: dict[str, Any]) -> list[str]:
    form = "  {:<26.26} " + "{:>9} " * len(view["days"])
    out = [form.format("", *(_label(view, label) for label in view["days"]))]
    return out + [form.format(row["name"], *(f"{high}/{all_}" for high, all_ in row["cells"])) for row in one["rows"]]


def _moves(view: dict[str, Any]) -> list[str]:
    out = []
    for row in view["moves"]:
        said = ", ".join(f"{one['term']} {one['change']}" for one in (*row["worse"], *row["better"]))
        since, until = (_label(view, row[end]) for end in ("since", "until"))
        head = f"  {since:>9} to {until:<9} {_TIERS[row['tier']]:<10} {row['total']}  "
        out += wrapped(head + (said or "little moved"), "", " " * len(head))
    return out
