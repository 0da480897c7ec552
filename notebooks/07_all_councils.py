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
# The watch list of the day after the register ends: every council in being, ranked, or with the reason why it is not; and
# why each stands where it stands. Read the rank, its band and what followed for past councils in that band first; the
# chances only for a stated number of councils in need; and the rank by plain reserves beside it all.

# %%
from datetime import timedelta

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.colors import TwoSlopeNorm
from shown import (
    BLACK,
    BLUE,
    CLASS_COLOURS,
    CLASS_MARKERS,
    GREY,
    ORANGE,
    OUTTURN,
    REGISTER,
    bar,
    canvas,
    draw,
    say,
    table,
)

import resilience
from resilience.backtest.track_record import track_record
from resilience.formatting import day
from resilience.model.calibration import PACES
from resilience.model.risk_set import AT_RISK
from resilience.report.views.watchlist import councils, notes
from resilience.report.wording.bands import both
from resilience.report.wording.council import beside, headline
from resilience.report.wording.general import CLASS_NAMES
from resilience.report.wording.indicators import contribution

SOURCE = f"{OUTTURN}, newest years transcribed; {REGISTER}"
events = resilience.load_events()
today = events.until + timedelta(days=1)
run = resilience.run(today)
say("\n".join(f"- {note}" for note in notes(run)))

# %%
frame = pd.DataFrame(councils(run))
columns = {
    "at_paces": f"chance, %, if {' / '.join(str(one) for one in PACES.values())} first events come in 24 months",
    "reserves_rank": "rank by plain reserves",
    "main_reasons": "what raises it most, against its tier's median",
}
shown = frame.assign(main_reasons=frame["main_reasons"].map("; ".join))
listed = shown[shown["status"] == AT_RISK].astype({"rank": int, "reserves_rank": int})
table(
    listed[["rank", "band", "council", "class", "reserves_rank", "at_paces", "main_reasons"]].rename(columns=columns),
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
# ## Two rules that err differently
#
# Usable reserves over net revenue expenditure, lowest first, is one ratio, and on the one list scored blind it did better
# than the first model (notebook 5). Councils near the top of both lists are those on which two different rules agree.

# %%
say(
    f"**{listed['top_30_of_both'].sum()} councils** are in the top thirty of both. {both(track_record(run), run.model.horizon)}"
)
figure, (axis,) = canvas(5.4, 4.6)
for agreed, colour, marker, words in ((False, GREY, "o", "others"), (True, ORANGE, "s", "top thirty of both")):
    part = listed[listed["top_30_of_both"].astype(bool) == agreed]
    axis.plot(part["rank"], part["reserves_rank"], marker, color=colour, markersize=4, label=words)
axis.axvline(30.5, color=BLACK, linewidth=0.7, linestyle="--")
axis.axhline(30.5, color=BLACK, linewidth=0.7, linestyle="--")
axis.set_xlabel("rank by the model")
axis.set_ylabel("rank by plain reserves")
axis.legend(loc="upper right", fontsize=8, frameon=True)
draw(
    figure,
    "Rank by plain reserves against rank by the model, one point a council; few are near the top of both.",
    source=SOURCE,
)

# %% [markdown]
# ## How sure
#
# The bars are the middle 90% of draws: councils drawn with replacement, prior and base rate drawn from their own doubt.
# Neighbours on the list can seldom be distinguished. The odds are set against those of the median council at risk, so that
# what is seen is the order and not the level, which no figure tells.

# %%
top = run.at_risk.head(30)
odds = top[["risk", "risk_low", "risk_high"]].astype(float)
middle = run.at_risk["risk"].astype(float).median()
odds = odds / (1 - odds) / (middle / (1 - middle))
figure, (axis,) = canvas(7.2, 6.2)
spots = np.arange(len(top))
axis.hlines(spots, odds["risk_low"], odds["risk_high"], color=BLUE, linewidth=3, alpha=0.45)
for kind, group in top.groupby("class"):
    at = [top.index.get_loc(code) for code in group.index]
    axis.plot(
        odds.loc[group.index, "risk"], at, CLASS_MARKERS[kind], color=CLASS_COLOURS[kind], label=CLASS_NAMES[kind]
    )
axis.set_xscale("log")
axis.set_xticks([2, 5, 10, 20, 50, 100, 200], ["2", "5", "10", "20", "50", "100", "200"])
axis.set_yticks(spots, top["council"], fontsize=8)
axis.set_ylim(len(top) - 0.5, -0.5)
axis.set_xlabel("odds as a multiple of those of the median council at risk, with 90% interval")
axis.legend(loc="lower right", fontsize=8, frameon=True)
draw(figure, "The thirty highest with their 90% intervals, which overlap widely.", source=SOURCE)

# %% [markdown]
# ## Why, at a glance
#
# Each column is a family, each row a council: orange raises its log-odds against its tier's median, purple lowers them.

# %%
families = run.model.families
grid = run.families.loc[top.index, [one.name for one in families]].to_numpy(dtype=float)
figure, (axis,) = canvas(7.4, 6.6)
extent = float(np.abs(grid).max())
shades = axis.imshow(grid, cmap=colormaps["PuOr_r"].resampled(11), norm=TwoSlopeNorm(0, -extent, extent), aspect="auto")
axis.set_xticks(range(len(families)), [one.label for one in families], rotation=30, ha="right", fontsize=8)
for row, column in np.ndindex(*grid.shape):
    dark = abs(grid[row, column]) > 0.6 * extent
    axis.text(
        column, row, f"{grid[row, column]:+.1f}", ha="center", va="center", fontsize=7, color="white" if dark else BLACK
    )
axis.set_yticks(spots, top["council"], fontsize=8)
axis.grid(visible=False)
figure.colorbar(shades, ax=axis, label="contribution to the log-odds", shrink=0.6)
draw(
    figure, "What each of the five families adds for the thirty highest councils, the figure written in.", source=SOURCE
)

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
    lines = [f"- {row.log_odds:+.2f} log-odds: {contribution(row, one.class_)}" for row in parts.itertuples()]
    say(
        f"### {one.rank}. {one.council}\n\n{CLASS_NAMES[one.class_].capitalize()}. {headline(one, run.model.horizon)} "
        f"{' '.join(beside(one, run.model.horizon))}\n\n" + "\n".join(lines)
    )

# %% [markdown]
# ## What weighs most across the country
#
# For how many councils each indicator is the one that raises the rank most, and the one that lowers it most. The thing that
# matters differs from place to place.

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
    title="Councils for which the indicator weighs most",
    source=SOURCE,
)

# %% [markdown]
# ## What moved in a year
#
# By the same model, and by a council's own figures alone: how often events happen at all, and how the others stood, is left
# out. The rank *with last year's figures* is the one that a council would have today had its own figures not moved. Nearly
# every figure of the newest year is transcribed from a republication.

# %%
moved = pd.DataFrame(
    [
        {
            "council": one.council,
            "rank with last year's figures": run.place_of(
                1 / (1 + np.exp(-one.log_odds + one.change["log_odds"].drop("level").sum())), without=one.ons_code
            ),
            "rank": one.rank,
            "odds multiplied by": np.exp(one.change["log_odds"].drop("level").sum()),
            "most by": one.change.drop(index="level")["label"].iloc[0],
        }
        for one in explained.values()
        if len(one.change)
    ]
)
before = moved["rank with last year's figures"]
for words, rows in (
    ("Worse by their own figures, ranked in the first hundred now", moved[moved["rank"] <= 100].nlargest),
    ("Better by their own figures, in the first hundred with last year's", moved[before <= 100].nsmallest),
):
    table(
        rows(8, "odds multiplied by"),
        title=words,
        index=False,
        formats={"odds multiplied by": "{:.1f}".format},
        source=SOURCE,
    )
