"""The tables on a council's page: indicators with their standing and history, sources, peers, what would change it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from resilience.analysis.levers import levers as every_lever
from resilience.analysis.standing import class_percentiles, neighbour_percentiles, neighbours_known, switched
from resilience.councils import resolve
from resilience.indicators.compute import SWITCHES
from resilience.indicators.definitions import load_definitions
from resilience.indicators.known import CORE
from resilience.model.scoring import ScoredDay
from resilience.publications.releases import basis
from resilience.report.wording import levers as wording
from resilience.report.wording.indicators import figure
from resilience.years import outturn_year_of

#: How many peers are named.
PEERS = 10
#: A definition is said to move a figure from half a tenth of a per cent on.
SMALLEST_MOVE = 0.0005
#: Levers are shown at the step nearest to this share of net revenue expenditure.
LEVER_STEP = 0.02
_PUBLICATIONS = {
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


def indicator_table(run: ScoredDay, code: str) -> pd.DataFrame:
    """Return every indicator that applies to a council, as last known.

    Returns
    -------
    DataFrame
        In the dictionary's order: ``indicator, family, label, meaning, unit, worse, value, text, year`` (outturn
        year, "" where none), ``second_hand``, ``built``, ``class_percentile`` and ``near_percentile`` (0 to 100, 100
        the worst; missing where none can be given), ``in_model`` and ``series`` (year → value, every year known).
    """
    own = run.known.own(code)
    rows = []
    terms = {term.indicator for term in run.model.terms}
    class_ = run.table.at[code, "class"]
    table = run.known.rows
    places = {int(year): at for at, year in table.loc[table["ons_code"] == code, "year"].items()}
    for name, definition in load_definitions().items():
        if name not in own or class_ not in definition.classes:
            continue
        series = own[name].dropna()
        year = run.known.shown_year(code, name)
        value = float(series[year]) if year else np.nan
        at = places.get(year)
        rows.append(
            {
                "indicator": name,
                "family": definition.family,
                "label": definition.label,
                "meaning": definition.meaning,
                "unit": definition.unit,
                "worse": definition.worse,
                "value": value,
                "text": figure(name, value),
                "year": outturn_year_of(year) if year else "",
                "second_hand": bool(year)
                and definition.source == "outturn"
                and own.at[year, "source_kind"] == "interim",
                "built": bool(year) and bool(own.at[year, "built"]),
                "class_percentile": _at(class_percentiles(run), at, name),
                "near_percentile": _at(neighbour_percentiles(run), at, name),
                "in_model": name in terms,
                "series": {int(one): float(value) for one, value in series.items()},
                "source": definition.source,
            }
        )
    return pd.DataFrame(rows)


def _at(table: pd.DataFrame, at: int | None, name: str) -> float:
    return float(table.at[at, name]) if at is not None and at in table.index and name in table else np.nan


def _basis(source: str, year: str) -> str:
    """Say whether a release date is stated by the publisher, or a day by which the figures were certainly public."""
    if source == "outturn":
        return basis(year)
    stated = source in ("ofsted", "deprivation", "service_outturn", "housing_outturn")
    return "stated" if stated or (source, year) == ("capital", "2024-25") else "convention"


def sources(run: ScoredDay, code: str, indicators: pd.DataFrame) -> pd.DataFrame:
    """Return the publications that the figures shown come from: ``publication, year, released, basis, second_hand``."""
    own = run.known.own(code)
    rows = []
    shown = indicators[indicators["year"] != ""]
    for (source, year), _ in shown.groupby(["source", "year"], sort=False):
        at = int(year[:4]) + 1
        outturn = source in ("outturn", "budget")
        released = own.at[at, "known_from"] if outturn else own.at[at, f"known_from_{source}"]
        rows.append(
            {
                "publication": _PUBLICATIONS[source],
                "year": year,
                "released": pd.Timestamp(released),
                "basis": _basis(source, year),
                "second_hand": source == "outturn" and own.at[at, "source_kind"] == "interim",
            }
        )
    table = pd.DataFrame(rows, columns=["publication", "year", "released", "basis", "second_hand"])
    return table.drop_duplicates(["publication", "year"]).sort_values(
        ["publication", "year"], ascending=[False, False], kind="stable", ignore_index=True
    )


def switch_table(run: ScoredDay, code: str) -> pd.DataFrame:
    """Return what other definitions would make of the newest original year.

    Returns
    -------
    DataFrame
        ``definition`` (in words), ``label``, ``default``, ``switched`` (as text), ``year`` and ``level`` (False for
        a change over years); one row a figure that moves by a twentieth of a per cent or more.
    """
    columns = ["definition", "label", "default", "switched", "year", "level"]
    own = run.known.own(code)
    years = own.index[(own["source_kind"] == "original") & own[CORE].notna()]
    rows = []
    for switch, table in switched(run).items() if len(years) else ():
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
            said = f"{'Without' if default else 'With'}: {words}"
            texts = (figure(name, before), figure(name, after))
            level = not name.endswith(("_1y", "_3y"))
            rows.append((said, definition.label, *texts, outturn_year_of(year), level))
    return pd.DataFrame(rows, columns=columns)


def peer_table(run: ScoredDay, code: str) -> pd.DataFrame:
    """Return a council's nearest statistical neighbours and where they stand.

    Returns
    -------
    DataFrame
        The nearest first: ``ons_code, council, status, rank, risk, band, event_date, reserves`` (usable, over net
        revenue expenditure).
    """
    scores = run.table
    names = [one for one in neighbours_known(run).get(resolve(code), []) if one in scores.index][:PEERS]
    rows = scores.loc[names, ["council", "status", "rank", "risk", "band", "event_date", CORE]]
    return rows.rename(columns={CORE: "reserves"}).reset_index(names="ons_code")


def levers(run: ScoredDay, code: str) -> pd.DataFrame:
    """Return what the chance would be with one figure moved by about 2 % of net spending: arithmetic, not cause.

    Returns
    -------
    DataFrame
        From ``whatif.levers``, the most telling first: ``lever, label, step`` (in words), ``risk``, ``next_band``
        ("" where there is none lower) and ``to_next`` (in words: how much of this alone would reach it). Empty for a
        council without a score.
    """
    moved = every_lever(run, code)
    columns = ["lever", "label", "step", "risk", "next_band", "to_next"]
    if moved.empty:
        return pd.DataFrame(columns=columns)
    nearest = (moved["share_of_nre"] - LEVER_STEP).abs()
    whole = moved["lever"].eq("flexible receipts")  # asset sales for running costs are ended, not eased
    chosen = moved.loc[nearest.mask(whole, -moved["share_of_nre"]).groupby(moved["lever"]).idxmin()]
    chosen = chosen[chosen["points"] <= -SMALLEST_MOVE].sort_values("points", kind="stable")
    steps = chosen.to_dict("records")
    table = chosen.rename(columns={"risk_after": "risk"}).assign(
        label=[wording.label(row["lever"]) for row in steps],
        step=[wording.step(row["lever"], row["amount"], row["share_of_nre"]) for row in steps],
        to_next=[wording.reach(row) for row in steps],
    )
    return table[columns].reset_index(drop=True)
