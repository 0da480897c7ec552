"""The static API: each council's figures through time, the dictionary and lines behind them, index and data package."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from resilience import __version__
from resilience.analysis.figures import figures as every_figure
from resilience.indicators.definitions import load_definitions
from resilience.indicators.lines import lines_read
from resilience.model.scoring import ScoredDay
from resilience.publications.lines import load_lines
from resilience.report.plain import plain
from resilience.report.views.address import Address
from resilience.report.views.api_tables import FIGURES, INDICATORS, LINES, watchlist_table
from resilience.report.wording.api import COLUMNS_OF_OTHERS, DOCUMENTS, KIND_MEANINGS, PROMISE, WHAT
from resilience.report.wording.general import CANNOT_SEE, SCORE_IS
from resilience.tables.datapackage import CC_BY, OGL, resource, schema_of
from resilience.tables.panel import provenance
from resilience.tables.schema import Table
from resilience.years import outturn_year_of

#: The part of the address that changes when something is taken away or changes its meaning.
VERSION = "v1"
FOLDER = f"api/{VERSION}"
#: From that folder to the site's top one.
UP = "../../"
FIGURES_SCHEMA = "schemas/figures.table.json"


def figures(scored: ScoredDay, code: str) -> dict[str, Any]:
    """Return a council's figures as a table: one row an indicator and financial year."""
    own = every_figure(scored)[code]
    units = {name: one.unit for name, one in load_definitions().items()}
    columns = {
        **{name: own[name] for name in ("council", "indicator", "year", "value", "source_kind", "built", "carried")},
        "ons_code": pd.Series(code, index=own.index),
        "outturn_year": own["year"].map(outturn_year_of),
        "unit": own["indicator"].map(units),
        "known_from": own["known_from"].dt.strftime("%Y-%m-%d"),
        "lines": own["lines"],
    }
    return _table(FIGURES, zip(*(columns[column.name].tolist() for column in FIGURES.columns), strict=True))


def indicators(scored: ScoredDay) -> dict[str, Any]:
    """Return the dictionary of indicators as a table."""
    asked = {term.indicator for term in scored.model.terms}
    return _table(
        INDICATORS,
        [
            (
                *(name, one.label, one.family, one.meaning, one.formula, one.unit, one.worse),
                *("; ".join(one.classes), one.source, one.first_year, " ".join(one.breaks), one.caveat),
                *(name in asked, "; ".join(lines_read()[name])),
            )
            for name, one in load_definitions().items()
        ],
    )


def lines() -> dict[str, Any]:
    """Return the lines that indicators read as a table, in the order they are met."""
    read = {line: source for one in lines_read().values() for line, source in one.items()}
    return _table(LINES, [_line(line, source) for line, source in sorted(read.items())])


def _line(name: str, source: str) -> tuple[str, ...]:
    one = load_lines().by_name.get(name)
    if one is None:
        return name, source or "second-hand", "", "", "", COLUMNS_OF_OTHERS[name]
    return name, "budget" if one.form == "RA" else "outturn", one.form, one.row, one.code, one.label


def _table(table: Table, rows: Iterable[Iterable[Any]]) -> dict[str, Any]:
    return {"table": {"columns": [column.name for column in table.columns], "rows": [list(row) for row in rows]}}


def council_addresses(code: str) -> dict[str, str]:
    """Return where a council's documents stand within the API's folder."""
    return {form: f"council/{code}.{form}" for form in ("json", "csv")}


def index(scored: ScoredDay, codes: list[str], address: Address) -> dict[str, Any]:
    """Return what the API has and where, as ``content`` (``docs/schemas/api_index.schema.json``).

    Parameters
    ----------
    scored : ScoredDay
    codes : list of str
        The councils that have documents.
    address : callable
        From a code to a council's page, seen from the site's top folder.
    """
    table = scored.table
    content = {
        "what": WHAT,
        "api": VERSION,
        "as_of": str(scored.as_of),
        "register_to": str(scored.events.until),
        "newest_release": provenance()["newest_release"],
        "version": __version__,
        "licences": [OGL, CC_BY],
        "attribution": provenance()["attribution"],
        "score_is": SCORE_IS,
        "cannot_see": CANNOT_SEE,
        "promise": PROMISE,
        "documents": [dict(zip(("path", "schema", "what"), one, strict=True)) for one in DOCUMENTS],
        "councils": [
            {
                "ons_code": code,
                **{name: plain(table.at[code, name]) for name in ("council", "class", "region", "status")},
                **council_addresses(code),
                "page": f"{UP}{address(code)}",
            }
            for code in codes
        ],
    }
    return {"content": content}


def package(scored: ScoredDay, codes: list[str]) -> dict[str, Any]:
    """Return the data package of the CSV files as ``content``; every council's figures share one schema."""
    tables = (watchlist_table(), INDICATORS, LINES)
    names = scored.table["council"]
    resources = [
        resource(table.name.removesuffix(".csv"), table.name, table.sentence, _schema(table)) for table in tables
    ] + [
        resource(
            f"figures-{code.lower()}",
            council_addresses(code)["csv"],
            f"{names[code]}: its figures by indicator and financial year",
            FIGURES_SCHEMA,
        )
        for code in codes
    ]
    content = {
        "profile": "tabular-data-package",
        "name": "watch-list-of-english-councils",
        "title": f"Watch list of English councils as of {scored.as_of}, with each council's figures",
        "description": f"{WHAT} {CANNOT_SEE}",
        "version": __version__,
        "created": f"{scored.as_of}T00:00:00Z",
        "licenses": [OGL, CC_BY],
        "sources": [_source(one) for one in provenance()["files"]],
        "resources": resources,
    }
    return {"content": content}


def figures_schema() -> dict[str, Any]:
    """Return the Table Schema of the councils' CSV files as ``content``."""
    return {"content": _schema(FIGURES)}


def _schema(table: Table) -> dict[str, Any]:
    found = schema_of(table, [column.name for column in table.columns])
    if table is FIGURES:
        reference = {"resource": "indicators", "fields": "indicator"}
        found["foreignKeys"] = [{"fields": "indicator", "reference": reference}]
    return found


def _source(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return one publication: Frictionless asks for a title; the rest says which file it was."""
    return {
        "title": f"{entry['publisher']}: {entry['title']}",
        "file": entry["file"],
        "bytes": entry["bytes"],
        "hash": f"sha256:{entry['sha256']}",
        "released": entry["released"],
        "licence": entry["licence"],
        "table": entry["table"],
    }


def page(scored: ScoredDay, codes: list[str]) -> dict[str, Any]:
    """Return what the page about the API shows."""
    example = codes[0] if codes else str(scored.table.index[0])
    listed = watchlist_table()
    return {
        "as_of": str(scored.as_of),
        "folder": FOLDER,
        "what": WHAT,
        "promise": PROMISE,
        "documents": [
            {
                **{"path": path, "shown": path.format(ons_code=example), "what": what},
                "linked": "{" not in path or bool(codes),
            }
            for path, _, what in DOCUMENTS
        ],
        "example": {"ons_code": example, "council": scored.table.at[example, "council"]},
        "tables": [
            {"path": one.file.format(ons_code="ONS_CODE"), "sentence": one.sentence, "columns": _columns(one)}
            for one in (FIGURES, listed, INDICATORS, LINES)
        ],
        "kinds": KIND_MEANINGS,
        "attribution_full": provenance()["attribution"],
        "licences": [OGL, CC_BY],
        "year": scored.as_of.year,
        "councils": len(codes),
    }


def _columns(table: Table) -> list[dict[str, str]]:
    return [
        {"name": one.name, "type": one.type, "sentence": one.sentence, "required": "yes" if one.required else "no"}
        for one in table.columns
    ]
