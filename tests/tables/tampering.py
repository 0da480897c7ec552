"""Builds every spoilt file of `attacks.py` and tells what became of it; writes the table in docs/reliability.md."""

from __future__ import annotations

import copy
import shutil
import tempfile
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from resilience import paths
from resilience.errors import ResilienceError
from resilience.files import write_atomically
from resilience.indicators.compute import compute_indicators
from resilience.indicators.known import known_on
from resilience.model import artefact
from resilience.model.scale import Scale
from resilience.model.scoring import ScoredDay, score
from resilience.report.formats.markdown.blocks import filled
from resilience.report.formats.markdown.table import table
from resilience.tables.build import build
from resilience.tables.events import load_events
from resilience.tables.panel import load_panel, to_csv
from tests.tables.attacks import ATTACKS, Attack
from tests.tables.books import Book, book_of, next_year, save, save_series, series_of

DAY = date(2026, 11, 1)
SINCE = 2020
KINDS = {"shipped": "workbook of a year shipped", "new": "workbook of a new year", "series": "multi-year file"}
#: What may become of a spoilt file, and what it is called on the page.
REFUSED, ALARM, NAMED, HARMLESS, SILENT = (
    "refused",
    "alarm, nothing written",
    "told by name",
    "no figure moves",
    "SILENT",
)


@dataclass(frozen=True)
class Outcome:
    """What became of a file.

    Attributes
    ----------
    kind : str
        One of `REFUSED`, `ALARM`, `NAMED`, `HARMLESS`, `SILENT`.
    said : str
        The sentence of the refusal or alarm, or what the build told.
    moved : tuple of str
        Councils whose figures are others than after the sound file.
    unnamed : tuple of str
        Those of them, and those whose chance moved by a hundredth or more, that nothing told by name.
    """

    kind: str
    said: str
    moved: tuple[str, ...] = ()
    unnamed: tuple[str, ...] = ()


@dataclass
class Bench:
    """Tables to build into, and what the sound files make of them."""

    folder: Path
    panel: pd.DataFrame
    sound: dict[str, Book | pd.DataFrame] = field(default_factory=dict)
    built: dict[str, pd.DataFrame] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)
    scored: dict[str, ScoredDay] = field(default_factory=dict)

    @classmethod
    def make(cls, folder: Path) -> Bench:
        """Copy the shipped tables of the later years, and build the sound file of each kind."""
        home = folder / "tables"
        home.mkdir()
        for name in ("provenance.json", "councils.csv", "transcribed.csv"):
            shutil.copy(paths.processed() / name, home / name)
        panel = load_panel()
        panel = panel[panel["year"] >= SINCE].reset_index(drop=True)
        (home / "panel.csv").write_text(to_csv(panel), "utf-8")
        bench = cls(folder, load_panel(home / "panel.csv"))
        bench.sound = {
            "shipped": book_of(panel),
            "new": book_of(next_year(panel), "2024-25"),
            "series": series_of(panel, folder / "series"),
        }
        for kind, sound in bench.sound.items():
            built, said = bench.build(sound)
            bench.built[kind], bench.told[kind], bench.scored[kind] = built, said, scored_day(built)
        return bench

    def build(self, file: Book | pd.DataFrame | str) -> tuple[pd.DataFrame, str]:
        """Build a file into a copy of the tables; return the panel and what the build told."""
        with tempfile.TemporaryDirectory(dir=self.folder) as place:
            source, out = Path(place) / "source", Path(place) / "out"
            source.mkdir()
            shutil.copytree(self.folder / "tables", out)
            before = {path.name: path.read_bytes() for path in out.iterdir()}
            if isinstance(file, Book):
                save(file, source)
            else:
                save_series(file, source)
            try:
                report = build(source, out)
            except ResilienceError:
                assert {path.name: path.read_bytes() for path in out.iterdir() if path.name in before} == before
                raise
            return load_panel(out / "panel.csv"), "\n".join(report.remarks)

    def outcome(self, attack: Attack) -> Outcome:
        """Spoil a file, build it, and say what became of it."""
        spoilt = copy.deepcopy(self.sound[attack.kind])
        spoilt = attack.spoil(spoilt, self.panel) if attack.kind == "series" else _changed(attack, spoilt, self.panel)
        try:
            built, said = self.build(spoilt)
        except ResilienceError as error:
            text = str(error)
            assert "\n" not in text and text.endswith(".")
            return Outcome(ALARM if text.startswith("The figures read do not look like") else REFUSED, text)
        sound = self.built[attack.kind]
        moved = _moved(built, sound)
        before = self.scored[attack.kind]
        new = scored_day(built, before.scale).table["risk"]
        old = before.table["risk"].reindex(new.index)
        jumped = new.index[((new - old).abs() > 0.01).to_numpy() | (new.isna() != old.isna()).to_numpy()]
        names = built.drop_duplicates("ons_code").set_index("ons_code")["council"]
        every = sorted({*moved, *(str(names[code]) for code in jumped)})
        if not every:
            return Outcome(HARMLESS, said)
        unnamed = tuple(name for name in every if name not in said)
        return Outcome(SILENT if unnamed else NAMED, said, tuple(moved), unnamed)


def _changed(attack: Attack, book: Book | pd.DataFrame, panel: pd.DataFrame) -> Book | pd.DataFrame:
    attack.spoil(book, panel)
    return book


def _moved(built: pd.DataFrame, sound: pd.DataFrame) -> list[str]:
    """Return the councils with a figure, state or flag that the sound file did not give them."""
    keys = ["ons_code", "outturn_year"]
    a, b = built.set_index(keys).sort_index(), sound.set_index(keys).sort_index()
    names = sorted({name for name in (*a, *b) if str(name).startswith(("rs_", "ra_"))})
    left = a.reindex(columns=names).reindex(b.index).to_numpy(dtype=float)
    right = b.reindex(columns=names).to_numpy(dtype=float)
    differ = ~((np.abs(left - right) < 0.5) | (np.isnan(left) & np.isnan(right))).all(axis=1)
    differ |= (a["status"].reindex(b.index) != b["status"]).to_numpy()
    return sorted(set(b.loc[differ, "council"]))


def scored_day(panel: pd.DataFrame, scale: Scale | None = None) -> ScoredDay:
    """Score every council by the shipped model; on another day's scale a council moves by its own figures alone."""
    register = load_events().known_by(DAY)
    return score(artefact.load(), known_on(compute_indicators(panel), DAY), register, scale=scale, intervals=False)


def block(outcomes: dict[Attack, Outcome]) -> str:
    """Return the table of attacks and outcomes."""
    counts = pd.Series([one.kind for one in outcomes.values()]).value_counts()
    told = ", ".join(f"{count} {kind}" for kind, count in counts.items())
    rows = [(KINDS[one.kind], one.what, outcome.kind, _brief(outcome)) for one, outcome in outcomes.items()]
    return f"{len(outcomes)} files: {told}.\n\n" + table(("file", "spoilt", "outcome", "what is said"), rows)


def _brief(outcome: Outcome) -> str:
    text = outcome.said.replace("|", "/").replace("\n", " ")
    if outcome.kind == HARMLESS:
        return ""
    if outcome.kind == NAMED:
        return f"{len(outcome.moved)} of {len(outcome.moved)} councils by name"
    text = text.removeprefix("The figures read do not look like what they are labelled as: ").partition("; ")[0]
    return text if len(text) <= 150 else text[:149].rstrip() + "…"


def every(folder: Path) -> dict[Attack, Outcome]:
    """Try every attack."""
    bench = Bench.make(folder)
    return {attack: bench.outcome(attack) for attack in ATTACKS}


def main() -> None:
    """Write the block in docs/reliability.md."""
    with tempfile.TemporaryDirectory() as place:
        outcomes = every(Path(place))
    page = paths.home() / "docs" / "reliability.md"
    write_atomically(page, filled(page.read_text("utf-8"), {"tampered": block(outcomes)}))
    for attack, outcome in outcomes.items():
        if outcome.kind == SILENT:
            print(f"{attack.kind}: {attack.what}: {', '.join(outcome.unnamed[:5])}")


if __name__ == "__main__":
    main()
