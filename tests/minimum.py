"""``python -m tests.minimum``: the lowest version that pyproject.toml allows of each package, one a line, for pip."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
#: Of the test packages only those that the smoke subset of `make minimum` imports.
TESTED_WITH = ("hypothesis", "jsonschema", "openpyxl", "pytest", "odfpy")


def floors(pyproject: Path = ROOT / "pyproject.toml") -> list[str]:
    """Return "name==floor" for every requirement; one without a floor is an error."""
    project = tomllib.loads(pyproject.read_text("utf-8"))["project"]
    tests = [one for one in project["optional-dependencies"]["test"] if re.match(r"[\w-]+", one)[0] in TESTED_WITH]
    found = []
    for requirement in [*project["dependencies"], *tests]:
        match = re.fullmatch(r"([A-Za-z0-9-]+)(?:\[\w+\])?>=([\d.]+)", requirement)
        if not match:
            raise SystemExit(f"pyproject.toml: '{requirement}' states no lowest version; write it like numpy>=2.0.")
        found.append(f"{match[1]}=={match[2]}")
    return found


if __name__ == "__main__":
    print("\n".join(floors()))
