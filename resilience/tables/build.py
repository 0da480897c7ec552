"""``resilience build``: publications → the tables the project ships.

Years that the source does not hold are kept from the tables that are there already, with their provenance, so that a
fetched newest year joins what was shipped; of several releases of one year the newest stands in the panel and the
others in vintages.csv. Everything is computed before anything is written; then all tables are written beside, and
renamed one after the other, the provenance last.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd

from resilience import paths
from resilience.councils import load_councils
from resilience.councils.proposals import AREAS, PROPOSALS
from resilience.errors import PublicationError
from resilience.files import one_at_a_time, sha256, write_together
from resilience.publications.outturn import interim, transcribed
from resilience.publications.outturn.fetched import Reading, fetched_readings, first_days, workbook_remarks
from resilience.publications.outturn.workbook import read_publications
from resilience.publications.releases import known_from, shipped_vintage
from resilience.tables import alarms, changes, checks, council_register, datapackage, precedence, revisions
from resilience.tables.companions import build_companions
from resilience.tables.panel import assemble, check_panel, to_csv, wide
from resilience.tables.shipped import (
    Shipped,
    files_of_vintages,
    newest_readings,
    vintages_of,
    with_other_publications,
    with_release_dates,
    without_unknown_councils,
)

LICENCE = "Open Government Licence v3.0, https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
ATTRIBUTION = (
    "Contains public sector information licensed under the Open Government Licence v3.0. Figures by the Ministry of "
    "Housing, Communities and Local Government and its predecessors, the Department for Education, Ofsted and HM "
    "Treasury; Crown copyright. Council codes and names from mySociety's register (CC BY 4.0)."
)

_log = logging.getLogger(__name__)


@dataclass
class BuildReport:
    """What a build read and wrote.

    Attributes
    ----------
    years_read, years_kept : list of str
        Outturn years read from the source, and those kept from the tables already there.
    files : list of dict
        Provenance of each file read.
    written : list of Path
    remarks : list of str
        What the reader met besides figures (unknown or gone lines, doubled rows), and whose figures are others than
        in the tables that were there.
    accepted : list of dict
        Alarms under which the build was told to go on, with the reason.
    """

    years_read: list[str] = field(default_factory=list)
    years_kept: list[str] = field(default_factory=list)
    files: list[dict[str, Any]] = field(default_factory=list)
    written: list[Path] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    accepted: list[dict[str, Any]] = field(default_factory=list)


def build(source: Path | None = None, out: Path | None = None, *, accept: str | None = None) -> BuildReport:
    """Build the shipped tables from a folder of publications.

    Parameters
    ----------
    source : Path, optional
        Holds ``revenue_outturn/``, and if it has them ``revenue_budget/``, ``outturn_exact/``, ``interim/``,
        ``council_tax/``, ``service_outturn/``, ``capital/``, ``covariates/`` and ``lookups/``; or the folders that
        ``resilience fetch`` makes. By default ``data/raw``.
    out : Path, optional
        By default ``data/processed``.
    accept : str, optional
        The reason to go on although the figures as a whole raise an alarm; provenance.json keeps it.

    Raises
    ------
    PublicationError
        If there is nothing to read, a file cannot be read, or the figures of a year as a whole cannot be what they
        say they are; nothing is then written.
    """
    source = source or paths.raw()
    out = out or paths.processed()
    if not source.is_dir():
        raise PublicationError(f"{source} is not a folder; name the one that holds the publications.")
    report = BuildReport()
    with one_at_a_time(out, "resilience build"):
        _log.info("outturn")
        readings = _outturn(source, report)
        fetched = fetched_readings(source, report.remarks)
        readings += without_unknown_councils(fetched, report.remarks)
        if not readings:
            raise PublicationError(
                f"{source} holds no Revenue Outturn publication; download them with 'resilience fetch', or name "
                "another folder with --source."
            )
        register, is_new = _register(source, out, report.files)
        shipped = Shipped.load(out)
        chosen = newest_readings(readings, shipped)
        report.years_read = [reading.outturn_year for reading in chosen]
        report.files += [reading.provenance for reading in chosen]
        budgets = _budgets(source, report.files)
        written: dict[str, str | bytes] = {}
        if is_new:
            written["councils.csv"] = register.to_csv(index=False, lineterminator="\n")
            written |= _lookup_tables(source / "lookups", register, report.files)
        with TemporaryDirectory(prefix="resilience-build-") as folder:
            lines = _transcribed(source)
            companions = _companions(source, Path(folder), lines)
            written |= {table.name: table.read_bytes() for table in sorted(Path(folder).iterdir())}
            services = _services(Path(folder), out)
        _log.info("panel")
        panel = shipped.panel  # stands where every release read is older than the one shipped
        report.years_kept = [] if panel is None else sorted(panel["outturn_year"].unique())
        late = shipped.vintages[precedence.is_late_line(shipped.vintages)]
        line_sources = precedence.load(out / "line_sources.csv")
        if chosen:
            if lines is not None:
                report.files += _transcribed_files(source, lines)
                written["transcribed.csv"] = precedence.to_csv(precedence.transcribed_table(lines))
            elif panel is not None:
                lines = precedence.load(out / "transcribed.csv")
                lines = lines[lines["outturn_year"].isin(report.years_read)]
                report.files += [
                    entry
                    for entry in shipped.provenance
                    if entry.get("source_kind") == "transcribed" and entry["outturn_year"] in set(lines["outturn_year"])
                ]
            joined = precedence.join(
                wide(pd.concat([reading.lines for reading in chosen], ignore_index=True)),
                lines=lines,
                services=services,
                interim=_interim(source, report.files, {*report.years_read, *shipped.original_years}),
            )
            panel = assemble(joined, register, budgets=budgets)
            panel = precedence.with_late_days(with_release_dates(panel, first_days(readings)), joined.late)
            budgeted = set() if budgets is None else set(budgets["outturn_year"].astype(str))
            panel = with_other_publications(panel, chosen, readings, shipped, budgeted)
            built = set(panel["year"])
            panel = _with_years_kept(panel, shipped, report)
            before = shipped.reference
            made = precedence.with_nil(joined.line_sources, panel[panel["year"].isin(built)])
            alarm = alarms.check(precedence.without_supplied(panel, made), before, report.years_read, accept)
            report.accepted = [alarm] if alarm else []
            report.remarks += [f"Accepted: {text}." for entry in report.accepted for text in entry["alarms"]]
            report.remarks += changes.changes(panel, before, report.years_read)
            late = _with_kept(joined.late, late, built)
            line_sources = _with_kept(made, line_sources, built)
            conflicts = _with_kept(joined.conflicts, precedence.load(out / "conflicts.csv"), built)
            written["line_sources.csv"] = precedence.to_csv(line_sources)
            written["conflicts.csv"] = precedence.to_csv(conflicts)
        past = vintages_of(panel, readings, shipped, line_sources)
        report.files += files_of_vintages(past, readings, shipped)
        past = pd.concat([past, late], ignore_index=True)
        if len(past) or (out / revisions.NAME).is_file():
            written[revisions.NAME] = revisions.to_csv(past)
        written["panel.csv"] = to_csv(panel)
        provenance = _provenance_text(report, shipped, companions)
        written[datapackage.NAME] = datapackage.text_of(written, out, json.loads(provenance)["files"])
        written["provenance.json"] = provenance
        report.written = write_together(out, written)
    return report


def _outturn(source: Path, report: BuildReport) -> list[Reading]:
    folder = source / "revenue_outturn"
    if not folder.is_dir():
        return []
    _log.info("revenue outturn workbooks")
    read = read_publications(folder)
    lines = read.lines
    readings = []
    for met in (each for each in read.reports if each.form == "RS"):
        vintage = shipped_vintage(met.outturn_year)
        day = str(vintage.date) if vintage and vintage.date else ""
        entry = _entry(folder / met.source_file, f"Revenue Outturn Summary (RS) {met.outturn_year}", met.outturn_year)
        entry |= {"edition": vintage.edition if vintage else None, "vintage": day}
        own = lines[(lines["form"] == "RS") & (lines["outturn_year"] == met.outturn_year)]
        readings.append(Reading(met.outturn_year, day, True, own, entry))
        report.remarks += workbook_remarks(met)
    return readings


def _services(made: Path, out: Path) -> pd.DataFrame | None:
    """Return the service outturn as just made, or else as shipped."""
    name = "service_outturn.csv"
    file = made / name if (made / name).is_file() else out / name
    return pd.read_csv(file, low_memory=False) if file.is_file() else None


def _with_kept(made: pd.DataFrame, kept: pd.DataFrame, built: set[int]) -> pd.DataFrame:
    """Return a table of the years built, with the rows of years that stayed as shipped."""
    kept = kept[~kept["year"].isin(built)]
    return pd.concat([part for part in (made, kept) if len(part)] or [made], ignore_index=True)


def _transcribed(source: Path) -> pd.DataFrame | None:
    """Read the exact lines that stand for returns no workbook at hand holds."""
    folder = source / transcribed.FOLDER
    return transcribed.read_transcribed(folder) if folder.is_dir() else None


def _transcribed_files(source: Path, lines: pd.DataFrame) -> list[dict[str, Any]]:
    folder, files = source / transcribed.FOLDER, []
    for year in sorted(lines.loc[lines["line"].str.startswith("rs_"), "outturn_year"].unique()):
        entry = _entry(folder / transcribed.FILE, f"Exact lines {year}, transcribed from a republication", year)
        released = transcribed.LATE_RETURNS.get(year)
        files.append(entry | {"source_kind": "transcribed"} | ({"released": str(released)} if released else {}))
    return files


def _interim(source: Path, files: list[dict[str, Any]], original: set[str]) -> pd.DataFrame | None:
    """Read the second-hand years of which no original is at hand."""
    folder = source / "interim"
    if not folder.is_dir():
        return None
    table = interim.read_interim(folder)
    table = table[~table["outturn_year"].isin(original)]
    for year in table["outturn_year"].unique():
        entry = _entry(folder / interim.FILES[year], f"Second-hand figures {year}, until the original is read", year)
        files.append(entry | {"source_kind": "interim"})
    return table


def _budgets(source: Path, files: list[dict[str, Any]]) -> pd.DataFrame | None:
    folder = source / "revenue_budget"
    if not folder.is_dir():
        return None
    read = read_publications(folder)
    for report in read.reports:
        files.append(_entry(folder / report.source_file, f"Revenue Account budget (RA) {report.outturn_year}", None))
    return read.lines[read.lines["form"] == "RA"]


def _entry(path: Path, title: str, outturn_year: str | None) -> dict[str, Any]:
    return {
        "file": path.name,
        "bytes": path.stat().st_size,
        "sha256": sha256(path),
        "publisher": "MHCLG and its predecessors",
        "title": title,
        "outturn_year": outturn_year,
        "released": str(known_from(outturn_year)) if outturn_year else None,
        "licence": LICENCE,
        "table": "panel.csv",
    }


_REGISTER_SOURCES = {
    council_register.REGISTER: ("mySociety", "Register of UK councils", "CC BY 4.0"),
    council_register.RESTRUCTURING: (
        "not stated in the file; the codes are of the Office for National Statistics",
        "Council restructuring 2013 to 2023: codes, names and classes by year",
        LICENCE,
    ),
}


def _register(source: Path, out: Path, files: list[dict[str, Any]]) -> tuple[pd.DataFrame, bool]:
    """Build the register where its sources are at hand; otherwise the one that is there stands.

    It also stands where the source lacks the early workbooks, from which councils abolished since are known.
    """
    there = load_councils(out / "councils.csv") if (out / "councils.csv").is_file() else load_councils()
    lookups = source / "lookups"
    if not all((lookups / name).is_file() for name in _REGISTER_SOURCES):
        return there, False
    register = council_register.build_councils(lookups)
    if not set(there["ons_code"]) <= set(register["ons_code"]):
        return there, False
    for name, (publisher, title, licence) in _REGISTER_SOURCES.items():
        entry = _entry(lookups / name, title, None)
        files.append(entry | {"publisher": publisher, "licence": licence, "table": "councils.csv"})
    return register.fillna("").astype(str), True


def _lookup_tables(lookups: Path, register: pd.DataFrame, files: list[dict[str, Any]]) -> dict[str, str | bytes]:
    """Return the two small tables that come from the lookups, where their sources are at hand."""
    written: dict[str, str | bytes] = {}
    tables: tuple[tuple[str, Callable[[], pd.DataFrame], str, dict[str, str]], ...] = (
        (
            AREAS,
            lambda: council_register.build_areas(lookups, register),
            council_register.REGISTER,
            {"publisher": "mySociety", "title": "Area and population of councils", "licence": "CC BY 4.0"},
        ),
        (
            PROPOSALS,
            lambda: council_register.build_proposals(lookups),
            council_register.NEW_UNITARIES,
            {"publisher": "this project", "title": "New unitaries decided or proposed", "licence": "a source a row"},
        ),
    )
    for name, make, source, entry in tables:
        if (lookups / source).is_file():
            written[name] = make().to_csv(index=False, lineterminator="\n")
            files.append(_entry(lookups / source, entry["title"], None) | entry | {"table": name})
    return written


def _with_years_kept(panel: pd.DataFrame, shipped: Shipped, report: BuildReport) -> pd.DataFrame:
    report.years_kept = []
    if shipped.panel is not None:
        kept = shipped.panel[~shipped.panel["outturn_year"].isin(panel["outturn_year"].unique())]
        report.years_kept = sorted(kept["outturn_year"].unique())
        panel = pd.concat([panel, kept], ignore_index=True) if len(kept) else panel
    panel = panel.sort_values(["ons_code", "year"], ignore_index=True).copy()
    panel["flags"] = checks.flags(panel, checks.findings(panel))
    return check_panel(panel)


def _companions(source: Path, out: Path, lines: pd.DataFrame | None) -> list[dict[str, Any]]:
    needed = ("council_tax", "service_outturn", "capital", "covariates")
    if not all((source / name).is_dir() for name in needed):
        return []
    _log.info("council tax, services, capital, context")
    return build_companions(source, out, lines)


def _provenance_text(report: BuildReport, shipped: Shipped, companions: list[dict[str, Any]]) -> str:
    entries = report.files + companions
    read = {(entry["table"], entry.get("title")) for entry in entries}
    tables = {entry["table"] for entry in companions} | {revisions.NAME}
    entries += [
        entry
        for entry in shipped.provenance
        if (entry["table"], entry.get("title")) not in read
        and entry["table"] not in tables
        and (entry["table"] != "panel.csv" or entry.get("outturn_year") in (None, *report.years_kept))
    ]
    accepted = [
        entry
        for entry in shipped.accepted
        if set(entry.get("outturn_years", ())) <= set(report.years_kept) and entry not in report.accepted
    ]
    entries = sorted(entries, key=lambda entry: (entry["table"], entry.get("title") or "", entry["file"]))
    content = {
        "attribution": ATTRIBUTION,
        "licence": LICENCE,
        "newest_release": max((e["released"] for e in entries if e.get("released")), default=str(date.min)),
        "files": entries,
    }
    if accepted or report.accepted:
        content["accepted"] = [*accepted, *report.accepted]
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"
