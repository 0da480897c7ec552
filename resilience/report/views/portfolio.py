"""The portfolio page: all England by class and region, and what its script needs to count any other choice."""

from __future__ import annotations

from typing import Any

from resilience.analysis.portfolio import Portfolio, past_counts, portfolio
from resilience.analysis.support_again import is_supported, support_again
from resilience.backtest.track_record import TrackRecord, track_record
from resilience.councils.names import FORMS, plain
from resilience.councils.register import every_council
from resilience.formatting import expected
from resilience.model.again import LONGEST
from resilience.model.bands import NAMES
from resilience.model.calibration import PACES
from resilience.model.risk_set import AT_RISK, EVENT_ALREADY
from resilience.model.scoring import INTERVAL, ScoredDay
from resilience.report.views.address import Address
from resilience.report.views.again import group as of_group
from resilience.report.views.claims import claims
from resilience.report.wording import again as again_wording
from resilience.report.wording import bands as bands_wording
from resilience.report.wording import portfolio as wording
from resilience.report.wording.general import CLASS_NAMES, CLASS_PLURALS
from resilience.report.wording.national import TITLES
from resilience.report.wording.standing import NOT_SCORED

#: A group's state in the address when every council is chosen.
ALL = "all"
#: The costs that stand in the form at first: an example, no advice.
COST_OF_CALL, COST_OF_MISS = 1, 20


def view(scored: ScoredDay, address: Address) -> dict[str, Any]:
    """Return everything the page shows.

    Parameters
    ----------
    scored : ScoredDay
    address : callable
        From a council's code to its page.

    Returns
    -------
    dict
        ``groups`` (all England, each class, each region, as a table shows them), ``bands``, ``again`` and sentences;
        and ``data``: the councils, paces, shares and names from which the page's script counts any other choice.
    """
    record, horizon = track_record(scored), scored.model.horizon
    return {
        "as_of": scored.as_of,
        "horizon_months": horizon,
        "paces": [{"name": name, "label": wording.PACE_NAMES[name], "england": PACES[name]} for name in scored.paces],
        "groups": _groups(scored),
        "bands": _bands(record),
        "again": _again(scored),
        "regions": _choices(scored, "region"),
        "classes": [[code, name[:1].upper() + name[1:]] for code, name in CLASS_PLURALS.items()],
        "cost_of_call": COST_OF_CALL,
        "cost_of_miss": COST_OF_MISS,
        "said": {
            "lead": wording.LEAD,
            "first_event": wording.FIRST_EVENT,
            "paces": wording.paces(horizon),
            "past_counts": wording.past_counts(past_counts(scored), horizon),
            "range": wording.RANGE,
            "widest": wording.WIDEST,
            "at_past_shares": wording.at_past_shares(record),
            "most": wording.most(record.cap),
            "every_band": bands_wording.every_band(record, horizon),
            "call": wording.CALL,
            "costs": wording.COSTS,
            "apart": wording.APART,
            "again_means": again_wording.MEANS,
            "claim": claims()["claim"],
        },
        "data": _data(scored, address),
    }


def _choices(scored: ScoredDay, column: str) -> list[str]:
    return sorted(scored.table[column].unique())


def _groups(scored: ScoredDay) -> list[dict[str, Any]]:
    """Return the rows of the table of all England: title of a group of rows, and the rows."""
    table = scored.table
    parts = [("", [("England", ALL, table.index)])]
    for column in ("class", "region"):
        values = list(CLASS_NAMES) if column == "class" else _choices(scored, column)
        rows = [
            (CLASS_PLURALS.get(value, value), f"{column}={value}", table.index[table[column] == value])
            for value in values
            if (table[column] == value).any()
        ]
        parts.append((TITLES[column], rows))
    return [
        {"title": title, "rows": [_row(name, state, portfolio(scored, codes)) for name, state, codes in rows]}
        for title, rows in parts
    ]


def _row(name: str, state: str, held: Portfolio) -> dict[str, Any]:
    between = held.range
    return {
        "name": name[:1].upper() + name[1:],
        "state": state,
        "at_risk": len(held.table),
        "top": sum(len(held.bands[band].councils) for band in NAMES[:2]),
        "paces": [
            {"expected": expected(one.expected, most=one.most), "range": f"{one.low}–{one.high}"}
            for one in held.paces.values()
        ],
        "range": f"{between[0]}–{between[1]}" if between else "",
        "already": len(held.already),
        "not_scored": len(held.not_scored),
    }


def _bands(record: TrackRecord) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "events": found.events if found else None,
            "of": found.councils if found else None,
            "said": bands_wording.share(found) if found else "",
        }
        for name in NAMES
        for found in [record.of(name)]
    ]


def _again(scored: ScoredDay) -> list[dict[str, Any]]:
    """Return each group of councils already supported: how it stands, and its chances with their record."""
    day = support_again(scored)
    return [
        {
            "since": since,
            "stands": again_wording.short(since).capitalize(),
            "said": again_wording.chances(of_group(day.in_12, day.in_24, since)),
        }
        for since in range(LONGEST + 1)
    ]


def _data(scored: ScoredDay, address: Address) -> dict[str, Any]:
    record, day = track_record(scored), support_again(scored)
    again = [of_group(day.in_12, day.in_24, since) for since in range(LONGEST + 1)]
    return {
        # By rank, then those with an event, then those not scored: chances are added up in this order, as in Python.
        "councils": [_council(scored, str(code), address) for code in scored.table.index],
        "paces": [{"name": name, "shift": shift} for name, shift in scored.paces.items()],
        "ends": list(INTERVAL),
        "cap": record.cap,
        "bands": [_share(record, name) for name in NAMES],
        "again": [[one["again_12m"], one["again_24m"]] for one in again],
        "names": [
            [one.ons_code, sorted(one.kinds), list(one.codes), list(dict.fromkeys(plain(name) for name in one.names))]
            for one in every_council()
        ],
        "called": {one.ons_code: one.council for one in every_council() if one.ons_code not in scored.table.index},
        "forms": [[rule, sorted(kinds or ())] for rule, kinds in FORMS],
    }


def _share(record: TrackRecord, band: str) -> list[float] | None:
    found = record.of(band)
    return [found.share, found.low, found.high] if found else None


def _council(scored: ScoredDay, code: str, address: Address) -> dict[str, Any]:
    row = scored.table.loc[code]
    one = {"code": code, "name": row["council"], "class": row["class"], "region": row["region"], "href": address(code)}
    if row["status"] == AT_RISK:
        return one | {"rank": int(row["rank"]), "band": NAMES.index(row["band"]), "at": float(row["log_odds"])}
    if row["status"] == EVENT_ALREADY:
        known = is_supported(scored, code)
        years = int(support_again(scored).standing.at[code, "years_since"]) if known else None
        return one | {"already": True, "since": None if years is None else min(years, LONGEST)}
    return one | {"why": NOT_SCORED[row["not_scored_because"]]}
