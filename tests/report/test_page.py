"""The list's page as text: what stands in it without any script, and that nothing in it can run or load."""

import base64
import hashlib
import re

import pytest

from resilience.report.formats.html_watchlist import site_assets, watchlist_page
from tests.report.site_data import one_frame, one_run

HOSTILE = "<script>alert(1)</script>\"'&<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def text():
    return watchlist_page(one_run(), one_frame())


def test_every_council_is_in_the_plain_table(text):
    body = text.split("<tbody>")[1].split("</tbody>")[0]
    assert body.count("<tr") == len(one_frame())
    at = [body.index(f'data-sort="{name}"') for name in one_frame()["council"].head(40)]
    assert at == sorted(at)


def test_says_what_it_is_and_is_not(text):
    for words in ("No verdict on a council or its officers", "equal-pay claim", "Open Government Licence"):
        assert words in text
    assert "second-hand" in text
    assert '<form class="filters" data-filters hidden>' in text  # of no use without script, so not shown


def test_one_table_headings_and_labels(text):
    assert text.count("<h1") == 1
    assert '<html lang="en-GB">' in text
    assert text.count("<table") == 1
    assert all(
        'scope="col"' in head for head in re.findall(r"<th [^>]*>", text.split("<thead>")[1].split("</thead>")[0])
    )
    for label in re.findall(r'<label for="([^"]+)"', text):
        assert f'id="{label}"' in text


def test_nothing_is_loaded_and_only_its_own_script_runs(text):
    assert not re.findall(r'\b(?:src|href)="(?!#)[^"]*"', text)
    script = re.search(r"<script>(.*?)</script>", text, re.DOTALL).group(1)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text).group(1)
    assert f"script-src 'sha256-{digest}'" in policy and "default-src 'none'" in policy
    assert site_assets()["script"] == script


def test_text_from_data_is_escaped():
    frame = one_frame().copy()
    for name in ("council", "region", "main_reasons", "outturn_year", "ons_code"):
        frame.loc[0, name] = HOSTILE
    found = watchlist_page(one_run(), frame, address=lambda code: f"councils/{code}.html")
    assert "<script>alert" not in found and "<img" not in found
    assert found.count("<script>") == 1


def test_links_and_downloads():
    found = watchlist_page(
        one_run(),
        one_frame(),
        links=[{"href": "record.html", "text": "The record"}],
        address=lambda code: "councils/x.html" if code == "E09000008" else None,
        downloads=[{"href": "a.csv", "text": "CSV", "note": "the list"}],
    )
    assert found.count('href="councils/x.html"') == 1
    assert '<a href="record.html">The record</a>' in found and '<a href="a.csv">CSV</a>' in found


def test_size(text):
    assert len(text.encode("utf-8")) < 300_000
