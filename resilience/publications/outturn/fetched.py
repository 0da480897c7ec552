"""Releases brought by ``resilience fetch``: every one that is whole, with the day it came out."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from resilience.errors import PublicationError, ResilienceError
from resilience.publications.fetch.manifest import Entry, intact, read_manifest
from resilience.publications.outturn.timeseries import SeriesReport, read_timeseries
from resilience.publications.outturn.workbook import Report, read_workbook
from resilience.publications.releases import load_releases

_log = logging.getLogger(__name__)

MULTI_YEAR = "multi-year"
LICENCE = "Open Government Licence v3.0, https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"


@dataclass(frozen=True)
class Reading:
    """One year's figures as one release has them.

    Attributes
    ----------
    outturn_year : str
        "2023-24".
    day : str
        The day the release came out, as 2024-12-12; "" where no day is known, which sorts as the oldest.
    whole : bool
        Whether it is the year's own workbook, which has lines that the multi-year file has not.
    lines : DataFrame
        Tidy lines of the RS form.
    provenance : dict
        The entry that stands for it in provenance.json.
    """

    outturn_year: str
    day: str
    whole: bool
    lines: pd.DataFrame
    provenance: dict[str, Any]

    @property
    def key(self) -> tuple[str, bool]:
        """By which releases of one year are ordered: the day, and on one day the year's own workbook last."""
        return self.day, self.whole


def fetched_readings(source: Path, remarks: list[str]) -> list[Reading]:
    """Read every release of the RS figures that ``resilience fetch`` brought into a folder.

    A file that fails a check is left out whole, with a remark saying why; the releases beside it stand.

    Parameters
    ----------
    source : Path
        A folder with a fetch manifest in it; one without has nothing.
    remarks : list of str
        Added to: files left out, and lines that are new, gone or renamed.

    Returns
    -------
    list of Reading
        One a file and year, in the order in which they were brought.

    Raises
    ------
    PublicationError
        If the manifest is none, or not one of the files named in it can be read.
    """
    found: list[Reading] = []
    refused: list[str] = []
    entries = [entry for entry in read_manifest(source) if entry.form in ("RS", "RO")]
    for entry in entries:
        _log.info("%s", entry.file)
        try:
            found += _readings(source, entry, remarks)
        except ResilienceError as error:
            refused.append(f"{entry.file} is left out: {error}")
    if entries and not found:
        raise PublicationError(refused[0])
    remarks += refused
    return found


def _readings(source: Path, entry: Entry, remarks: list[str]) -> list[Reading]:
    path = source / entry.file
    if not intact(source, entry):
        raise PublicationError(f"{path.name} is not as it was downloaded; run 'resilience fetch' again.")
    several = entry.outturn_year == MULTI_YEAR
    if several:
        series = read_timeseries(path)
        lines, new_remarks = series.lines, series_remarks(series.report)
    else:
        workbook = read_workbook(path, form="RS")
        lines, new_remarks = workbook.lines, [text for report in workbook.reports for text in workbook_remarks(report)]
    years = sorted(lines["outturn_year"].astype(str).unique())
    if not several and years != [entry.outturn_year]:
        raise PublicationError(
            f"{path.name} was offered for {entry.outturn_year} but holds {', '.join(years)}; it is not used."
        )
    remarks += new_remarks
    return [
        Reading(
            outturn_year=year,
            day=entry.released or entry.downloaded[:10],
            whole=not several,
            lines=lines[lines["outturn_year"] == year],
            provenance=_provenance(path, entry, year),
        )
        for year in years
    ]


def _provenance(path: Path, entry: Entry, outturn_year: str) -> dict[str, Any]:
    return {
        "file": path.name,
        "bytes": entry.size,
        "sha256": entry.sha256,
        "publisher": "MHCLG",
        "title": f"Revenue Outturn Summary (RS) {outturn_year}",
        "outturn_year": outturn_year,
        "released": entry.released or None,
        "licence": LICENCE,
        "table": "panel.csv",
        "page": entry.page,
        "vintage": entry.released or entry.downloaded[:10],
    }


def first_days(readings: Iterable[Reading]) -> dict[str, date]:
    """Return, for years that releases.toml does not have, the day of the first release at hand.

    Parameters
    ----------
    readings : iterable of Reading
        Whose ``day`` was read from the publication's page.
    """
    days: dict[str, date] = {}
    for reading in readings:
        if reading.day and reading.outturn_year not in load_releases():
            days[reading.outturn_year] = min(date.fromisoformat(reading.day), days.get(reading.outturn_year, date.max))
    return days


def workbook_remarks(report: Report) -> list[str]:
    """Return what the reader met in a workbook besides figures, one sentence a kind."""
    met = {
        "new or renamed, and left out": (*report.unknown_codes, *report.unmatched_headings),
        "matched by the newest year's heading, worth a look": report.by_newest_words,
        "gone": report.gone,
        "two rows for": report.duplicated,
        "not read (which is not the same as not returned)": report.unread,
    }
    remarks = [f"{report.source_file}: {what}: {', '.join(names)}." for what, names in met.items() if names]
    if not report.known_year:
        new = f"{report.source_file}: {report.outturn_year} is a year not seen before; its lines were mapped by code."
        remarks.insert(0, new)
    return remarks


def series_remarks(report: SeriesReport) -> list[str]:
    """Return what the reader met in the multi-year file besides figures, one sentence a kind."""
    met = {
        "new or renamed, and left out": report.unknown_columns,
        "gone": report.gone,
        "classes not known, taken as other authorities": report.unknown_classes,
        "not read (which is not the same as not returned)": report.unread,
    }
    return [f"{report.source_file}: {what}: {', '.join(names)}." for what, names in met.items() if names]
