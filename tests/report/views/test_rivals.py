"""The page of other people's rules: every rule whole, and figures that are those of the back test's room."""

from datetime import date

import pytest

from resilience.backtest.alarms import flagged_on
from resilience.backtest.rivals import rivals
from resilience.report.views.rivals import view
from resilience.report.wording.rivals import bounds_of, figure_of
from resilience.report.writers import write

TODAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def shown(indicators, events):
    return view(indicators, events, TODAY)


def test_every_rule_and_every_difference_stands_in_the_page(shown):
    text = write("rivals", "markdown", shown)
    for one in rivals():
        if not one.upper_first:
            for said in (one.label, f"`{one.name}`", one.source, one.url, one.rule, one.note, *one.differences):
                assert said in text
    assert "{" not in text


def test_flags_are_the_counts(shown, indicators):
    table = shown["flags"]
    assert table["columns"] == ["rule", "2021", "2022", "2023", "2024", "2025", "2026", "22 November 2026", "of"]
    today = flagged_on(indicators, [TODAY])[TODAY]
    assert {row[0].strip("`"): int(row[-2]) for row in table["rows"]} == today.to_dict()
    of = {row[0].strip("`"): int(row[-1]) for row in table["rows"]}
    assert of["nao_runway"] < of["cipfa_flags"] == of["unallocated_under_5"]


def test_what_followed_is_within_what_was_flagged(shown):
    for row in shown["kept"]["rows"]:
        assert 0 <= int(row[-1]) <= 100
    assert "4 Januaries, 2021 to 2024" in shown["kept"]["words"]


def test_the_statements_say_yes_or_no_for_both_rules(shown):
    rows = shown["nao"]["rows"]
    assert all(row[2].endswith("yes") and row[3].endswith("no") for row in rows)
    assert f"With one year, {len(rows)} of {len(rows)} agree; with three, 0." in shown["nao"]["words"]


@pytest.mark.parametrize(
    ("low", "high", "unit", "text"),
    [
        (15, 17, "councils", "15–17"),
        (0.095, 0.11, "share", "9.5–11.0%"),
        (0.1055, 0.1065, "share", "10.55–10.65%"),
    ],
)
def test_bounds_keep_the_digits_they_need(low, high, unit, text):
    assert bounds_of(low, high, unit) == text


def test_a_figure_is_written_in_its_unit():
    assert (figure_of(16 / 151, "share"), figure_of(16.0, "councils")) == ("10.6%", "16")
