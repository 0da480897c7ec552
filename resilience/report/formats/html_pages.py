"""The site's own pages: a template each, with what all of them share."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from markupsafe import Markup

from resilience.report.formats.html import page
from resilience.report.formats.html_watchlist import site_assets


def _page(template: str, script: str = "site.js") -> Callable[[dict[str, Any]], str]:
    return lambda view: page(template, **site_assets(script), **view)


def compare(view: dict[str, Any]) -> str:
    """Return the page of councils side by side, the figures of all of them within it."""
    text = json.dumps(view["data"], ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    # Within a script element nothing but "<" could end it.
    data = Markup(text.replace("<", "\\u003c"))
    return page("compare.html.j2", **site_assets("compare.js"), **{**view, "data": data})


changed = _page("changed.html.j2")
history = _page("history.html.j2")
january = _page("january.html.j2")
national = _page("national.html.j2")
places = _page("places.html.j2")
tile_map = _page("map.html.j2")
portfolio = _page("portfolio.html.j2", "portfolio.js")
mergers = _page("mergers.html.j2")
record = _page("record.html.j2")
methods = _page("methods.html.j2")
scoreboard = _page("scoreboard.html.j2")
dictionary = _page("dictionary.html.j2")
api = _page("api.html.j2")
accessibility = _page("accessibility.html.j2")
corrections = _page("corrections.html.j2")
