"""Council × year amounts, checked: built from the publications, shipped as CSV, loaded by everything else."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from resilience import paths
from resilience.councils import load_councils, resolve
from resilience.errors import DataError
from resilience.publications.outturn.unread import is_unread
from resilience.publications.releases import known_from
from resilience.tables import checks, precedence
from resilience.tables.schema import CLASSES, PANEL, Column
from resilience.tables.schema_check import check_table
from resilience.years import outturn_year_of, year_of

if TYPE_CHECKING:
    import pandera.pandas as pa

KEYS = tuple(column.name for column in PANEL.columns if not column.name.startswith("int_"))
_TEXT_AMOUNTS = ("int_note",)


def build_panel(
    lines: pd.DataFrame,
    councils: pd.DataFrame | None = None,
    *,
    interim: pd.DataFrame | None = None,
    transcribed: pd.DataFrame | None = None,
    services: pd.DataFrame | None = None,
    budgets: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Turn tidy lines into the panel.

    Parameters
    ----------
    lines : DataFrame
        Outturn lines, from ``read_publications`` (or the multi-year CSV).
    councils : DataFrame, optional
        The register; by default the shipped one.
    interim : DataFrame, optional
        Second-hand years, from ``read_interim``.
    transcribed : DataFrame, optional
        Exact lines, from ``read_transcribed``.
    services : DataFrame, optional
        The service outturn (RSX); see ``precedence.FROM_SERVICES``.
    budgets : DataFrame, optional
        Budget lines (form RA); they join the outturn year they were set for.

    Returns
    -------
    DataFrame
        One row a principal council and year in which it existed, ordered by council code and year: the columns of
        ``KEYS``, then amounts in £ thousand.

    Raises
    ------
    DataError
        If the result breaks the panel's schema.
    """
    joined = precedence.join(wide(lines), lines=transcribed, services=services, interim=interim)
    return assemble(joined, councils, budgets=budgets)


def assemble(
    joined: precedence.Joined, councils: pd.DataFrame | None = None, *, budgets: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Make the panel of joined sources; see ``build_panel``."""
    register = load_councils() if councils is None else councils
    table = joined.table
    if budgets is not None and not budgets.empty:
        planned = wide(budgets)
        amounts = [name for name in planned if name.startswith("ra_")]
        table = table.merge(planned[["ons_code", "year", *amounts]], on=["ons_code", "year"], how="left")
    # A publication may lack a line that the checks look at: missing is missing, and the alarm says so.
    table = table.reindex(columns=[*table.columns, *(name for name in checks.NEEDED if name not in table)])
    panel = _with_absent(table, register)
    panel["known_from"] = panel["outturn_year"].map({year: known_from(year) for year in panel["outturn_year"].unique()})
    panel = panel.sort_values(["ons_code", "year"], ignore_index=True)
    panel = checks.without_nil(precedence.with_late_days(panel, joined.late))
    panel["status"] = checks.status_of(panel)
    panel["flags"] = checks.flags(panel, checks.findings(panel))
    amounts = sorted(
        (n for n in panel.columns if n.split("_")[0] in ("rs", "ra", "int")),
        key=lambda name: (("rs", "ra", "int").index(name.split("_")[0]),),
    )
    kept = [name for name in amounts if panel[name].notna().any()]
    return check_panel(panel[[*KEYS, *kept]])


def wide(lines: pd.DataFrame) -> pd.DataFrame:
    """Return one row a principal council and year, one column a line; a line the year does not have stays missing."""
    principal = lines[lines["class"].isin(CLASSES)]
    keys = ["ecode", "outturn_year"]
    table = principal.pivot(index=keys, columns="line", values="amount")
    table.columns = table.columns.astype(str)
    extra = [name for name in ("certified", "duplicated") if name in principal]
    first = principal.drop_duplicates(keys).set_index(keys)
    facts = first[["source_file", *extra]].astype(object)
    table = table.join(facts).reset_index()
    for name in keys:
        table[name] = table[name].astype(str)
    table["ons_code"] = table["ecode"].map({code: resolve(code) for code in table["ecode"].unique()})
    table["year"] = table["outturn_year"].map(year_of)
    if "text" in principal and (bad := is_unread(principal)).any():
        count = bad.groupby([principal["ecode"].astype(str), principal["outturn_year"].astype(str)]).sum()
        table["not_read"] = count.reindex(pd.MultiIndex.from_frame(table[keys])).to_numpy()
    return table


def _with_absent(wide: pd.DataFrame, register: pd.DataFrame) -> pd.DataFrame:
    """Give every council in being on 31 March of a year a row for it, whether it is in the publication or not."""
    facts = register.drop_duplicates("ons_code").set_index("ons_code")
    began = pd.to_datetime(facts["start_date"]).fillna(pd.Timestamp("1900-01-01"))
    ended = pd.to_datetime(facts["end_date"]).fillna(pd.Timestamp("2999-12-31"))
    rows = []
    for year in sorted(wide["year"].unique()):
        close = pd.Timestamp(int(year), 3, 31)
        being = facts.index[(began <= close) & (ended >= close)]
        absent = being.difference(wide.loc[wide["year"] == year, "ons_code"])
        kind = precedence.kind_of_year(wide.loc[wide["year"] == year, "source_kind"])
        rows.append(
            pd.DataFrame(
                {
                    "ons_code": absent,
                    "year": int(year),
                    "outturn_year": outturn_year_of(int(year)),
                    "source_kind": kind,
                    "source_file": "",
                }
            )
        )
    panel = pd.concat([wide, *[part for part in rows if len(part)]], ignore_index=True)
    if any(len(part) and part["source_kind"].eq("original").any() for part in rows):
        # A publication that leaves a council out does not say that it returned nothing.
        left_out = panel["source_kind"].eq("original") & panel["source_file"].eq("")
        panel["not_read"] = panel["not_read"].where(~left_out, 1) if "not_read" in panel else left_out.astype(int)
    for name in ("council", "class", "region", "ecode"):
        panel[name] = panel["ons_code"].map(facts[name])
    return panel


def schema(panel: pd.DataFrame) -> pa.DataFrameSchema:
    """Return the panel's pandera schema for the amounts it has, made of `resilience.tables.schema`."""
    import pandera.pandas as pa

    amounts = {name: pa.Column(float, nullable=True) for name in panel.columns if name.startswith(PANEL.amounts)}
    keys = {
        column.name: pa.Column(int if column.type == "integer" else str, _checks(column))
        for column in PANEL.columns
        if column.name in KEYS and column.name not in ("source_file", "known_from")
    }
    return pa.DataFrameSchema({**keys, **amounts}, unique=list(PANEL.key))


def _checks(column: Column) -> list[pa.Check]:
    import pandera.pandas as pa

    conditions = []
    if column.allowed:
        conditions.append(pa.Check.isin(column.allowed))
    if column.pattern:
        conditions.append(pa.Check.str_matches(f"^{column.pattern}$"))
    if column.shortest:
        conditions.append(pa.Check.str_length(min_value=column.shortest))
    if column.least is not None and column.most is not None:
        conditions.append(pa.Check.in_range(column.least, column.most))
    return conditions


def check_panel(panel: pd.DataFrame) -> pd.DataFrame:
    """Validate the panel and return it.

    Raises
    ------
    DataError
        Naming the first council, year and column at fault.
    """
    import pandera.pandas as pa

    try:
        schema(panel).validate(panel, lazy=True)
    except pa.errors.SchemaErrors as error:
        first = error.failure_cases.iloc[0]
        where = ""
        if pd.notna(first["index"]) and int(first["index"]) in panel.index:
            row = panel.loc[int(first["index"])]
            where = f" for {row.get('council')} in {row.get('outturn_year')}"
        raise DataError(
            f"The panel{where}, column '{first['column']}': {first['failure_case']!r} fails {first['check']}; "
            "look at the publication it came from."
        ) from None
    return panel


def load_panel(path: str | Path | None = None) -> pd.DataFrame:
    """Load the shipped panel.

    Parameters
    ----------
    path : str or Path, optional
        Another panel in the same form.

    Returns
    -------
    DataFrame
        One row a council and year (see ``docs/architecture.md``), amounts in £ thousand, ``known_from`` as date.

    Raises
    ------
    DataError
        If the file is missing or not a panel, or breaks its schema: the message names the row and the column.
    """
    source = Path(path) if path is not None else paths.processed() / "panel.csv"
    if not source.is_file():
        raise DataError(f"{source} does not exist; run 'resilience build' to make it.")
    try:
        panel = pd.read_csv(
            source,
            dtype={name: str for name in (*KEYS, *_TEXT_AMOUNTS) if name != "year"},
            na_values=[""],
            keep_default_na=False,
            low_memory=False,
        )
    except (ValueError, UnicodeDecodeError, pd.errors.ParserError) as error:
        raise DataError(f"{source} is not a panel ({error}); run 'resilience build' again.") from error
    missing = [name for name in KEYS if name not in panel.columns]
    if missing:
        raise DataError(f"{source} has no column '{missing[0]}'; run 'resilience build' again.")
    for name in ("flags", "source_file"):
        panel[name] = panel[name].fillna("")
    panel["known_from"] = _read(source, panel["known_from"], pd.to_datetime, "a date such as 2024-12-12")
    panel["year"] = _read(source, panel["year"], pd.to_numeric, "the year in which the financial year ends")
    amounts = [n for n in panel.columns if n.split("_")[0] in ("rs", "ra") and panel[n].dtype != float]
    read = {name: _read(source, panel[name], pd.to_numeric, "an amount or nothing").astype(float) for name in amounts}
    # One block again: a frame read column by column warns whenever a column is added to it.
    panel = panel.assign(**read).copy()
    check_table(PANEL, panel, source)
    return panel


def _read(source: Path, values: pd.Series, reader: Callable[..., pd.Series], expected: str) -> pd.Series:
    """Read a column of the file as dates or numbers, naming the first cell that is none."""
    result = reader(values, errors="coerce")
    wrong = result.isna() & values.notna()
    if wrong.any():
        at = int(wrong.to_numpy().argmax())
        raise DataError(
            f"{source}, row {at + 2}, column '{values.name}': '{values.iloc[at]}' found, expected {expected}; "
            "run 'resilience build' again."
        )
    return result


def to_csv(panel: pd.DataFrame) -> str:
    """Return the panel as CSV text: whole amounts without a decimal point, missing as nothing."""
    out = panel.copy()
    for name in out.columns:
        if pd.api.types.is_float_dtype(out[name]):
            out[name] = _plain(out[name])
    out["known_from"] = pd.to_datetime(out["known_from"]).dt.strftime("%Y-%m-%d")
    return str(out.to_csv(index=False, lineterminator="\n"))


def _plain(values: pd.Series) -> pd.Series:
    numbers = values.to_numpy()
    whole = np.equal(np.mod(numbers, 1), 0)
    text = np.array(
        ["" if np.isnan(v) else str(int(v)) if w else repr(float(v)) for v, w in zip(numbers, whole, strict=True)],
        dtype=object,
    )
    return pd.Series(text, index=values.index)


def provenance() -> dict[str, Any]:
    """Return what the shipped tables were computed from: each source's name, size, checksum and release date."""
    source = paths.processed() / "provenance.json"
    if not source.is_file():
        raise DataError(f"{source} does not exist; run 'resilience build' to make it.")
    found: dict[str, Any] = json.loads(source.read_text("utf-8"))
    return found
