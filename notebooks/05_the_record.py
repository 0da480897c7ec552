# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 5. The record: how the first model failed its blind test, and what was learnt
#
# Release 0.1.0 had a model of ten terms and a good record over past Januaries. Then came a year that nobody had seen, and
# a ranking by one ratio did better. This notebook tells that first; then what an independent look at the record found; and
# then the record of the second model, read as it should have been read from the start: closed origins first, beside designs
# that nobody chose, beside the smallest difference that so few events can show.
#
# **Few draws.** The intervals here come from 100 bootstrap draws over councils, so that the notebook runs in minutes; the
# record in `docs/record.json` has many more. The figures themselves are the same, the ends of the intervals about so.

# %%
import numpy as np
import pandas as pd
from shown import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    OUTTURN,
    RED,
    REGISTER,
    SKY,
    bar,
    canvas,
    draw,
    per_cent,
    say,
    table,
)

import resilience
from resilience.backtest.betting import NEEDED
from resilience.backtest.blind_year import DAY
from resilience.backtest.first_release import NAME
from resilience.backtest.frozen import MODEL, frozen_lists
from resilience.backtest.full import full_record
from resilience.backtest.rivals import UPPER_FIRST, rivals
from resilience.backtest.scoreboard import score_list
from resilience.backtest.studies import missed
from resilience.backtest.summaries import bands_record, best_of, by_group, lead_times
from resilience.formatting import day, percent
from resilience.report.views.record_beside import ordered
from resilience.report.wording.record_beside import DESIGNS, LINES

indicators = resilience.compute_indicators(resilience.load_panel())
events = resilience.load_events()
SOURCE = f"{OUTTURN}; {REGISTER}"
PLAIN = "reserves_rank"
labels = {one.name: one.label for one in rivals()} | {
    "prior alone": "this model's prior, nothing learnt",
    NAME: f"release {NAME}",
}
in_lines = pd.Series(labels).str.wrap(46)

# %% [markdown]
# ## The blind test
#
# On 1 January 2026 release 0.1.0 knew no event after 31 December 2025, and the rules of others are older. So the first events
# of 2026 are a test that neither could have been fitted to. Its list, and each rule's, as they stood on the day:

# %%
first_list = next(one for one in frozen_lists() if (one.as_of, one.version) == (DAY, NAME))
blind = score_list(first_list, events, draws=500)
lists = blind.measures.rename(index={MODEL: NAME})
shown = lists[[not one.endswith(UPPER_FIRST) or one.startswith(PLAIN) for one in lists.index]]
shown = shown.sort_values("auc", ascending=False)
columns = {"auc": "AUC", "auc_low": "90% from", "auc_high": "to", "auc_upper_tier": "AUC, upper tier"} | {
    f"hits_{count}": f"in top {count}" for count in (10, 20, 30, 50)
}
table(
    shown[list(columns)].rename(index=labels, columns=columns),
    title=f"The list of {day(blind.frozen.as_of)}: {blind.at_risk} councils at risk, {len(blind.events)} first events by "
    f"{day(blind.until)}",
    source=f"{SOURCE}; reports/frozen; rules in docs/rivals.md",
    formats=dict.fromkeys(list(columns.values())[:4], "{:.2f}".format)
    | dict.fromkeys(list(columns.values())[4:], "{:.0f}".format),
)
less = lists.loc[PLAIN]
say(
    f"**{NAME} had AUC {lists.at[NAME, 'auc']:.2f}, plain reserves {less['auc']:.2f}**; in the top thirty stood "
    f"{lists.at[NAME, 'hits_30']:.0f} and {less['hits_30']:.0f} of the {len(blind.events)}. AUC is the chance that a "
    "council with an event stood higher than one without: one half is a coin, one is perfect."
)

# %%
drawn = shown[::-1]
figure, (axis,) = canvas(7.6, 4.2)
spots, own = np.arange(len(drawn)), (drawn.index == NAME)
axis.hlines(spots, drawn["auc_low"], drawn["auc_high"], color=GREY, linewidth=3, alpha=0.6)
axis.plot(drawn["auc"][~own], spots[~own], "o", color=BLUE, label="rules")
axis.plot(drawn["auc"][own], spots[own], "D", color=RED, markersize=8, label=f"model of {NAME}")
axis.axvline(0.5, color=BLACK, linewidth=0.8, linestyle="--")
axis.set_yticks(spots, in_lines[drawn.index], fontsize=8)
axis.set_xlabel("AUC with 90% interval (dashed: a coin)")
axis.legend(loc="upper left", bbox_to_anchor=(0, 0.75))
draw(
    figure,
    f"AUC of each list on the first events of 2026 with wide intervals; the model of {NAME} below most rules.",
    source=SOURCE,
)

# %% [markdown]
# Council by council: where each of the councils with an event had stood, by the model of 0.1.0 and by plain reserves.

# %%
came = blind.events.sort_values(PLAIN, ascending=False)
figure, (axis,) = canvas(7.2, 3.2)
spots = np.arange(len(came))
axis.hlines(spots, came[[MODEL, PLAIN]].min(axis=1), came[[MODEL, PLAIN]].max(axis=1), color=GREY, linewidth=1)
axis.plot(came[MODEL], spots, "D", color=RED, label=f"model of {NAME}")
axis.plot(came[PLAIN], spots, "o", color=BLUE, label="plain reserves")
axis.axvline(30.5, color=BLACK, linewidth=0.8, linestyle="--")
axis.set_yticks(spots, came["council"], fontsize=8)
axis.set_xlim(0)
axis.set_xlabel(f"rank among {blind.at_risk} councils at risk on {day(blind.frozen.as_of)} (dashed: the top thirty)")
axis.legend(loc="upper right")
draw(figure, "Rank of each council with a first event in 2026, by the two lists, joined by a line.", source=SOURCE)

# %% [markdown]
# ## How much so few events decide
#
# Little, between two rankings: they are few, of one decision; and the rule beside which the model looks worst was pointed
# out afterwards, among many. What they say all the same:

# %%
ours, back = blind.bets[PLAIN], blind.bets_back[PLAIN]
width = (lists.at[NAME, "auc_high"] - lists.at[NAME, "auc_low"]) / 2
days = [day(one) for one in blind.events["date"].drop_duplicates()]
say(
    f"- All {len(blind.events)} events became known on {' and '.join(days)}.\n"
    f"- The interval of the model's own AUC is ±{width:.2f} wide. The model less plain reserves: {less['less']:+.2f}, 90% "
    f"interval {less['less_low']:+.2f} to {less['less_high']:+.2f}; a true difference would be found four times in five "
    f"only from {less['detectable']:.2f} on.\n"
    f"- A stake on the model against plain reserves would be worth **{ours.won:.2f}** of itself now. One on plain reserves "
    f"against the model: **{back.won:.0f}** times itself, {back.without_best:.0f} times without the council that paid most. "
    f"For a claim to be better, {NEEDED:.0f} is asked for (`docs/scoreboard.md`)."
)

# %% [markdown]
# So it is not proved that one ratio is the better list. But the claim that the model was better is not borne out where it
# was first put to the test, and that asks for an explanation.
#
# ## What was learnt: the design had leaked
#
# No *figure* had leaked: at each origin the model was trained on what had closed and scored with what was known, and tests
# plant later figures to prove it. What had leaked was the **choosing**. Which ten terms, which bounds, which prior: all was
# decided by people who had the events of 2021 to 2025 in view. No back test can see that from within.
#
# Designs that nobody chose can. **B** is the average of random sets of indicators out of the dictionary, weighted inside each
# origin by partial likelihood of what had closed; **C** takes all usable indicators, equally. What stands above them may be
# skill or hindsight; what they reach was there to be had without choosing. The same goes for the second model: its families
# were chosen on figures to December 2025, its last details by one who had seen what 2026 said of 0.1.0.

# %%
step = bar(60)
step()
full = full_record(indicators, events, draws=100)
result, until = full.result, min(full.proofs)
proof, designs = full.proofs[until], list(DESIGNS)
cases = pd.DataFrame(
    [
        {"to": one.register_to, "closed": one.closed, "mask": one.mask, "every council": one.unlike_too, "case": one}
        for one in ordered(full.cases)
    ]
)
plain_cases = cases[~cases["every council"] & (cases["to"] == until) & (cases["mask"] == "none")]
closed_case = plain_cases.loc[plain_cases["closed"], "case"].iloc[0]
pooled_case = plain_cases.loc[~plain_cases["closed"], "case"].iloc[0]

# %%
who = {DESIGNS[name]: proof.closed["model"] if name == "model" else proof.closed["rivals"][name] for name in designs}
who |= {in_lines[one]: closed_case.found["rivals"][one] for one in (NAME, closed_case.best_rule)}
measures = {"auc": "AUC", "auc_upper_tier": "AUC, upper tier", "recall_at_30": "in the top 30"}
figure, axes = canvas(8.8, 3.2, columns=3, sharey=True)
colours = (BLUE, GREEN, ORANGE, RED, BLACK)
for axis, (name, words) in zip(axes, measures.items(), strict=True):
    for spot, (found, colour, marker) in enumerate(zip(who.values(), colours, "osvDX", strict=True)):
        axis.hlines(spot, found[name]["low"], found[name]["high"], color=colour, linewidth=3, alpha=0.45)
        axis.plot(found[name]["value"], spot, marker, color=colour, markersize=7)
    axis.set_xlabel(words)
axes[0].set_yticks(range(len(who)), list(who), fontsize=8)
axes[0].invert_yaxis()
draw(
    figure,
    "AUC, AUC among the upper tier and share in the top thirty on closed origins, with intervals that overlap widely: the "
    "design as it is, design-blind, all indicators equal, release 0.1.0 and the best rule.",
    source=f"{SOURCE} to {day(until)}; origins {closed_case.first} to {closed_case.last}, all closed",
)
beside = proof.closed["differences"]["design-blind"]["auc"]
say(
    f"On closed origins the design as it is stands {beside['value']:+.3f} from the average of designs nobody chose (90% "
    f"interval {beside['low']:+.3f} to {beside['high']:+.3f}; the smallest true difference that would have been found: "
    f"{beside['detectable']:.3f}). **What the choosing added cannot be told from nothing.**"
)

# %% [markdown]
# And the single random sets: where does a chosen design stand among them? Above nearly all, which is what choosing with the
# answers in view looks like. But B and C stand above nearly all of them too: averaging many views, which nobody has to
# choose, gives most of what a chosen design gives.

# %%
sets, ours = proof.sets, pooled_case.found["rivals"][NAME]["auc"]["value"]
marks = {
    DESIGNS[name]: (proof.pooled["model"] if name == "model" else proof.pooled["rivals"][name]) for name in designs
}
marks = {name: found["auc"]["value"] for name, found in marks.items()} | {f"release {NAME}": ours}
figure, (axis,) = canvas(7.4, 2.5)
axis.axvspan(sets["low"], sets["high"], color=SKY, alpha=0.4, label="middle 90% of single random sets")
axis.axvline(sets["median"], color=BLUE, linestyle="--", linewidth=1, label="the median one")
for spot, ((_, value), colour, marker) in enumerate(zip(marks.items(), colours, "osvD", strict=False)):
    axis.plot(value, spot, marker, color=colour, markersize=8)
axis.set_yticks(range(len(marks)), list(marks), fontsize=8)
axis.invert_yaxis()
axis.set_xlabel(f"AUC, origins {pooled_case.first} to {pooled_case.last}, the last half observed")
axis.legend(loc="upper left", bbox_to_anchor=(1, 1), fontsize=7)
draw(figure, "Designs beside the range of single random sets: the chosen ones lie to the right of it.", source=SOURCE)
say(
    f"Of {sets['sets']:.0f} random sets of eight to twelve of {len(proof.indicators)} indicators the median one has AUC "
    f"{sets['median']:.3f}, nine in ten lie between {sets['low']:.3f} and {sets['high']:.3f}, and "
    f"{percent(sets['below'], 0)} do worse than the second model."
)

# %% [markdown]
# The second model's own line on the list of 1 January 2026 stands here so that nobody has to ask. It is **no test**: its last
# details were settled by one who had seen what 2026 said of 0.1.0 and of the rules.

# %%
year = full.blind_year.table
second = year[~year["blind"]].iloc[0]
say(
    f"On the events of 2026, not blind and with the two councils that it does not score ranked too: AUC {second['auc']:.2f}, "
    f"{second['hits_30']:.0f} in the top thirty; {NAME} {year.at[NAME, 'auc']:.2f} and {year.at[NAME, 'hits_30']:.0f}, "
    f"plain reserves {year.at[PLAIN, 'auc']:.2f} and {year.at[PLAIN, 'hits_30']:.0f}. Without those two councils: "
    f"{second['auc_without']:.2f}, {year.at[NAME, 'auc_without']:.2f} and {year.at[PLAIN, 'auc_without']:.2f}."
)

# %% [markdown]
# ## Closed origins first
#
# The first record was pooled with an origin only half observed, and passed its marks by that. So: first the origins whose
# whole 24 months lie within the register; the half-observed ones apart.

# %%
parts = {
    f"closed origins ({', '.join(one[:4] for one in result.settings['closed_origins'])})": result.closed,
    "half observed, so far": result.half_observed,
    "all of them": result.pooled,
}
reached = pd.DataFrame(
    [
        {"origins": name, "events": found["events"], "councils with one": found["councils"]}
        | {words: found["model"][measure]["value"] for measure, words in measures.items()}
        | {"AUC from": found["model"]["auc"]["low"], "to": found["model"]["auc"]["high"]}
        for name, found in parts.items()
    ]
)
table(
    reached,
    title=f"The second model, register to {day(events.until)}",
    source=SOURCE,
    index=False,
    formats=dict.fromkeys([*measures.values(), "AUC from", "to"], "{:.3f}".format),
)
say(
    "A council counts at each origin whose 24 months hold its event, so at most twice: the councils, not the events, say how "
    "much there is to learn from."
)

# %% [markdown]
# ## With the lines that are there today
#
# Past lists had every line; today's newest years lack some, and those of 0.1.0 lacked more. So each past list is made
# again without them, own last figures carried forward. Stale figures count less in the second model (notebook 4); in 0.1.0
# they counted in full.

# %%
rows = cases[cases["closed"] & ~cases["every council"] & (cases["to"] == until)]
figure, axes = canvas(8.4, 2.6, columns=2)
for axis, name in zip(axes, ("auc", "recall_at_30"), strict=True):
    for label, colour, marker, found in (
        ("five families", BLUE, "o", [one.found["model"][name] for one in rows["case"]]),
        (f"release {NAME}", RED, "D", [one.found["rivals"][NAME][name] for one in rows["case"]]),
        ("best rule", BLACK, "X", [one.found["rivals"][one.best_rule][name] for one in rows["case"]]),
    ):
        axis.plot(range(len(rows)), [one["value"] for one in found], marker=marker, color=colour, label=label)
    axis.set_xticks(range(len(rows)), [LINES[one] for one in rows["mask"]])
    axis.set_ylabel(measures[name])
axes[1].legend(fontsize=8, loc="upper left", bbox_to_anchor=(1, 1))
draw(
    figure,
    "AUC and share in the top thirty on closed origins with all lines, with today's gaps and with those of 0.1.0: both models "
    "lose with lines missing, 0.1.0 more.",
    source=f"{SOURCE} to {day(until)}",
)

# %%
listed = pd.DataFrame(
    [
        {
            "origins": f"{one.first} to {one.last}" + (", closed" if one.closed else ""),
            "lines": LINES[one.mask] + (", every council" if one.unlike_too else ""),
            "register to": day(one.register_to),
            "events": one.found["events"],
            **{f"{name}: {what}": found[key]["value"] for name, found in trio.items() for key, what in short.items()},
        }
        for one in cases["case"]
        for short in [{"auc": "AUC", "recall_at_30": "top 30"}]
        for trio in [
            {"model": one.found["model"], NAME: one.found["rivals"][NAME], "rule": one.found["rivals"][one.best_rule]}
        ]
    ]
)
table(
    listed,
    title="Every condition side by side: the second model, 0.1.0 and the best rule of others",
    source=SOURCE + ". Every council: City of London and Isles of Scilly too, which the second model does not score",
    index=False,
    formats=dict.fromkeys([name for name in listed if ": " in name], "{:.3f}".format),
)

# %% [markdown]
# ## Other people's rules, and what so few events can show
#
# Each rule as published and once more with upper-tier councils put first (which flatters it with hindsight). Beside each
# difference stands the smallest true one that would have been found four times in five.

# %%
differences = result.closed["differences"]
compared = pd.DataFrame(
    [
        {
            "rule": labels[name],
            "its AUC": result.closed["rivals"][name]["auc"]["value"],
            "its top 30": result.closed["rivals"][name]["recall_at_30"]["value"],
            "model − rule, AUC": one["auc"]["value"],
            "90% from": one["auc"]["low"],
            "to": one["auc"]["high"],
            "detectable": one["auc"]["detectable"],
        }
        for name, one in differences.items()
    ]
).sort_values("its AUC", ascending=False)
table(
    compared,
    title="The second model and other rules, closed origins",
    source=SOURCE + "; rules in docs/rivals.md",
    index=False,
    formats=dict.fromkeys(compared.columns[1:], "{:.3f}".format),
)

# %%
shown = compared[::-1]
figure, (axis,) = canvas(7.8, 6.4)
spots = np.arange(len(shown))
axis.hlines(spots, shown["90% from"], shown["to"], color=BLUE, linewidth=3, alpha=0.5, label="90% interval")
axis.plot(shown["model − rule, AUC"], spots, "o", color=BLUE, label="model less rule")
axis.plot(shown["detectable"], spots, "|", color=RED, markersize=10, markeredgewidth=2, label="smallest detectable")
axis.axvline(0, color=BLACK, linewidth=0.8)
axis.set_yticks(spots, shown["rule"].str.wrap(46), fontsize=8)
axis.set_xlabel("AUC of the model less that of the rule\n(above zero: the model is better)")
axis.legend(loc="upper right", fontsize=8)
draw(
    figure,
    "Differences in AUC between the model and each rule on closed origins, with intervals and the smallest detectable.",
    source=SOURCE,
)
rule = best_of(result.closed["rivals"])
best = differences[rule]["auc"]
say(
    f"The best rule of others is **{labels[rule]}**: the model is {best['value']:+.3f} from it (90% interval "
    f"{best['low']:+.3f} to {best['high']:+.3f}; only from {best['detectable']:.3f} on would a true difference be found four "
    "times in five)."
)
prior = differences["prior alone"]["auc"]
say(
    f"The prior alone, with nothing learnt, is {-prior['value']:+.3f} from the fitted model (90% interval "
    f"{-prior['high']:+.3f} to {-prior['low']:+.3f}): the cases have not made the order better."
)

# %% [markdown]
# ## Origin by origin
#
# An edge over a rule that lay in one wave may be gone in the next.

# %%
origins = pd.DataFrame(
    [
        {
            "origin": origin[:4],
            "closed": "yes" if origin in result.settings["closed_origins"] or int(origin[:4]) < 2021 else "no",
            "at risk": found["rows"],
            "events": found["events"],
            "AUC": found["model"]["auc"]["value"],
            "model − best rule": found["differences"][rule]["auc"]["value"],
            "model − plain reserves": found["differences"][PLAIN]["auc"]["value"],
            "top 30": found["model"]["recall_at_30"]["value"],
        }
        for origin, found in result.by_origin.items()
    ]
)
table(
    origins,
    title="Each list on its own",
    source=SOURCE,
    index=False,
    formats={"AUC": "{:.3f}".format, "top 30": per_cent}
    | dict.fromkeys(["model − best rule", "model − plain reserves"], "{:+.3f}".format),
)

# %% [markdown]
# ## Level and spread apart
#
# A chance can be wrong in two ways. Its **spread** within a year comes from the figures: are those given twice the odds
# twice as likely? Its **level** comes from how many events there are in all, which policy moves. One slope over all years
# pooled mixes the two, and the first model's was read as chances too extreme. Apart, the spread is about right and the
# level is what no figure tells.

# %%
levels = full.levels
figure, (axis,) = canvas(6.6, 2.8)
years = levels.table.index
axis.vlines(years, levels.table["low"], levels.table["high"], color=SKY, linewidth=9, label="90% interval given")
held = levels.table["held"].astype(bool)
axis.plot(years[held], levels.table.loc[held, "events"], "o", color=BLUE, label="came, within it")
axis.plot(years[~held], levels.table.loc[~held, "events"], "X", color=RED, markersize=8, label="came, outside it")
axis.set_xlabel("list of 1 January")
axis.set_ylabel("first events\nwithin 24 months")
axis.legend(loc="upper left")
draw(figure, "Events that came after each closed origin beside the range given: outside it at several.", source=SOURCE)
say(
    f"The spread: slope **{levels.slope:.2f}** (standard error {levels.slope_error:.2f}; 1 is right, less means too "
    f"extreme). The level: its range held what came at **{levels.held} of {len(levels.table)}** closed origins."
)

# %% [markdown]
# ## What was caught, by number of calls

# %%
capacities = [10, 20, 30, 50]
figure, (left, right) = canvas(8.6, 3.4, columns=2)
for name, colour, marker in ((None, BLUE, "o"), (rule, BLACK, "X"), (PLAIN, GREEN, "^")):
    found = result.closed["model"] if name is None else result.closed["rivals"][name]
    for axis, measure in ((left, "recall"), (right, "precision")):
        values = [100 * found[f"{measure}_at_{one}"]["value"] for one in capacities]
        axis.plot(capacities, values, color=colour, marker=marker, label=in_lines.get(name, "five families"))
left.set_ylabel("events on the list, % of all")
right.set_ylabel("calls that were right, %")
for axis in (left, right):
    axis.set_xlabel("councils rung at each origin")
    axis.set_ylim(0)
right.set_ylim(0, 60)
right.legend(loc="upper right", fontsize=7)
draw(
    figure,
    "Share of events caught and of calls that were right on closed origins, by the number of councils rung at each.",
    source=SOURCE,
)

# %%
bands = bands_record(result.predictions)
table(
    bands[["councils", "events", "share"]].rename(columns={"share": "share with an event"}),
    title="What followed by band of rank, all closed Januaries",
    source=SOURCE,
    formats={"councils": "{:.0f}".format, "events": "{:.0f}".format, "share with an event": per_cent},
)

# %% [markdown]
# ## Before the notices
#
# Where each council that issued a section 114(3) notice stood at every January before. An empty cell: not at risk then,
# for it had had an event already.

# %%
ranks = lead_times(events, result.predictions)
table(
    ranks.assign(notice=ranks["notice"].dt.strftime("%Y-%m-%d")),
    title="Rank on the list at each 1 January before a section 114(3) notice",
    source=SOURCE,
    index=False,
    formats=dict.fromkeys(ranks.columns[2:], lambda value: "" if pd.isna(value) else f"{value:.0f}"),
)

# %% [markdown]
# ## What was missed
#
# Events that no list's top thirty held, with what was known a year before.

# %%
gone = missed(indicators, result.predictions)
table(
    gone.assign(event_date=gone["event_date"].dt.strftime("%Y-%m-%d"))[
        [
            "council",
            "class",
            "event_date",
            "best_rank",
            "reserves_ratio",
            "reserves_runway_years",
            "interest_to_reserves",
        ]
    ],
    title="Events that no top 30 held",
    source=SOURCE,
    index=False,
    formats={
        "reserves_ratio": per_cent,
        "reserves_runway_years": lambda years: "not falling" if years >= 20 else f"{years:.0f}",
        "interest_to_reserves": per_cent,
    },
)
still = (gone["reserves_runway_years"] >= 20).sum()
say(f"{still} of these {len(gone)} showed reserves that were not falling over the three years known.")

# %%
groups = by_group(result.predictions, "class")
table(
    groups[["rows", "events", "listed", "caught"]].rename(
        columns={"rows": "councils × origins", "listed": "in top 30"}
    ),
    title="Origins from 2021 on, by class: first events, and those among the thirty highest",
    source=SOURCE,
)

# %% [markdown]
# ## From here on
#
# Nothing is tuned on 2026. Each list is frozen with its checksum on the day it is made (`resilience freeze`) and scored
# against what comes after (`resilience backtest --frozen`); a change of families, weights or transforms is a new version with
# its own frozen list. Until a frozen list has won its bet, the claim is no more than this: the ranking was better than the
# rules of others over past years, by people who could see those years; where nobody could, its predecessor was not. **Read
# it beside the plain ratio**, which stands on every list.
