"""The indicator dictionary: definitions.toml as checked, frozen records."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from resilience.errors import DataError
from resilience.indicators.formulas import REGISTRY
from resilience.indicators.formulas.companions import LOADERS
from resilience.years import year_of

FAMILIES = {
    "size": "Size",
    "reserves": "Reserves",
    "debt": "Debt and investment",
    "demand": "Demand",
    "income": "Income",
    "support": "One-off support",
    "context": "Context, not outturn",
    "reporting": "Reporting",
}
UNITS = ("ratio", "years", "£ thousand", "count", "flag", "grade", "rate", "score")
WORSE = ("higher", "lower", "neither")
CLASSES = ("UA", "MD", "LB", "SC", "SD")
#: Where an indicator's figures come from: the outturn (with the budget), or a publication with its own date.
SOURCES = ("outturn", "budget", *LOADERS)

_FIELDS = (
    "name",
    "family",
    "label",
    "meaning",
    "formula",
    "unit",
    "worse",
    "classes",
    "source",
    "first_year",
    "breaks",
    "caveat",
    "used_by",
)
_MAY_BE_EMPTY = ("breaks",)


@dataclass(frozen=True, kw_only=True)
class Definition:
    """What an indicator is.

    Attributes
    ----------
    name : str
        The column of ``compute_indicators``.
    family : str
        One of ``FAMILIES``.
    label, meaning, formula : str
        A plain name, one sentence, and the formula in words with MHCLG's line numbers.
    unit : str
        One of ``UNITS``; a ratio is a fraction.
    worse : str
        Which direction is the worse one: "higher", "lower" or "neither".
    classes : tuple of str
        The classes of council it applies to.
    source : str
        One of ``SOURCES``.
    first_year : str
        The first outturn year that has it.
    breaks : tuple of str
        Where the series does not compare, in words, the oldest first.
    caveat : str
        What a reader must know before leaning on it.
    used_by : str
        Its equivalent in a published set and what differs, or "None known."
    """

    name: str
    family: str
    label: str
    meaning: str
    formula: str
    unit: str
    worse: str
    classes: tuple[str, ...]
    source: str
    first_year: str
    breaks: tuple[str, ...]
    caveat: str
    used_by: str

    @property
    def over_spending(self) -> bool:
        """Whether it is an amount over the year's net revenue expenditure."""
        return self.unit == "ratio" and "over net revenue expenditure" in " ".join(self.formula.split())


@lru_cache(maxsize=4)
def load_definitions(path: Path | None = None) -> dict[str, Definition]:
    """Return every indicator's definition by name, in the dictionary's order.

    Parameters
    ----------
    path : Path, optional
        Another dictionary in the same form.

    Raises
    ------
    DataError
        If the file is no dictionary, an entry breaks the form, or an indicator has a formula and no entry or an
        entry and no formula.
    """
    source = path or Path(__file__).with_name("definitions.toml")
    try:
        with source.open("rb") as handle:
            entries = tomllib.load(handle)["indicator"]
    except (OSError, tomllib.TOMLDecodeError, KeyError) as error:
        raise DataError(f"{source.name} is not an indicator dictionary ({error}); restore it.") from error
    result: dict[str, Definition] = {}
    for entry in entries:
        definition = _definition(source.name, entry)
        if definition.name in result:
            raise DataError(f"{source.name} defines {definition.name} twice; remove one entry.")
        result[definition.name] = definition
    undefined = [name for name in REGISTRY if name not in result]
    unwritten = [name for name in result if name not in REGISTRY]
    if undefined or unwritten:
        first = (undefined + unwritten)[0]
        lacking = "entry in the dictionary" if undefined else "formula"
        raise DataError(f"{source.name}: {first} has no {lacking}; add it.")
    return result


def _definition(file: str, entry: dict[str, Any]) -> Definition:
    name = entry.get("name", "?")
    for key in _FIELDS:
        if key not in entry:
            raise DataError(f"{file}, {name} lacks '{key}'; add it.")
        if not entry[key] and key not in _MAY_BE_EMPTY:
            raise DataError(f"{file}, {name} has an empty '{key}'; fill it in.")
    unknown = sorted(set(entry) - set(_FIELDS))
    if unknown:
        raise DataError(f"{file}, {name} has '{unknown[0]}', which is not a field; remove it.")
    for key, allowed in (("family", tuple(FAMILIES)), ("unit", UNITS), ("worse", WORSE), ("source", SOURCES)):
        if entry[key] not in allowed:
            raise DataError(f"{file}, {name}: {key} '{entry[key]}' is not one of {', '.join(allowed)}.")
    strange = [one for one in entry["classes"] if one not in CLASSES]
    if strange:
        raise DataError(f"{file}, {name}: '{strange[0]}' is not a class; choose among {', '.join(CLASSES)}.")
    year_of(entry["first_year"])
    lists = {key: tuple(entry[key]) for key in ("classes", "breaks")}
    return Definition(**{**entry, **lists})


@lru_cache(maxsize=1)
def by_source() -> dict[str, tuple[str, ...]]:
    """Return the indicators of each publication beside the outturn."""
    definitions = load_definitions().values()
    return {source: tuple(d.name for d in definitions if d.source == source) for source in LOADERS}


def describe(name: str) -> Definition:
    """Return one indicator's definition.

    Raises
    ------
    DataError
        If there is no such indicator.
    """
    definitions = load_definitions()
    if name not in definitions:
        raise DataError(f"'{name}' is not an indicator; 'resilience data dictionary' lists them.")
    return definitions[name]
