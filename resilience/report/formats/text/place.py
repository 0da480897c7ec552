"""A place in words: its councils side by side, the pound across tiers."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd

from resilience.analysis.place import AMOUNTS, Place, place
from resilience.formatting import day, percent, pounds
from resilience.model.scoring import ScoredDay
from resilience.report.formats.plain import plain
from resilience.report.formats.text.peers import DIGITS, standing, wrapped
from resilience.report.wording.general import CANNOT_SEE, SCORE_IS
from resilience.years import outturn_year_of

_HEADS = {
    "spending": "spending",
    "council_tax": "its tax",
    "reserves": "reserves",
    "unallocated": "unalloc.",
    "interest": "interest",
    "debt": "gross debt",
    "dsg_deficit": "SEND def.",
}


def to_text(run: ScoredDay, code: str) -> str:
    """Return a place as text for a terminal."""
    one = place(code, run=run)
    what = "one tier: it does everything itself" if one.single else f"county and {len(one.councils) - 1} districts"
    out = [f"{one.name} ({what}), as of {day(run.as_of)}", ""]
    out += _councils(run, one)
    out += ["", *_services(one), "", *(line for text in sentences(one) for line in wrapped(text))]
    out += wrapped(
        "Spending is net revenue expenditure; its tax is the council tax requirement; gross debt is borrowing and "
        "other long-term liabilities. Mayors, police, fire and parishes are not in it. What councils pay each other "
        "is net."
    )
    out += wrapped(f"Chance: {SCORE_IS}.") + wrapped(CANNOT_SEE)
    return "\n".join(out) + "\n"


def _councils(run: ScoredDay, one: Place) -> list[str]:
    form = "{:<28.28} " + "{:>10} " * len(AMOUNTS) + " {}"
    out = [form.format("", *_HEADS.values(), "chance")]
    newest = {name: one.councils[f"{name}_year"].dropna().max() for name in AMOUNTS}
    stale = False
    for code, row in one.councils.iterrows():
        cells = []
        for name in AMOUNTS:
            text = "–" if np.isnan(row[name]) else pounds(row[name])
            if not np.isnan(row[name]) and row[f"{name}_year"] < newest[name]:
                text, stale = text + "*", True
            cells.append(text)
        out.append(form.format(row["council"], *cells, standing(run, str(code))))
    if not one.single:
        totals = one.totals()
        out.append(form.format("Together", *("–" if np.isnan(t) else pounds(t) for t in totals), ""))
    years = ", ".join(f"{_HEADS[n]} {outturn_year_of(int(y))}" for n, y in newest.items() if pd.notna(y))
    out += wrapped(f"Years: {years}." + (" * an earlier year: it has not returned since." if stale else ""))
    gone = one.councils.index[one.councils["reserves"].isna()]
    if len(gone):
        out += wrapped(f"No recent return of {', '.join(one.councils.loc[gone, 'council'])}: not in the totals.")
    return out


def _services(one: Place) -> list[str]:
    table = one.services
    total = table.sum(axis=1, min_count=1)
    every = total.sum()
    if one.single:
        out = [f"{'Where the pound is spent':<30} {'£':>10} {'share':>7}"]
        out += [
            f"  {name:<28} {pounds(value):>10} {percent(value / every, 0):>7}"
            for name, value in total.items()
            if not np.isnan(value)
        ]
    else:
        county, districts = table.iloc[:, 0], table.iloc[:, 1:].sum(axis=1, min_count=1)
        form = "  {:<28} {:>10} {:>10} {:>10} {:>7}"
        out = ["Where the pound is spent", form.format("", "county", "districts", "together", "share")]
        out += [
            form.format(name, *_cells(county[name], districts[name], total[name]), percent(total[name] / every, 0))
            for name in table.index
            if not np.isnan(total[name])
        ]
        out.append(form.format("Together", *_cells(county.sum(), districts.sum(), every), "100 %"))
    years = sorted(set(one.services_year.values()))
    if years:
        span = outturn_year_of(years[-1]) + (f" (some {outturn_year_of(years[0])})" if len(years) > 1 else "")
        out += wrapped(f"Net current expenditure by service, {span}, the newest outturn that gives it.")
    return out


def _cells(*amounts: float) -> list[str]:
    return ["–" if np.isnan(amount) else pounds(amount) for amount in amounts]


def sentences(one: Place) -> list[str]:
    """Say what no council's own page shows: how spending, reserves and debt lie across the tiers."""
    if one.single:
        return []
    totals, county = one.totals(), one.councils.iloc[0]
    parts = [
        f"{percent(county[name] / totals[name], 0)} of the {word}"
        for name, word in (("spending", "spending"), ("reserves", "reserves"), ("debt", "gross debt"))
        if totals[name] > 0 and not np.isnan(county[name])
    ]
    out = [f"The county council has {', '.join(parts)}; its districts the rest."] if parts else []
    bands = one.councils["band"].replace("", np.nan).dropna().value_counts()
    events = int(one.councils["event_date"].notna().sum())
    counted = ", ".join(f"{bands[name]} {name}" for name in ("very high", "high", "raised", "low") if name in bands)
    return [*out, f"Bands: {counted or 'none'}; {events} with an event already."]


def to_json(run: ScoredDay, code: str) -> str:
    """Return a place as JSON."""
    content = {"what": SCORE_IS, "as_of": str(run.as_of), **record(place(code, run=run))}
    return json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def record(one: Place) -> dict[str, object]:
    """Return a place as plain values."""
    rows = one.councils.assign(event_date=pd.to_datetime(one.councils["event_date"]).dt.strftime("%Y-%m-%d"))
    content = {
        "name": one.name,
        "single_tier": one.single,
        "unit": "£ thousand",
        "councils": rows.reset_index().to_dict("records"),
        "totals": one.totals().to_dict(),
        "services": {name: one.services.loc[name].to_dict() for name in one.services.index},
        "services_year": one.services_year,
    }
    result: dict[str, object] = plain(content, DIGITS)
    return result


def to_csv(run: ScoredDay, code: str) -> str:
    """Return a place's councils as CSV, £ thousand."""
    one = place(code, run=run)
    return one.councils.to_csv(lineterminator="\n", float_format="%.6g", date_format="%Y-%m-%d")
