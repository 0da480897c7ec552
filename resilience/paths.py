"""Where the shipped figures, models and reports live.

In a clone they stand beside the package; in an installed wheel they are inside it. The environment
variable RESILIENCE_HOME points somewhere else (a folder with ``data/`` and ``models/`` in it).
"""

from __future__ import annotations

import os
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def home() -> Path:
    """Return the folder that holds ``data/`` and ``models/``."""
    chosen = os.environ.get("RESILIENCE_HOME")
    if chosen:
        return Path(chosen)
    if (_PACKAGE.parent / "pyproject.toml").is_file():
        return _PACKAGE.parent
    return _PACKAGE / "_shipped"


def processed() -> Path:
    """Return the folder of the tables the project ships."""
    return home() / "data" / "processed"


def raw() -> Path:
    """Return the folder of downloaded publications and of the event register."""
    return home() / "data" / "raw"


def models() -> Path:
    """Return the folder of fitted models."""
    return home() / "models"


def frozen() -> Path:
    """Return the folder of frozen lists; an installed wheel has none."""
    return home() / "reports" / "frozen"


def replies() -> Path:
    """Return the file of what councils have said of their figures."""
    return home() / "data" / "replies.toml"


def schemas() -> Path:
    """Return the folder of the JSON Schemas: they belong to the code, wherever the figures are."""
    clone = (_PACKAGE.parent / "pyproject.toml").is_file()
    return (_PACKAGE.parent if clone else _PACKAGE / "_shipped") / "docs" / "schemas"
