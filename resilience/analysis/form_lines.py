"""The form lines behind a council's score: the published amounts each indicator was worked out from, with their years.

Which lines an indicator rests on is found by trying: each published amount that its formula may read is left out in
turn, and made larger in turn, and it is a line of the indicator where either changes its value. So the list cannot
differ from the calculation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from resilience.analysis.figures import line_kind
from resilience.indicators.compute import chosen
from resilience.indicators.formulas import REGISTRY, Books
from resilience.indicators.known import published_before
from resilience.indicators.lines import lines_read
from resilience.model.families import Term
from resilience.model.scoring import ScoredDay

#: An indicator looks back on so many years at most.
LOOKS_BACK = 3
#: What ratios are set over.
SPENDING = "rs_netrevexp_net_exp"
_WHO = ("ons_code", "year", "class", "built", "source_kind", "flags", "status", "known_from", "council")


@dataclass(frozen=True)
class FormLine:
    """One published amount behind an indicator.

    Attributes
    ----------
    line : str
        The panel's column; ``publications.lines`` knows its form, code and number.
    year : int
        The calendar year in which its outturn year ends.
    amount : float
        £ thousand, as published.
    source_kind : str
        Of the line itself, as in the panel: "original", "transcribed" or "interim".
    built : bool
        Whether it is predecessors' amounts added up.
    known_from : Timestamp
        The day it was public.
    """

    line: str
    year: int
    amount: float
    source_kind: str
    built: bool
    known_from: pd.Timestamp


def form_lines(run: ScoredDay, code: str, of: ScoredDay | None = None) -> dict[str, list[FormLine]]:
    """Return the published amounts behind each figure that a council's score rests on.

    Parameters
    ----------
    run : ScoredDay
        Whose panel is taken.
    code : str
        ONS code of a council in being on the day.
    of : ScoredDay, optional
        The list that the score is of, where it is an earlier one.

    Returns
    -------
    dict of str to list of FormLine
        By term, those with a figure; the figure's own year first, then the years it looks back on.
    """
    of = run if of is None else of
    panel = run.once("panel by council", lambda: dict(tuple(run.whole_panel.groupby("ons_code"))))
    rows = panel.get(code, run.whole_panel.head(0))
    rows = rows[published_before(rows, of.as_of)].set_index("year", drop=False)
    years = {term.name: of.known.year_of(code, term.indicator) for term in run.model.terms}
    asked = {
        term.name: term for term in run.model.terms if term.indicator in REGISTRY and years[term.name] in rows.index
    }
    if not asked:
        return {}
    oldest = min(years[name] for name in asked) - LOOKS_BACK
    rows = rows[rows["year"] >= oldest]
    read = lines_read(run.switches)
    names = sorted(set().union(*(read[term.indicator] for term in asked.values())) & set(rows.columns))
    cells = [(name, year) for name in names for year in rows.index if pd.notna(rows.at[year, name])]
    values = _tried(run, rows, names, cells, list(asked.values()))
    found = {}
    for name in asked:
        whole, *others = values[name][:, rows.index.get_loc(years[name])]
        moved = ~np.isclose(others, whole, rtol=1e-9, atol=1e-12, equal_nan=True).reshape(len(cells), 2)
        used = [cell for cell, either in zip(cells, moved.any(axis=1), strict=True) if either]
        used.sort(key=lambda cell: (-cell[1], cell[0] == SPENDING))  # the denominator last
        if of.known.is_rebased(code, asked[name].indicator):
            # The score sets the amount over the newest net revenue expenditure.
            used.append((SPENDING, of.known.newest(code) or years[name]))
        found[name] = [_form_line(rows, line, year, line_kind(run, code, year, line)) for line, year in used]
    return found


def _tried(
    run: ScoredDay, rows: pd.DataFrame, names: list[str], cells: list[tuple[str, int]], terms: list[Term]
) -> dict[str, np.ndarray]:
    """Return each term's figures as published, and with each amount left out and made larger: one row a case."""
    size, cases = len(rows), 2 * len(cells) + 1
    lines = np.tile(rows[names].to_numpy(dtype=float), (cases, 1))
    for at, (name, year) in enumerate(cells):
        spot, column = rows.index.get_loc(year), names.index(name)
        # Left out alone would not tell of a line that another of the same amount stands in for; made larger alone, not
        # of one whose indicator is at its bound.
        lines[(2 * at + 1) * size + spot, column] = np.nan
        lines[(2 * at + 2) * size + spot, column] += 1000 + abs(lines[spot, column])
    who = pd.concat([rows[[one for one in _WHO if one in rows]]] * cases, ignore_index=True)
    frame = pd.concat([who, pd.DataFrame(lines, columns=names)], axis=1)
    frame["ons_code"] = np.repeat([f"case {at}" for at in range(cases)], size)
    books = Books(frame, chosen(run.switches))
    return {term.name: REGISTRY[term.indicator](books).to_numpy(dtype=float).reshape(cases, size) for term in terms}


def _form_line(rows: pd.DataFrame, name: str, year: int, kind: str) -> FormLine:
    own = rows.loc[year]
    return FormLine(name, year, float(own[name]), kind, bool(own["built"]), pd.Timestamp(own["known_from"]))
