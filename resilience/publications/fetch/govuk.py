"""Finds the publications on GOV.UK and brings them: ``resilience fetch``.

Where a file stands is always read from its page through the content API, for asset addresses change with
each release. Every release is kept in a folder of its own, ``<year>/<release date>/``; none is overwritten.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resilience import paths
from resilience.errors import PublicationError
from resilience.files import sha256
from resilience.publications import guard, releases
from resilience.publications.fetch.download import Client
from resilience.publications.fetch.download_rules import DiskFullError, NotThereError, UnreachableError
from resilience.publications.fetch.manifest import (
    Entry,
    folder_lock,
    intact,
    plain,
    read_manifest,
    safe_name,
    write_manifest,
)
from resilience.publications.fetch.pages import Attachment, attachments, choose, pages_in_collection, released
from resilience.years import outturn_year_of, year_of

if TYPE_CHECKING:
    from rich.progress import Progress
    from rich.table import Table

MULTI_YEAR = "multi-year"


@dataclass(frozen=True)
class Row:
    """What became of one publication: `status` is "new", "changed", "unchanged" or "missing"."""

    outturn_year: str
    form: str
    status: str
    detail: str
    file: str = ""
    released: str = ""


@dataclass
class FetchReport:
    """What was brought and what could not be had.

    Attributes
    ----------
    into : Path
        The folder.
    rows : list of Row
        One a publication asked for.
    notes : list of str
        What else happened, e.g. that the collection could not be read.
    """

    into: Path
    rows: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def having(self, *statuses: str) -> list[Row]:
        """Return the rows with one of the given statuses."""
        return [row for row in self.rows if row.status in statuses]

    @property
    def exit_code(self) -> int:
        """0 if anything could be had, 2 if nothing."""
        return 0 if self.having("new", "changed", "unchanged") else 2

    @property
    def sentence(self) -> str:
        """The outcome in one sentence."""
        if self.exit_code:
            why = self.rows[0].detail if self.rows else "No publication was asked for."
            return f"Nothing could be had; what was in {self.into} is kept. {why}"
        parts = [
            f"{len(self.having(status))} {word}"
            for status, word in (("new", "new"), ("changed", "changed"), ("unchanged", "as before"))
            if self.having(status)
        ]
        missing = self.having("missing")
        return f"{', '.join(parts)}; {len(missing)} could not be downloaded." if missing else f"{', '.join(parts)}."

    def table(self) -> Table:
        """Return the rows as a table for the terminal; remote text in it is escaped."""
        from rich.markup import escape
        from rich.table import Table

        table = Table(title="Publications")
        for heading in ("Year", "Form", "Outcome", "Released", "What"):
            table.add_column(heading)
        for row in self.rows:
            what = f"{row.file} {row.detail}".strip()
            table.add_row(row.outturn_year, row.form, row.status, row.released, escape(what))
        return table


def fetch(
    years: Iterable[str] | None = None,
    *,
    base_url: str | None = None,
    into: Path | None = None,
    forms: Sequence[str] = ("RS", "RSX"),
    multi_year: bool = True,
    progress: bool | None = None,
    client: Client | None = None,
) -> FetchReport:
    """Bring the publications of the years asked for, and say what could not be had.

    Parameters
    ----------
    years : iterable of str, optional
        Financial years such as "2023-24"; all that are known or found in the collection by default.
    base_url : str, optional
        A mirror of GOV.UK to ask instead.
    into : Path, optional
        The folder of downloads, `data/raw` by default.
    forms : sequence of str
        Of "RS", "RSX" and "RA" (the budget).
    multi_year : bool
        Whether to bring the multi-year Revenue Outturn CSV too.
    progress : bool, optional
        Whether to show progress bars; only on a terminal by default.
    client : Client, optional
        Who asks; given by tests.

    Returns
    -------
    FetchReport
        What became of each publication. Whatever could be had is in the folder and in its manifest.

    Raises
    ------
    PublicationError
        If the folder is held by another run or cannot be written, or the disk is full.
    DataError
        If a year asked for is no financial year.
    """
    unknown = set(forms) - {"RS", "RSX", "RA"}
    if unknown:
        raise PublicationError(f"'{plain(sorted(unknown)[0])}' is not a form that is fetched; name RS, RSX or RA.")
    wanted = None if years is None else [outturn_year_of(year_of(year)) for year in years]
    client = client or Client(base_url)
    folder = into or paths.raw()
    with folder_lock(folder), _bars(progress) as bars:
        run = _Run(client, folder, FetchReport(folder), bars)
        run.everything(wanted, forms, multi_year)
    return run.report


def _bars(progress: bool | None) -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    shown = console.is_terminal if progress is None else progress
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, transient=True, disable=not shown)


@dataclass
class _Run:
    """One run of `fetch`."""

    client: Client
    into: Path
    report: FetchReport
    bars: Progress
    gone: str = ""
    seen: dict[str, tuple[str, dict[str, Any]] | PublicationError] = field(default_factory=dict)

    def everything(self, wanted: list[str] | None, forms: Sequence[str], multi_year: bool) -> None:
        """Go through the years, then the multi-year CSV."""
        self.entries = read_manifest(self.into)
        listed: dict[tuple[str, str], list[str]] = {}
        try:
            listed = pages_in_collection(self._page(releases.collection_page())[1])
        except PublicationError as error:
            self.report.notes.append(f"The collection could not be read for new years. {error}")
        known = releases.load_releases()
        found = {year for kind, year in listed if kind == "outturn"}
        for year in sorted(set(known) | found, key=year_of) if wanted is None else wanted:
            release = known.get(year)
            for form in forms:
                kind = "budget" if form == "RA" else "outturn"
                stated = (release.budget_pages if form == "RA" else release.pages) if release else ()
                self._publication(year, form, [*dict.fromkeys([*stated, *listed.get((kind, year), [])])])
        if multi_year:
            self._publication(MULTI_YEAR, "RO", [releases.multi_year_page()])

    def _page(self, page: str) -> tuple[str, dict[str, Any]]:
        """Return a page, asked for once a run."""
        if self.gone:
            raise PublicationError(self.gone)
        if page not in self.seen:
            try:
                self.seen[page] = self.client.content(page)
            except UnreachableError as error:
                self.gone = str(error)
                raise
            except PublicationError as error:
                self.seen[page] = error
        answer = self.seen[page]
        if isinstance(answer, PublicationError):
            raise answer
        return answer

    def _publication(self, year: str, form: str, pages: Sequence[str]) -> None:
        """Bring one publication from the first page that has it, or note why it could not be had."""
        absent: list[str] = []
        reasons: list[str] = [] if pages else ["No page of it is known yet."]
        for candidate in pages:
            try:
                page, data = self._page(candidate)
                offered = attachments(data)
                chosen = choose(offered, form, year)
                if chosen:
                    self.report.rows.append(self._file(year, form, page, data, chosen))
                    return
                titles = "; ".join(plain(a.title, 60) for a in offered[:4]) or "no file at all"
                reasons.append(f"The page offers no {form} ({titles}).")
            except DiskFullError:
                raise
            except NotThereError as error:
                absent.append(str(error))
            except PublicationError as error:
                reasons.append(str(error))
        self.report.rows.append(Row(year, form, "missing", (reasons or absent)[0]))

    def _file(self, year: str, form: str, page: str, data: dict[str, Any], chosen: Attachment) -> Row:
        """Bring one file, look at it, and put it beside what is there."""
        name = safe_name(chosen.url)
        before = [e for e in self.entries if (e.outturn_year, e.form) == (year, form)]
        last = next((e for e in reversed(before) if e.asset == chosen.url), None)
        sound = last is not None and intact(self.into, last)
        part = self.into / ".partial" / (hashlib.sha256(chosen.url.encode()).hexdigest()[:24] + Path(name).suffix)
        if part.parent.is_symlink():
            raise PublicationError(f"{part.parent} is a link to another folder; remove it and run it again.")
        task = self.bars.add_task(f"{year} {form}", total=chosen.size)
        tell: Callable[[int, int | None], None] = lambda done, total: self.bars.update(  # noqa: E731
            task, completed=done, total=total
        )
        try:
            got = self.client.download(
                chosen.url,
                part,
                stated=chosen.size,
                etag=last.etag if last and sound else "",
                last_modified=last.last_modified if last and sound else "",
                tell=tell,
            )
        finally:
            self.bars.remove_task(task)
        day, first = released(data)
        if last and sound and (got.path is None or got.sha256 == last.sha256):
            part.unlink(missing_ok=True)
            return Row(year, form, "unchanged", "", last.file, last.released)
        if got.path is None:  # only asked with a sound file at hand
            raise PublicationError("The server says that nothing changed, though no file is held.")
        try:
            guard.check_csv(part, guard.MAX_CELLS) if part.suffix == ".csv" else guard.check_workbook(part)
        except PublicationError as error:
            part.unlink(missing_ok=True)
            raise PublicationError(str(error).replace(part.name, name)) from error
        same = next((e for e in before if e.sha256 == got.sha256 and intact(self.into, e)), None)
        if same:
            part.unlink()
            return Row(year, form, "unchanged", "The same file under a new address.", same.file, same.released)
        note = ""
        if last:
            note = (
                "The file changed under the same address; both are kept."
                if sound
                else "The file held was altered or is gone; this is a fresh copy."
            )
        target = self._place(year, day or datetime.now(UTC).date().isoformat(), name, got.sha256)
        part.replace(target)
        file = target.relative_to(self.into).as_posix()
        entry = Entry(
            outturn_year=year,
            form=form,
            page=page,
            title=chosen.title,
            asset=chosen.url,
            file=file,
            size=got.size,
            sha256=got.sha256,
            downloaded=datetime.now(UTC).isoformat(timespec="seconds"),
            released=day,
            first_published=first,
            etag=got.etag,
            last_modified=got.last_modified,
            note=note,
        )
        self.entries.append(entry)
        write_manifest(self.into, self.entries)
        return Row(year, form, "changed" if before else "new", note, file, day)

    def _place(self, year: str, day: str, name: str, checksum: str) -> Path:
        """Return where a release goes: a folder of its own, and never on top of another file."""
        for number in range(1, 1000):
            folder = self.into / year / (day if number == 1 else f"{day}.{number}")
            if not (folder / name).exists() or sha256(folder / name) == checksum:
                folder.mkdir(parents=True, exist_ok=True)
                return folder / name
        raise PublicationError(f"{self.into / year} holds a thousand files of {day}; tidy it up.")
