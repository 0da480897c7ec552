"""Past mergers: the past is told as it was."""

import math
from datetime import date
from pathlib import Path

import pytest

from resilience import method
from resilience.analysis.mergers.past import errors, eve_of, past_error, successors
from resilience.analysis.mergers.proposed import PAST_ERROR
from resilience.model.risk_set import NOT_SCORABLE
from tests.analysis.mergers.data import one_run


@pytest.fixture(scope="module")
def run():
    return one_run()


def test_past_successors_are_all_there_and_the_error_used_is_theirs(run):
    table = errors(run)
    assert len(table) == 12 and {code for code, _, _ in successors()} == set(table.index)
    assert past_error(table) == pytest.approx(PAST_ERROR, abs=0.25)
    page = Path("docs/mergers.md").read_text("utf-8")
    first = run.events.onsets()
    for code, vested, _ in successors():
        name = run.table["council"].get(code) or "Somerset West and Taunton"
        row = next(line for line in page.splitlines() if line.startswith(f"| {name} |"))
        assert str(vested.year) in row
        assert ("none to the end of the register" in row) == (code not in first.index)


def test_the_eve_of_the_mergers_of_2023_saw_no_later_event():
    eve = method.run(date(2023, 1, 1))
    found = {code: eve_of(code, vested, members, eve) for code, vested, members in successors(2023)}
    assert found["E06000063"]["with_event"] == "Copeland"
    # Ryedale never returned its unallocated reserves: no sum can be made of North Yorkshire.
    assert eve.table.at["E07000167", "status"] == NOT_SCORABLE
    without = found.pop("E06000065")
    assert (without["figures"], without["band"]) == ("", "") and math.isnan(without["risk"])
    assert all(one["figures"] == "2021-22" and one["band"] in ("61–100", "below 100") for one in found.values())
    assert max(found, key=lambda code: found[code]["risk"]) == "E06000066"  # Somerset above the two of Cumbria
