"""The watch list as a workbook: the list, a call sheet for the first thirty, and what changed since an earlier list."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from resilience.analysis.amounts import amounts
from resilience.analysis.changed import Changes, changes
from resilience.model.risk_set import AT_RISK
from resilience.model.scoring import ScoredDay
from resilience.report.plain import plain
from resilience.report.views import watchlist
from resilience.report.wording import workbook as wording
from resilience.report.wording.indicators import main_terms, questions

Rows = list[dict[str, Any]]


def view(scored: ScoredDay, *, classes: list[str] | None = None, since: date | None = None) -> dict[str, Any]:
    """Return what ``views.watchlist`` does, and what only the workbook shows.

    Parameters
    ----------
    scored : ScoredDay
    classes : list of str, optional
        Only councils of these classes; ranks stay those of the whole list.
    since : date, optional
        The earlier list's day, by default the last 1 January.

    Returns
    -------
    dict
        Besides: ``call_sheet``, a row each for the first thirty (``amounts``: in £ million, with ``year``), and
        ``changed`` (``since``, ``rows``), None where no list could be made on the earlier day.

    Raises
    ------
    DataError
        If a class is none of the five, or no list was made on the earlier day asked for.
    """
    listed = watchlist.view(scored, classes=classes)
    found = changes(scored, since)
    wanted = {name.upper() for name in classes or []}
    return {
        **listed,
        "call_sheet": call_sheet(scored, listed["councils"]),
        "call_sheet_note": wording.CALL_SHEET,
        "source": wording.SOURCE,
        "changed": None if found is None else _changed(found, wanted),
        "changed_note": wording.NO_EARLIER_LIST if found is None else wording.what_changed(found.since),
    }


def call_sheet(scored: ScoredDay, councils: Rows) -> Rows:
    """Return what one needs before ringing each of the first thirty councils of a list.

    Parameters
    ----------
    scored : ScoredDay
    councils : list of dict
        From ``watchlist.councils``.
    """
    first = [row for row in councils if row["status"] == AT_RISK][: watchlist.CAPACITY]
    return [
        {
            **{name: row[name] for name in ("ons_code", "rank", "council", "class", "reserves_rank", "band")},
            "followed": wording.followed(row["band_events"], row["band_councils"], scored.model.horizon),
            "amounts": {
                name: {"millions": plain(one.value / 1000), "year": wording.year_of(one)}
                for name, one in amounts(scored, row["ons_code"]).items()
            },
            "main_reasons": row["main_reasons"],
            "questions": questions(main_terms(scored, row["ons_code"])),
        }
        for row in first
    ]


def _changed(found: Changes, classes: set[str]) -> dict[str, Any]:
    table = found.stands_out()
    if classes:
        table = table[table["class"].isin(classes)]
    return {
        "since": str(found.since),
        "rows": [changed_row(found, str(code), row) for code, row in table.iterrows()],
    }


def changed_row(found: Changes, code: str, row: pd.Series) -> dict[str, Any]:
    """Return what became of one council between two lists, in words where there are any."""
    then, now = (None if pd.isna(row[name]) else int(row[name]) for name in ("rank_then", "rank"))
    return {
        "ons_code": code,
        **{name: str(row[name]) for name in ("council", "class", "region")},
        "rank_then": then,
        "rank": now,
        "moved_up": None if then is None or now is None else then - now,
        "band_then": row["band_then"] or row["status_then"],
        "band": row["band"] or row["status"],
        "events": wording.new_events(found.events.get(code, [])),
        "main_reason": "" if then is None or now is None else wording.moved(found.moved.get(code)),
    }
