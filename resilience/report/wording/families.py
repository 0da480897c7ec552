"""A family's bar in words: how far it stands from the median, what it adds, and why it counts for less."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from resilience.formatting import listed, signed

#: A family so nearly whole is not said to count for less.
NEARLY_WHOLE = 0.995


def stands(bar: Any) -> str:
    """Say how far a family stands from the tier's median, the worse way counted upwards: "+1.2 spreads".

    Parameters
    ----------
    bar : named tuple
        A row of ``explanation.families``.
    """
    return "no figure" if bar.without_figure else f"{signed(bar.spreads, 1)} spreads"


def counts_for_less(bar: Any, carried: Sequence[str]) -> str:
    """Say that a family counts for less, by how much and why; nothing where it counts whole.

    Parameters
    ----------
    bar : named tuple
    carried : sequence of str
        The outturn years of its carried figures, one a figure.
    """
    if bar.without_figure:
        return "No figure: it counts neither way."
    if bar.reliability > NEARLY_WHOLE or not carried:
        return ""
    years = listed(sorted(set(carried), reverse=True))
    figures = "the figure is" if len(carried) == 1 else "figures are"
    return f"Counts {bar.reliability:.2f} of its full weight because {figures} of {years}."
