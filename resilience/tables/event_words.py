"""The words that a register of events may use, and which of them count: ``event_words.toml``, read once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Literal

Counts = Literal["always", "by cause", "never"]

_UNTIL = re.compile(r"(?P<word>.+?)_to_(?P<end>[0-9]{4}-[0-9]{2}(-[0-9]{2})?)")


@dataclass(frozen=True)
class Subtype:
    """One subtype within an event type.

    Attributes
    ----------
    means : str
        What it stands for, in a sentence.
    counts : {"always", "by cause", "never"}
        Whether a row of it is the outcome ``distress``.
    severe : bool
        Whether a row of it that counts is the outcome ``severe`` as well.
    until : bool
        Whether "_to_" and a month or day may follow.
    other_bodies : bool
        Whether only bodies that are no councils have it.
    """

    means: str
    counts: Counts
    severe: bool = False
    until: bool = False
    other_bodies: bool = False


@dataclass(frozen=True)
class Words:
    """Every word of the register.

    Attributes
    ----------
    types : mapping
        Event type → what it means; the graver first.
    subtypes : mapping
        Event type → subtype → its entry.
    causes : mapping
        Cause → what it means.
    financial : frozenset of str
        The causes for which a statutory intervention counts.
    bodies : mapping
        Code → name of the bodies that are no councils and may be in a register.
    """

    types: Mapping[str, str]
    subtypes: Mapping[str, Mapping[str, Subtype]]
    causes: Mapping[str, str]
    financial: frozenset[str]
    bodies: Mapping[str, str]

    def subtype(self, event_type: str, word: str) -> Subtype | None:
        """Return what a subtype of an event type stands for, None where it is none."""
        known = self.subtypes.get(event_type, {})
        if word in known:
            return known[word]
        ends = _UNTIL.fullmatch(word)
        found = known.get(ends["word"]) if ends else None
        return found if found is not None and found.until else None

    def counting(self, event_type: str, word: str, cause: str) -> tuple[bool, bool]:
        """Say whether a row with these words is each of the two outcomes, ``distress`` and ``severe``."""
        found = self.subtype(event_type, word)
        if found is None:
            return False, False
        counts = found.counts == "always" or (found.counts == "by cause" and cause in self.financial)
        return counts, counts and found.severe


def end_of(word: str) -> str | None:
    """Return the month or day that a subtype such as "envoys_to_2028-03-31" ends with, None where there is none."""
    ends = _UNTIL.fullmatch(word)
    return ends["end"] if ends else None


@cache
def load_words() -> Words:
    """Return the words of ``event_words.toml``."""
    content = tomllib.loads(resources.files(__package__).joinpath("event_words.toml").read_text("utf-8"))
    types = content["types"]
    return Words(
        MappingProxyType(types),
        MappingProxyType({kind: {word: Subtype(**entry) for word, entry in content[kind].items()} for kind in types}),
        MappingProxyType({word: entry["means"] for word, entry in content["causes"].items()}),
        frozenset(word for word, entry in content["causes"].items() if entry.get("financial", False)),
        MappingProxyType(content["bodies"]),
    )
