"""Places as a page: each county with its districts in a row."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from resilience.analysis.place import Place, place
from resilience.formatting import percent, pounds
from resilience.model.bands import NAMES
from resilience.model.scoring import ScoredDay
from resilience.report.views.address import Address
from resilience.years import outturn_year_of

_SHOWN = {
    "spending": "spending",
    "reserves": "reserves",
    "interest": "interest",
    "debt": "gross debt",
    "dsg_deficit": "schools deficit",
}


def view(scored: ScoredDay, address: Address) -> dict[str, Any]:
    """Return everything the page of places shows.

    Parameters
    ----------
    scored : ScoredDay
    address : callable
        From a council's code to its page.
    """
    counties = scored.table.index[scored.table["class"] == "SC"]
    found = sorted((place(str(code), run=scored) for code in counties), key=lambda one: one.name)
    columns = [f"{name}_year" for name in _SHOWN]
    years = pd.concat([one.councils[columns] for one in found]).max().dropna() if found else {}
    return {
        "as_of": scored.as_of,
        "rows": [_row(one, address) for one in found],
        "years": ", ".join(
            f"{label} {outturn_year_of(int(years[f'{name}_year']))}"
            for name, label in _SHOWN.items()
            if f"{name}_year" in years
        ),
        "bands": list(NAMES),
    }


def _row(one: Place, address: Address) -> dict[str, Any]:
    totals, county = one.totals(), one.councils.iloc[0]
    stands = one.councils["band"].where(one.councils["event_date"].isna(), "event already").value_counts()
    # Districts hold no schools grant: their want of a deficit is no gap.
    missing = {name for name in _SHOWN if name != "dsg_deficit" and one.councils[name].isna().any()}

    def amount(name: str) -> str:
        return "–" if np.isnan(totals[name]) else (">" if name in missing else "") + pounds(totals[name])

    def held(name: str) -> str:
        whole = totals[name] > 0 and not np.isnan(county[name])
        return percent(county[name] / totals[name], 0) if whole else "–"

    return {
        "name": one.name,
        "href": address(one.county),
        "districts": len(one.councils) - 1,
        "high": int(sum(stands.get(name, 0) for name in NAMES[:2])),
        "events": int(stands.get("event already", 0)),
        **{name: amount(name) for name in _SHOWN},
        "reserves_held": held("reserves"),
        "debt_held": held("debt"),
        "spending_held": held("spending"),
    }
