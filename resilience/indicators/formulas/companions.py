"""The publications beside Revenue Outturn, joined to its rows by council and year.

Each source is a table with ``ons_code``, ``year`` and ``known_from`` (the day its figures were public). A table
that is not shipped gives missing values. Rows built for successor councils have no companion figures: nothing is
added up here. Ofsted's judgements go by date and not by year: a row has the last report that was out when the
row's own outturn came out.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import pandas as pd

from resilience import paths
from resilience.publications.others import capital, context, council_tax, services

#: The Indices of Deprivation 2025 stand beside this outturn year (2024-25) and later ones, not beside the past.
DEPRIVATION_FROM = 2025
JUDGEMENT = {name: float(grade) for grade, name in enumerate(context.JUDGEMENTS, start=1)}


def _council_tax() -> pd.DataFrame:
    return council_tax.load_council_tax()


def _service_outturn() -> pd.DataFrame:
    return services.load_service_outturn()


def _housing_outturn() -> pd.DataFrame:
    table = services.load_service_outturn()
    if "ro4_known_from" not in table:
        return pd.DataFrame({"ons_code": [], "year": []})
    table = table[table["ro4_known_from"].notna()]
    return table.assign(known_from=table["ro4_known_from"])


def _capital() -> pd.DataFrame:
    return capital.load_capital()


def _dfe() -> pd.DataFrame:
    table = context.load_context_measures()
    table = table[table["measure"].isin(("ehc_plans_share", "looked_after_per_10000"))]
    wide = table.pivot(index=["ons_code", "year"], columns="measure", values="value")
    known = table.groupby(["ons_code", "year"])["known_from"].max()
    return wide.assign(known_from=known).reset_index()


def _ofsted() -> pd.DataFrame:
    table = context.load_ofsted()
    return table.assign(judgement=table["overall"].map(JUDGEMENT))


def _deprivation() -> pd.DataFrame:
    return context.load_deprivation()


#: Source → its file in ``data/processed`` and what reads it.
LOADERS: dict[str, tuple[str, Callable[[], pd.DataFrame]]] = {
    "council_tax": ("council_tax.csv", _council_tax),
    "service_outturn": ("service_outturn.csv", _service_outturn),
    "housing_outturn": ("service_outturn.csv", _housing_outturn),
    "capital": ("capital.csv", _capital),
    "dfe": ("context_measures.csv", _dfe),
    "ofsted": ("ofsted.csv", _ofsted),
    "deprivation": ("deprivation.csv", _deprivation),
}


@lru_cache(maxsize=16)
def _shipped(source: str, file: Path, changed: int) -> pd.DataFrame:
    """Read a shipped table once for as long as its file is the same; callers leave it as it is."""
    return LOADERS[source][1]()


def join(frame: pd.DataFrame, source: str, table: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return a source's columns at each row of the panel, on the panel's index.

    Parameters
    ----------
    frame : DataFrame
        The panel with lineage.
    source : str
        A name of ``LOADERS``.
    table : DataFrame, optional
        The table itself; by default the shipped one, where it is shipped.

    Returns
    -------
    DataFrame
        The table's columns, missing where it has no row; without any column where there is no table.
    """
    if table is None:
        file = paths.processed() / LOADERS[source][0]
        if not file.is_file():
            return pd.DataFrame(index=frame.index)
        table = _shipped(source, file, file.stat().st_mtime_ns)
    if source == "ofsted":
        return _last_before(frame, table)
    if source == "deprivation":
        joined = table.drop_duplicates("ons_code").set_index("ons_code").reindex(frame["ons_code"])
        joined.index = frame.index
        joined = joined.drop(columns="council", errors="ignore")
        return joined[frame["year"] >= DEPRIVATION_FROM].reindex(frame.index)
    keyed = table.set_index(["ons_code", "year"])
    joined = keyed.reindex(pd.MultiIndex.from_arrays([frame["ons_code"], frame["year"]]))
    joined.index = frame.index
    return joined


def _last_before(frame: pd.DataFrame, reports: pd.DataFrame) -> pd.DataFrame:
    """Return for each row the council's last report published before the row's own figures were."""
    rows = pd.DataFrame(
        {
            "ons_code": frame["ons_code"].astype(object),
            "released": pd.to_datetime(frame["known_from"]).astype("datetime64[ns]"),
            "position": range(len(frame)),
        }
    )
    right = reports.assign(
        ons_code=reports["ons_code"].astype(object),
        published=pd.to_datetime(reports["known_from"]).astype("datetime64[ns]"),
    )
    joined = pd.merge_asof(
        rows.sort_values("released", kind="stable"),
        right.sort_values("published", kind="stable"),
        left_on="released",
        right_on="published",
        by="ons_code",
        allow_exact_matches=False,
    ).sort_values("position")
    joined.index = frame.index
    return joined[["judgement", "known_from"]]
