"""Everything in docs/ and README.md that is written by a command: one table, a page or its blocks → what writes it."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from resilience import paths
from resilience.analysis.characteristics import WEIGHTS
from resilience.analysis.mergers.past import evidence, past_mergers
from resilience.analysis.neighbours import agreement
from resilience.backtest.again import AgainRecord
from resilience.backtest.again import record as again_record
from resilience.backtest.full import FullRecord, full_record
from resilience.backtest.masks import OLD, TODAY
from resilience.backtest.studies import run_studies
from resilience.backtest.track_record import track_record
from resilience.errors import DataError
from resilience.files import write_atomically
from resilience.formatting import percent
from resilience.indicators.compute import compute_indicators
from resilience.method import run
from resilience.model import artefact
from resilience.report.formats.markdown import blocks
from resilience.report.formats.text import watchlist as terminal
from resilience.report.views import (
    coverage,
    dictionary,
    directions,
    mergers,
    model,
    of_2026,
    reach,
    readme,
    record,
    rivals,
    scoreboard,
    studies,
    support_again,
    watchlist,
)
from resilience.report.views.claims import of_record
from resilience.report.wording.bands import every_band
from resilience.report.wording.mergers import past_in_brief
from resilience.report.writers import write
from resilience.tables.events import EventRegister, load_events
from resilience.tables.panel import load_panel

#: The day of "now" in docs/mergers.md, and that of the list in README.md, so that they stay until the figures change.
MERGERS_ON, LIST_ON = date(2026, 11, 1), date(2026, 11, 22)
#: How many councils of the list the README shows, and how wide.
ROWS, WIDTH = 10, 100

_log = logging.getLogger(__name__)


class Sources:
    """What the documents are written from, each thing worked out once and only when a document needs it.

    Parameters
    ----------
    home : Path
        Where docs/ and README.md are.
    oflog : Path, optional
        Oflog's sets of neighbours as JSON, code → codes; they are not shipped.
    """

    def __init__(self, home: Path, oflog: Path | None = None) -> None:
        self.home, self.oflog = home, oflog

    @cached_property
    def panel(self) -> pd.DataFrame:
        """The shipped panel."""
        return load_panel()

    @cached_property
    def indicators(self) -> pd.DataFrame:
        """Its indicators."""
        return compute_indicators(self.panel)

    @cached_property
    def events(self) -> EventRegister:
        """The shipped register."""
        return load_events()

    @cached_property
    def record(self) -> FullRecord:
        """The record as ``resilience backtest`` works it out."""
        return full_record(self.indicators, self.events)

    @property
    def written_record(self) -> dict[str, Any]:
        """What docs/record.json holds, which other pages quote."""
        found: dict[str, Any] = json.loads((self.home / "docs" / "record.json").read_text("utf-8"))
        return found

    @cached_property
    def again(self) -> AgainRecord:
        """The proof for councils already supported."""
        return again_record(self.indicators, self.events)

    def neighbours(self) -> dict[str, Sequence[str]] | None:
        """Return Oflog's sets, where a file was given."""
        if self.oflog is None:
            return None
        try:
            found: dict[str, Sequence[str]] = json.loads(self.oflog.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise DataError(
                f"{self.oflog} cannot be read as JSON ({error}); give Oflog's sets, code → codes."
            ) from None
        return found


@dataclass(frozen=True)
class Document:
    """A page, or the blocks of one, that a command writes.

    Attributes
    ----------
    path : str
        Below the project's folder.
    text : callable
        Gives the page anew, from the sources and, where only blocks of it are written, from the page as it stands.
    slow : bool
        Whether it takes minutes.
    """

    path: str
    text: Callable[[Sources, str], str]
    slow: bool = False

    @property
    def name(self) -> str:
        """What it is called on the command line: "coverage.md"."""
        return Path(self.path).name


def _page(subject: str, form: str, view: Callable[[Sources], dict]) -> Callable[[Sources, str], str]:
    return lambda sources, before: str(write(subject, form, view(sources)))


def _blocks(make: Callable[[Sources], Mapping[str, str]]) -> Callable[[Sources, str], str]:
    return lambda sources, before: blocks.filled(before, make(sources))


def _peers(sources: Sources) -> dict[str, str]:
    found, theirs = {"weights": blocks.weights(WEIGHTS)}, sources.neighbours()
    if theirs is not None:
        found["agreement"] = blocks.rows(agreement_rows(theirs))
    return found


def agreement_rows(theirs: Mapping[str, Sequence[str]]) -> list[dict[str, str]]:
    """Return how far the peers agree with another body's sets, a row a group, in figures."""
    return [
        {
            "group": str(group),
            "councils": f"{row['councils']:.0f}",
            "of our 15, in Oflog's set": f"{row['overlap']:.1f}",
            "by chance": f"{row['chance']:.1f}",
            "at most": f"{row['most']:.1f}",
            "of the way beyond chance": percent(row["beyond_chance"], 0),
        }
        for group, row in agreement(theirs).iterrows()
    ]


def _mergers(sources: Sources) -> dict[str, str]:
    past = evidence(run(MERGERS_ON, intervals=False))
    found = past_mergers(past)
    return {
        "evidence": blocks.past_mergers(mergers.evidence_rows(past)),
        "summary": past_in_brief(found) if found else "",
    }


def _readme(sources: Sources) -> dict[str, str]:
    scored = run(LIST_ON)
    content = sources.written_record
    screen = terminal.text(watchlist.view(scored) | {"terminal_rows": ROWS}, width=WIDTH)
    return {
        "screen": blocks.terminal(screen),
        "reach": blocks.reach(reach.rows(scored)),
        "record": blocks.record(readme.view(content)),
        "of_2026": _of_2026(content),
        "claim": of_record(content)["claim"],
        "followed": every_band(track_record(scored), scored.model.horizon),
    }


def _of_2026(content: Mapping[str, Any]) -> str:
    return blocks.told_table(of_2026.view(content["blind_2026"]))


def _model_card(sources: Sources) -> dict[str, str]:
    return {"of_2026": _of_2026(sources.written_record), "weights": blocks.rows(model.weights(artefact.load()))}


def _methods(sources: Sources) -> dict[str, str]:
    fitted = artefact.load()
    masks = {"today's mask": TODAY.years, "0.1.0's mask": OLD.years}
    return {
        "of_2026": _of_2026(sources.written_record),
        "weights": blocks.rows(model.weights(fitted)),
        "reliability": blocks.rows(model.reliability(fitted, masks)),
    }


def _claim(sources: Sources, before: str) -> str:
    said = of_record(sources.written_record)
    return "\n".join(filter(None, (said["claim"], said["level"]))) + "\n"


def _studies(sources: Sources) -> dict:
    return studies.view(run_studies(sources.panel, sources.indicators, sources.events))


def _support_again(sources: Sources) -> dict:
    return support_again.view(sources.again, sources.events)


#: Every page that a command writes; README.md, methods, model card and claim.txt quote docs/record.json: after it.
DOCUMENTS = (
    Document("docs/data_dictionary.md", _page("dictionary", "markdown", lambda sources: dictionary.view())),
    Document("docs/coverage.md", _page("coverage", "markdown", lambda sources: coverage.view(sources.indicators))),
    Document(
        "docs/capitalisation_directions.md",
        _page("directions", "markdown", lambda sources: directions.view(sources.panel, sources.events)),
    ),
    Document(
        "docs/rivals.md",
        _page("rivals", "markdown", lambda sources: rivals.view(sources.indicators, sources.events, LIST_ON)),
    ),
    Document("docs/scoreboard.md", _page("scoreboard", "markdown", lambda sources: scoreboard.view(sources.events))),
    Document("docs/support_again.md", _page("support again", "markdown", _support_again)),
    Document("docs/support_again.json", _page("support again", "json", _support_again)),
    Document("docs/peers.md", _blocks(_peers)),
    Document("docs/mergers.md", _blocks(_mergers)),
    Document("docs/record.json", _page("record", "json", lambda sources: record.view(sources.record)), slow=True),
    Document("docs/record.txt", _page("record", "table", lambda sources: record.view(sources.record)), slow=True),
    Document("docs/claim.txt", _claim),
    Document("README.md", _blocks(_readme)),
    Document("docs/methods.md", _blocks(_methods)),
    Document("docs/model_card.md", _blocks(_model_card)),
    Document("docs/studies.md", _page("studies", "markdown", _studies), slow=True),
)


def chosen(names: Iterable[str] = ()) -> tuple[Document, ...]:
    """Return the documents of these names, or every one.

    Raises
    ------
    DataError
        If there is none of a name.
    """
    wanted, known = set(names), {one.name for one in DOCUMENTS}
    if wanted - known:
        raise DataError(f"'{min(wanted - known)}' is written by no command; choose among {', '.join(sorted(known))}.")
    return tuple(one for one in DOCUMENTS if not wanted or one.name in wanted)


def write_documents(documents: Iterable[Document], sources: Sources) -> list[Path]:
    """Write documents anew and return where."""
    written = []
    for one in documents:
        _log.info("%s", one.path)
        path = sources.home / one.path
        write_atomically(path, one.text(sources, _there(path)))
        written.append(path)
    return written


def stale_documents(documents: Iterable[Document], sources: Sources) -> list[Document]:
    """Return the documents that are not what their command would write."""
    return [
        one
        for one in documents
        if _there(sources.home / one.path) != one.text(sources, _there(sources.home / one.path))
    ]


def _there(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        return ""


def here(oflog: Path | None = None) -> Sources:
    """Return the sources of the project's own documents.

    Raises
    ------
    DataError
        Where the documents are not at hand: the installed package has none.
    """
    if not (paths.home() / "README.md").is_file():
        raise DataError(f"There is no README.md in {paths.home()}; run this in a clone of the project.")
    return Sources(paths.home(), oflog)
