"""Where the publications stand for tests that read real files, and a stand-in for the council register."""

from pathlib import Path

import pytest

from resilience.errors import UnknownCouncilError

SOURCE = Path(__file__).resolve().parents[3] / "shared" / "data"
needs_publications = pytest.mark.skipif(
    not SOURCE.is_dir(), reason="the folder of original publications is not at hand"
)


def as_printed(code: str) -> str:
    """Resolve GSS codes to themselves, E-codes and names by a short list, and nothing else."""
    known = {"E3831": "E07000223", "E2221": "E10000016", "Leeds": "E08000035", "Dorset": "E06000059"}
    if len(code) == 9 and code[0] == "E":
        return code
    if code in known:
        return known[code]
    raise UnknownCouncilError(f"'{code}' is no council here.")
