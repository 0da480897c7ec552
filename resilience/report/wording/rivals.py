"""Other people's rules in words: what is said of all of them, and of the comparison with the NAO's statements."""

from __future__ import annotations

from resilience.formatting import percent

POPULATIONS = {
    "all councils": "all councils",
    "each class": "all councils, each measured against its own class",
    "upper tier": "councils with social care (upper tier)",
}

INTRODUCTION = """The back test sets the model beside every rule that somebody else has published or is known to \
use. All are applied to what was known on the day, with this project's indicators; the formulas are in \
`resilience/backtest/rival_rules.py`. What each reaches, with intervals and the smallest difference that could have \
been found, is in `docs/record.txt`, printed by `resilience backtest`; other learners on the model's own \
terms are in `docs/studies.md`.

- **Population.** A rule ranks the councils it speaks of. Councils outside its population, and councils it can say \
nothing about, come last in its ranking (among themselves by reserves over net revenue expenditure, the lowest first) \
and are never flagged. Councils that have had an event are part of a class's range and of its worst tenth, though \
only those at risk are compared.
- **Twice.** Each rule exists as published and (`…{upper_first}`) with upper-tier councils before districts. Most \
events happen in the upper tier and everybody knows a council's tier, so the second form is what a sensible reader \
of the rule would have had. It is this project's addition, made in the knowledge that it helps them: the benefit of \
the doubt goes to the rivals. (The 3% rule has no second form: apart from its threshold it is the 5% rule.)
- **Ties** are broken by reserves over net revenue expenditure, the lower first, then by the council's code, so that \
a rule's first thirty are always thirty. Rules with many ties get more by this than they publish.
- **Sources** were read in stored copies of public pages, not live ones. "Approximated after" is said where the rule \
was not published in full."""

FLAGS = """Councils in being that the rule flags, as published, on 1 January of each year and on {day}. A rule \
without a threshold flags nobody. In 2020-21 hardly any council used reserves, as COVID grants were paid ahead of \
the spending they were for, so the NAO's rule flags nobody on the list made from that year."""

KEPT = """Councils at risk on {origins} Januaries, {first} to {last}, whose {horizon} months the register has seen \
to their end ({events} first events; a council counts at each January whose horizon holds its event)."""

NAO = """The NAO's Figure 24 (31 March 2017: how long reserves last at the rate of use) is not available; what was \
said about it is. Below is each statement, and what this project's figures of 2016-17 give with the use of \
**one** year (the rule here) and with the average use of **three** (`reserves_runway_years`, this project's indicator \
and CIPFA's rule). With one year, {one} of {of} agree; with three, {three}.

The bounds within which a figure counts as agreeing were set after our figures had been seen, except where the \
statement itself sets them; so was the reading of "by 2022" as within five years (within four, one year's use gives \
{sooner}). Statements of within three years are of one finding, not independent evidence. The share that the \
project's brief quotes from the report, 10.6%, was found in no page that could be read and is not counted; one year's \
use gives {share}. One year was chosen because three years' use gives half the councils of every statement."""


def figure_of(figure: float, unit: str) -> str:
    """Write the figure of a statement: "10.6%" or "16"."""
    return percent(figure, 1) if unit == "share" else f"{figure:.0f}"


def bounds_of(low: float, high: float, unit: str) -> str:
    """Write the bounds of a statement: "9.5–11.0%" or "15–17"; two digits where one would hide them."""
    if unit != "share":
        return f"{low:.0f}–{high:.0f}"
    digits = 1 if round(low * 100, 1) == round(low * 100, 6) and round(high * 100, 1) == round(high * 100, 6) else 2
    return f"{low * 100:.{digits}f}–{high * 100:.{digits}f}%"
