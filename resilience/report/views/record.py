"""The record as tables: what was caught and missed, and everybody else's rules beside it."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd

from resilience import __version__
from resilience.backtest.full import FullRecord
from resilience.backtest.rolling import Backtest
from resilience.backtest.summaries import bands_record, best_of, by_group
from resilience.formatting import percent
from resilience.report.views import record_beside
from resilience.report.wording.record import DETECTABLE, MEASURES, TARGETS, alone, detectable, with_range
from resilience.report.wording.record_beside import years_of

_BY_ORIGIN = ("auc", "auc_upper_tier", "recall_at_30", "precision_at_30", "observed_expected")
_BY_RULE = ("auc", "auc_upper_tier", "average_precision", "recall_at_30")


def view(full: FullRecord) -> dict[str, Any]:
    """Return everything that is shown of a back test, closed origins first.

    Returns
    -------
    dict
        ``introduction``; ``tables``, each with ``title``, ``words``, ``columns`` and ``rows`` of text; and ``content``,
        for programs: ``model`` (measure → ``value, low, high``), ``rivals.<name>`` (``observed_expected`` empty: a rule
        ranks councils and gives no chances), ``differences.<name>`` (model less rival, paired; with ``detectable``),
        ``by_origin.<date>``, ``closed`` and ``half_observed`` with the same, ``bands``, ``settings``, and what
        ``views.record_beside`` gives.
    """
    result, settings = full.result, full.result.settings
    return {
        "introduction": f"Back test: origins {settings['origins'][0]} to {settings['origins'][-1]}, "
        f"{settings['horizon_months']} months, outcome {settings['outcome']}, register to {settings['register_to']}. "
        f"Closed origins: {years_of(settings['closed_origins']) or 'none'}; the others, half observed, shown apart. "
        f"Pooled figures: origins {settings['pooled_origins'][0][:4]}–{settings['pooled_origins'][-1][:4]}, "
        f"{result.pooled['events']} first events (a council counts at each origin whose horizon holds its event) "
        f"in {result.pooled['councils']} councils, among {result.pooled['rows']} councils × origins. In brackets: 90% "
        f"interval, {settings['bootstrap_draws']} draws over councils. {DETECTABLE}",
        "tables": [
            *record_beside.tables(full),
            _targets(result),
            _model(result),
            *(
                table(found, of)
                for of, found in (("closed origins", result.closed), ("pooled", result.pooled))
                if found
                for table in (_rivals, _differences)
            ),
            _origins(result),
            _bands(result),
            _groups(result),
        ],
        "content": {
            "settings": settings,
            "model": result.pooled["model"],
            "rivals": _all_keys(result.pooled["rivals"]),
            "differences": result.pooled["differences"],
            "events": result.pooled["events"],
            "councils_with_event": result.pooled["councils"],
            "council_origins": result.pooled["rows"],
            "closed": _with_all_keys(result.closed) | {"origins": settings["closed_origins"]},
            "half_observed": _with_all_keys(result.half_observed)
            | {"origins": [one for one in settings["pooled_origins"] if one not in settings["closed_origins"]]},
            "by_origin": {origin: _with_all_keys(found) for origin, found in result.by_origin.items()},
            "bands": json.loads(bands_record(result.predictions).to_json(orient="index")),
            "version": __version__,
            **record_beside.content(full),
        },
    }


def _with_all_keys(found: dict) -> dict:
    return found | {"rivals": _all_keys(found["rivals"])} if found else {}


def _all_keys(rivals: dict) -> dict:
    """Give rivals the keys of the model, empty where a rule has no such figure."""
    empty = {"observed_expected": {"value": None, "low": None, "high": None}}
    return {name: empty | found for name, found in rivals.items()}


def _table(title: str, columns: list[str], rows: list[list[str]]) -> dict[str, Any]:
    return {"title": title, "words": "", "columns": columns, "rows": rows}


def _targets(result: Backtest) -> dict[str, Any]:
    parts = [found for found in (result.closed, result.pooled) if found]
    rows = [
        [
            label,
            f"{first:.2f}",
            f"{must:.2f}",
            f"{goal:.2f}",
            *(with_range(found["model"][measure], 3) for found in parts),
        ]
        for measure, (label, first, must, goal) in TARGETS.items()
    ]
    reached = []
    for found in parts:
        rival = best_of(found["rivals"])
        difference = found["differences"][rival]["auc"]
        above = difference.get("share_above_0")
        text = f"{rival}: {with_range(difference, 3)}"
        text += "" if above is None else f", above 0 in {percent(above)} of draws"
        reached.append(f"{text}; {detectable(difference, 3)} detectable")
    rows.append(["AUC above the best rule, paired", "0", "> 0 at 90%", "> 0.04, > 0 at 95%", *reached])
    expected = (with_range(found["model"]["observed_expected"]) for found in parts)
    rows.append(["Observed ÷ expected", "–", "0.7–1.4", "0.85–1.15", *expected])
    columns = ["Measure", "First look", "Must", "Goal", *(["Closed origins"] if result.closed else []), "All pooled"]
    return _table("Against the targets set beforehand", columns, rows)


def _model(result: Backtest) -> dict[str, Any]:
    parts = {"Closed": result.closed, "Half observed": result.half_observed, "All pooled": result.pooled}
    shown = {name: found for name, found in parts.items() if found}
    rows = [
        [label, *(with_range(found["model"].get(measure), 3) for found in shown.values())]
        for measure, label in MEASURES.items()
    ]
    return _table("The model, with 90% intervals", ["Measure", *shown], rows)


def _rivals(found: dict[str, Any], of: str) -> dict[str, Any]:
    columns = ["Rule", "AUC", "AUC upper", "Av. precision", "Top 30"]
    rows = [["this model", *(alone(found["model"][one]) for one in _BY_RULE)]]
    rows += [[name, *(alone(rule[one]) for one in _BY_RULE)] for name, rule in _by_auc(found)]
    return _table(f"Other rules at the same number of councils called, {of}", columns, rows)


def _differences(found: dict[str, Any], of: str) -> dict[str, Any]:
    """Return the model less each rule, and beside each difference how small a true one would have been found."""
    rows = []
    for name, _ in _by_auc(found):
        difference = found["differences"][name]
        cells = [write(difference[one]) for one in ("auc", "recall_at_30") for write in (with_range, detectable)]
        rows.append([name, *cells])
    columns = ["Rule", "Model − rule, AUC", "Detectable", "Model − rule, top 30", "Detectable"]
    return _table(f"The model less each rule, paired, {of}", columns, rows)


def _by_auc(found: dict[str, Any]) -> list[tuple[str, dict]]:
    return sorted(found["rivals"].items(), key=lambda item: -(item[1]["auc"]["value"] or 0))


def _origins(result: Backtest) -> dict[str, Any]:
    columns = ["Origin", "At risk", "Events", "AUC", "AUC upper", "Top 30", "Precision 30", "Obs ÷ exp"]
    rows = [
        [origin, str(found["rows"]), str(found["events"]), *(alone(found["model"][one]) for one in _BY_ORIGIN)]
        for origin, found in result.by_origin.items()
    ]
    return _table("By origin", columns, rows)


def _bands(result: Backtest) -> dict[str, Any]:
    rows = []
    for band, row in bands_record(result.predictions).iterrows():
        if pd.isna(row["councils"]):
            rows.append([str(band), "0", "0", "–", "–"])
        else:
            counts = [f"{row['councils']:.0f}", f"{row['events']:.0f}"]
            rows.append([str(band), *counts, percent(row["share"]), percent(row["mean_chance"])])
    columns = ["Band", "Councils × origins", "Events", "Share with event", "Mean chance given"]
    return _table("Bands, all origins whose horizon has closed", columns, rows)


def _groups(result: Backtest) -> dict[str, Any]:
    rows = [
        [
            str(name),
            *(f"{row[one]:.0f}" for one in ("rows", "events", "listed", "caught")),
            f"{row['observed_expected']:.2f}",
        ]
        for name, row in by_group(result.predictions, "class").iterrows()
    ]
    columns = ["Class", "Councils × origins", "Events", "On a top-30 list", "Caught", "Obs ÷ exp"]
    return _table("By class, pooled origins", columns, rows)
