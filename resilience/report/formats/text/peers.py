"""Peers as text for a terminal."""

from __future__ import annotations

from typing import Any

from resilience.report.formats.text.layout import columns, joined, wrapped

_COUNCIL = "{number:>3} {council:<34.34} {class:<6} {distance:>5}  {standing}"
_FORM, _WIDTHS = "{:<34} {:>11} {:>11} {:>11} {:>11}  {}", (34, 11, 11, 11, 11, 26)


def layout(view: dict[str, Any]) -> str:
    """Lay the peers out: the nearest, the figures side by side, and what became of those once alike."""
    out = [view["title"], ""]
    if view["alone"]:
        out += [*wrapped(view["alone"]), ""]
    out.append(f"{'':3} {'Council':<34} {'Class':<6} {'Apart':>5}  Chance within 24 months")
    out += [_COUNCIL.format(**one) for one in view["councils"]]
    out += ["", *_row("Indicator", "own", "lowest", "median", "highest", "place (1 = lowest)")]
    for one in view["figures"]:
        out += _row(*(one[name] for name in ("label", "own", "lowest", "median", "highest", "place")))
    out += ["", *_story(view["story"])]
    for note in view["notes"]:
        out += wrapped(note)
    return joined(out)


def _row(*cells: str) -> list[str]:
    return columns(_FORM, _WIDTHS, cells)


def _story(story: dict[str, Any]) -> list[str]:
    out = ["Peers then and later (+ what did it, − what went the other way, ! what to know)", ""]
    widened = " (widened to councils with nearby risk)" if story["widened"] else ""
    for title, peers in (("Risk fell most" + widened, story["recovered"]), ("Risk rose most", story["worsened"])):
        out.append(title)
        if not peers:
            out.append("  none in any window of three to five years by then")
        for one in peers:
            out += wrapped(one["head"], "  ", "    ")
            for sign, part in (("+", "did"), ("−", "against"), (" ", "context"), ("!", "marks")):
                for text in one[part]:
                    out += wrapped(f"{sign} {text}", "      ", "        ")
        out.append("")
    if story["set_aside"]:
        named = "; ".join(f"{one['council']} ({one['why']})" for one in story["set_aside"])
        out += wrapped(f"Fell too, but set aside, as support or a direction refills reserves: {named}.")
        out.append("")
    return out
