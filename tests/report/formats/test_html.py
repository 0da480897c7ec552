"""The base page and its helpers."""

from __future__ import annotations

from resilience.report.formats import html


def test_base_page_and_its_helpers():
    text = html.page("base.html.j2", links=[{"href": "x.html", "text": "<b>", "here": True}])
    assert '<a href="x.html" aria-current="page">&lt;b&gt;</a>' in text
    assert html.slug("St Helens & Co.") == "st-helens-co"
    assert html.kept_together("9 years to 31 March <2024>") == "9\u00a0years to 31\u00a0March &lt;2024&gt;"
    assert "/*" not in html.style()


def test_a_page_alone_has_no_navigation():
    assert '<nav aria-label="Site">' not in html.page("base.html.j2")
