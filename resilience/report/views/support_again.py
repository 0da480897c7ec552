"""The proof for councils already supported: by round, base rates, model against base rate, and who left."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pandas as pd

from resilience.backtest.again import PRIOR_SD, AgainRecord
from resilience.councils import load_councils
from resilience.model.again import LONGEST, base_rates, needs, round_of, standing, tells
from resilience.report.plain import plain
from resilience.report.views.again import group
from resilience.report.wording.again import short
from resilience.report.wording.events import council_events
from resilience.tables.events import EventRegister


def view(record: AgainRecord, events: EventRegister) -> dict[str, Any]:
    """Return everything docs/support_again.md and .json hold.

    Parameters
    ----------
    record : AgainRecord
        From ``backtest.again.record``.
    events : EventRegister
        The register it was made of.
    """
    day = events.until + timedelta(days=1)
    in_12, in_24 = (base_rates(events, day, horizon) for horizon in (12, 24))
    stand = standing(events, day)
    councils_now = stand["years_since"].clip(upper=LONGEST).value_counts()
    left = stand[stand["years_since"] > 0].sort_values(["last", "council"])
    every = needs(events)
    content = {
        "as_of": day,
        "register_to": events.until,
        "councils_with_an_event": every["ons_code"].nunique(),
        "in_being": len(stand),
        "rounds": [
            {"round": round_of(int(year)), **row}
            for year, row in zip(record.rounds.index, record.rounds.to_dict("records"), strict=True)
        ],
        "rates": [
            {
                "stands": short(since),
                "councils_now": int(councils_now.get(since, 0)),
                **group(in_12, in_24, since),
                "low_24m": in_24[since].interval[0] if in_24[since].times else None,
                "high_24m": in_24[since].interval[1] if in_24[since].times else None,
            }
            for since in range(LONGEST + 1)
        ],
        "by_round_and_years": _by_round_and_years(record),
        "comparisons": dict(record.comparisons),
        "ships": record.ships,
        "weights": dict(record.weights),
        "prior_sd": PRIOR_SD,
        "left": [_left(events, str(code), row) for code, row in left.iterrows()],
        "abolished": _abolished(every, stand),
    }
    # So many digits that the file is the same on every machine.
    found: dict[str, Any] = plain(content, 6)
    return {"content": found}


def _by_round_and_years(record: AgainRecord) -> list[dict[str, Any]]:
    """Return how many stood in each group on 1 January of each round, and how many needed it again."""
    rows = record.predictions[12]
    result = []
    for origin, own in rows.groupby("origin", sort=True):
        use = own[tells(own) | ~own["closed"]]
        groups = use.groupby(use["years_since"].clip(upper=LONGEST))["again"].agg(["size", "sum"])
        counts = groups.reindex(range(LONGEST + 1), fill_value=0)
        year = pd.Timestamp(str(origin)).year
        result.append({"round": round_of(year), "stood": list(counts["size"]), "again": list(counts["sum"])})
    return result


def _left(events: EventRegister, code: str, row: pd.Series) -> dict[str, Any]:
    """Return a council without an event in the last twelve months: its last one, and what the register has since."""
    told = council_events(events, code, events.until + timedelta(days=1))
    own = told[told["ons_code"] == code]
    last, since = own[own["known"] == row["last"]], own[own["known"] > row["last"]]
    return {
        "ons_code": code,
        "council": row["council"],
        "last": f"{row['last']:%Y-%m}",
        "years_since": row["years_since"],
        "rounds": row["rounds"],
        "last_event": "; ".join(last.loc[last["counts"], "what"]),
        "since": "; ".join(f"{one['when']}: {one['what']}" for one in since.to_dict("records")),
    }


def _abolished(every: pd.DataFrame, stand: pd.DataFrame) -> list[str]:
    names = load_councils().drop_duplicates("ons_code").set_index("ons_code")["council"]
    gone = every.loc[~every["ons_code"].isin(stand.index), "ons_code"].drop_duplicates()
    return sorted(names[gone])
