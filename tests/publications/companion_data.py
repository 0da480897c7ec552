"""Where the publications stand for tests that read real files."""

from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[3] / "shared" / "data"
needs_publications = pytest.mark.skipif(
    not SOURCE.is_dir(), reason="the folder of original publications is not at hand"
)
