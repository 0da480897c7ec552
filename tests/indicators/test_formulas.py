"""What must hold of every formula, whatever the figures."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resilience.councils.lineage import with_lineage
from resilience.indicators.compute import KEYS, chosen, compute_indicators
from resilience.indicators.formulas import REGISTRY, SMALLEST_DENOMINATOR, Books
from resilience.indicators.formulas.companions import LOADERS

#: Amounts themselves, and what does not come from amounts.
NOT_RATIOS = ("net_revenue_expenditure",)
MONEY = ("cor_", "rsx_", "ro4_", "ct_requirement", "ct_band")
MEDWAY, NOTTINGHAM, WEALDEN = "E06000035", "E06000018", "E07000065"


@pytest.fixture(scope="module")
def frame(panel):
    """A unitary, a city with council housing and a district, all years."""
    three = panel[panel["ons_code"].isin([MEDWAY, NOTTINGHAM, WEALDEN])]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return with_lineage(three).reset_index(drop=True)


@pytest.fixture(scope="module")
def tables(frame):
    result = {}
    for source, (_, load) in LOADERS.items():
        table = load()
        result[source] = table[table["ons_code"].isin(frame["ons_code"])].reset_index(drop=True)
    return result


def values(frame, tables, **switches):
    books = Books(frame, chosen(switches), tables)
    return pd.DataFrame({name: formula(books) for name, formula in REGISTRY.items()})


def amounts(frame):
    return [name for name in frame.columns if name.split("_")[0] in ("rs", "ra", "int")]


def scaled(frame, tables, factor):
    money = [n for n in amounts(frame) if pd.api.types.is_numeric_dtype(frame[n])]
    bigger = frame.assign(**{name: frame[name] * factor for name in money})
    others = {}
    for source, table in tables.items():
        columns = [name for name in table.select_dtypes("number") if name.startswith(MONEY)]
        others[source] = table.assign(**{name: table[name] * factor for name in columns})
    return bigger, others


@settings(max_examples=10, deadline=None)
@given(factor=st.floats(min_value=0.5, max_value=20.0), dsg=st.booleans(), hra=st.booleans())
def test_scaling_all_amounts_leaves_ratios_alone(frame, tables, factor, dsg, hra):
    switches = {"dsg_deficit": dsg, "hra_interest_out": hra}
    before = values(frame, tables, **switches)
    after = values(*scaled(frame, tables, factor), **switches)
    for name in before.columns:
        times = factor if name in NOT_RATIOS else 1.0
        pd.testing.assert_series_equal(before[name] * times, after[name], check_names=False, rtol=1e-9)


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_a_line_taken_away_never_yields_a_value(frame, tables, data):
    lines = [name for name in amounts(frame) if frame[name].notna().any()]
    gone = data.draw(st.lists(st.sampled_from(lines), min_size=1, max_size=4, unique=True))
    rows = data.draw(st.lists(st.sampled_from(list(frame.index)), min_size=1, max_size=20, unique=True))
    poorer = frame.copy()
    for name in gone:
        poorer[name] = poorer[name].astype(object)
        poorer.loc[rows, name] = np.nan
        poorer[name] = pd.to_numeric(poorer[name], errors="coerce")
    before, after = values(frame, tables), values(poorer, tables)
    assert not (before.isna() & after.notna()).any().any()


def test_without_any_line_there_is_no_value(frame, tables):
    bare = frame.drop(columns=[n for n in amounts(frame) if n != "rs_netrevexp_net_exp"])
    from_lines = values(bare, {source: table.iloc[:0] for source, table in tables.items()})
    reporting = {"net_revenue_expenditure", "no_return", "years_since_return", "uncertified_return"}
    assert from_lines.drop(columns=list(reporting)).isna().all().all()


@settings(max_examples=10, deadline=None)
@given(small=st.floats(min_value=-5_000.0, max_value=SMALLEST_DENOMINATOR - 0.001))
def test_a_denominator_near_zero_gives_no_value_and_a_flag(frame, small):
    tiny = frame.assign(rs_netrevexp_net_exp=small)
    result = compute_indicators(tiny)
    ratios = ["reserves_ratio", "interest_ratio", "council_tax_share", "tax_base_strength", "gross_debt_ratio"]
    assert result[ratios].isna().all().all()
    assert result["flags"].str.split(";").map(lambda flags: flags[-1]).eq("small_denominator").all()


def test_no_ratio_is_infinite(indicators):
    figures = indicators[list(REGISTRY)].to_numpy(dtype=float)
    assert not np.isinf(figures).any()


def test_councils_with_nothing_to_divide_by(indicators):
    flagged = indicators[indicators["flags"].str.contains("small_denominator")]
    assert {"Spelthorne", "Runnymede", "Woking", "East Devon", "West Lancashire"} <= set(flagged["council"])
    assert flagged["reserves_ratio"].isna().all()


def test_districts_have_no_social_care(indicators):
    districts = indicators[indicators["class"] == "SD"]
    for name in ("adult_social_care_share", "childrens_social_care_share", "dsg_deficit_ratio"):
        assert districts[name].isna().all()


def test_missing_companions_are_missing_values(frame, tmp_path, monkeypatch):
    from resilience import paths

    monkeypatch.setattr(paths, "processed", lambda: tmp_path)
    result = compute_indicators(frame)
    beside = ["gross_debt_ratio", "fees_charges_share", "band_d_rise_1y", "ofsted_judgement", "deprivation_score"]
    assert result[beside].isna().all().all()
    assert result["known_from_capital"].isna().all()
    assert result["reserves_ratio"].notna().any()


def test_property_returned_in_pounds_is_missing(panel, indicators):
    wrong = panel["rs_invprp_inc_net_exp"].abs() > 1_000_000
    assert set(panel.loc[wrong, "council"]) == {"Coventry", "West Lancashire"}
    rows = indicators.merge(panel.loc[wrong, ["ons_code", "year"]], on=["ons_code", "year"])
    assert rows[["investment_property_net_ratio", "investment_property_margin"]].isna().all().all()


def test_both_schools_grant_lines_count(indicators):
    # Torbay 2022-23: 2,428 in the adjustment account (912) and 8,999 still in the reserve (913)
    torbay = indicators[(indicators["council"] == "Torbay") & (indicators["year"] == 2023)].iloc[0]
    deficit = torbay["dsg_deficit_ratio"] * torbay["net_revenue_expenditure"]
    assert deficit == pytest.approx(2428 + 8999)


def test_ofsted_is_the_last_report_out_by_then(indicators):
    known = indicators.dropna(subset=["ofsted_judgement"])
    assert (known["known_from_ofsted"] < known["known_from"]).all()


def test_the_keys_come_first(indicators):
    assert tuple(indicators.columns[: len(KEYS)]) == KEYS
    assert [f"known_from_{source}" for source in LOADERS] == [
        name for name in indicators.columns if name.startswith("known_from_")
    ]
