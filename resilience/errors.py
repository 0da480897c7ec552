"""What a person is told: errors, one clear sentence each and never a traceback; and what a long command is doing."""

from __future__ import annotations

from collections.abc import Callable

#: Told, in a word or two, what a long piece of work has come to.
ReportProgress = Callable[[str], None]


def no_progress(text: str) -> None:
    """Report to nobody: the default of every function that takes a `ReportProgress`."""


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
