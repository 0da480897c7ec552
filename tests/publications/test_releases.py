"""When each year became known, checked against the record of release dates."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from resilience.errors import DataError, PublicationError
from resilience.publications import releases

RECORD = Path(__file__).parents[3] / "shared" / "data" / "lookups" / "release_dates.csv"


def test_every_year_from_2007_08_to_2025_26_is_there_in_order():
    years = list(releases.load_releases())
    assert years[0] == "2007-08" and years[-1] == "2025-26" and len(years) == 19 and years == sorted(years)


@pytest.mark.parametrize(
    ("year", "day", "basis"),
    [
        ("2007-08", date(2008, 11, 28), "stated"),
        ("2009-10", date(2010, 12, 31), "convention"),
        ("2012-13", date(2013, 11, 28), "stated"),
        ("2015-16", date(2016, 11, 17), "stated"),
        ("2017-18", date(2018, 8, 23), "stated"),
        ("2018-19", date(2019, 11, 14), "stated"),
        ("2019-20", date(2021, 1, 21), "stated"),
        ("2020-21", date(2021, 12, 31), "convention"),
        ("2022-23", date(2023, 12, 31), "convention"),
        ("2023-24", date(2024, 12, 12), "stated"),
        ("2024-25", date(2025, 9, 18), "derived"),
        ("2025-26", date(2026, 9, 17), "derived"),
        ("2031-32", date(2032, 12, 31), "convention"),
    ],
)
def test_known_from(year, day, basis):
    assert releases.known_from(year) == day and releases.basis(year) == basis


def test_a_year_by_convention_is_known_on_1_january_of_y_plus_2():
    assert releases.known_from("2013-14") < date(2015, 1, 1) and releases.convention("2013-14").year == 2014


def test_2019_20_was_not_yet_known_at_the_first_origin_after_its_usual_time():
    assert not releases.known_from("2019-20") < date(2021, 1, 1)


def test_vintages():
    assert releases.shipped_vintage("2017-18").date == date(2019, 3, 20)
    assert releases.shipped_vintage("2024-25") is None and releases.shipped_vintage("2031-32") is None
    for year, release in releases.load_releases().items():
        dates = [v.date for v in release.vintages if v.date]
        assert dates == sorted(dates) and sum(v.held for v in release.vintages) == (year < "2024-25")
        assert release.evidence and len(set(release.pages)) == len(release.pages)


def test_only_years_are_asked_for():
    with pytest.raises(DataError, match="not a financial year"):
        releases.known_from("2023")


@pytest.mark.parametrize(
    "change",
    [{"outturn_year": "2023-2024"}, {"basis": "guess"}, {"basis": "convention"}, {"known_from": None}],
)
def test_a_slip_in_the_table_is_found(change):
    entry = {"outturn_year": "2023-24", "known_from": date(2024, 12, 12), "basis": "stated"}
    entry |= {"evidence": "x", "pages": [], "budget_pages": []} | change
    entry = {key: value for key, value in entry.items() if value is not None}
    with pytest.raises(PublicationError, match=r"releases\.toml"):
        releases._release(entry)


def test_every_date_agrees_with_the_record():
    if not RECORD.exists():
        pytest.skip("the record of release dates is not at hand")
    with RECORD.open(encoding="utf-8") as handle:
        rows = [row for row in csv.DictReader(handle) if row["date"]]
    dated = {(row["year"], row["date"]) for row in rows} | {("2012-13", "2013-11-28")}
    for year, release in releases.load_releases().items():
        if release.basis != "convention":
            assert (year, release.known_from.isoformat()) in dated, year
        for vintage in release.vintages:
            assert vintage.date is None or (year, vintage.date.isoformat()) in dated, (year, vintage)
    listed = {row["year"] for row in rows if row["form"].split("/")[0] == "RS"}
    assert listed <= set(releases.load_releases())
