"""The list's page as text: what stands in it without any script, and that nothing in it can run or load."""

import base64
import hashlib
import re
from copy import deepcopy

import pytest

from resilience.report.formats.html_watchlist import html, site_assets
from tests.report.site_data import one_view

HOSTILE = "<script>alert(1)</script>\"'&<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def text():
    return html(one_view())


def test_every_council_is_in_the_plain_table(text):
    body = text.split("<tbody>")[1].split("</tbody>")[0]
    assert body.count("<tr") == len(one_view()["councils"])
    at = [body.index(f'data-sort="{name}"') for name in [row["council"] for row in one_view()["councils"][:40]]]
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
    view = deepcopy(one_view())
    view["councils"][0] |= dict.fromkeys(("council", "region", "why", "figures", "ons_code"), HOSTILE)
    found = html({**view, "page_of": {HOSTILE: f"councils/{HOSTILE}.html"}})
    assert "<script>alert" not in found and "<img" not in found
    assert found.count("<script>") == 1


def test_links_and_downloads():
    around = {
        "links": [{"href": "record.html", "text": "The record"}],
        "page_of": {"E09000008": "councils/x.html"},
        "downloads": [{"href": "a.csv", "text": "CSV", "note": "the list"}],
    }
    found = html({**one_view(), **around})
    assert found.count('href="councils/x.html"') == 1
    assert '<a href="record.html">The record</a>' in found and '<a href="a.csv">CSV</a>' in found


def test_size(text):
    assert len(text.encode("utf-8")) < 300_000
