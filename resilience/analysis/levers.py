"""What would change it: how far each lever within reach moves the chance, one at a time.

A lever is pulled on the council's lines of its newest year, and every term that these lines enter is computed anew by
the indicators' own formulas. A line that the newest year lacks is taken as the last figure's share of net revenue
expenditure, as the score itself carries it. The scales, weights and level of the chances stay those of the run.

A lever whose figure is carried forward, or of an old return, is not looked at, and none is pulled further than
councils have gone in a year (``lever_reach``).
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit

from resilience.analysis.evidence import NOT_ITS_DUTY
from resilience.analysis.lever_catalogue import LEVERS, Lever, Position
from resilience.analysis.lever_reach import furthest_seen, is_current
from resilience.analysis.own_figures.assess import known_rows
from resilience.councils import resolve
from resilience.errors import DataError
from resilience.indicators.compute import chosen
from resilience.indicators.formulas import REGISTRY, Books
from resilience.indicators.formulas.reserves import reserves_earlier
from resilience.model.bands import BANDS, band_at, band_below
from resilience.model.risk_set import AT_RISK
from resilience.model.scale import place
from resilience.model.scoring import ScoredDay

COLUMNS = (
    "lever",
    "amount",
    "share_of_nre",
    "risk_before",
    "risk_after",
    "points",
    "band_after",
    "rank_after",
    "moved",
    "next_band",
    "to_next_band",
    "to_next_band_share",
    "furthest",
)
#: Points of each bracket looked at in one go, and how often the bracket is narrowed: to 1/32⁴, a millionth.
_POINTS, _ROUNDS = 33, 4


class _Desk:
    """One council's newest lines, and what they become under levers."""

    def __init__(self, run: ScoredDay, code: str) -> None:
        self.run, self.row = run, run.table.loc[code]
        self.year = int(self.row["year"])
        self.switches = {
            **chosen(run.switches),
            "dsg_deficit": False,
            "hra_interest_out": False,
        }
        self.now = self._position(code)
        self.terms = run.model.terms
        # A carried figure is as stale under a lever as it was; an upper-tier council stays one.
        self.reliability = run.placed.reliability.loc[code].reindex(run.model.names, fill_value=1.0)
        known = self._indicators([self.now]).iloc[0]
        # A term that these lines do not give back exactly as published is held where it is.
        self.moving = [
            name for name in known.index if np.isclose(known[name], float(self.row[name]), rtol=1e-7, atol=1e-12)
        ]

    @cached_property
    def ceiling(self) -> float:
        """The chance below which the council would stand in the next lower band; nought in the lowest."""
        last = BANDS[str(self.row["band"])]
        others = self.run.at_risk["risk"].drop(self.row.name).astype(float)
        return float(others.nlargest(int(last)).min()) if last < len(others) else 0.0

    def furthest(self, lever: Lever) -> float:
        """Return the largest pull thought of: within the council's own lines, and within what a year has seen."""
        seen = furthest_seen(self.run, str(self.row["tier"]), lever) * self.now.spending
        return float(np.fmin(lever.furthest(self.now), seen))

    def has_use_of(self, lever: Lever) -> bool:
        """Say whether a lever is one of this council's duties, rests on current figures, and can be pulled at all."""
        duty = set(lever.figures).isdisjoint(NOT_ITS_DUTY.get(str(self.row["class"]), ()))
        return duty and is_current(self.run, str(self.row.name), lever) and self.furthest(lever) > 0

    def _position(self, code: str) -> Position:
        """Return the lines behind the score, those of older years brought to the newest year's spending."""
        row, year = self.row, self.year
        panel = known_rows(self.run, code).set_index("year")
        spending = float(panel.at[year, "rs_netrevexp_net_exp"])

        def share(name: str) -> float:
            return float(row[name]) * spending if name in row and not pd.isna(row[name]) else np.nan

        reserves = share("reserves_ratio")
        cushion = max(reserves, 0.005 * spending)
        runway = float(row.get("reserves_runway_years", np.nan))
        return Position(
            spending=spending,
            reserves=reserves,
            unallocated=share("unallocated_ratio"),
            reserves_before=self._reserves_before(panel, reserves, runway),
            interest=float(row.get("interest_to_reserves", np.nan)) * cushion,
            investment_income=share("investment_income_ratio"),
            housing=share("general_fund_housing_ratio"),
            children=share("childrens_social_care_share"),
            flexible_receipts=share("flexible_receipts_ratio"),
            capital_from_revenue=share("revenue_for_capital_ratio"),
        )

    def _reserves_before(self, panel: pd.DataFrame, reserves: float, runway: float) -> float:
        """Return usable reserves three years before, as the published runway has them."""
        if 0 < runway < 20:
            return reserves * (1 + 3 / runway)
        # Not falling, or nothing left: how far does not matter for the runway, so as the formulas read the lines.
        published = Books(panel.reset_index(), self.switches)
        before = reserves_earlier(published, 3).to_numpy()[panel.index.get_loc(self.year)]
        if runway >= 20 and not before <= reserves:
            return reserves
        return float(before)

    def _indicators(self, positions: list[Position]) -> pd.DataFrame:
        """Compute the terms' indicators of several positions by the formulas, one row a position."""
        table = pd.DataFrame([vars(one) for one in positions])
        names = [f"position {number}" for number in range(len(table))]
        common = {
            "ons_code": names,
            "council": names,
            "class": self.row["class"],
            "built": False,
            "flags": "",
            "status": "returned",
            "source_kind": "own",
            "known_from": pd.Timestamp(self.run.as_of) - pd.Timedelta(days=1),
            "rs_netrevexp_net_exp": table["spending"],
        }
        now = pd.DataFrame(
            {
                **common,
                "year": self.year,
                "int_reserves_unallocated_and_earmarked": table["reserves"],
                "rs_resunall_end_cy": table["unallocated"],
                "rs_intextpay_net_exp": table["interest"],
                "rs_intinvinc_net_exp": -table["investment_income"],
                "rs_hous_net_exp": table["housing"],
                "rs_csc_net_exp": table["children"],
                "rs_caprecflex_net_exp": -table["flexible_receipts"],
                "rs_cera_net_exp": table["capital_from_revenue"],
            }
        )
        before = {"year": self.year - 3, "int_reserves_unallocated_and_earmarked": table["reserves_before"]}
        frame = pd.concat([now, pd.DataFrame({**common, **before})], ignore_index=True)
        books = Books(frame, self.switches)
        wanted = [term.indicator for term in self.terms if term.indicator in REGISTRY]
        return pd.DataFrame({name: REGISTRY[name](books).to_numpy()[: len(table)] for name in wanted})

    def indicators(self, positions: list[Position]) -> pd.DataFrame:
        """Return what the terms look at in several positions: computed where a lever can move it, else as published."""
        # Only what the scale reads, each once: a row of everything known, so often, takes longer than the sums.
        names = ["tier", *dict.fromkeys(term.indicator for term in self.terms)]
        held = {name: self.row[name] for name in names if name not in self.moving}
        return pd.DataFrame({**held, **self._indicators(positions)[self.moving]}, index=range(len(positions)))[names]

    def log_odds(self, indicators: pd.DataFrame) -> np.ndarray:
        """Return the log-odds of each row of indicators; the position as it stands has the published ones."""
        model, scale = self.run.model, self.run.scale
        placed = place(indicators, model.families, scale.tiers)
        x = placed.families.mul(self.reliability)[model.names].to_numpy()
        return scale.intercept + x @ model.weight_vector()

    def risk(self, positions: list[Position]) -> np.ndarray:
        """Return each position's chance."""
        return expit(self.log_odds(self.indicators(positions)))


def levers(run: ScoredDay, code: str) -> pd.DataFrame:
    """Return how far each lever moves a council's chance, and what it would take to reach the next lower band.

    Parameters
    ----------
    run : ScoredDay
        From ``method.run``.
    code : str
        The council, by any code or name.

    Returns
    -------
    DataFrame
        One row a lever and step, columns ``COLUMNS``: ``amount`` and ``to_next_band`` in £ thousand (missing where the
        lever alone does not get there), shares of net revenue expenditure as fractions, ``points`` the change of the
        chance (negative is lower), ``moved`` the indicators that it moves with their figures before and after,
        ``next_band`` "" in the lowest band. Empty where no chance is given for the council.

    Raises
    ------
    DataError
        If the council was not in being on the day.
    """
    own = resolve(code, on=run.as_of)
    if own not in run.table.index:
        raise DataError(f"{own} was not in being on {run.as_of}; choose another day or council.")
    if run.table.at[own, "status"] != AT_RISK:
        return pd.DataFrame(columns=list(COLUMNS))
    desk = _Desk(run, own)
    usable = [lever for lever in LEVERS if desk.has_use_of(lever)]
    if not usable:
        return pd.DataFrame(columns=list(COLUMNS))
    return pd.DataFrame(_records(desk, _to_next_band(desk, usable)), columns=list(COLUMNS))


def _to_next_band(desk: _Desk, usable: list[Lever]) -> list[tuple[Lever, float | None]]:
    """Find how far each lever must be pulled to come below the council's band; None where it does not get there."""
    limit = desk.ceiling
    if limit == 0.0:
        return [(lever, None) for lever in usable]
    low = np.zeros(len(usable))
    high = np.array([desk.furthest(lever) for lever in usable])
    reached = np.zeros(len(usable), dtype=bool)
    for turn in range(_ROUNDS):
        grid = np.linspace(low, high, _POINTS, axis=1)
        positions = [lever.pulled(desk.now, at) for lever, row in zip(usable, grid, strict=True) for at in row]
        below = desk.risk(positions).reshape(grid.shape) < limit
        if turn == 0:
            reached = below[:, -1]
        first = np.where(below.any(axis=1), below.argmax(axis=1), _POINTS - 1)
        rows = np.arange(len(usable))
        low, high = grid[rows, np.maximum(first - 1, 0)], grid[rows, first]
    return [(lever, float(at) if ok else None) for lever, at, ok in zip(usable, high, reached, strict=True)]


def _records(desk: _Desk, usable: list[tuple[Lever, float | None]]) -> list[dict[str, Any]]:
    """Return one record a lever and step; all steps are worked out in one go."""
    now = desk.now
    steps = [list(dict.fromkeys(min(at, desk.furthest(lever)) for at in lever.steps(now))) for lever, _ in usable]
    pulls = [(lever, needed, at) for (lever, needed), some in zip(usable, steps, strict=True) for at in some]
    indicators = desk.indicators([now, *(lever.pulled(now, at) for lever, _, at in pulls)])
    after = expit(desk.log_odds(indicators))[1:]
    others = desk.run.table["risk"].drop(desk.row.name).dropna().to_numpy(dtype=float)
    risk = float(desk.row["risk"])
    return [
        {
            **_to_next(desk, lever, needed),
            "amount": lever.amount(now, at),
            "share_of_nre": lever.amount(now, at) / now.spending,
            "risk_after": float(chance),
            "points": float(chance) - risk,
            "band_after": band_at(1 + int((others > chance).sum())),
            "rank_after": 1 + int((others > chance).sum()),
            "moved": _moved(desk, indicators, number),
        }
        for number, ((lever, needed, at), chance) in enumerate(zip(pulls, after, strict=True), start=1)
    ]


def _to_next(desk: _Desk, lever: Lever, needed: float | None) -> dict[str, Any]:
    """Return what all steps of a lever share: where the council stands, and how far the lever must go."""
    now, risk = desk.now, float(desk.row["risk"])
    return {
        "lever": lever.name,
        "risk_before": risk,
        "next_band": band_below(str(desk.row["band"])) if desk.ceiling else "",
        "to_next_band": np.nan if needed is None else float(np.ceil(lever.amount(now, needed))),
        "to_next_band_share": np.nan if needed is None else lever.amount(now, needed) / now.spending,
        "furthest": lever.amount(now, desk.furthest(lever)),
    }


def _moved(desk: _Desk, indicators: pd.DataFrame, number: int) -> list[dict[str, Any]]:
    """Return the terms that a step moves, with the indicator before and after."""
    return [
        {
            "term": term.label,
            "before": float(indicators.at[0, term.indicator]),
            "after": float(indicators.at[number, term.indicator]),
        }
        for term in desk.terms
        if desk.row["tier"] in term.tiers
        and term.indicator in desk.moving
        and not np.isclose(indicators.at[0, term.indicator], indicators.at[number, term.indicator], rtol=1e-9, atol=0)
    ]
