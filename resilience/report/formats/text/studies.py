"""``resilience backtest --studies``: the studies as one Markdown page, ``docs/studies.md``."""

from __future__ import annotations

import logging

import pandas as pd

from resilience.backtest import studies
from resilience.backtest.rolling import backtest, by_group, lead_times
from resilience.tables.events import EventRegister

_log = logging.getLogger(__name__)

HEADER = """# Studies of the record

Written by `resilience backtest --studies --output docs/studies.md`; do not edit. Figures without intervals: they show
how the record moves when something is changed, over the origins {first}–{last}, outcome and horizon as said. AUC is
pooled from ranks within each origin; top 30 is the share of first events among the 30 highest of each origin.
"""


def markdown(table: pd.DataFrame, *, digits: int = 3, first: str = "") -> str:
    """Write a frame as a Markdown table; numbers rounded, missing as a dash."""

    def cell(value: object) -> str:
        if isinstance(value, pd.Timestamp):
            return value.strftime("%Y-%m-%d")
        if isinstance(value, float):
            if pd.isna(value):
                return "–"
            text = f"{value:.{digits}f}"
            return text.rstrip("0").rstrip(".") if "." in text else text
        return str(value)

    names = [first, *(str(name) for name in table.columns)]
    lines = ["| " + " | ".join(names) + " |", "|" + " --- |" * len(names)]
    for index, row in table.iterrows():
        label = " ".join(map(str, index)) if isinstance(index, tuple) else cell(index)
        lines.append("| " + " | ".join([label, *(cell(value) for value in row)]) + " |")
    return "\n".join(lines)


def studies_page(panel: pd.DataFrame, indicators: pd.DataFrame, events: EventRegister) -> str:
    """Run every study and return the page."""
    _log.info("back test")
    result = backtest(indicators, events, draws=0)
    predictions = result.predictions
    pooled = result.settings["pooled_origins"]
    parts = [HEADER.format(first=pooled[0][:4], last=pooled[-1][:4])]

    def add(title: str, words: str, table: pd.DataFrame, first: str = "", digits: int = 3) -> None:
        _log.info(title)
        parts.append(f"\n## {title}\n\n{words}\n\n{markdown(table, first=first, digits=digits)}\n")

    add(
        "Training rows by origin",
        "Councils at risk and first events within 24 months.",
        studies.closed_rows(indicators, events),
    )
    add(
        "Outcome and horizon",
        "An origin whose horizon has not closed counts the time observed.",
        studies.by_outcome_and_horizon(indicators, events),
    )
    add("Definitions turned the other way", "One switch at a time.", studies.by_switch(panel, events))
    add(
        "Lines that the newest years lack",
        (studies.masked.__doc__ or "\n\n").split("\n\n")[1].strip().replace("\n    ", " "),
        studies.masked(indicators, events),
    )
    add(
        "Each term left out", "One at a time; shown, not used to choose.", studies.without_each_term(indicators, events)
    )
    add(
        "The tenth term on the origins it was chosen on (2018–2020)",
        "Chosen by average precision, before a look at later origins.",
        studies.earlier_origins(indicators, events),
    )
    add(
        "Other learners on the same terms",
        "Settings fixed beforehand; with fewer than five councils with an event, the prior's sum stands in.",
        studies.learners(indicators, events),
    )
    leads = lead_times(events, predictions).set_index("council")
    add(
        "Rank at each January before a section 114(3) notice",
        "Missing: not at risk then (an event already, or not yet in being).",
        leads,
        digits=0,
    )
    add(
        "Net benefit by capacity",
        "Events caught at an origin less 0.05 for each false alarm, averaged over origins.",
        studies.net_benefit(predictions),
        first="councils rung",
        digits=2,
    )
    add("By class", "", by_group(predictions, "class"), digits=2)
    add("By region", "", by_group(predictions, "region"), digits=2)
    add(
        "Events that no list's top 30 held",
        "What was known at the last January before.",
        studies.missed(indicators, predictions).reset_index(drop=True).set_index("council"),
    )
    return "\n".join(part.rstrip() for part in parts) + "\n"
