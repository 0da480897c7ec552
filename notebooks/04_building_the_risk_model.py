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
# From ratios to a chance, one step at a time: what was known on past days and what came next; ten terms on one scale;
# a stated prior; a fit that moves it as far as the events allow; a level for the day; and how sure all that is.

# %%
from datetime import date

import numpy as np
import pandas as pd
from resilience.model.terms import load_prior, load_terms
from shown import BLUE, GREY, ORANGE, OUTTURN, REGISTER, bar, canvas, draw, per_cent, say, table

import resilience
from resilience.formatting import day
from resilience.model.calibration import BANDS
from resilience.model.risk_set import AT_RISK

today = date(2026, 1, 1)
panel = resilience.load_panel()
indicators = resilience.compute_indicators(panel)
events = resilience.load_events()

# %% [markdown]
# ## What was known then, and what happened next
#
# An **origin** is a 1 January on which a list could have been drawn up. For each council there is what was known on
# that day and, kept well apart, whether a first event followed within 24 months. Only origins whose whole 24 months had
# closed may be learnt from.

# %%
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
# ## Ten terms, each more of a worry when higher
#
# Each is an indicator, bounded and transformed so that more is worse; less the median of the council's tier on the day;
# divided by the tier's spread; cut off at three spreads. So a council at its tier's median on everything has its tier's
# base chance, and no odd figure can run away with a score.

# %%
terms = load_terms()
table(
    pd.DataFrame(
        [{"term": one.label, "indicator": one.indicator, "transform": one.transform, "why": one.why} for one in terms]
    ),
    title="The candidate terms, as terms.toml states them",
    source="resilience/model/terms.toml",
    index=False,
)

# %% [markdown]
# What the transform does, for reserves: a halving counts the same wherever it starts.

# %%
reserves = terms[0]
grid = np.linspace(0.02, 1.5, 200)
figure, (axis,) = canvas(5.6, 2.6)
axis.plot(grid * 100, reserves.transformed(grid), color=BLUE)
axis.set_xlabel("usable reserves, % of net revenue expenditure")
axis.set_ylabel("term before scaling\n(higher is worse)")
draw(
    figure,
    "The reserves term falls steeply at low reserves and flattens as they grow.",
    source="resilience/model/terms.toml",
)

# %% [markdown]
# ## The prior, and the fit
#
# Before any figure was seen, every term was given the same expected weight and the same doubt, and the upper tier a
# weight of its own. The fit is shrunk towards that: two or three events move it little, fifty a good deal. Refitting on
# councils drawn with replacement, with the prior itself drawn anew, shows how sure each weight is. (200 draws; some
# seconds.)

# %%
step = bar(1)
step()
model = resilience.fit(rows, n_jobs=2)
step()
prior = load_prior()
low, high = np.quantile(model.draws, [0.05, 0.95], axis=0)
weights = pd.DataFrame({"weight": model.weight_vector(), "low": low, "high": high}, index=model.names)
figure, (axis,) = canvas(7.0, 3.6)
spots = np.arange(len(weights))
axis.hlines(spots, weights["low"], weights["high"], color=BLUE, linewidth=3, alpha=0.5, label="90 % of draws")
axis.plot(weights["weight"], spots, "o", color=BLUE, label="fitted")
expected = [prior.weight] * len(model.terms) + [prior.upper_weight]
axis.plot(expected, spots, "|", color=ORANGE, markersize=13, markeredgewidth=2.5, label="prior")
axis.axvline(0, color=GREY, linewidth=0.8)
axis.set_yticks(spots, [*(one.label for one in model.terms), "Upper tier (against districts)"])
axis.invert_yaxis()
axis.set_xlabel("weight: log-odds for one spread worse than the tier's median")
axis.legend(loc="center right")
draw(
    figure,
    "The fitted weights with their 90 % range beside the prior: all above nought, most below the prior's.",
    source=f"{OUTTURN}; {REGISTER}",
)
table(
    weights.assign(
        odds=np.exp(weights["weight"]),
        label=[*(one.label for one in model.terms), "Upper tier"],
    )[["label", "weight", "low", "high", "odds"]].rename(columns={"odds": "odds multiplied by"}),
    title="Weights, with the middle 90 % of draws",
    formats={name: "{:.2f}".format for name in ("weight", "low", "high", "odds multiplied by")},
)
say(
    "All weights together were also stretched by one common factor of "
    f"**{model.training['spread_factor']:.2f}** (expected 1): ten terms overlap, and without it the chances were "
    f"{'too far apart' if model.training['spread_factor'] < 1 else 'too close together'}."
)
say(
    "Dropped by the sign rule in this training window: "
    + ("; ".join(f"{name} ({why})" for name, why in model.dropped.items()) or "none")
    + "."
)

# %% [markdown]
# ## The level
#
# The chances must add up to what happens, and how often it happens moves with policy. So on each scoring day the
# intercept is set so that the chances of all councils at risk add up to the pace of the latest twelve months.

# %%
scored = resilience.score(model, resilience.known_on(indicators, today), events)
ranked, rate = scored.at_risk, scored.base_rate
say(
    f"First events from {rate.start} up to {rate.end}: **{rate.events}**. Expected in 24 months: (that + ½) × 2 = "
    f"**{scored.expected:.0f}**. The chances of the {len(ranked)} councils at risk add up to "
    f"**{ranked['risk'].sum():.2f}**."
)

# %% [markdown]
# ## One sum, done by hand
#
# Nothing is hidden: the first council's log-odds are its tier's starting point plus one number a term.

# %%
top = ranked.iloc[0]
parts = scored.contributions.loc[top.name, model.names]
parts.index = [*(one.label for one in model.terms), "Upper tier"]
total = scored.scale.intercept + parts.sum()
table(
    parts.rename("log-odds").to_frame(),
    title=f"{top['council']}: what each term adds",
    formats={"log-odds": "{:+.3f}".format},
)
say(
    f"Intercept {scored.scale.intercept:+.3f}, terms {parts.sum():+.3f}, sum **{total:+.3f}**; the list says "
    f"{top['log_odds']:+.3f}. As a chance: 1 ÷ (1 + e^−sum) = **{per_cent(1 / (1 + np.exp(-total)))}** "
    f"(90 % range {per_cent(top['risk_low'])} to {per_cent(top['risk_high'])})."
)

# %% [markdown]
# ## Bands
#
# Round numbers, set beforehand. What share of each band's members went on to an event is part of the record.

# %%
count = ranked["band"].value_counts()
limits = pd.DataFrame({"chance from": {name: per_cent(least) for name, least in BANDS}})
limits["councils at risk"] = count.reindex(limits.index).fillna(0).astype(int)
table(limits, title=f"Bands on {day(today)}")
figure, (axis,) = canvas(7.0, 2.6)
for tier, colour, words in (("upper", BLUE, "upper tier"), ("lower", ORANGE, "shire districts")):
    group = ranked.loc[ranked["tier"] == tier, "risk"].sort_values(ascending=False)
    axis.plot(
        np.arange(1, len(group) + 1), group * 100, color=colour, label=words, linestyle="-" if tier == "upper" else "--"
    )
axis.set_xlabel("councils of the tier, the highest chance first")
axis.set_ylabel("chance within 24 months, %")
axis.legend()
draw(
    figure,
    "Chances in order for both tiers: a few high ones and a long tail of low ones.",
    source=f"{OUTTURN}; {REGISTER}",
)
