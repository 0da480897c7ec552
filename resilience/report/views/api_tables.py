"""The tables of the static API, each column once: what its CSV files are written from and its data package says."""

from __future__ import annotations

import json
from functools import cache
from typing import Any, cast

from resilience import paths
from resilience.errors import DataError
from resilience.indicators.definitions import FAMILIES, SOURCES, UNITS, WORSE
from resilience.tables.schema import COUNCIL, ONS_CODE, OUTTURN_YEAR, SOURCE_KINDS, YEAR, Column, Table, Type

_INDICATOR = Column("indicator", "string", "Its name, as in indicators.csv.", pattern=r"[a-z0-9_]+", required=True)
_LINES = r"[a-z0-9_]+(; [a-z0-9_]+)*"

FIGURES = Table(
    "council/{ons_code}.csv",
    "A figure of one council: an indicator in a financial year, as known on the day of the list.",
    ("ons_code", "indicator", "year"),
    (
        *(ONS_CODE, COUNCIL, _INDICATOR, OUTTURN_YEAR, YEAR),
        Column(
            *("value", "number", "The figure as worked out, to twelve digits; a ratio is a fraction.", "as unit says"),
            required=True,
        ),
        Column("unit", "string", "What the value is in.", allowed=UNITS, required=True),
        Column(
            "source_kind",
            "string",
            "The least exact kind among the lines read: of the original publication, transcribed exactly from a "
            "republication, or second-hand and rounded (interim).",
            allowed=SOURCE_KINDS,
            required=True,
        ),
        Column("built", "boolean", "Whether it is added up from the councils this one replaced.", required=True),
        Column(
            "carried",
            "boolean",
            "Whether the score takes the figure forward from this year because the council's newest return lacks it.",
            required=True,
        ),
        Column("known_from", "date", "The day its publications were all out; it counts on the days after it."),
        Column(
            "lines",
            "list",
            "The lines, as in lines.csv, that the formula reads and that hold a figure in the year (an indicator that "
            "looks back reads them in earlier years too); empty where it rests on whether there is a return.",
            pattern=_LINES,
        ),
    ),
)

INDICATORS = Table(
    "indicators.csv",
    "An indicator: what it means, how it is worked out, and what to know before leaning on it.",
    ("indicator",),
    (
        _INDICATOR,
        Column("label", "string", "Its name in words.", shortest=3, required=True),
        Column("family", "string", "What it is about.", allowed=tuple(FAMILIES), required=True),
        Column("meaning", "string", "What it says of a council.", shortest=10, required=True),
        Column("formula", "string", "How it is worked out, with the form's line numbers.", shortest=10, required=True),
        Column("unit", "string", "What its values are in.", allowed=UNITS, required=True),
        Column("worse", "string", "Which direction is the worse one.", allowed=WORSE, required=True),
        Column("classes", "list", "The classes of council that it applies to.", required=True),
        Column("source", "string", "The publication it comes from.", allowed=SOURCES, required=True),
        Column("first_year", "string", "The first financial year.", pattern=r"\d{4}-\d{2}", required=True),
        Column("breaks", "string", "Where the series does not compare, the oldest first."),
        Column("caveat", "string", "What to know before leaning on it.", required=True),
        Column("in_score", "boolean", "Whether the score counts it.", required=True),
        Column("lines", "list", "Every line its formula reads in any year, as in lines.csv.", pattern=_LINES),
    ),
)

LINES = Table(
    "lines.csv",
    "A line of a form or publication that an indicator reads.",
    ("line",),
    (
        Column("line", "string", "Its name, as in the figures.", pattern=r"[a-z0-9_]+", required=True),
        Column("publication", "string", "Where it is published.", allowed=(*SOURCES, "second-hand"), required=True),
        Column("form", "string", "MHCLG's form, of a line of the summary or budget.", allowed=("RS", "RA")),
        Column("number", "string", "The line's number on the form; over the years one number has stood for several."),
        Column("code", "string", "MHCLG's code of the line, or one coined in the same style before there were codes."),
        Column("label", "string", "What it is, in words.", shortest=2, required=True),
    ),
)


@cache
def json_schema(name: str) -> dict[str, Any]:
    """Return one of the published JSON Schemas, such as "watchlist".

    Raises
    ------
    DataError
        If the file is not there.
    """
    path = paths.schemas() / f"{name}.schema.json"
    if not path.is_file():
        raise DataError(f"{path.name} is missing from docs/schemas; install the package anew.")
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


def watchlist_table() -> Table:
    """Return the list's columns as its JSON Schema has them; an empty cell stands for null and for an empty text."""
    own = json_schema("watchlist")["$defs"]
    columns = tuple(_column(name, own, given) for name, given in own["council"]["properties"].items())
    return Table("list.csv", "A council in being on the day, the most at risk first.", ("ons_code",), columns)


def _column(name: str, definitions: dict[str, Any], given: dict[str, Any]) -> Column:
    given = {**definitions.get(str(given.get("$ref")).rpartition("/")[2], {}), **given}
    types = given.get("type", "string")
    named = [types] if isinstance(types, str) else [one for one in types if one != "null"]
    kind = "list" if named == ["array"] else named[0]
    allowed = given.get("enum", ())
    filled = "minLength" in given or ("pattern" in given and not given["pattern"].endswith(")?$"))
    return Column(
        name,
        cast(Type, kind),
        given["description"],
        allowed=tuple(one for one in allowed if one),
        pattern=given.get("pattern", ""),
        shortest=given.get("minLength", 0),
        least=given.get("minimum"),
        most=given.get("maximum"),
        required=types == "boolean" or filled or (bool(allowed) and "" not in allowed),
    )
