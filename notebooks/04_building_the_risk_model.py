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
# # 4. Building the risk model
#
# From ratios to a ranking, one step at a time: what was known on past days and what came next; five families, each one
# number a council; what a figure carried forward is still worth; a prior, and how far the cases moved it; the level;
# one council's five bars added up by hand; and bands that go by rank. The whole model can be held in the head: five
# numbers, five weights, and one for the upper tier.

# %%
from datetime import timedelta

import numpy as np
import pandas as pd
from shown import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    OUTTURN,
    PINK,
    RED,
    REGISTER,
    bar,
    canvas,
    draw,
    say,
    table,
)

import resilience
from resilience.backtest.track_record import track_record
from resilience.formatting import chance, chances_at, day
from resilience.model.calibration import PACES
from resilience.model.families import load_families
from resilience.model.fitting import moved_by_cases
from resilience.model.risk_set import AT_RISK
from resilience.model.scale import CUT, UPPER, mean_scores
from resilience.report.wording.bands import capped, headline_record

SOURCE = f"{OUTTURN}, newest years transcribed; {REGISTER}"
panel, events = resilience.load_panel(), resilience.load_events()
indicators = resilience.compute_indicators(panel)
today = events.until + timedelta(days=1)
families = load_families()

# %% [markdown]
# ## What was known then, and what happened next
#
# An **origin** is a 1 January on which a list could have been drawn up. For each council there is what was known on
# that day and, kept well apart, whether a first event followed within 24 months. Only origins whose whole 24 months had
# closed may be learnt from.

# %%
step = bar(3)
step()
rows = resilience.training_rows(indicators, events, today)
at_risk = rows.table[rows.table["status"] == AT_RISK]
by_origin = at_risk.groupby(at_risk["origin"].dt.year)["event"].agg(["size", "sum"])
by_origin.columns = ["councils at risk", "first events within 24 months"]
table(by_origin, title=f"What a model for {day(today)} may learn from", source=f"{OUTTURN}; {REGISTER}")
say(
    f"{len(at_risk):,} rows, but only **{at_risk.loc[at_risk['event'], 'ons_code'].nunique()} councils** with an event. "
    "That is little: it carries a handful of weights, not thirty, and no clever learner."
)

# %% [markdown]
# ## Five families
#
# Each asks one question, and is one number a council. Within a family the indicators are several views of one thing, so
# they are averaged and not added.

# %%
table(
    pd.DataFrame(
        [
            {
                "family": one.label,
                "asks": one.asks,
                "made of": "; ".join(f"{term.label} ({term.worse} is worse)" for term in one.terms),
                "why": one.why,
            }
            for one in families
        ]
    ),
    title="The families, as families.toml states them",
    source="resilience/model/families.toml",
    index=False,
)

# %% [markdown]
# ## From a ratio to a score
#
# A ratio says little by itself: what is thin for a district is ample for a county. So each figure becomes the **normal
# score of its rank** among the councils of its tier on the day: the median council gets 0, the worst 16 in a hundred
# more than 1, the best 16 less than −1. No odd figure can run away with a score, and nobody has to choose a transform.

# %%
step()
model = resilience.fit(rows, n_jobs=2)
step()
known = resilience.known_on(indicators, today)
scored = resilience.score(model, known, events)
ranked = scored.at_risk
top = ranked.iloc[0]
tier, own = top["tier"], known.table.loc[top.name]
figure, axes = canvas(8.2, 2.9, columns=2)
shown = (
    (axes[0], families[0].terms[0], "usable reserves, % of net revenue expenditure"),
    (axes[1], families[1].terms[0], "interest payable, % of usable reserves"),
)
for axis, term, along in shown:
    for kind, colour, line, words in (("upper", BLUE, "-", "upper tier"), ("lower", ORANGE, "--", "shire districts")):
        ladder = scored.scale.tiers[kind].ladders[term.name]
        axis.plot(term.undirected(ladder.values) * 100, ladder.scores, color=colour, linestyle=line, label=words)
    there = scored.scale.tiers[tier].ladders[term.name].place(term.directed(own[[term.indicator]]))
    axis.plot(own[term.indicator] * 100, there, "D", color=BLACK, label=top["council"])
    axis.set_xlabel(along)
    axis.set_xlim(0, 150)
axes[0].set_ylabel("normal score (higher is worse)")
axes[0].legend(fontsize=8)
draw(
    figure,
    "Normal score against usable reserves, falling, and against interest over reserves, rising; a curve for each tier.",
    source=SOURCE,
)

# %% [markdown]
# ## From scores to a family, worked for one council
#
# The council is the first of the day's list. Its family is the mean of the scores it has, less the median of its tier,
# over the tier's spread (half the distance of the 16th and 84th percentile), and cut off where it is very far out.

# %%
table(
    pd.DataFrame(
        [
            {
                "family": family.label,
                "indicator": term.label,
                "figure": own[term.indicator],
                "of": known.years.at[top.name, term.indicator],
                "normal score": scored.placed.scores.at[top.name, term.name],
            }
            for family in families
            for term in family.in_tier(tier)
        ]
    ),
    title=f"{top['council']}: figures (fractions of net revenue expenditure or of reserves; years for the runway)",
    source=OUTTURN,
    index=False,
    formats={"figure": "{:.3f}".format, "of": "{:.0f}".format, "normal score": "{:+.2f}".format},
)

# %%
reserves, scale = families[0], scored.scale.tiers[tier]
scores = scored.placed.scores.loc[[top.name], [term.name for term in reserves.in_tier(tier)]]
mean = mean_scores(scores.to_numpy())[0]
centre, spread = scale.centre[reserves.name], scale.spread[reserves.name]
value = np.clip((mean - centre) / spread, -CUT, CUT)
times = scored.placed.reliability.at[top.name, reserves.name]
say(
    f"**{reserves.label}**, by hand: the mean of {', '.join(f'{one:+.3f}' for one in scores.iloc[0])} is {mean:+.3f}. The "
    f"tier's median of such means is {centre:+.3f} and its spread {spread:.3f}: ({mean:+.3f} − {centre:+.3f}) ÷ "
    f"{spread:.3f} = {(mean - centre) / spread:+.3f}, cut off at ±{CUT:.0f}: {value:+.3f}. Times its reliability "
    f"{times:.2f}: **{value * times:+.3f}**; the library says {scored.placed.families.at[top.name, reserves.name]:+.3f}."
)

# %% [markdown]
# ## What a carried figure is still worth
#
# Where the newest year lacks a line, the council's own last figure is carried forward, and its family is multiplied by
# the **reliability**: over earlier Januaries, without looking at any outcome, the correlation between the family as it
# turned out and the same with its lines one, two or three years older. Stale figures therefore count less, by a measured
# amount.

# %%
ages = [0, 1, 2, 3]
figure, axes = canvas(8.4, 3.2, columns=2, sharey=True)
styles = zip(families, (BLUE, RED, GREEN, ORANGE, PINK), ("o", "s", "^", "D", "v"), strict=True)
for family, colour, marker in styles:
    for axis, kind in zip(axes, ("upper", "lower"), strict=True):
        # All of a family's lines as old as each other; reserves themselves are never carried, or there is no score.
        stale = [0 if term.indicator == "reserves_ratio" else 1 for term in family.in_tier(kind)]
        worth = [rows.reliability.one(kind, family.name, tuple(age * one for one in stale)) for age in ages]
        axis.plot(ages, worth, color=colour, marker=marker, label=family.label)
for axis, words in zip(axes, ("Upper tier", "Shire districts"), strict=True):
    axis.set_title(words)
    axis.set_xticks(ages)
    axis.set_xlabel("years by which the family's lines are older")
    axis.set_ylim(0, 1.05)
axes[0].set_ylabel("what the family is multiplied by")
axes[0].legend(fontsize=7, loc="lower left")
draw(
    figure,
    "Reliability of each family by the age of its lines, a panel a tier: all fall with age, slack and one-offs most.",
    source=OUTTURN,
)

# %%
worth = scored.placed.reliability.loc[ranked.index].groupby(ranked["tier"]).median().T
worth.index = [one.label for one in families]
table(
    worth.rename(columns={"upper": "upper tier", "lower": "shire districts"}),
    title=f"What the median council's families were multiplied by on {day(today)}",
    source=OUTTURN,
    formats=dict.fromkeys(["upper tier", "shire districts"], "{:.2f}".format),
)

# %% [markdown]
# ## The prior, and how far the cases moved it
#
# Before any figure was seen, every family was given the same expected weight and the same doubt, and the upper tier a
# weight of its own. The fit is shrunk towards that: two or three events move it little, fifty a good deal. Refitting on
# councils drawn with replacement, with the prior itself drawn anew, shows how sure each weight is. (200 draws.)

# %%
labels = [*(one.label for one in model.families), "Upper tier (against districts)"]
low, high = np.quantile(model.draws, [0.05, 0.95], axis=0)
weights = pd.DataFrame({"weight": model.weight_vector(), "low": low, "high": high}, index=labels)
weights[["prior", "moved"]] = moved_by_cases(model)[["prior", "moved"]].to_numpy()
figure, (axis,) = canvas(7.0, 3.0)
spots = np.arange(len(weights))
axis.hlines(spots, weights["low"], weights["high"], color=BLUE, linewidth=3, alpha=0.5, label="90% of draws")
axis.plot(weights["weight"], spots, "o", color=BLUE, label="fitted")
axis.plot(weights["prior"], spots, "|", color=ORANGE, markersize=15, markeredgewidth=3, label="prior")
axis.axvline(0, color=GREY, linewidth=0.8)
axis.set_yticks(spots, labels)
axis.invert_yaxis()
axis.set_xlabel("weight: log-odds for one spread worse than the tier's median")
axis.legend(loc="upper right")
draw(
    figure,
    "The fitted weights with their 90% interval beside the prior: all above zero, none far from it.",
    source=SOURCE,
)

# %%
weights["odds multiplied by"] = np.exp(weights["weight"])
table(
    weights[["prior", "weight", "moved", "low", "high", "odds multiplied by"]],
    title="By how much the cases moved each weight, with the middle 90% of draws",
    source=SOURCE,
    formats=dict.fromkeys(["prior", "weight", "low", "high", "odds multiplied by"], "{:.2f}".format)
    | {"moved": "{:+.2f}".format},
)
furthest = weights["moved"].abs().idxmax()
say(
    f"The cases moved **{furthest.lower()}** most, by {weights.at[furthest, 'moved']:+.2f}. That is what trained on past "
    "notices and interventions means here: a written expectation, corrected by some dozens of cases."
)

# %% [markdown]
# ## The level
#
# The chances must add up to what happens, and how often it happens moves with policy: **no figure in the returns tells
# it**. So on each scoring day the intercept is set so that the chances of all councils at risk add up to the pace of the
# latest twelve months; and chances are shown for a quiet, a middling and a busy time beside each other. None is shown
# above a cap until more than ten past councils given more have a closed record and half of them had an event.

# %%
rate, record = scored.base_rate, track_record(scored)
say(
    f"First events from {rate.start} up to {rate.end}: **{rate.events}**. Expected in 24 months: (that + ½) × 2 = "
    f"**{scored.expected:.0f}**. The chances of the {len(ranked)} councils at risk add up to "
    f"**{ranked['risk'].sum():.2f}**. {capped(record)}"
)
places = np.arange(1, len(ranked) + 1)
figure, (axis,) = canvas(7.0, 2.8)
for (name, line), colour in zip((("quiet", ":"), ("middling", "-"), ("busy", "--")), (BLACK, BLUE, RED), strict=True):
    axis.plot(
        places,
        [100 * min(scored.at_paces(one)[name], record.cap) for one in ranked["log_odds"]],
        linestyle=line,
        color=colour,
        label=f"{name}: {PACES[name]} first events in 24 months",
    )
axis.axhline(100 * record.cap, color=GREY, linewidth=1)
axis.set_xlabel("rank on the list, all councils at risk")
axis.set_ylabel("chance within 24 months, %,\nno higher than the cap")
axis.legend()
draw(
    figure,
    "The chance by rank at three paces: the order is the same, the height is not.",
    source=SOURCE,
)

# %% [markdown]
# ## One council's five bars, added up by hand
#
# Nothing is hidden: log-odds are the starting point of the tier plus one bar a family.

# %%
parts = scored.families.loc[top.name, model.names]
total = scored.scale.intercept + parts.sum()
bars = parts.drop(UPPER).set_axis(labels[:-1])
figure, (axis,) = canvas(6.6, 2.4)
spots, worse = np.arange(len(bars)), (bars >= 0).to_numpy()
axis.barh(spots[worse], bars[worse], color=RED, label="raises")
axis.barh(spots[~worse], bars[~worse], color=BLUE, hatch="///", edgecolor="white", label="lowers")
axis.axvline(0, color=BLACK, linewidth=0.8)
axis.set_yticks(spots, bars.index)
axis.invert_yaxis()
axis.set_xlabel("log-odds against its tier's median council")
axis.legend()
draw(figure, f"Five bars for {top['council']}: what each family adds to its log-odds.", source=SOURCE)

# %%
sums = pd.DataFrame(
    {"value, in spreads": scored.placed.families.loc[top.name, model.names], "weight": model.weight_vector()}
)
paces = {PACES[name]: one for name, one in scored.at_paces(total).items()}
sums["adds"] = sums["value, in spreads"] * sums["weight"]
table(
    sums.set_axis(labels),
    title=f"{top['council']}: value times weight, family by family",
    formats=dict.fromkeys(sums, "{:+.3f}".format),
)
say(
    f"Intercept {scored.scale.intercept:+.3f}, and {' '.join(f'{one:+.3f}' for one in sums['adds'])}: the sum is "
    f"**{total:+.3f}**; the list says {top['log_odds']:+.3f}. As a chance, 1 ÷ (1 + e^−sum), at the level of the day: "
    f"{chance(top['risk'], cap=record.cap)}. By the number of first events in 24 months: {chances_at(paces, cap=record.cap)}."
)

# %% [markdown]
# Inside a family each indicator has its share, and the shares add up to the bar.

# %%
inside = pd.DataFrame(
    [
        {"family": family.label, "indicator": term.label, "share": scored.contributions.at[top.name, term.name]}
        for family in families
        for term in family.in_tier(tier)
    ]
)
table(inside, title=f"{top['council']}: the bars from within", index=False, formats={"share": "{:+.3f}".format})
gap = (inside.groupby("family")["share"].sum() - bars).abs().max()
say(f"The largest gap between a bar and its shares: {'less than a billionth' if gap < 1e-9 else f'{gap:.1e}'}.")

# %% [markdown]
# ## Bands
#
# The level moves, the order does not depend on it: so bands go by rank, in round numbers set beforehand. Beside each
# stands what followed for past councils in it, over Januaries whose whole 24 months had closed. That record is the
# evidence; a chance is only a reading of it.

# %%
followed = pd.DataFrame(
    [
        {
            "band": name,
            "councils now": int((ranked["band"] == name).sum()),
            "past councils": found.councils,
            "had a first event": found.events,
            "of 100": 100 * found.share,
            "from": 100 * found.low,
            "to": 100 * found.high,
        }
        for name, found in record.bands.items()
    ]
).set_index("band")
table(
    followed,
    title=f"Bands on {day(today)}, and what followed in them, Januaries {record.first} to {record.last}",
    source=SOURCE,
    formats=dict.fromkeys(["of 100", "from", "to"], "{:.0f}".format),
)
say(f"{top['council']} ranks first. {headline_record(top['band'], record, model.horizon)}")

# %%
figure, (axis,) = canvas(6.4, 2.6)
spots = np.arange(len(followed))
axis.bar(spots, followed["of 100"], color=BLUE, width=0.6, alpha=0.6)
axis.vlines(spots, followed["from"], followed["to"], color=BLACK, linewidth=2, label="90% interval")
axis.set_xticks(spots, followed.index)
axis.set_xlabel("rank on a past list")
axis.set_ylabel("had a first event\nwithin 24 months, of 100")
axis.legend()
draw(figure, "Share of past councils with a first event, by band of rank: it falls from band to band.", source=SOURCE)
