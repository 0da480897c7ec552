"""The tables of councils, built from what is published: the shipped ones, byte for byte; damaged sources refused."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from resilience import paths
from resilience.councils import council, load_councils, resolve
from resilience.errors import PublicationError
from resilience.tables.council_register import (
    NEW_UNITARIES,
    REGISTER,
    RESTRUCTURING,
    build_areas,
    build_councils,
    build_proposals,
    principal_councils,
)


@pytest.fixture(scope="module")
def councils(originals: Path) -> pd.DataFrame:
    return build_councils(originals / "lookups")


def as_csv(table: pd.DataFrame) -> bytes:
    return table.to_csv(index=False, lineterminator="\n").encode()


def test_the_shipped_tables_are_what_the_publications_give(originals, councils):
    lookups = originals / "lookups"
    for name, table in (
        ("councils.csv", councils),
        ("areas.csv", build_areas(lookups, councils)),
        ("proposals.csv", build_proposals(lookups)),
    ):
        assert as_csv(table) == (paths.processed() / name).read_bytes(), name


def test_the_workbooks_hold_the_councils_in_being_each_year(originals):
    every = [council(code) for code in load_councils()["ons_code"]]
    years: dict[str, set[str]] = {}
    for year, authority in principal_councils(originals / "revenue_outturn"):
        years.setdefault(year, set()).add(resolve(authority.ecode))
        if authority.ons_code:
            assert resolve(authority.ons_code) == resolve(authority.ecode)
        name = authority.name.split(" [note")[0]
        if name != "Newcastle":
            assert resolve(name, on=date(int(year[:4]), 12, 31)) == resolve(authority.ecode)
    assert len(years) == 17
    for year, found in years.items():
        assert found == {one.ons_code for one in every if one.exists_on(date(int(year[:4]), 12, 31))}, year


@pytest.fixture
def lookups(originals, tmp_path) -> Path:
    """Return a copy of the lookups that may be spoilt, without workbooks beside it."""
    for name in (REGISTER, RESTRUCTURING, NEW_UNITARIES):
        (tmp_path / "lookups").mkdir(exist_ok=True)
        shutil.copy(originals / "lookups" / name, tmp_path / "lookups" / name)
    return tmp_path / "lookups"


def refused(lookups: Path, *words: str) -> None:
    with pytest.raises(PublicationError) as caught:
        build_councils(lookups)
    for word in words:
        assert word in str(caught.value)


def test_the_guard_looks_at_every_file(lookups):
    workbooks = lookups.parent / "revenue_outturn"
    workbooks.mkdir()
    (workbooks / "rs2023_24.xlsx").write_text("<!DOCTYPE html><html></html>")
    refused(lookups, "rs2023_24.xlsx", "HTML")
    (lookups / RESTRUCTURING).write_bytes(b"PK\x03\x04")
    refused(lookups, RESTRUCTURING, "damaged or cut short")
    (lookups / REGISTER).write_bytes(b"gss-code,nation\0\n")
    refused(lookups, REGISTER, "NUL")


def test_a_list_of_restructurings_without_its_columns(lookups):
    book = openpyxl.Workbook()
    book.active.title = "ONS code history - CHANGES"
    book.active.append(["new", "name"])
    book.save(lookups / RESTRUCTURING)
    refused(lookups, RESTRUCTURING, "fewer than five columns")


def test_a_register_without_a_column(lookups):
    text = (lookups / REGISTER).read_text("utf-8")
    (lookups / REGISTER).write_text(text.replace("nice-name", "nicest-name"), "utf-8")
    refused(lookups, REGISTER, "nice-name")


def test_an_area_that_is_no_number_or_not_there(lookups):
    councils = load_councils()
    table = pd.read_csv(lookups / REGISTER, dtype=str, keep_default_na=False)
    leeds = table["nice-name"] == "Leeds"
    for area, words in (("many", "Leeds is not a number"), ("", "gives no area for Leeds")):
        table.assign(area=table["area"].mask(leeds, area)).to_csv(lookups / REGISTER, index=False)
        with pytest.raises(PublicationError, match=words):
            build_areas(lookups, councils)
