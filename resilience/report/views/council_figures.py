"""One council's figures: every indicator with its standing and history, other definitions, the publications."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from resilience.analysis.evidence import NOT_ITS_DUTY
from resilience.analysis.figures import KIND_OF_SOURCE, kind_of
from resilience.analysis.standing import class_percentiles, neighbour_percentiles, switched
from resilience.indicators.comparisons import UNLIKE_OTHERS
from resilience.indicators.compute import SWITCHES
from resilience.indicators.definitions import load_definitions
from resilience.indicators.known import CORE
from resilience.model.scoring import ScoredDay
from resilience.publications.releases import basis
from resilience.report.plain import plain
from resilience.report.views.council_lines import kind_words
from resilience.report.wording.indicators import figure
from resilience.years import outturn_year_of

#: A definition is said to move a figure from half a tenth of a per cent on.
SMALLEST_MOVE = 0.0005
PUBLICATIONS = {
    "outturn": "Revenue outturn, council by council",
    "budget": "Revenue Account budget",
    "council_tax": "Council tax levels and requirements",
    "service_outturn": "Revenue outturn, service expenditure (RSX)",
    "housing_outturn": "Revenue outturn, housing services (RO4)",
    "capital": "Capital outturn",
    "dfe": "Department for Education figures (Local Authority Interactive Tool)",
    "ofsted": "Ofsted inspection outcomes",
    "deprivation": "English Indices of Deprivation 2025",
}


Rows = list[dict[str, Any]]


def indicators(scored: ScoredDay, code: str) -> Rows:
    """Return every indicator that applies to a council, as last known, in the dictionary's order.

    Returns
    -------
    list of dict
        ``indicator, family, label, unit, worse, value, text, year`` (outturn year, "" where none), ``second_hand``,
        ``built``, ``class_percentile`` and ``near_percentile`` (0 to 100, 100 the worst; None where none can be given),
        ``in_model``, ``source``, ``series`` (year → value, every year known); and for the page ``meaning``,
        ``formula``, ``kind`` (of what kind the figure's source is, and whether it is carried) and the two percentiles
        in words.
    """
    own = scored.known.own(code)
    rows = []
    terms = {term.indicator for term in scored.model.terms}
    class_ = scored.table.at[code, "class"]
    table = scored.known.rows
    newest = scored.known.newest(code) or 0
    places = {int(year): at for at, year in table.loc[table["ons_code"] == code, "year"].items()}
    for name, definition in load_definitions().items():
        if name not in own or class_ not in definition.classes or name in NOT_ITS_DUTY.get(class_, ()):
            continue
        series = own[name].dropna()
        year = scored.known.shown_year(code, name)
        value = float(series[year]) if year else np.nan
        of_class, of_neighbours = (
            _at(percentiles(scored), places.get(year), name)
            for percentiles in (class_percentiles, neighbour_percentiles)
        )
        if code in UNLIKE_OTHERS:
            of_neighbours = np.nan  # it has none
        outturn = bool(year) and definition.source == "outturn"
        kind = kind_of(scored, code, year, name)
        rows.append(
            {
                "indicator": name,
                "family": definition.family,
                "label": definition.label,
                "unit": definition.unit,
                "worse": definition.worse,
                "value": value,
                "text": figure(name, value),
                "year": outturn_year_of(year) if year else "",
                "second_hand": kind == "interim",
                "built": bool(year) and bool(own.at[year, "built"]),
                "class_percentile": of_class,
                "near_percentile": of_neighbours,
                "in_model": name in terms,
                "source": definition.source,
                "series": {int(one): float(amount) for one, amount in series.items()},
                "meaning": definition.meaning,
                "formula": definition.formula,
                "kind": _kind(kind, bool(own.at[year, "built"]), outturn and year < newest) if year else "",
                "of_class": _place(of_class, definition.worse),
                "of_neighbours": _place(of_neighbours, definition.worse),
            }
        )
    result: Rows = plain(rows)
    return result


def _at(table: pd.DataFrame, at: int | None, name: str) -> float:
    return float(table.at[at, name]) if at is not None and at in table.index and name in table else np.nan


def _kind(kind: str, built: bool, carried: bool) -> str:
    """Say of what kind the source of a figure is, and whether it is carried from an older year."""
    said = kind_words(kind, built=built)
    return f"{said}, carried" if carried else said


def _place(percentile: float, worse: str) -> str:
    """Write a percentile; where neither direction is worse, say that it counts upwards."""
    return "–" if np.isnan(percentile) else f"{percentile:.0f}" + (" ↑" if worse == "neither" else "")


def sources(scored: ScoredDay, code: str, shown: Rows) -> Rows:
    """Return the publications that the figures shown come from.

    Returns
    -------
    list of dict
        ``publication, year, released, basis``, ``source_kind`` (as in the panel) and ``second_hand``.
    """
    own = scored.known.own(code)
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for source, year in dict.fromkeys((row["source"], row["year"]) for row in shown if row["year"]):
        at = int(year[:4]) + 1
        outturn = source in ("outturn", "budget")
        kind = str(own.at[at, "source_kind"]) if source == "outturn" else KIND_OF_SOURCE.get(source, "original")
        released = own.at[at, "known_from"] if outturn else own.at[at, f"known_from_{source}"]
        row = {
            "publication": PUBLICATIONS[source],
            "year": year,
            "released": plain(pd.Timestamp(released)),
            "basis": _basis(source, year),
            "source_kind": kind,
            "second_hand": kind == "interim",
        }
        found.setdefault((row["publication"], year), row)
    return [found[key] for key in sorted(found, reverse=True)]


def _basis(source: str, year: str) -> str:
    """Say whether a release date is stated by the publisher, or a day by which the figures were certainly public."""
    if source == "outturn":
        return basis(year)
    stated = source in ("ofsted", "deprivation", "service_outturn", "housing_outturn")
    return "stated" if stated or (source, year) == ("capital", "2024-25") else "convention"


def other_definitions(scored: ScoredDay, code: str) -> Rows:
    """Return what other definitions would make of the newest original year.

    Returns
    -------
    list of dict
        ``definition`` (in words), ``label``, ``default``, ``switched`` (as text), ``year`` and ``level`` (False for
        a change over years); one row a figure that moves by a twentieth of a per cent or more.
    """
    own = scored.known.own(code)
    years = own.index[(own["source_kind"] == "original") & own[CORE].notna()]
    rows = []
    for switch, table in switched(scored).items() if len(years) else ():
        default, words = SWITCHES[switch]
        year = int(years[-1])
        if (code, year) not in table.index:
            continue
        other = table.loc[(code, year)]
        for name, definition in load_definitions().items():
            if name not in own or definition.source != "outturn" or definition.unit != "ratio":
                continue
            before, after = float(own.at[year, name]), float(other[name])
            if np.isnan(before) or not (np.isnan(after) or abs(after - before) >= SMALLEST_MOVE):
                continue
            rows.append(
                {
                    "definition": f"{'Without' if default else 'With'}: {words}",
                    "label": definition.label,
                    "default": figure(name, before),
                    "switched": figure(name, after),
                    "year": outturn_year_of(year),
                    "level": not name.endswith(("_1y", "_3y")),
                }
            )
    return rows
