"""The data package: a description of every shipped table in Frictionless Data's Table Schema, made of `schema.py`."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from resilience.publications.lines import load_lines
from resilience.tables.schema import TABLES, Column, Table, columns_of

NAME = "datapackage.json"
OGL = {
    "name": "OGL-UK-3.0",
    "title": "Open Government Licence v3.0",
    "path": "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
}
CC_BY = {
    "name": "CC-BY-4.0",
    "title": "Creative Commons Attribution 4.0",
    "path": "https://creativecommons.org/licenses/by/4.0/",
}
#: Licences by how provenance.json says them.
_LICENCES = {"CC BY 4.0": CC_BY}
#: Table Schema has no type for a list within a cell without a format of its own; a list is text here.
_TYPES = {"list": "string"}
_NO_UNIT = "none"


def datapackage(
    tables: Mapping[str, Iterable[str]], sources: Iterable[Mapping[str, Any]], title: str
) -> dict[str, Any]:
    """Describe tables.

    Parameters
    ----------
    tables : mapping
        File name → its columns in order; a file that `schema.py` does not know is left out.
    sources : iterable of mapping
        Entries of provenance.json: ``table, title, publisher, licence, file``.
    title : str
        What the package is.
    """
    entries = list(sources)
    return {
        "profile": "tabular-data-package",
        "name": "council-financial-resilience",
        "title": title,
        "licenses": [OGL, CC_BY],
        "resources": [
            _resource(TABLES[name], list(columns), [one for one in entries if one["table"] == name])
            for name, columns in sorted(tables.items())
            if name in TABLES
        ],
    }


def _resource(table: Table, names: list[str], entries: list[Mapping[str, Any]]) -> dict[str, Any]:
    name = table.name.removesuffix(".csv").replace("_", "-")
    return {
        **resource(name, table.name, table.sentence, schema_of(table, names)),
        "sources": _sources(entries),
        "licenses": _licences(entries),
    }


def resource(name: str, path: str, title: str, schema: Mapping[str, Any] | str) -> dict[str, Any]:
    """Describe a CSV file; its schema may be the address of one that several files share."""
    return {
        "profile": "tabular-data-resource",
        "name": name,
        "path": path,
        "title": title,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": schema,
    }


def schema_of(table: Table, names: list[str]) -> dict[str, Any]:
    """Return a table's columns as a Table Schema."""
    found: dict[str, Any] = {"fields": [_field(column) for column in columns_of(table, names)], "missingValues": [""]}
    return {**found, "primaryKey": list(table.key)} if table.key else found


def _field(column: Column) -> dict[str, Any]:
    constraints: dict[str, Any] = {"required": column.required}
    if column.allowed:
        constraints["enum"] = list(column.allowed)
    if column.pattern:
        constraints["pattern"] = column.pattern
    if column.shortest:
        constraints["minLength"] = column.shortest
    for key, bound in (("minimum", column.least), ("maximum", column.most)):
        if bound is not None:
            constraints[key] = bound
    return {
        "name": column.name,
        "type": _TYPES.get(column.type, column.type),
        "description": column.sentence,
        "unit": column.unit or _NO_UNIT,
        "constraints": constraints,
    }


def _sources(entries: list[Mapping[str, Any]]) -> list[dict[str, str]]:
    found = {}
    for one in entries:
        found[one["publisher"], one["title"], one["file"]] = {
            "title": f"{one['publisher']}: {one['title']} ({one['file']})"
        }
    return [found[key] for key in sorted(found, key=str)]


def _licences(entries: list[Mapping[str, Any]]) -> list[dict[str, str]]:
    said = [_LICENCES.get(str(one.get("licence")), OGL) for one in entries] or [OGL]
    return [licence for licence in (OGL, CC_BY) if licence in said]


def text_of(written: Mapping[str, str | bytes], there: Path, sources: Iterable[Mapping[str, Any]]) -> str:
    """Return the description, as JSON, of the tables about to be written and of those that stay as they are."""
    heads: dict[str, list[str]] = {}
    for name in TABLES:
        if name in written:
            content = written[name]
            head = (content.decode("utf-8") if isinstance(content, bytes) else content).partition("\n")[0]
        elif (there / name).is_file():
            with (there / name).open(encoding="utf-8", newline="") as file:
                head = file.readline().rstrip("\r\n")
        else:
            continue
        heads[name] = next(csv.reader(io.StringIO(head)))
    title = (
        f"Finances of English principal councils: {len(load_lines().of_form('RS'))} lines of Revenue Outturn and more"
    )
    return json.dumps(datapackage(heads, sources, title), indent=1, ensure_ascii=False) + "\n"
