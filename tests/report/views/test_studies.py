"""Tables of the studies: numbers keep their digits."""

import pandas as pd

from resilience.report.formats.markdown.table import table as markdown_table
from resilience.report.views.studies import table_of_text


def markdown(table, **options):
    return markdown_table(**table_of_text(table, **options))


def test_whole_numbers_keep_their_noughts():
    table = pd.DataFrame({"rank": [10.0, 80.0, 7.0, float("nan")]}, index=["a", "b", "c", "d"])
    assert markdown(table, digits=0).splitlines()[2:] == ["| a | 10 |", "| b | 80 |", "| c | 7 |", "| d | – |"]


def test_fractions_lose_only_trailing_noughts():
    table = pd.DataFrame({"share": [0.5, 0.123456, 100.0]}, index=["a", "b", "c"])
    assert markdown(table).splitlines()[2:] == ["| a | 0.5 |", "| b | 0.123 |", "| c | 100 |"]
