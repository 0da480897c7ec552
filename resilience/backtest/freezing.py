"""Freezing the list of a day: what it says, what other people's rules say, and from which figures and commit."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from resilience import __version__, method, paths
from resilience.backtest.frozen import COLUMNS, MODEL, FrozenList, rounded, save
from resilience.backtest.rivals import rival_scores, rivals
from resilience.errors import DataError
from resilience.files import sha256
from resilience.model import artefact
from resilience.model.risk_set import AT_RISK
from resilience.model.scoring import ScoredDay
from resilience.tables.events import load_events


def freeze(as_of: date | None = None, path: Path | None = None, *, today: date | None = None) -> tuple[Path, bool]:
    """Freeze the list of a day, from the shipped figures.

    Parameters
    ----------
    as_of : date, optional
        By default today.
    path : Path, optional
        By default ``<day>-<version>.json`` among the frozen lists.
    today : date, optional
        The day it is frozen, by default today.

    Returns
    -------
    path : Path
    new : bool
        False where the same list had been frozen before, which then stays as it is.

    Raises
    ------
    DataError
        If the day is still to come, or another list is frozen there.
    """
    now = today or date.today()
    day = as_of or now
    if day > now:
        raise DataError(f"{day} is still to come; a list can be frozen for {now} or a day before it.")
    return save(frozen_list(method.run(day, intervals=False), now), path)


def frozen_list(scored: ScoredDay, frozen_on: date) -> FrozenList:
    """Return a scored day as the list to be frozen."""
    # The worst tenth of a class, or the range of one, is of all councils in being; ranked are those at risk.
    scores, shares = rule_scores(scored.table), rival_scores(scored.table)
    rate = scored.base_rate
    facts = {
        "as_of": str(scored.as_of),
        "version": __version__,
        "frozen_on": str(frozen_on),
        "git_commit": git_commit(Path(__file__).resolve().parents[2]),
        "outcome": scored.model.outcome,
        "horizon_months": scored.model.horizon,
        "base_rate": {"first_events": rate.events, "from": rate.start, "before": rate.end},
        "expected_first_events": rounded(scored.expected),
        "register_to": str(scored.events.until),
        "events_at_hand_to": str(load_events().until),
        "data": checksums(paths.home(), artefact.path_of(scored.model.outcome, scored.model.horizon).name),
        "note": "",
    }
    return assembled(facts, scored.table.assign(log_odds=scored.log_odds.reindex(scored.table.index)), scores, shares)


def rule_scores(table: pd.DataFrame) -> pd.DataFrame:
    """Return what each rule gives for one day's councils, a column a rule."""
    return pd.DataFrame({rule.name: rule.score(table) for rule in rivals()}, index=table.index)


def assembled(facts: Mapping[str, Any], table: pd.DataFrame, scores: pd.DataFrame, shares: pd.DataFrame) -> FrozenList:
    """Put a list together.

    Parameters
    ----------
    facts : mapping
        See :class:`FrozenList`.
    table : DataFrame
        Index ``ons_code``; ``council, class, tier, status, rank, log_odds``.
    scores : DataFrame
        What each rule gives, a column a rule.
    shares : DataFrame
        How each rule orders the same councils, the highest the most at risk.
    """
    at_risk = table.index[table["status"] == AT_RISK]
    ranks = shares.loc[at_risk].rank(ascending=False, method="first").reindex(table.index)
    ranks.insert(0, MODEL, table["rank"].astype(float))
    return FrozenList(facts, table[list(COLUMNS)].sort_index(), ranks.sort_index(), scores.sort_index())


def checksums(home: Path, model: str) -> dict[str, str]:
    """Return the SHA-256 of panel, register of events, councils and model below a home, by their place there."""
    places = ("data/processed/panel.csv", "data/processed/councils.csv", "data/raw/events.csv", f"models/{model}")
    return {name: sha256(home / name) for name in places if (home / name).is_file()}


def git_commit(folder: Path) -> str | None:
    """Return the commit a folder stands at, "… with changes" where files differ from it; None where there is none."""
    if not (folder / ".git").exists():
        return None
    git = ["git", "-C", str(folder)]
    changed = ["status", "--porcelain", "--untracked-files=no", "--", "resilience", "data", "models"]
    try:
        commit, changes = (
            subprocess.run([*git, *words], capture_output=True, text=True, check=True, timeout=30).stdout.strip()
            for words in (["rev-parse", "HEAD"], changed)
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return commit + (" with changes" if changes else "")
