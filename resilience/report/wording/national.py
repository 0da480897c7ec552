"""The national picture in words: how it is measured, and what to mind in it."""

from __future__ import annotations

FIXED = (
    "By one fixed yardstick: today's model and medians, on the figures known each January, and the place that the "
    "score would have in today's list, so only the figures move. (Reorganisation makes the councils fewer.)"
)
COVID = (
    "January 2022 and 2023 showed 31 March 2021 and 2022, when reserves held COVID grants paid ahead: the dip in risk "
    "there is theirs."
)
RATES = (
    "Income from investments rose nearly everywhere with Bank Rate from 2022; measured by today's medians that "
    "counts as more dependence than before, in a good year for savers too."
)
FEW_LINES = (
    "From January 2026 the newest figures are transcribed and hold few lines: income from investments, flexible "
    "use of capital receipts, revenue contribution to capital and reserves against the budget are carried "
    "forward and cannot move."
)
TITLES = {"class": "By class", "region": "By region", "deprivation": "By deprivation"}
#: What the values of a grouping are, where its title does not say it.
PARTS = {"class": "", "region": "", "deprivation": "third of its tier"}
