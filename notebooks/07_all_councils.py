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
# # 7. All councils: scores with explanations
#
# The watch list of 1 January 2026, the day after the register ends: every council in being, ranked, or with the reason
# why it is not; and why each stands where it stands. Read a chance as "of a hundred councils like this, about so many".

# %%
from datetime import date

import numpy as np
import pandas as pd
from matplotlib.colors import TwoSlopeNorm
from shown import BLUE, CLASS_COLOURS, CLASS_MARKERS, OUTTURN, REGISTER, bar, canvas, draw, say, table

import resilience
from resilience.formatting import chance, chance_range, day
from resilience.model.calibration import BANDS
from resilience.model.risk_set import AT_RISK
from resilience.report.views.watchlist import councils, notes
from resilience.report.wording.general import CLASS_NAMES
from resilience.report.wording.indicators import contribution

SOURCE = f"{OUTTURN}, newest years transcribed; {REGISTER}"
today = date(2026, 1, 1)
run = resilience.run(today)
say("\n".join(f"- {note}" for note in notes(run)))

# %%
frame = pd.DataFrame(councils(run))
columns = {"risk": "chance", "main_reasons": "what raises it most, against its tier's median"}
shown = frame.assign(
    main_reasons=frame["main_reasons"].map("; ".join),
    risk=frame["risk"].map(chance),
    range=[chance_range(low, high) for low, high in zip(frame["risk_low"], frame["risk_high"], strict=True)],
    rank=frame["rank"].map(lambda rank: "" if pd.isna(rank) else f"{rank}"),
)
listed = shown[shown["status"] == AT_RISK]
table(
    listed[["rank", "council", "class", "risk", "range", "band", "main_reasons"]].rename(columns=columns),
    title=f"Every council at risk of a first event, {day(today)} (scrolls)",
    source=SOURCE,
    index=False,
    tall=True,
)
others = shown[shown["status"] != AT_RISK].sort_values(["status", "council"])
table(
    others[["council", "class", "status", "main_reasons"]].rename(columns={"main_reasons": "why it has no rank"}),
    title="Councils without a rank",
    source=SOURCE,
    index=False,
    tall=True,
)

# %% [markdown]
# ## How sure
#
# The bars are the middle 90 % of draws: councils drawn with replacement, prior and base rate drawn from their own doubt.
# Neighbours on the list can seldom be told apart.

# %%
top = run.table[run.table["status"] == AT_RISK].head(30)
figure, (axis,) = canvas(7.2, 6.2)
spots = np.arange(len(top))
axis.hlines(spots, top["risk_low"] * 100, top["risk_high"] * 100, color=BLUE, linewidth=3, alpha=0.45)
for kind, group in top.groupby("class"):
    at = [top.index.get_loc(code) for code in group.index]
    axis.plot(group["risk"] * 100, at, CLASS_MARKERS[kind], color=CLASS_COLOURS[kind], label=CLASS_NAMES[kind])
axis.set_yticks(spots, top["council"], fontsize=8)
axis.set_ylim(len(top) - 0.5, -0.5)
axis.set_xlim(0)
axis.set_xlabel("chance within 24 months, %, with 90 % range")
axis.legend(loc="lower right", fontsize=8)
draw(figure, "The thirty highest chances with their 90 % ranges, which overlap widely.", source=SOURCE)

# %% [markdown]
# ## Why, at a glance
#
# Each column is a term, each row a council: orange raises its log-odds against its tier's median, blue lowers them.

# %%
terms = run.model.terms
grid = run.contributions.loc[top.index, [one.name for one in terms]].to_numpy(dtype=float)
figure, (axis,) = canvas(7.4, 6.6)
extent = float(np.abs(grid).max())
shades = axis.imshow(grid, cmap="PuOr_r", norm=TwoSlopeNorm(0, -extent, extent), aspect="auto")
axis.set_xticks(range(len(terms)), [one.label for one in terms], rotation=40, ha="right", fontsize=8)
axis.set_yticks(spots, top["council"], fontsize=8)
axis.grid(visible=False)
figure.colorbar(shades, ax=axis, label="contribution to the log-odds", shrink=0.6)
draw(figure, "Contributions of each term for the thirty highest councils.", source=SOURCE)

# %% [markdown]
# ## Every council explained
#
# `resilience.explain` gives the same for each: the exact sum, sentences with the council's own figures, the year's
# change, what became of councils with such scores, and what the figures cannot see. What all councils share is worked
# out once for the day.

# %%
ranked = run.table.index[run.table["status"] == AT_RISK]
step = bar(10 + len(ranked))
step()
explained = {}
for code in ranked:
    step()
    explained[code] = resilience.explain(run, code)
step()
gap = max(abs(one.reference + one.contributions["log_odds"].sum() - one.log_odds) for one in explained.values())
say(
    f"{len(explained)} councils explained. In each, reference and contributions add up to the score: the largest gap is "
    f"{'less than a billionth' if gap < 1e-9 else f'{gap:.1e}'} of a log-odds."
)

# %%
for one in list(explained.values())[:5]:
    worth_saying = [*one.risks().index, *one.strengths().index]
    parts = one.contributions[one.contributions.index.isin(worth_saying)]
    lines = [
        f"- {'raises' if row.log_odds > 0 else 'lowers'} it from {chance(row.chance_from)} to {chance(row.chance_to)}: "
        f"{contribution(row, one.class_)}"
        for row in parts.itertuples()
    ]
    say(
        f"### {one.rank}. {one.council}\n\n{CLASS_NAMES[one.class_].capitalize()}; chance **{chance(one.risk)}** "
        f"({chance_range(one.low, one.high)}); its tier's median council {chance(one.reference_chance)}; a year earlier, by "
        f"the same model, {chance(one.risk_then) or 'not scored'}.\n\n" + "\n".join(lines)
    )
    if one.similar:
        say(
            f"The nearest cases on closed Januaries ({one.similar.times}, with chances of "
            f"{chance_range(one.similar.low, one.similar.high)}): {one.similar.events} had an event."
        )

# %% [markdown]
# ## What weighs most across the country
#
# For how many councils each term is the one that raises the chance most, and the one that lowers it most. The thing that
# matters differs from place to place: this is why a single ratio makes a poor list.

# %%
raises = pd.Series([one.risks()["label"].iloc[0] for one in explained.values() if len(one.risks())]).value_counts()
lowers = pd.Series(
    [one.strengths().sort_values("log_odds")["label"].iloc[0] for one in explained.values() if len(one.strengths())]
).value_counts()
table(
    pd.DataFrame({"raises it most": raises, "lowers it most": lowers})
    .fillna(0)
    .astype(int)
    .sort_values("raises it most", ascending=False),
    title="Councils for which the term weighs most",
    source=SOURCE,
)

# %% [markdown]
# ## What moved in a year
#
# By the same model, and by a council's own figures alone: how often events happen at all is left out. Nearly every
# figure of the newest year is transcribed from a republication.

# %%
moved = pd.DataFrame(
    [
        {
            "council": one.council,
            "a year earlier": one.risk_then,
            "now": one.risk,
            "odds multiplied by": np.exp(one.change["log_odds"].drop("level").sum()),
            "most by": one.change.drop(index="level")["label"].iloc[0],
        }
        for one in explained.values()
        if len(one.change)
    ]
)
formats = {"a year earlier": chance, "now": chance, "odds multiplied by": "{:.1f}".format}
raised = dict(BANDS)["raised"]
for words, rows in (
    (f"Worse by their own figures (chance now {chance(raised)} or more)", moved[moved["now"] >= raised].nlargest),
    (
        f"Better by their own figures (chance then {chance(raised)} or more)",
        moved[moved["a year earlier"] >= raised].nsmallest,
    ),
):
    table(rows(8, "odds multiplied by"), title=words, index=False, formats=formats, source=SOURCE)
