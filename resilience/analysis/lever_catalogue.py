"""The levers: what each does to a council's lines, and how far it can go. Their words stand in the report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Position:
    """A council's lines in £ thousand, as they stand or after a lever; income positive, missing as NaN."""

    spending: float
    reserves: float
    unallocated: float
    reserves_before: float
    interest: float
    investment_income: float
    housing: float
    children: float
    flexible_receipts: float
    capital_from_revenue: float


@dataclass(frozen=True)
class Lever:
    """One lever.

    Attributes
    ----------
    name : str
    pulled : callable
        (position, x) → the position after; x is £ thousand a year, or £ thousand once for reserves.
    furthest : callable
        position → the largest x thought of; 0 or NaN where the council has nothing to pull.
    steps : callable
        position → the x shown.
    figures : tuple of str
        Indicators whose figures it moves: a lever is looked at only where they are current.
    seen_in, way : str, int
        The indicator in which a year's step can be seen in other councils, and whether the step moves it up (1) or down
        (-1); "" for what is ended, and not eased.
    """

    name: str
    pulled: Callable[[Position, float], Position]
    furthest: Callable[[Position], float]
    steps: Callable[[Position], list[float]]
    figures: tuple[str, ...]
    seen_in: str
    way: int

    def amount(self, now: Position, x: float) -> float:
        """Return the £ thousand that a pull of x stands for."""
        return x


def _of_nre(*shares: float) -> Callable[[Position], list[float]]:
    return lambda now: [share * now.spending for share in shares]


def _bound(share: float, of: str | None = None, part: float = 1.0) -> Callable[[Position], float]:
    """Return the smaller of a share of net revenue expenditure and a part of the line itself (0 if missing)."""

    def furthest(now: Position) -> float:
        most = share * now.spending
        if of is not None:
            line = getattr(now, of)
            most = min(most, part * line) if line > 0 else 0.0
        return most

    return furthest


def _less(field: str) -> Callable[[Position, float], Position]:
    return lambda now, x: replace(now, **{field: getattr(now, field) - x})


def _add_reserves(now: Position, x: float) -> Position:
    return replace(now, reserves=now.reserves + x, unallocated=now.unallocated + x)


def _release(now: Position, x: float) -> Position:
    return replace(now, unallocated=now.unallocated + x)


def _yearly_use(now: Position) -> float:
    """Return what a year took from reserves on average of three, 0 where they did not fall."""
    use = (now.reserves_before - now.reserves) / 3
    return use if use > 0 and now.reserves > 0 else 0.0


def _use_less(now: Position, x: float) -> Position:
    return replace(now, reserves_before=now.reserves_before - 3 * x)


def _half_and_all(field: str) -> Callable[[Position], list[float]]:
    return lambda now: [0.5 * getattr(now, field), getattr(now, field)]


LEVERS: tuple[Lever, ...] = (
    Lever(
        "reserves",
        _add_reserves,
        _bound(0.30),
        _of_nre(0.01, 0.02, 0.05, 0.10),
        figures=("reserves_ratio", "unallocated_ratio"),
        seen_in="reserves_ratio",
        way=1,
    ),
    Lever(
        "release",
        _release,
        lambda now: max(0.0, now.reserves - now.unallocated) if now.unallocated >= 0 else 0.0,
        _of_nre(0.01, 0.02, 0.05),
        figures=("reserves_ratio", "unallocated_ratio"),
        seen_in="unallocated_ratio",
        way=1,
    ),
    Lever(
        "use of reserves",
        _use_less,
        _yearly_use,
        lambda now: [0.5 * _yearly_use(now), _yearly_use(now)],
        figures=("reserves_ratio", "reserves_runway_years"),
        seen_in="reserves_change_1y",
        way=1,
    ),
    Lever(
        "flexible receipts",
        _less("flexible_receipts"),
        _bound(1.0, "flexible_receipts"),
        _half_and_all("flexible_receipts"),
        figures=("flexible_receipts_ratio",),
        seen_in="",
        way=-1,
    ),
    Lever(
        "interest",
        _less("interest"),
        _bound(0.10, "interest", 0.5),
        _of_nre(0.01, 0.02),
        figures=("interest_to_reserves",),
        seen_in="interest_ratio",
        way=-1,
    ),
    Lever(
        "investment income",
        _less("investment_income"),
        _bound(0.10, "investment_income", 0.5),
        _of_nre(0.01, 0.02),
        figures=("investment_income_ratio",),
        seen_in="investment_income_ratio",
        way=-1,
    ),
    Lever(
        "housing",
        _less("housing"),
        _bound(0.10, "housing", 0.5),
        _of_nre(0.01, 0.02),
        figures=("general_fund_housing_ratio",),
        seen_in="general_fund_housing_ratio",
        way=-1,
    ),
    Lever(
        "children",
        _less("children"),
        _bound(0.05, "children", 0.25),
        _of_nre(0.01, 0.02),
        figures=("childrens_social_care_share",),
        seen_in="childrens_social_care_share",
        way=-1,
    ),
    Lever(
        "revenue for capital",
        lambda now, x: replace(now, capital_from_revenue=now.capital_from_revenue + x),
        lambda now: 0.05 * now.spending if now.capital_from_revenue >= 0 else 0.0,
        _of_nre(0.01, 0.02),
        figures=("revenue_for_capital_ratio",),
        seen_in="revenue_for_capital_ratio",
        way=1,
    ),
)
