"""The formulas, one small pure function an indicator; definitions.toml says the same in words and form lines.

Every function takes a :class:`Books` and returns a Series on its index. Amounts are £ thousand; ratios are
fractions. A missing line gives a missing value, and so does a denominator near zero. One module a family.
"""

from __future__ import annotations

from resilience.indicators.formulas import context, debt, demand, income, reporting, reserves, support
from resilience.indicators.formulas.books import REGISTRY, SMALLEST_DENOMINATOR, Books, Formula, indicator

__all__ = [
    "REGISTRY",
    "SMALLEST_DENOMINATOR",
    "Books",
    "Formula",
    "context",
    "debt",
    "demand",
    "income",
    "indicator",
    "reporting",
    "reserves",
    "support",
]
