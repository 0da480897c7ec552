"""What each sheet of the workbook holds: columns with their kinds, and rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from resilience.formatting import day
from resilience.model.calibration import PACES
from resilience.report.wording.general import CLASS_NAMES, KIND_WORDS
from resilience.tables import checks

View = Mapping[str, Any]

_UNIT_KINDS = {"ratio": "percent", "£ thousand": "amount", "count": "integer", "flag": "integer", "grade": "integer"}


@dataclass(frozen=True)
class Column:
    """One column of a sheet: its heading, its kind (a key of the formats), its width in characters."""

    heading: str
    kind: str
    width: float


#: The columns that are printed come first: as many as one page takes at a legible size.
LIST_COLUMNS = (
    Column("Rank", "integer", 6),
    Column("Council", "text", 30),
    Column("Class", "text", 7),
    Column("Band", "text", 10),
    Column("Past councils in this band", "integer", 11),
    Column("of these with a first event within 24 months", "integer", 13),
    Column("Rank by plain reserves", "integer", 10),
    Column("In the top 30 of both", "text", 10),
    Column("Figures of", "text", 10),
    Column("Status", "text", 15),
    Column("Main reasons", "wrapped", 62),
    Column("Region", "text", 22),
    Column("Chance if 10 councils have an event in 24 months", "chance", 13),
    Column("Chance if 20", "chance", 9),
    Column("Chance if 30", "chance", 9),
    Column("Chance at the latest closed year's pace", "chance", 13),
    Column("Range, low (5%)", "chance", 10),
    Column("Range, high (95%)", "chance", 10),
    Column("Not from the original", "text", 12),
    Column("Carried forward from earlier years", "wrapped", 34),
    Column("First event", "date", 13),
    Column("Kind of event", "text", 20),
    Column("Added up from predecessors", "text", 13),
    Column("Data flags", "wrapped", 30),
    Column("ONS code", "text", 11),
    Column("Support again within 12 months", "chance", 12),
    Column("Support again within 24 months", "chance", 12),
    Column("Years since the last support", "integer", 11),
    Column("Rounds so far", "integer", 9),
)
LIST_PRINTED = 11


def list_rows(view: View) -> Iterable[list[Any]]:
    """Yield the watch list, one row a council."""
    for row in view["councils"]:
        yield [
            *(row[name] for name in ("rank", "council", "class", "band", "band_councils", "band_events")),
            row["reserves_rank"],
            "yes" if row["top_30_of_both"] else "",
            *(row[name] for name in ("outturn_year", "status")),
            "; ".join(row["main_reasons"]),
            row["region"],
            *(_rounded(row[f"risk_{name}"]) for name in PACES),
            *(_rounded(row[name]) for name in ("risk", "risk_low", "risk_high")),
            KIND_WORDS.get(row["source_kind"], ""),
            row["carried"],
            row["event_date"],
            row["event_type"].replace("_", " "),
            "yes" if row["built"] else "",
            row["flags"],
            row["ons_code"],
            *(_rounded(row[name]) for name in ("again_12m", "again_24m")),
            *(row[name] for name in ("years_since_support", "rounds_so_far")),
        ]


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


_WHO = (
    Column("ONS code", "text", 11),
    Column("Council", "text", 30),
    Column("Class", "text", 7),
    Column("Region", "text", 22),
)


def indicators(view: View) -> tuple[list[Column], list[list[Any]]]:
    """Lay out every indicator of the dictionary with the year it stands for."""
    known = view["dictionary"]
    columns = [*_WHO, Column("Figures of", "text", 10), Column("Not from the original", "text", 12)]
    columns += [Column(one["label"], _UNIT_KINDS.get(one["unit"], "number"), 14) for one in known]
    rows = [
        [
            *(row[name] for name in ("ons_code", "council", "class", "region", "outturn_year")),
            KIND_WORDS.get(row["source_kind"], ""),
            *(row["values"][one["name"]] for one in known),
        ]
        for row in view["indicators"]
    ]
    return columns, rows


def contributions(view: View) -> tuple[list[Column], list[list[Any]]]:
    """Lay out what each term adds to a council's log-odds; with the intercept they make up the chance exactly."""
    sums = view["contributions"]
    columns = [*_WHO, Column("Median council of the lower tier (intercept)", "points", 14)]
    columns += [Column(label, "points", 13) for label in sums["labels"].values()]
    columns += [Column("Sum (log-odds)", "points", 11), Column("Chance at the latest closed year's pace", "chance", 13)]
    rows = [
        [
            *(row[name] for name in ("ons_code", "council", "class", "region")),
            sums["intercept"],
            *(row["terms"][name] for name in sums["labels"]),
            row["log_odds"],
            _rounded(row["risk"]),
        ]
        for row in sums["councils"]
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


def dictionary_rows(view: View) -> Iterable[list[Any]]:
    """Yield the dictionary, one row an indicator."""
    for one in view["dictionary"]:
        yield [
            *(one[name] for name in ("label", "name", "family", "meaning", "formula", "unit", "worse")),
            " ".join(one["classes"]),
            one["source"],
            one["first_year"],
            "; ".join(one["breaks"]),
            one["caveat"],
            one["used_by"],
        ]


NOTES_COLUMNS = (Column("About", "text", 24), Column("Note", "wrapped", 120))


def notes_rows(view: View) -> Iterable[list[str]]:
    """Yield what a reader must know, the licence and the sources."""
    yield ["List as of", day(view["as_of"])]
    if view["claim"]:
        yield ["What may be claimed", view["claim"]]
    yield ["Call sheet", view["call_sheet_note"]]
    yield ["What changed", view["changed_note"]]
    for note in view["notes"]:
        yield ["Reading the list", note]
    for band in view["bands"]:
        yield ["Band", f"{band['name']}: {band['said']}"]
    for code, name in CLASS_NAMES.items():
        yield ["Class", f"{code}: {name}"]
    yield [
        "Transcribed",
        "A row marked transcribed rests on exact lines transcribed from a republication of MHCLG's data; the original "
        "was not read. Lines not published there are carried forward.",
    ]
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
    if view["publications"]:
        yield ["Attribution", view["data_attribution"]]
        yield ["Licence", view["data_licence"]]
        for one in view["publications"]:
            yield ["Source", f"{one['title']}. {one['publisher']}."]
    yield ["Made with", f"council-resilience {view['version']}"]
