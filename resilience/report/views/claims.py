"""What may be claimed, from the record that is shipped."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from resilience import paths
from resilience.report.wording import claim as wording

_NOTHING = {"claim": "", "claim_in_brief": "", "level": ""}


def claims() -> dict[str, str]:
    """Return ``claim``, ``claim_in_brief`` and ``level``; "" where no record is at hand or it does not tell."""
    return _claims(paths.home() / "docs" / "record.json")


def of_record(record: dict[str, Any]) -> dict[str, str]:
    """Return the same of a record that is at hand."""
    return {
        "claim": wording.claim(record),
        "claim_in_brief": wording.in_brief(record),
        "level": wording.level(record),
    }


@lru_cache(maxsize=4)
def _claims(path: Path) -> dict[str, str]:
    return of_record(json.loads(path.read_text("utf-8"))) if path.is_file() else _NOTHING
