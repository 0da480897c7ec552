"""The watch list as one HTML page: search, filters and sorting in a few lines of script, a plain table without."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

import pandas as pd
from markupsafe import Markup

from resilience.formatting import chance, chance_range
from resilience.model.calibration import BANDS
from resilience.model.risk_set import AT_RISK, EVENT_ALREADY, NOT_SCORABLE
from resilience.model.scoring import ScoredDay
from resilience.report.formats.html import page, slug
from resilience.report.views.watchlist import chance_of, notes
from resilience.report.wording.general import CLASS_NAMES

Link = Mapping[str, Any]


@cache
def site_assets() -> dict[str, Any]:
    """Return what a page with the list's script needs: script, its hash for the content security policy, style."""
    folder = resources.files("resilience.report").joinpath("templates")
    text = folder.joinpath("site.js").read_text("utf-8")
    style = folder.joinpath("site.css").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
    # The package's own files, not input.
    return {"script": Markup(text), "script_hash": Markup(f"sha256-{digest}"), "site_style": Markup(style)}


def watchlist_page(
    run: ScoredDay,
    frame: pd.DataFrame,
    *,
    links: Sequence[Link] = (),
    address: Callable[[str], str | None] | None = None,
    downloads: Sequence[Link] = (),
    bands: pd.DataFrame | None = None,
) -> str:
    """Return the watch list as a self-contained page.

    Parameters
    ----------
    run : ScoredDay
    frame : DataFrame
        From ``watchlist.table``.
    links : sequence of mapping
        ``href``, ``text`` and ``here`` of the site's other pages.
    address : callable, optional
        From a council's code to the address of its page, or None where it has none.
    downloads : sequence of mapping
        ``href``, ``text`` and ``note`` of the list's other forms.
    bands : DataFrame, optional
        From ``backtest.bands_record``: the share of councils in each band that had an event.

    Returns
    -------
    str
    """
    at_risk = frame[frame["status"] == AT_RISK]
    regions = sorted(frame["region"].dropna().unique())
    return page(
        "watchlist.html.j2",
        **site_assets(),
        as_of=run.as_of,
        horizon=run.model.horizon,
        severe=run.model.outcome == "severe",
        chance_of=chance_of(run),
        links=list(links),
        downloads=list(downloads),
        bands=_bands(at_risk, bands),
        second_hand=int(at_risk["source_kind"].eq("interim").sum()),
        stale=not run.events.reaches(run.as_of),
        register_to=run.events.until,
        notes=notes(run),
        rows=[_row(row, address) for row in frame.to_dict("records")],
        class_choices=[(code, name[0].upper() + name[1:]) for code, name in CLASS_NAMES.items()],
        region_choices=[(slug(name), name) for name in regions],
        band_choices=[(slug(name), name.capitalize()) for name, _ in BANDS],
        status_choices=[(slug(name), name.capitalize()) for name in (AT_RISK, EVENT_ALREADY, NOT_SCORABLE)],
    )


def _bands(at_risk: pd.DataFrame, record: pd.DataFrame | None) -> list[dict[str, Any]]:
    counts = at_risk["band"].value_counts()
    result, above = [], None
    for name, least in BANDS:
        limits = f"chance of {least:.0%} or more" if above is None else f"{least:.0%} up to {above:.0%}"
        known = ""
        if record is not None and pd.notna(record.loc[name, "councils"]):
            known = f"{record.loc[name, 'events']:.0f} of {record.loc[name, 'councils']:,.0f}"
        result.append(
            {
                "name": name,
                "councils": int(counts.get(name, 0)),
                "limits": (limits if least else f"under {above:.0%}").replace("%", "\u00a0%"),
                "record": known,
            }
        )
        above = least
    return result


def _row(row: Mapping[str, Any], address: Callable[[str], str | None] | None) -> dict[str, Any]:
    """Return what the template shows of one council."""
    scored = row["status"] == AT_RISK
    reasons = str(row["main_reasons"]) or "nothing stands out"
    return {
        **{name: row[name] for name in ("ons_code", "council", "region", "status", "class", "band", "event_date")},
        "rank": str(row["rank"]) if scored else "",
        "href": address(row["ons_code"]) if address else None,
        "why": reasons[:1].upper() + reasons[1:],
        "class_name": CLASS_NAMES[row["class"]][0].upper() + CLASS_NAMES[row["class"]][1:],
        "chance": chance(row["risk"]),
        "range": chance_range(row["risk_low"], row["risk_high"]),
        "risk_sort": f"{row['risk']:.4f}" if scored else "",
        "event_month": f"{pd.Timestamp(row['event_date']):%b %Y}" if row["event_date"] else "",
        "figures": row["outturn_year"] + ("*" if row["source_kind"] == "interim" else ""),
    }
