"""A short run of the fuzz suite; the whole of it is `make fuzz`."""

from __future__ import annotations

import pytest

from tests.fuzz.run import tried
from tests.fuzz.targets import READ, TARGETS


@pytest.mark.slow
@pytest.mark.parametrize("target", TARGETS, ids=[target.name for target in TARGETS])
def test_whatever_comes_in_one_sentence_goes_out(target, tmp_path):
    tally, said = tried(target, max(target.inputs // 15, 20), tmp_path)
    assert tally.total() >= 20
    assert all(sentence for met, sentence in said.items() if met != READ)
