"""What a council's score rests on and cannot see, and the flags on its figures, in sentences."""

from __future__ import annotations

from datetime import date

import pandas as pd

from resilience.councils import council as facts_of
from resilience.councils.lineage import lineage_of
from resilience.evidence import BACK, Figures
from resilience.history import Background
from resilience.indicators.groups import UNLIKE_OTHERS
from resilience.report.words import CANNOT_SEE, day
from resilience.riskset import AT_RISK, EVENT_ALREADY
from resilience.sentences import flag_words, listed, when


def status_text(code: str, row: pd.Series, as_of: date, events: pd.DataFrame) -> str:
    """Say a council's status on a day in a sentence."""
    if row["status"] == AT_RISK:
        return f"At risk of a first event: none was known by {day(as_of)}."
    if row["status"] == EVENT_ALREADY:
        same = events[(events["ons_code"] == code) & (events["known"] == row["event_date"]) & events["distress"]]
        text = str(same["date"].iloc[0]) if len(same) else str(row["event_date"].date())
        said = f"{'on ' if len(text) == 10 else 'in '}{when(text, row['event_date'])}"
        return (
            f"Its first event was announced {said}. The score is the chance of a first event, so none is "
            "given; a second spell of distress is not modelled yet. Its figures are shown all the same."
        )
    return (
        "Cannot be scored: no complete return was published for the last four years. No chance is given, and none "
        "is guessed from other councils."
    )


def cannot_see(shared: Background, code: str, parts: pd.DataFrame) -> tuple[str, ...]:
    """Say what the figures behind a council's score cannot tell, in general and of this council."""
    said = [CANNOT_SEE]
    scored = parts["log_odds"].notna().any()
    used = parts[parts["applies"] & (parts["outturn_year"] != "")]
    if len(used):
        years = used["outturn_year"].value_counts().sort_index(ascending=False)
        said.append(
            ("The score rests on figures of " if scored else "The figures here are of ")
            + listed([f"{year} ({n} of {len(used)})" for year, n in years.items()])
            + (
                "; those from second-hand tables are marked, and lines these lack are the council's own last "
                "published ones."
                if used["second_hand"].any()
                else "."
            )
        )
    limits = [str(label) for label in parts.loc[parts["at_limit"], "label"]]
    if limits:
        said.append(
            f"So far from the median that more would not count: {listed(limits)}. The model cuts off at three spreads, "
            "as it has hardly seen such figures."
        )
    older = lineage_of(code)
    if older and shared.figures.own(code)["built"].any():
        names = listed([facts_of(one).council for one in older])
        said.append(f"Years before it began are added up from {names}.")
    end = shared.run.events.attrs["to"]
    if pd.Timestamp(shared.run.as_of) > pd.Timestamp(end) + pd.Timedelta(days=1):
        said.append(f"The register of events ends on {day(end)}: whatever was announced since then is not known here.")
    if code in UNLIKE_OTHERS:
        said.append("This council's duties and sources of income are unlike any other's; read every comparison so.")
    return tuple(said)


def flags_said(figures: Figures, code: str, row: pd.Series) -> tuple[str, ...]:
    """Return the flags of the years that the score and its sentences rest on, the newest first."""
    own = figures.own(code)
    newest = row["year"] if pd.notna(row["year"]) else own.index.max()
    own = own[own.index >= newest - BACK].iloc[::-1]
    return tuple(
        f"{year}: {'; '.join(words)}."
        for year, words in zip(own["outturn_year"], own["flags"].map(flag_words), strict=True)
        if words
    )
