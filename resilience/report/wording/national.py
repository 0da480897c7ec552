"""The national picture in words: how it is measured, and what to mind in it."""

from __future__ import annotations

FIXED = (
    "Today's model and medians throughout, applied to the figures known each January. The rank is the one the score "
    "would have in today's list, so only the figures move. (Reorganisation reduces the number of councils.)"
)
COVID = (
    "January 2022 and 2023 rest on balances at 31 March 2021 and 2022, when reserves held COVID grants paid ahead of "
    "need: the dip in risk there comes from them."
)
RATES = (
    "Investment income rose nearly everywhere with Bank Rate from 2022. Set against today's medians that counts as "
    "more dependence than before, even where it is only interest on cash balances."
)
FEW_LINES = (
    "From January 2026 the newest figures are transcribed and have few lines. Investment income, flexible use of "
    "capital receipts, revenue contribution to capital and reserves used against budget are carried forward, so "
    "they cannot move."
)
TITLES = {"class": "By class", "region": "By region", "deprivation": "By deprivation"}
#: What the values of a grouping are, where its title does not say it.
PARTS = {"class": "", "region": "", "deprivation": "third of its tier"}
