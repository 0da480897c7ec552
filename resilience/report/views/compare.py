"""Councils side by side: what the page needs to show any six of them, each figure already in words."""

from __future__ import annotations

from typing import Any

import pandas as pd

from resilience.analysis.compare import ALSO, Comparison, comparison
from resilience.analysis.evidence import Evidence
from resilience.backtest.track_record import track_record
from resilience.indicators.definitions import load_definitions
from resilience.model.bands import NAMES
from resilience.model.families import Family
from resilience.model.risk_set import AT_RISK
from resilience.model.scale import CUT
from resilience.model.scoring import ScoredDay
from resilience.report.views import watchlist
from resilience.report.views.address import Address
from resilience.report.wording import bands as wording
from resilience.report.wording.general import CLASS_PLURALS
from resilience.report.wording.indicators import figure, kind_of
from resilience.years import outturn_year_of

#: How many councils stand side by side at most.
MOST = 6


def view(scored: ScoredDay, address: Address) -> dict[str, Any]:
    """Return everything the page of comparison shows.

    Parameters
    ----------
    scored : ScoredDay
    address : callable
        From a council's code to its page.

    Returns
    -------
    dict
        ``as_of, most, cut, starts`` (choices to begin with), and ``data``, which the page's script reads, figures in
        words so that they print as everywhere else: ``of`` (councils ranked), ``bands`` (name, what followed),
        ``families`` (``label, asks``), ``indicators`` (``label`` and ``family``, its place among the families, None
        where the score leaves it out), ``years`` and ``kinds`` (of figures), ``classes`` (``plural, medians``) and
        ``councils``, the most at risk first. A council's ``spreads`` are the five families' values (None where no score
        can be given), and its ``figures`` one an indicator: text, place of its year, place of its kind; empty without a
        figure, None where the indicator is not asked of its class.
    """
    found, listed = comparison(scored), watchlist.councils(scored)
    names = [*(term.indicator for term in scored.model.terms), *ALSO]
    years = sorted({one.year for own in found.figures.values() for one in own.values() if one.year}, reverse=True)
    kinds = sorted({kind_of(one) for own in found.figures.values() for one in own.values()})
    record, horizon = track_record(scored), scored.model.horizon
    labels = {term.indicator: term.label for term in scored.model.terms}
    places = {term.indicator: at for at, one in enumerate(scored.model.families) for term in one.terms}
    return {
        "as_of": scored.as_of,
        "most": MOST,
        "cut": CUT,
        "starts": _starts(listed),
        "data": {
            "most": MOST,
            "cut": CUT,
            "of": len(scored.at_risk),
            "bands": [[name, wording.followed_here(record.of(name), horizon)] for name in NAMES],
            "families": [{"label": one.label, "asks": one.asks} for one in scored.model.families],
            "indicators": [
                {"label": labels.get(name) or load_definitions()[name].label, "family": places.get(name)}
                for name in names
            ],
            "years": [outturn_year_of(year) for year in years],
            "kinds": kinds,
            "classes": {
                code: {"plural": plural, "medians": _medians(found, code, names)}
                for code, plural in CLASS_PLURALS.items()
            },
            "councils": [_council(scored, row, found, names, years, kinds, address) for row in listed],
        },
    }


def _council(
    scored: ScoredDay,
    row: dict[str, Any],
    found: Comparison,
    names: list[str],
    years: list[int],
    kinds: list[str],
    address: Address,
) -> dict[str, Any]:
    code, own = row["ons_code"], found.figures[row["ons_code"]]

    def told(one: Evidence | None) -> list[Any] | None:
        if one is None:
            return None
        if not one.year:
            return []
        return [figure(one.indicator, one.value), years.index(one.year), kinds.index(kind_of(one))]

    return {
        "code": code,
        "name": row["council"],
        "class": row["class"],
        "kind": row["class_name"],
        "region": row["region"],
        "href": address(code),
        "rank": row["rank"],
        "reserves": row["reserves_rank"],
        "band": NAMES.index(row["band"]) if row["band"] else None,
        "status": "" if row["status"] == AT_RISK else f"{row['status'].capitalize()}: {row['main_reasons'][0]}",
        "spreads": _spreads(scored, code, scored.model.families),
        "figures": [told(own.get(name)) for name in names],
    }


def _spreads(scored: ScoredDay, code: str, families: tuple[Family, ...]) -> list[float | None] | None:
    """Return what each family comes to, as the council's page has it; None where no score can be given."""
    placed = scored.placed
    if code not in placed.families.index:
        return None
    return [
        None if placed.without_figure.at[code, one.name] else round(float(placed.families.at[code, one.name]), 2) + 0.0
        for one in families
    ]


def _medians(found: Comparison, class_: str, names: list[str]) -> list[str | None]:
    """Return the median of a class in each indicator, in words; None where there is none."""
    if class_ not in found.medians.index:
        return [None for _ in names]
    own = found.medians.loc[class_].reindex(names)
    return [None if pd.isna(value) else figure(name, float(value)) for name, value in own.items()]


def _starts(listed: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Return choices to begin with: the first six of the list, and of each class."""
    ranked = [row for row in listed if row["status"] == AT_RISK]
    groups = {"the whole list": ranked}
    groups |= {plural: [row for row in ranked if row["class"] == code] for code, plural in CLASS_PLURALS.items()}
    return [
        {"text": text, "href": "#" + ",".join(row["ons_code"] for row in rows[:MOST])}
        for text, rows in groups.items()
        if len(rows) >= MOST
    ]
