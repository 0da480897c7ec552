"""Neighbours: reproducible, sensible for every kind of council, and in line with Oflog's sets beyond chance."""

import json
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from resilience import method
from resilience.analysis.characteristics import WEIGHTS, characteristics, characteristics_on
from resilience.analysis.neighbours import agreement, compare, neighbour_table, neighbours, neighbours_on, stands_alone
from resilience.errors import DataError, UnknownCouncilError

OFLOG = Path("../shared/data/lookups/nearest_neighbours_oflog.json")


@pytest.fixture(scope="module")
def run():
    return method.run(date(2026, 11, 1), intervals=False)


@pytest.mark.parametrize(
    ("name", "among"),
    [
        ("Sutton", "Bexley"),
        ("Barnsley", "Rotherham"),
        ("Somerset", "Cornwall"),
        ("Surrey", "Hertfordshire"),
        ("Elmbridge", "Epsom and Ewell"),
        ("Cumberland", "Herefordshire"),
    ],
)
def test_each_kind_of_council_has_fifteen_neighbours_of_its_own_kind(name, among):
    found = neighbours(name)
    assert len(found) == len({one.ons_code for one in found}) == 15
    assert among in [one.council for one in found]
    distances = [one.distance for one in found]
    assert distances == sorted(distances) and distances[0] > 0
    groups = characteristics()["group"]
    assert len({groups[one.ons_code] for one in found}) == 1


def test_every_council_in_being_has_neighbours_and_no_characteristic_is_missing():
    table = neighbour_table()
    assert table["ons_code"].nunique() == 317
    assert table.groupby("ons_code").size().eq(15).all()
    wide = characteristics()
    for name in WEIGHTS:
        lower = name in ("services: trans", "services: csc", "services: asc")
        assert wide.loc[(wide["class"] != "SD") | (not lower), name].notna().all(), name


def test_only_city_of_london_and_scilly_stand_alone_and_they_are_nobodys_neighbours():
    table = neighbour_table()
    assert set(table.loc[table["alone"], "council"]) == {"City of London", "Isles of Scilly"}
    assert stands_alone("City of London") and not stands_alone("Kensington and Chelsea")
    assert not table["neighbour_council"].isin(["City of London", "Isles of Scilly"]).any()


def test_distance_is_what_the_method_says_worked_out_by_hand():
    table = characteristics()
    group = table[table["group"] == "county"]
    total = 0.0
    a, b = group.loc["E10000030"], group.loc["E10000015"]  # Surrey, Hertfordshire
    place = ("size: residents", "urbanity: residents a km²", "deprivation: score", "deprivation: extent")
    for name, weight in WEIGHTS.items():
        values = group[name].to_numpy(dtype=float)
        spread = (np.quantile(values, 0.75) - np.quantile(values, 0.25)) / 1.349
        z = [(float(one[name]) - np.median(values)) / spread for one in (a, b)]
        if name not in place:
            z = [min(3.0, max(-3.0, one)) for one in z]
        total += weight * (z[0] - z[1]) ** 2
    surrey = {one.council: one.distance for one in neighbours("Surrey")}
    assert surrey["Hertfordshire"] == pytest.approx(np.sqrt(total), rel=1e-9)


def test_characteristics_are_the_published_ones():
    row = characteristics().loc["E08000038"]  # Barnsley
    panel = pd.read_csv("data/processed/panel.csv", usecols=["ons_code", "year", "rs_netrevexp_net_exp"])
    spending = panel.query("ons_code == 'E08000038' and year == 2024")["rs_netrevexp_net_exp"].iloc[0]
    assert np.exp(row["size: net revenue expenditure"]) == pytest.approx(spending)
    tax = pd.read_csv("data/processed/council_tax.csv", usecols=["ons_code", "year", "ct_tax_base"])
    homes = tax.query("ons_code == 'E08000038' and year == 2024")["ct_tax_base"].iloc[0]
    people = np.exp(row["size: residents"])
    assert np.exp(row["tax base: band D homes a resident"]) * people == pytest.approx(homes)
    assert row["deprivation: score"] > characteristics().loc["E06000040", "deprivation: score"]  # Windsor


def test_a_tax_base_before_its_time_is_the_districts_added_up():
    tax = pd.read_csv("data/processed/council_tax.csv", usecols=["ons_code", "year", "ct_tax_base"])
    districts = ["E07000026", "E07000028", "E07000029"]  # Allerdale, Carlisle, Copeland
    homes = tax[(tax["year"] == 2019) & tax["ons_code"].isin(districts)]["ct_tax_base"].sum()
    row = characteristics(2019).loc["E06000063"]
    assert np.exp(row["tax base: band D homes a resident"] + row["size: residents"]) == pytest.approx(homes)


def test_agreement_counts_overlap_and_chance_as_defined():
    mine = [one.ons_code for one in neighbours("Surrey")]
    table = agreement({"E10000030": ["E10000030", *mine[:5]], "E12345678": ["E10000030"]})
    row = table.loc["county"]
    assert (row["councils"], row["overlap"], row["most"]) == (1, 5, 5)
    assert row["chance"] == pytest.approx(15 * 5 / 20)
    assert row["beyond_chance"] == pytest.approx(1.0)


@pytest.mark.skipif(not OFLOG.is_file(), reason="Oflog's sets are not shipped")
def test_agreement_with_oflog_is_well_beyond_chance_and_as_the_page_states():
    table = agreement(json.loads(OFLOG.read_text("utf-8")))
    assert table.loc["single tier", "overlap"] > 2.5 * table.loc["single tier", "chance"]
    assert table.loc["district", "overlap"] > 3 * table.loc["district", "chance"]
    assert table.loc["London", "overlap"] > 1.5 * table.loc["London", "chance"]
    assert (table["beyond_chance"] > 0.15).all()
    from resilience.report.documents import agreement_rows
    from resilience.report.formats.markdown.blocks import rows as block

    rows = agreement_rows(json.loads(OFLOG.read_text("utf-8")))
    assert block(rows) in Path("docs/peers.md").read_text("utf-8")


def test_side_by_side_has_every_indicator_and_places_the_council(run):
    table = compare("Sutton", run=run)
    scores = run.table
    assert table.loc["reserves_ratio", "own"] == scores.at["E09000029", "reserves_ratio"]
    near = [one.ons_code for one in neighbours_on(run, "Sutton")]
    others = scores.loc[near, "reserves_ratio"]
    assert table.loc["reserves_ratio", "median"] == pytest.approx(others.median())
    assert table.loc["reserves_ratio", "position"] == 1 + (others < scores.at["E09000029", "reserves_ratio"]).sum()
    assert len(table) > 40 and list(table.columns[-15:]) == near


def test_nothing_later_than_the_day_is_looked_at():
    early = method.run(date(2019, 1, 1), intervals=False)
    near = neighbours_on(early, "Kent")
    assert [one.ons_code for one in near] == [one.ons_code for one in neighbours("Kent", year=2018, deprivation=False)]
    assert characteristics_on(early)["deprivation: score"].isna().all()  # the Indices of 2025 were not out
    with pytest.raises(DataError, match="did not exist on 2019-01-01"):
        neighbours_on(early, "E06000066")


@pytest.mark.parametrize(
    ("name", "error", "words"),
    [
        ("Allerdale", DataError, "abolished on 2023-03-31; ask for Cumberland"),
        ("Nowhereville", UnknownCouncilError, "not a known English principal council"),
    ],
)
def test_a_name_that_fits_nothing_is_one_clear_sentence(name, error, words):
    with pytest.raises(error, match=words):
        neighbours(name)


def test_a_year_without_services_is_refused():
    for year in (2010, 2026):
        with pytest.raises(DataError, match="2011-12 to 2023-24"):
            neighbours("Kent", year=year)
