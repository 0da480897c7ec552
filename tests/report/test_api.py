"""The static API as files: documents keep to their schemas, tables to the data package, and say what pages say."""

import csv
import json
import re
from datetime import date
from functools import cache

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from resilience.report.formats.csv import WATCHLIST
from resilience.report.site import links
from resilience.report.views import council
from resilience.report.views.api import FOLDER
from resilience.report.views.api_tables import LINES, watchlist_table
from resilience.report.writers import write
from resilience.tables.panel import provenance
from tests.report.site_data import one_view, small_folder, small_site

READ = {
    "string": str,
    "integer": int,
    "number": float,
    "boolean": {"True": True, "False": False}.__getitem__,
    "date": date.fromisoformat,
}
KNOWN = {"required", "enum", "pattern", "minLength", "minimum", "maximum"}


def folder():
    return small_folder() / FOLDER


def document(path):
    return json.loads((folder() / path).read_text("utf-8"))


@cache
def table(path):
    with (folder() / path).open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    return head, rows


def problems(schema, content):
    Draft202012Validator.check_schema(schema)
    found = Draft202012Validator(schema, format_checker=FormatChecker()).iter_errors(content)
    return [f"{list(error.path)}: {error.message}" for error in found]


def broken(resource, schema):
    """Return what in a table's file does not keep to its Table Schema."""
    head, rows = table(resource["path"])
    fields = schema["fields"]
    if head != [field["name"] for field in fields]:
        return [f"columns {head}"]
    wrong = []
    for at, field in enumerate(fields):
        limits = field["constraints"]
        assert set(limits) <= KNOWN and field["description"]
        for text in {row[at] for row in rows}:
            if text in schema["missingValues"]:
                wrong += [f"{field['name']}: missing"] if limits["required"] else []
                continue
            try:
                value = READ[field["type"]](text)
            except (ValueError, KeyError):
                wrong.append(f"{field['name']}: {text!r} is no {field['type']}")
                continue
            kept = (
                text in limits.get("enum", [text])
                and ("pattern" not in limits or re.fullmatch(limits["pattern"], text))
                and len(text) >= limits.get("minLength", 0)
                and (field["type"] not in ("integer", "number") or limits.get("minimum", value) <= value)
                and (field["type"] not in ("integer", "number") or value <= limits.get("maximum", value))
            )
            wrong += [] if kept else [f"{field['name']}: {text!r}"]
    keys = [tuple(row[head.index(name)] for name in schema["primaryKey"]) for row in rows]
    return wrong + (["a key stands twice"] if len(set(keys)) != len(keys) else [])


def schema_of(resource):
    found = resource["schema"]
    return document(found) if isinstance(found, str) else found


def test_every_document_keeps_to_the_schema_that_the_index_names():
    index = document("index.json")
    assert problems(document("schemas/api_index.schema.json"), index) == []
    assert [one["ons_code"] for one in index["councils"]] == list(small_site().names)
    checked = 0
    for one in index["documents"]:
        if one["schema"]:
            assert (folder() / one["schema"]).is_file()
        if not one["path"].endswith(".json") or not one["schema"]:
            continue
        for path in {one["path"].format(ons_code=own["ons_code"]) for own in index["councils"]}:
            assert problems(document(one["schema"]), document(path)) == [], path
            checked += 1
    assert checked == 2 + len(index["councils"])
    for own in index["councils"]:
        assert all((folder() / own[name]).resolve().is_file() for name in ("json", "csv", "page"))


def test_a_wrong_document_would_be_seen():
    index = document("index.json")
    assert problems(document("schemas/api_index.schema.json"), {**index, "api": "v2"})
    assert problems(document("schemas/assessment.schema.json"), {**document("council/E09000008.json"), "replies": None})


def test_the_data_package_describes_every_table_and_every_table_keeps_to_it():
    package = document("datapackage.json")
    assert package["profile"] == "tabular-data-package" and package["licenses"][0]["name"] == "OGL-UK-3.0"
    there = {path.relative_to(folder()).as_posix() for path in folder().rglob("*.csv")}
    assert {one["path"] for one in package["resources"]} == there
    names = [one["name"] for one in package["resources"]]
    assert len(set(names)) == len(names) and all(re.fullmatch(r"[a-z0-9._-]+", name) for name in names)
    for one in package["resources"]:
        assert broken(one, schema_of(one)) == [], one["path"]


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("source_kind", {"enum": ["original"]}),
        ("year", {"minimum": 2015}),
        ("indicator", {"pattern": "x"}),
        ("lines", {"required": True}),
    ],
)
def test_a_table_that_breaks_its_description_would_be_seen(name, changed):
    resource = {"path": "council/E09000008.csv"}
    schema = document("schemas/figures.table.json")
    assert broken(resource, schema) == []
    field = next(one for one in schema["fields"] if one["name"] == name)
    field["constraints"] = {**field["constraints"], **changed}
    assert broken(resource, schema)


def test_figures_and_lines_are_all_described():
    known = {row[0] for row in table("indicators.csv")[1]}
    lines = {row[0] for row in table("lines.csv")[1]}
    for path in folder().glob("council/*.csv"):
        head, rows = table(f"council/{path.name}")
        named = head.index("indicator"), head.index("lines")
        assert {row[named[0]] for row in rows} <= known
        assert {line for row in rows for line in row[named[1]].split("; ") if line} <= lines
        assert {row[head.index("ons_code")] for row in rows} == {path.stem}


def test_sources_are_those_of_provenance_without_a_path():
    sources = document("datapackage.json")["sources"]
    assert [(one["file"], one["bytes"], one["hash"], one["released"]) for one in sources] == [
        (one["file"], one["bytes"], f"sha256:{one['sha256']}", one["released"]) for one in provenance()["files"]
    ]
    assert not any("/" in one["file"] or "\\" in one["file"] for one in sources)


def test_a_council_s_document_is_what_assess_writes():
    for code in ("E09000008", "E10000016", "E06000066"):
        alone = write("council", "json", council.view(small_site().run, code))
        assert json.loads(alone) == document(f"council/{code}.json")


def test_figures_are_those_of_the_document():
    content = document("council/E10000016.json")
    head, rows = table("council/E10000016.csv")
    values = {(row[2], row[4]): row[head.index("value")] for row in rows}
    compared = 0
    for one in content["indicators"]:
        for year, value in one["series"].items():
            assert float(values[one["indicator"], year]) == pytest.approx(value, rel=1e-11, abs=1e-12)
            compared += 1
    assert compared > 400


def test_large_amounts_keep_their_last_thousand():
    head, rows = table("council/E10000016.csv")  # Kent spends more than a thousand million
    spent = [row[head.index("value")] for row in rows if row[2] == "net_revenue_expenditure"]
    assert max(map(float, spent)) > 1_000_000 and not any("e" in text for text in spent)


def test_the_list_is_the_one_of_the_site():
    for form in ("json", "csv"):
        assert (folder() / f"list.{form}").read_bytes() == (small_folder() / f"watchlist.{form}").read_bytes()
    assert tuple(column.name for column in watchlist_table().columns) == WATCHLIST
    assert len(table("list.csv")[1]) == len(one_view()["councils"])


def test_a_chance_has_the_record_beside_it():
    head, rows = table("list.csv")
    risk, events, councils = (head.index(name) for name in ("risk", "band_events", "band_councils"))
    assert all(row[events] and row[councils] for row in rows if row[risk])
    assert sum(bool(row[risk]) for row in rows) > 200


def test_the_page_names_every_column_and_links_what_there_is():
    text = (small_folder() / "api.html").read_text("utf-8")
    for column in (*watchlist_table().columns, *LINES.columns):
        assert f">{column.name.replace('_', '_<wbr>')}<" in text
    assert "{ons_code}" in text.replace("<wbr>", "") and 'href="api/v1/datapackage.json"' in text


def test_every_page_leads_to_what_is_said_about_the_site():
    about = [one["href"] for one in links("") if one["about"]]
    assert about == ["api.html", "corrections.html", "accessibility.html"]
    for path in small_folder().rglob("*.html"):
        up = "../" if path.parent.name == "councils" else ""
        text = path.read_text("utf-8")
        assert all(f'<li><a href="{up}{href}"' in text for href in about), path.name
