"""The unitaries decided or proposed for 2027 and 2028, as far as their make-up is stated (``proposals.csv``).

The table is incomplete and says where. Two things that no row states are supplied by rule, and named as assumptions:
a county whose districts go to new unitaries is abolished and shared out with them; a district split between several
new councils without shares falls to them in equal parts. Both can be set by hand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

import pandas as pd

from resilience import paths
from resilience.councils.names import plain
from resilience.councils.register import council, load_councils
from resilience.errors import DataError

AREAS = "areas.csv"
PROPOSALS = "proposals.csv"
PROPOSAL_COLUMNS = (
    "area",
    "new_authority",
    "predecessor",
    "ons_code",
    "status",
    "decision_date",
    "vesting_date",
    "shadow_election",
    "note",
    "source",
)


@dataclass(frozen=True)
class Proposal:
    """One new council.

    Attributes
    ----------
    name, area, status, decision_date, vesting_date : str
        As the table has them.
    codes : tuple of str
        Predecessors.
    shares : dict of str to float
        Of districts split without shares stated: equal parts.
    assumptions : tuple of str
        What no source states and was supplied by rule, or is known to be missing.
    sources : tuple of str
    """

    name: str
    area: str
    status: str
    decision_date: str
    vesting_date: str
    codes: tuple[str, ...]
    shares: dict[str, float]
    assumptions: tuple[str, ...]
    sources: tuple[str, ...]


def load_areas() -> pd.DataFrame:
    """Read the shipped areas (km²) and mid-2020 populations, indexed by code."""
    return pd.read_csv(paths.processed() / AREAS).set_index("ons_code")


def load_proposals() -> pd.DataFrame:
    """Read the shipped table of new unitaries; every column is text, "" means not stated."""
    return pd.read_csv(paths.processed() / PROPOSALS, dtype=str, keep_default_na=False)


def names() -> pd.DataFrame:
    """Return every new council whose make-up is stated, and the areas where none is.

    Returns
    -------
    DataFrame
        ``area, new_authority, status, vesting_date, predecessors`` (their number; 0 where not stated).
    """
    table = load_proposals()
    grouped = table.assign(known=table["ons_code"] != "").groupby(["area", "new_authority"], as_index=False)
    result = grouped.agg(
        status=("status", "first"), vesting_date=("vesting_date", "first"), predecessors=("known", "sum")
    )
    return result.sort_values(["area", "new_authority"], ignore_index=True)


def proposal(name: str) -> Proposal:
    """Return a new council by its name, with or without "Council".

    Raises
    ------
    DataError
        If no new council of that name is in the table, or its make-up is not stated.
    """
    table = load_proposals()
    key = _key(name)
    rows = table[table["new_authority"].map(_key) == key]
    if rows.empty:
        area = table[table["area"].map(_key) == key]
        if len(area):
            known = ", ".join(dict.fromkeys(area.loc[area["ons_code"] != "", "new_authority"]))
            hint = f"it has {known}" if known else "no make-up of its new councils is stated"
            raise DataError(f"'{name}' is an area, not a new council; {hint}.")
        raise DataError(
            f"'{name}' is not one of the new councils decided or proposed; "
            "'resilience merge --proposal list' lists them."
        )
    stated = rows[rows["ons_code"] != ""]
    if stated.empty:
        row = rows.iloc[0]
        raise DataError(
            f"The make-up of '{row['new_authority']}' ({row['area']}) is stated in no source; name the "
            "predecessors yourself, as in 'resilience merge A B C --name N'."
        )
    return _assemble(stated, table)


#: An area without a day of decision is known from here on: the tracker it was read from was last changed in March.
_UNDATED = "2026-04-01"


def every(on: date) -> list[Proposal]:
    """Return every new council whose make-up is stated and that was decided before a day, by area and name."""
    table = names()
    made = [proposal(name) for name in table.loc[table["predecessors"] > 0, "new_authority"]]
    return [one for one in made if one.decision_date[:10] < str(on)]


def unstated(on: date) -> pd.DataFrame:
    """Return the areas known before a day in which no make-up is stated: ``area, status, vesting_date, note``."""
    table = load_proposals()
    stated = set(table.loc[table["ons_code"] != "", "area"])
    known = table["decision_date"].where(table["decision_date"] != "", _UNDATED).str[:10] < str(on)
    rows = table[~table["area"].isin(stated) & known]
    return rows.drop_duplicates("area")[["area", "status", "vesting_date", "note"]].reset_index(drop=True)


def areas_of(code: str, on: date) -> list[str]:
    """Return the areas without a stated make-up that a council's own or its county's name stands in."""
    one = council(code)
    own = council(one.county).council if one.county else one.council
    if one.class_ not in ("SC", "SD", "UA"):
        return []
    whole = set(load_councils()["council"])
    found = []
    for area in unstated(on)["area"]:
        parts = [text.removeprefix("Greater ") for text in re.split(r", | and ", area)]
        # "Sussex" and "Stoke" are no council's whole name: East Sussex, Stoke-on-Trent.
        near = [text for text in parts if text not in whole]
        if own in parts or any(own.endswith(f" {text}") or re.match(rf"{text}[ -]", own) for text in near):
            found.append(area)
    return found


def _key(name: str) -> str:
    return plain(name).removesuffix(" council")


def _assemble(rows: pd.DataFrame, table: pd.DataFrame) -> Proposal:
    first = rows.iloc[0]
    codes = list(dict.fromkeys(rows["ons_code"]))
    area = table[(table["area"] == first["area"]) & (table["ons_code"] != "")]
    assumptions: list[str] = []
    counties = {council(code).county for code in codes} - {""}
    for county in sorted(counties - set(codes)):
        codes.append(county)
        assumptions.append(
            f"{council(county).council} County Council is taken to be abolished and divided with its districts"
        )
    shares: dict[str, float] = {}
    for code in codes:
        takers = area.loc[area["ons_code"] == code, "new_authority"].unique()
        if len(takers) > 1 and council(code).class_ == "SD":
            shares[code] = 1 / len(takers)
            assumptions.append(
                f"{council(code).council} is split between {len(takers)} new councils, shares not stated: "
                f"1/{len(takers)} taken"
            )
    for row in rows.to_dict("records"):
        if row["note"] and "shares not stated" not in row["note"] and "county abolished" not in row["note"]:
            taken = "" if row["ons_code"] in shares else "; taken as a whole"
            assumptions.append(f"{row['predecessor']}: {row['note']}{taken}")
    missing = _unassigned(counties, area)
    if missing:
        assumptions.append(
            "incomplete: no source gives a new council for "
            + ", ".join(missing)
            + (f", which may belong to {first['new_authority']}")
        )
    return Proposal(
        first["new_authority"],
        first["area"],
        first["status"],
        first["decision_date"],
        first["vesting_date"],
        tuple(codes),
        shares,
        tuple(dict.fromkeys(assumptions)),
        tuple(dict.fromkeys(rows["source"])),
    )


def _unassigned(counties: set[str], area: pd.DataFrame) -> list[str]:
    """Return districts of the counties, and unitaries an area row names, that no row gives to a new council."""
    table = load_councils()
    living = table[table["end_date"] == ""]
    inside = living[living["county"].isin(counties)]
    missing = sorted(inside.loc[~inside["ons_code"].isin(area["ons_code"]), "council"])
    whole = load_proposals()
    names_area = area["area"].iloc[0]
    text = " ".join(whole.loc[(whole["area"] == names_area) & (whole["ons_code"] == ""), "predecessor"])
    unitaries = living[living["class"] == "UA"]
    return missing + [
        row.council
        for row in unitaries.itertuples()
        if row.council in text and row.ons_code not in set(area["ons_code"])
    ]
