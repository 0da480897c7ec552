"""How often the list was right: the rolling back test, other people's rules, other learners, past lists.

``resilience.backtest`` is this room and the function at once: called, it runs ``rolling.backtest``.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any


class _Room(ModuleType):
    """A package that can be called: the room bears the name of the public function ``resilience.backtest``."""

    def __call__(self, *args: Any, **options: Any) -> Any:
        """Run the back test; see ``resilience.backtest.rolling.backtest``."""
        from resilience.backtest.rolling import backtest

        return backtest(*args, **options)


sys.modules[__name__].__class__ = _Room
