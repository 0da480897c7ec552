"""What each sheet of the workbook holds: columns with their kinds, and rows."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from resilience import __version__, paths
from resilience.formatting import day
from resilience.indicators.definitions import FAMILIES, Definition
from resilience.model.calibration import BANDS
from resilience.model.risk_set import AT_RISK
from resilience.model.scoring import ScoredDay
from resilience.report.views.watchlist import notes
from resilience.report.wording.general import CLASS_NAMES
from resilience.tables import checks

_UNIT_KINDS = {"ratio": "percent", "£ thousand": "amount", "count": "integer", "flag": "integer", "grade": "integer"}


@dataclass(frozen=True)
class Column:
    """One column of a sheet: its heading, its kind (a key of the formats), its width in characters."""

    heading: str
    kind: str
    width: float


LIST_COLUMNS = (
    Column("Rank", "integer", 6),
    Column("Council", "text", 30),
    Column("Class", "text", 7),
    Column("Region", "text", 22),
    Column("Status", "text", 15),
    Column("Chance within 24 months", "chance", 11),
    Column("Range, low (5 %)", "chance", 10),
    Column("Range, high (95 %)", "chance", 10),
    Column("Band", "text", 10),
    Column("Main reasons", "wrapped", 70),
    Column("Figures of", "text", 10),
    Column("Second-hand", "text", 12),
    Column("Carried forward from earlier years", "wrapped", 34),
    Column("First event", "date", 13),
    Column("Kind of event", "text", 20),
    Column("Added up from predecessors", "text", 13),
    Column("Data flags", "wrapped", 30),
    Column("ONS code", "text", 11),
)


def list_rows(frame: pd.DataFrame) -> Iterable[list[Any]]:
    """Yield the watch list, one row a council."""
    for row in frame.to_dict("records"):
        yield [
            row["rank"],
            row["council"],
            row["class"],
            row["region"],
            row["status"],
            *(_rounded(row[name]) for name in ("risk", "risk_low", "risk_high")),
            row["band"],
            row["main_reasons"],
            row["outturn_year"],
            _second_hand(row["source_kind"]),
            row["carried"],
            row["event_date"],
            row["event_type"].replace("_", " "),
            "yes" if row["built"] else "",
            row["flags"],
            row["ons_code"],
        ]


def _rounded(value: Any) -> float | None:
    return None if pd.isna(value) else round(float(value), 4)


def _second_hand(kind: Any) -> str:
    return "second-hand" if kind == "interim" else ""


_WHO = (
    Column("ONS code", "text", 11),
    Column("Council", "text", 30),
    Column("Class", "text", 7),
    Column("Region", "text", 22),
)


def indicators(scores: pd.DataFrame, definitions: dict[str, Definition]) -> tuple[list[Column], list[list[Any]]]:
    """Lay out every indicator of the dictionary with the year it stands for."""
    columns = [*_WHO, Column("Figures of", "text", 10), Column("Second-hand", "text", 12)]
    columns += [Column(one.label, _UNIT_KINDS.get(one.unit, "number"), 14) for one in definitions.values()]
    rows = [
        [
            code,
            *(row[name] for name in ("council", "class", "region", "outturn_year")),
            _second_hand(row["source_kind"]),
            *(row[name] for name in definitions),
        ]
        for code, row in scores.iterrows()
    ]
    return columns, rows


def contributions(run: ScoredDay, scores: pd.DataFrame) -> tuple[list[Column], list[list[Any]]]:
    """Lay out what each term adds to a council's log-odds; with the intercept they make up the chance exactly."""
    labels = {term.name: term.label for term in run.model.terms} | {"upper tier": "Upper-tier council"}
    columns = [*_WHO, Column("Median council of the lower tier (intercept)", "points", 14)]
    columns += [Column(labels[name], "points", 13) for name in run.model.names]
    columns += [Column("Sum (log-odds)", "points", 11), Column("Chance within 24 months", "chance", 11)]
    at_risk = scores[scores["status"] == AT_RISK]
    rows = [
        [
            code,
            *(row[name] for name in ("council", "class", "region")),
            run.scale.intercept,
            *run.contributions.loc[code, run.model.names],
            row["log_odds"],
            _rounded(row["risk"]),
        ]
        for code, row in at_risk.iterrows()
    ]
    return columns, rows


DICTIONARY_COLUMNS = (
    Column("Indicator", "text", 36),
    Column("Column name", "text", 32),
    Column("Family", "text", 20),
    Column("Meaning", "wrapped", 60),
    Column("Formula", "wrapped", 60),
    Column("Unit", "text", 12),
    Column("Worse when", "text", 11),
    Column("Classes", "text", 16),
    Column("Source", "text", 16),
    Column("First year", "text", 10),
    Column("Breaks in the series", "wrapped", 40),
    Column("Caveat", "wrapped", 60),
    Column("Who else uses it", "wrapped", 40),
)


def dictionary_rows(definitions: dict[str, Definition]) -> Iterable[list[Any]]:
    """Yield the dictionary, one row an indicator."""
    for one in definitions.values():
        worse = "" if one.worse == "neither" else one.worse
        yield [
            one.label,
            one.name,
            FAMILIES[one.family],
            one.meaning,
            one.formula,
            one.unit,
            worse,
            " ".join(one.classes),
            one.source,
            one.first_year,
            "; ".join(one.breaks),
            one.caveat,
            one.used_by,
        ]


NOTES_COLUMNS = (Column("About", "text", 24), Column("Note", "wrapped", 120))


def notes_rows(run: ScoredDay) -> Iterable[list[str]]:
    """Yield what a reader must know, the licence and the sources."""
    yield ["List as of", day(run.as_of)]
    for note in notes(run):
        yield ["Reading the list", note]
    for name, least in BANDS:
        yield ["Band", f"{name}: a chance of {least:.0%} and over" if least else f"{name}: less than that"]
    for code, name in CLASS_NAMES.items():
        yield ["Class", f"{code}: {name}"]
    yield [
        "Second-hand",
        "A row marked second-hand rests on figures that somebody else took from the publication; the original was "
        "not read. Lines they lack are carried forward, and the column says from which year.",
    ]
    yield [
        "Contributions",
        "What each term adds to the log-odds, against the median council of the tier (0). Intercept and terms add up "
        "to the sum; the chance is 1 / (1 + exp(-sum)).",
    ]
    for code, meaning in checks.MEANING.items():
        yield ["Data flag", f"{code}: {meaning}"]
    source = paths.processed() / "provenance.json"
    if source.is_file():
        found = json.loads(source.read_text("utf-8"))
        yield ["Attribution", found["attribution"]]
        yield ["Licence", found["licence"]]
        for title, publisher in dict.fromkeys((one["title"], one["publisher"]) for one in found["files"]):
            yield ["Source", f"{title}. {publisher}."]
    yield ["Made with", f"council-resilience {__version__}"]
