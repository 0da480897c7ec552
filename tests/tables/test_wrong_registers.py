"""Registers that are well formed and wrong: none changes a score in silence."""

from __future__ import annotations

import pytest

from resilience import paths
from resilience.errors import DataError
from resilience.tables.events import load_events
from tests import wrong_registers
from tests.wrong_registers import ATTACKS, put, tried

REFUSED = [attack for attack in ATTACKS if attack.outcome == "refused"]


@pytest.mark.parametrize("attack", ATTACKS, ids=[attack.name for attack in ATTACKS])
def test_a_wrong_register_is_refused_or_told_or_harmless(attack, tmp_path):
    outcome, said = tried(attack, tmp_path)
    assert outcome == attack.outcome, said
    assert attack.said in said
    assert "\n" not in said
    if outcome == "refused":
        assert "wrong." in said and said.endswith(".")


def test_they_are_many_and_each_another():
    assert len(ATTACKS) >= 60 and len({attack.name for attack in ATTACKS}) == len(ATTACKS)
    assert len(REFUSED) >= 45


@pytest.mark.parametrize("attack", REFUSED[::9], ids=[attack.name for attack in REFUSED[::9]])
@pytest.mark.parametrize("command", [["screen"], ["assess", "Kent"], ["backtest"], ["data", "check"]], ids=" ".join)
def test_the_command_line_says_the_same_sentence_as_python(cli, attack, command, tmp_path):
    path = put(attack, tmp_path)
    with pytest.raises(DataError) as caught:
        load_events(path)
    cli(*command, "--events", path).sentence(str(caught.value))


def test_what_is_reported_is_told_at_the_terminal_and_by_data_check(cli, tmp_path, caplog):
    attack = next(one for one in ATTACKS if one.name == "an event twice from two sources")
    path = put(attack, tmp_path)
    register = load_events(path)
    assert [record.message for record in caplog.records] == list(register.remarks)
    done = cli("data", "check", "--events", path)
    assert done.code == 0
    flat = " ".join(done.out.split())
    assert "Register of events: 305 rows, to 31 October 2026; every row keeps to its format." in flat
    assert "rows 21 and 306: the same council, type, subtype, date, financial year and amount" in flat
    assert "lacks 0 of the 304 rows of the shipped register, has 1 of its own" in flat


def test_the_shipped_register_gives_no_cause_for_remarks_and_data_check_notes_how_exact_it_is(cli, caplog):
    register = load_events()
    assert not register.remarks and not caplog.records
    assert len(register.notes) == 1
    assert "14 rows of support dated by the date of a round" in " ".join(cli("data", "check").out.split())


@pytest.mark.skipif(not (paths.home() / "docs").is_dir(), reason="the documents are not shipped with the package")
def test_the_table_in_the_documents_is_what_the_suite_writes():
    page = (paths.home() / "docs" / "reliability.md").read_text("utf-8")
    assert wrong_registers.block() in page, "stale: run python -m tests.wrong_registers"
