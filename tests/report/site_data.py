"""One run for all tests of what a person reads; working it out takes seconds, so it is done once."""

from datetime import date
from functools import lru_cache

from resilience import pipeline
from resilience.report import watchlist

AS_OF = date(2026, 1, 1)


@lru_cache(maxsize=1)
def one_run():
    return pipeline.run(AS_OF)


@lru_cache(maxsize=1)
def one_frame():
    return watchlist.table(one_run())
