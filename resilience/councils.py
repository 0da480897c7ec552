"""Who the councils are: codes, names, classes, regions, start and end, successors and predecessors.

`build_councils` writes the table from the published lookups, `load_councils` reads the shipped one, `resolve`
turns whatever a person or a file calls a council into its one stable code, and never guesses.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from resilience import paths
from resilience.council_names import ALIASES, bare, plain, strip_form
from resilience.errors import DataError, PublicationError, UnknownCouncilError

COLUMNS = (
    *("ons_code", "former_ons_codes", "ecode", "former_ecodes", "council", "official_name", "class", "tier"),
    *("region", "county", "start_date", "end_date", "successors", "predecessors", "alt_names", "code_note"),
)
LISTS = ("former_ons_codes", "former_ecodes", "successors", "predecessors", "alt_names")
CLASSES = {"UA": "UA", "MD": "MD", "L": "LB", "LB": "LB", "SC": "SC", "SD": "SD"}
REGIONS = {
    **{"NE": "North East", "NW": "North West", "YH": "Yorkshire and The Humber", "EM": "East Midlands"},
    **{"WM": "West Midlands", "EE": "East of England", "L": "London", "SE": "South East", "SW": "South West"},
}
_KINDS = {
    "UA": "unitary",
    "MD": "metropolitan borough",
    "LB": "London borough",
    "SC": "county",
    "SD": "district",
}
_NO_GSS = "no GSS code in the files at hand: its E-code stands in for it, and its name is as MHCLG printed it"
_MISPRINT = "E10000022 is how MHCLG printed its code in 2015-16, 2017-18 and 2018-19"


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


@cache
def reorganisations() -> tuple[dict[str, Any], ...]:
    """Return the reorganisations of reorganisations.toml, oldest first (see that file for their keys)."""
    text = Path(__file__).with_name("reorganisations.toml").read_text(encoding="utf-8")
    return tuple(sorted(tomllib.loads(text)["reorganisation"], key=lambda one: one["date"]))


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
        for text in (one.ecode, *one.former_ecodes, *one.former_ons_codes):
            codes[text] = code
        for name in one.names:
            exact.setdefault(plain(name), set()).add(code)
            stripped, _ = strip_form(plain(name))
            if stripped != "london":  # the City of London is not London
                loose.setdefault(stripped, set()).add(code)
    return codes | {code: code for code in _councils(path)}, exact, loose


def _fits(one: Council, kinds: list[set[str]]) -> bool:
    own = {one.class_}
    if one.class_ == "UA" and (
        one.council.endswith("shire")
        or "County" in one.official_name
        or any(code.startswith("E10") or code[3:] in ("20", "21") for code in one.predecessors)
    ):
        own.add("county")
    return all(own & kind for kind in kinds)


def resolve(name: str, *, on: date | None = None, path: Path | None = None) -> str:
    """Return the stable code of the council that a code or name stands for.

    Parameters
    ----------
    name : str
        A GSS code (newest or former), an E-code, or a name as people write it.
    on : date, optional
        Where several councils bear the name, the one in being on this day. Without it, the living one.
    path : Path, optional
        Another councils.csv than the shipped one.

    Raises
    ------
    UnknownCouncilError
        If nothing fits (the message names the closest) or several councils do (it names them).
    """
    path = path or paths.processed() / "councils.csv"
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
            f"'{text}' is no English principal council known here; {hint}; give a name, ONS code or E-code."
        )
    chosen = [councils[code] for code in sorted(fitting)]
    if len(chosen) > 1:
        alive = [one for one in chosen if (one.exists_on(on) if on else one.end_date is None)]
        last = max((one.end_date or date.max for one in chosen), default=None)
        chosen = alive or [one for one in chosen if on is None and one.end_date == last] or chosen
    if len(chosen) > 1:
        several = " and ".join(f"{one.council} ({_KINDS[one.class_]}, {one.ons_code})" for one in chosen)
        raise UnknownCouncilError(f"'{text}' fits more than one council, {several}; write one of them in full.")
    return chosen[0].ons_code


def council(code: str, *, on: date | None = None, path: Path | None = None) -> Council:
    """Return everything known of the council that a code or name stands for (see `resolve`)."""
    return _councils(path or paths.processed() / "councils.csv")[resolve(code, on=on, path=path)]


def outturn_lists(folder: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield (year, {ecode, ons_code, name, region, class}) of every principal council in the RS workbooks.

    Parameters
    ----------
    folder : Path
        The folder of rs2007_08.xls … rs2023_24.xlsx; the years come in order.
    """
    from python_calamine import CalamineWorkbook

    wanted = {
        "e-code": "ecode",
        "ons code": "ons_code",
        "local authority": "name",
        "region": "region",
        "class": "class",
    }
    for file in sorted(folder.glob("rs*.xls*")):
        book = CalamineWorkbook.from_path(file)
        for sheet in book.sheet_names:
            if not re.search(r"col 1|LA.Data", sheet):
                continue
            rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
            heads = [[str(cell).strip().lower() for cell in row] for row in rows[:30]]
            at = next((i for i, head in enumerate(heads) if "e-code" in head), None)
            if at is None:
                raise PublicationError(f"{file.name}, sheet '{sheet}', has no header row with 'E-code' in it.")
            places = {new: heads[at].index(old) for old, new in wanted.items() if old in heads[at]}
            for row in rows[at + 1 :]:
                cells = {key: str(row[place]).strip() for key, place in places.items()}
                if re.fullmatch(r"E\d{4}", cells["ecode"]) and cells["class"] in CLASSES:
                    cells["name"] = re.sub(r"\s*\[note.*", "", cells["name"])
                    yield file.stem[2:], cells
            break


def _successions() -> Iterator[tuple[str, str, date]]:
    """Yield (predecessor, successor, date)."""
    for one in reorganisations():
        for successor in one["successor"]:
            for before in (*successor["whole"], *([successor["part_of"]] if "part_of" in successor else [])):
                yield before, successor["ons_code"], one["date"]


def _joined(parts: Iterable[str]) -> str:
    return ";".join(dict.fromkeys(filter(None, parts)))


def build_councils(lookups: Path) -> pd.DataFrame:
    """Build the table of every English principal council since April 2007 from the published lists.

    Parameters
    ----------
    lookups : Path
        The folder of uk_local_authorities_current.csv and council_restructuring_2013_2023.xlsx, beside which
        stand ``revenue_outturn`` and ``interim``.

    Returns
    -------
    DataFrame
        The columns of `COLUMNS`, sorted by code; "" where there is nothing to say.
    """
    from python_calamine import CalamineWorkbook

    register = pd.read_csv(lookups / "uk_local_authorities_current.csv", dtype=str, keep_default_na=False)
    register = register[register["nation"] == "England"].set_index("gss-code")
    book = CalamineWorkbook.from_path(lookups / "council_restructuring_2013_2023.xlsx")
    former = {code: set(filter(None, register.at[code, "former-gss-codes"].split(","))) for code in register.index}
    for row in book.get_sheet_by_name("ONS code history - CHANGES").to_python()[1:]:
        if row[0] != row[3] and row[1] == row[4] and row[0] in former and str(row[3])[:3] == str(row[0])[:3]:
            former[str(row[0])].add(str(row[3]))  # same name, same kind, new number
    newest: dict[str, str] = {}
    by_name = {plain(register.at[code, "nice-name"]): code for code in register.index if code[:3] in ("E08", "E09")}
    for file in sorted((lookups.parent / "interim").glob("*.csv")):
        for row in pd.read_csv(file, dtype=str).to_dict("records"):
            if row["ons_code"] not in register.index and plain(row["name"]) in by_name:
                newest[by_name[plain(row["name"])]] = row["ons_code"]

    seen: dict[str, dict[str, Any]] = {}
    for _, cells in outturn_lists(lookups.parent / "revenue_outturn"):
        one = seen.setdefault(cells["ecode"], {"names": [], "codes": set(), "region": ""})
        one["names"].append(cells["name"])
        one["class"] = CLASSES[cells["class"]]
        one["codes"] |= {cells.get("ons_code", "")} - {""}
        one["region"] = REGIONS.get(cells.get("region", ""), one["region"])
    by_ecode = {row["ecode"]: code for code, row in register.iterrows() if row["ecode"]}
    merged: dict[tuple[str, ...], str] = {}
    for ecode in list(seen):  # one council given a new E-code (Huntingdonshire in 2008) stays one
        same = merged.setdefault((seen[ecode]["names"][-1], seen[ecode]["class"], ecode[:3]), ecode)
        if same != ecode:
            seen[ecode]["former"] = [same]
            del seen[same]

    successions = list(_successions())
    counties = {e[:3]: e for e, one in seen.items() if one["class"] == "SC"}
    codes = {e: by_ecode.get(e) or next(iter(one["codes"] & set(register.index)), e) for e, one in seen.items()}
    rows = []
    for ecode, one in seen.items():
        base, kind = codes[ecode], one["class"]
        known = register.loc[base] if base in register.index else None
        starts = [day for _, after, day in successions if after == base]
        ends = [day for before, _, day in successions if before == base]
        name = known["nice-name"] if known is not None else one["names"][-1].replace("&", "and")
        name = name.replace("St. ", "St ").replace("Kings L", "King's L").removesuffix(" Council")
        name = name.removesuffix(" County") if kind == "SC" else name
        name = name.removeprefix("City of ") if kind != "LB" else name
        official = name + " County Council" * (kind == "SC") if known is None else known["official-name"]
        others = {*former.get(base, ()), *(one["codes"] - {base}), *([base] if base in newest else [])}
        rows.append(
            {
                "ons_code": newest.get(base, base),
                "former_ons_codes": _joined(sorted(others)),
                "ecode": ecode,
                "former_ecodes": _joined(one.get("former", ())),
                "council": name,
                "official_name": " ".join(official.split()),
                "class": kind,
                "tier": "lower" if kind == "SD" else "upper",
                "region": one["region"] or ("" if known is None else known["region"]),
                "county": codes[counties[ecode[:3]]] if kind == "SD" else "",
                "start_date": starts[0].isoformat() if starts else "",
                "end_date": (ends[0] - timedelta(days=1)).isoformat() if ends else "",
                "successors": _joined(newest.get(b, b) for a, b, _ in successions if a == base),
                "predecessors": _joined(a for a, b, _ in successions if b == base),
                "alt_names": [*one["names"], *ALIASES.get(base, ())],
                "code_note": _NO_GSS if known is None else _MISPRINT if "E10000022" in one["codes"] else "",
            }
        )
    table = pd.DataFrame(rows, columns=list(COLUMNS)).sort_values("ons_code", ignore_index=True)
    short = [strip_form(plain(name))[0] if "City" not in name else name for name in table["council"]]
    twice = pd.Series(short).duplicated(keep=False) & (table["end_date"] != "")
    for at in table.index[twice]:
        word = "county" if table.at[at, "class"] == "SC" else "district"
        table.at[at, "council"] += f" ({word} to {table.at[at, 'end_date'][:4]})"
    for at in table.index:
        said = {plain(bare(table.at[at, "council"])), plain(table.at[at, "official_name"])}
        kept = {plain(name): name for name in reversed(table.at[at, "alt_names"]) if plain(name) not in said}
        table.at[at, "alt_names"] = _joined(kept[key] for key in sorted(kept))
    return table
