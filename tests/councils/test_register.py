"""Who the councils are, and what people call them."""

import json
from contextlib import suppress
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from resilience.councils import council, load_councils, reorganisations, resolve
from resilience.councils.register import COLUMNS
from resilience.errors import DataError, UnknownCouncilError
from resilience.tables.council_register import REGIONS

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
with_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the publications in ../shared are not here")
TABLE = load_councils()
ALL = [council(code) for code in TABLE["ons_code"]]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2008-04-01", {"SD": 238, "UA": 47, "MD": 36, "LB": 33, "SC": 34}),
        ("2009-04-01", {"SD": 201, "UA": 56, "MD": 36, "LB": 33, "SC": 27}),
        ("2019-03-31", {"SD": 201, "UA": 56, "MD": 36, "LB": 33, "SC": 27}),
        ("2019-04-01", {"SD": 192, "UA": 56, "MD": 36, "LB": 33, "SC": 26}),
        ("2020-04-01", {"SD": 188, "UA": 57, "MD": 36, "LB": 33, "SC": 25}),
        ("2021-04-01", {"SD": 181, "UA": 59, "MD": 36, "LB": 33, "SC": 24}),
        ("2023-04-01", {"SD": 164, "UA": 63, "MD": 36, "LB": 33, "SC": 21}),
    ],
)
def test_how_many_councils_were_in_being(day, expected):
    alive = [one.class_ for one in ALL if one.exists_on(date.fromisoformat(day))]
    assert {name: alive.count(name) for name in expected} == expected
    assert len(alive) == sum(expected.values())


def test_the_table_holds_together():
    assert tuple(TABLE.columns) == COLUMNS
    assert TABLE["ons_code"].is_unique
    assert TABLE["ecode"].is_unique
    assert TABLE["council"].is_unique
    assert set(TABLE["region"]) == set(REGIONS.values())
    assert ((TABLE["tier"] == "lower") == (TABLE["class"] == "SD")).all()
    assert ((TABLE["county"] != "") == (TABLE["class"] == "SD")).all()
    by_code = TABLE.set_index("ons_code")
    districts = TABLE[TABLE["county"] != ""]
    assert set(by_code.loc[districts["county"], "class"]) == {"SC"}
    assert (by_code.loc[districts["county"], "region"].to_numpy() == districts["region"]).all()
    for one in ALL:
        for other in one.successors:
            assert one.ons_code in council(other).predecessors
            assert one.end_date < council(other).start_date
            assert one.region == council(other).region
        for other in one.predecessors:
            assert one.ons_code in council(other).successors
        assert bool(one.successors) == (one.end_date is not None)


def test_codes_without_a_gss_code_say_so():
    coined = [one for one in ALL if one.ons_code == one.ecode]
    assert len(coined) == 44
    assert all(one.end_date == date(2009, 3, 31) and "no GSS code" in one.code_note for one in coined)


@pytest.mark.parametrize(
    ("former", "newest"),
    [
        ("E07000097", "E07000242"),  # East Hertfordshire
        ("E07000100", "E07000240"),  # St Albans
        ("E07000101", "E07000243"),  # Stevenage
        ("E07000104", "E07000241"),  # Welwyn Hatfield
        ("E08000020", "E08000037"),  # Gateshead
        ("E06000048", "E06000057"),  # Northumberland
        ("E08000016", "E08000038"),  # Barnsley
        ("E08000019", "E08000039"),  # Sheffield
        ("E0534", "E07000011"),  # Huntingdonshire's E-code of 2007-08
        ("E10000022", "E10000023"),  # North Yorkshire, misprinted
    ],
)
def test_former_codes_resolve(former, newest):
    assert resolve(former) == newest
    assert resolve(former.lower()) == newest


def test_every_code_and_unambiguous_name_resolves_to_its_council():
    for one in ALL:
        for code in (one.ons_code, one.ecode, *one.former_ons_codes, *one.former_ecodes):
            assert resolve(code) == one.ons_code
        assert resolve(one.council) == one.ons_code
        day = one.end_date or date(2025, 1, 1)
        for name in set(one.names) - {"Newcastle", "Kingston"}:
            assert resolve(name, on=day) == one.ons_code, name
            if one.end_date is None:
                assert resolve(name) == one.ons_code, name


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Cheshire East", "Cheshire East"),
        ("LB Croydon", "Croydon"),
        ("London Borough of Croydon", "Croydon"),
        ("Croydon LBC", "Croydon"),
        ("  CROYDON council ", "Croydon"),
        ("Bournemouth Christchurch & Poole", "Bournemouth, Christchurch and Poole"),
        ("BCP", "Bournemouth, Christchurch and Poole"),
        ("BCP Council", "Bournemouth, Christchurch and Poole"),
        ("St Helens", "St Helens"),
        ("St. Helens", "St Helens"),
        ("St Helens MBC", "St Helens"),
        ("Kingston upon Hull", "Kingston upon Hull"),
        ("Hull", "Kingston upon Hull"),
        ("Hull City Council", "Kingston upon Hull"),
        ("Kingston-upon-Hull, City of", "Kingston upon Hull"),
        ("Bristol, City of", "Bristol"),
        ("City of Bristol", "Bristol"),
        ("RBKC", "Kensington and Chelsea"),
        ("Royal Borough of Kensington & Chelsea", "Kensington and Chelsea"),
        ("Herefordshire, County of", "Herefordshire"),
        ("Herefordshire County Council", "Herefordshire"),
        ("Durham", "County Durham"),
        ("County Durham", "County Durham"),
        ("Durham County Council", "County Durham"),
        ("Durham City Council", "Durham City"),
        ("Southend on Sea", "Southend-on-Sea"),
        ("Southend-on-Sea City Council", "Southend-on-Sea"),
        ("Telford & Wrekin", "Telford and Wrekin"),
        ("The Wrekin", "Telford and Wrekin"),
        ("Somerset", "Somerset"),
        ("Somerset Council", "Somerset"),
        ("Somerset County Council", "Somerset (county to 2023)"),
        ("Dorset", "Dorset"),
        ("Dorset CC", "Dorset (county to 2019)"),
        ("Cumbria", "Cumbria"),
        ("Northamptonshire CC", "Northamptonshire"),
        ("City of London", "City of London"),
        ("Corporation of London", "City of London"),
        ("Isles of Scilly", "Isles of Scilly"),
        ("Council of the Isles of Scilly", "Isles of Scilly"),
        ("Newcastle City Council", "Newcastle upon Tyne"),
        ("Newcastle under Lyme", "Newcastle-under-Lyme"),
        ("Shepway", "Folkestone and Hythe"),
        ("kings lynn & west norfolk", "King's Lynn and West Norfolk"),
        ("Bedford Borough", "Bedford"),
        ("Medway Towns UA", "Medway"),
        ("Metropolitan Borough of Wirral", "Wirral"),
        ("Nottingham CC", "Nottingham"),
    ],
)
def test_names_as_people_write_them(name, expected):
    assert council(name).council == expected


@pytest.mark.parametrize(
    ("name", "on", "expected"),
    [
        ("Somerset", date(2023, 3, 31), "E10000027"),
        ("Somerset", date(2023, 4, 1), "E06000066"),
        ("Dorset", date(2018, 6, 1), "E10000009"),
        ("Buckinghamshire", date(2019, 6, 1), "E10000002"),
        ("North Yorkshire", date(2024, 1, 1), "E06000065"),
        ("Durham", date(2008, 6, 1), "E1321"),
        ("Bedford", date(2008, 6, 1), "E0231"),
    ],
)
def test_a_day_settles_which_bearer_of_a_name_is_meant(name, on, expected):
    assert resolve(name, on=on) == expected


@pytest.mark.parametrize("name", ["Newcastle", "Newcastle BC", "newcastle"])
def test_an_ambiguous_name_names_both(name):
    with pytest.raises(UnknownCouncilError, match=r"Newcastle-under-Lyme .* and Newcastle upon Tyne"):
        resolve(name)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Croyden", "Croydon"),
        ("Richmond", "Richmond upon Thames"),
        ("Nottingham County Council", "Nottinghamshire"),  # no such council: not Nottingham by silent guess
        ("Leicestershire District Council", "Leicestershire"),
        ("LB Leeds", "Leeds"),
        ("Hull MBC", "Kingston upon Hull"),
        ("London", "closest"),
        ("Greater London Authority", "no name comes close"),
        ("E99999999", "no name comes close"),
        ("", "no name comes close"),
        ("Council", "closest"),
    ],
)
def test_what_fits_nothing_is_refused_with_the_closest_names(name, said):
    with pytest.raises(UnknownCouncilError) as caught:
        resolve(name)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@given(st.text(max_size=30))
def test_any_text_resolves_or_is_refused(text):
    with suppress(UnknownCouncilError):
        assert resolve(text) in set(TABLE["ons_code"])


@given(
    st.sampled_from(ALL),
    st.sampled_from([" ", "  ", "-", " - "]),
    st.sampled_from(["&", "and"]),
    st.booleans(),
)
def test_case_spaces_and_ampersands_do_not_matter(one, gap, joint, upper):
    text = one.council.replace(" and ", f" {joint} ").replace(" ", gap)
    assert resolve(text.upper() if upper else text.lower()) == one.ons_code


def test_a_table_that_is_not_one_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"councils\.csv cannot be read"):
        load_councils(tmp_path / "councils.csv")
    (tmp_path / "other.csv").write_text("ons_code\nE06000001\n")
    with pytest.raises(DataError, match="lacks the column former_ons_codes"):
        resolve("Hartlepool", path=tmp_path / "other.csv")


def test_loading_gives_a_table_of_ones_own():
    mine = load_councils()
    mine.loc[0, "council"] = "changed"
    assert "changed" not in set(load_councils()["council"])


def test_reorganisations_name_councils_that_exist_and_their_source():
    codes = set(TABLE["ons_code"])
    for one in reorganisations():
        assert one["source"] and one["order"]
        for successor in one["successor"]:
            assert {successor["ons_code"], *successor["whole"], *successor.get("by", [])} <= codes
            assert council(successor["ons_code"]).start_date == one["date"]
            assert set(successor.get("by", [])) <= set(successor["whole"])


@with_shared
@pytest.mark.parametrize(
    ("file", "column"),
    [
        ("events/events.csv", "ons_code"),
        ("interim/outturn_2024_25.csv", "ons_code"),
        ("interim/outturn_2025_26.csv", "ons_code"),
        ("capital/capital_2023_24.csv", "ons_code"),
        ("capital/capital_2024_25.csv", "ons_code"),
        ("lookups/imd_2025_la_summary.csv", "lad24cd"),
    ],
)
def test_codes_of_the_other_files_resolve(file, column):
    table = pd.read_csv(SHARED / file, dtype=str).dropna(subset=[column])
    for code in table[column].unique():
        if not code.startswith("E47"):  # combined authorities are no principal councils
            resolve(code)


@with_shared
def test_codes_of_the_nearest_neighbours_resolve():
    table = json.loads((SHARED / "lookups" / "nearest_neighbours_oflog.json").read_text())
    codes = set(table) | {code for codes in table.values() for code in codes}
    others = ("E47", "E61")  # combined authorities and the Greater London Authority
    assert all(resolve(code) for code in codes if not code.startswith(others))


@with_shared
def test_names_of_the_children_and_reorganisation_files_resolve():
    lait = pd.read_csv(SHARED / "covariates" / "lait_extract_upper_tier.csv", dtype=str)
    regions = {name.lower() for name in REGIONS.values()} | {
        "england",
        "london (inner)",
        "london (outer)",
    }
    for name in lait["LA and Regions"].unique():
        if name.lower() not in regions:
            assert council(name).tier == "upper"
    new = pd.read_csv(SHARED / "lookups" / "lgr_new_unitaries.csv", dtype=str)
    whole = [name for name in new["predecessor"].unique() if not any(sign in name for sign in "0123456789+;,")]
    named = [name for name in whole if " and its " not in name]
    assert len(named) > 40
    assert all(council(name).end_date is None for name in named)
