"""The tables of councils, built from what is published: who they are, their areas, and who is to replace them.

Every file is read through the guarded readers of `resilience.publications`. Codes, names and classes come from
mySociety's register (CC BY 4.0), a list of restructurings and the Revenue Outturn workbooks; areas and population
from the same register (after ONS); the new unitaries are the project's own compilation, a source a row.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from resilience.councils import reorganisations, resolve
from resilience.councils.names import ALIASES, bare, plain, strip_form
from resilience.councils.proposals import PROPOSAL_COLUMNS
from resilience.councils.register import COLUMNS
from resilience.errors import PublicationError, UnknownCouncilError
from resilience.publications.others.cells import csv_table, sheet, sheets
from resilience.publications.outturn.workbook import Authority, read_authorities

REGISTER = "uk_local_authorities_current.csv"
RESTRUCTURING = "council_restructuring_2013_2023.xlsx"
NEW_UNITARIES = "lgr_new_unitaries.csv"
CLASSES = {"UA": "UA", "MD": "MD", "L": "LB", "LB": "LB", "SC": "SC", "SD": "SD"}
REGIONS = {
    **{"NE": "North East", "NW": "North West", "YH": "Yorkshire and The Humber", "EM": "East Midlands"},
    **{"WM": "West Midlands", "EE": "East of England", "L": "London", "SE": "South East", "SW": "South West"},
}
_REGISTER_COLUMNS = (
    *("gss-code", "nation", "nice-name", "official-name", "former-gss-codes", "ecode", "region"),
    *("area", "pop-2020"),
)
_NO_GSS = "no GSS code in the files at hand: its E-code stands in for it, and its name is as MHCLG printed it"
_MISPRINT = "E10000022 is how MHCLG printed its code in 2015-16, 2017-18 and 2018-19"


@dataclass
class _Listed:
    """One council as the Revenue Outturn workbooks list it, over the years."""

    class_: str = ""
    region: str = ""
    names: list[str] = field(default_factory=list)
    codes: set[str] = field(default_factory=set)
    former_ecodes: tuple[str, ...] = ()


def build_councils(lookups: Path) -> pd.DataFrame:
    """Build the table of every English principal council since April 2007 from the published lists.

    Parameters
    ----------
    lookups : Path
        The folder of `REGISTER` and `RESTRUCTURING`, beside which stand ``revenue_outturn`` and ``interim``.

    Returns
    -------
    DataFrame
        The columns of `resilience.councils.register.COLUMNS`, sorted by code; "" where there is nothing to say.

    Raises
    ------
    PublicationError
        If a file is missing or not as published.
    """
    register = _english(lookups)
    former = _former_codes(lookups, register)
    newest = _newest_codes(lookups.parent / "interim", register)
    listed = _one_entry_each(_listed(lookups.parent / "revenue_outturn"))
    successions = list(_successions())
    by_ecode = {row["ecode"]: code for code, row in register.iterrows() if row["ecode"]}
    counties = {ecode[:3]: ecode for ecode, council in listed.items() if council.class_ == "SC"}
    codes = {
        ecode: by_ecode.get(ecode) or next(iter(council.codes & set(register.index)), ecode)
        for ecode, council in listed.items()
    }
    rows = []
    for ecode, council in listed.items():
        base, kind = codes[ecode], council.class_
        known = register.loc[base] if base in register.index else None
        starts = [day for _, after, day in successions if after == base]
        ends = [day for before, _, day in successions if before == base]
        name = _short_name(council, known)
        official = name + " County Council" * (kind == "SC") if known is None else known["official-name"]
        others = {*former.get(base, ()), *(council.codes - {base}), *([base] if base in newest else [])}
        rows.append(
            {
                "ons_code": newest.get(base, base),
                "former_ons_codes": _joined(sorted(others)),
                "ecode": ecode,
                "former_ecodes": _joined(council.former_ecodes),
                "council": name,
                "official_name": " ".join(official.split()),
                "class": kind,
                "tier": "lower" if kind == "SD" else "upper",
                "region": council.region or ("" if known is None else known["region"]),
                "county": codes[counties[ecode[:3]]] if kind == "SD" else "",
                "start_date": starts[0].isoformat() if starts else "",
                "end_date": (ends[0] - timedelta(days=1)).isoformat() if ends else "",
                "successors": _joined(newest.get(b, b) for a, b, _ in successions if a == base),
                "predecessors": _joined(a for a, b, _ in successions if b == base),
                "alt_names": [*council.names, *ALIASES.get(base, ())],
                "code_note": _NO_GSS if known is None else _MISPRINT if "E10000022" in council.codes else "",
            }
        )
    table = pd.DataFrame(rows, columns=list(COLUMNS)).sort_values("ons_code", ignore_index=True)
    return _with_names_apart(table)


def _english(lookups: Path) -> pd.DataFrame:
    """Return the English authorities of mySociety's register, by GSS code."""
    register = csv_table(lookups / REGISTER, _REGISTER_COLUMNS)
    return register[register["nation"] == "England"].set_index("gss-code")


def _former_codes(lookups: Path, register: pd.DataFrame) -> dict[str, set[str]]:
    """Return the older GSS codes of each authority."""
    former = {
        str(code): set(filter(None, texts.split(",")))
        for code, texts in zip(register.index, register["former-gss-codes"], strict=True)
    }
    path = lookups / RESTRUCTURING
    name, rows = sheet(path, sheets(path), "ONS code history - CHANGES")
    if not rows or len(rows[0]) < 5:
        raise PublicationError(f"{path.name}, sheet '{name}', has fewer than five columns; download it again.")
    for new, new_name, _, old, old_name, *_ in rows[1:]:
        if new != old and new_name == old_name and new in former and str(old)[:3] == str(new)[:3]:
            former[str(new)].add(str(old))  # same name, same kind, new number
    return former


def _newest_codes(interim: Path, register: pd.DataFrame) -> dict[str, str]:
    """Return the codes that boroughs were given after the register was compiled, by the code it has for them."""
    by_name = {plain(register.at[code, "nice-name"]): code for code in register.index if code[:3] in ("E08", "E09")}
    newest: dict[str, str] = {}
    for file in sorted(interim.glob("*.csv")):
        table = csv_table(file, ("ons_code", "name"))
        for code, name in zip(table["ons_code"], table["name"], strict=True):
            if code not in register.index and plain(name) in by_name:
                newest[by_name[plain(name)]] = code
    return newest


def principal_councils(folder: Path) -> Iterator[tuple[str, Authority]]:
    """Yield (outturn year, authority) of every principal council in a folder's RS workbooks, the years in order.

    Parameters
    ----------
    folder : Path
        The folder of rs2007_08.xls … rs2023_24.xlsx.
    """
    for file in sorted(folder.glob("rs*.xls*")):
        outturn_year, authorities = read_authorities(file)
        for authority in authorities:
            if authority.printed_class in CLASSES:
                yield outturn_year, authority


def _listed(folder: Path) -> dict[str, _Listed]:
    """Return what the workbooks say of each council, by E-code."""
    listed: dict[str, _Listed] = {}
    for _, authority in principal_councils(folder):
        council = listed.setdefault(authority.ecode, _Listed())
        council.names.append(re.sub(r"\s*\[note.*", "", authority.name))
        council.class_ = CLASSES[authority.printed_class]
        council.codes |= {authority.ons_code} - {""}
        council.region = REGIONS.get(authority.region, council.region)
    return listed


def _one_entry_each(listed: dict[str, _Listed]) -> dict[str, _Listed]:
    """Let a council that was given a new E-code (Huntingdonshire in 2008) stay one."""
    first: dict[tuple[str, str, str], str] = {}
    for ecode, council in list(listed.items()):
        older = first.setdefault((council.names[-1], council.class_, ecode[:3]), ecode)
        if older != ecode:
            council.former_ecodes = (older,)
            del listed[older]
    return listed


def _successions() -> Iterator[tuple[str, str, date]]:
    """Yield (predecessor, successor, date)."""
    for reorganisation in reorganisations():
        for successor in reorganisation["successor"]:
            for before in (*successor["whole"], *([successor["part_of"]] if "part_of" in successor else [])):
                yield before, successor["ons_code"], reorganisation["date"]


def _short_name(council: _Listed, known: pd.Series | None) -> str:
    name = str(known["nice-name"]) if known is not None else council.names[-1].replace("&", "and")
    name = name.replace("St. ", "St ").replace("Kings L", "King's L").removesuffix(" Council")
    name = name.removesuffix(" County") if council.class_ == "SC" else name
    return name.removeprefix("City of ") if council.class_ != "LB" else name


def _with_names_apart(table: pd.DataFrame) -> pd.DataFrame:
    """Add a note to short names that two councils bear, and leave out other names that say no more."""
    short = [strip_form(plain(name))[0] if "City" not in name else name for name in table["council"]]
    twice = pd.Series(short).duplicated(keep=False) & (table["end_date"] != "")
    for at in table.index[twice]:
        word = "county" if table.at[at, "class"] == "SC" else "district"
        table.at[at, "council"] += f" ({word} to {table.at[at, 'end_date'][:4]})"
    for at in table.index:
        given = {plain(bare(table.at[at, "council"])), plain(table.at[at, "official_name"])}
        kept = {plain(name): name for name in reversed(table.at[at, "alt_names"]) if plain(name) not in given}
        table.at[at, "alt_names"] = _joined(kept[key] for key in sorted(kept))
    return table


def _joined(parts: Iterable[str]) -> str:
    return ";".join(dict.fromkeys(filter(None, parts)))


def build_areas(lookups: Path, councils: pd.DataFrame) -> pd.DataFrame:
    """Return area (km²) and mid-2020 population of every council in being.

    Parameters
    ----------
    lookups : Path
        The folder of `REGISTER`.
    councils : DataFrame
        The table of councils, from `build_councils` or `load_councils`.

    Raises
    ------
    PublicationError
        If the register lacks a council, or its area or population is no number.
    """
    register = _english(lookups)
    register = register[register["area"] != ""]
    rows: list[tuple[Any, ...]] = []
    for council in councils[councils["end_date"] == ""].to_dict("records"):
        codes = [council["ons_code"], *council["former_ons_codes"].split(";")]
        code = next((each for each in codes if each in register.index), None)
        if code is None:
            raise PublicationError(f"{REGISTER} gives no area for {council['council']}; add it.")
        try:
            area, people = register.loc[code, ["area", "pop-2020"]].astype(float).round().astype(int)
        except ValueError as error:
            raise PublicationError(
                f"{REGISTER}, {code}: the area or the population of {council['council']} is not a number; download it "
                "again."
            ) from error
        rows.append((council["ons_code"], council["council"], area, people))
    table = pd.DataFrame(rows, columns=["ons_code", "council", "area_km2", "population_2020"])
    return table.sort_values("ons_code", ignore_index=True)


def build_proposals(lookups: Path) -> pd.DataFrame:
    """Return the new unitaries decided or proposed, one row a predecessor, with its code where it is one council.

    Parameters
    ----------
    lookups : Path
        The folder of `NEW_UNITARIES`.
    """
    table = csv_table(lookups / NEW_UNITARIES, (name for name in PROPOSAL_COLUMNS if name != "ons_code"))

    def code(name: str) -> str:
        try:
            return resolve(name)
        except UnknownCouncilError:
            return ""

    table["ons_code"] = table["predecessor"].map(code)
    return table[list(PROPOSAL_COLUMNS)].sort_values(["area", "new_authority", "predecessor"], ignore_index=True)
