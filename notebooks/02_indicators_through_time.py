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
# # 2. Indicators through time
#
# Amounts say little by themselves: £10 million of reserves is much for a district and little for a county. An
# **indicator** is a ratio with a definition written down: what it means, its formula with line numbers, which direction
# is the worse one, where the series breaks, and who else uses it. All of them are in `docs/data_dictionary.md`.

# %%
import pandas as pd
from shown import BLUE, GREY, ORANGE, OUTTURN, RED, canvas, draw, per_cent, say, table, year_axis

import resilience
from resilience.indicators.comparisons import aggregate, percentiles
from resilience.indicators.definitions import FAMILIES, describe, load_definitions
from resilience.model.families import load_terms
from resilience.report.formats.figures import distribution_by_class
from resilience.years import outturn_year_of

panel = resilience.load_panel()
indicators = resilience.compute_indicators(panel)
definitions = load_definitions()
say(f"**{len(definitions)} indicators** of {len(FAMILIES)} families, for {indicators['ons_code'].nunique()} councils.")

# %%
table(
    pd.DataFrame(
        [
            {
                "family": FAMILIES[one.family],
                "indicator": one.name,
                "in words": one.meaning,
                "worse when": one.worse,
                "from": one.first_year,
            }
            for one in definitions.values()
        ]
    ),
    title="The indicators",
    source="resilience/indicators/definitions.toml",
    index=False,
    tall=True,
)

# %% [markdown]
# ## Reserves: what stands between a bad year and a notice
#
# Each panel is one class of council: the line is the median council, the dark band the middle half, the light band nine
# councils in ten. Shire districts have a scale of their own: a year's spending in reserves is ordinary there and rare
# above. **Compare within a class or tier, never across.**

# %%
draw(
    distribution_by_class(indicators, "reserves_ratio"),
    "Usable reserves over net revenue expenditure by class through time: medians rise to a peak in 2021 and fall since.",
    source=OUTTURN,
)

# %%
reserves = aggregate(panel, "reserves_ratio", by="class")
peak, last = reserves.T.idxmax(), reserves.columns.max()
table(
    pd.DataFrame(
        {
            "highest in": peak.map(outturn_year_of),
            "then": [per_cent(reserves.loc[kind, peak[kind]]) for kind in reserves.index],
            outturn_year_of(last): [per_cent(value) for value in reserves[last]],
        },
        index=reserves.index,
    ),
    title="Usable reserves of whole classes, % of net revenue expenditure",
    source=OUTTURN + "; the newest years transcribed",
)

# %% [markdown]
# ## Debt: interest as a share of the budget, and of the cushion

# %%
draw(
    distribution_by_class(indicators, "interest_ratio"),
    "Interest payable over net revenue expenditure by class through time; the spread among districts and unitaries is wide.",
    source=OUTTURN,
)
draw(
    distribution_by_class(indicators, "interest_to_reserves"),
    "Interest payable over usable reserves by class through time.",
    source=OUTTURN,
)

# %% [markdown]
# ## Demand: duties whose price the council does not set

# %%
draw(
    distribution_by_class(indicators, "general_fund_housing_ratio"),
    "Housing and homelessness paid from the general fund over net revenue expenditure by class: rising in London and districts.",
    source=OUTTURN,
)
draw(
    distribution_by_class(indicators, "childrens_social_care_share"),
    "Children's social care over net revenue expenditure by class through time; not asked of districts.",
    source=OUTTURN,
)

# %% [markdown]
# ## Reserves used that were not meant to be used
#
# The budget says what reserves are to be used; the outturn what was. The difference is spending that got away from the
# plan. It is in the dictionary and not in the model: what is carried forward of it says hardly anything (notebook 5).

# %%
draw(
    distribution_by_class(indicators, "unplanned_reserves_use"),
    "Reserves used beyond the budget over net revenue expenditure by class, above zero where more was used than planned.",
    source="MHCLG, Revenue Outturn (RS) and Revenue Account budget (RA), individual authorities; the shipped panel",
)

# %% [markdown]
# ## One council among its like
#
# A percentile says how many of the class stand better: 100 is the worst place. Thurrock, whose investments failed in
# 2022, as its figures were published, gaps included:

# %%
council = "Thurrock"
code = resilience.resolve(council)
standing = percentiles(indicators, by="class")
own = indicators["ons_code"] == code
names = ["reserves_ratio", "unallocated_ratio", "interest_ratio", "interest_to_reserves", "investment_income_ratio"]
picked = standing.loc[own, names].set_index(indicators.loc[own, "outturn_year"])
picked.columns = [describe(name).label for name in names]
table(
    picked.tail(12),
    title=f"{council}: percentile among unitary authorities (100 = the worst)",
    source=OUTTURN,
    formats={name: "{:.0f}".format for name in picked},
)

# %%
figure, axes = canvas(8.2, 2.9, columns=2)
for axis, name, words in zip(
    axes, ("reserves_ratio", "interest_to_reserves"), ("Usable reserves", "Interest payable"), strict=True
):
    peers = indicators[(indicators["class"] == "UA") & ~indicators["built"]].groupby("year")[name]
    axis.plot(peers.median().index, peers.median() * 100, color=GREY, linestyle="--", label="middle unitary authority")
    mine = indicators[own].set_index("year")[name].sort_index() * 100
    axis.plot(
        mine.index, mine, color=RED if name == "interest_to_reserves" else BLUE, marker="o", markersize=3, label=council
    )
    axis.set_title(words)
    axis.set_ylabel("% of net revenue expenditure" if name == "reserves_ratio" else "% of usable reserves")
    axis.set_ylim(0)
    year_axis(axis)
    axis.legend(loc="best", fontsize=8)
draw(
    figure,
    f"{council}: usable reserves and interest payable through time, beside the median unitary authority.",
    source=OUTTURN,
)
say(
    "A high interest bill against reserves, years before the notice. And a trap: reserves look strongest in the years when "
    "exceptional support refilled them."
)

# %% [markdown]
# ## Where the series break
#
# Net revenue expenditure changed its meaning more than once, and 2020-21 is unlike any other year. What each of the
# model's ingredients says about its own breaks:

# %%
table(
    pd.DataFrame(
        [
            {"indicator": describe(term.indicator).label, "break": words}
            for term in load_terms()
            for words in describe(term.indicator).breaks
        ]
    ),
    title="Breaks in the model's own indicators",
    source="resilience/indicators/definitions.toml",
    index=False,
)

# %%
spending = indicators[~indicators["built"]].groupby(["year", "tier"])["net_revenue_expenditure"].sum().unstack() / 1e6
figure, axes = canvas(8.2, 2.7, columns=2)
for axis, tier, words, colour in zip(
    axes, ("upper", "lower"), ("Upper tier", "Shire districts"), (BLUE, ORANGE), strict=True
):
    axis.plot(spending.index, spending[tier], color=colour, marker="o", markersize=3)
    axis.set_title(words)
    axis.set_ylabel("net revenue expenditure,\n£ billion, cash")
    axis.set_ylim(0)
    year_axis(axis)
draw(
    figure,
    "Net revenue expenditure by tier: the step of 2013-14 (rates retention), a peak in 2020-21 and returns missing since.",
    source=OUTTURN + "; councils that did not return are missing from the sums",
)
