"""Everything wrong with a file at once: a person mends a file in one go, not one cell after another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from resilience.errors import DataError


class FaultyFigures(DataError):
    """A file of own figures has faults: one is the message itself, several are listed beneath a first line.

    Attributes
    ----------
    sentences : tuple of str
        One a fault: file, sheet, row and column, what was expected, what to do.
    """

    def __init__(self, file: str, sentences: Iterable[str]) -> None:
        # Each through DataError by itself, which blanks what cannot be printed, line ends of cells among it.
        self.sentences = tuple(dict.fromkeys(str(DataError(one)) for one in sentences))
        super().__init__(self.sentences[0])
        if len(self.sentences) > 1:
            first = DataError(f"{file}: {len(self.sentences)} things to put right; nothing is assessed until they are.")
            listed = [f"  {number}. {said}" for number, said in enumerate(self.sentences, start=1)]
            self.args = ("\n".join([str(first), *listed]),)


@dataclass
class Faults:
    """Collects what is wrong while reading goes on."""

    file: str
    found: list[str] = field(default_factory=list)

    def add(self, *sentences: str) -> None:
        """Note faults."""
        self.found += sentences

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Note a `DataError` raised within instead of letting it end everything."""
        try:
            yield
        except DataError as error:
            self.add(str(error))

    def raise_if_any(self) -> None:
        """End with all of them.

        Raises
        ------
        FaultyFigures
            If anything was noted.
        """
        if self.found:
            raise FaultyFigures(self.file, self.found)
