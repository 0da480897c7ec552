"""When a year became known: first release dates of individual-authority figures, and the vintages at hand."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib import resources
from types import MappingProxyType

from resilience.errors import PublicationError
from resilience.years import outturn_year_of, year_of

_BASES = ("stated", "derived", "convention")


@dataclass(frozen=True)
class Vintage:
    """One dated release of a year's Revenue Outturn Summary.

    Attributes
    ----------
    edition : str
        What the publication calls itself.
    date : datetime.date or None
        The day it came out; None where that is not known.
    held : bool
        Whether the shipped panel was built from it.
    evidence : str
        How the date is known.
    """

    edition: str
    date: date | None
    held: bool
    evidence: str


@dataclass(frozen=True)
class Release:
    """One financial year's publications.

    Attributes
    ----------
    outturn_year : str
        "2023-24".
    known_from : datetime.date
        The day individual-authority figures first came out, or 31 December before the convention's 1 January.
    basis : str
        "stated", "derived" or "convention".
    evidence, note : str
        How the date is known, and what else to know.
    pages, budget_pages : tuple of str
        Paths of GOV.UK pages that may hold the outturn and the budget, best first.
    vintages : tuple of Vintage
        Releases known, oldest first.
    """

    outturn_year: str
    known_from: date
    basis: str
    evidence: str
    note: str
    pages: tuple[str, ...]
    budget_pages: tuple[str, ...]
    vintages: tuple[Vintage, ...]


def convention(outturn_year: str) -> date:
    """Return 31 December of Y+1 for the year Y/Y+1: it then counts as known on 1 January of Y+2."""
    return date(year_of(outturn_year), 12, 31)


def _release(entry: dict) -> Release:
    year = entry["outturn_year"]
    if outturn_year_of(year_of(year)) != year or entry["basis"] not in _BASES:
        raise PublicationError(f"releases.toml, {year}: write the year like 2023-24 and a basis of {_BASES}.")
    if (entry["basis"] == "convention") == ("known_from" in entry):
        raise PublicationError(f"releases.toml, {year}: give known_from, or the basis 'convention', not both.")
    return Release(
        outturn_year=year,
        known_from=entry.get("known_from", convention(year)),
        basis=entry["basis"],
        evidence=entry["evidence"],
        note=entry.get("note", ""),
        pages=tuple(entry["pages"]),
        budget_pages=tuple(entry["budget_pages"]),
        vintages=tuple(
            Vintage(v["edition"], v.get("date"), v.get("held", False), v["evidence"]) for v in entry.get("vintage", [])
        ),
    )


@lru_cache(maxsize=1)
def _table() -> dict:
    text = resources.files("resilience.publications").joinpath("releases.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@lru_cache(maxsize=1)
def load_releases() -> Mapping[str, Release]:
    """Return every financial year's `Release`, by `outturn_year`, oldest first."""
    return MappingProxyType({entry["outturn_year"]: _release(entry) for entry in _table()["year"]})


def collection_page() -> str:
    """Return the path of the GOV.UK collection in which new years appear."""
    return _table()["collection"]


def multi_year_page() -> str:
    """Return the path of the GOV.UK page of the multi-year Revenue Outturn CSV."""
    return _table()["multi_year"]


def known_from(outturn_year: str) -> date:
    """Return the day a year's individual-authority figures came out; it is known on dates after that day.

    Parameters
    ----------
    outturn_year : str
        "2023-24"; a year that is not in the table follows the convention.
    """
    release = load_releases().get(outturn_year_of(year_of(outturn_year)))
    return release.known_from if release else convention(outturn_year)


def basis(outturn_year: str) -> str:
    """Return how `known_from` is known: "stated", "derived" or "convention"."""
    release = load_releases().get(outturn_year_of(year_of(outturn_year)))
    return release.basis if release else "convention"


def shipped_vintage(outturn_year: str) -> Vintage | None:
    """Return the vintage the shipped panel was built from, or None for years at hand only second-hand."""
    release = load_releases().get(outturn_year_of(year_of(outturn_year)))
    return next((v for v in release.vintages if v.held), None) if release else None
