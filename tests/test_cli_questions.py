"""The commands that ask a question of a day: peers, merge, place, national; their formats are the writers'."""

import pytest

from resilience.report.writers import forms


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["peers", "Nowhereville"], "not a known English principal council"),
        (["place", "Nowhereville"], "not a known English principal council"),
        (["merge"], "Name the councils to be merged"),
        (["merge", "Kent"], "at least two councils"),
        (["merge", "Kent", "Kent", "--name", "X"], "named twice"),
        (["merge", "Kent", "--proposal", "East Surrey"], "not both"),
        (["merge", "--proposal", "Hertfordshire"], "no make-up"),
        (["merge", "Kent", "Medway", "--name", "X", "--share", "Kent"], "is not a share"),
        (["national", "--as-of", "yesterday"], "is not a date"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(cli, arguments, words):
    cli(*arguments).sentence(words)


def test_the_list_of_proposals_is_printed(cli):
    assert "East Surrey Council" in cli("merge", "--proposal", "list").out


def test_a_merger_needs_no_name(cli):
    done = cli("merge", "Hart", "Rushmoor", "--as-of", "2025-02-01")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("Hart and Rushmoor: what it would inherit, as of 1 February 2025")


@pytest.mark.parametrize("command", ["peers", "place", "merge", "national", "backtest"])
def test_a_command_offers_what_the_table_of_writers_has(cli, command):
    subject = {"merge": "merger", "backtest": "record"}.get(command, command)
    assert "|".join(forms(subject)) in cli(command, "--help").out.replace("\n", "")
    refused = cli(command, "--format", "parchment")
    assert refused.code == 2 and "parchment" in refused.err
