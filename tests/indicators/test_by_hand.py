"""Each indicator worked by hand from a named council's published lines.

LINES are the figures as they stand in the publications (£ thousand), and are held against the shipped tables; WORKED is
the arithmetic on those same figures, written out.
"""

import pandas as pd
import pytest

from resilience.indicators.formulas import REGISTRY

# GDP deflator, 2024-25 = 100
P2021, P2024 = 85.1002, 96.1117

LINES = {
    # rs2023_24.xlsx, row of Medway; ra for 2023-24 from RA_2023-24_data_Part_1.csv
    ("Medway", "2023-24"): {
        "rs_netrevexp_net_exp": 230240,
        "rs_resunall_start_cy": 10238,
        "rs_resunall_end_cy": 10061,
        "rs_resoth_start_cy": 33617,
        "rs_resoth_end_cy": 25812,
        "rs_resoth_adj_end_cy": 25812,
        "rs_intextpay_net_exp": 4085,
        "rs_inthrapay_net_exp": 0,
        "rs_provprin_net_exp": 7233,
        "rs_intinvinc_net_exp": -9722,
        "rs_inctma_net_exp": -6640,
        "rs_incnontma_net_exp": -3082,
        "rs_asc_net_exp": 97640,
        "rs_csc_net_exp": 79603,
        "rs_hous_net_exp": 7871,
        "rs_ctrtot_net_exp": 149917,
        "rs_grantrsg_net_exp": -7308,
        "rs_retainnndr_net_exp": -66500,
        "rs_resdsg_end_cy": 4174,
        "rs_resdsgadj_end_cy": -23530,
        "ra_appresunall_net_exp": -2985,
        "ra_appresoth_net_exp": 0,
    },
    ("Medway", "2022-23"): {
        "rs_netrevexp_net_exp": 219342,
        "rs_resunall_end_cy": 10155,
        "rs_resoth_end_cy": 33276,
        "rs_resdsg_end_cy": 0,
        "rs_resdsgadj_end_cy": -21440,
    },
    ("Medway", "2020-21"): {
        "rs_resunall_end_cy": 22688,
        "rs_resoth_end_cy": 54053,
        "rs_resoths31brr_end_cy": 0,
        "rs_asc_net_exp": 81190,
        "rs_csc_net_exp": 59761,
    },
    # outturn_2024-25_exact.csv, row of Medway (£; here in thousands)
    ("Medway", "2024-25"): {
        "rs_netrevexp_net_exp": 239933,
        "rs_resunall_end_cy": 10061,
        "rs_resoth_end_cy": 25913,
        "rs_resdsgadj_end_cy": -23530,
    },
    # rs2023_24.xlsx, row of Nottingham
    ("Nottingham", "2023-24"): {
        "rs_netrevexp_net_exp": 231405,
        "rs_intextpay_net_exp": 30888,
        "rs_inthrapay_net_exp": -12345,
        "rs_provprin_net_exp": 27809,
        "rs_caprecflex_net_exp": -6320,
        "rs_adjexpcap_net_exp": -17568,
        "rs_provbad_net_exp": 1954,
        "rs_resoth_end_cy": 171937,
        "rs_resothcont_end_cy": 48103,
        "rs_resothfut_end_cy": 63883,
        "rs_resothspec_end_cy": 57991,
        "rs_resothbdg_end_cy": 1960,
        "rs_resothoth_end_cy": 0,
        "rs_invprp_inc_net_exp": -15281,
        "rs_invprp_netinc_net_exp": -4237,
    },
    # rs2018_19.xls, row of Bolton; ra2018_19.xlsx
    ("Bolton", "2018-19"): {
        "rs_netrevexp_net_exp": 243836,
        "rs_resunall_start_cy": 10660,
        "rs_resunall_end_cy": 10660,
        "rs_resoth_start_cy": 107682,
        "rs_resoth_end_cy": 91133,
        "rs_cera_net_exp": 4462,
        "rs_retainnndr_net_exp": -118981,
        "ra_appresunall_net_exp": 0,
        "ra_appresoth_net_exp": -20149,
    },
    # rs2009_10.xls, row of Bolton: social care was one line
    ("Bolton", "2009-10"): {"rs_netrevexp_net_exp": 209468, "rs_sc_net_exp": 104558},
    # rs2011_12.xls, row of Slough
    ("Slough", "2011-12"): {
        "rs_netrevexp_net_exp": 98461,
        "rs_equal_oth_net_exp": 74441,
        "rs_equal_sch_net_exp": 0,
    },
    # rs2020_21.xlsx, row of Westminster: business rates relief held over (line 923)
    ("Westminster", "2020-21"): {
        "rs_netrevexp_net_exp": 165283,
        "rs_resunall_end_cy": 59455,
        "rs_resoth_end_cy": 1339057,
        "rs_resothcovid_end_cy": 0,
        "rs_resoths31bf_end_cy": 0,
        "rs_resoths31brr_end_cy": 444349,
    },
    # rs2007_08.xls and rs2008_09.xls, rows of Wansbeck
    ("Wansbeck", "2007-08"): {
        "rs_intextpay_net_exp": -835,
        "rs_provprin_net_exp": 188,
        "rs_intinvinc_net_exp": 0,
    },
    ("Wansbeck", "2008-09"): {
        "rs_netrevexp_net_exp": 11106,
        "rs_resunall_end_cy": 4428,
        "rs_resoth_end_cy": 2218,
        "rs_intextpay_net_exp": 0,
        "rs_provprin_net_exp": 0,
        "rs_intinvinc_net_exp": -932,
    },
}

WORKED = [
    ("Medway", "2023-24", "net_revenue_expenditure", 230240),
    ("Medway", "2023-24", "reserves_ratio", (10061 + 25812) / 230240),
    ("Medway", "2024-25", "reserves_ratio", (10061 + 25913) / 239933),
    ("Westminster", "2020-21", "reserves_ratio", (59455 + 1339057 - 444349) / 165283),
    ("Medway", "2023-24", "unallocated_ratio", 10061 / 230240),
    ("Medway", "2023-24", "earmarked_ratio", 25812 / 230240),
    ("Nottingham", "2023-24", "risk_reserves_share", (57991 + 1960) / 171937),
    ("Medway", "2023-24", "reserves_change_1y", ((10061 + 25812) - (10238 + 33617)) / 230240),
    ("Medway", "2024-25", "reserves_change_1y", (25913 - 25812) / 239933),
    # 31 March 2021 as 2021-22's own adjusted opening balance states it (916 and 915b at 1 April: 22,688 and 54,054).
    ("Medway", "2023-24", "reserves_change_3y", ((10061 + 25812) - (22688 + 54054)) / 230240),
    ("Medway", "2023-24", "reserves_real_growth_3y", 35873 / (76742 * P2024 / P2021) - 1),
    ("Medway", "2023-24", "reserves_runway_years", 35873 / ((76742 - 35873) / 3)),
    ("Medway", "2023-24", "unplanned_reserves_use", ((-2985 + 0) - (35873 - 43855)) / 230240),
    ("Bolton", "2018-19", "unplanned_reserves_use", (-20149 - (91133 - 107682)) / 243836),
    ("Nottingham", "2023-24", "interest_ratio", 30888 / 231405),
    ("Nottingham", "2023-24", "mrp_ratio", 27809 / 231405),
    ("Nottingham", "2023-24", "debt_servicing_ratio", (30888 + 27809) / 231405),
    ("Medway", "2023-24", "interest_to_reserves", 4085 / 35873),
    ("Medway", "2023-24", "gross_debt_ratio", 464783 / 230240),
    ("Medway", "2023-24", "cfr_ratio", 481500 / 230240),
    ("Medway", "2023-24", "mrp_to_cfr", 7233 / 481500),
    ("Nottingham", "2023-24", "mrp_to_implied_debt", 27809 / (30888 / 0.03)),
    ("Medway", "2023-24", "investment_income_ratio", 9722 / 230240),
    ("Medway", "2023-24", "non_treasury_income_ratio", 3082 / 230240),
    ("Nottingham", "2023-24", "investment_property_net_ratio", 4237 / 231405),
    ("Nottingham", "2023-24", "investment_property_margin", 4237 / 15281),
    ("Bolton", "2018-19", "revenue_for_capital_ratio", 4462 / 243836),
    ("Medway", "2023-24", "adult_social_care_share", 97640 / 230240),
    ("Medway", "2023-24", "childrens_social_care_share", 79603 / 230240),
    ("Medway", "2023-24", "social_care_share", (97640 + 79603) / 230240),
    ("Bolton", "2009-10", "social_care_share", 104558 / 209468),
    ("Medway", "2023-24", "adult_social_care_real_growth_3y", (97640 - 81190 * P2024 / P2021) / 230240),
    ("Medway", "2023-24", "childrens_social_care_real_growth_3y", (79603 - 59761 * P2024 / P2021) / 230240),
    ("Medway", "2023-24", "general_fund_housing_ratio", 7871 / 230240),
    ("Medway", "2024-25", "homelessness_ratio", 10714 / 239933),
    ("Medway", "2023-24", "dsg_deficit_ratio", (23530 - 4174) / 230240),
    ("Medway", "2022-23", "dsg_deficit_ratio", 21440 / 219342),
    ("Medway", "2024-25", "dsg_deficit_ratio", 23530 / 239933),
    ("Medway", "2023-24", "council_tax_share", 149917 / 230240),
    ("Medway", "2023-24", "grant_share", 7308 / 230240),
    ("Bolton", "2018-19", "retained_rates_share", 118981 / 243836),
    ("Medway", "2023-24", "retained_rates_share", 66500 / 230240),
    ("Medway", "2023-24", "fees_charges_share", 68766 / 565124),
    # 1,730.84 is the median band D tax of the 63 unitary authorities of 2023-24
    ("Medway", "2023-24", "band_d_against_class", 1671.23 / 1730.84 - 1),
    ("Medway", "2023-24", "band_d_rise_1y", 1671.23 / 1591.74 - 1),
    ("Medway", "2023-24", "tax_base_strength", 89336.7 * 1730.84 / 1000 / 230240),
    ("Nottingham", "2023-24", "flexible_receipts_ratio", 6320 / 231405),
    ("Nottingham", "2023-24", "capitalisation_ratio", 17568 / 231405),
    ("Slough", "2011-12", "equal_pay_ratio", (74441 + 0) / 98461),
    ("Nottingham", "2023-24", "bad_debt_provision_ratio", 1954 / 231405),
    # Inadequate on 27 August 2019, Good on 11 September 2023; outturn 2021-22 came out between the two
    ("Medway", "2021-22", "ofsted_judgement", 4),
    ("Medway", "2023-24", "ofsted_judgement", 2),
    ("Medway", "2023-24", "ehc_plans_share", 0.043),
    ("Medway", "2023-24", "looked_after_rate", 71),
    ("Medway", "2024-25", "deprivation_score", 24.354),
    ("Woking", "2025-26", "no_return", 1),
    ("Woking", "2025-26", "years_since_return", 1),
    ("Woking", "2024-25", "years_since_return", 0),
    ("Medway", "2023-24", "restated_opening_ratio", (abs(10238 - 10155) + abs(33617 - 33276)) / 230240),
    ("Medway", "2023-24", "suspicious_zeros", 0),
    # interest (-835 before) and MRP (188 before) fell to nought; investment income was nought before
    ("Wansbeck", "2008-09", "suspicious_zeros", 2),
    ("Medway", "2022-23", "uncertified_return", 0),
    ("Medway", "2023-24", "uncertified_return", 1),
]

COMPANIONS = [
    ("capital.csv", "2023-24", {"cor_external_debt": 464783, "cor_cfr": 481500}),
    ("council_tax.csv", "2023-24", {"ct_band_d_own": 1671.23, "ct_tax_base": 89336.7}),
    ("council_tax.csv", "2022-23", {"ct_band_d_own": 1591.74}),
    ("service_outturn.csv", "2023-24", {"rsx_totsx_tot_exp": 565124, "rsx_totsx_sfc": 68766}),
    ("service_outturn.csv", "2024-25", {"ro4_homelessness_net_exp": 10714}),
]


def row(table: pd.DataFrame, council: str, outturn_year: str) -> pd.Series:
    found = table[(table["council"] == council) & (table["outturn_year"] == outturn_year)]
    assert len(found) == 1
    return found.iloc[0]


@pytest.mark.parametrize(("council", "outturn_year"), LINES)
def test_the_lines_are_those_published(panel, council, outturn_year):
    published = row(panel, council, outturn_year)
    for line, amount in LINES[council, outturn_year].items():
        assert published[line] == pytest.approx(amount, abs=0.5), line


@pytest.mark.parametrize(("file", "outturn_year", "figures"), COMPANIONS)
def test_medways_other_figures_are_those_published(file, outturn_year, figures):
    from resilience import paths

    table = pd.read_csv(paths.processed() / file)
    found = table[(table["ons_code"] == "E06000035") & (table["outturn_year"] == outturn_year)].iloc[0]
    for column, value in figures.items():
        assert found[column] == pytest.approx(value), column


@pytest.mark.parametrize(("council", "outturn_year", "name", "worked"), WORKED)
def test_an_indicator_worked_by_hand(indicators, council, outturn_year, name, worked):
    assert row(indicators, council, outturn_year)[name] == pytest.approx(worked, rel=1e-6, abs=1e-9)


def test_every_indicator_is_worked():
    assert {name for _, _, name, _ in WORKED} == set(REGISTRY)
