"""The methods page: what the score is, how it is made, from what, and where that ends."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import asdict
from typing import Any

import numpy as np

from resilience import paths
from resilience.backtest.blind_year import BlindYear
from resilience.backtest.track_record import track_record
from resilience.indicators.known import published_before
from resilience.model.bands import NAMES
from resilience.model.calibration import JEFFREYS, PACES
from resilience.model.families import Family, Term, load_prior
from resilience.model.scoring import ScoredDay
from resilience.publications.releases import load_releases
from resilience.report.plain import plain
from resilience.report.views import of_2026, reach
from resilience.report.views.claims import claims
from resilience.report.wording import bands
from resilience.report.wording.indicators import figure
from resilience.tables.precedence import kind_of_year


def view(scored: ScoredDay, year: BlindYear | None = None) -> dict[str, Any]:
    """Return everything the methods page shows.

    Parameters
    ----------
    scored : ScoredDay
    year : BlindYear, optional
        What came of the list of 1 January 2026.
    """
    record = track_record(scored)
    return {
        "as_of": scored.as_of,
        "horizon": scored.model.horizon,
        "families": [_family(scored, family) for family in scored.model.families],
        "upper_odds": float(np.exp(scored.model.weights["upper tier"])),
        "training": plain(scored.model.training),
        "rate": asdict(scored.base_rate),
        "half": JEFFREYS,
        "expected": float(scored.expected),
        "at_risk": int((scored.table["status"] == "at risk").sum()),
        "bands": [{"name": name, "said": bands.headline_record(name, record, scored.model.horizon)} for name in NAMES],
        "paces": list(PACES.values()),
        "capped": bands.capped(record),
        **claims(),
        "register_to": scored.events.until,
        "of_2026": of_2026.view(of_2026.content_of(year)),
        "releases": _releases(scored),
        "reach": reach.rows(scored),
        **sources(),
    }


def _family(scored: ScoredDay, family: Family) -> dict[str, Any]:
    """Say one family: what it asks, its indicators with what is usual in each tier, what a step worse is."""
    return {
        "label": family.label,
        "asks": family.asks,
        "why": family.why,
        "odds": float(np.exp(scored.model.weights[family.name])),
        "prior_odds": float(np.exp(load_prior().weight)),
        "indicators": [_indicator(scored, term) for term in family.terms],
    }


def _indicator(scored: ScoredDay, term: Term) -> dict[str, Any]:
    """Say one indicator: the figure of the median council, and of the one that about a sixth stand beyond."""
    usual = {}
    for tier in term.tiers:
        ladder = scored.scale.tiers[tier].ladders[term.name]
        worse = float(np.interp(1.0, ladder.scores, ladder.values))
        usual[tier] = [figure(term.indicator, float(term.undirected(value))) for value in (ladder.median, worse)]
    return {"label": term.label, "why": term.why, "upper": usual.get("upper"), "lower": usual.get("lower")}


def _releases(scored: ScoredDay) -> list[dict[str, Any]]:
    """Return when each year's figures came out, and of what kind the best ones here are."""
    known = scored.panel[published_before(scored.panel, scored.as_of)]
    shown = known.groupby("outturn_year")["source_kind"].agg(kind_of_year)
    words = {"interim": "second-hand"}
    return [
        {
            "year": year,
            "known_from": release.known_from,
            "basis": release.basis,
            "figures": words.get(shown[year], shown[year]),
        }
        for year, release in load_releases().items()
        if year in shown.index
    ]


def sources() -> dict[str, Any]:
    """Return attribution, licence and each publication that the shipped figures come from, a line a title."""
    source = paths.processed() / "provenance.json"
    if not source.is_file():
        return {"attribution_full": "", "licence": "", "sources": []}
    found = json.loads(source.read_text("utf-8"))
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for one in found["files"]:
        title = one["title"]
        for form in ("Revenue Outturn Summary (RS)", "Revenue Account budget (RA)"):
            if title.startswith(form):
                groups[form, one["publisher"]].append(title.removeprefix(form).strip())
                break
        else:
            groups.setdefault((title, one["publisher"]), [])
    rows = [
        {"title": title, "publisher": publisher, "years": f"{min(years)} to {max(years)}" if years else ""}
        for (title, publisher), years in groups.items()
    ]
    return {
        "attribution_full": found["attribution"],
        "licence": "Open Government Licence v3.0",
        "licence_url": "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
        "newest_release": found["newest_release"],
        "sources": sorted(rows, key=lambda row: row["title"]),
    }
