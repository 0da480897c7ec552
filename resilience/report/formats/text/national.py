"""The national picture in words."""

from __future__ import annotations

import json

import pandas as pd

from resilience.analysis.national import COVID_JANUARIES, GROUPINGS, NAMES, NOW, OTHERS, THIRDS, National, national
from resilience.formatting import day, signed
from resilience.model.calibration import BANDS
from resilience.model.risk_set import AT_RISK
from resilience.model.scoring import ScoredDay
from resilience.report.formats.plain import plain
from resilience.report.formats.text.peers import DIGITS, wrapped
from resilience.report.wording.general import CANNOT_SEE, CLASS_PLURALS, SCORE_IS

#: How many terms are named each way between two days.
NAMED = 3
LEAST = 0.03
FIXED = (
    "By one fixed yardstick: today's model, medians and level, on the figures known each January, so only the figures "
    "move. (Reorganisation makes the councils fewer.)"
)
COVID = (
    "January 2022 and 2023 showed 31 March 2021 and 2022, when reserves held COVID grants paid ahead: the dip in risk "
    "there is theirs."
)
RATES = (
    "Income from investments rose nearly everywhere with Bank Rate from 2022; measured by today's medians that "
    "counts as more dependence than before, in a good year for savers too."
)
SECOND_HAND = (
    "From January 2026 the newest figures are second-hand and hold few lines: only reserves and interest can move, the "
    "rest is carried forward."
)
_TITLES = {"class": "By class", "region": "By region", "deprivation": "By deprivation (third of its tier)"}


def to_text(run: ScoredDay) -> str:
    """Return the national picture as text for a terminal."""
    picture = national(run=run)
    out = [f"The national picture, as of {day(run.as_of)}", "", *_table(picture), ""]
    limits = ", ".join(f"{name} {least:.0%} and over" for name, least in BANDS if least)
    out += wrapped(f"Bands by the chance within 24 months: {limits}. {FIXED}")
    out += [*wrapped(COVID), ""]
    for by in GROUPINGS:
        out += [f"{_TITLES[by]}: councils in the high and very high bands, or with an event already"]
        out += [*_grouped(picture, by), ""]
    out += ["What moved the figures (mean change of the log-odds, + worse)", *_drivers(picture), ""]
    out += wrapped(RATES) + wrapped(SECOND_HAND)
    out += wrapped(f"First events are counted to {day(picture.register_to)}, where the register ends.")
    out += wrapped(f"Chance: {SCORE_IS}.") + wrapped(CANNOT_SEE)
    return "\n".join(out) + "\n"


def _label(label: str) -> str:
    return "Now" if label == NOW else f"Jan {label}" + ("*" if label in COVID_JANUARIES else "")


def _table(picture: National) -> list[str]:
    form = "{:<10} {:>9} {:>7} {:>7} {:>7} {:>13} {:>10} {:>12}  {}"
    heads = ("", *NAMES, "event already", "not scored", "first events", "figures")
    out = [form.format(*heads)]
    years = picture.councils[picture.councils["status"] == AT_RISK].groupby("day")["outturn_year"]
    usual = years.agg(lambda values: values.mode().iloc[0])
    for label, row in picture.counts().iterrows():
        events = "" if label == NOW else _events_in(picture, int(str(label)))
        counts = [row[name] for name in (*NAMES, *OTHERS)]
        out.append(form.format(_label(str(label)), *counts, events, usual.get(label, "")))
    out.append("           first events: in the calendar year that begins with that January")
    return out


def _events_in(picture: National, year: int) -> str:
    return str(picture.events.at[year, "first_events"]) if year in picture.events.index else "–"


def _grouped(picture: National, by: str) -> list[str]:
    counts = picture.counts(by)
    days = list(dict.fromkeys(picture.councils["day"]))
    form = "  {:<26.26} " + "{:>9} " * len(days)
    out = [form.format("", *(_label(one) for one in days))]
    groups = THIRDS if by == "deprivation" else sorted(set(counts.index.get_level_values(0)))
    for group in groups:
        if group not in counts.index.get_level_values(0):
            continue
        rows = counts.loc[group]
        total = rows.sum(axis=1)
        cells = [
            f"{rows.at[one, 'high'] + rows.at[one, 'very high'] + rows.at[one, OTHERS[0]]}/{total[one]}" for one in days
        ]
        out.append(form.format(CLASS_PLURALS.get(group, group), *cells))
    return out


def _drivers(picture: National) -> list[str]:
    out = []
    names = {"upper": "upper tier", "lower": "districts"}
    for (since, until), rows in picture.drivers.groupby(["since", "until"], sort=False):
        for tier, label in names.items():
            part = rows[rows["tier"] == tier]
            total = part["change"].sum()
            worse = part[part["change"] >= LEAST].nlargest(NAMED, "change")
            better = part[part["change"] <= -LEAST].nsmallest(NAMED, "change")
            said = [f"{row.label.lower()} {signed(row.change)}" for row in (*worse.itertuples(), *better.itertuples())]
            head = f"  {_label(str(since)):>9} to {_label(str(until)):<9} {label:<10} {signed(total)}  "
            out += wrapped(head + (", ".join(said) or "little moved"), "", " " * len(head))
    return out


def to_json(run: ScoredDay) -> str:
    """Return the national picture as JSON."""
    picture = national(run=run)
    content: dict[str, object] = {
        "what": SCORE_IS,
        "as_of": str(run.as_of),
        "yardstick": FIXED,
        "notes": [COVID, RATES, SECOND_HAND],
        "register_to": picture.register_to,
        "bands": dict(BANDS),
        "counts": picture.counts().reset_index().to_dict("records"),
        "first_events": picture.events.reset_index().to_dict("records"),
        "drivers": picture.drivers.to_dict("records"),
    }
    for by in GROUPINGS:
        content[f"counts_by_{by}"] = picture.counts(by).reset_index().to_dict("records")
    return json.dumps(plain(content, DIGITS), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def to_csv(run: ScoredDay) -> str:
    """Return the counts as CSV: one row a grouping, group and day."""
    picture = national(run=run)
    tables = [picture.counts().reset_index().assign(grouping="all", group="England")]
    for by in GROUPINGS:
        tables.append(picture.counts(by).reset_index().rename(columns={by: "group"}).assign(grouping=by))
    table = pd.concat(tables)[["grouping", "group", "day", *NAMES, *OTHERS]]
    return table.to_csv(index=False, lineterminator="\n")
