"""Who the councils are: codes, names, classes, regions, start and end, successors and predecessors.

`load_councils` reads the shipped table, `resolve` turns whatever a person or a file calls a council into its one
stable code, and never guesses. (`resilience.tables.council_register` builds the table from what is published.)
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from resilience import paths
from resilience.councils.names import bare, plain, strip_form
from resilience.errors import DataError, UnknownCouncilError
from resilience.years import Day, day_of

COLUMNS = (
    *("ons_code", "former_ons_codes", "ecode", "former_ecodes", "council", "official_name", "class", "tier"),
    *("region", "county", "start_date", "end_date", "successors", "predecessors", "alt_names", "code_note"),
)
LISTS = ("former_ons_codes", "former_ecodes", "successors", "predecessors", "alt_names")
_KINDS = {
    "UA": "unitary",
    "MD": "metropolitan borough",
    "LB": "London borough",
    "SC": "county",
    "SD": "district",
}


@dataclass(frozen=True)
class Council:
    """One council; the fields are the columns of councils.csv, lists as tuples, dates as dates."""

    ons_code: str
    former_ons_codes: tuple[str, ...]
    ecode: str
    former_ecodes: tuple[str, ...]
    council: str
    official_name: str
    class_: str
    tier: str
    region: str
    county: str
    start_date: date | None
    end_date: date | None
    successors: tuple[str, ...]
    predecessors: tuple[str, ...]
    alt_names: tuple[str, ...]
    code_note: str

    def exists_on(self, day: date) -> bool:
        """Say whether the council was in being on a day."""
        return (self.start_date is None or self.start_date <= day) and (self.end_date is None or day <= self.end_date)

    @property
    def names(self) -> tuple[str, ...]:
        """Every name it goes by, without doubles."""
        return tuple(dict.fromkeys((self.council, bare(self.council), self.official_name, *self.alt_names)))

    @property
    def codes(self) -> tuple[str, ...]:
        """Every code it is known by, the newest first."""
        return tuple(filter(None, (self.ons_code, *self.former_ons_codes, self.ecode, *self.former_ecodes)))

    @property
    def kinds(self) -> frozenset[str]:
        """Its class, and "county" for a unitary council that goes by its county's name."""
        county = self.class_ == "UA" and (
            self.council.endswith("shire")
            or "County" in self.official_name
            or any(code.startswith("E10") or code[3:] in ("20", "21") for code in self.predecessors)
        )
        return frozenset({self.class_, "county"} if county else {self.class_})


def load_councils(path: Path | None = None) -> pd.DataFrame:
    """Return the table of councils, one row a council; every column is text and "" means nothing.

    Parameters
    ----------
    path : Path, optional
        Another councils.csv than the shipped one.
    """
    return _read(path or paths.processed() / "councils.csv").copy()


@cache
def _read(path: Path) -> pd.DataFrame:
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
    except (OSError, ValueError) as error:
        raise DataError(f"{path} cannot be read as a table of councils ({error}); build it again.") from error
    missing = [name for name in COLUMNS if name not in table.columns]
    if missing:
        raise DataError(f"{path} lacks the column {missing[0]}; build it again.")
    return table


@cache
def _councils(path: Path) -> dict[str, Council]:
    found = {}
    for row in _read(path).to_dict("records"):
        values: dict[str, Any] = {"class_" if name == "class" else name: row[name] for name in COLUMNS}
        values |= {name: tuple(filter(None, row[name].split(";"))) for name in LISTS}
        for name in ("start_date", "end_date"):
            values[name] = date.fromisoformat(row[name]) if row[name] else None
        found[row["ons_code"]] = Council(**values)
    return found


@cache
def _index(path: Path) -> tuple[dict[str, str], dict[str, set[str]], dict[str, set[str]]]:
    """Return codes → council, plain names → councils, and names stripped of their form → councils."""
    codes: dict[str, str] = {}
    exact: dict[str, set[str]] = {}
    loose: dict[str, set[str]] = {}
    for code, one in _councils(path).items():
        for text in one.codes[1:]:
            codes[text] = code
        for name in one.names:
            exact.setdefault(plain(name), set()).add(code)
            stripped, _ = strip_form(plain(name))
            if stripped != "london":  # the City of London is not London
                loose.setdefault(stripped, set()).add(code)
    return codes | {code: code for code in _councils(path)}, exact, loose


def _fits(one: Council, kinds: list[set[str]]) -> bool:
    return all(one.kinds & kind for kind in kinds)


def every_council(path: Path | None = None) -> tuple[Council, ...]:
    """Return every council of the register, abolished ones too, each with all its names and codes."""
    return tuple(_councils(path or paths.processed() / "councils.csv").values())


def resolve(name: str, *, on: Day | None = None, path: Path | None = None) -> str:
    """Return the stable code of the council that a code or name stands for.

    Parameters
    ----------
    name : str
        A GSS code (newest or former), an E-code, or a name as people write it.
    on : date or str, optional
        Where several councils bear the name, the one in being on this day. Without it, the living one.
    path : Path, optional
        Another councils.csv than the shipped one.

    Raises
    ------
    UnknownCouncilError
        If nothing fits (the message names the closest) or several councils do (it names them).
    """
    path, day = path or paths.processed() / "councils.csv", None if on is None else day_of(on)
    codes, exact, loose = _index(path)
    text = str(name).strip()
    if text.upper() in codes:
        return codes[text.upper()]
    councils, key = _councils(path), plain(text)
    fitting = exact.get(key, set())
    if not fitting and key:
        stripped, kinds = strip_form(key)
        fitting = {code for code in loose.get(stripped, ()) if _fits(councils[code], kinds)}
    if not fitting:
        close = [near for near in exact if near.startswith(key + " ") and key]
        close += difflib.get_close_matches(key, exact, n=6, cutoff=0.6)
        best = dict.fromkeys(councils[code].council for near in close for code in sorted(exact[near]))
        named = ", ".join(list(best)[:3])
        hint = f"the closest names are {named}" if named else "no name comes close"
        raise UnknownCouncilError(
            f"'{text}' is not a known English principal council; {hint}; give a name, ONS code or E-code."
        )
    chosen = [councils[code] for code in sorted(fitting)]
    if len(chosen) > 1:
        alive = [one for one in chosen if (one.exists_on(day) if day else one.end_date is None)]
        last = max((one.end_date or date.max for one in chosen), default=None)
        chosen = alive or [one for one in chosen if day is None and one.end_date == last] or chosen
    if len(chosen) > 1:
        several = " and ".join(f"{one.council} ({_KINDS[one.class_]}, {one.ons_code})" for one in chosen)
        raise UnknownCouncilError(f"'{text}' fits more than one council, {several}; write one of them in full.")
    return chosen[0].ons_code


def named(text: str, *, path: Path | None = None) -> frozenset[str]:
    """Return the stable codes of every council that a code or name may stand for, none where it stands for nobody.

    Unlike `resolve`, which has to choose, this tells whether a name can be a council's: "Newcastle" is two councils'.
    """
    return _named(str(text).strip(), path or paths.processed() / "councils.csv")


@lru_cache(maxsize=20_000)
def _named(bare_text: str, path: Path) -> frozenset[str]:
    codes, exact, loose = _index(path)
    if bare_text.upper() in codes:
        return frozenset((codes[bare_text.upper()],))
    key = plain(bare_text)
    return frozenset(exact.get(key, set()) | loose.get(strip_form(key)[0], set())) if key else frozenset()


def council(code: str, *, on: date | None = None, path: Path | None = None) -> Council:
    """Return everything known of the council that a code or name stands for (see `resolve`)."""
    return _councils(path or paths.processed() / "councils.csv")[resolve(code, on=on, path=path)]
