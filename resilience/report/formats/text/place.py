"""A place as text for a terminal."""

from __future__ import annotations

from typing import Any

from resilience.report.formats.text.layout import joined, wrapped


def layout(view: dict[str, Any]) -> str:
    """Lay a place out: its councils, its services, and what lies where across the tiers."""
    out = [view["title"], "", *_councils(view), "", *_services(view), ""]
    for text in (*view["sentences"], *view["notes"]):
        out += wrapped(text)
    return joined(out)


def _councils(view: dict[str, Any]) -> list[str]:
    form = "{:<28.28} " + "{:>10} " * len(view["heads"]) + " {}"
    out = [form.format("", *view["heads"], "rank (chance)")]
    out += [form.format(one["council"], *one["amounts"], one["standing"]) for one in view["councils"]]
    if view["total"]:
        out.append(form.format("Together", *view["total"], ""))
    stale = " * an earlier year: it has not returned since." if view["stale"] else ""
    out += wrapped(f"Years: {view['years']}.{stale}")
    if view["gone"]:
        out += wrapped(f"No recent return of {view['gone']}: not in the totals.")
    return out


def _services(view: dict[str, Any]) -> list[str]:
    if view["single"]:
        out = [f"{'Where the pound is spent':<30} {'£':>10} {'share':>7}"]
        out += [f"  {one['name']:<28} {one['together']:>10} {one['share']:>7}" for one in view["services"]]
    else:
        form = "  {name:<28} {county:>10} {districts:>10} {together:>10} {share:>7}"
        heads = {"name": "", "county": "county", "districts": "districts", "together": "together", "share": "share"}
        out = ["Where the pound is spent", *(form.format(**one) for one in (heads, *view["services"]))]
    if view["services_years"]:
        when = view["services_years"]
        out += wrapped(f"Net current expenditure by service, {when}, the newest outturn that gives it.")
    return out
