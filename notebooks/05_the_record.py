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
# # 5. The record: back test and rivals
#
# For each 1 January since 2018: train on what had closed by then, score with what was known, and compare with what
# came. Beside the model stand other people's rules, as published and once more with upper-tier councils put first
# (which flatters them with hindsight). Pooled figures are over the origins from 2021 on; before that there were hardly
# any events.
#
# **Few draws.** The intervals here come from 100 bootstrap draws over councils, so that the notebook runs in seconds;
# the record in `docs/record.json` has many more. The figures themselves are the same, the ends of the intervals about so.

# %%
from datetime import date

import numpy as np
import pandas as pd
from shown import BLACK, BLUE, GREEN, GREY, ORANGE, OUTTURN, RED, REGISTER, bar, canvas, draw, per_cent, say, table

import resilience
from resilience.backtest.rivals import rivals
from resilience.backtest.rolling import FIRST
from resilience.backtest.studies import missed, net_benefit
from resilience.backtest.summaries import bands_record, best_rival, by_group, lead_times
from resilience.model.fitting import last_closed_origin
from resilience.report.wording.record import TARGETS

indicators = resilience.compute_indicators(resilience.load_panel())
events = resilience.load_events()
SOURCE = f"{OUTTURN}; {REGISTER}"

# %%
step = bar(events.until.year - FIRST + 2)
result = resilience.backtest(indicators, events, draws=100)
step()
model = result.pooled["model"]
say(
    f"Origins {result.settings['origins'][0]} to {result.settings['origins'][-1]}; pooled from "
    f"{result.settings['pooled_origins'][0]}: **{result.pooled['events']}** first events among "
    f"{result.pooled['rows']:,} councils × origins. A council counts at each origin whose 24 months hold its event, so at "
    f"most twice. {result.settings['bootstrap_draws']} draws."
)

# %% [markdown]
# ## Against the targets set beforehand
#
# **AUC** is the chance that a council with an event stood higher on the list than one without (one half is a coin,
# one is perfect). **Top 30** is the share of events among the thirty highest of each list: about what a sector body can
# ring in a month.

# %%
reached = pd.DataFrame(
    [
        {
            "measure": label,
            "a first look": first,
            "must": must,
            "goal": goal,
            "reached": model[name]["value"],
            "90 % from": model[name]["low"],
            "to": model[name]["high"],
        }
        for name, (label, first, must, goal) in TARGETS.items()
    ]
)
table(
    reached,
    title="Reached, with its interval",
    source=SOURCE,
    index=False,
    formats=dict.fromkeys(reached.columns[1:], "{:.3f}".format),
)
short = reached[reached["reached"] < reached["goal"]]
say(
    "Goals not reached: "
    + (
        "; ".join(f"{row['measure']} ({row['reached']:.3f} of {row['goal']:.2f})" for _, row in short.iterrows())
        or "none"
    )
    + "."
)

# %% [markdown]
# ## Other people's rules, at the same number of calls

# %%
labels = {one.name: one.label for one in rivals()} | {"prior alone": "this model's prior, nothing learnt"}
compared = pd.DataFrame(
    [
        {
            "rule": labels[name],
            "AUC": found["auc"]["value"],
            "AUC, upper tier": found["auc_upper_tier"]["value"],
            "top 30": found["recall_at_30"]["value"],
            "model − rule, AUC": result.pooled["differences"][name]["auc"]["value"],
            "90 % from": result.pooled["differences"][name]["auc"]["low"],
            "to": result.pooled["differences"][name]["auc"]["high"],
        }
        for name, found in result.pooled["rivals"].items()
    ]
).sort_values("AUC", ascending=False)
ours = {
    "rule": "this model",
    "AUC": model["auc"]["value"],
    "AUC, upper tier": model["auc_upper_tier"]["value"],
    "top 30": model["recall_at_30"]["value"],
}
table(
    pd.concat([pd.DataFrame([ours]), compared]),
    title="The model and other rules",
    source=SOURCE + "; rules in docs/rivals.md",
    index=False,
    formats=dict.fromkeys(compared.columns[1:], "{:.3f}".format),
)

# %%
shown = compared[::-1]
figure, (axis,) = canvas(7.4, 4.6)
spots = np.arange(len(shown))
axis.hlines(spots, shown["90 % from"], shown["to"], color=BLUE, linewidth=3, alpha=0.5)
axis.plot(shown["model − rule, AUC"], spots, "o", color=BLUE)
axis.axvline(0, color=BLACK, linewidth=0.8)
axis.set_yticks(spots, shown["rule"], fontsize=8)
axis.set_xlabel("AUC of the model less that of the rule,\nwith 90 % interval (above nought: the model is better)")
draw(
    figure,
    "Differences in AUC between the model and each rule, with intervals; nearly all to the right of nought.",
    source=SOURCE,
)
rival = best_rival(result)
difference = result.pooled["differences"][rival]["auc"]
say(
    f"The best rule of others by AUC is **{labels[rival]}**: the model is {difference['value']:.3f} above it "
    f"(90 % interval {difference['low']:.3f} to {difference['high']:.3f}; above nought in "
    f"{per_cent(difference['share_above_0'])} of the draws)."
)

# %% [markdown]
# ## What was caught, by number of calls

# %%
capacities = [10, 20, 30, 50]
figure, (left, right) = canvas(8.4, 3.0, columns=2)
for who, colour, marker, words in (
    (None, BLUE, "o", "this model"),
    (rival, ORANGE, "s", labels[rival]),
    ("reserves_rank", GREEN, "^", "total reserves alone"),
):
    found = model if who is None else result.pooled["rivals"][who]
    for axis, measure in ((left, "recall"), (right, "precision")):
        values = [100 * found[f"{measure}_at_{one}"]["value"] for one in capacities]
        axis.plot(capacities, values, color=colour, marker=marker, label=words)
left.set_ylabel("events on the list, % of all")
right.set_ylabel("calls that were right, %")
for axis in (left, right):
    axis.set_xlabel("councils rung at each origin")
    axis.set_ylim(0)
right.legend(loc="upper right", fontsize=7)
right.set_ylim(0, 60)
draw(
    figure,
    "Share of events caught and of calls that were right, by the number of councils rung at each origin.",
    source=SOURCE,
)

# %%
worth = net_benefit(result.predictions)
table(
    worth[["this model", "prior alone", rival, "reserves_rank"]].rename(columns=labels),
    title="Events caught less false alarms at one twentieth of an event each, per origin",
    source=SOURCE,
    formats=dict.fromkeys(
        ["this model", *(labels[one] for one in ("prior alone", rival, "reserves_rank"))], "{:.1f}".format
    ),
)

# %% [markdown]
# ## Origin by origin
#
# The wave of 2021 was not foreseen in *level*: the year before it had hardly an event. The rank held.

# %%
origins = pd.DataFrame(
    [
        {
            "origin": origin,
            "at risk": found["rows"],
            "events": found["events"],
            "AUC": found["model"]["auc"]["value"],
            "top 30": found["model"]["recall_at_30"]["value"],
            "observed ÷ expected": found["model"]["observed_expected"]["value"],
        }
        for origin, found in result.by_origin.items()
    ]
)
table(
    origins,
    title="Each list on its own",
    source=SOURCE + ". An origin whose 24 months have not closed counts the time observed",
    index=False,
    formats={"AUC": "{:.3f}".format, "top 30": per_cent, "observed ÷ expected": "{:.2f}".format},
)
level = model["observed_expected"]
say(
    f"Pooled, **{level['value']:.2f}** events came for each one expected (90 % interval {level['low']:.2f} to "
    f"{level['high']:.2f}): the chances given were {'too low' if level['value'] > 1 else 'too high'} as a whole"
    f"{', though the interval holds one.' if level['low'] <= 1 <= level['high'] else '.'}"
)

# %% [markdown]
# ## Did the chances mean what they said?
#
# Only origins whose whole 24 months lie within the register: in a later one the events are known already and the
# councils without one are not, which would flatter every band.

# %%
last = last_closed_origin(events, date(2026, 1, 1), result.settings["horizon_months"])
bands = bands_record(result.predictions[result.predictions["origin"].dt.year <= last])
table(
    bands.rename(columns={"mean_chance": "mean chance given", "share": "share with an event"}),
    title=f"Bands, origins {FIRST} to {last}",
    source=SOURCE,
    formats={
        "councils": "{:.0f}".format,
        "events": "{:.0f}".format,
        "mean chance given": per_cent,
        "share with an event": per_cent,
    },
)
figure, (axis,) = canvas(5.2, 3.0)
spots = np.arange(len(bands))
axis.bar(spots - 0.2, bands["mean_chance"] * 100, width=0.38, color=GREY, label="mean chance given")
axis.bar(
    spots + 0.2,
    bands["share"] * 100,
    width=0.38,
    color=BLUE,
    hatch="///",
    edgecolor="white",
    label="share with an event",
)
axis.set_xticks(spots, bands.index)
axis.set_xlabel("band")
axis.set_ylabel("% of councils × origins")
axis.legend()
draw(figure, "Mean chance given and share that had an event, by band.", source=SOURCE)
highest = bands.iloc[0]
say(
    f"In the band *{bands.index[0]}* the mean chance given was {per_cent(highest['mean_chance'])} and "
    f"{per_cent(highest['share'])} had an event: {highest['events']:.0f} of {highest['councils']:.0f}, few enough for chance "
    "to play a large part."
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
# Events that no list's top thirty held, with what was known a year before. Most had reserves that were not falling.

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

# %% [markdown]
# ## By class

# %%
groups = by_group(result.predictions, "class")
table(
    groups,
    title="Pooled origins, by class",
    source=SOURCE,
    formats={"expected": "{:.1f}".format, "observed_expected": "{:.2f}".format},
)
figure, (axis,) = canvas(5.6, 2.6)
spots = np.arange(len(groups))
axis.bar(spots - 0.2, groups["expected"], width=0.38, color=GREY, label="expected")
axis.bar(spots + 0.2, groups["events"], width=0.38, color=RED, hatch="...", edgecolor="white", label="happened")
axis.set_xticks(spots, groups.index)
axis.set_xlabel("class")
axis.set_ylabel("first events")
axis.legend(loc="upper left")
draw(
    figure,
    "Events expected and events that happened, by class: unitary authorities had more than expected.",
    source=SOURCE,
)
