"""What changed for one council since earlier lists: the last 1 January, and the last list that was frozen."""

from __future__ import annotations

from datetime import date
from typing import Any

from resilience.analysis.changed import changes, changes_since_frozen, frozen_before, last_january, new_figures
from resilience.backtest.frozen import MODEL, FrozenList
from resilience.backtest.past_lists import list_on
from resilience.model.scoring import ScoredDay
from resilience.report.views.changed import rows
from resilience.report.wording import council_beside as wording
from resilience.report.wording.changed import list_of

Rows = list[dict[str, Any]]
#: What is shown of a list besides the day and the sentence.
_SHOWN = ("rank_then", "rank", "band_then", "band")


def since_lists(scored: ScoredDay, code: str) -> Rows:
    """Return where a council stood on the last 1 January's list and on the last frozen one, and what moved it since.

    Parameters
    ----------
    scored : ScoredDay
    code : str

    Returns
    -------
    list of dict
        ``since`` (a day), ``rank_then, rank, band_then, band`` (as ``changed.rows`` has them) and ``sentence``. Without
        a list where the council is ranked neither on it nor now.
    """
    january = last_january(scored.as_of)
    found = [
        _since_january(scored, code, january) if january else None,
        _since_frozen(scored, code, scored.once("last frozen list", lambda: _last_frozen(scored))),
    ]
    return [row for row in found if row is not None]


def _since_january(scored: ScoredDay, code: str, since: date) -> dict[str, Any] | None:
    found, then = changes(scored, since), list_on(scored, since)
    if found is None or then is None or code not in found.table.index:
        return None
    row = rows(scored, found, found.table.loc[[code]])[0]
    return _told(scored, since, list_of(found), row, len(then.at_risk))


def _last_frozen(scored: ScoredDay) -> FrozenList | None:
    """Return the newest list that had been frozen before a day, for an earlier one that no January's list is of."""
    found = [one for one in frozen_before(scored) if one.frozen_on <= scored.as_of]
    return found[-1] if found and found[-1].as_of != last_january(scored.as_of) else None


def _since_frozen(scored: ScoredDay, code: str, frozen: FrozenList | None) -> dict[str, Any] | None:
    """Set the list beside the ranks that were frozen; no list of that day is drawn up anew for it."""
    if frozen is None:
        return None
    found = scored.once(("changes since", frozen.name), lambda: changes_since_frozen(scored, frozen))
    if code not in found.table.index:
        return None
    row = rows(scored, found, found.table.loc[[code]])[0]
    row["main_reason"] = wording.figures_since(new_figures(scored, code, frozen.as_of))
    return _told(scored, frozen.as_of, list_of(found), row, int(frozen.ranks[MODEL].notna().sum()))


def _told(scored: ScoredDay, since: date, name: str, row: dict[str, Any], of_then: int) -> dict[str, Any] | None:
    if row["rank_then"] is None and row["rank"] is None:
        return None
    sentence = wording.since_list(name, row, of_then, len(scored.at_risk))
    return {"since": str(since), **{key: row[key] for key in _SHOWN}, "sentence": sentence}
