"""A council's peers: who they are, how they compare, who recovered and who worsened, and by which lines."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from resilience.analysis.characteristics import WEIGHTS, characteristics_on
from resilience.analysis.neighbours import Neighbour, compare, neighbours_on, stands_alone
from resilience.analysis.recovery import RiskChange, Story, recovered_peers
from resilience.councils import council, resolve
from resilience.formatting import day
from resilience.model.scoring import ScoredDay
from resilience.report.plain import plain
from resilience.report.wording import peers as wording
from resilience.report.wording.general import CANNOT_SEE, CLASS_NAMES, SCORE_IS
from resilience.report.wording.indicators import figure
from resilience.report.wording.standing import standing

#: Digits after the point that figures for programs keep.
DIGITS = 6
#: Changes shown each way in a terminal; the JSON has all.
SHOWN = 3
#: Lines told of one peer: those that did it and those that went the other way.
DID, AGAINST = 5, 3


def view(scored: ScoredDay, code: str) -> dict[str, Any]:
    """Return everything that is shown of a council's peers.

    Parameters
    ----------
    scored : ScoredDay
    code : str
        The council, by any code or name.

    Returns
    -------
    dict
        ``content`` (for programs), ``table`` (the side-by-side figures, one column a council) and the words of a
        report: ``title``, ``alone``, ``councils`` (its own row first), ``figures``, ``story``, ``notes``.

    Raises
    ------
    DataError, UnknownCouncilError
        See ``neighbours_on``.
    """
    own = resolve(code)
    near = neighbours_on(scored, own)
    side, story = compare(own, run=scored), recovered_peers(own, run=scored)
    row, alone = scored.table.loc[own], stands_alone(own, run=scored)
    return {
        "title": f"Peers of {row['council']} ({CLASS_NAMES[row['class']]}), as of {day(scored.as_of)}",
        "alone": wording.ALONE if alone else "",
        "councils": [_council(scored, 0, own, ""), *_councils(scored, near)],
        "figures": [_figures(str(name), one) for name, one in side.iterrows()],
        "story": story_words(story),
        "notes": [wording.METHOD, wording.FIXED, f"Chance: {SCORE_IS}.", CANNOT_SEE],
        "table": _table(side, near),
        "content": plain(
            {
                "what": SCORE_IS,
                "as_of": str(scored.as_of),
                "ons_code": own,
                "council": council(own).council,
                "alone": alone,
                "neighbours": [_record(scored, one) for one in near],
                "weights": WEIGHTS,
                "characteristics_of": str(characteristics_on(scored).at[own, "outturn_year"]),
                "indicators": side.reset_index().to_dict("records"),
                "recovery": story_record(story),
            },
            DIGITS,
        ),
    }


def _councils(scored: ScoredDay, near: list[Neighbour]) -> list[dict[str, Any]]:
    return [_council(scored, at, one.ons_code, f"{one.distance:.1f}") for at, one in enumerate(near, start=1)]


def _council(scored: ScoredDay, at: int, code: str, distance: str) -> dict[str, Any]:
    row = scored.table.loc[code]
    number = str(at) if at else ""
    facts = {"number": number, "ons_code": code, "council": row["council"], "class": row["class"]}
    return {**facts, "distance": distance, "standing": standing(row)}


def _figures(name: str, row: pd.Series) -> dict[str, Any]:
    """Return one indicator of the council among those of its peers, in words."""
    place = "" if pd.isna(row["position"]) else f"{row['position']} of {row['of']}"
    if row["worse"] in ("higher", "lower") and place:
        place += f" ({row['worse']} is worse)"
    cells = {head: figure(name, row[head], missing="–") for head in ("own", "lowest", "median", "highest")}
    return {"label": row["label"], **cells, "place": place}


def _table(side: pd.DataFrame, near: list[Neighbour]) -> dict[str, Any]:
    table = side.rename(columns={one.ons_code: one.council for one in near}).reset_index()
    return {"columns": list(table.columns), "rows": plain(table.to_numpy(dtype=object).tolist())}


def _record(scored: ScoredDay, one: Neighbour) -> dict[str, Any]:
    row = scored.table.loc[one.ons_code]
    return {
        "ons_code": one.ons_code,
        "council": one.council,
        "class": one.class_,
        "distance": round(one.distance, 4),
        "status": row["status"],
        "risk": row["risk"],
        "band": row["band"],
    }


def story_record(story: Story) -> dict[str, Any]:
    """Return what peers did for programs, each line, mark and reason in words too."""
    return {
        "ons_code": story.ons_code,
        "council": story.council,
        "recovered": [_risk_change_record(one) for one in story.recovered],
        "worsened": [_risk_change_record(one) for one in story.worsened],
        "set_aside": [[name, wording.set_aside(why)] for name, why in story.set_aside],
        "widened": story.widened,
        "yardstick": f"model of {story.yardstick}, medians and level of that day",
        "notes": list(story.notes),
    }


def _risk_change_record(one: RiskChange) -> dict[str, Any]:
    lines = [
        {
            "name": line.name,
            "label": wording.line_label(line),
            "words": wording.line_words(line),
            **{name: getattr(line, name) for name in ("start", "end", "start_ratio", "end_ratio", "unit", "moved")},
        }
        for line in one.lines
    ]
    words = {"similar": wording.similar(one.similar), "marks": [wording.mark(mark) for mark in one.marks]}
    return {**asdict(one), "lines": lines, **words}


def story_words(story: Story) -> dict[str, Any]:
    """Return what peers did in words: who recovered and who worsened, and who is set aside and why."""
    return {
        "recovered": [risk_change_words(one) for one in story.recovered[:SHOWN]],
        "worsened": [risk_change_words(one) for one in story.worsened[:SHOWN]],
        "widened": story.widened,
        "set_aside": [{"council": name, "why": wording.set_aside(why)} for name, why in story.set_aside],
    }


def risk_change_words(one: RiskChange) -> dict[str, Any]:
    """Return one council's change of risk in words: ``head``, ``did``, ``against``, ``context``, ``marks``."""
    falling = one.change < 0
    moved = [line for line in one.lines if not np.isnan(line.moved)]
    return {
        "head": wording.risk_change(one),
        "did": [wording.line(line) for line in moved if (line.moved < 0) == falling][:DID],
        "against": [wording.line(line) for line in moved if (line.moved < 0) != falling][:AGAINST],
        "context": [wording.line(line) for line in one.lines if np.isnan(line.moved)],
        "marks": [wording.mark(mark) for mark in one.marks],
    }
