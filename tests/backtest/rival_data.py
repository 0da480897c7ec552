"""Councils on which other people's rules are worked by hand."""

import numpy as np
import pandas as pd


def five_councils() -> pd.DataFrame:
    """Return three counties and two districts, with figures that can be worked by hand."""
    return pd.DataFrame(
        {
            "class": ["SC", "SC", "SC", "SD", "SD"],
            "tier": ["upper", "upper", "upper", "lower", "lower"],
            "reserves_ratio": [0.10, 0.30, 0.50, 0.04, 1.00],
            "reserves_change_1y": [-0.04, 0.00, 0.05, -0.02, -0.25],
            "reserves_change_3y": [-0.10, 0.00, 0.25, -0.06, -0.30],
            "reserves_runway_years": [3.0, 20.0, 20.0, 2.0, 10.0],
            "unallocated_ratio": [0.02, 0.04, 0.06, 0.01, 0.50],
            "interest_ratio": [0.05, 0.10, 0.00, 0.02, 0.00],
            "social_care_share": [0.70, 0.60, 0.65, np.nan, np.nan],
            "council_tax_share": [0.50, 0.60, 0.70, 0.40, 0.60],
            "debt_servicing_ratio": [0.08, 0.12, 0.01, 0.03, 0.00],
        },
        index=pd.Index(["A", "B", "C", "D", "E"], name="ons_code"),
    )
