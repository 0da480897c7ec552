"""The one writer of JSON."""

from __future__ import annotations

import json
from typing import Any

from resilience.report.plain import plain


def to_json(content: Any) -> str:
    """Write plain values as JSON; what is missing is null, and a figure that is none is an error.

    Parameters
    ----------
    content : mapping or list
    """
    return json.dumps(plain(content), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def from_view(view: dict[str, Any]) -> str:
    """Write what a view holds for programs, its ``content``."""
    return to_json(view["content"])
