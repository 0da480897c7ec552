"""Context, not outturn: what else was known of the place. Shown; offered to the model only if it earns it."""

from __future__ import annotations

import pandas as pd

from resilience.indicators.formulas.books import Books, indicator


@indicator
def ofsted_judgement(books: Books) -> pd.Series:
    """Ofsted's last overall judgement of children's services: 1 Outstanding to 4 Inadequate."""
    return books.upper_only(books.companion("ofsted", "judgement"))


@indicator
def ehc_plans_share(books: Books) -> pd.Series:
    """Pupils with an education, health and care plan over all pupils."""
    return books.upper_only(books.companion("dfe", "ehc_plans_share") / 100)


@indicator
def looked_after_rate(books: Books) -> pd.Series:
    """Children looked after per 10,000 under 18."""
    return books.upper_only(books.companion("dfe", "looked_after_per_10000"))


@indicator
def deprivation_score(books: Books) -> pd.Series:
    """Average score of the Indices of Deprivation 2025, from 2024-25 on."""
    return books.companion("deprivation", "imd_average_score")
