"""Frozen lists: what the list of a day said, kept with a checksum, so that later events can judge it.

A list lies in ``reports/frozen`` as ``<day>-<version>.json``; ``SHA256SUMS`` beside it (``sha256sum -c`` reads it)
holds the checksum of each. A list once frozen is never overwritten by another, and one that was changed is not read.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from resilience import paths
from resilience.errors import DataError
from resilience.files import one_at_a_time, write_together

FORMAT = 1
SUMS = "SHA256SUMS"
#: The name of the list's own ranking beside the rules'.
MODEL = "model"
#: Log-odds and scores are kept with so many digits after the point.
DIGITS = 6
WHAT = (
    "The list of a day, frozen so that events after it can judge it: every council with its rank and log-odds by the "
    "model, and its rank and score by other people's rules. 1 is the most at risk. No verdict on a council or its "
    "officers."
)
#: What tells of the making and not of the list: the same list frozen again differs in these alone.
_MAKING = ("frozen_on", "git_commit")
COLUMNS = ("council", "class", "tier", "status", "log_odds")


@dataclass(frozen=True, eq=False)
class FrozenList:
    """The list of a day with other people's rankings of the same councils.

    Attributes
    ----------
    facts : dict
        ``as_of``, ``version``, ``outcome``, ``horizon_months``, ``base_rate`` (first events counted, from, before),
        ``expected_first_events``, ``register_to`` (the last day of the events the list was made with),
        ``events_at_hand_to`` (the last day of the register that its makers had: later events it is blind to), ``data``
        (file → SHA-256), ``note``, and ``frozen_on`` and ``git_commit``, which tell of the making.
    councils : DataFrame
        Index ``ons_code``; ``council, class, tier, status, log_odds`` (missing where there is none).
    ranks : DataFrame
        On the same index: ``model`` and a column a rule, 1 the most at risk; missing for councils not at risk, and
        where a rule does not speak of a council.
    scores : DataFrame
        On the same index: what each rule gives, higher being more at risk.
    """

    facts: Mapping[str, Any]
    councils: pd.DataFrame
    ranks: pd.DataFrame
    scores: pd.DataFrame

    @property
    def as_of(self) -> date:
        """The day of the list."""
        return date.fromisoformat(self.facts["as_of"])

    @property
    def version(self) -> str:
        """The version of the package that made it."""
        return str(self.facts["version"])

    @property
    def frozen_on(self) -> date:
        """The day it was frozen."""
        return date.fromisoformat(self.facts["frozen_on"])

    @property
    def events_at_hand_to(self) -> date:
        """The last day of the register its makers had: of later events it cannot have known."""
        return date.fromisoformat(self.facts["events_at_hand_to"])

    @property
    def name(self) -> str:
        """Its file's name."""
        return f"{self.as_of}-{self.version}.json"

    @property
    def rules(self) -> list[str]:
        """The rules that ranked the same councils."""
        return [name for name in self.ranks if name != MODEL]

    def to_json(self) -> str:
        """Write it: keys sorted, a council a line in the order of codes, so that the same list is the same bytes."""
        head = json.dumps({"format": FORMAT, "what": WHAT, **self.facts}, indent=1, ensure_ascii=False, sort_keys=True)
        lines = ",\n".join(
            "  " + json.dumps(self._council(code), ensure_ascii=False, sort_keys=True, allow_nan=False)
            for code in sorted(self.councils.index)
        )
        return f'{{\n "councils": [\n{lines}\n ],{head[1:]}\n'

    def _council(self, code: str) -> dict[str, Any]:
        row = self.councils.loc[code]
        return {
            "code": code,
            **{name: str(row[name]) for name in ("council", "class", "tier", "status")},
            "log_odds": rounded(row["log_odds"]),
            "rank": _place(self.ranks.at[code, MODEL]),
            "rules": {
                name: {"rank": _place(self.ranks.at[code, name]), "score": rounded(self.scores.at[code, name])}
                for name in self.rules
            },
        }


def rounded(value: float) -> float | None:
    """Return a number as a frozen list keeps it; nothing where there is none."""
    # Plus nought: no "-0.0".
    return None if pd.isna(value) or not np.isfinite(value) else round(float(value), DIGITS) + 0.0


def _place(value: float) -> int | None:
    return None if pd.isna(value) else int(value)


def save(frozen: FrozenList, path: Path | None = None) -> tuple[Path, bool]:
    """Write a list and its checksum, and never over another.

    Parameters
    ----------
    frozen : FrozenList
    path : Path, optional
        By default ``<day>-<version>.json`` among the frozen lists.

    Returns
    -------
    path : Path
    new : bool
        False where the same list had been frozen before, which then stays as it is.

    Raises
    ------
    DataError
        If another list is frozen there, or was.
    """
    target = path or paths.frozen() / frozen.name
    with one_at_a_time(target.parent, "resilience freeze"):
        sums = _sums(target.parent)
        if target.is_file():
            before = read(target)
            if _list_of(before) == _list_of(frozen):
                return target, False
            raise DataError(
                f"{target} holds another list, frozen on {before.frozen_on}; a frozen list is never overwritten: "
                "give the package a new version, or another file with --output."
            )
        if target.name in sums:
            raise DataError(f"{target} is named in {SUMS} and missing; restore it, as a frozen list is never replaced.")
        text = frozen.to_json()
        sums[target.name] = hashlib.sha256(text.encode()).hexdigest()
        listed = "".join(f"{sums[name]}  {name}\n" for name in sorted(sums))
        write_together(target.parent, {target.name: text, SUMS: listed})
    return target, True


def _list_of(frozen: FrozenList) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(frozen.to_json())
    return {name: value for name, value in content.items() if name not in _MAKING}


def frozen_lists(folder: Path | None = None) -> list[FrozenList]:
    """Read every frozen list, the oldest day first.

    Parameters
    ----------
    folder : Path, optional
        By default ``reports/frozen``; where there is none, there are no lists.

    Raises
    ------
    DataError
        If one of them was changed, has no checksum, or is gone.
    """
    folder = folder or paths.frozen()
    names = {path.name for path in folder.glob("*.json")} | set(_sums(folder))
    return sorted((read(folder / name) for name in names), key=lambda one: (one.as_of, one.version))


def read(path: Path) -> FrozenList:
    """Read a frozen list and check it against its checksum.

    Raises
    ------
    DataError
        If it is gone, has no checksum in the file beside it, was changed after it was frozen, or is no such list.
    """
    sums = _sums(path.parent)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DataError(f"The frozen list {path} cannot be read ({error.strerror}); restore it.") from None
    if path.name not in sums:
        raise DataError(f"{path} has no checksum in {SUMS} beside it; only 'resilience freeze' makes a frozen list.")
    if hashlib.sha256(data).hexdigest() != sums[path.name]:
        raise DataError(f"{path} was changed after it was frozen (its checksum does not fit); restore it.")
    try:
        content = json.loads(data)
        if content.pop("format") != FORMAT:
            raise ValueError(f"not of format {FORMAT}")
        content.pop("what")
        rows = content.pop("councils")
        index = pd.Index([row["code"] for row in rows], name="ons_code")
        councils = pd.DataFrame([{name: row[name] for name in COLUMNS} for row in rows], index=index)
        ranks = [{MODEL: row["rank"], **{name: one["rank"] for name, one in row["rules"].items()}} for row in rows]
        scores = [{name: one["score"] for name, one in row["rules"].items()} for row in rows]
        made = FrozenList(
            content,
            councils.astype({"log_odds": float}),
            *(pd.DataFrame(one, index=index, dtype=float) for one in (ranks, scores)),
        )
        _ = made.as_of, made.frozen_on, made.events_at_hand_to, made.version, int(content["horizon_months"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DataError(f"{path} is not a frozen list ({error!r}); freeze the day again under another name.") from error
    return made


def _sums(folder: Path) -> dict[str, str]:
    """Return file name → checksum, as SHA256SUMS has it."""
    path = folder / SUMS
    if not path.is_file():
        return {}
    found = {}
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        digest, mark, name = line.partition("  ")
        if not mark or len(digest) != 64 or not name or "/" in name:
            raise DataError(f"{path}, line {number}, is not a checksum and file name; restore it.")
        found[name] = digest
    return found
