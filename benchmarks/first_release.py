"""Release 0.1.0 run again from git, so that later designs can be set beside it.

``python -m benchmarks.first_release predictions`` writes what its code gives each 1 January
(``resilience/backtest/release_0_1_0.csv``) and what its own
record said (``release_0_1_0.json``); ``figures`` prints today's design on its panel and on today's, side by side.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import sys
import tarfile
import tempfile
from datetime import date, timedelta
from pathlib import Path

import pandas as pd

from resilience.backtest.cases import EARLIER_REGISTER
from resilience.backtest.first_release import COMMIT, figures_of, predictions_path
from resilience.backtest.masks import MASKS
from resilience.backtest.rolling import POOLED_FROM, backtest
from resilience.files import write_atomically
from resilience.indicators.compute import compute_indicators
from resilience.tables.events import load_events
from resilience.tables.panel import load_panel

ROOT = Path(__file__).resolve().parents[1]
#: What is run in 0.1.0's own folder: its own figures, register and code; all councils that can be scored.
PROGRAM = """
import json, sys
from datetime import date
import numpy as np
import pandas as pd
from resilience.events import load_events
from resilience.indicators.compute import compute_indicators
from resilience.model.fitting import fit, training_rows
from resilience.model.scoring import score
from resilience.panel import load_panel

masks = json.loads(sys.argv[1])
indicators, events = compute_indicators(load_panel()), load_events()
tables = []
for year in range(2018, 2027):
    origin = date(year, 1, 1)
    model = fit(training_rows(indicators, events, origin), draws=0)
    known = pd.to_datetime(indicators["known_from"]) < pd.Timestamp(origin)
    newest = indicators.loc[known, "year"].max()
    columns = {}
    for name, lacking in masks.items():
        figures = indicators.copy()
        figures.attrs = indicators.attrs
        for line, count in lacking.items():
            figures.loc[figures["year"].between(newest - count + 1, newest), line] = np.nan
        found = score(model, figures, origin, events=events, intervals=False)
        columns[name] = found.attrs["intercept"] + found.filter(like="term: ").dropna().sum(axis=1)
    table = pd.DataFrame(columns).round(6).sort_index()
    table.insert(0, "origin", str(origin))
    tables.append(table)
pd.concat(tables).rename_axis("ons_code").reset_index().to_csv(sys.stdout, index=False, lineterminator="\\n")
"""


def _from_git(path: str) -> bytes:
    return subprocess.run(["git", "show", f"{COMMIT}:{path}"], cwd=ROOT, check=True, capture_output=True).stdout


def predictions() -> None:
    """Write 0.1.0's log-odds, and the figures of its own record, from its commit."""
    masks = {mask.name: dict(mask.years) for mask in MASKS}
    with tempfile.TemporaryDirectory() as folder:
        archive = subprocess.run(["git", "archive", COMMIT], cwd=ROOT, check=True, capture_output=True).stdout
        with tarfile.open(fileobj=io.BytesIO(archive)) as packed:
            packed.extractall(folder, filter="data")
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, json.dumps(masks)],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": folder, "RESILIENCE_HOME": folder},
            check=True,
            capture_output=True,
            text=True,
        )
    write_atomically(predictions_path(), done.stdout)
    text = _from_git("docs/record.json")
    record = json.loads(text)
    found = {
        "what": "The pooled figures of docs/record.json as release 0.1.0 had it",
        "commit": COMMIT,
        "sha256": hashlib.sha256(text).hexdigest(),
        **{key: record[key] for key in ("settings", "events", "council_origins", "model")},
    }
    write_atomically(predictions_path().with_suffix(".json"), json.dumps(found, indent=1) + "\n")
    print(f"Written to {predictions_path()} and the .json beside it.")


def figures() -> None:
    """Print today's design on 0.1.0's panel and on today's, against the same events."""
    events = load_events().known_by(EARLIER_REGISTER + timedelta(days=1))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "panel.csv"
        path.write_bytes(_from_git("data/processed/panel.csv"))
        panels = {"panel of 0.1.0": load_panel(path), "today's panel": load_panel()}
    rows = {}
    for name, panel in panels.items():
        result = backtest(compute_indicators(panel), events, first=POOLED_FROM, last=2025, draws=0)
        for part, found in (("origins 2021-25", result.pooled), ("closed origins", result.closed)):
            rows[name, part] = figures_of(found["model"])
    print(f"Register to {EARLIER_REGISTER}; {date.today()}.")
    print(pd.DataFrame(rows).T.round(3).to_string())


if __name__ == "__main__":
    for asked in sys.argv[1:] or ["figures"]:
        {"predictions": predictions, "figures": figures}[asked]()
