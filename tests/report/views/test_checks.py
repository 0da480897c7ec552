"""``resilience data check``: what was found by year and council, and what a revision changed."""

from __future__ import annotations

import pandas as pd
import pytest

from resilience.errors import ResilienceError
from resilience.report.views.checks import view
from resilience.report.writers import write
from resilience.tables import checks
from resilience.tables.panel import to_csv


def text(**given):
    return write("checks", "text", view(**given))


def test_counts_by_check_and_year(panel):
    shown = text()
    found = checks.findings(panel)
    for check, group in found.groupby("check"):
        line = next(line for line in shown.splitlines() if (check in line and "·" in line) or f" {check} " in line)
        numbers = [int(cell) for cell in line.replace("│", " ").split() if cell.isdigit()]
        assert sum(numbers) == len(group), check
    for check in found["check"].unique():
        assert checks.MEANING[check][:40] in shown


def test_each_finding_of_a_council_and_a_year():
    shown = text(year="2022-23", council="Birmingham")
    # Its return is not in the workbook; its lines came with a later data set.
    assert "earmarked_unadjusted" in shown and "transcribed" in shown
    assert "not_returned" not in [row["check"] for row in view(year="2022-23", council="Birmingham")["findings"]]
    # Neither the workbook nor the later data set has a return of this one.
    none = view(year="2022-23", council="North West Leicestershire")["findings"]
    assert [row["check"] for row in none] == ["not_returned"]
    assert "Leeds" not in shown
    assert "Each finding" in shown
    assert "2022-23" in shown
    assert "2021-22" not in shown


def test_any_name_of_a_council_will_do():
    assert text(council="LB Croydon") == text(council="E09000008")


@pytest.mark.parametrize(
    ("given", "words"),
    [({"year": "2022"}, "'2022' is not a financial year"), ({"council": "Atlantis"}, "Atlantis")],
)
def test_what_is_unknown_is_one_sentence(given, words):
    with pytest.raises(ResilienceError, match=words) as caught:
        view(**given)
    assert "\n" not in str(caught.value)


def test_the_command_compares_with_a_file(cli, panel, tmp_path):
    other = panel.copy()
    second = (other["council"] == "Leeds") & (other["outturn_year"] == "2025-26")
    other.loc[second, "rs_netrevexp_net_exp"] *= 3
    path = tmp_path / "panel.csv"
    path.write_text(to_csv(other), "utf-8")
    done = cli("data", "check", "--compare", path)
    assert (done.code, done.err) == (0, "")
    assert "1 figures differ" in done.out or "1 figure differs" in done.out
    assert "Leeds" in done.out
    assert "councils' chances move" in done.out


def test_the_command(cli):
    done = cli("data", "check", "--year", "2021-22", "--council", "Thurrock")
    assert done.code == 0
    assert "partial_return" in done.out
    cli("data", "check", "--council", "Atlantis").sentence("Atlantis")
    cli("data", "check", "--compare", "nowhere.csv").sentence("nowhere.csv does not exist")


def test_findings_have_no_amount_where_there_is_none(panel):
    found = checks.findings(panel)
    assert found.loc[found["check"] == "not_returned", "value"].isna().all()
    assert pd.api.types.is_float_dtype(found["value"])
