"""The scoreboard in words: what a frozen list is, what came of each, and how little few events decide."""

from __future__ import annotations

from math import isnan

from resilience.backtest.betting import CLIP, NEEDED, STRENGTH, Bet
from resilience.backtest.frozen import MODEL
from resilience.backtest.scoreboard import RESERVES, ListScore
from resilience.formatting import counted, day, listed

TITLE = "The scoreboard of frozen lists"
INTRODUCTION = (
    "A frozen list is kept with its checksum from the day it was frozen, so that any later change shows. Here each is "
    "set against the first events that came after its day, beside other people's rules, which ranked the same "
    "councils on the same day. No model is tuned on what is shown here."
)
#: The columns "first 10" and so on.
FIRST = (
    "“First 10”: first events among the ten councils ranked highest; likewise 20, 30 and 50. The rules are as that "
    "version had them."
)
BETS = (
    "Of two rankings, one bets against the other. Both are turned into chances in the same way, fixed once and free "
    f"of any level: p of a council is proportional to exp({STRENGTH:g} × normal score of its rank) among the councils "
    f"at risk at that moment. An event pays p of the one over p of the other, at most {CLIP:g} times and at least 1 in "
    f"{CLIP:g}, then divided by what it was expected to pay, so that the bet is fair: were the other ranking's chances "
    "right, nothing would be expected to be won. Shown is how many times the stake would have been won, the mean over "
    f"stakes of a tenth to the whole. The claim to be better needs {NEEDED:g} times. Events of one day are one round, "
    "taken as one draw of so many councils; the bet does not allow for several councils being chosen by "
    "one decision."
)
EVENTS = "Ranks are among the councils at risk on the day of the list; 1 is the most at risk."
#: Fewer events than this decide nothing between two rankings: even so many miss a difference of 0.09 in AUC one time in
#: five.
ENOUGH = 42


def title(score: ListScore) -> str:
    """Name a list: "The list of 1 January 2026, by version 0.1.0"."""
    return f"The list of {day(score.frozen.as_of)}, by version {score.frozen.version}"


def came(score: ListScore) -> str:
    """Say what has come after a list: "10 to 31 October 2026", "nothing has come yet"."""
    return f"{len(score.events)} to {day(score.until)}" if len(score.events) else "nothing has come yet"


def nothing_yet(score: ListScore) -> str:
    """Say that nothing has come after a list, and why not."""
    if not score.begun:
        why = f"the register of events ends on {day(score.until)}, before the list's day"
    else:
        why = f"the register knows of no first event up to {day(score.until)} at a council it ranks"
    return f"{title(score)}: nothing has come yet; {why}. {_before(score)}".strip()


def verdict(score: ListScore) -> str:
    """Say how a list did beside the plain reserves ranking, what that decides, and how it came about; paragraphs."""
    count = len(score.events)
    first = f"{counted(count, 'first event')} came to {day(score.until)}, among {score.at_risk} councils"
    did, claim = [f"{first} at risk."], ""
    if RESERVES in score.measures.index:
        did += [_beside_reserves(score), _decides(score)]
        claim = _claim(score.bets[RESERVES], score.bets_back[RESERVES])
    left = ""
    if score.unranked:
        left = f"First events at councils it gives no rank, not counted: {listed(list(score.unranked))}."
    about = [left, _before(score), str(score.frozen.facts["note"]), FIRST]
    return "\n\n".join(part for part in (" ".join(did), claim, " ".join(one for one in about if one)) if part)


def _beside_reserves(score: ListScore) -> str:
    ours, theirs = score.measures.loc[MODEL], score.measures.loc[RESERVES]
    signs = {bool(ours[one] > theirs[one]) - bool(ours[one] < theirs[one]) for one in ("auc", "hits_30")} - {0}
    how = {1: "better than", -1: "worse than"}[signs.pop()] if len(signs) == 1 else "about as well as"
    known_before = int((~score.events["blind"]).sum())
    test = "On its blind test" if not known_before else "On events some of which its makers already knew (so no test)"
    upper = f", among the upper tier {ours['auc_upper_tier']:.2f} against {theirs['auc_upper_tier']:.2f}"
    return (
        f"{test}, this list did {how} ranking by reserves alone: AUC {ours['auc']:.2f} against {theirs['auc']:.2f}"
        f"{'' if isnan(ours['auc_upper_tier']) else upper}; "
        f"{ours['hits_30']:.0f} against {theirs['hits_30']:.0f} of {len(score.events)} among the first 30."
    )


def _decides(score: ListScore) -> str:
    """Say how little so many events decide between two rankings."""
    count, days = len(score.events), score.events["date"].nunique()
    least = score.measures.at[RESERVES, "detectable"]
    if count >= ENOUGH:
        return f"So many find a difference of {least:.2f} in AUC 4 times in 5."
    same = ", all of one day," if days == 1 and count > 1 else ""
    said = f"{counted(count, 'event')}{same} {'does' if count == 1 else 'do'} not settle"
    found = "" if isnan(least) else f": with so few, a difference in AUC smaller than {least:.2f} would often be missed"
    return f"{said} which of two rankings is better{found}."


def _claim(ours: Bet, back: Bet) -> str:
    """Say where the claim to be better than reserves stands, and the opposite."""
    stands = "is met" if ours.enough else "is not met"
    text = (
        f"The claim “better than reserves” needs {NEEDED:g} times the stake in the bet below and {stands} "
        f"({won(ours.won)}); bet the other way, reserves against this list would have won {won(back.won)} times"
    )
    one = f", and {won(back.without_best)} times without the one council that paid most"
    return text + (one if back.enough else "") + "."


def _before(score: ListScore) -> str:
    names = score.had_event
    if not names:
        return ""
    return f"Left out, as they had had their first event before its day, which the list did not know: {listed(names)}."


def won(times: float) -> str:
    """Write what a bet won: "0.31", "8.1", "94"."""
    return f"{times:.2f}" if times < 0.995 else f"{times:.1f}" if times < 9.95 else f"{times:,.0f}"
