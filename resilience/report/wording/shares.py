"""Of what each percentage is a share, where it is not one of net revenue expenditure."""

from __future__ import annotations

#: What a percentage without a word of its own is a share of.
USUAL = "Percentages are of the same year's net revenue expenditure where nothing else is said."

_OF = {
    "risk_reserves_share": "of earmarked reserves",
    "reserves_real_growth_3y": "of reserves then",
    "interest_to_reserves": "of usable reserves",
    "mrp_to_cfr": "of the CFR",
    "mrp_to_implied_debt": "of the debt that interest implies",
    "investment_property_margin": "of gross income",
    "fees_charges_share": "of total expenditure",
    "band_d_against_class": "against the class median",
    "band_d_rise_1y": "on the year before",
    "ehc_plans_share": "of pupils",
    # Shares of net revenue expenditure as well, but by their names they might be taken for growth.
    "adult_social_care_real_growth_3y": "of net revenue expenditure",
    "childrens_social_care_real_growth_3y": "of net revenue expenditure",
}


def of_what(indicator: str) -> str:
    """Say of what an indicator is a percentage; "" where it is none, or plainly one of net revenue expenditure.

    Parameters
    ----------
    indicator : str
        Any indicator of the dictionary.
    """
    return _OF.get(indicator, "")
