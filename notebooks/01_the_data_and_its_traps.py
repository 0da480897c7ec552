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
# # 1. The data and its traps
#
# Every English council reports each year what it spent, what it borrowed at what cost and what it has left in reserves.
# The ministry publishes these returns council by council: the *Revenue Outturn*. This project reads them into one table,
# the **panel**: one row a council and financial year, amounts in £ thousand, as published.
#
# This notebook shows what is in the panel, and eight traps for anyone who reads a ratio off it. None of them is mended
# by guessing: a figure is shown as published, with a flag.
#
# *Every number in these notebooks is worked out in the cell above it; none is typed in.*

# %%
import pandas as pd
from shown import BLUE, GREY, ORANGE, OUTTURN, SKY, canvas, draw, per_cent, say, table, year_axis

import resilience
from resilience.councils.lineage import with_lineage
from resilience.formatting import day, pounds
from resilience.indicators.comparisons import aggregate
from resilience.indicators.coverage import coverage
from resilience.indicators.directions import directions
from resilience.model.families import load_terms
from resilience.tables import checks
from resilience.years import outturn_year_of

panel = resilience.load_panel()
events = resilience.load_events()
indicators = resilience.compute_indicators(panel)
say(
    f"The panel holds **{len(panel):,} rows**: {panel['ons_code'].nunique()} councils, {panel['outturn_year'].min()} to "
    f"{panel['outturn_year'].max()}, {sum(name.startswith(('rs_', 'ra_')) for name in panel)} lines of the forms."
)

# %% [markdown]
# ## Trap 1: a missing return is missing, not zero
#
# A council that has not sent its return has no figures for that year. It is not given an average, nor a zero. In the
# newest years more returns are late, and late returns are not late at random: some belong to councils in trouble.

# %%
status = panel.groupby(["year", "status"]).size().unstack(fill_value=0)
figure, (left, right) = canvas(8.2, 2.9, columns=2)
left.bar(status.index, status.sum(axis=1), color=SKY)
left.set_title("Councils in being")
left.set_ylabel("councils")
missing = status[["not returned", "partial"]]
right.bar(missing.index, missing["not returned"], color=ORANGE, label="no return")
right.bar(
    missing.index,
    missing["partial"],
    bottom=missing["not returned"],
    color=BLUE,
    hatch="///",
    edgecolor="white",
    label="part of it only",
)
right.set_title("of which without a whole return")
right.set_ylabel("councils")
right.legend(loc="upper left")
for axis in (left, right):
    year_axis(axis)
draw(
    figure,
    "Two bar charts by year: councils in being, falling as councils merge; and those without a whole return, nearly none "
    "at first and more in the newest years.",
    source=OUTTURN,
)

# %%
late = panel[(panel["status"] == "not returned") & (panel["source_kind"] == "original")]
first = events.onsets()["date"]
table(
    late.assign(**{"first event": late["ons_code"].map(first).dt.strftime("%Y-%m-%d")})[
        ["outturn_year", "council", "class", "first event"]
    ].sort_values(["outturn_year", "council"]),
    title="No return in the original publication, with the council's first event where it had one",
    source=OUTTURN + "; the project's register of events",
    index=False,
    tall=True,
)

# %% [markdown]
# ## Trap 2: figures come out long after the year has closed
#
# A list drawn up on a day may use only what was out before that day. `known_from` is when the figures of individual
# councils were first published. Where no date is evidenced, a late one is assumed. Using the year that had just
# *closed* instead of the year that was *known* would be looking into the future.

# %%
known = panel.groupby("outturn_year", as_index=False)[["known_from", "year", "source_kind"]].first()
closed = pd.to_datetime(known["year"].astype(str) + "-03-31")
known["months after the year closed"] = ((known["known_from"] - closed).dt.days / 30.44).round(0).astype(int)
table(
    known.assign(known_from=known["known_from"].map(day))[
        ["outturn_year", "known_from", "months after the year closed", "source_kind"]
    ],
    title="When each year's figures were public",
    source="the publications' own pages (resilience/publications/releases.toml)",
    index=False,
)
longest = known.loc[known["months after the year closed"].idxmax()]
say(
    f"The longest wait was for {longest['outturn_year']}: {longest['months after the year closed']} months. A list of "
    f"1 January {longest['year'] + 1} therefore rests on the year before it."
)

# %% [markdown]
# ## Trap 3: the newest years lack lines
#
# For the newest years the original publication has not been read. Reserves, net revenue expenditure, interest and social
# care are exact lines transcribed from a republication; for a few councils there are only rounded totals. Several lines
# are in no source. The share of councils for which each of the model's ingredients exists:

# %%
share = coverage(indicators)
names = [term.indicator for term in load_terms()]
newest = sorted(share.columns)[-4:]
mean = share.loc[names].groupby(level="indicator", sort=False)[newest].mean()
mean.columns = [outturn_year_of(year) for year in newest]
table(
    mean,
    title="Share of councils with a value (mean over the classes it applies to)",
    source=OUTTURN + "; transcribed lines for the newest years",
    formats={name: per_cent for name in mean},
)
say(
    "What a newest year lacks is carried forward from the council's own last figure, with its year shown; never from "
    "another council. What that costs in accuracy was measured (`docs/studies.md`), and what rests on such a figure counts "
    "less for it (notebook 4)."
)

# %% [markdown]
# ## Trap 4: councils are merged and split
#
# Buckinghamshire began in April 2020. Its earlier years are the amounts of its predecessors, added up, and marked
# `built`. Where a county was split in two, each successor takes the share that its districts had of all districts'
# net revenue expenditure.

# %%
histories = with_lineage(panel)
name = "Buckinghamshire Council"
own = histories[histories["ons_code"] == resilience.resolve(name)]
shown = own[["outturn_year", "built", "built_from", "rs_netrevexp_net_exp", "rs_resunall_end_cy"]].tail(9)
table(
    shown,
    title=f"{name}: built from its predecessors, then its own returns (£ thousand)",
    source=OUTTURN,
    formats={one: "{:,.0f}".format for one in ("rs_netrevexp_net_exp", "rs_resunall_end_cy")},
    index=False,
)
say(
    f"{int(histories['built'].sum()):,} rows of {histories.loc[histories['built'], 'ons_code'].nunique()} councils are "
    "built so. They are used as a council's own history, never as one of the councils it is compared with."
)

# %% [markdown]
# ## Trap 5: this year's opening balance is not last year's closing balance
#
# Figures are restated, accounts are audited years later, and forms are filled in wrongly. Each check's findings travel
# with the row as flags.

# %%
found = checks.findings(panel)
counts = found["check"].value_counts().rename("council-years").to_frame()
counts.insert(0, "what it means", [checks.MEANING[code] for code in counts.index])
table(counts, title="Flags raised on the panel", source="resilience.tables.checks.findings")
openings = found[found["check"].isin(["opening_unallocated", "opening_earmarked"])].copy()
openings["size"] = openings["value"].abs()
worst = openings.nlargest(8, "size")
table(
    worst.assign(value=worst["value"].map(pounds))[["outturn_year", "council", "check", "value"]],
    title="The largest differences between a closing balance and the next opening one",
    source=OUTTURN,
    index=False,
)

# %% [markdown]
# ## Trap 6: a denominator near nothing
#
# Ratios divide by net revenue expenditure: what is paid from council tax, retained rates, grant and reserves. In a few
# districts investment income or a grant in one lump makes that nearly nothing, or negative, and a ratio to it means
# nothing. Below £1 million none is given.

# %%
small = indicators[indicators["flags"].str.contains("small_denominator") & ~indicators["built"]]
table(
    small.assign(nre=small["net_revenue_expenditure"].map(pounds))[["outturn_year", "council", "nre", "reserves_ratio"]]
    .rename(columns={"nre": "net revenue expenditure"})
    .sort_values(["council", "outturn_year"]),
    title="Too small to divide by: no ratio is given",
    source=OUTTURN,
    index=False,
    tall=True,
)

# %% [markdown]
# ## Trap 7: support disguises need
#
# A capitalisation direction lets a council treat running costs as capital. It lowers net revenue expenditure (line 768)
# and can refill reserves in the very year a council is at its weakest. So the line is no predictor: it is the outcome,
# seen in the books.

# %%
used = directions(panel, events)
largest = used.nlargest(10, "line_768")
table(
    largest.assign(line_768=largest["line_768"].map(pounds))[
        ["council", "outturn_year", "line_768", "support", "kind"]
    ],
    title="The ten largest uses of line 768, with the support the register has for that year",
    source=OUTTURN + "; the project's register of events",
    index=False,
)

# %% [markdown]
# ## Trap 8: the pandemic's grants
#
# At the end of 2020-21 councils held large grants for business rates relief that were not theirs to spend. By default
# they are taken off where the form shows them. The chart shows reserves of whole tiers with and without that.

# %%
figure, axes = canvas(8.2, 2.9, columns=2)
with_grants = aggregate(histories, "reserves_ratio", switches={"covid_relief_out": False, "adjusted_earmarked": False})
without = aggregate(histories, "reserves_ratio")
for axis, tier, words in zip(axes, ("upper", "lower"), ("Upper tier", "Shire districts"), strict=True):
    axis.plot(
        with_grants.columns,
        with_grants.loc[tier] * 100,
        color=GREY,
        linestyle="--",
        marker="s",
        markersize=3,
        label="as published, unadjusted",
    )
    axis.plot(
        without.columns,
        without.loc[tier] * 100,
        color=BLUE,
        marker="o",
        markersize=3,
        label="grants taken off (default)",
    )
    axis.set_title(words)
    axis.set_ylabel("usable reserves, % of net\nrevenue expenditure")
    axis.set_ylim(0)
    year_axis(axis)
axes[0].legend(loc="upper left")
draw(
    figure,
    "Usable reserves over net revenue expenditure of the upper tier and of shire districts, 2008 to the newest year: both "
    "jump in 2021, less so with the pandemic's grants taken off.",
    source=OUTTURN,
)
lift = with_grants.loc["upper", 2021] - without.loc["upper", 2021]
say(
    f"In the upper tier as a whole the choice is worth {100 * lift:.0f} points of net revenue expenditure in 2020-21. "
    "Notebook 8 shows how to turn each such choice the other way and see what moves."
)
