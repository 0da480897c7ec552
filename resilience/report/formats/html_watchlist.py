"""The watch list as one HTML page: search, filters and sorting in a few lines of script, a plain table without."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from markupsafe import Markup

from resilience.model.risk_set import AT_RISK, EVENT_ALREADY, NOT_SCORABLE
from resilience.report.formats.html import page, slug
from resilience.report.wording.general import CLASS_NAMES

Link = Mapping[str, Any]


@cache
def site_assets(name: str = "site.js") -> dict[str, Any]:
    """Return what a page with a script needs: script, its hash for the content security policy, style.

    Parameters
    ----------
    name : str
        The script's file among the templates, by default that of lists.
    """
    folder = resources.files("resilience.report").joinpath("templates")
    text = folder.joinpath(name).read_text("utf-8")
    style = folder.joinpath("site.css").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
    # The package's own files, not input.
    return {"script": Markup(text), "script_hash": Markup(f"sha256-{digest}"), "site_style": Markup(style)}


def html(view: Mapping[str, Any]) -> str:
    """Return the watch list as a self-contained page.

    Parameters
    ----------
    view : mapping
        From ``views.watchlist``; on the site with ``links``, ``page_of`` and ``downloads`` (``href``, ``text`` and
        ``note`` of the list's other forms).
    """
    regions = sorted({row["region"] for row in view["councils"] if row["region"] is not None})
    return page(
        "watchlist.html.j2",
        **view,
        **site_assets(),
        class_choices=[(code, name[0].upper() + name[1:]) for code, name in CLASS_NAMES.items()],
        region_choices=[(slug(name), name) for name in regions],
        band_choices=[(slug(band["name"]), band["name"].capitalize()) for band in view["bands"]],
        status_choices=[(slug(name), name.capitalize()) for name in (AT_RISK, EVENT_ALREADY, NOT_SCORABLE)],
    )
