"""A council that does not exist yet: the lines of its predecessors added up.

A county that only some of the combined council's districts belong to is shared out: the part taken is those districts'
net revenue expenditure over that of all the county's districts, year by year. Any share can be set by hand. The
history so made goes as far back as every predecessor's, so that runs of years (reserves used over three) are there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from resilience.councils import council, load_councils, resolve
from resilience.councils.lineage import WEIGHT, with_lineage
from resilience.errors import DataError
from resilience.indicators.compute import compute_indicators
from resilience.indicators.definitions import load_definitions
from resilience.indicators.formulas.books import SMALLEST_DENOMINATOR
from resilience.indicators.known import CARRY_YEARS
from resilience.publications.others.capital import load_capital

#: The code that stands for a council that has none.
NO_CODE = "X00000000"
#: Second-hand ratios: they cannot be added up.
_RATES = re.compile(r"^int_.*(_to_nre|_share|_next_year|_capped|plus_minus)|^int_note$")
#: The two reserves as one figure, which is all that a second-hand row has of them.
TOTAL = "int_reserves_unallocated_and_earmarked"
_NEVER_FILLED = re.compile(r"^rs_resoth|^int_reserves|_number$")
#: What the balance sheet adds, from capital outturn: indicator → column.
_CAPITAL = {"gross_debt_ratio": "cor_external_debt", "cfr_ratio": "cor_cfr"}


@dataclass(frozen=True)
class Part:
    """One predecessor and the part of it that the new council takes.

    Attributes
    ----------
    ons_code, council, class_ : str
    share : float
        Of its newest year; 1 is the whole.
    how : str
        "whole", "by its districts' net revenue expenditure" or "as given".
    """

    ons_code: str
    council: str
    class_: str
    share: float
    how: str


def read_share(text: str) -> tuple[str, float]:
    """Read a share as typed, "Surrey=0.45".

    Raises
    ------
    DataError
        If it is not a council, an equals sign and a number above 0 and up to 1.
    """
    name, _, number = text.rpartition("=")
    try:
        share = float(number.rstrip("%")) / (100 if number.endswith("%") else 1)
    except ValueError:
        share = float("nan")
    if not name or not 0 < share <= 1:
        raise DataError(f"'{text}' is not a share; write it like Surrey=0.45, the number above 0 and up to 1.")
    return resolve(name), share


def parts_of(panel: pd.DataFrame, codes: Sequence[str], shares: Mapping[str, float] | None = None) -> list[Part]:
    """Say what part of each predecessor a combined council takes, in the newest year all of it is known.

    Raises
    ------
    DataError
        If fewer than two councils are named, one is named twice or has been abolished, or a share is of a council not
        among them or not above 0 and up to 1.
    UnknownCouncilError
        If no council is known by a name.
    """
    own = [resolve(code) for code in codes]
    given = {resolve(name): float(value) for name, value in (shares or {}).items()}
    _check(own, given)
    parts = []
    for code in own:
        one = council(code)
        districts = _districts(code, own)
        if code in given:
            how, share = "as given", given[code]
        elif districts:
            yearly = _county_shares(panel, code, districts, given)
            how = "by its districts' net revenue expenditure"
            share = float(yearly.dropna().iloc[-1]) if yearly.notna().any() else float("nan")
        else:
            how, share = "whole", 1.0
        parts.append(Part(code, one.council, one.class_, share, "whole" if share == 1 else how))
    return parts


def _check(own: list[str], given: Mapping[str, float]) -> None:
    if len(own) < 2:
        raise DataError("A merger needs at least two councils; name another.")
    twice = next((code for code in own if own.count(code) > 1), None)
    if twice:
        raise DataError(f"{council(twice).council} is named twice; name it once.")
    for code in own:
        one = council(code)
        if one.end_date:
            after = " and ".join(council(name).council for name in one.successors)
            raise DataError(f"{one.council} was abolished on {one.end_date}; name {after} instead.")
    for code, share in given.items():
        if code not in own:
            raise DataError(f"A share is given for {council(code).council}, which is not among those merged; add it.")
        if not 0 < share <= 1:
            raise DataError(f"The share of {council(code).council} is {share:g}; give one above 0 and up to 1.")


def _districts(county: str, among: Iterable[str]) -> list[str]:
    """Return those of some councils that are districts of a county."""
    table = load_councils()
    inside = set(table.loc[(table["county"] == county) & (table["end_date"] == ""), "ons_code"])
    return [code for code in among if code in inside]


def _county_shares(panel: pd.DataFrame, county: str, districts: list[str], given: Mapping[str, float]) -> pd.Series:
    """Return by year the part of a county that its named districts stand for; a gap takes the nearest year's.

    A district of which a part is taken counts with that part.
    """
    frame = panel if "built" in panel.columns else with_lineage(panel)
    table = load_councils()
    every = table.loc[(table["county"] == county) & (table["end_date"] == ""), "ons_code"]
    weights = frame[frame["ons_code"].isin(every)].pivot(index="year", columns="ons_code", values=WEIGHT)
    weights = weights.reindex(columns=list(every)).where(lambda values: values > 0)
    total = weights.sum(axis=1, skipna=False)
    parts = weights[districts] * [given.get(code, 1.0) for code in districts]
    return (parts.sum(axis=1, skipna=False) / total).sort_index().ffill().bfill()


def merge_councils(
    panel: pd.DataFrame, codes: Sequence[str], name: str, *, shares: Mapping[str, float] | None = None
) -> pd.DataFrame:
    """Add councils up into one that does not exist.

    Parameters
    ----------
    panel : DataFrame
        From ``load_panel()``, with or without lineage.
    codes : sequence of str
        Its predecessors, by any code or name.
    name : str
        What to call it.
    shares : mapping of str to float, optional
        Council → the part of it taken; by default a county's is by its districts (see the module), others are whole.

    Returns
    -------
    DataFrame
        One row a year for which every predecessor has one, in the panel's columns with ``built`` True, ``built_from``
        saying of what, and ``ons_code`` "X00000000". An amount is missing where any predecessor's is.

    Raises
    ------
    DataError
        See `parts_of`; also if the predecessors have no year in common.
    """
    frame = panel if "built" in panel.columns else with_lineage(panel)
    parts = parts_of(frame, codes, shares)
    numeric = frame.select_dtypes(include="number").columns
    amounts = [one for one in numeric if one != "year" and not _RATES.match(one)]
    given = {resolve(one): float(value) for one, value in (shares or {}).items()}
    rows = {part.ons_code: frame[frame["ons_code"] == part.ons_code].set_index("year") for part in parts}
    years = sorted(set.intersection(*(set(table.index) for table in rows.values())))
    if not years:
        raise DataError(f"{', '.join(part.council for part in parts)} have no year in common; they cannot be added up.")
    second_hand = _any_of(rows, years, "source_kind", "interim", "") == "interim"
    rows = {
        code: _with_total(table, [year for year, one in zip(years, second_hand, strict=True) if one])
        for code, table in rows.items()
    }
    published = pd.DataFrame(
        np.any([table.loc[years, amounts].notna().to_numpy() for table in rows.values()], axis=0), years, amounts
    )
    total: pd.DataFrame | None = None
    weights: dict[str, pd.Series] = {}
    for part in parts:
        districts = [] if part.ons_code in given else _districts(part.ons_code, rows)
        yearly = _county_shares(frame, part.ons_code, districts, given) if districts else None
        weight = pd.Series(part.share, index=years) if yearly is None else yearly.reindex(years).fillna(part.share)
        weights[part.ons_code] = weight
        amount = _filled(rows[part.ons_code].loc[years, amounts].astype(float), published).mul(weight, axis=0)
        total = amount if total is None else total + amount
    assert total is not None
    first = rows[parts[0].ons_code].loc[years]
    upper = any(part.class_ != "SD" for part in parts)
    facts = pd.DataFrame(
        {
            "ons_code": NO_CODE,
            "ecode": "",
            "council": name,
            "class": "UA" if upper else "SD",
            "region": first["region"],
            "outturn_year": first["outturn_year"],
            "year": years,
            "source_kind": np.where(
                second_hand,
                "interim",
                _any_of(rows, years, "source_kind", "transcribed", "original"),
            ),
            "source_file": "",
            "known_from": pd.concat([table.loc[years, "known_from"] for table in rows.values()], axis=1).max(axis=1),
            "status": _any_of(rows, years, "status", "not returned", "returned"),
            "flags": "built;merged",
            "built": True,
            "built_from": [
                ";".join(
                    code if weight[year] == 1 else f"{code}*{weight[year]:.4f}" for code, weight in weights.items()
                )
                for year in years
            ],
        },
        index=years,
    )
    return pd.concat([facts, total], axis=1).reindex(columns=list(frame.columns)).reset_index(drop=True).copy()


def _with_total(table: pd.DataFrame, years: list[int]) -> pd.DataFrame:
    """Give a council's exact reserves as one figure in years of which another has no more than that."""
    exact = table["rs_resunall_end_cy"] + table["rs_resoth_end_cy"]
    return table.assign(**{TOTAL: table[TOTAL].where(table[TOTAL].notna() | ~table.index.isin(years), exact)})


def _filled(amounts: pd.DataFrame, published: pd.DataFrame) -> pd.DataFrame:
    """Let a council's last lines stand in for a return it did not make, as they do when it is scored by itself.

    Only lines that another predecessor published for the year, and never reserves: without those a year is incomplete.
    """
    keep = [name for name in amounts.columns if not _NEVER_FILLED.match(name)]
    stands_in = amounts[keep].ffill(limit=CARRY_YEARS)
    result = amounts.copy()
    result[keep] = amounts[keep].where(amounts[keep].notna() | ~published[keep], stands_in)
    return result


def _any_of(rows: Mapping[str, pd.DataFrame], years: list[int], column: str, found: str, otherwise: str) -> np.ndarray:
    there = np.any([table.loc[years, column].eq(found).to_numpy() for table in rows.values()], axis=0)
    return np.where(there, found, otherwise)


def merged_indicators(rows: pd.DataFrame, indicators: pd.DataFrame) -> pd.DataFrame:
    """Compute a combined council's indicators.

    Parameters
    ----------
    rows : DataFrame
        From `merge_councils`.
    indicators : DataFrame
        From ``compute_indicators``: where a figure comes from another publication (gross debt), the combined ratio to
        net revenue expenditure is the predecessors' ratios weighted by theirs, which is the same thing, and it is known
        from the day on which the last of theirs was.
    """
    result = compute_indicators(rows)
    released = [name for name in indicators if name.startswith("known_from_")]
    shares = [dict(_parsed(text)) for text in rows["built_from"]]
    capital = load_capital().set_index(["ons_code", "year"])
    for at, (year, parts) in enumerate(zip(rows["year"], shares, strict=True)):
        held = capital.reindex([(code, year) for code in parts])
        spending = float(rows["rs_netrevexp_net_exp"].iloc[at])
        for name, column in _CAPITAL.items():
            total = float((held[column].to_numpy(dtype=float) * np.array(list(parts.values()))).sum())
            if name in result and spending >= SMALLEST_DENOMINATOR:
                result.at[result.index[at], name] = total / spending
    over_nre = [
        name
        for name, definition in load_definitions().items()
        if definition.unit == "ratio" and "over net revenue expenditure" in definition.formula
    ]
    lookup = indicators[indicators["ons_code"].isin({code for one in shares for code in one})]
    lookup = lookup.set_index(["ons_code", "year"])
    for at, (year, parts) in enumerate(zip(rows["year"], shares, strict=True)):
        members = lookup.reindex([(code, year) for code in parts])
        for name in released:
            result.at[result.index[at], name] = pd.to_datetime(members[name]).max()
        weights = np.array(list(parts.values())) * members["net_revenue_expenditure"].to_numpy(dtype=float)
        for name in over_nre:
            if name in result and np.isnan(result.at[result.index[at], name]):
                values = members[name].to_numpy(dtype=float)
                result.at[result.index[at], name] = float((values * weights).sum() / weights.sum())
    return result


def _parsed(built_from: str) -> list[tuple[str, float]]:
    pairs = [text.partition("*") for text in built_from.split(";")]
    return [(code, float(share) if share else 1.0) for code, _, share in pairs]
