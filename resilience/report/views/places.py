"""Places and mergers as pages: counties with their districts, councils that do not exist yet, past mergers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from resilience.analysis.mergers.past import past_error
from resilience.analysis.mergers.proposed import PAST_ERROR
from resilience.analysis.place import Place, place
from resilience.councils import council
from resilience.councils.proposals import unstated
from resilience.formatting import chance, chance_range, percent, pounds
from resilience.model.calibration import BANDS
from resilience.model.scoring import ScoredDay
from resilience.report.formats.text.merger import SUPPORT, Merger
from resilience.report.views.council_beyond import merger_row, vesting_words
from resilience.years import outturn_year_of

Address = Callable[[str], str | None]
_SHOWN = ("spending", "reserves", "interest", "debt", "dsg_deficit")


def places_values(run: ScoredDay, address: Address) -> dict[str, Any]:
    """Return everything the page of places shows: each county with its districts in a row."""
    counties = run.table.index[run.table["class"] == "SC"]
    found = sorted((place(str(code), run=run) for code in counties), key=lambda one: one.name)
    years = pd.concat([one.councils[[f"{name}_year" for name in _SHOWN]] for one in found]).max() if found else {}
    labels = ("spending", "reserves", "interest", "gross debt", "schools deficit")
    return {
        "as_of": run.as_of,
        "rows": [_place_row(one, address) for one in found],
        "years": ", ".join(
            f"{label} {outturn_year_of(int(years[f'{name}_year']))}"
            for name, label in zip(_SHOWN, labels, strict=True)
            if len(years) and pd.notna(years[f"{name}_year"])
        ),
        "bands": [name for name, _ in BANDS],
    }


def _place_row(one: Place, address: Address) -> dict[str, Any]:
    totals, county = one.totals(), one.councils.iloc[0]
    stands = one.councils["band"].where(one.councils["event_date"].isna(), "event already")
    counted = stands.value_counts()
    missing = one.councils[list(_SHOWN[:4])].isna().any()

    def share(name: str) -> str:
        whole = totals[name] > 0 and not np.isnan(county[name])
        return percent(county[name] / totals[name], 0) if whole else "–"

    return {
        "name": one.name,
        "href": address(one.county),
        "districts": len(one.councils) - 1,
        "high": int(counted.get("very high", 0) + counted.get("high", 0)),
        "events": int(counted.get("event already", 0)),
        **{
            name: "–"
            if np.isnan(totals[name])
            else (">" if bool(missing.get(name, False)) else "") + pounds(totals[name])
            for name in _SHOWN
        },
        "reserves_held": share("reserves"),
        "debt_held": share("debt"),
        "spending_held": share("spending"),
    }


def mergers_values(
    run: ScoredDay, mergers: Mapping[str, Merger], past: pd.DataFrame, address: Address
) -> dict[str, Any]:
    """Return everything the page on mergers shows.

    Parameters
    ----------
    run : ScoredDay
    mergers : mapping of str to Merger
        From ``council_beyond.every_merger``.
    past : DataFrame
        From ``merge_evidence.evidence``.
    address : callable
        From a council's code to its page.
    """
    rows = [merger_row(one) for one in mergers.values()]
    for row in rows:
        for each in row["brings"]:
            each["href"] = address(each["ons_code"])
    open_areas = [
        {
            "area": row.area,
            "status": "" if row.status == "see note" else row.status,
            "begins": vesting_words(row.vesting_date) if row.vesting_date[:1] == "2" else "",
            "note": row.note,
        }
        for row in unstated(run.as_of).itertuples()
    ]
    return {
        "as_of": run.as_of,
        "plans": rows,
        "open_areas": open_areas,
        "past": [_past_row(row, address) for row in past.to_dict("records")],
        "summary": _summary(past),
        "support": SUPPORT.replace(" (docs/mergers.md)", ""),
        "register_to": run.events.until,
        "past_error": PAST_ERROR,
    }


def _past_row(row: Mapping[str, Any], address: Address) -> dict[str, Any]:
    gone = council(row["ons_code"]).end_date
    event = str(row["event"])
    if event:
        now = event + (", before it began" if row["event_date"] < pd.Timestamp(row["vested"]) else "")
    else:
        now = f"no event before it was abolished in {gone.year}" if gone else "no event"
    return {
        "council": row["council"],
        "href": address(row["ons_code"]),
        "vested": row["vested"],
        "figures": row["figures"],
        "chance": chance(row["risk"]),
        "range": chance_range(row["risk_low"], row["risk_high"]),
        "place": f"{row['place']} of {row['of']}",
        "highest": f"{row['highest_predecessor']}, {chance(row['highest_risk'])}"
        if row["highest_predecessor"]
        else "–",
        "with_event": row["with_event"] or "–",
        "followed": now[:1].upper() + now[1:],
        "event": bool(event),
        "now": "" if event or gone else chance(row["risk_now"]),
        "times": "" if np.isnan(row["error"]) else _times(row["error"]),
    }


def _times(error: float) -> str:
    """Say a difference of log-odds as odds: "4 times worse", "about as before"."""
    if abs(error) < 0.25:
        return "about the same"
    size = float(np.exp(abs(error)))
    return f"odds {size:.1f} times {'higher' if error > 0 else 'lower'}"


def _summary(past: pd.DataFrame) -> str:
    """Say what the past mergers come to."""
    if past.empty:
        return ""
    happened = past[past["event"] != ""]
    inherited = past[past["with_event"] != ""]
    low = int((past["band"] == "low").sum())
    upper = int((happened["place"] <= happened["of"] / 2).sum())
    also = int((inherited["event"] != "").sum())
    way = "mostly for the worse" if past["error"].gt(0).mean() > 0.5 else "either way"
    return (
        f"Of {len(past)} councils formed since {pd.Timestamp(past['vested'].min()).year}, {len(happened)} had an event "
        f"of their own. On the eve the sums put {low} of the {len(past)} in the low band, and only {upper} of those "
        f"{len(happened)} in the upper half of the ranking: adding predecessors up hides the weak one behind the "
        f"others' reserves. {len(inherited)} were formed from a council that had had an event already; {also} of these "
        f"{len(inherited)} had one themselves. Their first own figures lay from the eve's by a factor of "
        f"{np.exp(past_error(past)):.1f} in the odds (root mean square), {way}."
    )
