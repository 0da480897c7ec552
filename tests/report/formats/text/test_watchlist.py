"""The list in a terminal."""

from __future__ import annotations

import sys
from copy import deepcopy

import pytest

from resilience.model.risk_set import AT_RISK, EVENT_ALREADY, NOT_SCORABLE
from resilience.report.formats.text import console
from resilience.report.formats.text.watchlist import text
from resilience.report.formats.text.watchlist_rows import bar, years
from tests.report.site_data import one_view


def at_risk():
    return [row for row in one_view()["councils"] if row["status"] == AT_RISK]


def why(**changed):
    return {**one_view(), "terminal_why": True, **changed}


def words(said):
    return " ".join(said.split())


@pytest.fixture(autouse=True)
def pipe(monkeypatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: False, raising=False)
    for name in ("COLUMNS", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)


# --- one line a council ---


@pytest.mark.parametrize("width", [80, 100, 160])
def test_one_line_a_council_that_fits_its_terminal(width):
    said = text(one_view(), width=width)
    lines = said.splitlines()
    assert max(map(len, lines)) <= width
    assert "\x1b" not in said
    start = next(at for at, line in enumerate(lines) if line.startswith("Rank Council")) + 1
    for line, row in zip(lines[start : start + 30], at_risk(), strict=False):
        cells = line.split()
        assert cells[0] == str(row["rank"]) and row["council"][:12] in line
        tail = line[line.index(f" {row['class']} ") :].split()
        assert tail[:2] == [row["class"], str(row["reserves_rank"])]
        assert tail[2:8] == [*(bar(one["spreads"]) for one in row["families"]), row["band"]]
        assert line.endswith(years(row["families"]).rstrip())
    assert lines[start + 30] == f"… and {len(at_risk()) - 30} more, ranked lower (--all shows them)."


def test_two_lines_a_council_in_forty_columns():
    said = text(one_view(), width=40)
    lines = said.splitlines()
    assert max(map(len, lines)) <= 40
    start = next(at for at, line in enumerate(lines) if line.startswith("Rank Council")) + 2
    for at, row in enumerate(at_risk()[:30]):
        first, second = lines[start + 2 * at : start + 2 * at + 2]
        assert first.split()[0] == str(row["rank"]) and first.endswith(f"{row['class']} {row['band']}")
        assert second.split()[:6] == [str(row["reserves_rank"]), *(bar(one["spreads"]) for one in row["families"])]
        assert second.endswith(years(row["families"]).rstrip())
    assert "Under it: rank by plain reserves; reserves, debt, demand, slack, commercial." in words(said)


@pytest.mark.parametrize(
    ("spreads", "signs"),
    [
        (0.0, "·"),
        (-0.24, "·"),
        (0.25, "▲"),
        (-0.99, "▼"),
        (1.0, "▲▲"),
        (-2.0, "▼▼▼"),
        (3.0, "▲▲▲"),
        (None, "?"),
    ],
)
def test_a_bar_has_up_to_three_signs(spreads, signs):
    assert bar(spreads) == signs


def test_a_figure_carried_forward_or_second_hand_is_seen():
    fresh = {"outturn_year": "2025-26", "carried": False, "second_hand": False}
    older = {"outturn_year": "2023-24", "carried": True, "second_hand": False}
    assert years([fresh, older, {**fresh, "second_hand": True}]) == "25 23'25*"
    assert years([{"outturn_year": "", "carried": False, "second_hand": False}]) == "–  "
    housing = [row for row in at_risk()[:30] if row["outturn_year"] == "2025-26"]
    said = text(one_view(), width=80)
    assert housing and said.count("25 25 24'23'23'") == len(
        [row for row in housing if years(row["families"]) == "25 25 24'23'23'"]
    )
    assert "Year of the oldest figure: 25 is 2025-26, ' carried forward" in said


def test_every_council_at_risk_where_asked_for():
    said = text({**one_view(), "terminal_rows": len(at_risk())}, width=80)
    numbered = [line for line in said.splitlines() if line.split()[:1] and line.split()[0].isdigit()]
    assert [line.split()[0] for line in numbered] == [str(row["rank"]) for row in at_risk()]
    assert max(map(len, said.splitlines())) <= 80
    assert "--all shows them" not in said
    assert "* second-hand" in words(said)


def test_only_some_classes():
    view = {**one_view(), "councils": [row for row in one_view()["councils"] if row["class"] == "SC"]}
    said = text(view, width=80)
    assert "shire counties only (ranks are those of the whole list)" in words(said)
    assert said.count(" SC ") == min(30, sum(row["status"] == AT_RISK for row in view["councils"]))


# --- what stands around it ---


def test_five_lines_say_how_it_is_read():
    said = text(one_view(), width=80)
    below = said.rpartition("\n\n")[2].splitlines()
    assert len(below) <= 5
    for word in ("▲ somewhat", "its tier's median", "25 is 2025-26", "cannot see governance", "--why", "--all"):
        assert word in words(" ".join(below)), word


def test_what_followed_and_the_claim_come_before_the_list():
    said = text(one_view(), width=80)
    top = words(said[: said.index("Rank Council")])
    assert "no verdict on a council or its officers" in top
    assert top.index(one_view()["followed_shown"]) < top.index("Event: a section 114(3) notice")
    assert one_view()["claim_in_brief"] in top and "read the two ranks side by side." in top
    assert "chance" not in top.lower()


def test_those_that_are_not_ranked_are_counted_in_a_line_each():
    counts = {
        status: sum(row["status"] == status for row in one_view()["councils"])
        for status in (EVENT_ALREADY, NOT_SCORABLE)
    }
    lines = text(one_view(), width=80).splitlines()
    (event,) = [line for line in lines if line.startswith("Event already")]
    (no_score,) = [line for line in lines if line.startswith("Cannot be scored")]
    assert f"by 31 October 2026: {counts[EVENT_ALREADY]} councils" in event and "--why" in event
    assert f": {counts[NOT_SCORABLE]} councils" in no_score and "--why" in no_score
    assert "Croydon" not in "".join(lines)


# --- with the reasons ---


@pytest.mark.parametrize("width", [40, 80, 160])
def test_the_reasons_stand_under_each_council(width):
    said = text(why(), width=width)
    assert max(map(len, said.splitlines())) <= width
    told = words(said)
    for row in at_risk()[:30]:
        assert words(row["reasons"]) in told
        both = "; in the top 30 of both" if row["top_30_of_both"] else ""
        assert f"10/20/30%: {row['at_paces']}; figures {row['figures']}{both}" in told
    for sentence in (one_view()["followed"], one_view()["claim"], *one_view()["notes"][1:]):
        assert words(sentence) in told
    assert "Councils already supported" in told and "Ranked by how closely" in told
    assert "by a quarter of a spread or more" in told


def test_with_the_reasons_those_that_are_not_ranked_are_named():
    view = deepcopy(why())
    # Redditch's unallocated reserves are nil in every year since 2020-21, which its returns do not account for.
    redditch = "Redditch (no complete return in the last four years)"
    city = "City of London (no council compares with it)"
    assert f"Cannot be scored (2): {city}, {redditch}." in words(text(view, width=160))
    assert "Croydon (2020-11)" in words(text(view, width=160))
    row = next(row for row in view["councils"] if row["council"] == "Hackney")
    row |= {"status": NOT_SCORABLE, "event_date": "", "not_scored_because": "no complete return in the last four years"}
    said = words(text(view, width=160))
    assert f"Cannot be scored (3): {city}, Hackney (no complete return in the last four years), {redditch}." in said


def test_without_paces_nothing_is_said_of_them():
    bare = why(paces={}, councils=[{**row, "at_paces": ""} for row in one_view()["councils"]])
    assert "10/20/30" not in text(bare, width=80)


# --- terminals ---


def test_colours_on_a_terminal_only_and_not_where_they_are_not_wanted(monkeypatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    plain = text({**one_view(), "terminal_why": False}, width=80)
    for width in (40, 80, 160):
        assert "\x1b" in text(one_view(), width=width)
    assert max(map(len, console.without_colour(plain).splitlines())) <= 80
    monkeypatch.setenv("NO_COLOR", "1")
    assert text(one_view(), width=80) == console.without_colour(plain)


def test_a_pipe_has_a_hundred_columns_unless_told_otherwise(monkeypatch):
    assert text(one_view()) == text(one_view(), width=100)
    monkeypatch.setenv("COLUMNS", "40")
    assert text(one_view()) == text(one_view(), width=40)


@pytest.mark.parametrize("width", [40, 80])
def test_in_plain_signs_it_fits_as_well(width):
    said = console.plain(text(one_view(), width=width))
    assert said.isascii()
    assert max(map(len, said.splitlines())) <= width + 2  # "…" is three signs
    bars = "".join(bar(one["spreads"]) for one in at_risk()[0]["families"])
    below = next(at for at, line in enumerate(said.splitlines()) if line.startswith("   1 "))
    first = "".join(said.splitlines()[below : below + (2 if width == 40 else 1)])
    assert (first.count("+"), first.count("- ")) == (bars.count("▲"), bars.count("▼"))
