"""What a GOV.UK page offers: its files, its dates, and the pages a collection lists."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

from resilience.errors import DataError
from resilience.publications.fetch.manifest import KINDS, plain
from resilience.years import outturn_year_of, year_of

_OUTTURN_PAGE = re.compile(r"(\d{4})-to-(\d{4})-individual-local-authority-data-outturn(?:--\d+)?$")
_BUDGET_PAGE = re.compile(r"(\d{4})-to-(\d{4})-budget-individual-local-authority-data(?:--\d+)?$")
_SPAN = re.compile(r"(?<!\d)(20\d\d)(?: to |-to-|[-_/])(20\d\d|\d\d)(?!\d)")
_TITLES = {
    "RS": re.compile(r"\bRS\b(?!.*\bRSX\b)|revenue (outturn )?summary(?!.*\bRSX\b)", re.IGNORECASE),
    "RSX": re.compile(r"\bRSX\b|service expenditure summary", re.IGNORECASE),
    "RA": re.compile(r"\bRA\b|revenue account", re.IGNORECASE),
    "RO": re.compile(r"multi[- ]year|time[- ]series|\brevenue outturn data\b", re.IGNORECASE),
}
_NO_DATA = re.compile(r"metadata|guidance|\bnotes?\b|form\b|specification|variable list|technical", re.IGNORECASE)


@dataclass(frozen=True)
class Attachment:
    """A file that a page offers."""

    title: str
    url: str
    size: int | None


def attachments(page: dict[str, Any]) -> list[Attachment]:
    """Return the files a page offers, from the content API's answer, whatever else is in it."""
    details = page.get("details")
    found = details.get("attachments") if isinstance(details, dict) else None
    result = []
    for item in found if isinstance(found, list) else []:
        if isinstance(item, dict) and isinstance(item.get("url"), str):
            size = item.get("file_size")
            good = isinstance(size, int) and not isinstance(size, bool) and size >= 0
            result.append(Attachment(plain(item.get("title") or ""), item["url"], size if good else None))
    return result


def choose(found: Sequence[Attachment], form: str, outturn_year: str) -> Attachment | None:
    """Return the attachment that holds a form's individual-authority figures of a year, or None.

    Parameters
    ----------
    found : sequence of Attachment
        What the page offers.
    form : str
        "RS", "RSX", "RA" or "RO" (the multi-year CSV).
    outturn_year : str
        An attachment that names another year is passed over.

    Returns
    -------
    Attachment or None
        By its title, or if none of the titles fits, by its file name; .xlsx before .ods, .xls and .csv.
    """
    kinds = (".csv",) if form == "RO" else KINDS
    for words in (lambda a: a.title, lambda a: re.sub(r"[_.%-]+", " ", a.url.rsplit("/", 1)[-1])):
        fit = [
            a
            for a in found
            if a.url.lower().endswith(kinds)
            and _TITLES[form].search(words(a))
            and not _NO_DATA.search(words(a))
            and (form == "RO" or _year_fits(a, outturn_year))
        ]
        if fit:
            return min(fit, key=lambda a: [a.url.lower().endswith(kind) for kind in kinds].index(True))
    if form == "RO":
        return max((a for a in found if a.url.lower().endswith(kinds)), key=lambda a: a.size or 0, default=None)
    return None


def _year_fits(attachment: Attachment, outturn_year: str) -> bool:
    """Return whether an attachment names no other year than the one looked for."""
    named = []
    for text in (attachment.title, attachment.url.rsplit("/", 1)[-1]):
        for first, second in _SPAN.findall(text):
            with suppress(DataError):
                named.append(year_of(f"{first}-{second}"))
    return not named or year_of(outturn_year) in named


def released(page: dict[str, Any]) -> tuple[str, str]:
    """Return the dates of the page's current release and of its first publication ("" where not given)."""
    details = page.get("details")
    history = details.get("change_history") if isinstance(details, dict) else None
    stamps = [h.get("public_timestamp") for h in history if isinstance(h, dict)] if isinstance(history, list) else []
    dates = [d for d in map(_day, stamps) if d]
    first = _day(page.get("first_published_at")) or (min(dates) if dates else "")
    return _day(page.get("public_updated_at")) or (max(dates) if dates else first), first


def _day(stamp: object) -> str:
    """Return the day of a time stamp as the page gives it, or "" for nonsense."""
    with suppress(ValueError):
        return date.fromisoformat(str(stamp)[:10]).isoformat()
    return ""


def pages_in_collection(collection: dict[str, Any]) -> dict[tuple[str, str], list[str]]:
    """Return the pages of individual data that a collection lists, by ("outturn" or "budget", year)."""
    links = collection.get("links")
    documents = links.get("documents") if isinstance(links, dict) else None
    found: dict[tuple[str, str], list[str]] = {}
    for document in documents if isinstance(documents, list) else []:
        path = document.get("base_path") if isinstance(document, dict) else None
        for kind, pattern in (("outturn", _OUTTURN_PAGE), ("budget", _BUDGET_PAGE)):
            match = pattern.search(path) if isinstance(path, str) else None
            if match and int(match[2]) == int(match[1]) + 1:
                found.setdefault((kind, outturn_year_of(int(match[2]))), []).append(str(path).lstrip("/"))
    return found
