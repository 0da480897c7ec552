"""The line dictionary: what each form line is called in the panel, and how each year words it.

Nothing else in the project knows MHCLG's wording. A column of a workbook is known by MHCLG's short code where
the workbook carries codes (2021-22 on, in hidden rows), otherwise by its heading, the section that heading
stands in and the financial year; never by its position.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from types import MappingProxyType

from resilience.errors import PublicationError
from resilience.years import outturn_year_of, year_of

_BRACKETED = re.compile(r"\[[^\]]*\]|\(\s*(?:total\s*of\s*lines?\b[^)]*|[a-z]|\d)\s*\)|-\s*see footnote.*$")
_DATED = re.compile(r"\b(1 april|31 march)l?,?\s+20\d\d\b")
_NOT_PLAIN = re.compile(r"[^a-z0-9£&%]+")


def normalise(text: str) -> str:
    """Return a heading without case, spacing, punctuation, line ranges, footnote marks and years of dates.

    Parameters
    ----------
    text : str
        A heading as printed, e.g. "NET REVENUE EXPENDITURE (TOTAL OF LINES 800 TO 804)".

    Returns
    -------
    str
        Letters and digits only, e.g. "netrevenueexpenditure".
    """
    plain = " ".join(str(text).lower().replace("’", "'").split())
    return _NOT_PLAIN.sub("", _DATED.sub(r"\1", _BRACKETED.sub(" ", plain)))


def section_of(heading: str, section: str) -> str:
    """Return which part of the form a column stands in, from its heading and the section heading above it.

    Parameters
    ----------
    heading : str
        The column's heading.
    section : str
        The section heading last printed at or left of the column, "" where there is none.

    Returns
    -------
    str
        One of `main`, `net_current`, `restated` (the same services on another accounting basis), `start`,
        `end` (reserves at 1 April, at 31 March), `capital`, `equal_pay`, `iceland`, `hra`, `lcts`,
        `memorandum`, `basis`.
    """
    head, above = " ".join(heading.lower().split()), " ".join(section.lower().split())
    if "iceland" in above or head.startswith("iceland"):
        return "iceland"
    if re.search(r"frs ?17|ias ?19", above):
        return "restated"
    for words, place in (("1 april", "start"), ("31 march", "end")):
        if re.search(rf"(?<!\d){words}", head):
            return place
    for words, place in (("at 1 april", "start"), ("at 31 march", "end")):
        if words in above:
            return place
    if above == "net current expenditure":
        return "net_current"
    for word, place in (
        ("capital charges", "capital"),
        ("capital items", "capital"),
        ("equal pay", "equal_pay"),
        ("housing revenue account", "hra"),
        ("council tax support", "lcts"),
        ("investment properties", "memorandum"),
        ("accounting basis", "basis"),
    ):
        if word in above:
            return place
    return "main"


@dataclass(frozen=True)
class Wording:
    """How one line is worded in a run of years, and the section it stands in."""

    first: int
    last: int
    text: str
    section: str


@dataclass(frozen=True)
class Line:
    """One line of the RS or RA form.

    Attributes
    ----------
    name : str
        The panel's column, e.g. "rs_netrevexp_net_exp".
    code : str
        MHCLG's short code, e.g. "RS-netrevexp-net-exp", or one coined in the same style.
    coined : bool
        Whether MHCLG has no code for it (codes begin in 2021-22).
    form : str
        "RS" or "RA".
    row : str
        The form's line number, e.g. "805", "915b"; it is no key, for numbers are used again for other lines.
    label : str
        Plain words.
    family : str
        Group of lines, e.g. "services", "financing", "reserves_end".
    unit : str
        "GBP thousand", or "number" or "flag" for a few memorandum lines.
    sign : str
        How to read a positive amount.
    wordings : tuple of Wording
        Its headings by year.
    aliases : tuple of str
        Other codes MHCLG gives it.
    """

    name: str
    code: str
    coined: bool
    form: str
    row: str
    label: str
    family: str
    unit: str
    sign: str
    note: str = ""
    wordings: tuple[Wording, ...] = ()
    aliases: tuple[str, ...] = ()

    def years(self) -> tuple[str, ...]:
        """Return the financial years whose workbooks are known to hold the line."""
        found = {year for word in self.wordings for year in range(word.first, word.last + 1)}
        return tuple(outturn_year_of(year) for year in sorted(found))


def _code_key(code: str) -> str:
    return str(code).strip().lower().replace("_", "-")


@dataclass(frozen=True)
class Lines:
    """The dictionary with its lookups."""

    all: tuple[Line, ...]
    by_name: Mapping[str, Line]
    _by_code: Mapping[str, Line] = field(repr=False)
    _by_wording: Mapping[tuple[str, int, str, str], Line] = field(repr=False)
    _newest: Mapping[str, int] = field(repr=False)
    _ignored: frozenset[str] = field(repr=False)

    def of_code(self, code: str, form: str | None = None) -> Line | None:
        """Return the line of a code, or None; dashes or underscores and any case will do.

        Parameters
        ----------
        code : str
            "RS-netrevexp-net-exp", "RS_netrevexp_net_exp", or "provprin" together with `form="RA"`.
        form : str, optional
            Tried as a prefix where the code has none.
        """
        key = _code_key(code)
        return self._by_code.get(key) or (self._by_code.get(f"{form}-{key}".lower()) if form else None)

    def of_wording(self, text: str, outturn_year: str, section: str = "main", form: str = "RS") -> Line | None:
        """Return the line a heading stands for in a year and section, or None.

        A year later than any in the dictionary goes by the newest year's words, whatever the section, where
        these words stand for one line only.
        """
        year, words = year_of(outturn_year), normalise(text)
        if year <= self._newest[form]:
            return self._by_wording.get((form, year, section, words))
        found = {
            line.name: line
            for (of, at, _, key), line in self._by_wording.items()
            if (of, at, key) == (form, self._newest[form], words)
        }
        return next(iter(found.values())) if len(found) == 1 else None

    def newest(self, form: str) -> str:
        """Return the newest financial year whose headings the dictionary has."""
        return outturn_year_of(self._newest[form])

    def is_ignored(self, text: str) -> bool:
        """Return whether a heading is known to hold nothing for the panel (descriptions, row notes)."""
        return normalise(text) in self._ignored

    def of_form(self, form: str) -> tuple[Line, ...]:
        """Return the lines of one form, in form order."""
        return tuple(line for line in self.all if line.form == form)


def _line(entry: dict) -> Line:
    given = dict(entry)
    words = tuple(
        Wording(year_of(word["from"]), year_of(word["to"]), word["text"], word.get("section", "main"))
        for word in given.pop("wordings", [])
    )
    aliases = tuple(given.pop("aliases", []))
    given.setdefault("coined", False)
    given.setdefault("unit", "GBP thousand")
    return Line(**given, wordings=words, aliases=aliases)


@lru_cache(maxsize=1)
def load_lines() -> Lines:
    """Return the line dictionary, read once from `lines.toml` and checked for doubles.

    Raises
    ------
    PublicationError
        If two lines share a name, a code, or a heading in the same year and section.
    """
    text = resources.files("resilience.publications").joinpath("lines.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    lines = tuple(_line(entry) for entry in table["line"])
    names: dict[str, Line] = {}
    codes: dict[str, Line] = {}
    words: dict[tuple[str, int, str, str], Line] = {}
    for line in lines:
        _put(names, line.name, line)
        for code in (line.code, *line.aliases):
            _put(codes, _code_key(code), line)
        for word in line.wordings:
            for year in range(word.first, word.last + 1):
                _put(words, (line.form, year, word.section, normalise(word.text)), line)
    ignored = frozenset(normalise(heading) for heading in table.get("ignored_headings", []))
    newest = {form: max(year for of, year, _, _ in words if of == form) for form in ("RS", "RA")}
    fixed = MappingProxyType
    return Lines(lines, fixed(names), fixed(codes), fixed(words), fixed(newest), ignored)


def _put(table: dict, key: object, line: Line) -> None:
    if table.setdefault(key, line) is not line:
        raise PublicationError(f"lines.toml gives both {table[key].name} and {line.name} the key {key}; change one.")
