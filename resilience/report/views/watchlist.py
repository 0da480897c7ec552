"""The watch list: every council in being, ranked, or with the reason why it is not."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import date
from io import StringIO
from typing import TYPE_CHECKING, Any

import pandas as pd

from resilience import __version__
from resilience.errors import DataError
from resilience.formatting import chance, chance_range, day
from resilience.indicators.known import carried_text
from resilience.model.calibration import BANDS
from resilience.model.risk_set import AT_RISK, EVENT_ALREADY, NOT_SCORABLE
from resilience.model.scoring import ScoredDay
from resilience.report.wording.general import CANNOT_SEE, SCORE_IS, SEVERE_IS
from resilience.report.wording.indicators import main_reasons

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

COLUMNS = (
    "ons_code",
    "council",
    "class",
    "region",
    "status",
    "rank",
    "risk",
    "risk_low",
    "risk_high",
    "band",
    "outturn_year",
    "source_kind",
    "carried",
    "event_date",
    "event_type",
    "built",
    "flags",
    "main_reasons",
)
#: How many councils a sector body can ring in a month.
CAPACITY = 30
#: From this many characters a line on, the reasons have a column of their own.
WIDE = 130


def table(run: ScoredDay, *, classes: list[str] | None = None) -> pd.DataFrame:
    """Return the watch list as a frame, one row a council in being.

    Parameters
    ----------
    run : ScoredDay
    classes : list of str, optional
        Only these classes; ranks stay those of the whole list.

    Returns
    -------
    DataFrame
        The columns of ``COLUMNS``; ``risk`` as fractions, missing for councils that are not at risk of a first event
        or cannot be scored, whose ``status`` says which.

    Raises
    ------
    DataError
        If a class is none of the five.
    """
    scores = run.table
    wanted = {name.upper() for name in classes or []}
    unknown = wanted - {"UA", "MD", "LB", "SC", "SD"}
    if unknown:
        raise DataError(f"'{sorted(unknown)[0]}' is no class of council; choose among UA, MD, LB, SC, SD.")
    if wanted:
        scores = scores[scores["class"].isin(wanted)]
    reasons = [
        "; ".join(main_reasons(run, code)) if row["status"] == AT_RISK else _why_not(row)
        for code, row in zip(scores.index, scores.to_dict("records"), strict=True)
    ]
    asked = {term.indicator for term in run.model.terms}
    carried = [carried_text(run.known.carried(code, asked)) for code in scores.index]
    result = scores.reset_index().assign(main_reasons=reasons, carried=carried)
    result["event_date"] = pd.to_datetime(result["event_date"]).dt.strftime("%Y-%m-%d")
    for name in ("outturn_year", "source_kind", "carried", "flags", "event_date", "event_type"):
        result[name] = result[name].fillna("")
    return result[list(COLUMNS)]


def _why_not(row: Mapping[str, Any]) -> str:
    if row["status"] == EVENT_ALREADY:
        kinds = {"s114_notice": "section 114 notice", "efs": "exceptional financial support"}
        kind = kinds.get(row["event_type"], "statutory intervention")
        return f"{kind} known from {day(row['event_date'])}; a second spell of distress is not modelled yet"
    return "no complete return in the last four years"


def chance_of(run: ScoredDay) -> str:
    """Say what the list's chance is the chance of, by the outcome asked for."""
    return SEVERE_IS if run.model.outcome == "severe" else SCORE_IS


def _councils(n: int) -> str:
    return f"{n} council{'' if n == 1 else 's'}"


def notes(run: ScoredDay) -> list[str]:
    """Return what a reader of the list must know, one sentence each."""
    scores = run.table
    at_risk = scores[scores["status"] == AT_RISK]
    years = at_risk["outturn_year"].value_counts().sort_index(ascending=False)
    result = [
        f"The score is {chance_of(run)}.",
        CANNOT_SEE,
        "Figures: " + ", ".join(f"{_councils(n)} on {year}" for year, n in years.items()) + ".",
    ]
    second_hand = at_risk["source_kind"].eq("interim")
    if second_hand.any():
        result.append(
            f"{int(second_hand.sum())} of them rest on second-hand figures (* beside the year) until the original "
            "publication is read; lines these lack are carried forward from the council's last original return."
        )
    if run.as_of > date.today():
        result.append(
            "This day is still to come: figures and events that become known until then are not in it, and councils "
            "whose newest return will be too old by then are left out."
        )
    if not run.events.reaches(run.as_of):
        result.append(
            f"The register of events ends on {day(run.events.until)}: support agreed or notices issued since "
            "then are not in it, so some councils shown as at risk may have had an event already."
        )
    rate = run.base_rate
    result.append(
        f"Base rate: {rate.events} first event{'' if rate.events == 1 else 's'} in the twelve months to "
        f"{day(rate.end)}; "
        f"{run.expected:.0f} expected among the {_councils(len(at_risk))} at risk in the next "
        f"{run.model.horizon} months."
    )
    return result


def to_csv(frame: pd.DataFrame) -> str:
    """Return the list as CSV; no cell begins with a sign that a spreadsheet would take for a formula."""
    out = frame.copy()
    for name in ("risk", "risk_low", "risk_high"):
        out[name] = out[name].map(lambda value: "" if pd.isna(value) else f"{value:.4f}")
    for name in out.select_dtypes(include=["object", "string"]).columns:
        out[name] = out[name].map(safe_cell)
    return out.to_csv(index=False, lineterminator="\n")


def safe_cell(value: object) -> object:
    """Keep a spreadsheet from reading text as a formula."""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return "'" + value
    return value


def to_json(run: ScoredDay, frame: pd.DataFrame) -> str:
    """Return the list as JSON, in the form of ``docs/schemas/watchlist.schema.json``."""
    records = []
    for row in frame.to_dict("records"):
        clean: dict[str, Any] = {name: (None if pd.isna(value) else value) for name, value in row.items()}
        clean["rank"] = None if clean["rank"] is None else int(clean["rank"])
        clean["built"] = bool(clean["built"])
        for name in ("risk", "risk_low", "risk_high"):
            clean[name] = None if clean[name] is None else round(float(clean[name]), 6)
        clean["main_reasons"] = [part for part in clean["main_reasons"].split("; ") if part]
        records.append(clean)
    content = {
        "what": chance_of(run),
        "as_of": str(run.as_of),
        "outcome": run.model.outcome,
        "horizon_months": run.model.horizon,
        "register_to": str(run.events.until),
        "expected_first_events": round(float(run.expected), 2),
        "notes": notes(run),
        "version": __version__,
        "councils": records,
    }
    return json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def to_terminal(run: ScoredDay, frame: pd.DataFrame, *, width: int | None = None, every: bool = False) -> str:
    """Return the list as text for a terminal: the top of the ranking, then how many stand elsewhere and why."""
    from rich.console import Console
    from rich.text import Text

    at_risk = frame[frame["status"] == AT_RISK]
    shown = at_risk if every else at_risk.head(CAPACITY)
    buffer = StringIO()
    colour = sys.stdout.isatty()
    console = Console(file=buffer, width=width, force_terminal=colour, highlight=False)
    console.print(Text(f"Watch list as of {day(run.as_of)}", style="bold" if colour else ""))
    console.print(f"Chance shown: {chance_of(run)}.\n")
    if console.width >= WIDE:
        console.print(_grid(shown, colour=colour))
    else:
        console.print(_narrow(shown, console.width, colour=colour))
    if len(shown) < len(at_risk):
        console.print(f"… and {len(at_risk) - len(shown)} more at risk, ranked lower (--all shows them).")
    for status in (EVENT_ALREADY, NOT_SCORABLE):
        rows = frame[frame["status"] == status]
        if len(rows):
            names = ", ".join(
                f"{row['council']} ({row['event_date'][:7]})" if row["event_date"] else row["council"]
                for _, row in rows.sort_values("council").iterrows()
            )
            console.print(Text(f"\n{status.capitalize()} ({len(rows)}): {names}."))
    bands = at_risk["band"].value_counts()
    limits = {name: f"{name} ({least:.0%} and over)" if least else name for name, least in BANDS}
    console.print("\nBands: " + ", ".join(f"{limits[name]} {bands.get(name, 0)}" for name, _ in BANDS) + ".")
    for note in notes(run)[1:]:
        console.print(note)
    return buffer.getvalue()


_BAND_STYLE = {"very high": "bold red", "high": "red", "raised": "yellow", "low": "green"}


def _cells(row: pd.Series) -> list[str]:
    return [
        str(row["rank"]),
        row["council"],
        row["class"],
        chance(row["risk"]),
        chance_range(row["risk_low"], row["risk_high"]),
        row["band"],
        row["outturn_year"] + ("*" if row["source_kind"] == "interim" else ""),
    ]


def _grid(shown: pd.DataFrame, *, colour: bool) -> Table:
    """Lay the list out for a wide terminal, the reasons in a column of their own."""
    from rich.table import Table
    from rich.text import Text

    grid = Table(box=None, pad_edge=False, header_style="bold" if colour else "", expand=True)
    for name, justify in zip(_HEADINGS, ("right", "left", "left", "right", "right", "left", "left"), strict=True):
        grid.add_column(name, justify=justify, no_wrap=name != "Council")  # type: ignore[arg-type]
    grid.add_column("Main reasons", ratio=1)
    for _, row in shown.iterrows():
        cells = [Text(cell) for cell in _cells(row)]
        if colour:
            cells[5].stylize(_BAND_STYLE[row["band"]])
        grid.add_row(*cells, Text(row["main_reasons"] or "nothing stands out"))
    return grid


_HEADINGS = ("Rank", "Council", "Class", "Chance", "90 % range", "Band", "Figures")


def _narrow(shown: pd.DataFrame, width: int, *, colour: bool) -> Text:
    """Lay the list out for a narrow terminal, the reasons under each council."""
    import textwrap

    from rich.text import Text

    form = "{:>4}  {:<26.26} {:<5} {:>7} {:>10}  {:<9} {}"
    result = Text(form.format(*_HEADINGS) + "\n", style="bold" if colour else "")
    for _, row in shown.iterrows():
        line = Text(form.format(*_cells(row)) + "\n")
        if colour:
            line.highlight_words([row["band"]], style=_BAND_STYLE[row["band"]])
        reasons = textwrap.fill(
            (row["main_reasons"] or "nothing stands out").replace(" %", "\u00a0%"),
            width - 1,
            initial_indent=" " * 6,
            subsequent_indent=" " * 6,
        )
        result += line + Text(reasons + "\n", style="dim" if colour else "")
    return result
