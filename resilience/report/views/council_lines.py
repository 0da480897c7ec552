"""Where each figure of a council's score comes from: its form lines, their years, amounts and publications."""

from __future__ import annotations

from typing import Any

from resilience.analysis.explain import Explanation
from resilience.analysis.form_lines import FormLine, form_lines
from resilience.backtest.past_lists import past_lists
from resilience.model.scoring import ScoredDay
from resilience.publications.lines import load_lines
from resilience.report.plain import plain
from resilience.report.wording.general import KIND_WORDS
from resilience.report.wording.indicators import figure
from resilience.tables.schema import PANEL, columns_of
from resilience.years import outturn_year_of

Rows = list[dict[str, Any]]


def lines(scored: ScoredDay, why: Explanation) -> Rows:
    """Return, of each figure that a score rests on, the published amounts it was worked out from.

    Parameters
    ----------
    scored : ScoredDay
    why : Explanation
        The council's own; of a council with an event, as it looked on the last January before it.

    Returns
    -------
    list of dict
        One an indicator, in the order of the explanation: ``term, label, figure, outturn_year``, ``numbers`` (the
        form's lines in a few words) and ``lines``: ``code`` (MHCLG's), ``number``, ``label``, ``outturn_year``,
        ``amount`` (£ thousand), ``kind``, ``known_from``.
    """
    of = scored if why.as_of == scored.as_of else past_lists(scored).lists[why.as_of.year]
    found = form_lines(scored, why.ons_code, of)
    rows = why.contributions[why.contributions["applies"] & (why.contributions["outturn_year"] != "")]
    result: Rows = plain(
        [
            {
                "term": row.Index,
                "label": row.label,
                "figure": figure(row.indicator, row.value),
                "outturn_year": row.outturn_year,
                "numbers": _numbers(found.get(row.Index, [])),
                "lines": [_line(one) for one in found.get(row.Index, [])],
            }
            for row in rows.itertuples()
        ]
    )
    return result


def kind_words(source_kind: str, *, built: bool = False) -> str:
    """Say of what kind a year's figures are: "original", "transcribed", "second-hand, added up"."""
    return KIND_WORDS.get(source_kind, "original") + (", added up" if built else "")


def _line(one: FormLine) -> dict[str, Any]:
    known = load_lines().by_name.get(one.line)
    return {
        "code": known.code if known else "",
        "number": f"{known.form} {known.row}" if known else "no form line",
        "label": known.label if known else columns_of(PANEL, [one.line])[0].sentence.removesuffix("."),
        "outturn_year": outturn_year_of(one.year),
        "amount": one.amount,
        "kind": kind_words(one.source_kind, built=one.built),
        "known_from": one.known_from,
    }


def _numbers(found: list[FormLine]) -> str:
    """Name the form's lines in a few words, each once: "RS 915, 916, 805"."""
    named = [load_lines().by_name.get(one.line) for one in found]
    numbers = dict.fromkeys(f"{one.form} {one.row}" if one else "published total" for one in named)
    said, form = [], ""
    for number in numbers:
        before, form = form, number.split(" ")[0]
        said.append(number.removeprefix(f"{form} ") if form == before else number)
    return ", ".join(said)
