import numpy as np
import openpyxl
import pandas as pd
import pytest

from resilience.errors import DataError, PublicationError
from resilience.publications.others import context
from resilience.publications.outturn.transcribed import read_transcribed
from resilience.tables import companions
from tests.publications.companion_data import SOURCE, needs_publications

LAIT = "Short Desc,Measure,y_axis_name,Years,LA and Regions,LA Number,Region,Values\n"
OFSTED = list(context._OFSTED)


def lait(path, body):
    path.write_text(LAIT + body)
    return path


def test_lait_years_regions_and_dates(tmp_path):
    body = (
        "LAC,m,y,2019,Leeds,383.0,Yorkshire,77\n"
        "LACFinance,m,y,2016-17 (OT),Leeds,383.0,Yorkshire,1190\n"
        "SEN_INIT_REQ,m,y,2019,Leeds,383.0,Yorkshire,500\n"
        "LAC,m,y,2019,England,970.0,,65\n"
        "LAC,m,y,2018,Dorset (Pre LG),835.0,South West,59\n"
        "LAC,m,y,2018,Dorset,838.0,South West,-\n"
    )
    table = context.read_lait(lait(tmp_path / "a.csv", body))
    rows = {(row.measure, row.ons_code): row for row in table.itertuples()}
    assert len(rows) == 4
    assert rows["looked_after_per_10000", "E08000035"].year == 2019
    assert rows["looked_after_weekly_cost", "E08000035"].year == 2017
    assert rows["looked_after_per_10000", "E10000009"].value == 59
    assert rows["looked_after_per_10000", "E08000035"].known_from == pd.Timestamp("2019-12-31")
    assert rows["ehc_requests_number", "E08000035"].known_from == pd.Timestamp("2020-12-31")


def test_lait_refuses_what_it_does_not_know(tmp_path):
    with pytest.raises(PublicationError, match="'NEW', which is not a known measure"):
        context.read_lait(lait(tmp_path / "a.csv", "NEW,m,y,2019,Leeds,383.0,Y,7\n"))
    twice = 2 * "LAC,m,y,2019,Leeds,383.0,Y,77\n"
    with pytest.raises(PublicationError, match="two rows"):
        context.read_lait(lait(tmp_path / "a.csv", twice))


def ofsted(path, overall="Good"):
    book = openpyxl.Workbook()
    history = book.active
    history.title = "ILACS_inspection_history"
    latest = book.create_sheet("Inspections_as_at_31_March")
    history.append(["ILACS inspection history"])
    history.append([*OFSTED[:4], "Inspection type", *OFSTED[4:]])
    rows = [
        [
            "E08000035",
            "Leeds",
            "2018-10-29",
            "2018-12-18",
            "Short",
            "Outstanding",
            "Good",
            "Good",
            "Good",
            None,
        ],
        [
            "E08000035",
            "Leeds",
            "2022-02-21",
            "2022-05-09",
            "Standard",
            overall,
            "Good",
            "Good",
            "Good",
            "Good",
        ],
    ]
    for row in rows:
        history.append(row)
    latest.append(OFSTED)
    latest.append([*rows[1][:4], *rows[1][5:]])
    latest.append(["E06000059", "Dorset", "2021-09-27", "2021-11-12", "Good", "Good", "Good", "Good", None])
    book.save(path)
    return path


def test_ofsted_history_and_when_it_was_known(tmp_path):
    table = context.read_ofsted(ofsted(tmp_path / "o.xlsx", "Inadequate"))
    assert len(table) == 3  # the second sheet repeats one and adds one
    assert pd.isna(table.loc[table["inspected"] == "2018-10-29", "care_leavers"]).all()
    dates = table.set_index("inspected")["known_from"]
    assert (dates > dates.index).all()  # a report comes out after its inspection


def test_ofsted_errors(tmp_path):
    with pytest.raises(PublicationError, match="Leeds has the judgement 'Splendid'"):
        context.read_ofsted(ofsted(tmp_path / "o.xlsx", "Splendid"))
    openpyxl.Workbook().save(tmp_path / "p.xlsx")
    with pytest.raises(PublicationError, match="no sheet named like"):
        context.read_ofsted(tmp_path / "p.xlsx")


def test_counties_are_means_weighted_by_people():
    districts = pd.DataFrame(
        {
            "ons_code": ["D1", "D2", "D3"],
            "council": ["a", "b", "c"],
            "imd_level": "council",
            "known_from": pd.Timestamp("2025-10-30"),
            "imd_average_score": [10.0, 20.0, 30.0],
            "imd_extent": [0.1, 0.2, 0.3],
        }
    )
    county_of = {"D1": "C1", "D2": "C1", "D3": "C2", "D4": "C2"}
    table = context.county_deprivation(districts, county_of, {"D1": 100.0, "D2": 300.0, "D3": 5.0, "D4": 5.0})
    assert table["ons_code"].tolist() == ["C1"]  # C2 lacks a district
    assert table["imd_average_score"][0] == pytest.approx(17.5)
    assert context.county_deprivation(districts, county_of, {"D1": 100.0}).empty


def test_deflator():
    table = context.gdp_deflator()
    assert table["year"].tolist() == list(range(2008, 2027))
    assert table.set_index("year")["gdp_deflator"][2025] == 100
    assert table["kind"].tolist() == ["outturn"] * 18 + ["forecast"]
    factor = 100 / table.set_index("year")["gdp_deflator"]
    assert factor[2014] == pytest.approx(1.3693, abs=2e-4)  # June 2026 release, elsewhere
    assert factor[2019] == pytest.approx(1.2692, abs=2e-4)


def check_lait(table):
    assert (len(table), table["ons_code"].nunique(), table["measure"].nunique()) == (22353, 158, 17)
    keyed = table.set_index(["measure", "ons_code", "year"])["value"]
    hand = {
        ("looked_after_per_10000", "E08000025", 2019): 67,
        ("looked_after_per_10000", "E09000008", 2024): 55,
        ("looked_after_per_10000", "E10000009", 2018): 59,
        ("ehc_plans_number", "E10000016", 2024): 19407,
        ("ehc_plans_number", "E08000035", 2019): 3836,
        ("looked_after_weekly_cost", "E06000059", 2025): 2485,
    }
    for key, value in hand.items():
        assert keyed[key] == value, key


def check_ofsted(table):
    assert len(table) == 271 and table["ons_code"].nunique() == 156
    found = {(row.ons_code, str(row.known_from.date())): row.overall for row in table.itertuples()}
    hand = {
        ("E08000025", "2019-01-17"): "Requires improvement to be good",
        ("E08000025", "2023-04-18"): "Good",
        ("E09000008", "2024-12-03"): "Good",
        ("E10000016", "2022-07-05"): "Outstanding",
        ("E08000035", "2018-12-18"): "Outstanding",
        ("E10000021", "2019-07-29"): "Inadequate",
    }
    assert {key: found[key] for key in hand} == hand


def check_deprivation(table):
    keyed = table.set_index("ons_code")
    scores = {
        "E06000009": 43.467,
        "E06000041": 6.102,
        "E07000223": 14.99,
        "E09000008": 22.562,
        "E06000002": 40.037,
    }
    assert keyed.loc[list(scores), "imd_average_score"].to_dict() == pytest.approx(scores)
    assert keyed.loc["E06000009", "imd_rank_of_average_score"] == 1
    assert "E08000038" in keyed.index and "E08000016" not in keyed.index
    assert (table["known_from"] == pd.Timestamp("2025-10-30")).all()


@needs_publications
def test_published_values():
    check_lait(context.read_lait(SOURCE / "covariates" / "lait_extract_upper_tier.csv"))
    check_ofsted(context.read_ofsted(SOURCE / "covariates" / "ofsted_inspection_outcomes_2025-03-31.ods"))
    check_deprivation(context.read_deprivation(SOURCE / "lookups" / "imd_2025_la_summary.csv"))


def test_the_shipped_tables_hold_the_same():
    check_lait(context.load_context_measures())
    check_ofsted(context.load_ofsted())
    table = context.load_deprivation()
    check_deprivation(table)
    counties = table[table["imd_level"] == "aggregated"]
    assert len(counties) == 21 and counties["ons_code"].str.startswith("E10").all()
    assert np.isnan(counties["imd_rank_of_average_score"]).all()


@needs_publications
def test_companions_are_built_again_just_as_shipped(tmp_path):
    from resilience import paths

    entries = companions.build_companions(SOURCE, tmp_path, read_transcribed(SOURCE / "outturn_exact"))
    for name in companions.TABLES:
        assert (tmp_path / name).read_bytes() == (paths.processed() / name).read_bytes(), name
        assert (tmp_path / name).stat().st_size < 1_000_000
    assert {entry["table"] for entry in entries} == set(companions.TABLES)
    assert all(len(entry["sha256"]) == 64 and "/" not in entry["file"] for entry in entries)


def test_companions_need_a_folder(tmp_path):
    with pytest.raises(PublicationError, match="is not a folder"):
        companions.build_companions(tmp_path / "none", tmp_path)


def test_a_missing_shipped_table_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("RESILIENCE_HOME", str(tmp_path))
    with pytest.raises(DataError, match="cannot be read"):
        context.load_ofsted()
