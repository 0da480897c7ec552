"""Every figure of every council and year as known on a day, with the lines it rests on and what kind these are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from resilience.analysis.evidence import Evidence
from resilience.indicators.definitions import load_definitions
from resilience.indicators.lines import lines_read
from resilience.model.scoring import ScoredDay
from resilience.tables.precedence import load_line_sources
from resilience.tables.schema import SOURCE_KINDS

#: A publication beside the outturn that is at hand only as transcribed by others; the rest are originals.
KIND_OF_SOURCE = {"capital": "transcribed"}
COLUMNS = (
    "ons_code",
    "council",
    "year",
    "indicator",
    "value",
    "source_kind",
    "built",
    "carried",
    "known_from",
    "lines",
)
_SECOND_HAND = SOURCE_KINDS.index("interim")


def figures(scored: ScoredDay) -> dict[str, pd.DataFrame]:
    """Return a table of each council in being, worked out once a day.

    Returns
    -------
    dict of str to DataFrame
        ONS code → ``COLUMNS``, in the dictionary's order and then by year; only figures that are there.

        ``source_kind`` is the least exact kind among the lines read of that year, line by line; ``carried`` says
        whether the score takes the figure forward because the council's newest return lacks it; ``known_from`` is the
        later day of the outturn's and of another publication's; ``lines`` are the columns that the formula reads and
        that hold a figure in the year, separated by semicolons.
    """
    return scored.once("figures", lambda: _by_council(scored))


def kind_of(scored: ScoredDay, code: str, year: int, indicator: str) -> str:
    """Return what kind the least exact line behind one figure is of: a row's lines may come from several sources.

    Parameters
    ----------
    scored : ScoredDay
    code : str
    year : int
        The calendar year in which the figure's financial year ends; 0 where there is no figure.
    indicator : str

    Returns
    -------
    str
        As in the panel: "original", "transcribed" or "interim"; "" without a figure.
    """
    if not year:
        return ""
    own = str(scored.known.own(code).at[year, "source_kind"])
    if own not in SOURCE_KINDS or scored.panel.empty:  # own figures; a merged council, which has no lines of its own
        return own
    kinds = scored.once(("kinds", indicator), lambda: _kinds(scored, indicator))
    return str(kinds.get((code, year), own))


def line_kind(scored: ScoredDay, code: str, year: int, line: str) -> str:
    """Return of what kind one line of a council's row is, as in the panel; where nothing else is known, its row's."""
    own = str(scored.known.own(code).at[year, "source_kind"])
    rows, read = _read(scored)
    if own not in SOURCE_KINDS:
        return own
    at = rows.index[(rows["ons_code"] == code) & (rows["year"] == year)]
    return SOURCE_KINDS[read.kinds(line)[at[0]]] if len(at) else own


def with_kind(scored: ScoredDay, code: str, evidence: Evidence) -> Evidence:
    """Return a figure marked by the least exact line behind it, and not by its row as a whole."""
    kind = kind_of(scored, code, evidence.year, evidence.indicator)
    return replace(evidence, second_hand=kind == "interim", transcribed=kind == "transcribed")


def _kinds(scored: ScoredDay, indicator: str) -> dict[tuple[str, int], str]:
    rows, read = _read(scored)
    other = KIND_OF_SOURCE.get(load_definitions()[indicator].source, "original")
    return dict(zip(zip(rows["ons_code"], rows["year"], strict=True), read.of(indicator, other)[0], strict=True))


def _read(scored: ScoredDay) -> tuple[pd.DataFrame, _Read]:
    """Return the rows of councils in being, by council and year, and what is read of them."""

    def make() -> tuple[pd.DataFrame, _Read]:
        rows = scored.known.rows
        rows = rows[rows["ons_code"].isin(scored.table.index)].sort_values(["ons_code", "year"], ignore_index=True)
        return rows, _Read(scored, rows)

    return scored.once("lines read of each row", make)


def _by_council(scored: ScoredDay) -> dict[str, pd.DataFrame]:
    definitions = load_definitions()
    rows, read = _read(scored)
    classes = rows["ons_code"].map(scored.table["class"]).to_numpy()
    asked = {term.indicator for term in scored.model.terms}
    parts = []
    for order, (name, definition) in enumerate(definitions.items()):
        if name not in rows:
            continue
        there = rows[name].notna().to_numpy() & np.isin(classes, definition.classes)
        kinds, lines = read.of(name, KIND_OF_SOURCE.get(definition.source, "original"))
        part = rows.loc[there, ["ons_code", "council", "year", "built"]].assign(
            indicator=name,
            value=rows.loc[there, name].astype(float),
            source_kind=kinds[there],
            carried=_carried(scored, rows, name)[there] if name in asked else False,
            known_from=_known_from(rows[there], definition.source),
            lines=lines[there],
            order=order,
        )
        parts.append(part)
    table = pd.concat(parts).sort_values(["ons_code", "order", "year"], kind="stable")
    return {str(code): own[list(COLUMNS)] for code, own in table.groupby("ons_code")}


def _known_from(rows: pd.DataFrame, source: str) -> pd.Series:
    """Return the day on which the last of the publications was out that a figure's row and lines come from."""
    known = pd.to_datetime(rows["known_from"])
    if f"known_from_{source}" not in rows:
        return known
    other = pd.to_datetime(rows[f"known_from_{source}"])
    return known.where(other.isna() | (known >= other), other)


def _carried(scored: ScoredDay, rows: pd.DataFrame, name: str) -> np.ndarray:
    """Say which rows hold the figure that the score carries forward."""
    codes = rows["ons_code"]
    taken = codes.map(scored.known.years[name]).to_numpy(dtype=float)
    newest = codes.map(scored.table["year"]).to_numpy(dtype=float)
    return np.asarray((rows["year"].to_numpy() == taken) & (taken < newest))


class _Read:
    """Of every row, which lines are there and of what kind: a number, the higher the less exact."""

    def __init__(self, scored: ScoredDay, rows: pd.DataFrame) -> None:
        keys = pd.MultiIndex.from_frame(rows[["ons_code", "year"]])
        panel = scored.known_panel
        self._panel = panel.set_index(["ons_code", "year"]).reindex(keys)
        # A row of own figures is of no published kind; `kind_of` does not ask for its lines.
        order = {kind: at for at, kind in enumerate(SOURCE_KINDS)}
        self._row_kind = rows["source_kind"].map(order).fillna(0).to_numpy(dtype=int)
        others = load_line_sources()
        others = others[others["source_kind"].isin(SOURCE_KINDS)]
        at = keys.get_indexer(pd.MultiIndex.from_frame(others[["ons_code", "year"]]))
        others = others.assign(at=at, kind=others["source_kind"].map(SOURCE_KINDS.index))[at >= 0]
        self._others = {str(name): (own["at"], own["kind"]) for name, own in others.groupby("line")}
        self._lines: dict[str, tuple[np.ndarray, np.ndarray]] = {}

    def of(self, indicator: str, other: str) -> tuple[np.ndarray, np.ndarray]:
        """Return the kind of an indicator's figures, and the lines read, row by row.

        Parameters
        ----------
        indicator : str
        other : str
            The kind of a line of another publication.
        """
        read = lines_read()[indicator]
        worst = np.full(len(self._panel), -1)
        pattern = np.zeros(len(self._panel), dtype=np.int64)
        for bit, (line, source) in enumerate(read.items()):
            there, kind = self._line(line) if not source else (True, SOURCE_KINDS.index(other))
            worst = np.where(there, np.maximum(worst, kind), worst)
            pattern += np.where(there, 1 << bit, 0)
        # What no line is read for, such as whether there was a return, is of the row's own kind.
        worst = np.where(worst < 0, self._row_kind, worst)
        found, at = np.unique(pattern, return_inverse=True)
        texts = ["; ".join(line for bit, line in enumerate(read) if one >> bit & 1) for one in found.tolist()]
        return np.array(SOURCE_KINDS, dtype=object)[worst], np.array(texts, dtype=object)[at]

    def kinds(self, line: str) -> np.ndarray:
        """Return of what kind a line of the panel is, row by row."""
        return self._line(line)[1]

    def _line(self, line: str) -> tuple[np.ndarray, np.ndarray]:
        if line not in self._lines:
            kind = self._row_kind.copy()
            if line.startswith("int_"):
                kind[:] = _SECOND_HAND
            elif line in self._others:
                at, own = self._others[line]
                kind[at] = own
            there = self._panel[line].notna().to_numpy() if line in self._panel else np.zeros(len(kind), dtype=bool)
            self._lines[line] = there, kind
        return self._lines[line]
