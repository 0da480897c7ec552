"""The files of the static API, written beside the site's pages; a council's are written with its page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from resilience import paths
from resilience.files import write_atomically
from resilience.model.scoring import ScoredDay
from resilience.report.views import api
from resilience.report.views.address import Address
from resilience.report.writers import write

#: The JSON Schemas that the documents keep to.
SCHEMAS = ("api_index", "watchlist", "assessment")


def files(
    scored: ScoredDay, codes: list[str], address: Address, written: Mapping[str, str | bytes]
) -> Iterable[tuple[str, str | bytes]]:
    """Yield every file of the API but the councils' own: its name from the site's top folder, and content.

    Parameters
    ----------
    scored : ScoredDay
    codes : list of str
        The councils that have documents.
    address : callable
        From a code to a council's page.
    written : mapping of str to str or bytes
        The list as written for the top folder, by form.
    """
    found = {
        "index.json": write("api index", "json", api.index(scored, codes, address)),
        "list.json": written["json"],
        "list.csv": written["csv"],
        "indicators.csv": write("api table", "csv", api.indicators(scored)),
        "lines.csv": write("api table", "csv", api.lines()),
        "datapackage.json": write("api index", "json", api.package(scored, codes)),
        api.FIGURES_SCHEMA: write("api index", "json", api.figures_schema()),
    }
    for name in SCHEMAS:
        found[f"schemas/{name}.schema.json"] = (paths.schemas() / f"{name}.schema.json").read_bytes()
    for name, content in found.items():
        yield f"{api.FOLDER}/{name}", content


def write_council(top: Path, scored: ScoredDay, code: str, view: Mapping[str, Any]) -> None:
    """Write one council's documents: its assessment, which its page was made of too, and its figures through time."""
    there = api.council_addresses(code)
    folder = top / api.FOLDER
    write_atomically(folder / there["json"], write("council", "json", view))
    write_atomically(folder / there["csv"], write("api figures", "csv", api.figures(scored, code)))
