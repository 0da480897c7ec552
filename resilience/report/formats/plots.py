"""Pictures for a notebook, a line each: every function draws on matplotlib axes and returns them.

Public as ``resilience.plots``. Colours are of Okabe and Ito's set, and nothing is told apart by colour alone.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from resilience.analysis.families import contributions as by_indicator
from resilience.analysis.families import family_bars
from resilience.backtest import metrics
from resilience.backtest.full import FullRecord
from resilience.backtest.rolling import Backtest
from resilience.backtest.summaries import best_rival
from resilience.councils import resolve
from resilience.errors import DataError
from resilience.formatting import ordinal, signed
from resilience.indicators.definitions import Definition, describe
from resilience.model.bands import NAMES
from resilience.model.calibration import share_interval
from resilience.model.risk_set import AT_RISK
from resilience.model.scoring import ScoredDay
from resilience.report.wording.general import CLASS_PLURALS

_WORSE, _BETTER, _INK, _GREY, _LIGHT = "#d55e00", "#0072b2", "#1b1b1b", "#767676", "#dbe4ee"
_RESERVES = "rival: reserves_rank"


def contributions(scored: ScoredDay, council: str, *, indicators: bool = False, ax: Axes | None = None) -> Axes:
    """Draw what each family adds to a council's score.

    Parameters
    ----------
    scored : ScoredDay
    council : str
        Name or code.
    indicators : bool
        Whether an indicator a bar, and not a family.
    ax : Axes, optional

    Raises
    ------
    DataError
        If the council has no rank on the day.
    """
    code = _code(scored, council)
    row = scored.table.loc[code]
    if row["status"] != AT_RISK:
        raise DataError(f"{row['council']} has no rank on {scored.as_of} ({row['status']}); there is nothing to draw.")
    bars = by_indicator(scored, code) if indicators else family_bars(scored, code)
    bars = bars[bars["applies"]] if indicators else bars
    ax = _axes(ax, height=1.2 + 0.4 * len(bars))
    for place, value in enumerate(bars["log_odds"]):
        worse = value > 0
        ax.barh(place, value, color=_WORSE if worse else _BETTER, hatch="" if worse else "///", edgecolor="white")
        ax.annotate(
            signed(value),
            (value, place),
            xytext=(4 if worse else -4, 0),
            textcoords="offset points",
            ha="left" if worse else "right",
            va="center",
            fontsize=8,
        )
    ax.set_yticks(range(len(bars)), bars["label"])
    ax.invert_yaxis()
    ax.margins(x=0.15)
    ax.axvline(0, color=_INK, linewidth=0.8)
    ax.set_xlabel("log-odds beside the median council of its tier (right: worse)")
    ax.set_title(f"{row['council']}: {ordinal(int(row['rank']))} of {len(scored.at_risk)}, band {row['band']}")
    return ax


def history(scored: ScoredDay, council: str, indicator: str = "reserves_ratio", *, ax: Axes | None = None) -> Axes:
    """Draw a council's figure over the years, over the median and the middle half of the others of its class.

    Parameters
    ----------
    scored : ScoredDay
        Only what was known on its day is drawn.
    council : str
        Name or code.
    indicator : str
        A column of ``compute_indicators``.
    ax : Axes, optional

    Raises
    ------
    DataError
        If there is no such indicator, or the council has no figure of it.
    """
    definition, code = describe(indicator), _code(scored, council)
    own = scored.known.own(code).dropna(subset=[indicator])
    name, kind = scored.table.at[code, "council"], str(scored.table.at[code, "class"])
    if own.empty:
        raise DataError(f"{name} has no figure of {indicator} known on {scored.as_of}; there is nothing to draw.")
    ax, scale = _axes(ax), _scale(definition)
    years = range(int(own.index.min()), int(own.index.max()) + 1)
    others = [scored.known.others(code, kind, year, indicator) * scale for year in years]
    spread = np.array([np.quantile(one, [0.25, 0.5, 0.75]) if len(one) else [np.nan] * 3 for one in others])
    words = CLASS_PLURALS[kind]
    ax.fill_between(years, spread[:, 0], spread[:, 2], color=_LIGHT, linewidth=0, label=f"middle half of {words}")
    ax.plot(years, spread[:, 1], color=_GREY, linestyle="--", label=f"median of {words}")
    values = own[indicator].reindex(years) * scale  # a year without the figure is a gap in the line
    ax.plot(years, values, color=_BETTER, marker="o", label=str(name))
    other = own["source_kind"].ne("original")
    if other.any():
        ax.plot(
            own.index[other], own.loc[other, indicator] * scale, "o", mfc="white", mec=_BETTER, label="not an original"
        )
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set_xlabel("financial year ending 31 March")
    ax.set_ylabel(_unit(definition))
    ax.set_title(f"{name}: {definition.label}")
    ax.legend(fontsize=8, frameon=False)
    return ax


def calibration(record: Backtest | FullRecord, *, ax: Axes | None = None) -> Axes:
    """Draw, band by band, the share of councils expected to have a first event beside the share that had one.

    The interval takes councils and origins as independent, and so is too narrow where a council stands in several.

    Parameters
    ----------
    record : Backtest or FullRecord
        All its origins; of one not yet closed, the part that was observed.
    ax : Axes, optional
    """
    rows = _predictions(record)
    ax = _axes(ax, width=5.0, height=4.6)
    groups = rows.groupby("band")
    for band in (one for one in NAMES if one in groups.groups):
        group = groups.get_group(band)
        events, of = int(group["event"].sum()), len(group)
        given, came = 100 * group["risk_observed"].mean(), 100 * events / of
        low, high = (100 * end for end in share_interval(events, of))
        ax.errorbar(given, came, [[max(came - low, 0)], [max(high - came, 0)]], color=_BETTER, marker="o", capsize=3)
        ax.annotate(f"rank {band}", (given, came), xytext=(6, 2), textcoords="offset points", fontsize=8)
    most = max(ax.get_xlim()[1], ax.get_ylim()[1])
    ax.plot([0, most], [0, most], color=_GREY, linestyle="--", linewidth=1, label="as expected")
    ax.set_xlim(0, most)
    ax.set_ylim(0, most)
    ax.set_xlabel("first events expected, % of councils in the band")
    ax.set_ylabel("first events that came, % of councils in the band")
    ax.set_title("Expected and what came, by band\n(bars: 90% interval)")
    ax.legend(fontsize=8, frameon=False, loc="upper left")
    return ax


def recall_by_calls(
    record: Backtest | FullRecord, *, calls: Iterable[int] = range(1, 101), ax: Axes | None = None
) -> Axes:
    """Draw the share of first events on a list of so many councils: the model, the best rule, plain reserves.

    Parameters
    ----------
    record : Backtest or FullRecord
        All its origins.
    calls : iterable of int
        Numbers of councils called each January.
    ax : Axes, optional
    """
    rows, result, numbers = _predictions(record), _result(record), list(calls)
    event, origin = rows["event"].to_numpy(dtype=bool), rows["origin"].to_numpy()
    best = f"rival: {best_rival(result)}"
    lines = {"this model": "risk", best.removeprefix("rival: "): best, "reserves_rank (plain reserves)": _RESERVES}
    ax, drawn = _axes(ax), set()
    for (name, column), style in zip(lines.items(), ("-", "--", ":"), strict=True):
        if column in drawn or column not in rows:
            continue
        drawn.add(column)
        values, one = rows[column].to_numpy(dtype=float), np.ones((1, len(rows)))
        hits = [float(metrics.caught(values, event, origin, one, number)[0][0]) for number in numbers]
        colour = {"-": _BETTER, "--": _WORSE, ":": _INK}[style]
        ax.plot(numbers, 100 * np.array(hits) / max(event.sum(), 1), style, color=colour, label=name)
    ax.set_ylim(0, 100)
    ax.set_xlabel("councils called each January")
    ax.set_ylabel(f"first events on the list, % of {int(event.sum())}")
    first, last = (pd.Timestamp(one).year for one in (origin.min(), origin.max()))
    ax.set_title(f"First events among those called, lists of {first}–{last}")
    ax.legend(fontsize=8, frameon=False, loc="lower right")
    return ax


def distribution_by_class(
    scored: ScoredDay, indicator: str = "reserves_ratio", *, council: str | None = None, ax: Axes | None = None
) -> Axes:
    """Draw the newest known figure of every council that can be scored, a box a class.

    Parameters
    ----------
    scored : ScoredDay
    indicator : str
        A column of ``compute_indicators``.
    council : str, optional
        Name or code of one to be marked.
    ax : Axes, optional

    Raises
    ------
    DataError
        If there is no such indicator, or no council has a figure of it.
    """
    definition, table = describe(indicator), scored.known.scorable
    scale = _scale(definition)
    rows = table[table[indicator].notna()]
    kinds = [one for one in CLASS_PLURALS if rows["class"].eq(one).any()]
    if not kinds:
        raise DataError(f"No council has a figure of {indicator} known on {scored.as_of}; there is nothing to draw.")
    ax = _axes(ax)
    ax.boxplot(
        [rows.loc[rows["class"] == kind, indicator].to_numpy(dtype=float) * scale for kind in kinds],
        whis=(5, 95),
        showfliers=False,
        medianprops={"color": _INK},
    )
    counts = rows["class"].value_counts()
    ax.set_xticks(range(1, len(kinds) + 1), [f"{CLASS_PLURALS[k]}\n(n = {counts[k]})" for k in kinds], fontsize=8)
    if council is not None:
        code = _code(scored, council)
        if code not in rows.index:
            raise DataError(f"'{council}' has no figure of {indicator} known on {scored.as_of} to be marked.")
        place = 1 + kinds.index(rows.at[code, "class"])
        ax.plot(place, rows.at[code, indicator] * scale, "D", color=_WORSE, label=str(rows.at[code, "council"]))
        ax.legend(fontsize=8, frameon=False)
    ax.set_ylabel(_unit(definition))
    ax.set_title(f"{definition.label}, known on {scored.as_of}\n(box: middle half; whiskers: middle nine tenths)")
    return ax


def _axes(ax: Axes | None, *, width: float = 7.0, height: float = 4.0) -> Axes:
    """Return the axes given, or new ones that a notebook shows by itself."""
    if ax is None:
        from matplotlib import pyplot

        _, ax = pyplot.subplots(figsize=(width, height), layout="constrained")
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    return ax


def _code(scored: ScoredDay, council: str) -> str:
    code = resolve(council, on=scored.as_of)
    if code not in scored.table.index:
        raise DataError(f"'{council}' is not among the councils of {scored.as_of}.")
    return code


def _result(record: Backtest | FullRecord) -> Backtest:
    return record.result if isinstance(record, FullRecord) else record


def _predictions(record: Backtest | FullRecord) -> pd.DataFrame:
    rows = _result(record).predictions
    return rows[rows["observed"] > 0]


def _scale(definition: Definition) -> float:
    return 100.0 if definition.unit in ("ratio", "flag") else 1.0


def _unit(definition: Definition) -> str:
    if definition.unit not in ("ratio", "flag"):
        return definition.unit
    return "% of net revenue expenditure" if definition.over_spending else f"{definition.label}, %"
