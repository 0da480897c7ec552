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
_READ = "Read the two ranks side by side."
_RESERVES = "reserves_rank"

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
    said = [_beside_reserves(record), "; ".join(_against_the_best(record))]
    sentences = [one[0].upper() + one[1:] for one in said if one]
    return f"{'. '.join(sentences)}. {_READ}" if sentences else ""


def in_brief(record: Record) -> str:
    """Say only whether the ranking was shown to be better than plain reserves; "" where that was not compared."""
    head = _beside_reserves(record).partition(":")[0]
    return f"{head[0].upper()}{head[1:]}: {_READ[0].lower()}{_READ[1:]}" if head else ""


def level(record: Record) -> str:
    """Say how often the level of the chances was outside its own range; "" where the record does not tell."""
    found = record.get("levels") or {}
    if not {"outside", "of"} <= found.keys():
        return ""
    return (
        f"The interval is the model's own and too narrow: at {found['outside']} of {found['of']} past Januaries the "
        "number of events in all fell outside it."
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
    said = f"it ranked {'better' if better else 'worse'} than the best of other people's rules, as rebuilt here,{when}"
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


def _beside_reserves(record: Record) -> str:
    """Say what is known of the ranking beside one by plain reserves: whether it is better, of late, and blind."""
    parts = [one for one in (record.get("closed"), record.get("half_observed")) if one] or [record]
    found = [((part.get("differences") or {}).get(_RESERVES) or {}).get("auc") for part in parts]
    known = [one for one in found if one and one["value"] is not None]
    clauses = [*_of_late(record.get("half_observed"), record), *_blind(record.get("blind_2026"))]
    if not known and not clauses:
        return ""
    shown = bool(known) and all(one["low"] is not None and one["low"] > 0 for one in known)
    head = "shown to rank better than plain reserves" if shown else "not shown to rank better than plain reserves"
    return f"{head}: {', and '.join(clauses)}" if clauses else head


def _of_late(part: Record | None, record: Record) -> list[str]:
    """Say how the ranking did beside plain reserves on the lists whose months are not over."""
    difference = (((part or {}).get("differences") or {}).get(_RESERVES) or {}).get("auc")
    if not part or not difference or difference["value"] is None:
        return []
    origins = _origins(part, record)
    lists = f"on the lists of {' and '.join(str(year) for year in origins)} so far"
    if difference["value"] <= 0:
        return [f"{lists} it did no better"]
    sure = difference["low"] is not None and difference["low"] > 0
    return [f"{lists} it did better{'' if sure else ', but not for certain'}"]


def _blind(blind: Record | None) -> list[str]:
    """Say how the first version did on the one list scored blind, beside the plain reserves ranking."""
    if not blind:
        return []
    own, plain = blind.get("version_1"), blind.get("reserves_rank")
    if own is None or plain is None:
        return []
    did = "worse" if own < plain else "better" if own > plain else "as well"
    events = f" ({blind['events']} events)" if blind.get("events") else ""
    return [f"in 2026, blind{events}, version 0.1.0 did {did}"]
