"""What a council's score rests on and cannot see, and the flags on its figures, in sentences."""

from __future__ import annotations

from resilience.analysis.explain import Explanation
from resilience.councils import council as facts_of
from resilience.formatting import day, listed, pounds
from resilience.report.wording.general import CANNOT_SEE
from resilience.tables.checks import MEANING

_FLAGS = {
    "jump_nre": "net revenue expenditure moved far more since the year before than is usual in its class",
    "jump_reserves": "reserves moved far more since the year before than is usual in its class",
    "jump_interest": "interest payable moved far more since the year before than is usual in its class",
    "small_denominator": "net revenue expenditure is too small to divide by, so ratios are left out",
}


def cannot_see(why: Explanation) -> list[str]:
    """Say what the figures behind a council's score cannot tell, in general and of this council."""
    said, limits = [CANNOT_SEE], why.limits
    scored = why.contributions["log_odds"].notna().any()
    if limits.years:
        kinds = [
            word
            for word, there in (
                ("; those from second-hand tables are marked", limits.second_hand),
                ("; some are exact figures transcribed from a republication", limits.transcribed),
            )
            if there
        ]
        count = sum(n for _, n in limits.years)
        said.append(
            ("The score rests on figures of " if scored else "The figures here are of ")
            + listed([f"{year} ({n} of {count})" for year, n in limits.years])
            + "".join(kinds)
            + (". Lines they lack are the council's own last published ones." if kinds else ".")
        )
    if limits.cut_off:
        said.append(
            f"Further from the median than the model counts: {listed(limits.cut_off)}. It cuts off at three spreads, "
            "as it has hardly seen such figures."
        )
    if limits.rebased:
        said.append(
            "Net revenue expenditure has moved by more than a third since the year of "
            f"{listed([f'{label} ({year})' for label, year in limits.rebased])}. The score divides these amounts by "
            "the newest net revenue expenditure; the table of figures divides them by their own year's."
        )
    if limits.predecessors:
        names = listed([facts_of(one).council for one in limits.predecessors])
        said.append(f"Years before it began are added up from {names}.")
    if limits.register_end:
        end = day(limits.register_end)
        said.append(f"The register of events ends on {end}: anything announced since is not included.")
    if limits.unlike:
        said.append(
            "This council's duties and sources of income are unlike any other's; treat every comparison with care."
        )
    return said


def flags(why: Explanation) -> list[str]:
    """Say the flags of the years that a score and its sentences rest on, a sentence a year, the newest first."""
    told = [(year, flag_words(codes)) for year, codes in why.flags]
    return [f"{year}: {'; '.join(words)}." for year, words in told if words]


def flag_words(text: str) -> list[str]:
    """Say a row's flags (of ``quality``) in plain words, each with its amount in pounds where it has one."""
    words = []
    for item in filter(None, text.split(";")):
        code, _, amount = item.partition("=")
        said = _FLAGS.get(code) or MEANING.get(code, code.replace("_", " "))
        in_pounds = "£ thousand" in said
        said = said.replace(" (difference, £ thousand)", "").replace(" (£ thousand)", "")
        words.append(f"{said}, by {pounds(float(amount))}" if amount and in_pounds else said)
    return words
