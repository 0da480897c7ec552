"""The tables in docs/peers.md and docs/mergers.md that are worked out and not written.

``python -m resilience.report.generated_tables OFLOG.json`` puts them between their markers. Without the file (Oflog's
sets are not shipped) only docs/mergers.md is done.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from resilience import paths
from resilience.analysis.characteristics import WEIGHTS
from resilience.analysis.mergers.past import evidence, past_error
from resilience.analysis.mergers.proposed import PAST_ERROR
from resilience.analysis.neighbours import agreement
from resilience.councils import council
from resilience.files import write_atomically
from resilience.formatting import chance, chance_range, day, percent
from resilience.method import run

#: The day of "now" in the tables, so that they stay as they are until the figures change.
DAY = date(2026, 11, 1)


def markdown(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Write a table in Markdown."""
    lines = ["| " + " | ".join(header) + " |", "| " + " | ".join("---" for _ in header) + " |"]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def agreement_table(theirs: Mapping[str, Sequence[str]]) -> str:
    """Return how far the neighbours agree with another body's sets."""
    table = agreement(theirs)
    rows = [
        (
            group,
            int(row["councils"]),
            f"{row['overlap']:.1f}",
            f"{row['chance']:.1f}",
            f"{row['most']:.1f}",
            percent(row["beyond_chance"], 0),
        )
        for group, row in table.iterrows()
    ]
    header = ("group", "councils", "of our 15, in Oflog's set", "by chance", "at most", "of the way beyond chance")
    return markdown(header, rows)


def weights_table() -> str:
    """Return the characteristics and their weights."""
    return markdown(("characteristic", "weight"), [(name, f"{weight:g}") for name, weight in WEIGHTS.items()])


def evidence_table(table: pd.DataFrame) -> str:
    """Return the past mergers: the eve, and what followed."""
    rows = []
    for _, one in table.iterrows():
        highest = f"{one['highest_predecessor']}, {chance(one['highest_risk'])}" if one["highest_predecessor"] else "–"
        after = str(one["event"]) or "none to the end of the register"
        if one["event"] and one["event_date"] < pd.Timestamp(one["vested"]):
            after += " (before vesting)"
        gone = council(one["ons_code"]).end_date
        now = "event" if one["event"] else f"abolished {gone.year}" if gone else chance(one["risk_now"])
        rows.append(
            (
                one["council"],
                day(one["vested"]),
                one["figures"],
                f"{100 * one['risk']:.2f} % ({chance_range(one['risk_low'], one['risk_high'])})",
                f"{one['place']} of {one['of']}",
                highest,
                one["with_event"] or "–",
                after,
                now,
                "–" if np.isnan(one["error"]) else f"{one['error']:+.1f}",
            )
        )
    header = (
        *(
            "new council",
            "vested",
            "figures known on the eve",
            "chance on the eve (90 % range)",
            "rank it would have had",
        ),
        *("highest predecessor", "predecessors with an event", "first event of its own", "chance now"),
        "first own figures less the eve's (log-odds)",
    )
    return markdown(header, rows)


def summary(table: pd.DataFrame) -> str:
    """Say in sentences what the table of past mergers comes to."""
    events, low = int((table["event"] != "").sum()), int((table["band"] == "low").sum())
    inherited = table[table["with_event"] != ""]
    errors = table["error"].dropna()
    with_event = table[table["event"] != ""]
    half = (with_event["place"] <= with_event["of"] / 2).sum()
    also = int((inherited["event"] != "").sum())
    return (
        f"Of {len(table)} new councils {events} had an event of their own by the end of the register; on the eve "
        f"{low} of {len(table)} stood in the low band, and {half} of the {events} in the upper half of the ranking. "
        f"{len(inherited)} were formed from a council that had had an event, and {also} of those had one themselves. "
        f"First own figures lay {errors.mean():+.1f} log-odds from the eve's on average (+ is worse), root mean square "
        f"{past_error(table):.2f}; {PAST_ERROR:g} is added to the interval of every merged council."
    )


def fill(text: str, blocks: Mapping[str, str]) -> str:
    """Put each block between ``<!-- name -->`` and ``<!-- /name -->``."""
    for name, block in blocks.items():
        start, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
        before, _, rest = text.partition(start)
        text = before + start + block + "\n" + end + rest.partition(end)[2]
    return text


def main(arguments: Sequence[str]) -> None:
    """Write the tables into the documents."""
    docs = paths.home() / "docs"
    if arguments:
        theirs = json.loads(Path(arguments[0]).read_text("utf-8"))
        page = docs / "peers.md"
        blocks = {"weights": weights_table(), "agreement": agreement_table(theirs)}
        write_atomically(page, fill(page.read_text("utf-8"), blocks))
    table = evidence(run(DAY, intervals=False))
    page = docs / "mergers.md"
    blocks = {"evidence": evidence_table(table), "summary": summary(table)}
    write_atomically(page, fill(page.read_text("utf-8"), blocks))


if __name__ == "__main__":
    main(sys.argv[1:])
