"""What is shipped already, and how the releases now read join it: the newest of every year, and what stays beside."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from resilience import paths
from resilience.councils import resolve
from resilience.errors import DataError, ResilienceError
from resilience.publications.lines import load_lines
from resilience.publications.outturn.fetched import Reading
from resilience.publications.releases import shipped_vintage
from resilience.tables import revisions
from resilience.tables.panel import load_panel, wide
from resilience.tables.schema import CLASSES
from resilience.years import year_of

#: Flags that a publication states itself, and no check can find again in the figures.
STATED = ("not_certified", "duplicated_row")


@dataclass(frozen=True)
class Shipped:
    """The tables that are there already.

    Attributes
    ----------
    panel : DataFrame or None
    vintages : DataFrame
        What earlier releases said otherwise.
    provenance : list of dict
        One entry a source file and table.
    accepted : tuple of dict
        Alarms that earlier builds were told to go on under, each with its reason and years.
    """

    panel: pd.DataFrame | None
    vintages: pd.DataFrame
    provenance: list[dict[str, Any]]
    accepted: tuple[dict[str, Any], ...] = ()

    @classmethod
    def load(cls, folder: Path) -> Shipped:
        """Read a folder of tables; an empty or missing one holds nothing."""
        file = folder / "provenance.json"
        entries = _entries_of(file) if file.is_file() else []
        panel = load_panel(folder / "panel.csv") if (folder / "panel.csv").is_file() else None
        accepted = json.loads(file.read_text("utf-8")).get("accepted", []) if file.is_file() else []
        return cls(panel, revisions.load_vintages(folder / revisions.NAME), entries, tuple(accepted))

    @property
    def reference(self) -> pd.DataFrame | None:
        """The panel that figures read are compared with: the one that was there, or else the project's own."""
        if self.panel is not None:
            return self.panel
        own = paths.processed() / "panel.csv"
        return load_panel(own) if own.is_file() else None

    @property
    def original_years(self) -> set[str]:
        """Years shipped from an original publication."""
        if self.panel is None:
            return set()
        return set(self.panel.loc[self.panel["source_kind"] == "original", "outturn_year"])

    @property
    def release_days(self) -> dict[str, str]:
        """The day of the release shipped, by year; "" where it is not known."""
        if self.panel is None:
            return {}
        found = {year: "" for year in self.original_years}
        read = set(self.panel[["outturn_year", "source_file"]].itertuples(index=False, name=None))
        for entry in self.provenance:
            year = entry.get("outturn_year")
            # A build killed between two renames leaves a newer panel beside the provenance of the one before.
            if entry["table"] == "panel.csv" and year in found and (year, entry["file"]) in read:
                found[year] = _day_of(entry, str(year))
        return found


def _day_of(entry: dict[str, Any], outturn_year: str) -> str:
    if "vintage" in entry:
        return str(entry["vintage"] or "")
    if entry.get("edition"):
        vintage = shipped_vintage(outturn_year)
        return str(vintage.date) if vintage and vintage.date else ""
    return str(entry.get("released") or "")


def _entries_of(path: Path) -> list[dict[str, Any]]:
    try:
        files: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["files"]
        for entry in files:
            entry["table"], entry["file"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise DataError(
            f"{path} is not the provenance of the tables beside it ({type(error).__name__}: {error}); restore it, or "
            "give an empty folder with --output."
        ) from error
    return files


def without_unknown_councils(readings: Iterable[Reading], remarks: list[str]) -> list[Reading]:
    """Return readings without rows of councils the register does not know; a remark tells of each."""
    known: dict[str, bool] = {}
    kept = []
    for reading in readings:
        principal = reading.lines[reading.lines["class"].isin(CLASSES)]
        for code in principal["ecode"].astype(str).unique():
            if code not in known:
                known[code] = _is_known(code)
        strange = [code for code in principal["ecode"].astype(str).unique() if not known[code]]
        if strange:
            file = reading.provenance["file"]
            remarks.append(
                f"{file}: {reading.outturn_year}: not in the register of councils, and left out: {', '.join(strange)}."
            )
        lines = reading.lines[~reading.lines["ecode"].isin(strange)] if strange else reading.lines
        if lines["class"].isin(CLASSES).any():
            kept.append(replace(reading, lines=lines))
    return kept


def _is_known(code: str) -> bool:
    try:
        resolve(code)
    except ResilienceError:
        return False
    return True


def newest_readings(readings: Iterable[Reading], shipped: Shipped) -> list[Reading]:
    """Return the reading to use of each year; a year of which a later release is shipped already has none.

    A later release goes before an earlier one; on one day a year's own workbook goes before the multi-year file.
    """
    best: dict[str, Reading] = {}
    for reading in readings:
        if reading.outturn_year not in best or reading.key >= best[reading.outturn_year].key:
            best[reading.outturn_year] = reading
    days = shipped.release_days
    return [best[year] for year in sorted(best) if best[year].day >= days.get(year, "")]


def with_other_publications(
    panel: pd.DataFrame, chosen: Sequence[Reading], readings: Sequence[Reading], shipped: Shipped, budgeted: set[str]
) -> pd.DataFrame:
    """Return the panel with what another publication of the same year tells and the one read cannot.

    Parameters
    ----------
    panel : DataFrame
        Made of the readings chosen.
    chosen, readings : sequence of Reading
        Those used, and every one at hand.
    shipped : Shipped
        What was there.
    budgeted : set of str
        Years whose budget was read anew.

    Returns
    -------
    DataFrame
        Budget lines (RA) of a year whose budget was not read stay as shipped. Outturn lines without a code of MHCLG's,
        which the multi-year file cannot have, stay as the year's newest workbook has them.
    """
    panel = with_stated_flags(panel, chosen, readings, shipped)
    coined = [line.name for line in load_lines().of_form("RS") if line.coined]
    for reading in chosen:
        year = reading.outturn_year
        before = None
        if shipped.panel is not None:
            before = shipped.panel[shipped.panel["outturn_year"] == year].set_index("ons_code")
        if before is not None and year not in budgeted:
            panel = _filled(panel, year, before.filter(regex="^ra_"))
        if reading.whole:
            continue
        own = [other for other in readings if other.outturn_year == year and other.whole]
        source = amounts_of(max(own, key=lambda other: other.key)) if own else before
        if source is not None:
            panel = _filled(panel, year, source[[name for name in coined if name in source]])
    return panel


def with_stated_flags(
    panel: pd.DataFrame, chosen: Sequence[Reading], readings: Sequence[Reading], shipped: Shipped
) -> pd.DataFrame:
    """Return the panel with the flags that only another publication of the year can state.

    The multi-year file does not say who certified a return nor which council had two rows; what the year's newest
    workbook said, or the tables that were there, still holds.
    """
    for reading in chosen:
        if reading.whole:
            continue
        own = [other for other in readings if other.outturn_year == reading.outturn_year and other.whole]
        stated: dict[str, set[str]] = {}
        if own:
            facts = wide(max(own, key=lambda other: other.key).lines).set_index("ons_code")
            for flag, marked in (
                ("not_certified", facts["certified"].eq("N")),
                ("duplicated_row", facts["duplicated"].eq(True)),
            ):
                stated[flag] = set(facts.index[marked])
        elif shipped.panel is not None:
            before = shipped.panel[shipped.panel["outturn_year"] == reading.outturn_year]
            for flag in STATED:
                stated[flag] = set(before.loc[_has_flag(before, flag), "ons_code"])
        rows = panel["outturn_year"] == reading.outturn_year
        for flag, codes in stated.items():
            there = rows & panel["ons_code"].isin(codes) & ~_has_flag(panel, flag)
            panel.loc[there, "flags"] = (panel.loc[there, "flags"] + ";" + flag).str.lstrip(";")
    return panel


def _has_flag(panel: pd.DataFrame, flag: str) -> pd.Series:
    return panel["flags"].fillna("").str.split(";").map(lambda codes: flag in codes).astype(bool)


def _filled(panel: pd.DataFrame, outturn_year: str, source: pd.DataFrame) -> pd.DataFrame:
    source = source.dropna(axis="columns", how="all").astype(float)
    rows = panel["outturn_year"] == outturn_year
    codes = panel["ons_code"]
    columns = {}
    for name in source.columns:
        there = panel[name] if name in panel else pd.Series(float("nan"), index=panel.index)
        columns[name] = there.where(there.notna() | ~rows, codes.map(source[name]))
    return panel.assign(**columns).copy() if columns else panel


def with_release_dates(panel: pd.DataFrame, days: dict[str, date]) -> pd.DataFrame:
    """Let years that releases.toml does not have be known from the first release at hand."""
    dates = pd.to_datetime(panel["outturn_year"].map(days))
    return panel.assign(known_from=dates.fillna(pd.to_datetime(panel["known_from"])))


def amounts_of(reading: Reading) -> pd.DataFrame:
    """Return a reading's RS amounts, one row a principal council."""
    return wide(reading.lines).set_index("ons_code").filter(regex="^rs_").astype(float)


def vintages_of(
    panel: pd.DataFrame, readings: Sequence[Reading], shipped: Shipped, line_sources: pd.DataFrame
) -> pd.DataFrame:
    """Return the vintages of a panel: what earlier releases, read or shipped, said otherwise.

    A line that another source supplies (``line_sources``, or the whole row) stood there when an earlier release lacked
    it as well.
    """
    releases = (
        [] if shipped.panel is None else revisions.releases_of(shipped.panel, shipped.vintages, shipped.release_days)
    )
    seen: dict[str, set[str]] = {}
    for release in releases:
        seen.setdefault(str(release.year), set()).add(release.day)
    for reading in readings:
        seen.setdefault(str(year_of(reading.outturn_year)), set()).add(reading.day)
    several = {year for year, days in seen.items() if len(days) > 1}
    for reading in sorted(readings, key=lambda each: each.key):
        year = year_of(reading.outturn_year)
        if str(year) in several:
            file = str(reading.provenance["file"])
            releases.append(revisions.YearRelease(year, reading.day, amounts_of(reading), file, reading.whole))
    releases = [release for release in releases if str(release.year) in several]
    return revisions.table_of(panel, releases, line_sources)


def files_of_vintages(past: pd.DataFrame, readings: Sequence[Reading], shipped: Shipped) -> list[dict[str, Any]]:
    """Return the provenance of the files that the vintages come from, one entry a release."""
    known = [*shipped.provenance, *(reading.provenance for reading in readings)]
    found = {}
    for file, year, since in past[["source_file", "year", "since"]].drop_duplicates().itertuples(index=False):
        fit = {
            _day_of(entry, entry["outturn_year"]): entry
            for entry in known
            if entry["file"] == file and entry.get("outturn_year") and year_of(entry["outturn_year"]) == year
        }
        if fit:  # a year's oldest release says no day, for it stands for every day before as well
            day = since if since in fit else min(fit)
            found[file, year, day] = fit[day] | {"table": revisions.NAME}
    return list(found.values())
