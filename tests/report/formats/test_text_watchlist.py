"""The list in a terminal."""

from __future__ import annotations

import sys
from copy import deepcopy

import pytest

from resilience.model.risk_set import AT_RISK, NOT_SCORABLE
from resilience.report.formats.text.watchlist import text
from tests.report.site_data import one_view


def at_risk():
    return [row for row in one_view()["councils"] if row["status"] == AT_RISK]


@pytest.mark.parametrize("width", [80, 100, 160, 200])
def test_the_table_fits_its_terminal(width, monkeypatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: False, raising=False)
    said = text(one_view(), width=width)
    assert max(map(len, said.splitlines())) <= width
    assert "\x1b" not in said
    lines = said.splitlines()
    for row in at_risk()[:30]:
        found = [line for line in lines if line.split()[:1] == [str(row["rank"])] and row["council"][:12] in line]
        assert len(found) == 1, row["council"]
        assert f" {row['reserves_rank']} " in found[0] and row["band"] in found[0] and row["at_paces"] in found[0]
        assert ("both" in found[0]) is row["top_30_of_both"]
    for word in ("Event already", "no verdict on a council or its officers", "cannot see governance", "second-hand"):
        assert word in " ".join(said.split()), word
    assert "ranked lower (--all shows them)" in " ".join(said.split())


def test_colours_on_a_terminal_only(monkeypatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    for width in (100, 160):
        assert "\x1b" in text(one_view(), width=width)


def test_every_council_at_risk_where_asked_for():
    said = text({**one_view(), "terminal_rows": len(at_risk())}, width=160)
    numbered = [line for line in said.splitlines() if line.split()[:1] and line.split()[0].isdigit()]
    assert len(numbered) >= len(at_risk())
    assert "--all shows them" not in said


def test_those_that_cannot_be_scored_are_named():
    view = deepcopy(one_view())
    # Redditch's unallocated reserves are nil in every year since 2020-21, which its returns do not account for.
    redditch = "Redditch (no complete return in the last four years)"
    assert f"Cannot be scored (2): City of London (no council compares with it), {redditch}." in text(view, width=160)
    row = next(row for row in view["councils"] if row["council"] == "Hackney")
    row |= {"status": NOT_SCORABLE, "event_date": "", "not_scored_because": "no complete return in the last four years"}
    said = text(view, width=160)
    assert "Cannot be scored (3): " in said
    (named,) = [line for line in said.splitlines() if line.startswith("Cannot be scored")]
    assert "Hackney" in named and "Redditch" in named


def test_what_followed_and_the_claim_come_before_the_list():
    said = text(one_view(), width=80)
    top = " ".join(said[: said.index("Rank  Council")].split())
    assert top.index(one_view()["followed"]) < top.index(one_view()["claim"]) < top.index("Reserves: rank by")
    assert "chance" not in top.lower()


def test_without_paces_the_column_is_left_out():
    bare = {**one_view(), "paces": {}, "councils": [{**row, "at_paces": ""} for row in one_view()["councils"]]}
    said = text(bare, width=80)
    assert "10/20/30" not in said and "how likely each is" not in said
