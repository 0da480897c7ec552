"""The data package against the vocabulary of Frictionless Data's Table Schema."""

import csv
import json

import jsonschema
import pytest

from resilience import paths
from resilience.tables.schema import TABLES

FIELD = {
    "type": "object",
    "required": ["name", "type", "description", "unit", "constraints"],
    "additionalProperties": False,
    "properties": {
        "name": {"type": "string", "minLength": 1},
        "type": {"enum": ["string", "integer", "number", "boolean", "date"]},
        "description": {"type": "string", "minLength": 5},
        "unit": {"type": "string", "minLength": 1},
        "constraints": {
            "type": "object",
            "required": ["required"],
            "additionalProperties": False,
            "properties": {
                "required": {"type": "boolean"},
                "enum": {"type": "array", "minItems": 1, "uniqueItems": True},
                "pattern": {"type": "string", "format": "regex"},
                "minLength": {"type": "integer", "minimum": 1},
                "minimum": {"type": "number"},
                "maximum": {"type": "number"},
            },
        },
    },
}
LICENCES = {
    "type": "array",
    "minItems": 1,
    "items": {"type": "object", "required": ["name", "title", "path"]},
}
RESOURCE = {
    "type": "object",
    "required": ["name", "path", "title", "profile", "schema", "sources", "licenses"],
    "properties": {
        "name": {"type": "string", "pattern": "^[a-z0-9._-]+$"},
        "profile": {"const": "tabular-data-resource"},
        "path": {"type": "string", "pattern": r"^[a-z_]+\.csv$"},
        "schema": {
            "type": "object",
            "required": ["fields", "missingValues"],
            "properties": {"fields": {"type": "array", "minItems": 1, "items": FIELD}},
        },
        "sources": {"type": "array", "items": {"type": "object", "required": ["title"]}},
        "licenses": LICENCES,
    },
}
PACKAGE = {
    "type": "object",
    "required": ["profile", "name", "licenses", "resources"],
    "properties": {
        "profile": {"const": "tabular-data-package"},
        "licenses": LICENCES,
        "resources": {"type": "array", "minItems": 10, "items": RESOURCE},
    },
}


@pytest.fixture(scope="module")
def package():
    return json.loads((paths.processed() / "datapackage.json").read_text("utf-8"))


def test_it_keeps_the_vocabulary_and_every_field_is_described(package):
    jsonschema.Draft202012Validator.check_schema(PACKAGE)
    jsonschema.validate(package, PACKAGE)


def test_it_describes_every_shipped_table_column_by_column(package):
    files = {one["path"]: one for one in package["resources"]}
    shipped = {file.name for file in paths.processed().glob("*.csv")}
    assert set(files) == shipped == shipped & set(TABLES)
    for name, one in files.items():
        with (paths.processed() / name).open(encoding="utf-8", newline="") as file:
            assert [field["name"] for field in one["schema"]["fields"]] == next(csv.reader(file)), name
        assert set(one["schema"].get("primaryKey", [])) <= {field["name"] for field in one["schema"]["fields"]}


def test_every_table_of_figures_names_its_sources(package):
    own = {"line_sources.csv", "transcribed.csv", "conflicts.csv", "vintages.csv"}  # these name a source a row
    assert all(one["sources"] for one in package["resources"] if one["path"] not in own)
