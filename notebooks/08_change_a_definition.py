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
# # 8. Change a definition, rerun, compare
#
# Every choice in the method can be made otherwise in a line. Four are shown: a **definition** (what counts as reserves),
# the **horizon** and the **outcome**, one's own **families**, and another **register** of events. Each time the question is
# the same two: does the list change, and does the record change?

# %%
from dataclasses import replace
from datetime import timedelta

import pandas as pd
from shown import BLUE, ORANGE, OUTTURN, REGISTER, bar, canvas, draw, say, table

import resilience
from resilience.backtest.studies import summary
from resilience.formatting import day
from resilience.indicators.compute import SWITCHES, switch_effects
from resilience.model.families import Term, load_families
from resilience.model.fitting import last_closed_origin
from resilience.model.risk_set import AT_RISK
from resilience.years import outturn_year_of

SOURCE = f"{OUTTURN}, newest years transcribed; {REGISTER}"
panel, events = resilience.load_panel(), resilience.load_events()
today = events.until + timedelta(days=1)
base = resilience.run(today, events=events, panel=panel, intervals=False)
ranked = base.table[base.table["status"] == AT_RISK]
say(f"The list as it stands on {day(today)}: {len(ranked)} councils at risk, highest **{ranked['council'].iloc[0]}**.")

# %% [markdown]
# ## A definition: the switches

# %%
table(
    pd.DataFrame(
        [
            {"switch": name, "default": "on" if default else "off", "when on": words}
            for name, (default, words) in SWITCHES.items()
        ]
    ),
    title="Definitions that can be turned",
    source="resilience/indicators/compute.py",
    index=False,
)
council, year = "Cheshire East", 2023
effects = switch_effects(panel, council, year)
table(
    effects.assign(set_to=effects["set_to"].map({True: "on", False: "off"})),
    title=f"{council}, {outturn_year_of(year)}: what each switch moves",
    source=OUTTURN,
    index=False,
    formats=dict.fromkeys(
        ["default", "switched", "change"], lambda value: "none" if pd.isna(value) else f"{value:.3f}"
    ),
)

# %% [markdown]
# The deficit on the dedicated schools grant stands outside usable reserves by a statutory override, and is money owed all the same. What
# if it were taken off? One argument reruns everything, fit included.

# %%
switched = resilience.run(today, events=events, panel=panel, switches={"dsg_deficit": True}, intervals=False)
both = ranked[["council", "class", "rank"]].join(switched.table[["rank"]].add_suffix(" switched"))
both["places"] = both["rank"].astype(float) - both["rank switched"].astype(float)
top = both[(both["rank"] <= 30) | (both["rank switched"] <= 30)]
formats = {"places": "{:+.0f}".format}
table(
    top.reindex(top["places"].abs().sort_values(ascending=False).index).head(12),
    title="In either top thirty: the largest moves with the schools deficit taken off (+ is up the list)",
    source=SOURCE,
    index=False,
    formats=formats,
)
stay = ((both["rank"] <= 30) & (both["rank switched"] <= 30)).sum()
say(f"**{stay} of the thirty** highest stay among the thirty highest.")

# %%
figure, (axis,) = canvas(4.6, 4.2)
axis.plot([1, len(both)], [1, len(both)], color="#bbbbbb", linewidth=1)
for kinds, colour, marker, words in (
    (("UA", "MD", "LB", "SC"), BLUE, "o", "upper tier"),
    (("SD",), ORANGE, "v", "shire districts"),
):
    part = both[both["class"].isin(kinds)]
    axis.plot(part["rank"], part["rank switched"], marker, color=colour, markersize=3, label=words)
axis.set_xlabel("rank by the default definition")
axis.set_ylabel("rank with the deficit taken off")
axis.legend()
draw(
    figure,
    "Ranks by the two definitions, one point a council: near the diagonal at both ends, wider apart between.",
    source=SOURCE,
)

# %% [markdown]
# ## Another horizon, another outcome

# %%
step = bar(3)
lists = {"24 months, distress": base}
for name, options in (
    ("12 months, distress", {"horizon": 12}),
    ("36 months, distress", {"horizon": 36}),
    ("24 months, severe", {"outcome": "severe"}),
):
    step()
    lists[name] = resilience.run(today, events=events, panel=panel, intervals=False, **options)
step()
table(
    pd.DataFrame(
        {
            name: {
                "councils at risk": f"{len(scored.at_risk)}",
                "first events expected": f"{scored.expected:.0f}",
                "of the default's thirty, in its own thirty": f"{(scored.table['rank'].reindex(ranked.index[:30]) <= 30).sum()}",
                "the five highest": ", ".join(scored.table["council"].head(5)),
            }
            for name, scored in lists.items()
        }
    ).T,
    title="Four lists for one day",
    source=SOURCE + ". On the severe list a council with support but no notice is still at risk",
)

# %% [markdown]
# ## Your own families
#
# An indicator is a few words in `families.toml`, or a `Term`; a family is a tuple of them. Here one family is left out,
# and in another debt servicing (interest plus provision for repayment over net revenue expenditure) stands for interest
# over reserves. The **back test** over the origins whose 24 months have closed says what that does to the record.
#
# Careful: whoever tries many designs on the same events and keeps the best has learnt from the answers. The first model
# was chosen so, and notebook 5 shows what became of it.

# %%
families = load_families()
servicing = Term(
    name="debt servicing",
    indicator="debt_servicing_ratio",
    worse="high",
    tiers=("upper", "lower"),
    label="Debt servicing",
    why="Interest and repayment come first, whatever the year brings.",
)
designs = {
    "as shipped": families,
    "without commercial dependence": tuple(one for one in families if one.name != "commercial"),
    "debt servicing for interest over reserves": tuple(
        replace(one, terms=(servicing,)) if one.name == "debt" else one for one in families
    ),
}

# %%
last = last_closed_origin(events, today, 24)
step = bar(6 * len(designs))
found = {
    name: resilience.backtest(base.indicators, events, first=2021, last=last, draws=0, n_jobs=1, families=chosen)
    for name, chosen in designs.items()
}
records = {name: summary(one.predictions) for name, one in found.items()}
step()
compared = pd.DataFrame(records).T
table(
    compared,
    title=f"The record with other families, origins 2021 to {last}, no intervals",
    source=SOURCE,
    formats={"events": "{:.0f}".format} | dict.fromkeys(compared.columns[1:], "{:.3f}".format),
)
spread = compared["auc"].max() - compared["auc"].min()
say(
    f"AUC moves by {spread:.3f} between them. Compare that with the smallest difference that so few councils with an event "
    "can show (notebook 5) before calling any of them better."
)

# %% [markdown]
# ## Another register
#
# Any CSV in the register's format can take its place (`--events FILE` on the command line). Here: what if support agreed
# in principle did not count, but only what was final, or a notice, or an intervention?

# %%
in_principle = (events.rows["event_type"] == "efs") & events.rows["subtype"].str.contains("in_principle")
strict = replace(events, rows=events.rows.assign(distress=events.rows["distress"] & ~in_principle))
run = resilience.run(today, events=strict, panel=panel, intervals=False)
names = ranked.index[:30]
say(
    f"Without support in principle, {len(strict.onsets())} councils had a first event instead of "
    f"{len(events.onsets())}; {run.expected:.0f} are expected in 24 months instead of "
    f"{base.expected:.0f}; and {(run.table['rank'].reindex(names) <= 30).sum()} of the default's thirty "
    "highest are among its own thirty highest (councils whose support was in principle only come back on the list)."
)
table(
    run.table.head(10)
    .assign(default=base.table["status"].reindex(run.table.index[:10]))[["rank", "council", "default"]]
    .rename(columns={"default": "on the default list"}),
    title="The ten highest by that register",
    source=SOURCE,
    index=False,
)
