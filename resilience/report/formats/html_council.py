"""The page of one council: its view, the charts drawn, rows that stand under one heading put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from resilience.indicators.definitions import FAMILIES
from resilience.report.formats.charts import families_chart, sparkline, trend_chart
from resilience.report.formats.html import page
from resilience.report.wording.levers import OUT_OF_REACH

#: Families whose rows are left out in print, where two sides are all there is.
SCREEN_ONLY = ("size", "income", "context", "reporting")

Row = Mapping[str, Any]


def html(view: Mapping[str, Any]) -> str:
    """Return the page, which needs nothing else and prints on two sides of A4.

    Parameters
    ----------
    view : mapping
        From ``views.council``; on the site with ``links``, ``page_of`` (addresses of neighbours' pages) and
        ``mergers_page``.
    """
    name = view["council"]["name"]
    told_of = view["score"] or view["before_the_event"]
    counted = [
        row["known"] for row in view["events"] if row["counts"] and row["ons_code"] == view["council"]["ons_code"]
    ]
    ranked = any(row["rank"] is not None for row in view["history"])
    return page(
        "council.html.j2",
        **view,
        told_of=told_of,
        chart=families_chart(name, told_of) if told_of else "",
        trend=trend_chart(name, view["history"], counted) if ranked else "",
        lines_of={row["term"]: row for row in view["form_lines"]},
        families=families(view),
        printed_out=SCREEN_ONLY,
        not_alone=OUT_OF_REACH,
        definitions=grouped(view["other_definitions"], "definition"),
        publications=grouped(view["sources"], "publication", "source_kind"),
    )


def grouped(rows: Sequence[Row], *names: str) -> list[dict[str, Any]]:
    """Put rows with the same values together, in the order of their first: those values, and ``rows``."""
    found: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        found.setdefault(tuple(row[name] for name in names), []).append(row)
    return [{**dict(zip(names, key, strict=True)), "rows": those} for key, those in found.items()]


def families(view: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the indicators by family: ``key``, ``heading`` and ``rows``, each with its sparkline."""
    years = [int(year) for row in view["indicators"] for year in row["series"]]
    first, last = (min(years), max(years)) if years else (2008, 2024)
    result = []
    for key, heading in FAMILIES.items():
        rows = [
            {
                **row,
                "spark": sparkline(
                    {int(year): value for year, value in row["series"].items()},
                    label=row["label"],
                    first=first,
                    last=last,
                    dashed_to=view["added_up_before"],
                ),
            }
            for row in view["indicators"]
            if row["family"] == key
        ]
        if rows:
            result.append({"key": key, "heading": heading, "rows": rows})
    return result
