"""Which source a line of the panel stands on: the original before the transcribed before the second-hand, line by line.

A row is of the kind of its core lines (net revenue expenditure and the two reserves); every line that comes from
elsewhere is named in ``line_sources.csv``. Where two sources hold one line and differ by more than their rounding,
the better one stands and the pair is listed in ``conflicts.csv``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from resilience import paths
from resilience.errors import DataError
from resilience.publications.outturn import transcribed
from resilience.tables.schema import CONFLICTS, LINE_SOURCES, NOT_RETURNED, SOURCE_KINDS, TRANSCRIBED, VINTAGES
from resilience.tables.schema_check import check_table
from resilience.years import outturn_year_of, year_of

KEYS = ["ons_code", "year"]
#: What a row's kind goes by.
CORE = ("rs_netrevexp_net_exp", "rs_resunall_end_cy", "rs_resoth_end_cy")
#: Net current expenditure of RSX is the line of the summary, to the £ thousand, in every year that has both.
FROM_SERVICES = {
    "rs_csc_net_exp": "rsx_csc_net_cur_exp",
    "rs_asc_net_exp": "rsx_asc_net_cur_exp",
    "rs_hous_net_exp": "rsx_hous_net_cur_exp",
}
#: Two exact figures of one line may differ by this much (£ thousand) and still be one figure rounded twice.
ROUNDING = 1.0
#: The flag of ``checks.without_nil``.
NIL = "nil_not_returned"
#: A second-hand DSG deficit comes from a ratio whose base is not stated; below this (£ thousand) it is taken as equal.
_DSG_ROUNDING = 100.0
#: What a transcribed row no longer needs of the second-hand table: its own lines say it exactly.
_REPLACED = {
    "rs_netrevexp_net_exp": (),
    "rs_intextpay_net_exp": ("int_interest_to_nre",),
    "rs_ctrtot_net_exp": ("int_ctrtot_from_share", "int_ctrtot_plus_minus"),
    "rs_resunall_end_cy": (
        "int_reserves_unallocated_and_earmarked",
        "int_reserves_plus_minus",
        "int_reserves_to_nre",
    ),
    "rs_resdsgadj_end_cy": ("int_dsg_deficit", "int_dsg_capped", "int_dsg_deficit_at_least"),
}


@dataclass(frozen=True)
class Joined:
    """Every source's lines in one table.

    Attributes
    ----------
    table : DataFrame
        One row a council and year, with ``source_kind`` and ``source_file``.
    line_sources : DataFrame
        Lines that are not of their row's own kind or publication, in the form of ``line_sources.csv``.
    conflicts : DataFrame
        Lines on which two sources differ, in the form of ``conflicts.csv``.
    late : DataFrame
        Lines that came out later than their row, in the form of ``vintages.csv``: missing until that day.
    """

    table: pd.DataFrame
    line_sources: pd.DataFrame
    conflicts: pd.DataFrame = field(repr=False)
    late: pd.DataFrame = field(repr=False)


@dataclass(frozen=True)
class _Source:
    kind: str
    amounts: pd.DataFrame
    where: pd.Series | str
    known_from: pd.Series | None = None

    def place(self, at: pd.Index, line: str) -> np.ndarray:
        """Return where a line was read, for each council and year."""
        if isinstance(self.where, str):
            return np.full(len(at), self.where, dtype=object)
        if self.where.index.nlevels == 3:
            keys = pd.MultiIndex.from_arrays([at.get_level_values(0), at.get_level_values(1), [line] * len(at)])
            return np.asarray(self.where.reindex(keys), dtype=object)
        return np.asarray(self.where.reindex(at), dtype=object)


def join(
    originals: pd.DataFrame,
    *,
    lines: pd.DataFrame | None = None,
    services: pd.DataFrame | None = None,
    interim: pd.DataFrame | None = None,
) -> Joined:
    """Join the sources of Revenue Outturn.

    Parameters
    ----------
    originals : DataFrame
        One row a council and year of the workbooks or the multi-year file (``panel.wide``).
    lines : DataFrame, optional
        From ``read_transcribed``.
    services : DataFrame, optional
        The service outturn table (RSX), an original whose net current expenditure stands in for lines that no
        summary at hand holds.
    interim : DataFrame, optional
        From ``read_interim``; councils and years with a figure of the original keep none of it.
    """
    table = originals.assign(source_kind="original").set_index(KEYS)
    returned = table.index[table.filter(regex="^rs_").notna().any(axis=1)]
    exact = _transcribed(lines)
    second = _second_hand(interim, returned)
    rows = table.index.union(exact.amounts.index).union(second.amounts.index)
    result = table.reindex(rows)
    int_columns = [name for name in second.amounts if name.startswith("int_")]
    if int_columns:
        result = result.join(second.amounts[int_columns])
    sources = [_Source("original", table, table["source_file"]), _services(services), exact, second]
    kinds: dict[str, np.ndarray] = {}
    places: dict[str, np.ndarray] = {}
    filled, conflicts = {}, [pd.DataFrame(columns=[column.name for column in CONFLICTS.columns])]
    for name in sorted({name for source in sources[1:] for name in source.amounts if name.startswith("rs_")}):
        value = np.full(len(rows), np.nan)
        kind, place = np.full(len(rows), "", dtype=object), np.full(len(rows), "", dtype=object)
        for source in sources:
            if name not in source.amounts:
                continue
            other = source.amounts[name].reindex(rows).to_numpy(dtype=float)
            where = source.place(rows, name)
            if source.kind != "original" or source is sources[0]:
                margin = _margin(name, source, second.amounts.reindex(rows))
                differ = np.abs(value - other) > margin
                conflicts.append(_conflicts(rows, name, differ, (value, kind, place), (other, source.kind, where)))
            take = np.isnan(value) & ~np.isnan(other)
            value[take], kind[take], place[take] = other[take], source.kind, where[take]
        filled[name], kinds[name], places[name] = value, kind, place
    result = result.assign(**filled).copy()
    conflicts += _totals(result, second.amounts.reindex(rows), rows, places)
    result = _with_kinds(result, returned, exact, second)
    for name, columns in _REPLACED.items():
        if name in kinds:
            gone = [column for column in columns if column in result]
            result.loc[kinds[name] == "transcribed", gone] = np.nan
    own, file = result["source_kind"].to_numpy(), result["source_file"].to_numpy(dtype=object)
    found = [
        pd.DataFrame(
            {
                **{key: rows[differs].get_level_values(key) for key in KEYS},
                "line": name,
                "source_kind": kinds[name][differs],
                "source": places[name][differs],
            }
        )
        for name in filled
        # Of the row's own kind, but out of another publication: services (RSX) where the summary lacks them.
        for differs in [(kinds[name] != "") & ((kinds[name] != own) | ((own == "original") & (places[name] != file)))]
    ]
    names = [column.name for column in LINE_SOURCES.columns]
    line_sources = pd.concat([pd.DataFrame(columns=names), *[part for part in found if len(part)]], ignore_index=True)
    line_sources = line_sources.assign(outturn_year=line_sources["year"].map(outturn_year_of))[names]
    late = _late(result, kinds, services)
    return Joined(
        result.reset_index(),
        line_sources.sort_values([*KEYS, "line"], ignore_index=True),
        pd.concat(conflicts, ignore_index=True).sort_values([*KEYS, "line"], ignore_index=True),
        late,
    )


def transcribed_table(lines: pd.DataFrame) -> pd.DataFrame:
    """Return the transcribed lines of the summary in the form of ``transcribed.csv``.

    A build from a source without their file takes them from there, whatever has come to stand in the panel since.
    """
    own = lines[lines["line"].str.startswith("rs_")]
    own = own.assign(year=own["outturn_year"].map(year_of))
    return own[[column.name for column in TRANSCRIBED.columns]].reset_index(drop=True)


def _transcribed(lines: pd.DataFrame | None) -> _Source:
    if lines is None:
        return _Source("transcribed", _nothing(), "")
    own = lines[lines["line"].str.startswith("rs_")]
    return _Source("transcribed", transcribed.amounts_of(own), transcribed.sources_of(own))


def _second_hand(interim: pd.DataFrame | None, returned: pd.Index) -> _Source:
    if interim is None or interim.empty:
        return _Source("interim", _nothing(), "")
    table = interim.drop(columns=["known_from", "council"]).set_index(KEYS)
    table = table[~table.index.isin(returned)]
    return _Source("interim", table, table["source_file"])


def _services(services: pd.DataFrame | None) -> _Source:
    if services is None:
        return _Source("original", _nothing(), "")
    table = services.set_index(KEYS)
    amounts = table[list(FROM_SERVICES.values())].astype(float)
    amounts.columns = pd.Index(list(FROM_SERVICES))
    # A shire district has neither social care: what stands there is nothing or a remnant.
    amounts.loc[table["class"] == "SD", ["rs_csc_net_exp", "rs_asc_net_exp"]] = np.nan
    return _Source("original", amounts, table["source_file"])


def _nothing() -> pd.DataFrame:
    return pd.DataFrame(index=pd.MultiIndex.from_arrays([pd.Index([], dtype=str), pd.Index([], dtype=int)], names=KEYS))


def _with_kinds(result: pd.DataFrame, returned: pd.Index, exact: _Source, second: _Source) -> pd.DataFrame:
    """Say of each row what its core lines are of; a council that no source has keeps the original's word for it."""
    core = exact.amounts.reindex(index=result.index, columns=list(CORE)).notna().all(axis=1).to_numpy()
    from_original = result.index.isin(returned)
    kind = np.where(from_original, "original", np.where(core, "transcribed", ""))
    rest = kind == ""
    kind[rest & result.index.isin(second.amounts.index)] = "interim"
    kind[kind == ""] = "original"
    file = result["source_file"].fillna("").to_numpy(dtype=object, copy=True)
    file[kind == "transcribed"] = transcribed.FILE
    if len(second.amounts):
        is_second = kind == "interim"
        file[is_second] = second.amounts["source_file"].reindex(result.index).to_numpy(dtype=object)[is_second]
    years = result.index.get_level_values("year")
    return result.assign(
        source_kind=kind, source_file=file, outturn_year=[outturn_year_of(int(year)) for year in years]
    )


def _margin(name: str, source: _Source, second: pd.DataFrame) -> np.ndarray | float:
    if source.kind == "interim" and name == "rs_ctrtot_net_exp" and "int_ctrtot_plus_minus" in second:
        # The share is rounded and so is the net revenue expenditure it is of.
        return np.asarray(second["int_ctrtot_plus_minus"].astype(float).fillna(0.0) * 1.01 + ROUNDING)
    return ROUNDING


def _totals(
    result: pd.DataFrame, second: pd.DataFrame, rows: pd.Index, places: dict[str, np.ndarray]
) -> Iterator[pd.DataFrame]:
    """Compare what the second-hand table has only as one figure of two lines."""
    pairs = (
        ("int_reserves_unallocated_and_earmarked", ("rs_resunall_end_cy", "rs_resoth_end_cy"), 1.0),
        ("int_dsg_deficit", ("rs_resdsgadj_end_cy",), -1.0),
    )
    for column, lines, sign in pairs:
        if column not in second or not all(name in places for name in lines):
            continue
        exact = sign * sum((result[name].to_numpy(dtype=float) for name in lines), np.zeros(len(rows)))
        other = second[column].to_numpy(dtype=float)
        margin = np.full(len(rows), _DSG_ROUNDING)
        if sign > 0:
            margin = second["int_reserves_plus_minus"].fillna(0.0).to_numpy(dtype=float) + ROUNDING
        differ = np.abs(exact - other) > margin
        files = second["source_file"].to_numpy(dtype=object)
        standing = (exact, np.full(len(rows), "transcribed", dtype=object), places[lines[0]])
        yield _conflicts(rows, "+".join(lines), differ, standing, (other, "interim", files))


def _conflicts(
    rows: pd.Index,
    name: str,
    differ: np.ndarray,
    standing: tuple[np.ndarray, np.ndarray, np.ndarray],
    other: tuple[np.ndarray, str, np.ndarray],
) -> pd.DataFrame:
    value, kind, place = (each[differ] for each in standing)
    return pd.DataFrame(
        {
            **{key: rows[differ].get_level_values(key) for key in KEYS},
            "outturn_year": [outturn_year_of(int(year)) for year in rows[differ].get_level_values("year")],
            "line": name,
            "amount": value,
            "source_kind": kind,
            "source": place,
            "other_amount": other[0][differ],
            "other_kind": other[1],
            "other_source": other[2][differ],
            "difference": other[0][differ] - value,
        }
    )[[column.name for column in CONFLICTS.columns]]


def _late(result: pd.DataFrame, kinds: dict[str, np.ndarray], services: pd.DataFrame | None) -> pd.DataFrame:
    """Return the lines that came out after the day their row counts from."""
    years = result.index.get_level_values("year")
    columns = [column.name for column in VINTAGES.columns]
    parts = [pd.DataFrame(columns=columns).astype({"year": int, "amount": float})]

    def add(name: str, at: np.ndarray, until: np.ndarray, file: str | np.ndarray) -> None:
        keys = {key: result.index[at].get_level_values(key) for key in KEYS}
        rows = pd.DataFrame({**keys, "line": name, "amount": np.nan, "since": "", "until": until, "source_file": file})
        parts.extend([rows[columns]] if len(rows) else [])

    days = {year_of(year): day.isoformat() for year, day in transcribed.LATE_RETURNS.items()}
    for name, kind in kinds.items():
        at = (kind == "transcribed") & years.isin(list(days))
        add(name, at, years[at].map(days).to_numpy(dtype=object), transcribed.FILE)
        if services is None or name not in FROM_SERVICES:
            continue
        table = services.set_index(KEYS).reindex(result.index)
        at = (kind == "original") & (result["source_kind"] != "original").to_numpy() & table["known_from"].notna()
        day = pd.to_datetime(table["known_from"])[at].dt.strftime("%Y-%m-%d").to_numpy(dtype=object)
        add(name, np.asarray(at), day, table["source_file"][at].to_numpy(dtype=object))
    return pd.concat(parts, ignore_index=True)


def is_late_line(vintages: pd.DataFrame) -> pd.Series:
    """Say which rows of the vintages tell that a line came late, and not what an earlier release said."""
    file = vintages["source_file"].fillna("")
    return vintages["amount"].isna() & (file.eq(transcribed.FILE) | file.str.startswith("RSX"))


def with_late_days(panel: pd.DataFrame, late: pd.DataFrame) -> pd.DataFrame:
    """Let a row whose core lines came late be known from then on; no earlier January may train on it."""
    core = late[late["line"] == CORE[0]]
    days = pd.Series(pd.to_datetime(core["until"]).to_numpy(), index=pd.MultiIndex.from_frame(core[KEYS]))
    own = pd.to_datetime(pd.Series(days.reindex(pd.MultiIndex.from_frame(panel[KEYS])).to_numpy(), index=panel.index))
    known = pd.to_datetime(panel["known_from"])
    return panel.assign(known_from=known.where(own.isna() | (own < known), own))


def kind_of_year(kinds: pd.Series) -> str:
    """Return the best kind among a year's rows: what a council is not in that returned nothing."""
    return str(min(kinds.unique(), key=SOURCE_KINDS.index))


def with_nil(line_sources: pd.DataFrame, panel: pd.DataFrame) -> pd.DataFrame:
    """Return the line sources with each nil that was not returned, of whatever kind its row is."""
    marked = panel[panel["flags"].str.split(";").map(lambda codes: NIL in codes)]
    found = [line_sources]
    for name in ("rs_resunall_end_cy", "rs_resoth_end_cy"):
        nil = marked[marked[name].isna()]
        rows = nil[["ons_code", "outturn_year", "year"]].assign(
            line=name, source_kind=NOT_RETURNED, source=nil["source_file"]
        )
        listed = line_sources[line_sources["line"] == name].set_index(KEYS)["source"]
        own = pd.Series(listed.reindex(pd.MultiIndex.from_frame(rows[KEYS])).to_numpy(), index=rows.index)
        rows["source"] = own.where(own.notna(), rows["source"])  # where the nil itself stood
        found += [rows] if len(rows) else []
    # A nil of another kind than its row's is listed already, as what it was before it was taken for nothing.
    every = pd.concat(found, ignore_index=True).drop_duplicates([*KEYS, "line"], keep="last")
    return every.sort_values([*KEYS, "line"], ignore_index=True)


def without_supplied(panel: pd.DataFrame, line_sources: pd.DataFrame) -> pd.DataFrame:
    """Return the panel with only what each original row's own publication gave: what a book lacks shows."""
    rows = panel.set_index(KEYS)
    original = rows.index[rows["source_kind"] == "original"]
    listed = line_sources[pd.MultiIndex.from_frame(line_sources[KEYS]).isin(original)]
    blank = {}
    for name, group in listed.groupby("line"):
        blank[str(name)] = rows[name].mask(rows.index.isin(pd.MultiIndex.from_frame(group[KEYS]))).to_numpy()
    return panel.assign(**blank)


def to_csv(table: pd.DataFrame) -> str:
    """Return line sources, conflicts or transcribed lines as CSV text, in a fixed order."""
    order = [name for name in (*KEYS, "line", "other_kind") if name in table]
    return str(table.sort_values(order).to_csv(index=False, lineterminator="\n", float_format="%.10g"))


def load(path: Path) -> pd.DataFrame:
    """Load line sources, conflicts or transcribed lines by the file's name; without a file there is no row.

    Raises
    ------
    DataError
        If it is no such table.
    """
    table = {each.name: each for each in (LINE_SOURCES, CONFLICTS, TRANSCRIBED)}[path.name]
    names = [column.name for column in table.columns]
    if not path.is_file():
        return pd.DataFrame(columns=names)
    try:
        frame = pd.read_csv(path)[names]
    except (OSError, ValueError, KeyError, pd.errors.ParserError) as error:
        raise DataError(f"{path} is damaged ({error}); run 'resilience build' again.") from error
    check_table(table, frame, path)
    return frame


def load_line_sources() -> pd.DataFrame:
    """Load the lines of the shipped panel that are not of their row's own kind."""
    return load(paths.processed() / LINE_SOURCES.name)


def load_conflicts() -> pd.DataFrame:
    """Load the lines on which two sources of the shipped panel differ."""
    return load(paths.processed() / CONFLICTS.name)
