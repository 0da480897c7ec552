"""A place in words: what no council's own page shows."""

from __future__ import annotations

import numpy as np

from resilience.analysis.place import Place
from resilience.formatting import listed, percent
from resilience.model.bands import NAMES

MEANINGS = (
    "Spending is net revenue expenditure; council tax is the council tax requirement; reserves are revenue reserves "
    "(unallocated and earmarked); gross debt is borrowing and other long-term liabilities. Mayors, police, fire and "
    "parishes are not included. Payments between councils are netted off."
)
#: Headings of the amounts, short enough for a column.
HEADS = {
    "spending": "spending",
    "council_tax": "council tax",
    "reserves": "reserves",
    "unallocated": "unalloc.",
    "interest": "interest",
    "debt": "gross debt",
    "dsg_deficit": "DSG def.",
}


def sentences(one: Place) -> list[str]:
    """Say how spending, reserves and debt lie across the tiers, and how the councils stand; nothing of one tier."""
    if one.single:
        return []
    totals, county = one.totals(), one.councils.iloc[0]
    parts = [
        f"{percent(county[name] / totals[name], 0)} of the {word}"
        for name, word in (("spending", "spending"), ("reserves", "reserves"), ("debt", "gross debt"))
        if totals[name] > 0 and not np.isnan(county[name])
    ]
    out = [f"The county council has {listed(parts)}; its districts have the rest."] if parts else []
    bands = one.councils["band"].replace("", np.nan).dropna().value_counts()
    events = int(one.councils["event_date"].notna().sum())
    counted = ", ".join(f"{bands[name]} ranked {name}" for name in NAMES if name in bands)
    return [*out, f"On the list: {counted or 'none'}; {events} already with an event."]
