"""Councils already supported: the chance of needing support again, on the list and on a council's page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from resilience.analysis.support_again import is_supported, support_again
from resilience.model.again import LONGEST, AgainRate, chance_within, counted, rate_for
from resilience.model.scoring import ScoredDay
from resilience.report.plain import plain
from resilience.report.wording import again as wording

#: What a row of the list has of it.
COLUMNS = ("again_12m", "again_24m", "years_since_support", "rounds_so_far")


def group(in_12: dict[int, AgainRate], in_24: dict[int, AgainRate], years_since: int) -> dict[str, Any]:
    """Return the chances of councils that stand so many years after their last event, and their record.

    Returns
    -------
    dict
        ``since, again_12m, low, high, again_24m`` (missing where nobody ever stood so), ``times_12m, count_12m,
        times_24m, count_24m`` and ``record`` in words.
    """
    rate, longer = rate_for(in_12, years_since), rate_for(in_24, years_since)
    known = counted(in_12, years_since, 12)
    low, high = rate.interval if known else (None, None)
    return {
        "since": rate.since,
        "again_12m": rate.chance if known else None,
        "low": low,
        "high": high,
        "again_24m": chance_within(in_12, years_since, 24) if counted(in_12, years_since, 24) else None,
        "times_12m": rate.times,
        "count_12m": rate.again,
        "times_24m": longer.times,
        "count_24m": longer.again,
        "record": wording.track_record(rate, longer),
    }


def columns(scored: ScoredDay, code: str) -> dict[str, Any]:
    """Return the columns of a council's row in the list; missing for one that had no event before the day."""
    own = _own(scored, code)
    return {name: None if own is None else own[name] for name in COLUMNS}


def reason(scored: ScoredDay, code: str) -> str:
    """Say the chance and its record in the list's column of reasons."""
    day = support_again(scored)
    years = int(day.standing.at[code, "years_since"])
    return wording.reason(group(day.in_12, day.in_24, years), rate_for(day.in_12, years))


def section(scored: ScoredDay, codes: Sequence[str]) -> dict[str, Any]:
    """Return the list's section on the councils with an event among those listed.

    Returns
    -------
    dict
        ``title``, ``means``, ``same_for_all``, ``groups`` (``stands``, ``councils``, ``names``, those of `group` and
        ``sentence``; only groups with a council) and ``councils``, how many there are in all.
    """
    day = support_again(scored)
    listed = [code for code in codes if is_supported(scored, code)]
    table = day.standing.loc[listed]
    groups = []
    for since in range(LONGEST + 1):
        own = table[table["years_since"].clip(upper=LONGEST) == since].sort_values("council")
        if len(own):
            one = {"councils": len(own), "names": list(own["council"]), "stands": wording.short(since)}
            one |= group(day.in_12, day.in_24, since)
            groups.append(one | {"sentence": wording.of_group(one)})
    result: dict[str, Any] = plain(
        {"title": wording.TITLE, "means": wording.MEANS, "same_for_all": wording.SAME_FOR_ALL, "groups": groups}
    )
    return result | {"councils": len(listed)}


def council(scored: ScoredDay, code: str) -> dict[str, Any] | None:
    """Return what is said of one council that had an event already; None of another."""
    own = _own(scored, code)
    if own is None:
        return None
    row = support_again(scored).standing.loc[code]
    said = wording.of_council(own, row["council"], row["last"], int(row["rounds"]))
    result: dict[str, Any] = plain(own | {"last_event": row["last"], "sentence": said})
    return {name: value for name, value in result.items() if name != "since"}


def _own(scored: ScoredDay, code: str) -> dict[str, Any] | None:
    if not is_supported(scored, code):
        return None
    day = support_again(scored)
    row = day.standing.loc[code]
    return group(day.in_12, day.in_24, int(row["years_since"])) | {
        "years_since_support": int(row["years_since"]),
        "rounds_so_far": int(row["rounds"]),
    }
