"""A council's figures through time: those known on the day, each with its lines and their kind."""

import pandas as pd
import pytest

from resilience.analysis.figures import COLUMNS, figures
from resilience.indicators.known import carried_text
from resilience.tables.precedence import load_line_sources
from resilience.tables.schema import SOURCE_KINDS
from tests.report.site_data import one_run

CROYDON = "E09000008"


def of(code):
    return figures(one_run())[code].set_index(["indicator", "year"])


def test_every_council_in_being_has_figures_and_only_those_known():
    every = figures(one_run())
    assert set(every) == set(one_run().table.index)
    for own in every.values():
        assert tuple(own) == COLUMNS
        assert own["value"].notna().all() and not own.duplicated(["indicator", "year"]).any()
        assert (own["known_from"] < pd.Timestamp(one_run().as_of)).all()


def test_values_are_those_of_the_day():
    own, known = of(CROYDON), one_run().known.own(CROYDON)
    assert own.at[("reserves_ratio", 2024), "value"] == known.at[2024, "reserves_ratio"]
    assert set(own.loc["interest_ratio"].index) == set(known["interest_ratio"].dropna().index)
    assert "homelessness_ratio" not in of("E10000016").index  # a county has no such duty


@pytest.mark.parametrize("code", [CROYDON, "E10000016", "E07000148", "E06000063"])
def test_carried_is_what_the_list_says(code):
    run, own = one_run(), of(code)
    asked = {term.indicator for term in run.model.terms}
    said = {name: year for name, year in own.index[own["carried"]]}
    assert said == run.known.carried(code, asked)
    assert carried_text(run.known.carried(code, asked)) or not said


def test_a_figure_is_of_the_kind_of_its_least_exact_line():
    listed = load_line_sources()
    rates = listed[(listed["line"] == "rs_ctrtot_net_exp") & (listed["source_kind"] == "interim")]
    code, year = rates[rates["ons_code"].isin(one_run().table.index)].iloc[0][["ons_code", "year"]]
    own = of(code)
    assert own.at[("council_tax_share", year), "source_kind"] == "interim"
    assert own.at[("interest_ratio", year), "source_kind"] == "transcribed"  # the same row
    assert own.at[("gross_debt_ratio", 2024), "source_kind"] == "transcribed"  # of the republished capital outturn
    assert own.at[("interest_ratio", 2024), "source_kind"] == "original"
    assert set(own["source_kind"]) <= set(SOURCE_KINDS)


def test_lines_hold_a_figure_in_the_year():
    own, panel = of(CROYDON), one_run().known_panel
    rows = panel[panel["ons_code"] == CROYDON].set_index("year")
    for (_, year), lines in own["lines"].items():
        for line in filter(None, lines.split("; ")):
            assert line not in rows or pd.notna(rows.at[year, line]), (year, line)
    assert own.at[("interest_ratio", 2026), "lines"] == "rs_intextpay_net_exp; rs_netrevexp_net_exp"
    assert "rs_resoth_adj_end_cy" in own.at[("reserves_ratio", 2024), "lines"]
    assert "rs_resoth_adj_end_cy" not in own.at[("reserves_ratio", 2026), "lines"]


def test_a_successor_s_early_figures_are_marked_as_added_up():
    own = of("E06000063")  # Cumberland, since 2023
    assert (
        own.loc["reserves_ratio"].loc[:2023, "built"].all() and not own.loc["reserves_ratio"].loc[2024:, "built"].any()
    )
