"""Several releases of one year side by side, and the panel as it stood on a day."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from resilience.errors import DataError, PublicationError
from resilience.publications.fetch.manifest import Entry, write_manifest
from resilience.publications.outturn import fetched as publications
from resilience.tables import revisions, shipped
from resilience.tables.revisions import (
    COLUMNS,
    YearRelease,
    differences,
    load_vintages,
    panel_as_of,
    releases_of,
    table_of,
    to_csv,
)

LINES = ["rs_netrevexp_net_exp", "rs_resunall_end_cy", "rs_resoth_end_cy"]
YEAR = 2024
EARLY = date(2020, 1, 1)


@pytest.fixture(scope="module")
def rows(panel) -> pd.DataFrame:
    """Return three councils in two years."""
    few = panel[(panel["year"].isin([YEAR - 1, YEAR])) & panel["status"].eq("returned")]
    codes = few["ons_code"].unique()[:3]
    return panel[panel["ons_code"].isin(codes) & panel["year"].isin([YEAR - 1, YEAR])].reset_index(drop=True)


def release(
    rows: pd.DataFrame, day: str, amounts: dict[str, float], *, file: str = "", whole: bool = True
) -> YearRelease:
    """Return a release of 2023-24 in which the first council's figures are these."""
    table = rows[rows["year"] == YEAR].set_index("ons_code").filter(regex="^rs_").copy()
    for name, amount in amounts.items():
        table.loc[table.index[0], name] = amount
    return YearRelease(YEAR, day, table, file or f"{day}.xlsx", whole)


def holding(rows: pd.DataFrame, one: YearRelease) -> pd.DataFrame:
    """Return the panel with a release in it."""
    result = rows.copy()
    at = result["year"] == YEAR
    for name in one.amounts:
        new = result["ons_code"].map(one.amounts[name])
        result[name] = result[name].where(~at, new) if name in result else new.where(at)
    return result


def figure(panel: pd.DataFrame, past: pd.DataFrame, day: str, line: str = LINES[0]) -> float:
    table = panel_as_of(panel, past, date.fromisoformat(day))
    return table.loc[table["year"] == YEAR, line].iloc[0]


def test_each_release_stands_from_the_day_after_it_came_until_the_day_the_next_came(rows):
    three = [release(rows, f"202{n}-06-01", {LINES[0]: float(n)}) for n in (4, 5, 6)]
    panel = holding(rows, three[-1])
    past = table_of(panel, three)
    assert list(past.columns) == list(COLUMNS)
    assert [(r.since, r.until, r.amount) for r in past.itertuples()] == [
        ("", "2025-06-01", 4.0),
        ("2025-06-01", "2026-06-01", 5.0),
    ]
    shown = [figure(panel, past, day) for day in ("2020-01-01", "2025-06-01", "2025-06-02", "2026-06-01", "2026-06-02")]
    assert shown == [4.0, 4.0, 5.0, 5.0, 6.0]
    assert panel_as_of(panel, past, date(2026, 6, 2)) is panel


def test_a_release_that_says_what_the_newest_says_has_no_row_but_its_span(rows):
    amounts = [{LINES[0]: 1.0}, {LINES[0]: 2.0}, {LINES[0]: 1.0}]
    three = [release(rows, f"202{n}-06-01", given) for n, given in zip((4, 5, 6), amounts, strict=True)]
    panel = holding(rows, three[-1])
    past = table_of(panel, three)
    assert len(past) == 1
    assert [figure(panel, past, day) for day in ("2025-01-01", "2026-01-01", "2027-01-01")] == [1.0, 2.0, 1.0]
    # A fourth release: the three before are found again in the panel and its vintages.
    fourth = release(rows, "2027-06-01", {LINES[0]: 4.0})
    before = releases_of(panel, past, {"2023-24": "2026-06-01"})
    after = table_of(holding(rows, fourth), [*before, fourth])
    shown = [figure(holding(rows, fourth), after, f"{year}-12-01") for year in (2024, 2025, 2026, 2027)]
    assert shown == [1.0, 2.0, 1.0, 4.0]


def test_a_late_return_was_missing_before_and_its_status_and_flags_say_so(rows):
    missing = dict.fromkeys(rows.filter(regex="^rs_").columns, np.nan)
    first, second = release(rows, "2024-06-01", missing), release(rows, "2025-06-01", {})
    panel = holding(rows, second)
    then = panel_as_of(panel, table_of(panel, [first, second]), date(2024, 7, 1))
    own = then[then["year"] == YEAR].iloc[0]
    assert own["status"] == "not returned" and "not_returned" in own["flags"]
    assert panel[panel["year"] == YEAR].iloc[0]["status"] == "returned"
    untouched = then["ons_code"] != own["ons_code"]
    pd.testing.assert_frame_equal(then[untouched].drop(columns="flags"), panel[untouched].drop(columns="flags"))


def test_a_line_that_the_newest_release_has_no_more_comes_back_with_the_day(rows):
    first, second = release(rows, "2024-06-01", {"rs_gone": 7.0}), release(rows, "2025-06-01", {})
    panel = holding(rows, second)
    past = table_of(panel, [first, second])
    assert figure(panel, past, "2024-07-01", "rs_gone") == 7.0 and "rs_gone" not in panel


def test_the_multi_year_file_does_not_take_away_lines_it_cannot_have(rows):
    coined = "rs_resothcovid_end_cy"
    first = release(rows, "2024-06-01", {}, whole=False)
    first = YearRelease(first.year, first.day, first.amounts.drop(columns=coined, errors="ignore"), "RO.csv", False)
    second = release(rows, "2025-06-01", {coined: 5.0})
    assert coined not in set(table_of(holding(rows, second), [first, second])["line"])


def test_there_and_back_as_csv(rows, tmp_path):
    two = [release(rows, "", {LINES[0]: 1.25, LINES[1]: np.nan}), release(rows, "2025-06-01", {LINES[1]: 3.0})]
    past = table_of(holding(rows, two[1]), two)
    (tmp_path / revisions.NAME).write_text(to_csv(past))
    again = load_vintages(tmp_path / revisions.NAME)
    key = ["year", "since", "ons_code", "line"]
    pd.testing.assert_frame_equal(
        again.astype(object), past.sort_values(key, ignore_index=True).astype(object), check_dtype=False
    )
    assert to_csv(again) == to_csv(past) and ",1.25," in to_csv(past)
    assert load_vintages(tmp_path / "none.csv").empty


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a,b\n1,2\n",
        ",".join(COLUMNS) + "\nE1,x,rs_a,1,,2024-01-01,f\n",
        ",".join(COLUMNS) + "\nE1,2024,rs_a,much,,2024-01-01,f\n",
        ",".join(COLUMNS) + "\nE1,2024,rs_a,1,,01/02/2024,f\n",
    ],
)
def test_what_is_no_table_of_vintages_is_refused_in_one_sentence(tmp_path, text):
    (tmp_path / "vintages.csv").write_text(text)
    with pytest.raises(DataError, match=r"vintages\.csv is not a table of vintages") as refused:
        load_vintages(tmp_path / "vintages.csv")
    assert "\n" not in str(refused.value)


#: Without nil, which a panel holds as not returned (``checks.without_nil``).
AMOUNT = st.one_of(st.just(float("nan")), st.integers(-5, 5).filter(bool).map(float))
RELEASES = st.lists(
    st.tuples(st.integers(1, 400), st.dictionaries(st.sampled_from(LINES), AMOUNT)),
    min_size=2,
    max_size=5,
    unique_by=lambda one: one[0],
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(found=RELEASES)
def test_adding_a_later_release_never_changes_what_stood_on_an_earlier_day(rows, found):
    found = sorted(found, key=lambda one: one[0])
    days = [EARLY + timedelta(days=number) for number, _ in found]
    panel = past = None
    for day, (_, amounts) in zip(days, found, strict=True):
        new = release(rows, day.isoformat(), amounts)
        if panel is None:
            panel, past = holding(rows, new), revisions.empty()
            held_day = day
            continue
        moments = [EARLY, *(d + timedelta(days=n) for d in days if d < day for n in (0, 1)), day]
        before = {moment: panel_as_of(panel, past, moment) for moment in moments}
        releases = [*releases_of(panel, past, {"2023-24": held_day.isoformat()}), new]
        panel = holding(rows, new)
        past, held_day = table_of(panel, releases), day
        for moment, expected in before.items():
            shown = panel_as_of(panel, past, moment)
            pd.testing.assert_frame_equal(shown[LINES], expected[LINES])
        pd.testing.assert_frame_equal(panel_as_of(panel, past, day + timedelta(days=1)), panel)


# --- what fetch brought ---


def entry(path: Path, folder: Path, **given: object) -> Entry:
    from resilience.files import sha256

    usual = {
        "outturn_year": "2024-25",
        "form": "RS",
        "page": "government/statistics/x",
        "title": "RS",
        "asset": "https://assets.publishing.service.gov.uk/x",
        "file": path.relative_to(folder).as_posix(),
        "size": path.stat().st_size,
        "sha256": sha256(path),
        "downloaded": "2026-11-01T10:00:00+00:00",
        "released": "2025-12-04",
    }
    return Entry(**(usual | given))


def put(folder: Path, day: str, data: bytes, name: str = "RS_data.xlsx", year: str = "2024-25") -> Path:
    path = folder / year / day / name
    path.parent.mkdir(parents=True)
    path.write_bytes(data)
    return path


def test_without_a_manifest_nothing_was_fetched(tmp_path):
    assert publications.fetched_readings(tmp_path, []) == []


def test_files_that_fail_a_check_are_left_out_whole_and_said(tmp_path, panel):
    from tests.published import rs_workbook

    good = put(tmp_path, "2025-12-04", rs_workbook(panel, "2024-25", figures_of="2023-24", councils=4))
    bad = put(tmp_path, "2026-01-01", b"PK\x03\x04 nothing")
    other = put(tmp_path, "2026-02-01", rs_workbook(panel, "2022-23", councils=4))
    changed = put(tmp_path, "2026-03-01", good.read_bytes())
    entries = [entry(path, tmp_path, released=path.parent.name) for path in (good, bad, other, changed)]
    changed.write_bytes(changed.read_bytes() + b"\0")
    write_manifest(tmp_path, [*entries, entry(good, tmp_path, form="RSX")])
    remarks: list[str] = []
    found = publications.fetched_readings(tmp_path, remarks)
    assert [(one.outturn_year, one.day, one.whole) for one in found] == [("2024-25", "2025-12-04", True)]
    assert found[0].provenance["vintage"] == "2025-12-04"
    left = [text for text in remarks if "is left out" in text]
    assert len(left) == 3
    assert "damaged" in left[0] and "holds 2022-23" in left[1] and "not as it was downloaded" in left[2]
    write_manifest(tmp_path, [entries[1]])
    with pytest.raises(PublicationError, match="is left out"):
        publications.fetched_readings(tmp_path, [])


def test_a_page_without_a_date_counts_from_the_day_of_download(tmp_path, panel):
    from tests.published import rs_workbook

    path = put(tmp_path, "2026-11-01", rs_workbook(panel, "2026-27", figures_of="2023-24", councils=4), year="2026-27")
    write_manifest(tmp_path, [entry(path, tmp_path, outturn_year="2026-27", released="")])
    readings = publications.fetched_readings(tmp_path, [])
    assert readings[0].day == "2026-11-01" and readings[0].provenance["released"] is None
    assert publications.first_days(readings) == {"2026-27": date(2026, 11, 1)}
    assert publications.first_days([]) == {}


def reading(year: str, day: str, *, whole: bool = True) -> publications.Reading:
    return publications.Reading(year, day, whole, pd.DataFrame(), {"file": f"{day}.xlsx"})


def test_the_newest_release_is_used_and_on_one_day_the_years_own_workbook(rows):
    nothing = shipped.Shipped(None, revisions.empty(), [])
    found = [
        reading("2024-25", "2025-01-01"),
        reading("2024-25", "2026-01-01", whole=False),
        reading("2023-24", "2026-01-01"),
        reading("2023-24", "2026-01-01", whole=False),
        reading("2022-23", ""),
    ]
    used = shipped.newest_readings(found, nothing)
    assert [(one.outturn_year, one.day, one.whole) for one in used] == [
        ("2022-23", "", True),
        ("2023-24", "2026-01-01", True),
        ("2024-25", "2026-01-01", False),
    ]
    file = {"table": "panel.csv", "file": "x", "outturn_year": "2023-24", "released": "2026-02-01"}
    later = shipped.Shipped(rows.assign(source_kind="original", source_file="x"), revisions.empty(), [file])
    assert later.release_days == {"2022-23": "", "2023-24": "2026-02-01"}
    assert [one.outturn_year for one in shipped.newest_readings(found, later)] == ["2022-23", "2024-25"]
    for words, day in (({"vintage": None}, ""), ({"edition": "Second release"}, "2024-12-12")):
        assert shipped.Shipped(later.panel, later.vintages, [file | words]).release_days["2023-24"] == day
    # The provenance of another file says nothing of the figures shipped.
    assert shipped.Shipped(later.panel, later.vintages, [file | {"file": "y"}]).release_days["2023-24"] == ""
    assert nothing.release_days == {} and nothing.original_years == set()


# --- two panels beside each other ---


def test_a_revision_is_told_line_by_line_largest_first(panel):
    other = panel.copy()
    at = other.index[(other["council"] == "Leeds") & (other["outturn_year"] == "2022-23")][0]
    gone = other.index[(other["council"] == "Kent") & (other["outturn_year"] == "2022-23")][0]
    other.loc[at, "rs_resoth_end_cy"] += 1000
    other.loc[at, "rs_intextpay_net_exp"] -= 2000
    other.loc[gone, "rs_resunall_end_cy"] = np.nan
    changes = differences(panel, other)
    assert changes["line"].tolist() == ["rs_resunall_end_cy", "rs_intextpay_net_exp", "rs_resoth_end_cy"]
    assert changes["change"].tolist()[1:] == [-2000, 1000]
    assert np.isnan(changes["change"][0])
    assert changes["council"].tolist() == ["Kent", "Leeds", "Leeds"]


def test_a_panel_and_itself_do_not_differ(panel):
    assert differences(panel, panel).empty


def test_years_only_one_of_them_has_are_no_difference(panel):
    assert differences(panel, panel[panel["year"] < 2020]).empty
