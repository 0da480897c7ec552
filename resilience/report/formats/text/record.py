"""The record in text and JSON: what was caught, what was missed, and everybody else's rules beside it."""

from __future__ import annotations

import json
from io import StringIO
from typing import TYPE_CHECKING

import pandas as pd

from resilience import __version__
from resilience.backtest.rolling import Backtest, bands_record, by_group
from resilience.formatting import percent

if TYPE_CHECKING:
    from rich.table import Table

#: The targets the project set itself, and what a simple rule reached in a first look.
TARGETS = {
    "auc": ("AUC, all councils", 0.82, 0.86, 0.90),
    "auc_upper_tier": ("AUC, upper tier", 0.72, 0.76, 0.82),
    "recall_at_30": ("First events among the top 30 of each origin", 0.49, 0.52, 0.65),
}
_MEASURES = (
    ("auc", "AUC, all"),
    ("auc_upper_tier", "AUC, upper tier"),
    ("average_precision", "Average precision"),
    ("recall_at_10", "Events in top 10"),
    ("recall_at_20", "Events in top 20"),
    ("recall_at_30", "Events in top 30"),
    ("recall_at_50", "Events in top 50"),
    ("precision_at_10", "Precision, top 10"),
    ("precision_at_20", "Precision, top 20"),
    ("precision_at_30", "Precision, top 30"),
    ("precision_at_50", "Precision, top 50"),
    ("brier_skill", "Brier skill"),
    ("calibration_intercept", "Calibration intercept"),
    ("calibration_slope", "Calibration slope"),
    ("observed_expected", "Observed ÷ expected"),
)


def to_json(result: Backtest) -> str:
    """Return the record for programs.

    Keys: ``model`` (measure → ``value, low, high``), ``rivals.<name>`` (``observed_expected`` empty: a rule ranks
    councils and gives no chances), ``differences.<name>`` (model less rival, paired), ``by_origin.<date>`` with the
    same, ``bands``, ``settings``.
    """
    content = {
        "settings": result.settings,
        "model": result.pooled["model"],
        "rivals": _all_keys(result.pooled["rivals"]),
        "differences": result.pooled["differences"],
        "events": result.pooled["events"],
        "council_origins": result.pooled["rows"],
        "by_origin": {day: found | {"rivals": _all_keys(found["rivals"])} for day, found in result.by_origin.items()},
        "bands": json.loads(bands_record(result.predictions).to_json(orient="index")),
        "version": __version__,
    }
    return json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _all_keys(rivals: dict) -> dict:
    """Give rivals the keys of the model, empty where a rule has no such figure."""
    empty = {"observed_expected": {"value": None, "low": None, "high": None}}
    return {name: empty | found for name, found in rivals.items()}


def _shown(entry: dict | None, digits: int = 2) -> str:
    if not entry or entry["value"] is None:
        return "–"
    text = f"{entry['value']:.{digits}f}"
    if entry["low"] is not None:
        text += f" ({entry['low']:.{digits}f} to {entry['high']:.{digits}f})"
    return text


def best_rival(result: Backtest, measure: str = "auc") -> str:
    """Return the name of the rule that does best; the prior alone is ours and no rival."""
    others = {name: found for name, found in result.pooled["rivals"].items() if name != "prior alone"}
    return max(others, key=lambda name: others[name][measure]["value"] or 0.0)


def to_terminal(result: Backtest, *, width: int | None = None) -> str:
    """Return the record as tables for a terminal."""
    from rich.console import Console

    buffer = StringIO()
    console = Console(file=buffer, width=width or 118, highlight=False)
    settings = result.settings
    console.print(
        f"Back test: origins {settings['origins'][0]} to {settings['origins'][-1]}, {settings['horizon_months']} "
        f"months, outcome {settings['outcome']}, register to {settings['register_to']}. Pooled figures: origins "
        f"{settings['pooled_origins'][0][:4]}–{settings['pooled_origins'][-1][:4]}, {result.pooled['events']} first "
        f"events (a council counts at each origin whose horizon holds its event) among {result.pooled['rows']} "
        f"councils × origins. In brackets: 90 % interval, {settings['bootstrap_draws']} draws over councils.\n"
    )
    for table in (_targets(result), _model(result), _rivals(result), _origins(result), _bands(result), _groups(result)):
        console.print(table)
        console.print()
    return buffer.getvalue()


def _grid(title: str, columns: list[str]) -> Table:
    from rich.table import Table

    grid = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for number, name in enumerate(columns):
        grid.add_column(name, justify="left" if number == 0 else "right")
    return grid


def _targets(result: Backtest) -> Table:
    grid = _grid("Against the targets set beforehand", ["Measure", "First look", "Must", "Goal", "Reached"])
    model = result.pooled["model"]
    for measure, (label, first, must, goal) in TARGETS.items():
        grid.add_row(label, f"{first:.2f}", f"{must:.2f}", f"{goal:.2f}", _shown(model[measure], 3))
    rival = best_rival(result)
    difference = result.pooled["differences"][rival]["auc"]
    above = difference.get("share_above_0")
    grid.add_row(
        f"AUC above the best rival ({rival}), paired",
        "0",
        "> 0 at 90 %",
        "> 0.04, > 0 at 95 %",
        _shown(difference, 3) + ("" if above is None else f", above 0 in {percent(above)} of draws"),
    )
    grid.add_row("Observed ÷ expected", "–", "0.7–1.4", "0.85–1.15", _shown(model["observed_expected"]))
    return grid


def _model(result: Backtest) -> Table:
    grid = _grid("The model, pooled", ["Measure", "Value and 90 % interval"])
    for measure, label in _MEASURES:
        grid.add_row(label, _shown(result.pooled["model"].get(measure), 3))
    return grid


def _rivals(result: Backtest) -> Table:
    columns = ["Rule", "AUC", "AUC upper", "Av. precision", "Top 30", "Model − rule, AUC", "Model − rule, top 30"]
    grid = _grid("Other rules at the same number of alerts, pooled", columns)

    def row(name: str, found: dict, difference: dict | None) -> None:
        grid.add_row(
            name,
            *(_shown(_point(found[m])) for m in ("auc", "auc_upper_tier", "average_precision", "recall_at_30")),
            _shown(difference["auc"]) if difference else "",
            _shown(difference["recall_at_30"]) if difference else "",
        )

    row("this model", result.pooled["model"], None)
    ordered = sorted(result.pooled["rivals"].items(), key=lambda item: -(item[1]["auc"]["value"] or 0))
    for name, found in ordered:
        row(name, found, result.pooled["differences"][name])
    return grid


def _point(entry: dict) -> dict:
    return {"value": entry["value"], "low": None, "high": None}


def _origins(result: Backtest) -> Table:
    columns = ["Origin", "At risk", "Events", "AUC", "AUC upper", "Top 30", "Precision 30", "Obs ÷ exp"]
    grid = _grid("By origin", columns)
    for origin, found in result.by_origin.items():
        model = found["model"]
        grid.add_row(
            origin,
            str(found["rows"]),
            str(found["events"]),
            *(
                _shown(_point(model[m]))
                for m in ("auc", "auc_upper_tier", "recall_at_30", "precision_at_30", "observed_expected")
            ),
        )
    return grid


def _bands(result: Backtest) -> Table:
    grid = _grid(
        "Bands, all origins whose horizon has closed",
        ["Band", "Councils × origins", "Events", "Share with event", "Mean chance given"],
    )
    for band, row in bands_record(result.predictions).iterrows():
        if pd.isna(row["councils"]):
            grid.add_row(str(band), "0", "0", "–", "–")
            continue
        grid.add_row(
            str(band),
            f"{row['councils']:.0f}",
            f"{row['events']:.0f}",
            percent(row["share"]),
            percent(row["mean_chance"]),
        )
    return grid


def _groups(result: Backtest) -> Table:
    columns = ["Class", "Councils × origins", "Events", "On a top-30 list", "Caught", "Obs ÷ exp"]
    grid = _grid("By class, pooled origins", columns)
    for name, row in by_group(result.predictions, "class").iterrows():
        grid.add_row(
            str(name),
            *(f"{row[c]:.0f}" for c in ("rows", "events", "listed", "caught")),
            f"{row['observed_expected']:.2f}",
        )
    return grid
