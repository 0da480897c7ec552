"""Other people's rules: where each comes from, what differs, whom they flag, and the comparison with the NAO."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from resilience.backtest.alarms import alarms_kept, flagged_on
from resilience.backtest.nao_2018 import nao_comparison
from resilience.backtest.rivals import UPPER_FIRST, in_population, rivals
from resilience.backtest.rolling import POOLED_FROM
from resilience.formatting import day, listed, percent
from resilience.indicators.known import known_on
from resilience.model.risk_set import yearly
from resilience.report.wording import rivals as wording
from resilience.tables.events import EventRegister

HORIZON = 24


def view(indicators: pd.DataFrame, events: EventRegister, today: date) -> dict[str, Any]:
    """Return everything that is shown of other people's rules.

    Parameters
    ----------
    indicators : DataFrame
        From ``compute_indicators``.
    events : EventRegister
    today : date
        A day to count flags on besides the origins.

    Returns
    -------
    dict
        ``introduction``; ``rules``: ``name, label, source, url, population, rule, differences, note``; and the tables
        ``flags``, ``kept`` and ``nao``, each with ``words, columns, rows``.
    """
    origins = yearly(POOLED_FROM, today.year)
    published = [one for one in rivals() if not one.upper_first]
    fields = ("name", "label", "source", "url", "rule", "note")
    return {
        "introduction": wording.INTRODUCTION.format(upper_first=UPPER_FIRST),
        "rules": [
            {field: getattr(one, field) for field in fields}
            | {"population": wording.POPULATIONS[one.population], "differences": list(one.differences)}
            for one in published
        ],
        "flags": _flags(indicators, origins, today),
        "kept": _kept(indicators, events, origins),
        "nao": _nao(indicators),
    }


def _flags(indicators: pd.DataFrame, origins: list[date], today: date) -> dict[str, Any]:
    counts, known = flagged_on(indicators, [*origins, today]), known_on(indicators, today).table
    of = {one.name: int(in_population(known, one.population).sum()) for one in rivals()}
    return {
        "words": wording.FLAGS.format(day=day(today)),
        "columns": ["rule", *(str(one.year) for one in origins), day(today), "of"],
        "rows": [[f"`{name}`", *map(str, row), str(of[str(name)])] for name, row in counts.iterrows()],
    }


def _kept(indicators: pd.DataFrame, events: EventRegister, origins: list[date]) -> dict[str, Any]:
    table = alarms_kept(indicators, events, origins, horizon=HORIZON)
    lists = int(table["origins"].iloc[0])
    return {
        "words": wording.KEPT.format(
            origins=lists,
            first=origins[0].year,
            last=origins[lists - 1].year,
            horizon=HORIZON,
            events=int(table["events"].iloc[0]),
        ),
        "columns": [
            "rule",
            "councils flagged a January",
            "events flagged",
            "share of events",
            "of 100 flags, an event",
        ],
        "rows": [
            [
                f"`{name}`",
                f"{row['flagged'] / row['origins']:.0f}",
                f"{row['flagged_events']:.0f}",
                percent(row["flagged_events"] / row["events"], 0),
                f"{100 * row['flagged_events'] / row['flagged']:.0f}" if row["flagged"] else "–",
            ]
            for name, row in table.iterrows()
        ],
    }


def _nao(indicators: pd.DataFrame) -> dict[str, Any]:
    table = nao_comparison(indicators)
    longest, share = table["years"] == table["years"].max(), table["unit"] == "share"
    return {
        "words": wording.NAO.format(
            one=table["one_agrees"].sum(),
            three=table["three_agrees"].sum(),
            of=len(table),
            sooner=listed([str(one) for one in table.loc[longest, "one_sooner"]]),
            share=wording.figure_of(table.loc[share, "one_figure"].iloc[0], "share"),
        ),
        "columns": ["said", "by", "one year's use", "three years'", "counts as agreeing", "whose bounds"],
        "rows": [
            [
                row["said"],
                f"[{row['source']}]({row['url']})" if row["url"] else row["source"],
                *(_beside(row, rule) for rule in ("one", "three")),
                wording.bounds_of(row["low"], row["high"], row["unit"]),
                row["bounds"],
            ]
            for row in table.to_dict("records")
        ],
    }


def _beside(row: dict[Any, Any], rule: str) -> str:
    """Write what a rule gives for a statement: "10.6%, 16 of 151: yes"."""
    figure, counted = wording.figure_of(row[f"{rule}_figure"], row["unit"]), f"of {row[f'{rule}_of']}"
    if row["unit"] == "share":
        figure += f", {row[f'{rule}_councils']}"
    return f"{figure} {counted}: {'yes' if row[f'{rule}_agrees'] else 'no'}"
