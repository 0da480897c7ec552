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
# # 6. One council in depth: Croydon as it looked in January 2020
#
# What a list of 1 January 2020 would have said of one council, with nothing but what was public on that day; why; how
# sure; what it could not see; and what came. The score ranks councils by how likely exceptional support or intervention is
# within 24 months, judged from published figures. It is no verdict on a council or its officers.
#
# Croydon was picked because it is well known, **not** because it is typical: notebook 5 has the misses. And the method was
# written years after: only what was *known* is of that day, the choice of what to look at is not (notebook 5).

# %%
from datetime import date

import numpy as np
import pandas as pd
from shown import (
    BLACK,
    BLUE,
    GREY,
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
    year_axis,
)

import resilience
from resilience.backtest.past_lists import past_lists
from resilience.backtest.track_record import reserves_ranks
from resilience.formatting import chance, chance_range, day
from resilience.model.fitting import moved_by_cases
from resilience.model.risk_set import AT_RISK
from resilience.report.wording.bands import headline_record
from resilience.report.wording.caveats import cannot_see, flags
from resilience.report.wording.council import beside
from resilience.report.wording.indicators import contribution

then, council = date(2020, 1, 1), "Croydon"
step = bar(5)
step()
run = resilience.run(then)
why = resilience.explain(run, council)
step()
say(
    f"On {day(then)} {why.council} stood at rank **{why.rank} of {why.of}**, in the band of ranks {why.band}. "
    f"{headline_record(why.band, why.record, run.model.horizon)} {' '.join(beside(why, run.model.horizon))}"
)
say(
    f"At the pace of the twelve months before (first events: {run.base_rate.events}) its chance would have been "
    f"{chance(why.risk)}, 90% interval {chance_range(why.low, why.high)}; that of its tier's median council "
    f"{chance(why.reference_chance)}. That pace was to prove far too slow; the rank does not depend on it."
)

# %% [markdown]
# ## What was known on that day
#
# The newest figures out were of the year that had closed the spring before.

# %%
own = run.panel[run.panel["ons_code"] == why.ons_code].set_index("outturn_year")
table(
    pd.DataFrame(
        {
            "first public on": own["known_from"].map(day),
            "known on the day": np.where(own["known_from"] < pd.Timestamp(then), "yes", "no"),
        },
        index=own.index,
    ).loc["2014-15":"2021-22"],
    title=f"{why.council}'s returns, and when they could be read",
    source=OUTTURN,
)
learnt = run.model.training
say(
    f"The model of that day had learnt from {learnt['councils']} councils, {learnt['councils_with_event']} of them with an "
    "event: so it was nearly all prior, that is, expectations written down beforehand."
)
moved = moved_by_cases(run.model)
say(
    "So few cases had moved the weights hardly at all from what was expected of them beforehand: "
    f"{', '.join(f'{name} {one:+.2f}' for name, one in moved['moved'].items())} (the families' had been "
    f"{moved['prior'].iloc[0]})."
)

# %% [markdown]
# ## Why
#
# The sum behind the rank: it begins at the median council of the tier, and each of five families moves it. The bars add
# up exactly, and so do the shares of the indicators within them.

# %%
bars = why.families.set_index("label")["log_odds"]
spots, rising = np.arange(len(bars)), (bars >= 0).to_numpy()
figure, (axis,) = canvas(6.8, 2.4)
axis.barh(spots[rising], bars[rising], color=RED, label="raises")
if not rising.all():
    axis.barh(spots[~rising], bars[~rising], color=BLUE, hatch="///", edgecolor="white", label="lowers")
axis.axvline(0, color=BLACK, linewidth=0.8)
axis.set_yticks(spots, bars.index)
axis.invert_yaxis()
axis.set_xlabel("log-odds against the median council of the tier")
axis.legend()
draw(figure, f"Five bars for {why.council}: what each family added to its log-odds.", source=OUTTURN)

# %%
parts = why.contributions
plain = {
    "label": "indicator",
    "log_odds": "adds to the log-odds",
    "chance_from": "chance from",
    "chance_to": "to",
    "sentence": "the figure",
    "value_then": "figure then",
    "value_now": "figure now",
}
parts = parts.assign(sentence=[contribution(row, why.class_) for row in parts.itertuples()])
table(
    parts[["label", "log_odds", "chance_from", "chance_to", "sentence"]].rename(columns=plain),
    title="What raises and lowers the chance, the largest first",
    source=OUTTURN,
    index=False,
    formats={"adds to the log-odds": "{:+.2f}".format, "chance from": per_cent, "to": per_cent},
)
say(
    f"Reference {why.reference:+.3f} plus contributions {parts['log_odds'].sum():+.3f} is "
    f"{why.reference + parts['log_odds'].sum():+.3f}; the score's log-odds are {why.log_odds:+.3f}."
)

# %%
figure, (axis,) = canvas(7.4, 3.8)
spots = np.arange(len(parts))
rising = parts["points"] >= 0
axis.barh(
    spots[rising],
    parts.loc[rising, "points"] * 100,
    left=parts.loc[rising, "chance_from"] * 100,
    color=RED,
    label="raises",
)
if not rising.all():
    axis.barh(
        spots[~rising],
        parts.loc[~rising, "points"] * 100,
        left=parts.loc[~rising, "chance_from"] * 100,
        color=BLUE,
        hatch="///",
        edgecolor="white",
        label="lowers",
    )
axis.axvline(why.reference_chance * 100, color=GREY, linestyle="--", linewidth=1, label="median council of the tier")
axis.axvline(why.risk * 100, color=BLACK, linewidth=1, label=why.council)
axis.set_yticks(spots, parts["label"])
axis.invert_yaxis()
axis.set_xlabel("chance within 24 months, %")
axis.set_xlim(0)
axis.legend(loc="upper right", bbox_to_anchor=(0.93, 1), fontsize=8)
draw(figure, f"Steps from the median council's chance to {why.council}'s, one bar an indicator.", source=OUTTURN)
say("**Strengths:** " + ("; ".join(why.strengths()["label"].str.lower()) or "none worth speaking of") + ".")

# %% [markdown]
# ## What had changed in a year
#
# Figures are fractions (or years); for the level, first events of the twelve months before.

# %%
table(
    why.change[["label", "value_then", "value_now", "log_odds", "chance_from", "chance_to"]].rename(columns=plain),
    title=f"From {day(why.change_from)} ({chance(why.risk_then)}) to {day(then)} ({chance(why.risk)}), by the same model",
    source=OUTTURN,
    index=False,
    formats={
        "figure then": "{:.3g}".format,
        "figure now": "{:.3g}".format,
        "adds to the log-odds": "{:+.2f}".format,
        "chance from": per_cent,
        "to": per_cent,
    },
)

# %% [markdown]
# ## How sure, and what it could not see

# %%
if why.similar:
    say(
        f"The nearest cases on earlier Januaries whose 24 months had closed: {why.similar.councils} councils, "
        f"{why.similar.times} times, with chances of {chance_range(why.similar.low, why.similar.high)}; "
        f"**{why.similar.events}** had an event. So thin a record could say little of what such a place is worth."
    )
else:
    say(
        "No earlier January's 24 months had closed by that day: there was **no record yet** of what such a chance is worth."
    )
say("\n".join(f"- {sentence}" for sentence in (*cannot_see(why), *flags(why))))

# %% [markdown]
# ## The Januaries before
#
# Each scored with the model that could have been trained on that day.

# %%
lists = past_lists(run).table
before = lists[lists["ons_code"] == why.ons_code]
table(
    before.assign(origin=before["origin"].map(day))[["origin", "risk", "rank", "of", "band", "outturn_year"]],
    title=f"{why.council} on the lists before",
    source=f"{OUTTURN}; {REGISTER}",
    index=False,
    formats={"risk": chance},
)

# %% [markdown]
# ## The figures, then and afterwards
#
# Points with a dark edge were public on the day; the open ones came later. Reserves later rise: support can refill them.

# %%
figure, axes = canvas(8.4, 3.0, columns=2)
boroughs = run.indicators[(run.indicators["class"] == why.class_) & ~run.indicators["built"]]
mine = run.indicators[run.indicators["ons_code"] == why.ons_code].set_index("year").sort_index()
known = (mine["known_from"] < pd.Timestamp(then)).to_numpy()
for axis, name, words in zip(
    axes,
    ("reserves_ratio", "interest_to_reserves"),
    ("usable reserves, % of net\nrevenue expenditure", "interest payable,\n% of usable reserves"),
    strict=True,
):
    spread = boroughs.groupby("year")[name].quantile([0.25, 0.5, 0.75]).unstack() * 100
    axis.fill_between(
        spread.index, spread[0.25], spread[0.75], color=SKY, alpha=0.35, linewidth=0, label="middle half of the class"
    )
    axis.plot(spread.index, spread[0.5], color=GREY, linestyle="--", label="middle of the class")
    axis.plot(mine.index, mine[name] * 100, color=RED, linewidth=1)
    axis.plot(
        mine.index[known],
        mine.loc[known, name] * 100,
        "o",
        color=RED,
        markeredgecolor=BLACK,
        label=f"{why.council}, known",
    )
    axis.plot(
        mine.index[~known], mine.loc[~known, name] * 100, "o", color="white", markeredgecolor=RED, label="not yet known"
    )
    axis.set_ylabel(words)
    axis.set_ylim(0)
    year_axis(axis)
axes[1].legend(fontsize=7, loc="upper left")
draw(
    figure,
    f"{why.council}'s reserves were low for a London borough, and its interest bill high against them.",
    source=OUTTURN,
)

# %% [markdown]
# ## What came

# %%
register = resilience.load_events()
later = register.rows[(register.rows["ons_code"] == why.ons_code) & (register.rows["known"] >= pd.Timestamp(then))]
came = later.sort_values("known", kind="stable")
table(
    came.assign(
        known=came["known"].dt.strftime("%Y-%m-%d"),
        event=came["event_type"].str.replace("_", " "),
        kind=came["subtype"].str.replace("_", " "),
        counts=np.where(came["distress"], "yes", "no"),
    )[["known", "event", "kind", "amount_gbp_m", "cause", "counts"]].rename(columns={"amount_gbp_m": "£ million"}),
    title=f"Every event of {why.council} in the register after {day(then)}",
    source=REGISTER,
    index=False,
    tall=True,
)
first = came[came["distress"]].iloc[0]
wait = (first["known"] - pd.Timestamp(then)).days / 30.44
say(f"The first that counts came on **{day(first['known'])}**, {wait:.0f} months after the list.")

# %% [markdown]
# ## And the rest of that list
#
# One success proves nothing: the thirty highest of the same day, where plain reserves would have put each, and what
# became of it within 24 months.

# %%
rows = resilience.risk_set(run.indicators, register, [then]).one_origin()
ranked = run.table[run.table["status"] == AT_RISK].head(30)
followed = rows.loc[ranked.index]
table(
    pd.DataFrame(
        {
            "rank": ranked["rank"],
            "council": ranked["council"],
            "class": ranked["class"],
            "rank by plain reserves": reserves_ranks(run).reindex(ranked.index),
            "event within 24 months": followed["event_date"].where(followed["event"]).dt.strftime("%Y-%m-%d"),
        }
    ),
    title=f"The thirty highest on {day(then)}",
    source=f"{OUTTURN}; {REGISTER}",
    index=False,
    tall=True,
)
say(
    f"**{int(followed['event'].sum())}** of these thirty had a first event within 24 months; "
    f"{int(rows.loc[rows['status'] == AT_RISK, 'event'].sum())} councils had one in all. The chances added up to "
    f"{run.expected:.0f}: the order was useful, the level was far too low, as no year before had brought more."
)
