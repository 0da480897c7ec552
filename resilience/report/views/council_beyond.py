"""What stands beyond a council's own figures: peers who recovered, its place, the new council it becomes part of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from resilience.analysis.mergers.proposed import Merger, every_merger
from resilience.analysis.neighbours import stands_alone
from resilience.analysis.place import Place
from resilience.analysis.place import place as place_of
from resilience.analysis.recovery import RiskChange, Story, recovered_peers
from resilience.councils import council
from resilience.councils.proposals import areas_of, unstated
from resilience.errors import DataError
from resilience.formatting import chance, listed, percent, pounds
from resilience.indicators.comparisons import UNLIKE_OTHERS
from resilience.model.scoring import ScoredDay
from resilience.report.plain import plain
from resilience.report.views.peers import DIGITS, SHOWN, story_record
from resilience.report.views.place import record
from resilience.report.wording import mergers as merger_wording
from resilience.report.wording import peers as wording
from resilience.report.wording.peers import ALONE
from resilience.report.wording.place import sentences
from resilience.report.wording.standing import standing
from resilience.years import outturn_year_of

UNLIKE = (
    "This council is unlike any other in its duties and its sources of income: there are no councils of its "
    "kind for the score to go by, and every comparison here says little."
)
#: Lines told of one peer, those that did it and those that went the other way.
DID, AGAINST = 4, 2


@dataclass(frozen=True)
class Beyond:
    """What stands beyond a council's own figures.

    Attributes
    ----------
    unlike, alone : str
        Warnings: of a council unlike any other, and of one without close neighbours; "" for all others.
    story : Story or None
        Peers who recovered and who worsened; none for a council abolished since.
    place : Place
    mergers : tuple of Merger
        New councils, decided or proposed, that would take it or part of it.
    areas : tuple of str
        Areas in reorganisation that it lies in, of which no new council for it is stated.
    standing : dict of str to str
        Of each council of the place, in words.
    """

    unlike: str
    alone: str
    story: Story | None
    place: Place
    mergers: tuple[Merger, ...]
    areas: tuple[str, ...]
    standing: dict[str, str]


def beyond(run: ScoredDay, code: str, mergers: Mapping[str, Merger] | None = None) -> Beyond:
    """Put it together.

    Parameters
    ----------
    run : ScoredDay
    code : str
        ONS code of a council in being on the run's day.
    mergers : mapping of str to Merger, optional
        From `every_merger`: give it when there are several councils.
    """
    try:
        story, alone = recovered_peers(code, run=run), ALONE if stands_alone(code) else ""
    except DataError:  # abolished since, or without a return to compare by
        story, alone = None, ""
    place = run.once(("place", council(code).county or code), lambda: place_of(code, run=run))
    found = every_merger(run, code) if mergers is None else mergers
    own = tuple(one for one in found.values() if any(part.ons_code == code for part in one.parts))
    return Beyond(
        UNLIKE if code in UNLIKE_OTHERS else "",
        alone,
        story,
        place,
        own,
        tuple(areas_of(code, run.as_of)) if not own else (),
        {str(one): standing(run.table.loc[one]) for one in place.councils.index},
    )


def risk_changes(them: tuple[RiskChange, ...], *, most: int = SHOWN) -> list[dict[str, Any]]:
    """Return peers' journeys as rows of text."""
    rows = []
    for one in them[:most]:
        falling = one.change < 0
        moved = [line for line in one.lines if not np.isnan(line.moved)]
        rows.append(
            {
                "ons_code": one.ons_code,
                "council": one.council,
                "similar": wording.similar(one.similar),
                "from": f"{chance(one.risk_start)} in January {one.start}",
                "from_year": outturn_year_of(one.start_year),
                "to": f"{chance(one.risk_end)} in January {one.end}",
                "to_year": outturn_year_of(one.end_year),
                "now": "" if np.isnan(one.risk_now) else chance(one.risk_now),
                "did": [wording.line(line) for line in moved if (line.moved < 0) == falling][:DID],
                "against": [wording.line(line) for line in moved if (line.moved < 0) != falling][:AGAINST],
                "context": [wording.line(line) for line in one.lines if np.isnan(line.moved)],
                "marks": [wording.mark(mark) for mark in one.marks],
            }
        )
    return rows


def place_rows(one: Beyond) -> dict[str, Any]:
    """Return the place as rows of text: its councils, its services, what it comes to."""
    place = one.place
    table = place.services
    total = table.sum(axis=1, min_count=1)
    every_service = float(total.sum())
    county = table.iloc[:, 0]
    districts = table.iloc[:, 1:].sum(axis=1, min_count=1)
    columns = ("spending", "reserves", "interest", "debt")
    years = sorted(set(place.services_year.values()))

    def row(amounts: pd.Series) -> dict[str, str]:
        cells = {name: "–" if np.isnan(amounts[name]) else pounds(amounts[name]) for name in columns}
        held = amounts["reserves"] / amounts["spending"]
        said = percent(held, 0) if held < 10 else "over 1,000 %"
        return {**cells, "held": said if amounts["spending"] > 0 and held >= 0 else "–"}

    newest = {name: place.councils[f"{name}_year"].dropna().max() for name in columns}
    return {
        "name": place.name,
        "single": place.single,
        "councils": [
            {
                "ons_code": str(code),
                "council": amounts["council"],
                "standing": one.standing[str(code)],
                "stale": bool(
                    (pd.Series({name: amounts[f"{name}_year"] for name in columns}) < pd.Series(newest)).any()
                ),
                **row(amounts),
            }
            for code, amounts in place.councils.iterrows()
        ],
        "total": row(place.totals()),
        "years": ", ".join(
            f"{'gross debt' if name == 'debt' else name} {outturn_year_of(int(year))}"
            for name, year in newest.items()
            if pd.notna(year)
        ),
        "gone": listed(list(place.councils.loc[place.councils["reserves"].isna(), "council"])),
        "sentences": sentences(place),
        "services": [
            {
                "name": name,
                "county": "–" if np.isnan(county[name]) else pounds(county[name]),
                "districts": "–" if np.isnan(districts[name]) else pounds(districts[name]),
                "total": pounds(total[name]),
                "share": percent(total[name] / every_service, 0),
            }
            for name in table.index
            if not np.isnan(total[name])
        ],
        "services_years": " and ".join(outturn_year_of(year) for year in sorted({*years[:1], *years[-1:]})),
    }


def reorganised(one: Beyond, on: date) -> str:
    """Say which new councils a council is to become part of, or that none is stated for its area; "" if neither."""
    said = []
    for when in dict.fromkeys(merger_wording.plan(each.proposal) for each in one.mergers):
        names = [
            each.name.removesuffix(" Council") for each in one.mergers if merger_wording.plan(each.proposal) == when
        ]
        council_s = "Councils" if len(names) > 1 else "Council"
        said.append(f"It is to become part of {listed(names)} {council_s} ({when}).")
    table = unstated(on).set_index("area")
    for area in one.areas:
        row = table.loc[area]
        status = "a reorganisation is under way" if row["status"] == "see note" else str(row["status"])
        when = str(row["vesting_date"])
        begins = f", new councils to begin {merger_wording.vesting(when)}" if when.startswith("2") else ""
        said.append(f"{area}: {status}{begins}; which councils these are is not stated in the sources at hand.")
    return " ".join(said)


def content(one: Beyond) -> dict[str, Any]:
    """Return it as plain values for the assessment's JSON."""
    story = None
    if one.story is not None:
        told = story_record(one.story)
        aside = [{"council": name, "why": why} for name, why in told["set_aside"]]
        story = plain({**told, "set_aside": aside}, DIGITS)
    return {
        "warnings": [text for text in (one.unlike, one.alone) if text],
        "peers_then_and_later": story,
        "place": record(one.place),
        "new_councils": [plain(_merger(each), DIGITS) for each in one.mergers],
        "areas_without_new_council": list(one.areas),
    }


def _merger(one: Merger) -> dict[str, Any]:
    plan = one.proposal
    return {
        "name": one.name,
        "area": plan.area if plan else "",
        "status": plan.status if plan else "",
        "decision_date": plan.decision_date if plan else "",
        "vesting_date": plan.vesting_date if plan else "",
        "predecessors": [
            {"ons_code": part.ons_code, "council": council(part.ons_code).council, "share": part.share}
            for part in one.parts
        ],
        "figures_of": one.score.known["outturn_year"],
        "chance": one.score.risk,
        "low": one.score.risk_low,
        "high": one.score.risk_high,
        "band": one.score.band,
        "assumptions": list(plan.assumptions) if plan else [],
        "command": f'resilience merge --proposal "{one.name.removesuffix(" Council")}"',
    }
