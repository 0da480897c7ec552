"""What may be claimed of the ranking, in a few words, made from the record and from nothing else.

Every clause stands on figures of ``docs/record.json`` and is left out where they are not in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: The regime changed in February 2024: councils came to ask for support before a notice.
CHANGE = 2024
#: Ours, and so no published rule.
_OURS = "prior alone"
_READ = "Read it beside the plain ratio."

Record = Mapping[str, Any]


def claim(record: Record) -> str:
    """Say how the ranking did against the best published rule, before and since 2024, and blind.

    Parameters
    ----------
    record : mapping
        What ``docs/record.json`` holds: ``differences`` (of the closed origins alone under ``closed``, where it is
        there), ``rivals``, ``by_origin``, and ``blind_2026``.

    Returns
    -------
    str
        "" where the record has no comparison at all.
    """
    clauses = [*_against_the_best(record), *_blind(record.get("blind_2026"))]
    return f"{'; '.join(clauses)}. {_READ}" if clauses else ""


def level(record: Record) -> str:
    """Say how often the level of the chances was outside its own range; "" where the record does not tell."""
    found = record.get("levels") or {}
    if not {"outside", "of"} <= found.keys():
        return ""
    return (
        f"The range is the model's own; how many events there were in all was outside its range at {found['outside']} "
        f"of {found['of']} past Januaries."
    )


def best_rule(part: Record) -> str:
    """Return the name of the published rule that ranked best; "" where there is none."""
    found = {
        name: one["auc"]["value"]
        for name, one in (part.get("rivals") or {}).items()
        if name != _OURS and one.get("auc") and one["auc"]["value"] is not None
    }
    return max(found, key=lambda name: found[name]) if found else ""


def _against_the_best(record: Record) -> list[str]:
    part = record.get("closed") or record
    rule = best_rule(part)
    difference = ((part.get("differences") or {}).get(rule) or {}).get("auc")
    if not difference or difference["value"] is None:
        return []
    origins = _origins(part, record)
    when = f" over {origins[0]}–{origins[-1]}" if origins else ""
    better = difference["value"] > 0
    whole = ((record.get("differences") or {}).get(best_rule(record)) or {}).get("auc") or difference
    # The best rule may be another on all origins; the claim is certain only where both leave no doubt.
    sure = all(
        one["low"] is not None and (one["low"] > 0 if better else one["high"] < 0) for one in (difference, whole)
    )
    said = f"Ranked {'better' if better else 'worse'} than the best published rule{when}"
    clauses = [said if sure else f"{said}, but not for certain"]
    return clauses + (_since(record, rule) if better else [])


def _origins(part: Record, record: Record) -> list[int]:
    """Return the years of the origins that a part of the record is pooled over."""
    settings = part.get("settings") or record.get("settings") or {}
    named = part.get("origins") or settings.get("pooled_origins") or []
    return sorted(int(str(one)[:4]) for one in named)


def _since(record: Record, rule: str) -> list[str]:
    """Say whether the edge is of the time before the regime changed, from the origins weighted by their events."""
    sums: dict[bool, list[float]] = {True: [0.0, 0.0], False: [0.0, 0.0]}
    first = min(_origins(record, record), default=0)
    for origin, one in (record.get("by_origin") or {}).items():
        year = int(origin[:4])
        value = (((one.get("differences") or {}).get(rule) or {}).get("auc") or {}).get("value")
        if value is not None and year >= first:
            sums[year < CHANGE][0] += value * one["events"]
            sums[year < CHANGE][1] += one["events"]
    (before, events_before), (after, events_after) = sums[True], sums[False]
    if not events_before or not events_after or before <= 0:
        return []
    if after <= 0:
        return [f"none of that since {CHANGE}"]
    return [f"most of that before {CHANGE}"] if after / events_after < 0.5 * before / events_before else []


def _blind(blind: Record | None) -> list[str]:
    """Say how the first version did on the one list scored blind, beside the plain reserves ranking."""
    if not blind:
        return []
    own, plain = blind.get("version_1"), blind.get("reserves_rank")
    if own is None or plain is None:
        return []
    did = "worse than" if own < plain else "better than" if own > plain else "as well as"
    events = f" ({blind['events']} events)" if blind.get("events") else ""
    return [f"in 2026, blind{events}, version 1 did {did} a plain reserves ranking"]
