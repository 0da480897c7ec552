"""Spoilt files that are well formed: each is refused, stops the build, or is told by name; none moves one unsaid."""

from __future__ import annotations

import json

import pytest

from resilience.errors import PublicationError
from resilience.tables.build import build
from resilience.tables.panel import load_panel
from tests.conftest import ROOT
from tests.tables.attacks import ATTACKS, Attack
from tests.tables.books import book_of, save, save_series
from tests.tables.tampering import ALARM, HARMLESS, NAMED, REFUSED, Bench, block

#: What must not be let in although every row of it may be told by name.
STOPS = (
    "amounts in £", "amounts in £ million", "one line in £", "figures shifted down by one row", "half the rows gone",
    "one class gone", "a core line blank", "a core line all zeros", "the year before's figures",
    "the sign of a whole line",
    "two years swapped", "figures of the year shipped under the new year's name",
    "formulas without stored results, everything", "a heading that contradicts its code",
    "E-codes of two councils swapped", "opening and closing reserves swapped",
)  # fmt: skip


@pytest.fixture(scope="module")
def bench(tmp_path_factory) -> Bench:
    """Return the tables and what the sound files make of them."""
    return Bench.make(tmp_path_factory.mktemp("bench"))


@pytest.fixture(scope="module")
def outcomes(bench):
    """Return what became of the files tried so far."""
    return {}


@pytest.mark.slow
@pytest.mark.parametrize("attack", ATTACKS, ids=[f"{one.kind}: {one.what}" for one in ATTACKS])
def test_no_figure_moves_in_silence(bench, outcomes, attack: Attack):
    outcome = outcomes[attack] = bench.outcome(attack)
    assert outcome.kind in (REFUSED, ALARM, NAMED, HARMLESS), outcome.unnamed[:10]
    if attack.what in STOPS:
        assert outcome.kind in (REFUSED, ALARM), outcome.moved[:10]


@pytest.mark.slow
def test_the_page_tells_what_became_of_each(outcomes):
    if len(outcomes) < len(ATTACKS):
        pytest.skip("not every attack was tried in this process")
    assert block(outcomes) in (ROOT / "docs" / "reliability.md").read_text("utf-8"), (
        "stale: run python -m tests.tables.tampering"
    )


@pytest.mark.slow
def test_sound_files_raise_no_alarm_and_change_nothing(bench):
    for kind in ("shipped", "series"):
        assert not bench.told[kind]
        before = bench.panel.set_index(["ons_code", "year"])
        built = bench.built[kind].set_index(["ons_code", "year"])
        # Openings want the year before the first that is there, jumps two.
        later = before.index.get_level_values("year") > bench.panel["year"].min()
        assert (built.loc[before.index, "status"] == before["status"]).all()
        stated = "not_certified|duplicated_row"
        for frame in (before, built):
            frame["stated"] = frame["flags"].str.findall(stated).map(sorted)
        assert (built.loc[before.index, "stated"] == before["stated"])[later].all()
    assert bench.panel["flags"].str.contains("not_certified").sum() > 50


@pytest.fixture
def place(tmp_path, panel):
    """Return folders for a source and for tables, with the shipped tables of the last years in it."""
    from tests.published import make_home

    (tmp_path / "source").mkdir()
    home = make_home(tmp_path / "home", since=2022)
    return tmp_path / "source", home / "data" / "processed"


def test_an_alarm_stops_with_one_sentence_unless_accepted_and_the_reason_is_kept(place, panel, cli):
    source, out = place
    book = book_of(panel)
    book.map_all(lambda value: value * 1000)
    save(book, source)
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    cli("build", "--source", source, "-o", out).sentence("2023-24", "as if in £", "--accept", "nothing was written")
    assert {path.name: path.read_bytes() for path in out.iterdir() if path.name in before} == before
    cli("build", "--source", source, "-o", out, "--accept", "  ").sentence("--accept")
    done = cli("build", "--source", source, "-o", out, "--accept", "to see what comes of it")
    assert done.code == 0 and "Accepted: 2023-24: " in done.out and "Leeds" in done.out
    kept = json.loads((out / "provenance.json").read_text("utf-8"))["accepted"]
    assert [(one["reason"], one["outturn_years"]) for one in kept] == [("to see what comes of it", ["2023-24"])]
    assert kept[0]["alarms"] and all(text.startswith("2023-24: ") for text in kept[0]["alarms"])


def test_all_alarms_come_in_one_sentence(place, panel):
    source, out = place
    book = book_of(panel)
    for name in ("rs_resunall_end_cy", "rs_netrevexp_net_exp"):
        book.map(name, lambda value: 0.0)
    save(book, source)
    with pytest.raises(PublicationError, match=r"Net revenue expenditure.*; .*Unallocated reserves at 31 March"):
        build(source, out)


def test_what_was_not_read_is_never_not_returned(place, panel):
    source, out = place
    book = book_of(panel)
    book.council("Leeds")[0] = "E47O4"
    book.council("Manchester")[3] = "SD"
    book.rows = [row for row in book.rows if row[2] != "Kent"]
    save(book, source)
    said = "\n".join(build(source, out).remarks)
    rows = load_panel(out / "panel.csv").query("outturn_year == '2023-24'").set_index("council")
    for name in ("Leeds", "Manchester", "Kent"):
        assert name in said
        assert rows.loc[name, "status"] == "not read" and "not_read=" in rows.loc[name, "flags"]
    # "[x]" in the workbook, which is no return; its figures are those transcribed of the return that came later
    assert rows.loc["Birmingham", "source_kind"] == "transcribed" and "not_read" not in rows.loc["Birmingham", "flags"]


def test_certification_survives_the_multi_year_file(place, panel):
    from resilience.publications.outturn.timeseries import write_timeseries

    source, out = place
    write_timeseries(panel[panel["outturn_year"] == "2023-24"], source / "RO.csv")
    text = (source / "RO.csv").read_text("utf-8")
    (source / "RO.csv").unlink()
    save_series(text, source)
    build(source, out)
    built = load_panel(out / "panel.csv")
    for flag in ("not_certified", "duplicated_row"):
        was, now = (
            set(frame.loc[(frame["outturn_year"] == "2023-24") & frame["flags"].str.contains(flag), "council"])
            for frame in (panel, built)
        )
        assert was == now and (was or flag == "duplicated_row")
