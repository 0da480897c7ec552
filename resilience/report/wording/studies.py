"""The studies of the record in words: what each is called and what to know of it."""

from __future__ import annotations

HEADER = """# Studies of the record

Written by `resilience backtest --studies --output docs/studies.md`; do not edit. Figures without intervals: they show
how the record moves when something is changed, over the origins {first}–{last}, outcome and horizon as said. AUC is
pooled from ranks within each origin; top 30 is the share of first events among the 30 highest of each origin.
"""

#: Study → title, what to know, heading of the first column, digits after the point.
STUDIES: dict[str, tuple[str, str, str, int]] = {
    "closed rows": ("Training rows by origin", "Councils at risk and first events within 24 months.", "", 3),
    "by outcome and horizon": (
        "Outcome and horizon",
        "An origin whose horizon has not closed counts the time observed.",
        "",
        3,
    ),
    "by switch": ("Definitions turned the other way", "One switch at a time.", "", 3),
    "masked": (
        "Lines that the newest years lack",
        "At each origin the newest years known lose the lines that today's list lacks (of its two newest years "
        "investment income, flexible receipts, revenue contribution to capital and what was budgeted; of the "
        "newest alone housing), or the seven lines that release 0.1.0's second-hand years lacked. Either the council's "
        "own last figure is carried forward, or the indicators that need those lines are left out, or nothing is "
        "masked.",
        "",
        3,
    ),
    "without each term": (
        "Each family, and each indicator, left out",
        "One at a time; shown, not used to choose.",
        "",
        3,
    ),
    "learners": (
        "Other learners on the same families",
        "Settings fixed beforehand; with fewer than five councils with an event, the prior's sum stands in.",
        "",
        3,
    ),
    "lead times": (
        "Rank at each January before a section 114(3) notice",
        "Missing: not at risk then (an event already, or not yet in being).",
        "",
        0,
    ),
    "net benefit": (
        "Net benefit by capacity",
        "Events caught at an origin less 0.05 for each false alarm, averaged over origins.",
        "councils rung",
        2,
    ),
    "by class": ("By class", "", "", 2),
    "by region": ("By region", "", "", 2),
    "missed": ("Events that were in no list's top 30", "What was known at the last January before.", "", 3),
}
