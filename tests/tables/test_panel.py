"""The panel: how many rows a year, what each row says of itself, and what comes of lines, faults and second hands."""

from __future__ import annotations

import json
import re
from datetime import date

import numpy as np
import pandas as pd
import pytest

from resilience import paths
from resilience.councils import load_councils
from resilience.errors import DataError
from resilience.files import sha256
from resilience.publications.outturn.interim import read_interim
from resilience.publications.outturn.transcribed import LATE_RETURNS
from resilience.publications.releases import known_from
from resilience.tables.panel import CLASSES, KEYS, build_panel, check_panel, load_panel, provenance, to_csv
from resilience.tables.revisions import load_vintages, panel_as_of
from resilience.years import outturn_year_of, year_of

CORE = [
    "rs_netrevexp_net_exp",
    "rs_resunall_start_cy",
    "rs_resunall_end_cy",
    "rs_resoth_start_cy",
    "rs_resoth_end_cy",
]
COMPLETE = {
    "2007-08": 388,
    "2008-09": 388,
    **{outturn_year_of(year): 353 for year in range(2010, 2017)},
    "2016-17": 352,
    "2017-18": 353,
    "2018-19": 353,
    "2019-20": 343,
    "2020-21": 339,
    "2021-22": 332,
    "2022-23": 329,
    "2023-24": 304,
}


def row(panel: pd.DataFrame, council: str, year: str) -> pd.Series:
    found = panel[(panel["council"] == council) & (panel["outturn_year"] == year)]
    assert len(found) == 1, (council, year)
    return found.iloc[0]


# --- the shipped panel ---


@pytest.mark.parametrize(("year", "count"), COMPLETE.items())
def test_rows_with_net_revenue_expenditure_and_both_reserves_at_both_ends(panel, year, count):
    rows = panel[(panel["outturn_year"] == year) & (panel["source_kind"] == "original")]
    complete = rows[CORE].notna().all(axis=1)
    # A nil that nothing in the return accounts for is missing; as published, the row was complete.
    nil = rows["flags"].str.contains("nil_not_returned", regex=False)
    assert not (complete & nil).any()
    assert (complete | nil).sum() == count
    assert (rows["status"] == "returned").tolist() == complete.tolist()


@pytest.mark.parametrize("year", COMPLETE)
def test_every_council_in_being_has_a_row_and_no_other(panel, year):
    councils = load_councils().drop_duplicates("ons_code").set_index("ons_code")
    close = pd.Timestamp(year_of(year), 3, 31)
    starts, ends = pd.to_datetime(councils["start_date"]), pd.to_datetime(councils["end_date"])
    being = councils.index[(starts.isna() | (starts <= close)) & (ends.isna() | (ends >= close))]
    assert set(panel.loc[panel["outturn_year"] == year, "ons_code"]) == set(being)


@pytest.mark.parametrize("council", ["Birmingham", "Woking"])
@pytest.mark.parametrize("year", ["2022-23", "2023-24"])
def test_a_council_without_a_return_is_there_and_marked_and_empty(panel, council, year):
    # The two came late; before that day they stand as the workbooks left them.
    one = row(panel_as_of(panel, load_vintages(), date(2025, 12, 9)), council, year)
    assert one["status"] == "not returned"
    assert "not_returned" in one["flags"].split(";")
    amounts = [name for name in panel.columns if name.startswith(("rs_", "int_"))]
    assert one[amounts].isna().all()
    assert row(panel, council, "2020-21")["status"] == "returned"


def test_thurrock_2021_22_lacks_its_unallocated_reserves_and_is_marked_partial(panel):
    thurrock = row(panel, "Thurrock", "2021-22")
    assert thurrock["status"] == "partial"
    assert "partial_return" in thurrock["flags"].split(";")
    assert np.isnan(thurrock["rs_resunall_end_cy"])
    assert thurrock["rs_netrevexp_net_exp"] > 0


def test_a_missing_return_is_never_nought(panel):
    gone = panel[panel["status"] == "not returned"]
    assert len(gone) == 1 + 1 + 25
    assert not gone.filter(regex="^(rs|int)_").notna().any(axis=None)


def test_every_row_says_where_it_is_from_and_since_when_known(panel):
    assert panel["known_from"].notna().all()
    for year, rows in panel.groupby("outturn_year"):
        late = rows["source_kind"].eq("transcribed") & (year in LATE_RETURNS)
        assert rows.loc[~late, "known_from"].unique().tolist() == [pd.Timestamp(known_from(year))]
        assert (rows.loc[late, "known_from"] == pd.Timestamp(2025, 12, 9)).all()
        # nobody can know a year before it closes
        assert rows["known_from"].iloc[0] > pd.Timestamp(year_of(year), 3, 31)
    published = panel["status"] != "not returned"
    assert (panel.loc[published, "source_file"] != "").all()
    assert set(panel["source_kind"]) == {"original", "transcribed", "interim"}
    exact = panel.loc[panel["source_kind"] == "transcribed", "outturn_year"]
    assert set(exact) == {"2022-23", "2023-24", "2024-25", "2025-26"}
    assert set(panel.loc[panel["source_kind"] == "interim", "outturn_year"]) == {"2024-25", "2025-26"}


def test_second_hand_rows_are_flagged_row_by_row(panel):
    second = panel[panel["source_kind"].eq("interim") & panel["status"].ne("not returned")]
    assert second["flags"].str.split(";").map(lambda flags: "second_hand" in flags).all()
    assert not panel.loc[panel["source_kind"] == "original", "flags"].str.contains("second_hand").any()


def test_a_line_a_year_does_not_have_is_absent_not_nought(panel):
    # Councils may use capital receipts flexibly from 2016-17; the form has a line for it from 2017-18.
    years = panel[panel["source_kind"] == "original"].groupby("outturn_year")["rs_caprecflex_net_exp"]
    filled = years.count()
    assert filled[filled.index < "2016-17"].eq(0).all()
    assert filled[filled.index >= "2018-19"].gt(200).all()


def test_the_shipped_panel_keeps_its_own_schema_and_order(panel):
    assert check_panel(panel) is panel
    assert tuple(panel.columns[: len(KEYS)]) == KEYS
    assert panel[["ons_code", "year"]].equals(panel[["ons_code", "year"]].sort_values(["ons_code", "year"]))
    assert set(panel["class"]) == set(CLASSES)


def test_the_file_comes_back_byte_for_byte(panel):
    assert to_csv(panel) == (paths.processed() / "panel.csv").read_text("utf-8")


# --- provenance ---


def test_provenance_names_every_file_of_the_panel_with_its_checksum(panel):
    files = provenance()["files"]
    by_name = {entry["file"]: entry for entry in files if entry["table"] == "panel.csv"}
    assert set(panel.loc[panel["source_file"] != "", "source_file"]) <= set(by_name)
    for entry in files:
        assert re.fullmatch(r"[0-9a-f]{64}", entry["sha256"]), entry["file"]
        assert entry["bytes"] > 0
        assert entry["licence"]
        assert entry["publisher"]
        assert "/" not in entry["file"]
    for entry in by_name.values():
        if entry["outturn_year"]:
            assert entry["released"] == str(known_from(entry["outturn_year"]))


def test_provenance_is_of_the_files_at_hand(originals):
    at_hand = {path.name: path for path in originals.rglob("*") if path.is_file()}
    compared = 0
    for entry in provenance()["files"]:
        if entry["file"] in at_hand:
            assert sha256(at_hand[entry["file"]]) == entry["sha256"], entry["file"]
            assert at_hand[entry["file"]].stat().st_size == entry["bytes"]
            compared += 1
    assert compared >= 17 + 10 + 2


def test_every_shipped_table_has_its_sources_and_the_newest_release_is_the_newest():
    content = provenance()
    tables = {entry["table"] for entry in content["files"]}
    computed = {"panel.csv", "council_tax.csv", "service_outturn.csv", "capital.csv", "context_measures.csv"}
    assert computed | {"ofsted.csv", "deprivation.csv", "gdp_deflator.csv"} <= tables
    assert tables <= {path.name for path in paths.processed().glob("*.csv")}
    released = [entry["released"] for entry in content["files"] if entry.get("released")]
    assert content["newest_release"] == max(released)
    assert "Open Government Licence v3.0" in content["attribution"]


# --- from lines ---


@pytest.fixture(scope="module")
def lines(panel) -> pd.DataFrame:
    """Return 2022-23 and 2023-24 of five councils as the readers would give them, from the shipped figures."""
    councils = ["Croydon", "Leeds", "Kent", "Cheshire East", "Woking"]
    rows = panel[
        panel["source_kind"].eq("original") & panel["council"].isin(councils) & panel["year"].isin([2023, 2024])
    ]
    names = [name for name in rows if name.startswith("rs_") and rows[name].notna().any()]
    tidy = rows.melt(
        id_vars=["outturn_year", "ecode", "ons_code", "council", "class", "source_file"],
        value_vars=names,
        var_name="line",
        value_name="amount",
    )
    return tidy.dropna(subset="amount").assign(form="RS")


@pytest.fixture(scope="module")
def few(panel) -> pd.DataFrame:
    """Return the register of those five councils."""
    register = load_councils()
    return register[register["council"].isin(["Croydon", "Leeds", "Kent", "Cheshire East", "Woking"])]


def test_lines_become_rows_and_absent_councils_are_there(panel, lines, few):
    built = build_panel(lines, few)
    assert len(built) == 10
    woking = row(built, "Woking", "2023-24")
    assert (woking["status"], woking["flags"], woking["source_file"]) == ("not read", "not_read=1", "")
    shipped = panel.set_index(["ons_code", "year"]).loc[list(zip(built["ons_code"], built["year"], strict=True))]
    original = shipped["source_kind"].eq("original").to_numpy()
    assert original.sum() == 8
    for name in CORE:
        np.testing.assert_array_equal(built.loc[original, name], shipped.loc[original, name])


def test_rows_do_not_depend_on_the_order_of_lines(lines, few):
    usual = to_csv(build_panel(lines, few))
    for seed in (1, 2):
        shuffled = build_panel(lines.sample(frac=1, random_state=seed), few)
        assert to_csv(shuffled[build_panel(lines, few).columns]) == usual


def test_other_bodies_are_left_out(lines, few):
    police = lines[lines["ecode"] == lines["ecode"].iloc[0]].assign(
        ecode="E7042", **{"class": "O"}, council="Sussex Police"
    )
    assert to_csv(build_panel(pd.concat([lines, police]), few)) == to_csv(build_panel(lines, few))


def second_hand(year: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "ecode": ["E5035"],
            "ons_code": ["E09000008"],
            "council": ["Croydon"],
            "outturn_year": [year],
            "year": [year_of(year)],
            "source_kind": ["interim"],
            "source_file": ["outturn.csv"],
            "known_from": [date(2025, 9, 18)],
            "rs_netrevexp_net_exp": [999_999.0],
            "int_reserves_unallocated_and_earmarked": [1.0],
        }
    )


def test_second_hand_figures_give_way_to_the_original_of_the_same_year(lines, few):
    both = build_panel(lines, few, interim=second_hand("2023-24"))
    assert to_csv(both[[n for n in both if not n.startswith("int_")]]) == to_csv(build_panel(lines, few))
    assert set(both["source_kind"]) == {"original"}


def test_second_hand_figures_of_another_year_join_and_are_marked(lines, few):
    both = build_panel(lines, few, interim=second_hand("2024-25"))
    croydon = row(both, "Croydon", "2024-25")
    assert (croydon["source_kind"], croydon["status"]) == ("interim", "returned")
    assert "second_hand" in croydon["flags"].split(";")
    assert croydon["rs_netrevexp_net_exp"] == 999_999
    # the others are there for that year too, without figures
    assert row(both, "Leeds", "2024-25")["status"] == "not returned"
    assert row(both, "Leeds", "2024-25")["source_kind"] == "interim"


def test_the_second_hand_tables_at_hand_are_what_is_shipped(panel, originals):
    interim = read_interim(originals / "interim").set_index(["ons_code", "outturn_year"])["rs_netrevexp_net_exp"]
    shipped = panel.set_index(["ons_code", "outturn_year"])["rs_netrevexp_net_exp"].reindex(interim.index)
    # Exact figures stand in nearly every row; they differ from these by rounding alone.
    np.testing.assert_allclose(shipped, interim, atol=0.5)


def test_a_budget_joins_the_outturn_it_was_set_for(lines, few):
    budget = lines[lines["line"] == "rs_netrevexp_net_exp"].assign(line="ra_ctrtot_net_exp", form="RA", amount=7.0)
    built = build_panel(lines, few, budgets=budget[budget["outturn_year"] == "2022-23"])
    assert row(built, "Croydon", "2022-23")["ra_ctrtot_net_exp"] == 7
    assert np.isnan(row(built, "Croydon", "2023-24")["ra_ctrtot_net_exp"])


# --- faults ---


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("class", "XX"),
        ("ons_code", "Croydon"),
        ("ecode", "5035"),
        ("outturn_year", "2023"),
        ("source_kind", "guess"),
        ("status", "perhaps"),
        ("council", ""),
    ],
)
def test_a_row_that_breaks_the_schema_is_named_in_one_sentence(panel, column, value):
    frame = panel.copy()
    at = frame.index[frame["council"] == "Leeds"][3]
    where = frame.loc[at, ["council", "outturn_year"]].tolist()
    frame[column] = frame[column].astype(object)
    frame.loc[at, column] = value
    frame[column] = frame[column].astype("str")
    with pytest.raises(DataError) as caught:
        check_panel(frame)
    message = str(caught.value)
    assert f"column '{column}'" in message
    assert value in message
    assert all(word in message for word in where if column not in ("council", "outturn_year"))
    assert "\n" not in message


def test_a_council_twice_in_one_year_is_refused(panel):
    twice = pd.concat([panel, panel[panel["council"] == "Leeds"].tail(1)], ignore_index=True)
    with pytest.raises(DataError, match="The panel for Leeds in 2025-26") as caught:
        check_panel(twice)
    assert "\n" not in str(caught.value)


def test_an_amount_that_is_text_is_refused(panel):
    frame = panel.astype({"rs_resunall_end_cy": object}).copy()
    frame.loc[5, "rs_resunall_end_cy"] = "lots"
    with pytest.raises(DataError, match="rs_resunall_end_cy") as caught:
        check_panel(frame)
    assert "\n" not in str(caught.value)


def test_no_file_no_column_and_no_table_are_each_one_sentence(tmp_path, panel):
    path = tmp_path / "panel.csv"
    with pytest.raises(DataError, match=r"panel\.csv does not exist; run 'resilience build'"):
        load_panel(path)
    for name in KEYS:
        panel.head(3).drop(columns=name).to_csv(path, index=False)
        with pytest.raises(DataError, match=rf"panel\.csv has no column '{name}'"):
            load_panel(path)
    for content in (b"", b"\xff\xfe\x00\x00", b'a,b\n"', b"PK\x03\x04 a workbook"):
        path.write_bytes(content)
        with pytest.raises(DataError, match=r"panel\.csv") as caught:
            load_panel(path)
        assert "\n" not in str(caught.value)


def test_a_panel_with_text_for_an_amount_or_a_date_is_one_sentence(tmp_path, panel):
    path = tmp_path / "panel.csv"
    for column, value in (("rs_resunall_end_cy", "lots"), ("known_from", "soon"), ("year", "next")):
        frame = panel.head(3).astype({column: object}).copy()
        frame.loc[1, column] = value
        frame.to_csv(path, index=False)
        with pytest.raises(DataError, match=rf"panel\.csv, row 3, column '{column}': '{value}' found") as caught:
            load_panel(path)
        assert "\n" not in str(caught.value), column


def test_amounts_are_written_plainly_and_missing_as_nothing():
    frame = pd.DataFrame(
        {"known_from": pd.to_datetime(["2024-12-12"] * 4), "rs_a_net_exp": [1234.0, -5.0, 0.5, np.nan]}
    )
    assert to_csv(frame).split("\n")[1:] == ["2024-12-12,1234", "2024-12-12,-5", "2024-12-12,0.5", "2024-12-12,", ""]


def test_provenance_gone_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("RESILIENCE_HOME", str(tmp_path))
    with pytest.raises(DataError, match=r"provenance\.json does not exist; run 'resilience build'"):
        provenance()
    assert json.dumps(str(tmp_path))  # the folder is the one given
