"""Is a year's book as a whole what it says it is? Where it is not, the build stops, unless told to go on and why.

The checks of `checks.py` look at one council; these look at all councils of a year at once, for a fault of the book
(another year's figures, amounts in £, a column under another's heading, half the rows gone) is many councils'. Figures
are compared with the tables that are there already: with the same year's where it is shipped, otherwise with the year
before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from resilience.errors import PublicationError
from resilience.formatting import counted
from resilience.publications.lines import load_lines
from resilience.tables.checks import CORE, TOTAL_SERVICES
from resilience.years import outturn_year_of, year_of

#: The share of a year's councils that may gain a flag, or have a line moved, beyond what is usual.
BEYOND_USUAL = 0.10
#: The fewest councils that such a comparison rests on.
FEWEST = 20
#: How far a line may move from one year to the next: the median over councils of the ratio to the year before, and of
#: the size of its logarithm. Twice the most met from 2008-09 to 2023-24, and at least 0.25.
SCATTER = {
    "rs_netrevexp_net_exp": 0.25,
    "rs_totsx_net_exp": 0.27,
    "rs_netcurrtot_net_exp": 0.25,
    "rs_revenuetot_net_exp": 0.25,
    "rs_ctrtot_net_exp": 0.25,
    "rs_resunall_start_cy": 0.3,
    "rs_resunall_end_cy": 0.32,
    "rs_resoth_start_cy": 1.0,
    "rs_resoth_end_cy": 1.0,
    "rs_resoth_adj_start_cy": 0.5,
    "rs_resoth_adj_end_cy": 0.5,
    "rs_intextpay_net_exp": 0.45,
    "rs_provprin_net_exp": 0.43,
    "rs_asc_net_exp": 0.3,
    "rs_csc_net_exp": 0.27,
    "rs_env_net_exp": 0.25,
    "rs_cul_net_exp": 0.4,
    "rs_hous_net_exp": 0.42,
    "rs_cen_net_exp": 0.54,
    "rs_plan_net_exp": 0.62,
    "rs_grantinaef_net_exp": 0.33,
}
_MIDDLE = (0.45, 2.25)
_FAR = 1.5  # of a figure that is there already, how far a revision moves it at most for most councils
#: The fewest years that tell what is usual.
FEWEST_YEARS = 3
STATED_ONLY = ("not_certified", "duplicated_row")
_FLAGS_OF_SOURCE = ("second_hand", "built")


def alarms(panel: pd.DataFrame, before: pd.DataFrame | None, years: Iterable[str]) -> list[str]:
    """Return what is wrong with the years read, a clause an alarm, without full stop.

    Parameters
    ----------
    panel : DataFrame
        As built, with flags; every year.
    before : DataFrame or None
        The panel that was there.
    years : iterable of str
        The outturn years that were read.
    """
    read = sorted(set(years))
    found: list[str] = []
    for year in read:
        rows = _by_code(panel, year)
        same = _by_code(before, year, original=True)
        previous = _by_code(before, outturn_year_of(year_of(year) - 1), original=True)
        if not len(previous):
            previous = _by_code(panel, outturn_year_of(year_of(year) - 1), original=True)
        told = _missing(rows, same) or [*_empty(rows), *_adjusted(rows), *_of_another(rows, year, panel, before)]
        told = told or _moved(rows, same, "the existing tables") or _drifted(rows, previous)
        found += [f"{year}: {text}" for text in told]
    found += [] if found else _flagged(panel, before, read)
    return found


def check(
    panel: pd.DataFrame, before: pd.DataFrame | None, years: Iterable[str], accept: str | None
) -> dict[str, object] | None:
    """Stop a build whose books raise an alarm; where the alarm is accepted, return the entry for the provenance.

    Raises
    ------
    PublicationError
        With every alarm in one sentence, where there is no reason to go on.
    """
    found = alarms(panel, before, years)
    if not found:
        return None
    if not (accept or "").strip():
        raise PublicationError(
            f"The figures read do not look like what they are labelled as: {'; '.join(found)}; nothing was written, so "
            'look at the publication, and if it is right, build again with --accept "the reason".'
        )
    return {"reason": str(accept).strip(), "alarms": found, "outturn_years": sorted(set(years))}


def _by_code(panel: pd.DataFrame | None, year: str, *, original: bool = False) -> pd.DataFrame:
    if panel is None:
        return pd.DataFrame(columns=["status", "class", "flags"])
    rows = panel[panel["outturn_year"] == year]
    if original:
        rows = rows[rows["source_kind"] == "original"]
    return rows.set_index("ons_code")


def _label(name: str) -> str:
    line = load_lines().by_name.get(name)
    return f"{line.label} ({line.code})" if line else name


def _numbers(rows: pd.DataFrame, name: str) -> np.ndarray:
    if name not in rows:
        return np.full(len(rows), np.nan)
    return np.asarray(rows[name], dtype=float)


def _filled(values: np.ndarray) -> np.ndarray:
    """Say where there is a figure other than nought."""
    return np.asarray(np.nan_to_num(values) != 0)


def _has_figures(rows: pd.DataFrame) -> pd.Series:
    return rows["status"].isin(["returned", "partial"])


def _missing(rows: pd.DataFrame, same: pd.DataFrame) -> list[str]:
    there = _has_figures(rows)
    if there.sum() < len(rows) / 2:
        return [f"only {there.sum()} of {len(rows)} councils have figures"]
    by_class = there.groupby(rows["class"]).agg(["sum", "size"])
    few = by_class[by_class["sum"] < by_class["size"] / 2]
    if len(few):
        return [
            f"only {row['sum']} of {row['size']} councils of class {name} have figures" for name, row in few.iterrows()
        ]
    had = same.index[_has_figures(same)].intersection(rows.index) if len(same) else rows.index[:0]
    lost = (~there.reindex(had)).sum()
    if len(had) >= FEWEST and lost > BEYOND_USUAL * len(had):
        return [f"{lost} of {len(had)} councils that had figures in the existing tables have none here"]
    return []


def _empty(rows: pd.DataFrame) -> list[str]:
    there = rows[_has_figures(rows)]
    told = []
    for name in (*CORE, TOTAL_SERVICES):
        count = _filled(_numbers(there, name)).sum()
        if count < len(there) / 2:
            told.append(f"{_label(name)} is empty or zero for {len(there) - count} of {len(there)} councils")
    return told


def beyond_unadjusted(rows: pd.DataFrame) -> pd.Series:
    """Say where earmarked reserves less COVID grants are more than with them, at either end of the year."""
    found = np.zeros(len(rows), dtype=bool)
    for end in ("start_cy", "end_cy"):
        found |= np.nan_to_num(_numbers(rows, f"rs_resoth_adj_{end}") - _numbers(rows, f"rs_resoth_{end}")) > 1
    return pd.Series(found, index=rows.index)


def _adjusted(rows: pd.DataFrame) -> list[str]:
    count, there = int(beyond_unadjusted(rows).sum()), int(_filled(_numbers(rows, "rs_resoth_adj_end_cy")).sum())
    if there < FEWEST or count <= BEYOND_USUAL * there:
        return []
    return [
        f"earmarked reserves without COVID grants (915b) exceed those with them (915) for {count} of {there} councils"
    ]


def _of_another(rows: pd.DataFrame, year: str, panel: pd.DataFrame, before: pd.DataFrame | None) -> list[str]:
    """Say where a core line is another line's or another year's, figure by figure, for most councils."""
    sources = [panel] if before is None else [before, panel[~panel["outturn_year"].isin(before["outturn_year"])]]
    wide = pd.concat([part[["ons_code", "year", *CORE]] for part in sources], ignore_index=True)
    wide = wide.drop_duplicates(["ons_code", "year"]).set_index(["ons_code", "year"]).unstack("year")
    others = wide.reindex(rows.index).to_numpy(dtype=float)
    now = year_of(year)
    told = []
    for name in CORE:
        own = _numbers(rows, name)[:, None]
        with np.errstate(invalid="ignore"):
            same = (np.abs(own - others) < 0.5) & (own != 0)
        both = (np.isfinite(own) & np.isfinite(others) & (own != 0)).sum(axis=0)
        share = np.divide(same.sum(axis=0), both, out=np.zeros(len(both)), where=both >= FEWEST)
        for place in np.argsort(-share):
            other, at = wide.columns[place]
            if share[place] <= 0.5:
                break
            if not _may_agree(name, now, str(other), int(at)):
                told.append(
                    f"{_label(name)} is the same figure as {_label(str(other))} in {outturn_year_of(int(at))} for "
                    f"{same[:, place].sum()} of {both[place]} councils"
                )
                break
    return told


def _may_agree(name: str, year: int, other: str, at: int) -> bool:
    """Say whether two lines of two years are one amount by nature: itself, or a balance carried over."""
    if (name, year) == (other, at):
        return True
    if name.replace("_start_", "_") != other.replace("_end_", "_") and name.replace("_end_", "_") != other.replace(
        "_start_", "_"
    ):
        return False
    return (year - at == 1 and "_start_" in name) or (at - year == 1 and "_end_" in name)


def _moved(rows: pd.DataFrame, same: pd.DataFrame, what: str) -> list[str]:
    """Say which lines are far from what was there, for more councils than a revision moves."""
    codes = rows.index.intersection(same.index)
    if len(codes) < FEWEST:
        return []
    new, old = rows.loc[codes], same.loc[codes]
    returned = _has_figures(new).to_numpy()
    told = []
    for name in (column for column in same.columns if column.startswith(("rs_", "ra_"))):
        left, right = _numbers(new, name), _numbers(old, name)
        filled = _filled(right) & returned
        if filled.sum() < FEWEST:
            continue
        with np.errstate(invalid="ignore", divide="ignore"):
            ratio = np.nan_to_num(left[filled]) / right[filled]
        far = (ratio > _FAR) | (ratio < 1 / _FAR)
        if far.sum() > BEYOND_USUAL * filled.sum():
            told.append(
                (
                    far.sum() / filled.sum() + (name in CORE),  # what everything rests on comes first
                    f"{_label(name)} differs from {what} by more than half for "
                    f"{far.sum()} of {filled.sum()} councils" + _unit(float(np.nanmedian(ratio))),
                )
            )
    return _worst(told)


def _drifted(rows: pd.DataFrame, previous: pd.DataFrame) -> list[str]:
    """Say which lines of a year not seen before are nothing like the year before's."""
    codes = rows.index.intersection(previous.index)
    if len(codes) < FEWEST:
        return []
    told = []
    new, old = rows.loc[codes], previous.loc[codes]
    for name, limit in SCATTER.items():
        left, right = _numbers(new, name), _numbers(old, name)
        both = _filled(left) & _filled(right)
        if both.sum() < max(FEWEST, _filled(right).sum() / 2):
            if _filled(right).sum() > len(codes) / 2 and name in previous:
                told.append((1.0, f"{_label(name)} is empty or zero for most councils"))
            continue
        ratio = left[both] / right[both]
        middle, spread = float(np.median(ratio)), float(np.median(np.abs(np.log(np.abs(ratio)))))
        if not _MIDDLE[0] < middle < _MIDDLE[1] or spread > limit:
            told.append(
                (
                    spread,
                    f"{_label(name)} is {middle:,.4g} times the year before's at the median of "
                    f"{both.sum()} councils, with a typical move of {np.expm1(min(spread, 20)):,.0%}" + _unit(middle),
                )
            )
    return _worst(told)


def _unit(ratio: float) -> str:
    for size, unit in ((1000.0, "£"), (0.001, "£ million")):
        if 0.5 < ratio / size < 2:
            return f" (as if in {unit})"
    return " (as if with the other sign)" if ratio < 0 else ""


def _worst(told: Sequence[tuple[float, str]], at_most: int = 4) -> list[str]:
    """Return the worst few, and how many more there are: a book under the wrong name moves every line."""
    texts = [text for _, text in sorted(told, key=lambda each: -each[0])]
    more = len(texts) - at_most
    return texts if more <= 0 else [*texts[:at_most], f"and {counted(more, 'more line')} likewise"]


def _flagged(panel: pd.DataFrame, before: pd.DataFrame | None, read: Sequence[str]) -> list[str]:
    """Say which flags more councils have gained than is usual for that flag."""
    if before is None:
        return []
    now, then = _flags(panel), _flags(before[before["source_kind"] == "original"])
    usual = (
        (then.groupby(["check", "outturn_year"]).size() / before.groupby("outturn_year").size()).groupby("check").max()
    )
    sizes = panel.groupby("outturn_year").size()
    known = set(before.loc[before["source_kind"] == "original", "outturn_year"])
    gained = now.merge(then, how="left", indicator=True)
    gained = gained[gained["_merge"] == "left_only"].groupby(["outturn_year", "check"]).size()
    every = now.groupby(["outturn_year", "check"]).size()
    told = []
    for (year, flag), count in every.items():
        if flag in _FLAGS_OF_SOURCE or (year not in known and year not in read):
            continue
        extra = int(gained.get((year, flag), 0)) if year in known else count
        if year not in known and (len(known) < FEWEST_YEARS or (flag in STATED_ONLY and flag not in usual)):
            continue
        limit = (0.0 if year in known else float(usual.get(flag, 0.0))) + BEYOND_USUAL
        if extra > limit * sizes[year]:
            told.append(
                f"{year}: {extra} of {sizes[year]} councils gain the flag {flag}, where at most "
                f"{limit - BEYOND_USUAL:.0%} is usual"
                if year not in known
                else f"{year}: {extra} of {sizes[year]} councils gain the flag {flag}"
            )
    return told


def _flags(panel: pd.DataFrame) -> pd.DataFrame:
    """Return one row a council, year and flag."""
    rows = panel.loc[panel["flags"].ne(""), ["ons_code", "outturn_year", "flags"]]
    rows = rows.assign(check=rows["flags"].str.split(";")).explode("check")
    return rows.assign(check=rows["check"].str.partition("=")[0])[
        ["ons_code", "outturn_year", "check"]
    ].drop_duplicates()
