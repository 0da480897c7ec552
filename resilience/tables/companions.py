"""Build the tables that accompany the panel: council tax, service outturn, capital, context.

Each is computed from publications in one folder and written to ``data/processed``; the originals stay out.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from resilience.councils import load_councils
from resilience.errors import PublicationError
from resilience.publications.others import capital, context, council_tax, services
from resilience.publications.others.cells import (
    csv_table,
    newest_codes,
    number,
    provenance,
    write_table,
)
from resilience.publications.outturn import transcribed
from resilience.publications.outturn.interim import FILES as INTERIM_FILES

OGL = "Open Government Licence v3.0"
MHCLG = "Ministry of Housing, Communities and Local Government (and its predecessors)"
TABLES = (
    "council_tax.csv",
    "service_outturn.csv",
    "capital.csv",
    "context_measures.csv",
    "ofsted.csv",
    "deprivation.csv",
    "gdp_deflator.csv",
)
_NOT_STATED = (
    "capital_2023_24.csv",
    capital.PRUDENTIAL_FILE,
)  # its date is assumed; that of a ctr_….xlsx is when it was last saved


def build_companions(
    source: Path,
    out: Path,
    lines: pd.DataFrame | None = None,
) -> list[dict[str, Any]]:
    """Read the publications below a folder and write the tables of `TABLES`.

    Parameters
    ----------
    source : Path
        The folder with ``council_tax/``, ``service_outturn/``, ``capital/``, ``covariates/``, ``lookups/``
        and ``interim/`` in it (``../shared/data``).
    out : Path
        Where the tables go, usually ``data/processed``.
    lines : DataFrame, optional
        From ``read_transcribed``, for debt and capital financing requirement; by default not used.

    Returns
    -------
    list of dict
        One entry a source file: ``file, bytes, sha256, publisher, title, released, licence, table``.
    """
    if not source.is_dir():
        raise PublicationError(f"{source} is not a folder; name the one that holds the publications.")
    lait = source / "covariates" / "lait_extract_upper_tier.csv"
    ofsted = source / "covariates" / "ofsted_inspection_outcomes_2025-03-31.ods"
    tables = {
        "council_tax.csv": council_tax.read_council_tax(source / "council_tax"),
        "service_outturn.csv": services.read_service_outturn(source / "service_outturn"),
        "capital.csv": capital.read_capital(source / "capital", lines),
        "context_measures.csv": context.read_lait(lait).drop(columns="known_from"),
        "ofsted.csv": context.read_ofsted(ofsted),
        "deprivation.csv": _deprivation(source),
        "gdp_deflator.csv": context.gdp_deflator(),
    }
    for name, table in tables.items():
        write_table(table, out / name)
    return _provenance(source, tables)


def _deprivation(source: Path) -> pd.DataFrame:
    """Return the deprivation table with counties added from their districts, weighted by people."""
    districts = context.read_deprivation(source / "lookups" / "imd_2025_la_summary.csv")
    path = source / "interim" / INTERIM_FILES["2024-25"]
    raw = csv_table(path, ("ons_code", "name", "population"))
    codes = newest_codes(path, raw[["ons_code", "name"]].to_numpy().tolist())
    people = dict(zip(codes, raw["population"].map(number), strict=True))
    counties = context.county_deprivation(districts, _register_counties(), people)
    return pd.concat([districts, counties], ignore_index=True).sort_values("ons_code", ignore_index=True)


def _register_counties() -> dict[str, str]:
    register = load_councils()
    living = register[(register["class"] == "SD") & (register["end_date"] == "") & (register["county"] != "")]
    return dict(zip(living["ons_code"], living["county"], strict=True))


def _provenance(source: Path, tables: dict[str, pd.DataFrame]) -> list[dict[str, Any]]:
    entries = []
    for name, folder, title, publisher in (
        ("council_tax.csv", "council_tax", "Council tax levels and requirements (CTR)", MHCLG),
        (
            "service_outturn.csv",
            "service_outturn",
            "Revenue outturn: service expenditure summary (RSX)",
            MHCLG,
        ),
        ("capital.csv", "capital", "Capital outturn (COR), through a public feed, transcribed", MHCLG),
    ):
        known = tables[name].groupby("source_file")["known_from"].first()
        for file in sorted(known.index):
            if file == transcribed.FILE:
                entry = provenance(
                    source / transcribed.FOLDER / file,
                    publisher=publisher,
                    title="Capital outturn (COR), debt and requirement, transcribed from a republication",
                    released=None,
                    licence=OGL,
                )
                entries.append(entry | {"table": name})
                continue
            stated = pd.notna(known[file]) and file not in _NOT_STATED and not file.startswith("ctr_")
            released = known[file].date().isoformat() if stated else None
            entry = provenance(source / folder / file, publisher=publisher, title=title, released=released, licence=OGL)
            entries.append(entry | {"table": name})
    others: tuple[tuple[str, str, str, str, str | None], ...] = (
        (
            "service_outturn.csv",
            "service_outturn/RO4_housing_2024-25_extract.csv",
            MHCLG,
            "RO4 2024-25, extract",
            "2025-09-18",
        ),
        (
            "context_measures.csv",
            "covariates/lait_extract_upper_tier.csv",
            "Department for Education",
            "Local Authority Interactive Tool, extract",
            None,
        ),
        (
            "ofsted.csv",
            "covariates/ofsted_inspection_outcomes_2025-03-31.ods",
            "Ofsted",
            "Local authority inspection outcomes as at 31 March 2025",
            "2025-09-25",
        ),
        (
            "deprivation.csv",
            "lookups/imd_2025_la_summary.csv",
            MHCLG,
            "English Indices of Deprivation 2025, File 10",
            "2025-10-30",
        ),
        (
            "deprivation.csv",
            "interim/outturn_2024_25.csv",
            MHCLG,
            "population, as weights for counties; through a public page",
            None,
        ),
    )
    for name, file, publisher, title, released in others:
        path = source / file
        if path.is_file():
            entry = provenance(path, publisher=publisher, title=title, released=released, licence=OGL)
            entries.append(entry | {"table": name})
    deflator = context.deflator_source()
    path = Path(context.__file__).parent / "gdp_deflator.toml"
    entry = provenance(
        path,
        publisher=deflator["publisher"],
        title=deflator["title"],
        released=deflator["released"],
        licence=deflator["licence"],
    )
    entries.append(entry | {"table": "gdp_deflator.csv", "through": deflator["retrieved_through"]})
    return entries
