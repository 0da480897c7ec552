"""The summary of a result in Python: for ``print`` and for a notebook."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup, escape

from resilience.backtest.full import FullRecord
from resilience.backtest.rolling import Backtest
from resilience.errors import DataError
from resilience.model.scoring import ScoredDay
from resilience.report.formats.text.layout import grid, printed
from resilience.report.views.summary import view

_WIDTH = 110


def summary(result: ScoredDay | Backtest | FullRecord, *, html: bool = False) -> str:
    """Return the summary of a result: what ``print`` shows of it.

    Parameters
    ----------
    result : ScoredDay, Backtest or FullRecord
        What ``run`` or ``score``, ``backtest`` or ``full_record`` returned.
    html : bool
        Whether as HTML, as a notebook shows it.

    Raises
    ------
    DataError
        If it is none of them.
    """
    if not isinstance(result, ScoredDay | Backtest | FullRecord):
        raise DataError(
            f"There is no summary of a {type(result).__name__}; give what resilience.run or "
            "resilience.backtest returns."
        )
    shown = view(result)
    return _html(shown) if html else _text(shown)


def _text(shown: dict[str, Any]) -> str:
    parts: list[object] = [shown["introduction"], ""]
    for one in shown["tables"]:
        if one["words"]:
            parts += [one["words"], ""]
        names, rows = one["columns"], one["rows"]
        parts += [grid(one["title"] or None, names, rows, right=range(one["left"], len(names)), plain=True), ""]
    lines = printed(*parts, *shown["notes"], width=_WIDTH).splitlines()
    return "\n".join(line.rstrip() for line in lines)


def _html(shown: dict[str, Any]) -> str:
    """Write it with tables that a screen reader can read; the notebook's own styles set them."""
    parts = [Markup("<p><strong>{}</strong></p>").format(shown["introduction"])]
    for one in shown["tables"]:
        if one["words"]:
            parts.append(Markup("<p>{}</p>").format(one["words"]))
        parts.append(_table(one))
    parts += [Markup("<p>{}</p>").format(note) for note in shown["notes"]]
    return str(Markup("<div>{}</div>").format(Markup("\n").join(parts)))


def _table(one: dict[str, Any]) -> Markup:
    def cells(row: list[str], tag: str) -> Markup:
        made = [
            Markup('<{} style="text-align:{}"{}>{}</{}>').format(
                kind,
                "left" if number < one["left"] else "right",
                Markup(f' scope="{scope}"') if kind == "th" else "",
                cell,
                kind,
            )
            for number, cell in enumerate(row)
            for kind, scope in [(tag, "col") if tag == "th" else ("td" if number else "th", "row")]
        ]
        return Markup("<tr>{}</tr>").format(Markup("").join(made))

    caption = Markup("<caption>{}</caption>").format(one["title"]) if one["title"] else Markup("")
    head = cells(one["columns"], "th") if any(one["columns"]) else Markup("")
    rows = Markup("\n").join(cells(row, "td") for row in one["rows"])
    return Markup("<table>{}<thead>{}</thead><tbody>{}</tbody></table>").format(caption, escape(head), rows)
