"""Release 0.1.0 run again from git, so that later designs can be set beside it.

``python -m benchmarks.first_release predictions`` writes what its code gives each 1 January
(``resilience/backtest/release_0_1_0.csv``) and what its own
record said (``release_0_1_0.json``); ``figures`` prints the second model on its panel and on today's, and what brings
its figures to those of the specification.
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
from resilience.backtest.masks import MASKS, NONE, OLD
from resilience.backtest.measuring import measured
from resilience.backtest.rolling import CAPACITY, POOLED_FROM, predict_origin
from resilience.files import write_atomically
from resilience.indicators.compute import compute_indicators
from resilience.indicators.known import SIZE
from resilience.model.fitting import fit, training_rows
from resilience.model.risk_set import yearly
from resilience.tables.checks import without_nil
from resilience.tables.events import EventRegister, load_events
from resilience.tables.panel import load_panel

ROOT = Path(__file__).resolve().parents[1]
#: The parts of the record of which the second model's specification states figures, and those figures.
PARTS = ("2021-25, all lines", "closed 2021-24", "2021-25, 0.1.0's gaps")
RESERVES = "reserves, upper tier first"
#: The council whose event the rule for nil balances moves most; the specification does not say where it had it.
ONE, PLACE = "E10000034", "Worcestershire, January 2025"
SPECIFIED = {
    **dict(zip(PARTS, (".882/.805/.581", ".876/.790/.576", ".867/.777/.500"), strict=True)),
    RESERVES: ".809/.705/.459",
    PLACE: "",
}
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
    """Print the design's figures as its specification states them, and what brings this code's to them, step by step.

    The steps are differences between this code and the run that the specification's figures came from. They are
    inferred: from its words where it has some, and from every figure coming out; the run itself is not at hand.
    """
    events = load_events().known_by(EARLIER_REGISTER + timedelta(days=1))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "panel.csv"
        path.write_bytes(_from_git("data/processed/panel.csv"))
        old, today = load_panel(path), load_panel()
    plain = compute_indicators(old)
    ratio_alone = without_nil_in_the_ratio_alone(old, plain)
    rows = {
        "today's panel": _measured(compute_indicators(today), events),
        "0.1.0's panel, today's rule for nil balances": _measured(
            compute_indicators(without_nil(old).drop(columns="nil_not_returned")), events
        ),
        "0.1.0's panel": _measured(plain, events),
        "and the two councils ranked": _measured(plain, events, unlike_too=True),
        "and a nil out of the unallocated ratio alone": _measured(ratio_alone, events, unlike_too=True),
        # Without the size of the councils nothing is rebased.
        "and carried ratios never rebased": _measured(ratio_alone.drop(columns=SIZE), events, unlike_too=True),
        "as specified": SPECIFIED,
    }
    print(f"Register to {EARLIER_REGISTER}; AUC / among upper tier / recall of the top {CAPACITY}; {date.today()}.\n")
    print(pd.DataFrame(rows).T.to_string())


def _measured(indicators: pd.DataFrame, events: EventRegister, *, unlike_too: bool = False) -> dict[str, str]:
    """Return the figures that the specification states, of lists made otherwise than today's."""
    tables: dict[str, list[pd.DataFrame]] = {NONE.name: [], OLD.name: []}
    for origin in yearly(POOLED_FROM, EARLIER_REGISTER.year):
        model = fit(training_rows(indicators, events, origin, unlike_too=unlike_too), draws=0)
        for mask in (NONE, OLD):
            table, _ = predict_origin(indicators, events, origin, mask=mask, unlike_too=unlike_too, model=model)
            tables[mask.name].append(table)
    whole, masked = (pd.concat(found, ignore_index=True) for found in tables.values())
    found = [measured(part, draws=0, lines=False) for part in (whole, whole[whole["closed"]], masked)]
    told = dict(zip(PARTS, (_told(one["model"]) for one in found), strict=True))
    told[RESERVES] = _told(found[0]["rivals"]["reserves_rank_upper_first"])
    of_one = whole[whole["ons_code"].eq(ONE) & whole["origin"].eq(pd.Timestamp(EARLIER_REGISTER.year, 1, 1))]
    return {**told, PLACE: str(of_one["rank"].iloc[0])}


def _told(found: dict[str, dict[str, float]]) -> str:
    return "/".join(f"{value:.3f}"[1:] for value in figures_of(found).values())


def without_nil_in_the_ratio_alone(panel: pd.DataFrame, indicators: pd.DataFrame) -> pd.DataFrame:
    """Blank the unallocated ratio alone where its nil comes with a nil opening or contradicts the last closing."""
    rows = panel.sort_values(["ons_code", "year"])
    closing, opening = rows["rs_resunall_end_cy"], rows["rs_resunall_start_cy"]
    by_council = rows.groupby("ons_code")
    before = by_council["rs_resunall_end_cy"].shift(1).where(by_council["year"].shift(1) == rows["year"] - 1)
    contradicted = before.notna() & opening.notna() & (opening != before)
    nil = rows.loc[(closing == 0) & ((opening == 0) | contradicted), ["ons_code", "year"]]
    hit = pd.MultiIndex.from_frame(indicators[["ons_code", "year"]]).isin(pd.MultiIndex.from_frame(nil))
    return indicators.assign(unallocated_ratio=indicators["unallocated_ratio"].mask(hit))


if __name__ == "__main__":
    for asked in sys.argv[1:] or ["figures"]:
        {"predictions": predictions, "figures": figures}[asked]()
