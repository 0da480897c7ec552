"""What a person is told where something fails: one clear sentence, and never a traceback."""

from __future__ import annotations


class ResilienceError(Exception):
    """Base of every error meant for a person; its text is one sentence that says what to do.

    Texts from files and from the user stand in such sentences: characters that cannot be printed (line ends, escape
    sequences, halves of characters) become blanks.
    """

    def __init__(self, sentence: str) -> None:
        super().__init__("".join(one if one.isprintable() else " " for one in sentence))


class PublicationError(ResilienceError):
    """A published file is missing, damaged, of an unknown layout, or holds what it should not."""


class UnknownCouncilError(ResilienceError):
    """A name or code fits no council (the message names the closest ones), or fits several."""


class DataError(ResilienceError):
    """The project's own tables, an event register or supplied figures fail a check."""


class ModelError(ResilienceError):
    """A model artefact is missing or does not fit the figures it is asked to score."""
