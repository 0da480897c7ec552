"""One run for all tests of mergers, and what they ask of it."""

from datetime import date
from functools import lru_cache

from resilience import method
from resilience.analysis.mergers.add_up import merge_councils, merged_indicators, parts_of
from resilience.analysis.mergers.proposed import score_merged
from resilience.councils.lineage import with_lineage

EAST = ["Elmbridge", "Epsom and Ewell", "Mole Valley", "Reigate and Banstead", "Tandridge", "Surrey"]
WEST = ["Guildford", "Runnymede", "Spelthorne", "Surrey Heath", "Waverley", "Woking", "Surrey"]


@lru_cache(maxsize=1)
def one_run():
    return method.run(date(2026, 11, 1))


@lru_cache(maxsize=1)
def one_panel():
    return with_lineage(one_run().panel)


def scored(run, panel, codes, **options):
    rows = merge_councils(panel, codes, "New", **options)
    return score_merged(run, merged_indicators(rows, run.indicators), parts_of(panel, codes, options.get("shares")))


def amount(panel, code, year, line):
    return float(panel[(panel["ons_code"] == code) & (panel["year"] == year)][line].iloc[0])
