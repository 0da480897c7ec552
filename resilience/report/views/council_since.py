"""What changed for one council since earlier lists: the last 1 January, and the last list that was frozen."""

from __future__ import annotations

from datetime import date
from typing import Any

from resilience.analysis.changed import Changes, changes, last_january
from resilience.backtest.frozen import MODEL, FrozenList, frozen_lists
from resilience.backtest.past_lists import FIRST_JANUARY, list_on
from resilience.model.bands import band_at
from resilience.model.risk_set import AT_RISK
from resilience.model.scoring import ScoredDay
from resilience.report.views.workbook import changed_row
from resilience.report.wording import council_beside as wording

Rows = list[dict[str, Any]]
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
        ``since`` (a day), ``rank_then, rank, band_then, band`` (as ``changed_row`` has them) and ``sentence``. Without
        a list on which the council was, or is now, ranked.
    """
    rows = []
    january = last_january(scored.as_of)
    if january is not None:
        rows += _since(scored, code, january, None)
    frozen = scored.once("last frozen list", lambda: _last_frozen(scored.as_of))
    if frozen is not None and frozen.as_of != january:
        rows += _since(scored, code, frozen.as_of, frozen)
    return rows


def _last_frozen(as_of: date) -> FrozenList | None:
    """Return the newest list that had been frozen before a day, for an earlier one."""
    first = date(FIRST_JANUARY, 1, 1)
    found = [one for one in frozen_lists() if first <= one.as_of < as_of and one.frozen_on <= as_of]
    return found[-1] if found else None


def _since(scored: ScoredDay, code: str, since: date, frozen: FrozenList | None) -> Rows:
    found: Changes | None = scored.once(("changes since", since), lambda: changes(scored, since))
    then = list_on(scored, since)
    if found is None or then is None or code not in found.table.index:
        return []
    row = changed_row(found, code, found.table.loc[code])
    name, of_then = wording.january_list(since), len(then.at_risk)
    if frozen is not None:
        # The rank is the one that was frozen; what moved it since is by the method as it is now.
        name = wording.frozen_list(frozen.as_of, frozen.version)
        ranks = frozen.ranks[MODEL].dropna()
        row["rank_then"], of_then = int(ranks[code]) if code in ranks.index else None, len(ranks)
        row["band_then"] = band_at(row["rank_then"]) if row["rank_then"] else row["band_then"]
    if row["rank_then"] is None and row["rank"] is None:
        return []
    of = int((scored.table["status"] == AT_RISK).sum())
    sentence = wording.since_list(name, row, of_then, of)
    return [{"since": str(since), **{key: row[key] for key in _SHOWN}, "sentence": sentence}]
