"""The annex to a section 25 report: everything asked of it, marked, on one page, and by either file name."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest

from resilience.analysis.own_figures.read import MARK
from resilience.errors import DataError
from resilience.report.formats.annex import annex_kind
from resilience.report.views import own_figures
from resilience.report.writers import write
from tests.analysis.own_figures.plans import CROYDON, NORWICH, YEARS, checked, day, together, used

#: A page of A4 as it is printed here holds about so many characters beside the table.
ROOM = 5_300


class Text(HTMLParser):
    """What stands in the page's body, and its headings."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text, self.headings, self.inside = "", [], ""
        self.feed(page.partition("<body>")[2])

    def handle_starttag(self, tag, attrs):
        self.inside = tag
        if tag == "h2":
            self.headings.append("")

    def handle_data(self, data):
        self.text += data
        if self.inside == "h2":
            self.headings[-1] += data.strip()


def view(code, cells):
    return own_figures.view(day(), code, checked(code, cells))


@pytest.fixture(scope="module")
def norwich():
    return view(NORWICH, used(NORWICH, *[6_000] * 5))


def test_it_has_every_part_in_both_formats(norwich):
    page, text = write("annex", "html", norwich), write("annex", "markdown", norwich)
    shown = Text(page)
    titles = ["Where the council stands now, by published figures alone", "Year by year", "What this rests on"]
    titles += ["What the model cannot see", "Its record"]
    assert shown.headings == titles
    assert [line.removeprefix("## ") for line in text.splitlines() if line.startswith("## ")] == titles
    for whole in (" ".join(shown.text.replace("\xa0", " ").split()), text):
        assert whole.count(MARK) >= 2
        assert "Norwich ranks" in whole and "By plain reserves" in whole
        assert all(year in whole for year in YEARS)
        for family in day().model.families:
            assert family.label in whole
        assert "usable reserves run out in 2030-31" in whole and "a single failed investment" in whole
        assert "section 25 of the Local Government Act 2003" in whole
        assert "Of 70 places ranked 1–10" in whole and "All of this record is of published outturn" in whole
    assert "<script" not in page and "src=" not in page and "@page { size: A4" in page


def test_it_stays_a_page_however_many_remarks_there_are():
    cells = used(CROYDON, *[15_000] * 5)
    cells |= {(year, "rs_intextpay_net_exp"): 40_000.0 + year for year in (2025, 2026)}
    shown = view(CROYDON, cells)
    assert len(shown["remarks"]) >= 7
    words = Text(write("annex", "html", shown)).text
    assert len(" ".join(words.split())) < ROOM
    assert "2 more remarks stand in the assessment" in words and "2025-26 is already published" in words
    assert "Croydon has no rank" in words and "Rank, of" not in words


def test_no_plan_gives_an_annex_of_the_published_figures_alone():
    text = write("annex", "markdown", view(NORWICH, {}))
    assert "run out" not in text and "(published)" in text and "(plan)" not in text


def test_reserves_that_outlast_the_plan():
    text = write("annex", "markdown", view(NORWICH, together(NORWICH, 20_000, 15_000)))
    assert "usable reserves outlast 2027-28: £15.0m at 31 March 2028" in text and "about 3.0 years' use" in text


def test_the_files_name_says_the_format():
    assert [annex_kind(Path(name)) for name in ("a.html", "a.HTM", "a.md")] == ["html", "html", "markdown"]
    with pytest.raises(DataError, match=r"\.html or \.md file, not 'a\.docx'"):
        annex_kind(Path("a.docx"))
