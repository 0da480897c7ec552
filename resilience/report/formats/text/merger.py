"""A merger in words: what the new council would inherit, how it would stand, and how past mergers fared.

``python -m resilience.report.formats.text.merger`` writes docs/mergers.md.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from resilience.analysis.mergers.add_up import Part, merge_councils, merged_indicators, parts_of, read_share
from resilience.analysis.mergers.proposed import PAST_ERROR, MergedScore, score_merged
from resilience.analysis.place import AMOUNTS, council_amounts
from resilience.councils import resolve
from resilience.councils.proposals import Proposal, names
from resilience.councils.proposals import proposal as find_proposal
from resilience.errors import DataError
from resilience.formatting import chance, chance_range, closing_day, day, percent, pounds
from resilience.indicators.definitions import load_definitions
from resilience.indicators.known import carried_text
from resilience.method import run as run_pipeline
from resilience.model.scoring import ScoredDay
from resilience.report.formats.plain import plain
from resilience.report.formats.text.peers import DIGITS, standing, wrapped
from resilience.report.wording.general import CANNOT_SEE, SCORE_IS
from resilience.report.wording.indicators import figure, main_reasons, main_strengths
from resilience.tables.panel import load_panel

NO_SUCH = "No such council exists yet: this adds up what its predecessors published; nothing here is its own."
HOW_WIDE = (
    "The range is wider than a council's own: it adds how far the predecessors lie apart, and how far past successors' "
    f"own first figures lay from their predecessors' ({PAST_ERROR:g} in log-odds; docs/mergers.md)."
)
SUPPORT = (
    "had exceptional support, a notice or an intervention already. Support refills reserves, and the chance does not "
    "count what led to it. All three councils formed since 2019 from one with such an event had one themselves "
    "(docs/mergers.md)."
)


@dataclass(frozen=True)
class Merger:
    """Everything a page on a merger is made from."""

    name: str
    parts: tuple[Part, ...]
    indicators: pd.DataFrame
    score: MergedScore
    brings: pd.DataFrame
    proposal: Proposal | None = None


def merger(
    run: ScoredDay,
    codes: Sequence[str],
    name: str,
    *,
    shares: dict[str, float] | None = None,
    proposal: Proposal | None = None,
) -> Merger:
    """Work a merger out; see ``merge.merge_councils``."""
    panel = run.known_panel
    parts = parts_of(panel, codes, shares)
    rows = merge_councils(panel, codes, name, shares=shares)
    indicators = merged_indicators(rows, run.indicators)
    score = score_merged(run, indicators, parts)
    return Merger(name, tuple(parts), indicators, score, brings(run, parts), proposal)


def asked(
    councils: Sequence[str], name: str | None, proposal: str | None, shares: Sequence[str], as_of: date | None
) -> tuple[ScoredDay, Merger]:
    """Work out the merger that a command asks for.

    Raises
    ------
    DataError
        If it names neither two councils with a name nor a proposal, or both; see also ``merge.parts_of``.
    """
    if proposal and councils:
        raise DataError("Give either councils or --proposal, not both.")
    if not proposal and not councils:
        raise DataError("Name the councils to be merged and --name for the new one, or give --proposal.")
    given = dict(read_share(text) for text in shares)
    plan = find_proposal(proposal) if proposal else None
    codes = list(plan.codes) if plan else [resolve(one) for one in councils]
    if not plan and not name:
        raise DataError("Give the new council a name with --name.")
    parts_of(load_panel(), codes, {**(plan.shares if plan else {}), **given})
    run = run_pipeline(as_of)
    shares_of = {**(plan.shares if plan else {}), **given}
    return run, merger(run, codes, name or (plan.name if plan else ""), shares=shares_of, proposal=plan)


def brings(run: ScoredDay, parts: Sequence[Part]) -> pd.DataFrame:
    """Return what each predecessor brings, £ thousand, after its share is taken; the last figure known of each.

    Returns
    -------
    DataFrame
        Index code; ``council, share, how, standing``, and the amounts of ``place.AMOUNTS`` with ``…_year``.
    """
    table = council_amounts(run, [part.ons_code for part in parts])
    shares = [part.share for part in parts]
    table[list(AMOUNTS)] = table[list(AMOUNTS)].mul(shares, axis=0)
    table["share"], table["how"] = shares, [part.how for part in parts]
    table["standing"] = [standing(run, part.ons_code) for part in parts]
    years = [f"{name}_year" for name in AMOUNTS]
    return table[["council", "share", "how", "standing", *AMOUNTS, *years]]


def to_text(run: ScoredDay, one: Merger) -> str:
    """Return a merger as text for a terminal."""
    score = one.score
    out = [f"{one.name}: what it would inherit, as of {day(run.as_of)}", *wrapped(NO_SUCH), ""]
    if one.proposal:
        what = f"{one.proposal.area}: {one.proposal.status} ({one.proposal.decision_date}), "
        out += wrapped(what + f"vesting {one.proposal.vesting_date}.")
        out += [line for text in one.proposal.assumptions for line in wrapped(f"! {text}.", "", "  ")]
        out.append("")
    form = "{:<26.26} {:>6} {:>10} {:>10} {:>10} {:>10} {:>11} {:>9}  {}"
    heads = ("Brings", "share", "spending", "reserves", "unalloc.", "interest", "gross debt", "SEND def.", "chance now")
    out.append(form.format(*heads))
    for _, row in one.brings.iterrows():
        out.append(form.format(row["council"], percent(row["share"], 0), *_amounts(row), row["standing"]))
    out.append(form.format("Together", "", *together(one).values(), ""))
    out += wrapped(f"Each figure is the last published: {_years(one.brings)}. > at least: a figure is missing.")
    out += ["", *_assessment(run, one), ""]
    happened = score.predecessors[score.predecessors["event"].notna()]
    if len(happened):
        out += wrapped(f"! {' and '.join(happened['council'])} {SUPPORT}", "", "  ")
    out += wrapped(HOW_WIDE)
    out += wrapped(_split_words(one.parts))
    out += wrapped(f"Chance: {SCORE_IS}.") + wrapped(CANNOT_SEE)
    if one.proposal:
        out += wrapped(f"Sources ({len(one.proposal.sources)}): data/processed/proposals.csv, or --format json.")
    return "\n".join(out) + "\n"


_WHAT = ("spending", "reserves", "unallocated", "interest", "debt", "dsg_deficit")


def together(one: Merger) -> dict[str, str]:
    """Return what a new council would have in all, in words; ">" where a predecessor's figure is missing."""
    said = {}
    for what in _WHAT:
        # A district has no schools grant: nothing is missing there.
        needed = sum(part.class_ != "SD" for part in one.parts) if what == "dsg_deficit" else len(one.parts)
        total, least = (one.brings[what].sum(min_count=count) for count in (max(1, needed), 1))
        said[what] = pounds(total) if not np.isnan(total) else ">" + pounds(least) if least > 0 else "–"
    return said


def _amounts(row: pd.Series) -> list[str]:
    return ["–" if np.isnan(row[what]) else pounds(row[what]) for what in _WHAT]


def _years(table: pd.DataFrame) -> str:
    labels = dict(zip(_WHAT, ("spending", "reserves", "unallocated", "interest", "debt", "SEND deficit"), strict=True))
    parts = []
    for what, label in labels.items():
        years = sorted({int(year) for year in table[f"{what}_year"].dropna()})
        if years:
            span = f"{years[0]}" if len(years) == 1 else f"{years[0]} to {years[-1]}"
            parts.append(f"{label} of years ending {span}")
    return ", ".join(parts)


def _split_words(parts: Sequence[Part]) -> str:
    split = [part for part in parts if part.how != "whole"]
    if not split:
        return "Every predecessor comes whole."
    named = ", ".join(f"{part.council} {percent(part.share, 1)} ({part.how})" for part in split)
    return f"Not whole: {named}. Change a share with --share COUNCIL=0.45."


def _assessment(run: ScoredDay, one: Merger) -> list[str]:
    score = one.score
    out = wrapped(
        f"As of {closing_day(int(score.known['year']))}: chance {chance(score.risk)} "
        f"(90 % range {chance_range(score.risk_low, score.risk_high)}), band {score.band}; it would rank "
        f"{score.place} among the {score.of} councils at risk."
    )
    raises, lowers = main_reasons(score.scored, score.code), main_strengths(score.scored, score.code)
    out += wrapped("Raises it: " + ("; ".join(raises) or "nothing stands out") + ".")
    out += wrapped("Lowers it: " + ("; ".join(lowers) or "nothing stands out") + ".")
    shown = ("reserves_ratio", "unallocated_ratio", "debt_servicing_ratio", "gross_debt_ratio", "social_care_share")
    known = load_definitions()
    figures = [
        f"{known[name].label.lower()} {figure(name, float(score.known[name]))}"
        for name in shown
        if pd.notna(score.known.get(name))
    ]
    out += wrapped("Together: " + ", ".join(figures) + " (of net spending).")
    tier = run.table[run.table["tier"] == score.known["tier"]]["gross_debt_ratio"].dropna()
    debt = float(score.known["gross_debt_ratio"])
    if debt > tier.quantile(0.9):
        out += wrapped(
            f"! Its gross debt against net spending would be higher than that of {int((tier < debt).sum())} of the "
            f"{len(tier)} councils of its tier.",
            "",
            "  ",
        )
    return out


def to_json(run: ScoredDay, one: Merger) -> str:
    """Return a merger as JSON."""
    score = one.score
    content = {
        "what": SCORE_IS,
        "note": NO_SUCH,
        "exists": False,
        "name": one.name,
        "as_of": str(run.as_of),
        "figures_of": score.known["outturn_year"],
        "carried": carried_text(score.scored.known.carried(score.code)),
        "risk": score.risk,
        "risk_low": score.risk_low,
        "risk_high": score.risk_high,
        "band": score.band,
        "rank_would_be": score.place,
        "at_risk": score.of,
        "predecessors_apart": score.between,
        "past_error": PAST_ERROR,
        "brings": one.brings.reset_index().to_dict("records"),
        "predecessors": score.predecessors.assign(event=score.predecessors["event"].astype("string"))
        .reset_index(names="ons_code")
        .to_dict("records"),
        "indicators": {
            name: float(score.known[name])
            for name in one.indicators.select_dtypes("number").columns
            if name != "year" and pd.notna(score.known.get(name))
        },
        "contributions": score.scored.contributions.iloc[0].to_dict(),
        "proposal": None
        if one.proposal is None
        else {
            "area": one.proposal.area,
            "status": one.proposal.status,
            "vesting_date": one.proposal.vesting_date,
            "assumptions": one.proposal.assumptions,
            "sources": one.proposal.sources,
        },
    }
    return json.dumps(plain(content, DIGITS), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def proposals_text() -> str:
    """Return the list of new councils decided or proposed, and the areas whose make-up is not stated."""
    table = names()
    stated, open_ = table[table["predecessors"] > 0], table[table["predecessors"] == 0]
    out = ["New councils whose make-up is stated (resilience merge --proposal NAME):", ""]
    out += [
        f"  {row.new_authority:<34} {row.area:<12} {row.status:<9} {row.vesting_date}" for row in stated.itertuples()
    ]
    areas = sorted(set(open_["area"]) - set(stated["area"]))
    out += ["", *wrapped("Make-up not stated in the sources at hand: " + "; ".join(areas) + ".")]
    out += wrapped("The table is incomplete: decisions of July 2026 and later were found for three areas only.")
    return "\n".join(out) + "\n"
