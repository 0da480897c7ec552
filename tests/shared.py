"""What several test files need and takes long: worked out by whichever process of one test run asks first."""

from __future__ import annotations

import fcntl
import os
import pickle
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

Made = TypeVar("Made")


_FOLDER = "RESILIENCE_TESTS_SHARE"


def begin() -> None:
    """Make the folder of this test run; the processes that it starts inherit where it is."""
    os.environ[_FOLDER] = tempfile.mkdtemp(prefix="resilience-tests-")


def once(name: str, make: Callable[[], Made]) -> Made:
    """Return what another process of this test run has made already, or make it while the others wait."""
    folder = Path(os.environ[_FOLDER])
    kept = folder / f"{name}.pickle"
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            kept.write_bytes(pickle.dumps(make()))
        made: Made = pickle.loads(kept.read_bytes())
    return made


def end() -> None:
    """Take the folder away."""
    shutil.rmtree(os.environ.pop(_FOLDER), ignore_errors=True)
