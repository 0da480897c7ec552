"""The scoreboard: every frozen list beside what came after it, for a terminal, a page in docs/ and one of the site."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from resilience import __version__, paths
from resilience.backtest.betting import CLIP, NEEDED, STAKES, STRENGTH, Bet
from resilience.backtest.frozen import MODEL, FrozenList, frozen_lists
from resilience.backtest.measuring import CAPACITIES, INTERVAL
from resilience.backtest.rivals import rivals
from resilience.backtest.rolling import DRAWS
from resilience.backtest.scoreboard import FLAGS, RESERVES, ListScore, scoreboard
from resilience.errors import DataError
from resilience.formatting import day
from resilience.report.plain import plain
from resilience.report.wording import scoreboard as wording
from resilience.report.wording.record import with_range
from resilience.tables.events import EventRegister

#: Digits after the point that figures for programs keep.
DIGITS = 6
_OWN = "this list"
_HEADER = """# {title}

Written by `resilience docs` from `reports/frozen`; `resilience backtest --frozen` prints the same. Register of events \
to {register_to}.

{introduction} Checked with `sha256sum -c SHA256SUMS` in that folder. {method}
"""
#: How the lists of the release before the scoreboard came about.
_METHOD = (
    "The lists of 0.1.0 were made afterwards, with that release's own code and figures: `git worktree add FOLDER "
    "7853f54`, then `python -m benchmarks.release_010 FOLDER`."
)


def view(
    events: EventRegister,
    as_of: date | None = None,
    *,
    lists: Sequence[FrozenList] | None = None,
    draws: int = DRAWS,
) -> dict[str, Any]:
    """Return everything that is shown of the frozen lists.

    Parameters
    ----------
    events : EventRegister
        As far as it is known.
    as_of : date, optional
        Only lists frozen by this day; by default all.
    lists : sequence of FrozenList, optional
        By default those in ``reports/frozen``.
    draws : int
        Bootstrap draws over councils.

    Returns
    -------
    dict
        ``header`` (of the page in docs/), ``title``, ``introduction`` (for a terminal), ``lead``, ``register_to``;
        ``tables``, each with ``title``, ``words``, ``columns`` and ``rows`` of text; and ``content`` for programs
        (``docs/schemas/scoreboard.schema.json``).
    """
    kept = [one for one in (frozen_lists() if lists is None else lists) if as_of is None or one.frozen_on <= as_of]
    scores = scoreboard(kept, events, draws=draws)
    tables = [_overview(scores)]
    for one in scores:
        tables += [_rankings(one), _bets(one), _events(one)] if len(one.events) else []
    said = [f"{wording.title(one)}: {wording.verdict(one)}" for one in scores if len(one.events)]
    return {
        "title": wording.TITLE,
        "header": _HEADER.format(
            title=wording.TITLE,
            register_to=day(events.until),
            introduction=wording.INTRODUCTION,
            method=_METHOD,
        ),
        "introduction": "\n\n".join([wording.INTRODUCTION, *said, _waiting(scores)]).rstrip(),
        "lead": wording.INTRODUCTION,
        "register_to": events.until,
        "tables": tables,
        "content": plain(_content(scores, events), DIGITS),
    }


def of_frozen_lists(events: EventRegister, *, draws: int = DRAWS) -> dict[str, Any]:
    """Return the view of the lists in ``reports/frozen``, of which there must be some.

    Raises
    ------
    DataError
        If none is frozen.
    """
    lists = frozen_lists()
    if not lists:
        raise DataError(f"No list is frozen in {paths.frozen()}; 'resilience freeze' freezes one.")
    return view(events, lists=lists, draws=draws)


def _waiting(scores: list[ListScore]) -> str:
    if not scores:
        return "No list has been frozen yet."
    return " ".join(wording.nothing_yet(one) for one in scores if not len(one.events))


def _overview(scores: list[ListScore]) -> dict[str, Any]:
    columns = ["List", "Version", "Frozen on", "At risk", "First events after it", "First 30", "Reserves' first 30"]
    rows = []
    for one in scores:
        hits = [_cell(one, name, "hits_30") for name in (MODEL, RESERVES)]
        about = [day(one.frozen.as_of), one.frozen.version, day(one.frozen.frozen_on), str(one.at_risk)]
        rows.append([*about, wording.came(one), *hits])
    return {"title": "The lists", "words": _waiting(scores), "columns": columns, "rows": rows}


def _cell(score: ListScore, name: str, measure: str) -> str:
    return f"{score.measures.at[name, measure]:.0f}" if name in score.measures.index else "–"


def _rankings(score: ListScore) -> dict[str, Any]:
    columns = [
        "Ranking",
        "AUC (90% interval)",
        "AUC upper",
        *(f"First {one}" for one in CAPACITIES),
        "List − rule, AUC",
    ]
    order = [MODEL, *score.measures.drop(MODEL).sort_values("auc", ascending=False, kind="stable").index]
    rows = []
    for name in order:
        found = plain(score.measures.loc[name].to_dict())
        ranges = [
            with_range(dict(zip(("value", "low", "high"), (found[one] for one in names), strict=True)))
            for names in (("auc", "auc_low", "auc_high"), ("less", "less_low", "less_high"))
        ]
        upper = "–" if found["auc_upper_tier"] is None else f"{found['auc_upper_tier']:.2f}"
        hits = [f"{found[f'hits_{one}']:.0f}" for one in CAPACITIES]
        rows.append([_label(name), ranges[0], upper, *hits, "" if name == MODEL else ranges[1]])
    return {"title": wording.title(score), "words": wording.verdict(score), "columns": columns, "rows": rows}


def _label(name: str) -> str:
    known = {one.name: one.label for one in rivals()}
    return _OWN if name == MODEL else known.get(name, name)


def _bets(score: ListScore) -> dict[str, Any]:
    columns = ["Who bets", "Against", "Events", "Days", "Times the stake", "Without the council that paid most"]
    rows = []
    for rule, one in score.bets.items():
        back = score.bets_back[rule]
        rows += [[_OWN, _label(rule), *_won(one)], [_label(rule), _OWN, *_won(back)]]
    return {"title": f"{wording.title(score)}: bets", "words": wording.BETS, "columns": columns, "rows": rows}


def _won(one: Bet) -> list[str]:
    return [str(one.events), str(one.rounds), wording.won(one.won), wording.won(one.without_best)]


def _events(score: ListScore) -> dict[str, Any]:
    names = [name for name in (MODEL, RESERVES, FLAGS) if name in score.events]
    columns = ["Council", "First event", *(f"Rank, {_label(name)}" for name in names)]
    rows = [
        [row["council"], day(row["date"]), *(str(row[name]) for name in names)]
        for row in score.events.to_dict("records")
    ]
    return {"title": f"{wording.title(score)}: events", "words": wording.EVENTS, "columns": columns, "rows": rows}


def _content(scores: list[ListScore], events: EventRegister) -> dict[str, Any]:
    return {
        "what": wording.INTRODUCTION,
        "register_to": events.until,
        "interval": list(INTERVAL),
        "bets": {"strength": STRENGTH, "clip": CLIP, "stakes": STAKES.tolist(), "needed": NEEDED},
        "version": __version__,
        "lists": [_list(one) for one in scores],
    }


def _list(score: ListScore) -> dict[str, Any]:
    frozen = score.frozen
    return {
        "file": frozen.name,
        "as_of": frozen.as_of,
        "version": frozen.version,
        "frozen_on": frozen.frozen_on,
        "events_at_hand_to": frozen.events_at_hand_to,
        "outcome": frozen.facts["outcome"],
        "horizon_months": frozen.facts["horizon_months"],
        "note": frozen.facts["note"],
        "until": score.until,
        "horizon_over": score.over,
        "at_risk": score.at_risk,
        "at_risk_upper_tier": score.upper,
        "had_event_before": list(score.had_event),
        "not_ranked": list(score.unranked),
        "first_events": [
            {
                "ons_code": code,
                "council": row["council"],
                "date": row["date"],
                "blind": row["blind"],
                "ranks": {name: row[name] for name in (MODEL, *frozen.rules)},
            }
            for code, row in score.events.to_dict("index").items()
        ],
        "rankings": score.measures.to_dict("index"),
        "bets": {
            rule: {"list_against_rule": _bet(one), "rule_against_list": _bet(score.bets_back[rule])}
            for rule, one in score.bets.items()
        },
    }


def _bet(one: Bet) -> dict[str, Any]:
    return {
        "events": one.events,
        "days": one.rounds,
        "times_the_stake": one.won,
        "without_the_best": one.without_best,
        "claim_met": one.enough,
        "log_payoffs": one.by_event,
    }
