"""The levers: what each does to a council's lines, how far it can go, and what it takes for granted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from resilience.report.words import percent, pounds


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
    name, label : str
    pulled : callable
        (position, x) → the position after; x is £ thousand a year, or £ thousand once for reserves.
    furthest : callable
        position → the largest x thought of; 0 or NaN where the council has nothing to pull.
    steps : callable
        position → the x shown.
    words : callable
        (position, x) → the step in words.
    assumes : str
        What it takes for granted.
    """

    name: str
    label: str
    pulled: Callable[[Position, float], Position]
    furthest: Callable[[Position], float]
    steps: Callable[[Position], list[float]]
    words: Callable[[Position, float], str]
    assumes: str

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


def _said(verb: str) -> Callable[[Position, float], str]:
    return lambda now, x: verb.format(pounds=pounds(x), share=percent(x / now.spending))


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


_SPEND = "net revenue expenditure stays as it is: the money goes to other services, or is found from them"

LEVERS: tuple[Lever, ...] = (
    Lever(
        "reserves",
        "Add to unallocated reserves",
        _add_reserves,
        _bound(0.30),
        _of_nre(0.01, 0.02, 0.05, 0.10),
        _said("add {pounds} ({share} of net spending)"),
        "the money is earned or saved, and not borrowed, capitalised or moved from other reserves",
    ),
    Lever(
        "release",
        "Move earmarked reserves to unallocated",
        _release,
        lambda now: max(0.0, now.reserves - now.unallocated) if now.unallocated >= 0 else 0.0,
        _of_nre(0.01, 0.02, 0.05),
        _said("move {pounds} ({share} of net spending)"),
        "what the reserve was set aside for can be given up; reserves in all stay as they are",
    ),
    Lever(
        "use of reserves",
        "Stop drawing on reserves",
        _use_less,
        _yearly_use,
        lambda now: [0.5 * _yearly_use(now), _yearly_use(now)],
        _said("draw {pounds} a year less"),
        "as if it had been so for three years; today's balance stays as it is",
    ),
    Lever(
        "flexible receipts",
        "End the use of capital receipts for running costs",
        _less("flexible_receipts"),
        _bound(1.0, "flexible_receipts"),
        _half_and_all("flexible_receipts"),
        _said("use {share} of net spending a year less ({pounds} at the newest year's spending)"),
        _SPEND,
    ),
    Lever(
        "interest",
        "Pay less interest",
        _less("interest"),
        _bound(0.10, "interest", 0.5),
        _of_nre(0.01, 0.02),
        _said("pay {pounds} a year less ({share} of net spending)"),
        f"debt is repaid from capital receipts or refinanced, and not from reserves; {_SPEND}",
    ),
    Lever(
        "investment income",
        "Lean less on investment income",
        _less("investment_income"),
        _bound(0.10, "investment_income", 0.5),
        _of_nre(0.01, 0.02),
        _said("take {pounds} a year less into the budget ({share} of net spending)"),
        _SPEND,
    ),
    Lever(
        "housing",
        "Spend less on General Fund housing and homelessness",
        _less("housing"),
        _bound(0.10, "housing", 0.5),
        _of_nre(0.01, 0.02),
        _said("spend {pounds} a year less ({share} of net spending)"),
        f"need is met at lower cost, and not turned away; {_SPEND}",
    ),
    Lever(
        "children",
        "Spend a smaller share on children's social care",
        _less("children"),
        _bound(0.05, "children", 0.25),
        _of_nre(0.01, 0.02),
        _said("spend {pounds} a year less ({share} of net spending)"),
        f"need is met at lower cost, and not turned away; {_SPEND}",
    ),
    Lever(
        "revenue for capital",
        "Pay for more capital from revenue",
        lambda now, x: replace(now, capital_from_revenue=now.capital_from_revenue + x),
        lambda now: 0.05 * now.spending if now.capital_from_revenue >= 0 else 0.0,
        _of_nre(0.01, 0.02),
        _said("pay {pounds} a year more ({share} of net spending)"),
        _SPEND,
    ),
)
