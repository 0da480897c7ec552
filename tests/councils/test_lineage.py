"""A council's history carried across reorganisation."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resilience.councils import council, load_councils, reorganisations
from resilience.councils.lineage import county_share, lineage_of, predecessors_of, successors_of, with_lineage
from resilience.errors import DataError

NRE = "rs_netrevexp_net_exp"
RESERVES = "rs_resunall_end_cy"
CUMBERLAND, WESTMORLAND, CUMBRIA = "E06000063", "E06000064", "E10000006"
ALLERDALE, BARROW, CARLISLE, COPELAND, EDEN, LAKELAND = (f"E070000{at}" for at in range(26, 32))
SUCCESSORS = [one["ons_code"] for each in reorganisations() for one in each["successor"]]


def row(code, year, nre=100.0, reserves=10.0, **others):
    one = council(code)
    return {
        "ons_code": code,
        **{"ecode": one.ecode, "council": one.council, "class": one.class_, "region": one.region},
        **{"outturn_year": f"{year - 1}-{year % 100:02d}", "year": year, "source_kind": "original"},
        **{"source_file": f"rs{year}.xlsx", "known_from": f"{year}-11-10", "status": "returned", "flags": ""},
        **{NRE: nre, RESERVES: reserves},
        **others,
    }


def cumbria(year=2022, **changes):
    """Cumbria as it might be: its districts spend 10, 20, … 60, the county 1,000."""
    districts = (ALLERDALE, BARROW, CARLISLE, COPELAND, EDEN, LAKELAND)
    rows = [row(code, year, nre=10.0 * at, reserves=at) for at, code in enumerate(districts, start=1)]
    rows.append(row(CUMBRIA, year, nre=1000.0, reserves=210.0))
    for one in rows:
        one |= changes.get(one["ons_code"], {})
    return pd.DataFrame(rows)


def built(panel, code, year=2022, **options):
    found = with_lineage(panel, **options).query("built and ons_code == @code and year == @year")
    assert len(found) == 1
    return found.iloc[0]


def every_council(year, nre):
    """One row for every council there has been, whatever its dates: enough to build any successor."""
    codes = [code for code in load_councils()["ons_code"] if code not in SUCCESSORS]
    return pd.DataFrame([row(code, year, nre=nre(at), reserves=float(at)) for at, code in enumerate(codes)])


def test_a_split_county_is_shared_by_its_districts_expenditure():
    one = built(cumbria(), CUMBERLAND)
    share = (10 + 30 + 40) / 210
    assert one[NRE] == pytest.approx(80 + 1000 * share)
    assert one[RESERVES] == pytest.approx(1 + 3 + 4 + 210 * share)
    assert one["built_from"] == f"{ALLERDALE};{CARLISLE};{COPELAND};{CUMBRIA}*{share:.4f}"
    assert (one["ecode"], one["council"], one["class"]) == ("E0901", "Cumberland", "UA")
    assert (one["outturn_year"], one["region"], one["status"]) == ("2021-22", "North West", "returned")


def test_the_halves_of_a_county_add_up_to_the_whole():
    panel = cumbria()
    halves = built(panel, CUMBERLAND)[[NRE, RESERVES]] + built(panel, WESTMORLAND)[[NRE, RESERVES]]
    assert halves.to_numpy(dtype=float) == pytest.approx(panel[[NRE, RESERVES]].sum().to_numpy())


def test_published_rows_are_untouched_and_marked():
    panel = cumbria()
    after = with_lineage(panel)
    published = after[~after["built"]]
    assert set(published["built_from"]) == {""}
    pd.testing.assert_frame_equal(
        published[panel.columns].reset_index(drop=True),
        panel.sort_values("ons_code", ignore_index=True),
    )


def test_a_missing_figure_of_one_predecessor_is_missing_in_the_sum_alone():
    panel = cumbria(**{ALLERDALE: {RESERVES: math.nan}})
    one = built(panel, CUMBERLAND)
    assert math.isnan(one[RESERVES])
    assert one[NRE] == pytest.approx(80 + 1000 * 80 / 210)
    assert built(panel, WESTMORLAND)[RESERVES] == pytest.approx(13 + 210 * 130 / 210)


@pytest.mark.parametrize("nre", [math.nan, -1000.0])
def test_without_a_weight_nothing_is_estimated(nre):
    one = built(cumbria(**{EDEN: {NRE: nre}}), CUMBERLAND)
    assert one[[NRE, RESERVES]].isna().all()
    assert one["built_from"].endswith(f"{CUMBRIA}*nan")


def test_a_year_in_which_a_predecessor_has_no_row_is_not_built():
    panel = cumbria()
    after = with_lineage(panel[panel["ons_code"] != ALLERDALE])
    assert CUMBERLAND not in set(after["ons_code"])


def test_particulars_travel():
    panel = cumbria(
        **{
            ALLERDALE: {"flags": "late;jump", "known_from": "2023-02-01", "status": "partial"},
            COPELAND: {"flags": "jump;odd", "source_kind": "interim", "source_file": "other.csv"},
        }
    )
    one = built(panel, CUMBERLAND)
    assert one["flags"] == "late;jump;odd;built"
    assert one["known_from"] == "2023-02-01"
    assert one["status"] == "partial"
    assert one["source_kind"] == "interim"
    assert one["source_file"] == "rs2022.xlsx;other.csv"
    other = built(panel, WESTMORLAND)
    assert (other["flags"], other["source_kind"], other["status"]) == ("built", "original", "returned")


def test_years_after_the_start_are_never_built():
    panel = pd.concat([cumbria(2023), cumbria(2024)])
    years = with_lineage(panel).query("built")["year"]
    assert set(years) == {2023}


def test_a_published_year_of_the_successor_is_kept():
    panel = pd.concat([cumbria(), pd.DataFrame([row(CUMBERLAND, 2022, nre=7.0)])])
    after = with_lineage(panel)
    mine = after[after["ons_code"] == CUMBERLAND]
    assert list(mine[NRE]) == [7.0]
    assert not mine["built"].any()


def test_building_twice_changes_nothing():
    once = with_lineage(cumbria())
    pd.testing.assert_frame_equal(with_lineage(once), once)


def test_columns_left_out_are_not_added_up():
    panel = cumbria().assign(ct_band_d=1800.0)
    one = built(panel, CUMBERLAND, amounts=[NRE, RESERVES])
    assert math.isnan(one["ct_band_d"])
    assert one[RESERVES] > 0


def test_another_weight_can_be_named():
    panel = cumbria().assign(people=1.0)
    assert built(panel, CUMBERLAND, weight="people")[NRE] == pytest.approx(80 + 500)


def test_amounts_may_be_whole_numbers_and_dates_real_dates():
    panel = cumbria().astype({NRE: int})
    panel["known_from"] = pd.to_datetime(panel["known_from"])
    assert built(panel, CUMBERLAND)["known_from"] == pd.Timestamp("2022-11-10")


def test_bournemouth_christchurch_and_poole_takes_christchurchs_part_of_dorset():
    districts = [f"E070000{at}" for at in range(48, 54)]
    panel = pd.DataFrame(
        [row(code, 2019, nre=10.0) for code in districts]
        + [
            row("E10000009", 2019, nre=600.0),
            row("E06000028", 2019, nre=50.0),
            row("E06000029", 2019, nre=40.0),
        ]
    )
    assert built(panel, "E06000058", 2019)[NRE] == pytest.approx(50 + 40 + 10 + 600 / 6)
    assert built(panel, "E06000059", 2019)[NRE] == pytest.approx(50 + 600 * 5 / 6)


def test_a_chain_is_followed_to_its_beginning():
    codes = ["E10000027", "E07000187", "E07000188", "E07000189", "E07000190", "E07000191"]
    one = built(pd.DataFrame([row(code, 2018, nre=1.0) for code in codes]), "E06000066", 2018)
    assert one[NRE] == 6
    assert one["built_from"] == ";".join(codes)
    assert one["flags"] == "built"
    assert lineage_of("Somerset") == (*codes[:4], "E07000246", *codes[4:])


@pytest.mark.parametrize("code", SUCCESSORS)
def test_every_successor_gets_its_past(code):
    panel = every_council(2009, nre=lambda at: 100.0 + at)
    one = built(panel, code, 2009)
    weights = [float(part.split("*")[1]) if "*" in part else 1.0 for part in one["built_from"].split(";")]
    codes = [part.split("*")[0] for part in one["built_from"].split(";")]
    expected = panel.set_index("ons_code").loc[codes, NRE].to_numpy() @ np.array(weights)
    assert one[NRE] == pytest.approx(expected, rel=1e-3)
    assert set(codes) <= set(lineage_of(code))
    assert one["class"] == council(code).class_


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(1, 1e6), min_size=7, max_size=7), st.floats(0.01, 100))
def test_nothing_is_lost_or_won_and_scale_carries_through(amounts, factor):
    panel = cumbria()
    panel[NRE] = amounts
    halves = built(panel, CUMBERLAND)[NRE], built(panel, WESTMORLAND)[NRE]
    assert sum(halves) == pytest.approx(sum(amounts))
    scaled = panel.assign(**{NRE: panel[NRE] * factor, RESERVES: panel[RESERVES] * factor})
    assert built(scaled, CUMBERLAND)[NRE] == pytest.approx(halves[0] * factor)
    assert built(scaled, CUMBERLAND)[RESERVES] == pytest.approx(built(panel, CUMBERLAND)[RESERVES] * factor)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_every_split_county_adds_up_whatever_the_figures(seed):
    draw = np.random.default_rng(seed)
    panel = every_council(2009, nre=lambda at: float(draw.uniform(1, 1e5)))
    after = with_lineage(panel).set_index("ons_code")
    for each in reorganisations():
        successors = [one["ons_code"] for one in each["successor"]]
        before = {code for one in successors for code in predecessors_of(one)}
        assert after.loc[successors, NRE].sum() == pytest.approx(after.loc[sorted(before), NRE].sum())


def test_family_ties():
    assert predecessors_of("Cumberland") == (ALLERDALE, CARLISLE, COPELAND, CUMBRIA)
    assert successors_of("Cumbria") == (CUMBERLAND, WESTMORLAND)
    assert successors_of("Taunton Deane") == ("E07000246",)
    assert predecessors_of("Croydon") == successors_of("Croydon") == lineage_of("Croydon") == ()
    assert set(successors_of("E0621")) == {"E06000049", "E06000050"}


def test_shares_of_a_split_county():
    weights = dict.fromkeys((ALLERDALE, BARROW, CARLISLE, COPELAND, EDEN, LAKELAND), 5.0)
    assert county_share(weights, CUMBERLAND) == pytest.approx(0.5)
    assert math.isnan(county_share({ALLERDALE: 5.0}, CUMBERLAND))
    with pytest.raises(DataError, match="took over no part of a split county"):
        county_share(weights, "E06000060")


@pytest.mark.parametrize(
    ("panel", "said"),
    [
        (cumbria().drop(columns="year"), "lacks the column year"),
        (cumbria().drop(columns=NRE), f"lacks the amount column {NRE}, by which E10000006 is split"),
        (pd.concat([cumbria(), cumbria()]), "twice in 2021-22"),
    ],
)
def test_bad_panels_are_refused(panel, said):
    with pytest.raises(DataError, match=said):
        with_lineage(panel)


def test_a_panel_with_nothing_to_build_comes_back_sorted_and_marked():
    panel = pd.DataFrame([row("E09000008", 2024), row("E09000008", 2023)])
    after = with_lineage(panel)
    assert list(after["year"]) == [2023, 2024]
    assert not after["built"].any()
