"""The tile map: every council has a hexagon of its own, near where it is, and says where it ranks."""

import re
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

from benchmarks.tiles import layout
from resilience.councils.register import load_councils
from resilience.model.bands import NAMES
from resilience.model.risk_set import AT_RISK
from resilience.report.site import links
from resilience.report.views.map import COLUMNS, LAYERS, NOT_SCORED, load_tiles, view
from resilience.report.writers import PAGE, write
from tests.report.site_data import one_run

LIMIT = 300_000


@pytest.fixture(scope="module")
def shown():
    return view(one_run(), lambda code: f"councils/{code}.html")


@pytest.fixture(scope="module")
def text(shown):
    return write("map", PAGE, {**shown, "links": links("map.html")})


def test_every_council_in_being_has_one_tile_on_its_layer():
    tiles, councils = load_tiles(), load_councils()
    assert tuple(tiles.columns) == COLUMNS
    living = councils[councils["end_date"] == ""]
    for layer, (_, classes) in LAYERS.items():
        assert sorted(tiles.loc[tiles["layer"] == layer, "ons_code"]) == sorted(
            living.loc[living["class"].isin(classes), "ons_code"]
        )
    assert tiles["ons_code"].is_unique


def test_no_two_share_a_tile():
    assert not load_tiles().duplicated(["layer", "column", "row"]).any()


@pytest.mark.parametrize("layer", LAYERS)
def test_neighbours_stay_neighbours(layer):
    tiles = load_tiles().query("layer == @layer")
    across = tiles["column"] + tiles["row"] % 2 / 2
    assert across.corr(tiles["x"], method="spearman") > 0.95
    assert tiles["row"].corr(-tiles["y"], method="spearman") > 0.95


def test_a_county_stands_in_the_middle_of_its_districts():
    tiles = load_tiles().set_index("ons_code")
    councils = load_councils().set_index("ons_code").loc[tiles.index]
    counties = councils.index[councils["class"] == "SC"]
    assert len(counties) > 15
    for county in counties:
        own = tiles.loc[councils.index[councils["county"] == county], ["x", "y"]]
        assert (tiles.loc[county, ["x", "y"]] - own.mean()).abs().max() < 2, tiles.at[county, "council"]


def test_a_layout_gives_a_hexagon_each_even_where_councils_crowd():
    rng = np.random.default_rng(1)
    crowd = pd.DataFrame(rng.uniform(0, 100, (40, 2)), columns=["x", "y"])
    crowd.loc[39] = (400, 400)
    found = layout(crowd, 30)
    assert not found.duplicated().any()
    assert found.loc[39, "row"] == 0 and found["column"].min() == 0 and found["row"].min() in (0, 1)
    assert found.loc[39, "column"] == found["column"].max()


def test_each_says_its_rank_and_band(shown):
    table = one_run().table
    tiles = [one for layer in shown["layers"] for one in layer["tiles"]]
    assert {one["ons_code"] for one in tiles} == set(table.index)
    for one in tiles:
        row = table.loc[one["ons_code"]]
        if row["status"] == AT_RISK:
            assert one["rank"] == row["rank"] and one["kind"] == row["band"]
            assert re.fullmatch(rf"{one['council']}: ranked {one['rank']}(st|nd|rd|th), {row['band']}", one["said"])
        else:
            assert one["rank"] is None and one["kind"] not in NAMES
            assert one["said"].startswith((f"{one['council']}: event already, ", f"{one['council']}: {NOT_SCORED}"))


def test_the_legend_counts_everybody(shown):
    counted = {row["name"]: row["councils"] for row in shown["legend"]}
    assert sum(counted.values()) == len(one_run().table)
    assert [counted[name] for name in NAMES[:4]] == [10, 20, 30, 40]
    assert all(row["of"] for row in shown["legend"] if row["name"] in NAMES)


def test_the_page_is_well_formed_and_small(shown, text):
    assert len(text.encode()) < LIMIT
    drawings = [
        ElementTree.fromstring(one) for one in re.findall(r'<svg class="tiles".*?</svg>', text, flags=re.DOTALL)
    ]
    assert len(drawings) == len(LAYERS)
    for layer, drawing in zip(shown["layers"], drawings, strict=True):
        hexagons = drawing.findall("a")
        assert len(hexagons) == len(layer["tiles"])
        for hexagon, one in zip(hexagons, layer["tiles"], strict=True):
            assert hexagon.get("href") == one["href"]
            assert hexagon.get("aria-label") == hexagon.findtext("title") == one["said"]


def test_every_kind_of_hexagon_looks_another_way_besides_colour(shown, text):
    fills = dict(re.findall(r"\.k-([\w-]+) path \{ ([^}]+) \}", text))
    assert len(fills) == len(shown["legend"]) and len(set(fills.values())) == len(fills)
    patterns = re.findall(r'<pattern id="([\w-]+)"[^>]*>(.*?)</pattern>', text)
    bare = {re.sub(r"#[0-9a-f]{6}", "", drawn) for _, drawn in patterns}
    assert len(bare) == len(patterns) == 4
    assert {name for name, _ in patterns} == set(re.findall(r"url\(#([\w-]+)\)", text))


def test_a_council_without_a_page_is_drawn_without_a_link():
    text = write("map", PAGE, {**view(one_run(), lambda code: None), "links": links("map.html")})
    assert '<svg class="tiles"' in text and '<a href="councils/' not in text
    assert text.count('<g role="img"') == len(one_run().table)
