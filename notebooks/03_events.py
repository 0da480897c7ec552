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
# # 3. Events
#
# What the score is the chance of. The **register** (`data/raw/events.csv`) lists section 114 notices, exceptional
# financial support and interventions, each with its source and how sure it is. It is the project's own compilation from
# public pages. A rule over its columns says what counts; much that is in it does not.

# %%
import pandas as pd
from shown import BLUE, CLASS_COLOURS, GREEN, GREY, ORANGE, RED, REGISTER, canvas, draw, per_cent, say, table

import resilience
from resilience.formatting import day
from resilience.indicators.directions import directions
from resilience.model.calibration import base_rate
from resilience.model.risk_set import yearly
from resilience.report.wording.general import CLASS_NAMES
from resilience.tables.events import COUNTING_FROM
from resilience.tables.events import describe as in_words

events = resilience.load_events()
rows = events.rows
say(
    f"**{len(rows)} rows** of {rows['ons_code'].nunique()} bodies; the register stops on {day(events.until)}. "
    "What came later is not known here."
)

# %% [markdown]
# ## What counts, and what does not
#
# **Distress** (the outcome): the first of
#
# - a notice under section 114(3): spending would exceed resources;
# - exceptional financial support agreed for the council, in principle or final, also where withdrawn later;
# - a statutory intervention whose cause is money, investments, equal pay or a housing company.
#
# **Severe**: a section 114(3) notice, or commissioners for such a cause.
#
# A report about unlawful spending, an inspection alone, a best value notice, support for the Housing Revenue Account or
# for the police: all in the register, none an outcome.

# %%
kinds = {
    "s114_notice": "section 114 notice",
    "efs": "exceptional financial support",
    "statutory_intervention": "statutory intervention",
    "nonstatutory": "non-statutory step",
}
counted = rows.groupby("event_type")[["distress", "severe"]].sum().astype(int)
counted.insert(0, "rows", rows["event_type"].value_counts())
counted.index = counted.index.map(kinds)
table(counted, title="Rows of the register, and how many qualify", source=REGISTER)
never = rows[~rows["distress"]].groupby(["event_type", "subtype"]).size().rename("rows").reset_index()
never["event_type"] = never["event_type"].map(kinds)
table(never, title="In the register and no outcome", source=REGISTER, index=False, tall=True)

# %% [markdown]
# ## First events
#
# A council counts once, at its **first** qualifying event since April 2010. One that had an event stays on the list with
# that status, and with the chance of needing support again (docs/support_again.md).

# %%
first = events.onsets()
register = resilience.load_councils().drop_duplicates("ons_code").set_index("ons_code")
first = first.join(register[["council", "class", "tier"]])
by_year = first.groupby([first["date"].dt.year, "event_type"]).size().unstack(fill_value=0)
by_year = by_year.reindex(range(COUNTING_FROM.year, events.until.year + 1), fill_value=0)
figure, (axis,) = canvas(7.6, 3.0)
bottom = 0
for kind, colour, hatch in (("s114_notice", RED, ""), ("efs", BLUE, "///"), ("statutory_intervention", ORANGE, "...")):
    axis.bar(
        by_year.index, by_year[kind], bottom=bottom, color=colour, hatch=hatch, edgecolor="white", label=kinds[kind]
    )
    bottom = bottom + by_year[kind]
axis.set_ylabel("councils with a first event")
axis.set_xlabel("calendar year announced")
axis.xaxis.get_major_locator().set_params(integer=True)
axis.legend(loc="upper left")
draw(
    figure,
    "First events by calendar year and kind: almost none before 2021, then waves, most of them exceptional support.",
    source=REGISTER,
)
say(
    f"**{len(first)} councils** had a first event between {day(COUNTING_FROM)} and {day(events.until)}: "
    f"{(first['tier'] == 'upper').sum()} of the upper tier and {(first['tier'] == 'lower').sum()} shire districts. For "
    f"{(first['event_type'] == 'efs').sum()} of them the first sign was exceptional support, for "
    f"{(first['event_type'] == 's114_notice').sum()} a notice."
)

# %%
listed = first.assign(event=[in_words(row) for _, row in first.iterrows()]).sort_values("date")
table(
    listed[["council", "class", "event", "cause"]],
    title="Every first event, in order",
    source=REGISTER,
    index=False,
    tall=True,
)

# %% [markdown]
# ## The regime changed
#
# About February 2024 councils began to ask for support *before* the test for a notice bites. The last section 114(3)
# notice in the register is dated below. How often events happen at all therefore moves with government policy, and a
# model is judged on **rank** and on **level** separately, and its bands go by rank.

# %%
notices = rows[(rows["event_type"] == "s114_notice") & rows["severe"]].sort_values("known")
say(f"The last section 114(3) notice: **{notices.iloc[-1]['council']}, {day(notices.iloc[-1]['known'])}**.")
rates = pd.DataFrame(
    [
        {
            "on": f"1 January {one.year}",
            "first events in the twelve months before": base_rate(events, one).events,
            "expected in the next 24 months": base_rate(events, one).expected(24),
        }
        for one in yearly(2016, events.until.year + 1)
    ]
)
table(
    rates,
    title="The level that would have been set on each 1 January",
    source=REGISTER,
    formats={"expected in the next 24 months": "{:.0f}".format},
    index=False,
)
say(
    "The level is the pace of the latest closed twelve months, plus half an event, times two. No figure in the returns "
    "foresees a wave, and the record (notebook 5) shows by how much the level was off. So chances are given for a quiet, "
    "a middling and a busy time beside each other."
)

# %% [markdown]
# ## Who has events

# %%
alive = register[~(pd.to_datetime(register["end_date"]) <= pd.Timestamp(COUNTING_FROM))]
share = pd.DataFrame(
    {"councils since 2010": alive["class"].value_counts(), "with a first event": first["class"].value_counts()}
)
share = share.fillna(0).astype(int).reindex(["UA", "MD", "LB", "SC", "SD"])
share["share"] = share["with a first event"] / share["councils since 2010"]
figure, (axis,) = canvas(6.4, 2.4)
axis.barh(
    [CLASS_NAMES[one] for one in share.index], share["share"] * 100, color=[CLASS_COLOURS[one] for one in share.index]
)
axis.invert_yaxis()
axis.set_xlabel("councils with a first event since April 2010, % of the class")
draw(
    figure,
    "Share of each class with a first event: highest among unitary authorities and London boroughs.",
    source=REGISTER,
)
table(share, source=REGISTER, formats={"share": per_cent})

# %% [markdown]
# ## When was it known?
#
# An event counts from the day it was announced. Where only the month is known it counts from the month's last day, and
# where only the year is, from the year's. So nobody is given knowledge early; some events are dated late.

# %%
precision = rows["date_precision"].str.split(" ").str[0].str.rstrip(":").value_counts().rename("rows").to_frame()
table(precision, title="How exactly events are dated", source=REGISTER)
undated = rows[rows["known"].isna()]
say(f"{len(undated)} rows have no date at all and count for nothing.")

# %% [markdown]
# ## Support as seen in the books
#
# Line 768 of the outturn shows running costs treated as capital under a direction. Set beside the register:

# %%
panel = resilience.load_panel()
beside = directions(panel, events)
kinds_of = beside.groupby(["outturn_year", "kind"]).size().unstack(fill_value=0)
figure, (axis,) = canvas(7.2, 2.6)
bottom = 0
for kind, colour, hatch in (
    ("both", BLUE, ""),
    ("register only", GREEN, "///"),
    ("line only", ORANGE, "..."),
    ("not returned", GREY, "xx"),
):
    axis.bar(kinds_of.index, kinds_of[kind], bottom=bottom, color=colour, hatch=hatch, edgecolor="white", label=kind)
    bottom = bottom + kinds_of[kind]
axis.set_ylabel("councils")
axis.set_xlabel("financial year")
axis.legend(loc="upper left", bbox_to_anchor=(1, 1))
draw(
    figure,
    "Councils with line 768, with support in the register, or with both, by financial year.",
    source="MHCLG, Revenue Outturn (RS), line 768; " + REGISTER,
)
say("The line understates support, and a nil says nothing (`docs/capitalisation_directions.md`).")
