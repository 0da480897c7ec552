"""What stands beyond a council's own figures: its neighbours, peers who recovered, its place."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from resilience.analysis.neighbours import stands_alone
from resilience.analysis.place import SERVICES, Place
from resilience.analysis.place import place as place_of
from resilience.analysis.recovery import RiskChange, recovered_peers
from resilience.analysis.standing import neighbours_known
from resilience.councils import council
from resilience.errors import DataError
from resilience.formatting import chance, listed, percent, pounds
from resilience.indicators.comparisons import UNLIKE_OTHERS
from resilience.indicators.known import CORE
from resilience.model.scoring import ScoredDay
from resilience.publications.lines import load_lines
from resilience.report.plain import plain
from resilience.report.views.peers import DIGITS, SHOWN, risk_change_words, story_record
from resilience.report.views.place import older, record
from resilience.report.wording import peers as wording
from resilience.report.wording.peers import ALONE
from resilience.report.wording.place import sentences
from resilience.report.wording.standing import standing
from resilience.years import outturn_year_of

UNLIKE = (
    "This council is unlike any other in its duties and its sources of income: there are no councils of its "
    "kind for the score to go by, and every comparison here says little."
)
#: How many neighbours are named.
NEIGHBOURS = 10
#: Lines told of one peer, those that did it and those that went the other way.
DID, AGAINST = 4, 2
#: The amounts of a place that are shown.
AMOUNTS = ("spending", "reserves", "interest", "debt")

Rows = list[dict[str, Any]]


def neighbours(scored: ScoredDay, code: str) -> Rows:
    """Return a council's statistical neighbours, the nearest first, and where they stand.

    Returns
    -------
    list of dict
        ``ons_code, council, status, rank, risk, band, reserves`` (usable, over net revenue expenditure) and for the
        page ``reserves_year`` and ``event_month``, "" without one. Empty for a council unlike any other.
    """
    if code in UNLIKE_OTHERS:
        return []
    scores, years = scored.table, scored.known.years[CORE]
    near = [one for one in neighbours_known(scored).get(code, []) if one in scores.index][:NEIGHBOURS]
    columns = ["council", "status", "rank", "risk", "band"]
    return [
        {
            "ons_code": one,
            **{name: plain(scores.at[one, name]) for name in columns},
            "reserves": plain(scores.at[one, CORE]),
            "reserves_year": "" if pd.isna(years[one]) else outturn_year_of(int(years[one])),
            "event_month": "" if pd.isna(scores.at[one, "event_date"]) else f"{scores.at[one, 'event_date']:%B %Y}",
        }
        for one in near
    ]


def beyond(scored: ScoredDay, code: str) -> dict[str, Any]:
    """Put together what stands beyond a council's own figures.

    Parameters
    ----------
    scored : ScoredDay
    code : str
        ONS code of a council in being on the day.

    Returns
    -------
    dict
        ``unlike`` and ``alone`` (warnings, "" for most councils) and both as ``warnings``; ``peers_then_and_later``
        (None for a council abolished since, and for one
        unlike any other) with ``recovered`` and ``worsened`` in words; ``place`` for programs,
        ``area`` in words.
    """
    unlike = UNLIKE if code in UNLIKE_OTHERS else ""
    try:
        story = None if unlike else recovered_peers(code, run=scored)
        alone = ALONE if not unlike and stands_alone(code, run=scored) else ""
    except DataError:  # abolished since, or without a return to compare by
        story, alone = None, ""
    told = None
    if story is not None:
        whole = story_record(story)
        aside = [{"council": name, "why": why} for name, why in whole["set_aside"]]
        told = plain({**whole, "set_aside": aside}, DIGITS)
    place = scored.once(("place", council(code).county or code), lambda: place_of(code, run=scored))
    return {
        "unlike": unlike,
        "alone": alone,
        "warnings": [text for text in (unlike, alone) if text],
        "peers_then_and_later": told,
        "recovered": _risk_changes(story.recovered) if story else [],
        "worsened": _risk_changes(story.worsened) if story else [],
        "place": record(place),
        "area": _area(place),
    }


def _risk_changes(them: tuple[RiskChange, ...]) -> Rows:
    rows = []
    for one in them[:SHOWN]:
        words = risk_change_words(one)
        rows.append(
            {
                "ons_code": one.ons_code,
                "council": one.council,
                "similar": wording.similar(one.similar),
                "from": f"{chance(one.risk_start)} in January {one.start}",
                "from_year": outturn_year_of(one.start_year),
                "to": f"{chance(one.risk_end)} in January {one.end}",
                "to_year": outturn_year_of(one.end_year),
                "today": wording.today(one),
                "relapse": wording.relapse(one),
                "did": words["did"][:DID],
                "against": words["against"][:AGAINST],
                "context": words["context"],
                "marks": words["marks"],
            }
        )
    return rows


def _area(place: Place) -> dict[str, Any]:
    """Return the place in words: its councils, its services, what it comes to."""
    newest = {name: place.councils[f"{name}_year"].dropna().max() for name in AMOUNTS}
    service_years = sorted(set(place.services_year.values()))
    return {
        "name": place.name,
        "single": place.single,
        "councils": [
            {
                "ons_code": str(code),
                "council": amounts["council"],
                "standing": standing(amounts),
                "stale": bool(older(amounts, newest)),
                **_amounts(amounts),
            }
            for code, amounts in place.councils.iterrows()
        ],
        "total": _amounts(place.totals()),
        "years": ", ".join(
            f"{'gross debt' if name == 'debt' else name} {outturn_year_of(int(year))}"
            for name, year in newest.items()
            if pd.notna(year)
        ),
        "gone": listed(list(place.councils.loc[place.councils["reserves"].isna(), "council"])),
        "sentences": sentences(place),
        "services": _services(place),
        "services_years": " and ".join(
            outturn_year_of(one) for one in sorted({*service_years[:1], *service_years[-1:]})
        ),
    }


def _amounts(row: pd.Series) -> dict[str, str]:
    """Write amounts, and what reserves are of spending where that says anything."""
    cells = {name: "–" if np.isnan(row[name]) else pounds(row[name]) for name in AMOUNTS}
    held = row["reserves"] / row["spending"]
    said = percent(held, 0) if held < 10 else "over 1,000%"
    return {**cells, "held": said if row["spending"] > 0 and held >= 0 else "–"}


def _services(place: Place) -> Rows:
    table = place.services
    total = table.sum(axis=1, min_count=1)
    numbers = {label: f"RS {load_lines().by_name[f'rs_{short}_net_exp'].row}" for short, label in SERVICES.items()}
    parts = {"county": table.iloc[:, 0], "districts": table.iloc[:, 1:].sum(axis=1, min_count=1)}
    return [
        {
            "name": str(name),
            "line": numbers[str(name)],
            **{who: "–" if np.isnan(amounts[name]) else pounds(amounts[name]) for who, amounts in parts.items()},
            "total": pounds(total[name]),
            "share": percent(total[name] / float(total.sum()), 0),
        }
        for name in table.index
        if not np.isnan(total[name])
    ]
