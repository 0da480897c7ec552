"""``python -m benchmarks.release_010 FOLDER [DAY …]``: freeze release 0.1.0's lists from a checkout of its commit.

Run once, after ``git worktree add FOLDER 7853f54``. The lists are made by that release's own code, model, figures and
rules, in a process that sees nothing else; only how a list is written is today's. Again, it finds the same lists.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

from resilience.backtest.freezing import assembled, checksums, git_commit
from resilience.backtest.frozen import save
from resilience.formatting import day as said

COMMIT = "7853f54"
DAYS = ("2026-01-01", "2026-11-24")
#: Run in the checkout, by the old package: what the release says of a day.
OLD = """
import pickle, sys
from datetime import date
import pandas as pd
import resilience
from resilience.model.rivals import rival_scores, rivals
from resilience.pipeline import run

made = run(date.fromisoformat(sys.argv[1]), intervals=False)
table = made.scores
rate = table.attrs["base_rate"]
terms = [name for name in table if name.startswith("term: ")]
facts = {
    "version": resilience.__version__,
    "outcome": made.model.outcome,
    "horizon_months": made.model.horizon,
    "base_rate": {"first_events": rate.events, "from": rate.start, "before": rate.end},
    "expected_first_events": float(table.attrs["expected"]),
    "register_to": str(made.events.attrs["to"]),
    "events_at_hand_to": str(made.events.attrs["to"]),
}
# The table leaves out the log-odds of councils with an event; their terms are there.
log_odds = table.attrs["intercept"] + table[terms].sum(axis=1, min_count=len(terms))
assert (log_odds - table["log_odds"]).abs().max() < 1e-9
kept = table[["council", "class", "tier", "status", "rank"]].assign(log_odds=log_odds)
scores = pd.DataFrame({rule.name: rule.score(table) for rule in rivals()}, index=table.index)
kept.attrs = {}
with open(sys.argv[2], "wb") as out:
    pickle.dump((facts, kept, scores, rival_scores(table)), out)
"""


def freeze_release(folder: Path, day: str) -> tuple[Path, bool]:
    """Freeze what the release in a checkout says of a day."""
    with tempfile.TemporaryDirectory() as place:
        out = Path(place) / "list.pickle"
        subprocess.run(
            [sys.executable, "-c", OLD, day, str(out)],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(folder), "RESILIENCE_HOME": str(folder)},
            check=True,
        )
        facts, table, scores, shares = pickle.loads(out.read_bytes())
    known = date.fromisoformat(facts["register_to"])
    facts |= {
        "as_of": day,
        "frozen_on": str(date.today()),
        "git_commit": git_commit(folder),
        "data": checksums(folder, "distress-24m.json"),
        "note": (
            f"Made on {said(date.today())} from release {facts['version']} (commit {COMMIT}, of 22 November 2026) with "
            f"its own figures and register, which ends on {said(known)}: no later event was known to it, so the list "
            "is blind to them, although it was made afterwards."
        ),
    }
    return save(assembled(facts, table, scores, shares))


def main(folder: str, *days: str) -> None:
    there = Path(folder).resolve()
    commit = git_commit(there) or ""
    if not commit.startswith(COMMIT) or commit.endswith("changes"):
        raise SystemExit(f"{folder} is no clean checkout of {COMMIT}: git worktree add {folder} {COMMIT}")
    for day in days or DAYS:
        path, new = freeze_release(there, day)
        print(f"{path}: {'frozen' if new else 'frozen before, and the same'}")


if __name__ == "__main__":
    main(*sys.argv[1:])
