"""Council tax requirements and levels (CTR) as set before each year, 2015-16 to 2024-25.

Two layouts are published: workbooks to 2022-23 whose sheet "Data" holds billing authorities above precepting
ones, and ODS tables from 2023-24 with a sheet each ("Data_Billing", "Data_Precepting"). Sheets, headers and
columns are found by their wording, and of each pair of years the later is read.

Columns (£ thousand unless said otherwise)

- ``ct_requirement``: council tax requirement with parish precepts; this is what Revenue Outturn calls council
  tax requirement (line 890: the two agree within £2,000 for 95% of billing authorities in 2023-24).
- ``ct_requirement_own``: the same without parish precepts (a county has none, so the two are equal).
- ``ct_parish_precepts``: precepts of parishes, charter trustees and temples; missing for counties.
- ``ct_tax_base``: band D equivalents for tax setting, after the collection rate and contributions in lieu.
- ``ct_collection_rate``: estimated collection rate (a fraction); missing for counties.
- ``ct_band_d_own``: the authority's own average band D tax in £, **without** parishes, with its adult social
  care precept. ``ct_band_d_with_parishes``: the same with parishes. Both are missing where a new council
  still levied several taxes in its area (printed as 0 or "-"; e.g. West Suffolk 2019-20 to 2022-23): the
  average is then ``ct_requirement_own`` over ``ct_tax_base``.
- ``ct_band_d_area``: band D tax of the whole area in £, with parishes, county, police, fire and mayor; it is
  given for billing authorities only.
- ``ct_asc_precept``: adult social care precept, upper tier, from 2016-17. ``ct_levies``: levies.

Breaks: collection rates are printed as per cent to 2019-20 and as fractions afterwards (always a fraction
here). The adult social care precept is the part of the year's own increase, so it does not stand for what has
been raised since 2016-17. City of London and Isles of Scilly are printed like any other.
``known_from`` is the publication date stated on the cover (ODS) or, where none is stated (workbooks to
2022-23), the date the held workbook was last saved, which is never before its release.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd

from resilience.errors import PublicationError
from resilience.publications.others.cells import (
    Rows,
    council_class,
    date_in,
    header_row,
    latest_year,
    load_table,
    newest_codes,
    number,
    refuse_duplicates,
    sheet,
    sheets,
    text,
)
from resilience.years import year_of

PATTERN = re.compile(r"^ctr_(?!.*guidance).*\.(xlsx|ods)$", re.IGNORECASE)

_AVERAGE = r"^\d+\. average \(band d"
_BILLING = {
    "ct_requirement": r"^1\. council tax requirement",
    "ct_parish_precepts": r"^2\. parish precepts",
    "ct_requirement_own": r"^3\. council tax requirement",
    "ct_levies": r"^3a\. levies",
    "ct_collection_rate": r"^\d+\. estimated collection rate",
    "ct_tax_base": r"^\d+\. council tax base for council tax setting",
    "ct_band_d_with_parishes": _AVERAGE + r"(?!.*(excluding|area of)).*local precepts",
    "ct_band_d_own": _AVERAGE + r".*excluding local precepts",
    "ct_band_d_area": _AVERAGE + r".*for area of the billing authority",
    "ct_asc_precept": r"^\d+\. total adult social care precept",
}
_PRECEPTING = {
    "ct_requirement": r"^1\. council tax requirement",
    "ct_levies": r"^1a\. the amount of any levies",
    "ct_tax_base": r"^2\. council tax base for the major precepting",
    "ct_band_d_own": r"^3\. average \(band d",
    "ct_asc_precept": r"^4\. total adult social care precept",
}
_OPTIONAL = ("ct_asc_precept",)  # from 2016-17
_POUNDS = ("ct_requirement", "ct_requirement_own", "ct_parish_precepts", "ct_levies", "ct_asc_precept")
AMOUNTS = tuple(_BILLING)
COLUMNS = (
    "ons_code",
    "council",
    "class",
    "outturn_year",
    "year",
    "known_from",
    *AMOUNTS,
    "source_file",
)


def read_council_tax(folder: Path) -> pd.DataFrame:
    """Read every CTR workbook of a folder.

    Parameters
    ----------
    folder : Path
        The folder with ``ctr_1516.xlsx`` … and ``CTR_Table_9_2023-24.ods`` ….

    Returns
    -------
    pd.DataFrame
        One row a principal council and year, columns as in `COLUMNS`.

    Raises
    ------
    PublicationError
        If there is no such workbook, or one cannot be read as published.
    """
    files = sorted(path for path in folder.glob("*") if PATTERN.match(path.name))
    if not files:
        raise PublicationError(f"{folder} holds no council tax workbook (ctr_….xlsx or .ods); put them there.")
    table = pd.concat([read_council_tax_year(path) for path in files], ignore_index=True)
    refuse_duplicates(folder, table)
    return table.sort_values(["year", "ons_code"], ignore_index=True)


def read_council_tax_year(path: Path) -> pd.DataFrame:
    """Read one CTR workbook; see `read_council_tax`."""
    book = sheets(path)
    if any(re.search("data_billing", name, re.IGNORECASE) for name in book):
        name, rows = sheet(path, book, "data_billing")
        start = header_row(rows, f"{path.name}, sheet {name}")
        outturn_year = latest_year([cell for row in rows[:start] for cell in row], f"{path.name}, {name}")
        blocks = [_block(path, name, rows, start, len(rows), _BILLING)]
        name, rows = sheet(path, book, "data_precepting")
        start = header_row(rows, f"{path.name}, sheet {name}")
        blocks.append(_block(path, name, rows, start, len(rows), _PRECEPTING))
    else:
        name, rows = sheet(path, book, "^data$")
        outturn_year, blocks = _old_layout(path, name, rows)
    table = pd.concat(blocks, ignore_index=True).reindex(columns=["_codes", *COLUMNS])
    table["ons_code"] = newest_codes(path, table.pop("_codes").tolist())
    table["outturn_year"], table["year"] = outturn_year, year_of(outturn_year)
    table["known_from"], table["source_file"] = _known_from(path, book), path.name
    for column in _POUNDS:
        table[column] = (table[column].astype(float) / 1000).round(3)
    rate = table["ct_collection_rate"].astype(float)
    table["ct_collection_rate"] = rate.where(rate <= 1.5, rate / 100).round(6)
    for column in ("ct_band_d_own", "ct_band_d_with_parishes"):  # 0 stands for "no single tax"
        table[column] = table[column].astype(float).where(table[column].astype(float) > 0)
    table["ct_asc_precept"] = table["ct_asc_precept"].mask(table["class"] == "SD")
    county = table["class"] == "SC"
    table.loc[county, "ct_requirement_own"] = table.loc[county, "ct_requirement"]
    table.loc[county, ["ct_parish_precepts", "ct_collection_rate", "ct_band_d_area"]] = float("nan")
    table.loc[county, "ct_band_d_with_parishes"] = float("nan")
    refuse_duplicates(path, table)
    return table


def _old_layout(path: Path, name: str, rows: Rows) -> tuple[str, list[pd.DataFrame]]:
    where = f"{path.name}, sheet {name}"
    start = header_row(rows, where)
    years = rows[start + 1]
    outturn_year = latest_year(years, where)
    middle = header_row(rows, where, first=r"^precepting authorities", start=start)
    blocks = [_block(path, name, rows, start, middle, _BILLING, years, outturn_year)]
    own = [i for i in range(middle, min(middle + 5, len(rows))) if text(rows[i][0]).lower() == "ecode"]
    if own:  # from 2020-21 the precepting block has its own header
        blocks.append(_block(path, name, rows, own[0], len(rows), _PRECEPTING, years, outturn_year))
    else:  # before, it shares the billing authorities'
        below = _block(path, name, rows, start, len(rows), _BILLING, years, outturn_year, skip_to=middle)
        blocks.append(below)
    return outturn_year, blocks


def _block(
    path: Path,
    name: str,
    rows: Rows,
    start: int,
    stop: int,
    wording: dict[str, str],
    years: list | None = None,
    outturn_year: str = "",
    skip_to: int | None = None,
) -> pd.DataFrame:
    """Return the principal councils between a header row and the end of its block."""
    header = [text(cell).lower() for cell in rows[start]]
    places = {column: _place(header, pattern, years, outturn_year) for column, pattern in wording.items()}
    for column, place in places.items():
        if place is None and column not in _OPTIONAL:
            raise PublicationError(
                f"{path.name}, sheet {name}, row {start + 1} has no column worded like '{wording[column]}' "
                f"({column}); supply the workbook as published."
            )
    kinds = {key: header.index(key) for key in ("authority", "class")}
    ons = next((i for i, cell in enumerate(header) if re.match(r"^ons\s+code$", cell)), None)
    found = []
    for row in rows[(skip_to or start) + 1 : stop]:
        kind = council_class(row[kinds["class"]])
        if kind == "O" or not re.match(r"^E\d{4}$", text(row[0])):
            continue
        council = text(row[kinds["authority"]])
        record: dict[str, Any] = {
            "_codes": [text(row[ons]) if ons is not None else "", text(row[0]), council],
            "council": council,
            "class": kind,
        }
        for column, place in places.items():
            record[column] = number(row[place]) if place is not None else float("nan")
        found.append(record)
    return pd.DataFrame(found)


def _place(header: list[str], pattern: str, years: list | None, outturn_year: str) -> int | None:
    """Return the column of the current year under a heading, or None."""
    fits = [i for i, cell in enumerate(header) if re.search(pattern, cell) and "(previous" not in cell]
    if not fits:
        return None
    first = fits[0]
    if years is None:
        return first
    after = next((i for i in range(first + 1, len(header)) if header[i]), len(header))
    return next((i for i in range(first, after) if text(years[i]) == outturn_year), first)


def _known_from(path: Path, book: dict[str, Rows]) -> pd.Timestamp:
    for row in book.get("Cover", [])[:6]:
        stated = date_in(row[0] if row else "")
        if stated is not None:
            return stated
    try:
        with zipfile.ZipFile(path) as package:
            properties = package.read("docProps/core.xml").decode("utf-8", "replace")
    except (KeyError, zipfile.BadZipFile):
        properties = ""
    saved = re.search(r"<dcterms:modified[^>]*>(\d{4}-\d{2}-\d{2})", properties)
    return pd.Timestamp(saved[1]) if saved else pd.NaT


def load_council_tax() -> pd.DataFrame:
    """Read the shipped council tax table (``data/processed/council_tax.csv``)."""
    return load_table("council_tax.csv")
