"""A council's own figures: the template there and back, what they change, and every kind of wrong or partial file."""

from __future__ import annotations

import csv
import datetime as dt
import io
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from resilience import method
from resilience.analysis.own_figures.assess import known_rows, own_indicators, read_figures, with_own_figures
from resilience.analysis.own_figures.faults import FaultyFigures
from resilience.analysis.own_figures.identities import identities
from resilience.analysis.own_figures.lines import TOGETHER
from resilience.analysis.own_figures.read import MARK, read_table
from resilience.analysis.own_figures.template import template_bytes, template_lines, template_rows, write_template
from resilience.errors import DataError, ResilienceError
from resilience.indicators.compute import compute_indicators
from resilience.indicators.known import known_on
from resilience.model.risk_set import AT_RISK, EVENT_ALREADY, NOT_SCORABLE
from resilience.model.scoring import score
from resilience.tables.panel import load_panel
from resilience.years import outturn_year_of

DAY = date(2026, 11, 1)
EALING, SOMERSET, EXETER = "E09000009", "E06000066", "E07000041"
SHOWN = ("risk", "risk_low", "risk_high", "log_odds", "rank", "band", "status", "outturn_year", "flags")


@pytest.fixture(scope="module")
def run():
    return method.run(DAY)


@pytest.fixture(scope="module")
def without_exeter(run):
    """The same day with Exeter's reserves unpublished, by the same model."""
    panel = run.panel.copy()
    panel.loc[panel["ons_code"] == EXETER, ["rs_resunall_end_cy", TOGETHER]] = np.nan
    indicators = compute_indicators(panel)
    return replace(score(run.model, known_on(indicators, DAY), run.events), panel=panel)


def template(run, code: str) -> list[list[object]]:
    return template_rows(known_rows(run, code), str(run.table.at[code, "council"]), run.as_of)


def written(rows, path: Path) -> Path:
    path.write_bytes(template_bytes(rows, path))
    return path


class Sheet:
    """The template as rows, with cells put in by line code and year."""

    def __init__(self, run, code: str = EALING) -> None:
        self.rows = template(run, code)
        self.head = next(i for i, row in enumerate(self.rows) if row and row[0] == "MHCLG code")

    def column(self, year: str) -> int:
        return next(i for i, text in enumerate(self.rows[self.head]) if str(text).startswith(year))

    def row(self, code: str) -> list[object]:
        return next(row for row in self.rows if row and row[0] == code)

    def get(self, code: str, year: str) -> object:
        return self.row(code)[self.column(year)]

    def put(self, year: str, **cells: object) -> Sheet:
        for code, value in cells.items():
            self.row(code.replace("_", "-"))[self.column(year)] = value
        return self

    def copied(self, source: str, target: str) -> Sheet:
        """Fill a year with another year's figures, opening where that year closed."""
        for row in self.rows[self.head + 1 :]:
            if row and row[0]:
                row[self.column(target)] = row[self.column(source)]
        for name in ("resunall", "resoth"):
            closing = self.get(f"RS-{name}-end-cy", source)
            self.put(target, **{f"RS-{name}-start-cy": closing})
            moved = self.get(f"RS-app{name.replace('oth', 'oth')}-net-exp", source)
            self.put(target, **{f"RS-{name}-end-cy": closing + moved})
        if self.get("RS-resoth-adj-start-cy", source) != "":
            self.put(target, **{"RS-resoth-adj-start-cy": "", "RS-resoth-adj-end-cy": ""})
        return self

    def plan(self) -> Sheet:
        """A complete return for both second-hand years, and 2026-27 as a year to come."""
        for source, target in (("2023-24", "2024-25"), ("2024-25", "2025-26"), ("2025-26", "2026-27")):
            self.copied(source, target)
        return self

    def save(self, folder: Path, name: str = "own.csv") -> Path:
        return written(self.rows, folder / name)


def councils_of_every_kind(run) -> list[str]:
    kinds = ["class", "status", "source_kind", "outturn_year"]
    some = [code for _, group in run.table.groupby(kinds, dropna=False) for code in group.index[:2]]
    return list(dict.fromkeys([*some, SOMERSET, "E06000063", "E06000065", EALING]))


def same(one: object, other: object) -> bool:
    return bool((pd.isna(one) and pd.isna(other)) or (not pd.isna(one) and not pd.isna(other) and one == other))


def test_the_template_returned_unchanged_gives_exactly_the_published_score(run, tmp_path):
    codes = councils_of_every_kind(run)
    picked = run.table.loc[codes]
    assert len(codes) >= 20
    assert set(picked["class"]) == {"UA", "MD", "LB", "SC", "SD"}
    assert {AT_RISK, EVENT_ALREADY} <= set(picked["status"])
    assert {"interim", "transcribed", "original"} <= set(picked["source_kind"])
    labels = {term.indicator: term.label for term in run.model.terms}
    assert any(run.known.is_rebased(code, name) for code in codes for name in labels)
    assert any(run.known.carried(code, labels) for code in codes)
    for number, code in enumerate(codes):
        file = written(template(run, code), tmp_path / ("own.csv" if number % 2 else "own.xlsx"))
        result = with_own_figures(run, code, file)
        assert result.figures.changes.empty
        published = run.table.loc[code]
        different = [name for name in SHOWN if not same(published[name], result.own[name])]
        assert not different, (code, different)
        (step,) = result.steps
        carried = run.known.carried(code, labels)
        assert step.carried == tuple((labels[name], outturn_year_of(year)) for name, year in carried.items())
        for name, term in step.terms.iterrows():
            contribution = run.contributions.at[code, name]
            assert same(term["term_own"], contribution) and same(term["term_published"], contribution), (code, name)
            assert same(term["own"], term["published"]) and term["own_year"] == term["published_year"], (code, name)


def test_a_council_that_cannot_be_scored_stays_so_until_its_figures_are_given(without_exeter, tmp_path):
    assert without_exeter.table.at[EXETER, "status"] == NOT_SCORABLE
    sheet = Sheet(without_exeter, EXETER)
    unchanged = with_own_figures(without_exeter, EXETER, sheet.save(tmp_path))
    assert unchanged.own["status"] == NOT_SCORABLE and np.isnan(unchanged.own["risk"])
    sheet.put("2025-26", **{"INT-reserves-unallocated-and-earmarked": 9000})
    with_reserves = with_own_figures(without_exeter, EXETER, sheet.save(tmp_path))
    assert with_reserves.own["status"] == AT_RISK and 0 < with_reserves.own["risk"] < 1


def test_the_run_is_left_as_it_was_and_nothing_is_written(run, tmp_path, monkeypatch):
    file = Sheet(run).put("2025-26", **{"RS-intextpay-net-exp": 60_000}).save(tmp_path)
    before = run.panel.copy(), run.indicators.copy(), run.table.copy()

    def refuse(*_args, **_kwargs):
        raise AssertionError("something was written")

    monkeypatch.setattr(Path, "write_text", refuse)
    monkeypatch.setattr(Path, "write_bytes", refuse)
    with_own_figures(run, EALING, file)
    for old, new in zip(before, (run.panel, run.indicators, run.table), strict=True):
        pd.testing.assert_frame_equal(old, new)
    assert [path.name for path in tmp_path.iterdir()] == ["own.csv"]


def test_the_same_as_putting_the_figures_into_the_panel(run, tmp_path):
    """An independent way: the row written into a copy of the whole panel, the indicators computed for everyone."""
    sheet = Sheet(run).plan()
    result = with_own_figures(run, EALING, sheet.save(tmp_path))
    panel = run.panel.copy()
    new = panel[(panel["ons_code"] == EALING) & (panel["year"] == 2026)].iloc[0].copy()
    lines = {row[0]: row for row in sheet.rows[sheet.head + 1 :] if row and row[0]}
    table = read_table(sheet.save(tmp_path), EALING)
    for year in (2025, 2026):
        at = panel.index[(panel["ons_code"] == EALING) & (panel["year"] == year)][0]
        for (of, line), cell in table.cells.items():
            if of == year:
                panel.loc[at, line] = cell.amount
        panel.loc[at, "source_kind"] = "own"
    new["year"], new["outturn_year"], new["known_from"] = 2027, "2026-27", pd.Timestamp(DAY) - pd.Timedelta(days=1)
    for name in panel.columns:
        if name.startswith(("rs_", "ra_", "int_")):
            new[name] = table.cells[2027, name].amount if (2027, name) in table.cells else np.nan
    panel = pd.concat([panel, pd.DataFrame([new])], ignore_index=True)
    mine = compute_indicators(panel)
    mine = mine[(mine["ons_code"] == EALING) & (mine["year"] == 2027)].iloc[0]
    assert len(lines) > 80
    assert result.own["outturn_year"] == "2026-27"
    for term in run.model.terms:
        if not np.isnan(mine[term.indicator]):
            assert result.own[term.indicator] == pytest.approx(mine[term.indicator], rel=1e-12), term.name


def test_more_reserves_in_a_coming_year_lower_the_chance_and_less_raise_it(run, tmp_path):
    spending = 350_000
    chances = []
    for reserves in (5_000, 20_000, 60_000, 150_000):
        cells = {"RS-netrevexp-net-exp": spending, "INT-reserves-unallocated-and-earmarked": reserves}
        result = with_own_figures(run, EALING, Sheet(run).put("2026-27", **cells).save(tmp_path))
        assert result.own["outturn_year"] == "2026-27" and result.own["source_kind"] == "own"
        assert result.own["reserves_ratio"] == pytest.approx(reserves / spending)
        assert result.own["risk_low"] <= result.own["risk"] <= result.own["risk_high"]
        chances.append(result.own["risk"])
    assert chances == sorted(chances, reverse=True) and chances[0] > chances[-1]


#: A plan of Ealing's that speaks of every line the nine indicators need, £ thousand as MHCLG signs them.
PLAN = {
    "RS-netrevexp-net-exp": 350_000,
    "INT-reserves-unallocated-and-earmarked": 60_000,
    "RS-resunall-end-cy": 20_000,
    "RS-intextpay-net-exp": 15_000,
    "RS-intinvinc-net-exp": -9_000,
    "RS-hous-net-exp": 20_000,
    "RS-csc-net-exp": 100_000,
    "RS-caprecflex-net-exp": -3_000,
    "RS-cera-net-exp": 2_000,
}


@pytest.mark.parametrize(
    ("line", "worse", "moved"),
    [
        ("INT-reserves-unallocated-and-earmarked", 50_000, {"reserves", "runway", "interest cover"}),
        ("RS-resunall-end-cy", 10_000, {"unallocated"}),
        ("RS-intextpay-net-exp", 20_000, {"interest cover"}),
        ("RS-intinvinc-net-exp", -20_000, {"investment income"}),
        ("RS-hous-net-exp", 30_000, {"housing"}),
        ("RS-csc-net-exp", 120_000, {"children"}),
        ("RS-caprecflex-net-exp", -9_000, {"flexible receipts"}),
        ("RS-cera-net-exp", 500, {"revenue for capital"}),
    ],
)
def test_each_of_the_nine_figures_moves_the_score_the_way_it_should(run, tmp_path, line, worse, moved):
    """A worse figure raises what its indicator adds, and the score; a better one lowers both."""
    usual, high, low = (
        with_own_figures(run, EALING, Sheet(run).put("2026-27", **{**PLAN, line: at}).save(tmp_path))
        for at in (PLAN[line], worse, PLAN[line] - (worse - PLAN[line]) / 2)
    )
    assert usual.steps[-1].carried == () and usual.steps[-1].neutral == ()
    parts = {name: one.steps[-1].terms["term_own"] for name, one in (("high", high), ("usual", usual), ("low", low))}
    change = (parts["high"] - parts["usual"]).round(9)
    assert set(change.index[change != 0]) == moved
    assert (change[list(moved)] > 0).all() and (parts["low"] - parts["usual"])[list(moved)].sum() < 0
    assert high.own["log_odds"] > usual.own["log_odds"] > low.own["log_odds"]
    assert high.own["risk"] > usual.own["risk"] > low.own["risk"]


def test_a_fresh_figure_counts_whole_where_the_carried_one_counted_for_less(run, tmp_path):
    """The same investment income, said of the year itself: further from the median by what staleness had taken."""
    share = float(run.table.at[EALING, "investment_income_ratio"])
    cells = {**PLAN, "RS-intinvinc-net-exp": -share * PLAN["RS-netrevexp-net-exp"]}
    fresh = with_own_figures(run, EALING, Sheet(run).put("2026-27", **cells).save(tmp_path)).steps[-1]
    times = float(run.placed.reliability.at[EALING, "commercial"])
    assert times < 0.8
    before = float(run.contributions.at[EALING, "investment income"])
    assert fresh.terms.at["investment income", "term_own"] * times == pytest.approx(before, abs=1e-6)


def cushion_of(row):
    """Reserves as interest is set over them, by hand."""
    return row["net_revenue_expenditure"] * max(row["reserves_ratio"], 0.005)


def test_a_line_left_out_of_a_plan_looks_no_better_and_no_worse(run, tmp_path):
    """A plan of reserves alone: whatever it is silent on counts as published, as stale as it is, years ahead.

    Only interest is set over what is left of the reserves.
    """
    for code in [EALING, *run.at_risk.index[[0, 2, 30, 120, 240]]]:
        cells = {
            "RS-netrevexp-net-exp": float(run.table.at[code, "net_revenue_expenditure"]),
            "INT-reserves-unallocated-and-earmarked": 10_000,
        }
        sheet = Sheet(run, code).put("2026-27", **cells).put("2027-28", **cells)
        for step in with_own_figures(run, code, sheet.save(tmp_path)).steps[-2:]:
            moved = ("reserves", "runway", "unallocated", "interest cover")
            silent = [name for name in step.terms.index if name not in moved]
            assert len(silent) >= 4
            interest = run.known.table.loc[code, "interest_to_reserves"] * cushion_of(run.table.loc[code])
            assert step.row["interest_to_reserves"] == pytest.approx(interest / cushion_of(step.row), rel=1e-12)
            assert (step.terms.loc[silent, "change"].abs() < 1e-9).all(), (code, step.outturn_year)


def test_gaps_are_named(run, tmp_path):
    sheet = Sheet(run)
    cells = {"RS-netrevexp-net-exp": 350_000, "INT-reserves-unallocated-and-earmarked": 30_000}
    result = with_own_figures(run, EALING, sheet.put("2026-27", **cells).put("2027-28", **cells).save(tmp_path))
    assert [(step.kind, step.outturn_year) for step in result.steps] == [("year", "2026-27"), ("year", "2027-28")]
    first, second = result.steps
    assert ("Dependence on investment income", "2023-24") in first.carried
    assert ("Interest payable against reserves", "2025-26") in first.carried
    # 2023-24 lies four years before 2027-28: the figure is kept all the same, for a gap is no improvement.
    assert ("Dependence on investment income", "2023-24") in second.carried and second.neutral == ()
    assert second.terms.at["investment income", "change"] == 0.0
    changed = first.terms["change"].sum()
    assert changed == pytest.approx(first.row["log_odds"] - run.table.at[EALING, "log_odds"], abs=1e-9)


def test_the_rank_is_the_one_it_would_have_and_nobody_else_moves(run, tmp_path):
    cells = {"RS-netrevexp-net-exp": 350_000, "INT-reserves-unallocated-and-earmarked": 3_000}
    result = with_own_figures(run, EALING, Sheet(run).put("2026-27", **cells).save(tmp_path))
    others = run.table["risk"].drop(EALING).dropna().astype(float)
    assert result.own["rank"] == 1 + (others > result.own["risk"]).sum()


def test_a_corrected_year_of_the_past_counts(run, tmp_path):
    sheet = Sheet(run)
    interest = sheet.get("RS-intextpay-net-exp", "2025-26")
    sheet.put("2025-26", **{"RS-intextpay-net-exp": 2 * interest})
    result = with_own_figures(run, EALING, sheet.save(tmp_path))
    assert result.own["interest_to_reserves"] == pytest.approx(2 * run.table.at[EALING, "interest_to_reserves"])
    assert result.own["risk"] > run.table.at[EALING, "risk"]
    assert list(result.figures.changes["line"]) == ["rs_intextpay_net_exp"]
    assert MARK.lower().split()[0] in result.own["flags"]


def test_the_budgeted_transfers_are_read(run, tmp_path):
    sheet = Sheet(run).plan()
    moved = sheet.get("RS-appresunall-net-exp", "2026-27") + sheet.get("RS-appresoth-net-exp", "2026-27")
    sheet.put("2026-27", **{"RA-appresunall-net-exp": 0, "RA-appresoth-net-exp": moved + 7_000})
    rows = read_figures(run, EALING, sheet.save(tmp_path)).rows
    mine = own_indicators(run, EALING, rows, ["unplanned_reserves_use"]).set_index(rows["year"])
    spending = sheet.get("RS-netrevexp-net-exp", "2026-27")
    assert mine.at[2027, "unplanned_reserves_use"] == pytest.approx(7_000 / spending)


def test_the_identities_hold_in_what_is_published():
    panel = load_panel()
    panel = panel[(panel["source_kind"] == "original") & (panel["status"] == "returned") & (panel["year"] >= 2014)]
    for identity in identities():
        parts = panel[[name for name in identity.parts if name in panel]]
        difference = (parts.fillna(0.0).sum(axis=1) - panel[identity.total]).dropna().abs()
        assert len(difference) > 3000
        assert (difference <= identity.tolerance).mean() > 0.985, identity.total


def test_every_line_of_the_template_is_a_line_and_stands_once():
    names = [name for _, part in template_lines() for name in part]
    assert len(names) == len(set(names)) > 80
    for identity in identities():
        assert identity.total in names


NUMBERS = [
    ("1234", 1234),
    ("£1,234", 1234),
    (" 1,234,567.5 ", 1234567.5),
    ("(1,234)", -1234),
    ("£(55)", -55),
    ("−12", -12),
    ("12-", -12),
    ("+7", 7),
    ("1 234", 1234),
    ("1\u00a0234", 1234),
    ("1.5e3", 1500),
    ("", None),
    ("n/a", None),
    ("[x]", None),
]


@pytest.mark.parametrize(("text", "amount"), NUMBERS)
def test_numbers_as_people_write_them(run, tmp_path, text, amount):
    sheet = Sheet(run).put("2026-27", **{"RS-hous-net-exp": text})
    cells = read_table(sheet.save(tmp_path), EALING).cells
    assert (cells[2027, "rs_hous_net_exp"].amount if amount is not None else cells.get((2027, "rs_hous_net_exp"))) == (
        amount
    )


def _text(rows, mark=",") -> str:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=mark).writerows(rows)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("encoding", "mark"), [("windows-1252", ","), ("utf-8", ";"), ("utf-8-sig", "\t"), ("windows-1252", ";")]
)
def test_encodings_and_separators(run, tmp_path, encoding, mark):
    file = tmp_path / "own.csv"
    file.write_bytes(_text(Sheet(run).rows, mark).encode(encoding))
    assert read_figures(run, EALING, file).changes.empty


# Wrong and partial files: what is done to a good one, and words that its one sentence must hold.


def _cell(value, code="RS-hous-net-exp", year="2026-27"):
    return lambda sheet: sheet.plan().put(year, **{code: value})


def _head(old, new):
    def change(sheet):
        column = sheet.plan().column(old)
        sheet.rows[sheet.head][column] = new

    return change


def _scaled(factor, year="2026-27"):
    def change(sheet):
        sheet.plan()
        for row in sheet.rows[sheet.head + 1 :]:
            if len(row) > 4 and isinstance(row[sheet.column(year)], int | float):
                row[sheet.column(year)] *= factor

    return change


def _rows(action):
    return lambda sheet: action(sheet.plan())


def _again(sheet):
    sheet.rows.append(list(sheet.row("RS-hous-net-exp")))


def _code(old, new):
    return _rows(lambda sheet: sheet.row(old).__setitem__(0, new))


def _without(*codes):
    return _rows(lambda sheet: sheet.put("2026-27", **dict.fromkeys(codes, "")))


def _more(code, by, year="2026-27"):
    return _rows(lambda sheet: sheet.put(year, **{code: sheet.get(code, year) + by}))


FAULTS = {
    "another council's file": (
        lambda sheet: sheet.rows.__setitem__(0, ["Council", "Somerset", "E06000066"]),
        ["row 1, column B", "is for Somerset, not Ealing"],
    ),
    "a council nobody knows": (
        lambda sheet: sheet.rows.__setitem__(0, ["Council", "Barchester"]),
        ["row 1, column B", "'Barchester'"],
    ),
    "no heading row": (lambda sheet: sheet.rows.__delitem__(sheet.head), ["MHCLG code", "--template"]),
    "two tables": (lambda sheet: sheet.rows.extend(sheet.rows[sheet.head :]), ["more than one table"]),
    "a line that is not on the form": (_code("RS-hous-net-exp", "RS-moon-net-exp"), ["'RS-moon-net-exp'", "no line"]),
    "a line of another form": (_code("RS-hous-net-exp", "RA-netrevexp-net-exp"), ["no amount of the outturn form"]),
    "a date for a code": (_code("RS-hous-net-exp", dt.date(2026, 4, 9)), ["a date stands where", "column A"]),
    "figures without a code": (_code("RS-hous-net-exp", ""), ["figures but no code"]),
    "a line twice": (_rows(_again), ["RS-hous-net-exp stood in row", "one row a line"]),
    "a year twice": (_head("2027-28", "2026-27"), ["2026-27 has two columns"]),
    "a year that is no year": (_head("2026-27", "Draft"), ["'Draft' is not a financial year"]),
    "a year whose halves do not follow": (_head("2026-27", "2026-28"), ["'2026-28' is not a financial year"]),
    "a year turned into a date": (_head("2026-27", dt.date(2026, 12, 1)), ["turned the year into a date"]),
    "a year too far off": (_head("2026-27", "2040-41"), ["2040-41 lies more than 5 years after 2025-26"]),
    "a year long before": (_head("2022-23", "1999-00"), ["nothing is published", "1999-00"]),
    "no year at all": (
        lambda sheet: sheet.rows.__setitem__(sheet.head, ["MHCLG code", "Form row", "Line", "Unit"]),
        ["no financial year"],
    ),
    "figures beyond the last year": (
        _rows(lambda sheet: sheet.row("RS-hous-net-exp").extend([""] * 3 + [77])),
        ["under no financial year"],
    ),
    "words for a number": (_cell("about 40"), ["'about 40' is no number", "row", "column"]),
    "a continental number": (_cell("1.234,56"), ["'1.234,56' is no number"]),
    "a misplaced comma": (_cell("12,34"), ["'12,34' is no number"]),
    "millions in words": (_cell("£1.2m"), ["unit of its own"]),
    "a percentage": (_cell("5%"), ["percentage"]),
    "a dash": (_cell("-"), ["zero or not known"]),
    "a spreadsheet's error": (_cell("#REF!"), ["error #REF!"]),
    "a date for an amount": (_cell(dt.date(2026, 4, 9)), ["a date or time stands where an amount"]),
    "true for an amount": (_cell(True), ["TRUE or FALSE"]),
    "a unit of £m in the row": (
        _rows(lambda sheet: sheet.row("RS-hous-net-exp").__setitem__(3, "£m")),
        ["unit is '£m'", "£ thousand"],
    ),
    "everything in £": (_scaled(1000), ["seems to be in £ and not £ thousand"]),
    "everything in £m": (_scaled(0.001), ["in £ million and not £ thousand"]),
    "one line in £": (_more("RS-netrevexp-net-exp", 400_000_000), ["seems to be in £"]),
    "services that do not add up": (_more("RS-csc-net-exp", 5_000), ["line 699", "difference of -5,000", "2026-27"]),
    "net current expenditure that does not add up": (
        _rows(lambda sheet: sheet.put("2026-27", **{"RS-adjnce-net-exp": 9_999})),
        ["line 749", "add to"],
    ),
    "net revenue expenditure that does not add up": (
        _more("RS-netrevexp-net-exp", 12_345),
        ["line 805", "difference of 12,345"],
    ),
    "reserves that do not close": (
        _more("RS-resunall-end-cy", 2_500, "2026-27"),
        ["line 916", "opening balance", "transfers", "correct one of"],
    ),
    "reserves that open elsewhere": (
        _rows(
            lambda sheet: sheet.put(
                "2026-27",
                **{
                    "RS-resunall-start-cy": sheet.get("RS-resunall-start-cy", "2026-27") + 900,
                    "RS-resunall-end-cy": sheet.get("RS-resunall-end-cy", "2026-27") + 900,
                },
            )
        ),
        ["2025-26 closed at", "restated"],
    ),
    "no net revenue expenditure": (_without("RS-netrevexp-net-exp"), ["2026-27 lacks line 805"]),
    "no reserves": (_without("RS-resunall-end-cy", "RS-resoth-end-cy"), ["2026-27 lacks reserves", "915 and 916"]),
    "income with the wrong sign": (
        _rows(lambda sheet: sheet.put("2026-27", **{"RS-intinvinc-net-exp": 40_000})),
        ["line 786", "minus"],
    ),
}
#: A CSV file holds text only.
NO_CSV = {"a date for a code", "a year turned into a date", "a date for an amount", "true for an amount"}


def _xlsx(rows, path: Path) -> Path:
    """Write rows by another way than the template's own, with real dates and truth values."""
    import openpyxl

    book = openpyxl.Workbook()
    for row in rows:
        book.active.append([None if cell == "" else cell for cell in row])
    book.save(path)
    return path


@pytest.mark.parametrize(
    ("fault", "suffix"),
    [(fault, suffix) for fault in FAULTS for suffix in (".csv", ".xlsx") if suffix == ".xlsx" or fault not in NO_CSV],
)
def test_every_wrong_file_gives_one_clear_sentence(run, tmp_path, fault, suffix):
    change, words = FAULTS[fault]
    sheet = Sheet(run)
    change(sheet)
    file = tmp_path / f"own{suffix}"
    if suffix == ".csv":
        file.write_bytes(template_bytes(sheet.rows, file))
    else:
        _xlsx(sheet.rows, file)
    with pytest.raises(DataError) as caught:
        read_figures(run, EALING, file)
    told = getattr(caught.value, "sentences", (str(caught.value),))
    for sentence in told:
        assert sentence.startswith("own.") and str(tmp_path) not in sentence
        assert "\n" not in sentence and len(sentence) < 420
    assert len(told) <= 2
    assert any(all(word in sentence for word in words) for sentence in told), told


def test_the_good_file_that_the_faults_start_from_passes(run, tmp_path):
    for name in ("own.csv", "own.xlsx"):
        figures = read_figures(run, EALING, Sheet(run).plan().save(tmp_path, name))
        assert set(figures.changes["year"]) == {2025, 2026, 2027}


def _not_a_table(kind: str, folder: Path) -> Path:
    file = folder / ("own.csv" if kind.endswith("csv") else "own.xlsx")
    content = {
        "empty csv": b"",
        "a web page csv": b"<!DOCTYPE html><html></html>",
        "UTF-16 csv": "MHCLG code,2026-27".encode("utf-16"),
        "NUL csv": b"MHCLG code,2026-27\n\0",
        "a workbook named csv": b"PK\x03\x04rest",
        "cut short xlsx": b"PK\x03\x04" + b"x" * 50,
        "text named xlsx": b"MHCLG code,2026-27\n",
    }
    if kind in content:
        file.write_bytes(content[kind])
    return file


KINDS = ["empty csv", "a web page csv", "UTF-16 csv", "NUL csv", "a workbook named csv", "cut short xlsx"]


@pytest.mark.parametrize("kind", [*KINDS, "text named xlsx", "missing csv", "missing xlsx"])
def test_what_is_no_table_at_all(run, tmp_path, kind):
    with pytest.raises(ResilienceError) as caught:
        read_figures(run, EALING, _not_a_table(kind, tmp_path))
    assert "fetch" not in str(caught.value) and "download" not in str(caught.value)


def test_other_kinds_of_file_are_named(run, tmp_path):
    (tmp_path / "own.docx").write_bytes(b"x")
    with pytest.raises(DataError, match="neither CSV nor a workbook"):
        read_figures(run, EALING, tmp_path / "own.docx")


def test_a_formula_without_a_stored_result_is_not_taken_for_empty(run, tmp_path):
    sheet = Sheet(run).plan()
    sheet.put("2026-27", **{"RS-hous-net-exp": "=1+1"})
    with pytest.raises(DataError, match=r"own\.xlsx, sheet 'Sheet', row \d+, column I: a formula has no result stored"):
        read_figures(run, EALING, _xlsx(sheet.rows, tmp_path / "own.xlsx"))


def test_every_fault_is_told_at_once_those_of_cells_lines_and_sums(run, tmp_path):
    sheet = Sheet(run).plan()
    for code in ("RS-csc-net-exp", "RS-resunall-end-cy", "RS-resoth-end-cy"):
        sheet.put("2026-27", **{code: sheet.get(code, "2026-27") + 5_000})
    sheet.put("2024-25", **{"RS-hous-net-exp": "about 40", "RS-asc-net-exp": "5%"})
    sheet.put("2025-26", **{"RS-caprecflex-net-exp": 1_500_000_000})
    file = sheet.save(tmp_path, "own.xlsx")
    with pytest.raises(FaultyFigures) as caught:
        read_figures(run, EALING, file)
    told = caught.value.sentences
    words = ("'about 40'", "'5%'", "seems to be in £", "line 699", "line 916", "line 915")
    for word in words:
        assert sum(word in sentence for sentence in told) == 1, (word, told)
    assert len(told) == len(words)
    lines = str(caught.value).splitlines()
    assert lines[0] == f"own.xlsx: {len(told)} things to put right; nothing is assessed until they are."
    assert lines[1:] == [f"  {number}. {one}" for number, one in enumerate(told, start=1)]
    assert all(one.startswith("own.xlsx, sheet 'Figures', row ") for one in told)


def test_a_template_is_written_and_never_over_a_file(run, tmp_path):
    file = tmp_path / "ealing.xlsx"
    write_template(run, "Ealing", file)
    assert read_figures(run, EALING, file).changes.empty
    with pytest.raises(DataError, match="exists already"):
        write_template(run, "Ealing", file)
    with pytest.raises(DataError, match=r"\.csv or \.xlsx"):
        write_template(run, "Ealing", tmp_path / "ealing.pdf")
    assert [path.name for path in tmp_path.iterdir()] == ["ealing.xlsx"]
