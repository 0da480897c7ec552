"""How far the figures reach: by line and year, councils that have it original, transcribed, second-hand, carried."""

from __future__ import annotations

import pandas as pd

from resilience.indicators.known import KnownFigures
from resilience.tables.schema import SOURCE_KINDS

#: The lines that scores rest on, each with the indicator that is carried forward where a newer year lacks it.
LINES = {
    "rs_netrevexp_net_exp": "net_revenue_expenditure",
    "rs_resunall_end_cy": "unallocated_ratio",
    "rs_resoth_end_cy": "reserves_ratio",
    "rs_intextpay_net_exp": "interest_to_reserves",
    "rs_hous_net_exp": "general_fund_housing_ratio",
    "rs_csc_net_exp": "childrens_social_care_share",
    "rs_intinvinc_net_exp": "investment_income_ratio",
    "rs_caprecflex_net_exp": "flexible_receipts_ratio",
    "rs_cera_net_exp": "revenue_for_capital_ratio",
}
#: How many of the newest years are counted.
YEARS = 3


def reach(panel: pd.DataFrame, line_sources: pd.DataFrame, known: KnownFigures | None = None) -> pd.DataFrame:
    """Count the councils that have a line in each of the newest years, by what it is.

    Parameters
    ----------
    panel, line_sources : DataFrame
        As shipped; published rows only.
    known : KnownFigures, optional
        What was known on a day; without it nothing is counted as carried.

    Returns
    -------
    DataFrame
        One row a line and year: ``line, year, original, transcribed, interim``, and ``carried``, the scored councils
        whose newest year lacks the line and whose figure is this year's.
    """
    kinds = line_sources.set_index(["ons_code", "year", "line"])["source_kind"]
    rows = []
    for line, indicator in LINES.items():
        for year in sorted(panel["year"].unique())[-YEARS:]:
            own = panel[(panel["year"] == year) & panel[line].notna()]
            if line == "rs_csc_net_exp":
                own = own[own["class"] != "SD"]  # a district has no such duty, and its nil is no figure
            at = pd.MultiIndex.from_arrays([own["ons_code"], own["year"], [line] * len(own)])
            kind = pd.Series(kinds.reindex(at).to_numpy(), index=own.index).fillna(own["source_kind"])
            counts = kind.value_counts()
            row = {"line": line, "year": int(year), **{one: int(counts.get(one, 0)) for one in SOURCE_KINDS}}
            rows.append(row | {"carried": _carried(known, indicator, int(year))})
    return pd.DataFrame(rows)


def _carried(known: KnownFigures | None, indicator: str, year: int) -> int:
    if known is None or indicator not in known.years:
        return 0
    scored = known.scorable
    own = known.years.loc[scored.index, indicator]
    return int(((own == year) & (own < scored["year"])).sum())
