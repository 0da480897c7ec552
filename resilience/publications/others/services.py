"""Service expenditure summary (RSX), 2021-22 to 2024-25, and homelessness spending (RO4), 2024-25.

RSX says gross what the Revenue Outturn Summary says net: for every service what was spent, what came in from
sales, fees and charges, what other income came in, and what was left. Columns carry MHCLG's own codes
(``RSX-asc-tot-exp`` → ``rsx_asc_tot_exp``), £ thousand. Kept of each service: ``tot_exp`` (total
expenditure), ``sfc`` (sales, fees and charges), ``oth_inc`` (other income), ``tot_inc`` (both incomes) and
``net_cur_exp`` (net current expenditure); services are in `SERVICES`, and ``totsx`` is their total.

Of RO4 only an extract of 2024-25 is at hand: homelessness and temporary accommodation (``ro4_…``).

Codes stand above the columns in the CSV files and, in the ODS of 2024-25, in a hidden last row; where there
are none the wording of the header decides. "[x]", "M" and "..." mark returns that did not come in time: all
amounts missing. ``rsx_certified`` is Y or N from 2022-23 (had the finance officer certified the return).
``known_from`` is the date stated in the held file, which is an update later than the year's first release.
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from resilience.errors import PublicationError
from resilience.publications.others.cells import (
    Rows,
    council_class,
    csv_rows,
    csv_table,
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

SERVICES = {
    "edu": "Education services",
    "trans": "Highways and transport services",
    "csc": "Children Social Care",
    "asc": "Adult Social Care",
    "phs": "Public Health",
    "hous": "Housing services (GFRA only)",
    "cul": "Cultural and related services",
    "env": "Environmental and regulatory services",
    "plan": "Planning and development services",
    "pol": "Police services",
    "frs": "Fire and rescue services",
    "cen": "Central services",
    "oth": "Other services",
    "totsx": "Total Service Expenditure",
}
KINDS = {"tot-exp": "C3", "sfc": "C4", "oth-inc": "C5", "tot-inc": "C6", "net-cur-exp": "C7"}
AMOUNTS = tuple(f"rsx_{service}_{kind.replace('-', '_')}" for service in SERVICES for kind in KINDS)
COLUMNS = (
    "ons_code",
    "council",
    "class",
    "outturn_year",
    "year",
    "known_from",
    "rsx_certified",
    *AMOUNTS,
    "source_file",
)

_RO4 = {
    "nightly_paid_ta_gross_exp_000": "ro4_ta_nightly_paid_gross_exp",
    "nightly_paid_ta_net_exp_000": "ro4_ta_nightly_paid_net_exp",
    "hostels_gross_exp_000": "ro4_ta_hostels_gross_exp",
    "hostels_net_exp_000": "ro4_ta_hostels_net_exp",
    "bb_gross_exp_000": "ro4_ta_bed_and_breakfast_gross_exp",
    "bb_net_exp_000": "ro4_ta_bed_and_breakfast_net_exp",
    "hra_admin_prevention_relief_net_exp_000": "ro4_homelessness_administration_net_exp",
    "total_homelessness_gross_exp_000": "ro4_homelessness_gross_exp",
    "total_homelessness_net_exp_000": "ro4_homelessness_net_exp",
    "total_housing_gross_exp_000": "ro4_housing_gross_exp",
    "total_housing_net_exp_000": "ro4_housing_net_exp",
}
RO4_AMOUNTS = tuple(_RO4.values())


def read_service_outturn(folder: Path) -> pd.DataFrame:
    """Read every RSX file of a folder and, where it is there, the RO4 extract.

    Parameters
    ----------
    folder : Path
        The folder with ``RSX_….csv``, ``RSX_….ods`` and ``RO4_housing_….csv``.

    Returns
    -------
    pd.DataFrame
        One row a principal council and year: `COLUMNS`, and `RO4_AMOUNTS` with ``ro4_known_from`` where an
        extract is at hand.

    Raises
    ------
    PublicationError
        If there is no RSX file, or one cannot be read as published.
    """
    files = sorted(path for path in folder.glob("RSX*") if path.suffix.lower() in (".csv", ".ods", ".xlsx"))
    if not files:
        raise PublicationError(f"{folder} holds no RSX file (RSX_….csv or .ods); put them there.")
    table = pd.concat([read_rsx(path) for path in files], ignore_index=True)
    refuse_duplicates(folder, table)
    extracts = sorted(folder.glob("RO4_housing_*.csv"))
    if extracts:
        housing = pd.concat([read_ro4(path) for path in extracts], ignore_index=True)
        table = table.merge(housing, on=["ons_code", "year"], how="left", validate="one_to_one")
    return table.sort_values(["year", "ons_code"], ignore_index=True)


def read_rsx(path: Path) -> pd.DataFrame:
    """Read one RSX file, CSV or workbook; see `read_service_outturn`."""
    if path.suffix.lower() == ".csv":
        name, book = "", {"": csv_rows(path)}
        rows = book[""]
    else:
        book = sheets(path)
        name, rows = sheet(path, book, r"^rsx_la_data")
    where = f"{path.name}, sheet {name}" if name else path.name
    start = header_row(rows, where)
    outturn_year = latest_year([cell for row in rows[:start] for cell in row], where)
    header = [text(cell) for cell in rows[start]]
    places = _places(rows, header, where, start)
    ons, council, kind = (_column(header, name, where, start) for name in ("ONS Code", "Local authority", "Class"))
    certified = next((i for i, cell in enumerate(header) if cell.lower().startswith("certif")), None)
    codes, records = [], []
    for row in rows[start + 1 :]:
        class_ = council_class(row[kind]) if len(row) > kind else "O"
        if class_ == "O" or not re.match(r"^E\d{4}$", text(row[0])):
            continue
        codes.append([text(row[ons]), text(row[0]), text(row[council])])
        said = text(row[certified]) if certified is not None else ""
        record = {
            "council": text(row[council]),
            "class": class_,
            "rsx_certified": said if said in ("Y", "N") else None,
        }
        records.append(record | {column: number(row[place]) for column, place in places.items()})
    table = pd.DataFrame(records).reindex(columns=list(COLUMNS))
    table["ons_code"] = newest_codes(path, codes)
    table["outturn_year"], table["year"], table["source_file"] = (
        outturn_year,
        year_of(outturn_year),
        path.name,
    )
    dates = [date_in(row[0]) for rows_ in book.values() for row in rows_[:12] if row]
    table["known_from"] = max((date for date in dates if date is not None), default=pd.NaT)
    refuse_duplicates(path, table)
    return table


def _places(rows: Rows, header: list[str], where: str, start: int) -> dict[str, int]:
    """Return where each amount stands, by MHCLG's codes or else by the header's wording."""
    coded = next((row for row in rows if any(text(cell) == "RSX-totsx-sfc" for cell in row)), None)
    places = {}
    for service, wording in SERVICES.items():
        for kind, column in KINDS.items():
            if coded is not None:
                fits = [i for i, cell in enumerate(coded) if text(cell) == f"RSX-{service}-{kind}"]
            else:
                said = re.compile(rf"^{re.escape(wording)}\s*-.*\({column}\b", re.IGNORECASE)
                fits = [i for i, cell in enumerate(header) if said.search(cell)]
            if not fits:
                raise PublicationError(
                    f"{where}, row {start + 1} has no column for RSX-{service}-{kind} ({wording}); "
                    "supply the file as published."
                )
            places[f"rsx_{service}_{kind.replace('-', '_')}"] = fits[0]
    return places


def _column(header: list[str], name: str, where: str, start: int) -> int:
    if name not in header:
        raise PublicationError(f"{where}, row {start + 1} has no column '{name}'; supply it as published.")
    return header.index(name)


def read_ro4(path: Path) -> pd.DataFrame:
    """Read the extract of RO4 (housing): homelessness and temporary accommodation.

    ``ro4_ta_…`` are three kinds of temporary accommodation (nightly paid, hostels, bed and breakfast), the
    dear ones; ``ro4_homelessness_…`` is all homelessness, ``ro4_housing_…`` all General Fund housing. Gross
    is total expenditure, net is net current expenditure. Councils that had not returned are missing.

    Returns
    -------
    pd.DataFrame
        One row a council: ``ons_code``, ``year``, ``ro4_known_from`` and `RO4_AMOUNTS`.
    """
    raw = csv_table(path, ("lad24cd", "la_name", "financial_year", "source", *_RO4))
    raw = raw[raw["lad24cd"].str.fullmatch(r"E\d{8}")].reset_index(drop=True)  # others are totals of a class
    table = pd.DataFrame({column: raw[published].map(number) for published, column in _RO4.items()})
    table.insert(0, "ons_code", newest_codes(path, raw[["lad24cd", "la_name"]].to_numpy().tolist()))
    table.insert(1, "year", raw["financial_year"].map(year_of))
    stated = raw["source"].str.replace("Sep ", "September ").map(date_in)
    table.insert(2, "ro4_known_from", pd.to_datetime(stated))
    table = table.drop_duplicates()
    refuse_duplicates(path, table)
    return table.reset_index(drop=True)


def load_service_outturn() -> pd.DataFrame:
    """Read the shipped service outturn table (``data/processed/service_outturn.csv``)."""
    return load_table("service_outturn.csv", dates=("known_from", "ro4_known_from"))
