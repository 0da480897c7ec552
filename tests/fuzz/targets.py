"""What is put to the test: each reader with inputs made for it, and what must hold whatever comes in."""

from __future__ import annotations

import csv
import io
import json
import math
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from resilience.analysis.own_figures.read import read_table
from resilience.councils import load_councils, resolve
from resilience.errors import ResilienceError
from resilience.files import sha256
from resilience.paths import raw
from resilience.publications.fetch import pages
from resilience.publications.fetch.manifest import Entry, intact, plain, read_manifest, safe_name, write_manifest
from resilience.publications.lines import Line, load_lines, normalise, section_of
from resilience.publications.outturn.fetched import fetched_readings
from resilience.publications.outturn.sheets import amounts
from resilience.publications.outturn.timeseries import read_timeseries
from resilience.publications.outturn.workbook import read_workbook
from resilience.tables.events import EVENT_TYPES, load_events
from resilience.tables.panel import wide
from resilience.tables.revisions import COLUMNS, load_vintages
from resilience.tables.shipped import without_unknown_councils
from tests.fuzz import shapes

READ = "read"


@dataclass(frozen=True)
class Target:
    """One thing under test.

    Attributes
    ----------
    name : str
    what : str
        What is changed, in words.
    strategy : SearchStrategy
        Makes the inputs.
    trial : callable
        Given an input and a folder of its own; raises ResilienceError where the input is refused.
    inputs : int
        How many of 10,000.
    file : str
        The name that a refusal must mention ("" where no file is read).
    """

    name: str
    what: str
    strategy: st.SearchStrategy
    trial: Callable[[Any, Path], None]
    inputs: int
    file: str = ""


def outcome(target: Target, value: Any, folder: Path) -> tuple[str, str]:
    """Try one input; return "read", or what refused it, and the sentence.

    Anything but a `ResilienceError` of one line that names the file goes through as a failure of the suite.
    """
    try:
        target.trial(value, folder)
    except ResilienceError as error:
        # A council's own figures: every fault at once, a sentence each.
        for sentence in (told := getattr(error, "sentences", (str(error),))):
            assert sentence and "\n" not in sentence and "\r" not in sentence, sentence
            assert "Traceback" not in sentence
            assert not target.file or target.file in sentence, sentence
        trace = error.__traceback__
        while trace and trace.tb_next:
            trace = trace.tb_next
        code = trace.tb_frame.f_code if trace else None
        return f"{Path(code.co_filename).stem}.{code.co_name}" if code else "?", told[0]
    return READ, ""


def workbook(data: bytes, folder: Path) -> dict[str, float]:
    """Read a workbook; return its figures by cell, having made the panel's columns of them."""
    path = folder / "RS_2023-24.xlsx"
    path.write_bytes(data)
    lines = read_workbook(path).lines
    principal = lines[lines["class"] != "O"]
    if len(principal) and all(_known(code) for code in principal["ecode"].astype(str).unique()):
        wide(lines)
    return dict(zip(lines["cell"], lines["amount"], strict=True))


def _known(code: str) -> bool:
    try:
        return bool(resolve(code))
    except ResilienceError:
        return False


def cells(changes: list, folder: Path) -> None:
    """Check that each figure read is the number in its cell, and no other."""
    rows = shapes.changed(shapes.grid(), changes)
    found = workbook(shapes.xlsx({"RS_LA_Data": rows}), folder)
    for address, amount in found.items():
        sheet, _, cell = address.rpartition("!")
        column = next(at for at in range(40) if cell.startswith(shapes_letters(at)) and cell[1:].isdigit())
        value = rows[int(cell[1:]) - 1][column] if column < len(rows[int(cell[1:]) - 1]) else None
        expected = amounts([value])[0][0]
        assert sheet == "RS_LA_Data"
        assert (math.isnan(amount) and math.isnan(expected)) or math.isclose(amount, expected, rel_tol=1e-12), address


def shapes_letters(index: int) -> str:
    """Return the letter of one of the first 26 columns."""
    return chr(65 + index) if index < 26 else "?"


def sheets(operations: list, folder: Path) -> None:
    """Check that moved, doubled and dropped rows and columns bring no figure that was not there."""
    there = {float(cell) for row in shapes.grid() for cell in row if isinstance(cell, int)}
    found = workbook(shapes.xlsx(shapes.sheets_of(shapes.grid(), operations)), folder)
    assert {amount for amount in found.values() if not math.isnan(amount)} <= there


@lru_cache(maxsize=1)
def sound() -> bytes:
    """Return the sound workbook."""
    return shapes.xlsx({"RS_LA_Data": shapes.grid()})


def parts(value: tuple, folder: Path) -> None:
    """Check an archive whose parts were altered and packed again."""
    workbook(shapes.repacked(sound(), *value), folder)


def raw_bytes(value: tuple, folder: Path) -> None:
    """Check that a workbook with bytes altered is refused or still says the very same."""
    (folder / "sound").mkdir(exist_ok=True)
    assert workbook(shapes.patched(sound(), *value), folder) == workbook(sound(), folder / "sound")


def fetched(value: tuple, folder: Path) -> None:
    """Check that of two files fetched the damaged one gives nothing and the sound one all it has."""
    shutil.rmtree(folder, ignore_errors=True)
    entries = []
    for day, data in (("2024-12-12", sound()), ("2025-06-11", shapes.patched(sound(), *value))):
        path = folder / "2023-24" / day / "RS_2023-24.xlsx"
        path.parent.mkdir(parents=True)
        path.write_bytes(data)
        facts = dict.fromkeys((field.name for field in fields(Entry)), "")
        facts |= {"outturn_year": "2023-24", "form": "RS", "released": day, "size": len(data)}
        entries.append(Entry(**(facts | {"file": path.relative_to(folder).as_posix(), "sha256": sha256(path)})))
    write_manifest(folder, entries)
    remarks: list[str] = []
    readings = without_unknown_councils(fetched_readings(folder, remarks), remarks)
    for one in readings:
        numbers = one.lines["amount"].tolist()
        assert numbers == readings[0].lines["amount"].tolist()
    if len(readings) == 1:
        assert readings[0].day == "2024-12-12"
        assert sum("is left out" in text for text in remarks) == 1


def dictionary(value: tuple, folder: Path) -> None:
    """Check that any text stands for one line or none, and for the same one however it is spaced."""
    text, year, section, form = value
    lines = load_lines()
    found = lines.of_wording(text, year, section_of(text, section), form)
    assert found is None or isinstance(found, Line)
    assert found is None or found.form == form
    coded = lines.of_code(text, form)
    assert coded is None or isinstance(coded, Line)
    assert lines.of_wording("  " + text.upper() + " ", year, section, form) in (
        None,
        lines.of_wording(text, year, section, form),
    ) or normalise(text.upper()) != normalise(text)
    lines.is_ignored(text)


@lru_cache(maxsize=1)
def _codes() -> frozenset[str]:
    return frozenset(load_councils()["ons_code"])


def names(text: str, folder: Path) -> None:
    """Check that a text is a council of the register or none."""
    assert resolve(text) in _codes()


def own_csv(changes: list, folder: Path) -> None:
    """Check a council's own figures as CSV."""
    path = folder / "own.csv"
    path.write_text(shapes.as_csv(shapes.changed([list(row) for row in shapes.OWN], changes)), "utf-8")
    _own(path)


def own_xlsx(changes: list, folder: Path) -> None:
    """Check a council's own figures as a workbook."""
    path = folder / "own.xlsx"
    path.write_bytes(shapes.xlsx({"Figures": shapes.changed([list(row) for row in shapes.OWN], changes)}))
    _own(path)


def _own(path: Path) -> None:
    table = read_table(path, "E09000008")
    assert all(math.isfinite(one.amount) for one in table.cells.values())


@lru_cache(maxsize=1)
def _register() -> tuple[str, ...]:
    return tuple((raw() / "events.csv").read_text("utf-8").splitlines(keepends=True)[:25])


def events(value: tuple, folder: Path) -> None:
    """Check a register with bytes altered or cells replaced."""
    patches, keep = value
    path = folder / "events.csv"
    path.write_bytes(shapes.patched("".join(_register()).encode(), patches, keep))
    load_events(path)


def event_cells(changes: list, folder: Path) -> None:
    """Check a register with cells replaced: every row read has a council, a kind and a day or none."""
    rows = shapes.changed(list(csv.reader(io.StringIO("".join(_register())))), changes)
    path = folder / "events.csv"
    path.write_text(shapes.as_csv(rows), "utf-8")
    read = load_events(path).rows
    assert read["event_type"].isin(EVENT_TYPES).all() and read["known"].dtype.kind == "M"


def series_cells(changes: list, folder: Path) -> None:
    """Check that each figure of a multi-year file is the number in its cell."""
    rows = shapes.changed(shapes.series(), changes)
    path = folder / "RO_series.csv"
    path.write_text(shapes.as_csv(rows), "utf-8")
    lines = read_timeseries(path).lines
    for code, line, year, amount in zip(
        lines["ecode"], lines["line"], lines["outturn_year"], lines["amount"], strict=True
    ):
        header = [str(cell).strip() for cell in rows[0]]
        column = next(at for at, name in enumerate(header) if load_lines().of_code(name) is load_lines().by_name[line])
        at = [row for row in rows if len(row) > 2 and str(row[header.index("LA_LGF_code")]).strip() == code]
        years = [row for row in at if str(row[header.index("year_ending")])[:4] == str(int(year[:4]) + 1)]
        expected = amounts([str(years[0][column])])[0][0] if years and years[0][column] is not None else math.nan
        assert (math.isnan(amount) and math.isnan(expected)) or math.isclose(amount, expected, rel_tol=1e-9)


def series_bytes(value: tuple, folder: Path) -> None:
    """Check a multi-year file with bytes altered."""
    path = folder / "RO_series.csv"
    path.write_bytes(shapes.patched(shapes.as_csv(shapes.series()).encode(), *value))
    read_timeseries(path)


def manifest(value: Any, folder: Path) -> None:
    """Check that a manifest never leads out of its folder."""
    path = folder / "manifest.json"
    if isinstance(value, tuple):
        facts = asdict(Entry("2023-24", "RS", "p", "t", "a", "2023-24/2024-12-12/RS.xlsx", 1, "x", "2024-12-12"))
        value = {"files": [facts | value[0]]}
    path.write_text(json.dumps(value), "utf-8")
    for entry in read_manifest(folder):
        assert (folder / entry.file).resolve().is_relative_to(folder.resolve())
        intact(folder, entry)


def page(value: Any, folder: Path) -> None:
    """Check whatever the content API may answer."""
    answer = value if isinstance(value, dict) else {"details": value, "links": value}
    found = pages.attachments(answer)
    for form in ("RS", "RSX", "RA", "RO"):
        chosen = pages.choose(found, form, "2023-24")
        assert chosen is None or chosen in found
        if chosen is not None:
            name = safe_name(chosen.url)
            assert Path(name).name == name and not name.startswith(".")
    assert all(day == "" or len(day) == 10 for day in pages.released(answer))
    pages.pages_in_collection(answer)
    assert "\n" not in plain(value)


def past(value: tuple, folder: Path) -> None:
    """Check a table of vintages with bytes altered."""
    rows = [list(COLUMNS), ["E09000008", 2024, "rs_netrevexp_net_exp", 12, "", "2025-06-11", "RS_2023-24.xlsx"]]
    path = folder / "vintages.csv"
    path.write_bytes(shapes.patched(shapes.as_csv(rows).encode(), *value))
    load_vintages(path)


_DETAILS = st.fixed_dictionaries(
    {
        "details": st.fixed_dictionaries(
            {
                "attachments": st.lists(
                    st.fixed_dictionaries({"url": shapes.JSON, "title": shapes.JSON, "file_size": shapes.JSON}),
                    max_size=3,
                ),
                "change_history": shapes.JSON,
            }
        ),
        "links": st.fixed_dictionaries({"documents": st.lists(st.fixed_dictionaries({"base_path": shapes.JSON}))}),
        "public_updated_at": shapes.JSON,
    }
)
_CUT = st.one_of(st.just(1.0), st.floats(0, 1))
_BYTES = st.tuples(shapes.BYTES, _CUT)
_PARTS = st.tuples(
    st.integers(0, 15), shapes.BYTES, st.sampled_from(["alter", "drop", "empty", "entity", "escape", "far cell"])
)
_HEADINGS = [word.text for line in load_lines().all for word in line.wordings]
_WORDS = st.one_of(st.text(max_size=40), st.sampled_from(_HEADINGS), st.sampled_from(list(shapes.CODES)))
_DICTIONARY = st.tuples(
    _WORDS,
    st.integers(2008, 2035).map(lambda year: f"{year - 1}-{year % 100:02d}"),
    st.one_of(st.just(""), _WORDS),
    st.sampled_from(["RS", "RA"]),
)
_NAMES = st.one_of(
    st.text(max_size=30),
    st.sampled_from(sorted(load_councils()["council"])).flatmap(
        lambda name: st.lists(st.tuples(st.floats(0, 1), st.text(min_size=1, max_size=2)), max_size=2).map(
            lambda edits: _edited(name, edits)
        )
    ),
)
_ENTRY = st.tuples(
    st.dictionaries(
        st.sampled_from([field.name for field in fields(Entry)]),
        st.one_of(
            shapes.JSON,
            st.text(max_size=12),
            st.sampled_from(["2023-24/2024-12-12/RS.xlsx", "../RS.xlsx", "2023-24/../RS.xlsx", "2024-12-12", "", "RO"]),
        ),
        min_size=1,
        max_size=2,
    )
)


def _edited(name: str, edits: list[tuple[float, str]]) -> str:
    for at, piece in edits:
        place = int(at * len(name))
        name = name[:place] + piece + name[place + 1 :]
    return name


TARGETS = (
    Target("workbook, cells", "cells replaced", shapes.CHANGES, cells, 1700, "RS_2023-24.xlsx"),
    Target("workbook, sheets", "rows, columns, sheets moved", shapes.OPERATIONS, sheets, 900, "RS_2023-24.xlsx"),
    Target("workbook, archive", "parts altered, packed again", _PARTS, parts, 900, "RS_2023-24.xlsx"),
    Target("workbook, bytes", "bytes overwritten, file cut", _BYTES, raw_bytes, 900, "RS_2023-24.xlsx"),
    Target("releases fetched", "one of two files damaged", _BYTES, fetched, 300),
    Target("line dictionary", "headings, codes, years", _DICTIONARY, dictionary, 1100),
    Target("councils' names", "names, edited names, any text", _NAMES, names, 1000),
    Target("own figures, CSV", "cells replaced", shapes.CHANGES, own_csv, 500, "own.csv"),
    Target("own figures, workbook", "cells replaced", shapes.CHANGES, own_xlsx, 400, "own.xlsx"),
    Target("event register, bytes", "bytes overwritten, file cut", _BYTES, events, 500, "events.csv"),
    Target("event register, cells", "cells replaced", shapes.CHANGES, event_cells, 500, "events.csv"),
    Target("multi-year CSV, cells", "cells replaced", shapes.CHANGES, series_cells, 600, "RO_series.csv"),
    Target("multi-year CSV, bytes", "bytes overwritten, file cut", _BYTES, series_bytes, 500, "RO_series.csv"),
    Target("manifest", "any JSON; entries altered", st.one_of(shapes.JSON, _ENTRY), manifest, 400, "manifest.json"),
    Target("GOV.UK's answers", "any JSON in a page's shape", st.one_of(shapes.JSON, _DETAILS), page, 500),
    Target("vintages", "bytes overwritten, file cut", _BYTES, past, 200, "vintages.csv"),
)
