"""One line a council for terminals of any width, two where it is narrow: columns, their heads, marks and years."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from resilience.report.formats.text.layout import filled

Row = Mapping[str, Any]


class Marks(NamedTuple):
    """The signs of a family's bar: for worse, better, near the median, and without a figure."""

    worse: str = "▲"
    better: str = "▼"
    near: str = "·"
    none: str = "?"


MARKS = Marks()
#: From so many spreads on a bar has one sign, two, three. About one council in six stands a whole spread off, or more.
STEPS = (0.25, 1.0, 2.0)
#: Two digits and a sign a year, five of them.
_YEARS = 15
#: A list whose council column would be narrower than this has two lines a council.
_NARROWEST_NAME = 16
#: A council column of this width has nearly every name whole.
_USUAL_NAME = 23


class Form(NamedTuple):
    """The widths of the columns that are not always the same; without ``families`` two lines a council."""

    name: int
    reserves: int
    families: tuple[int, ...]
    band: int


def bar(spreads: float | None) -> str:
    """Write how far a family stands from its tier's median, in up to three signs.

    Parameters
    ----------
    spreads : float or None
        Worse upwards; None without a figure.
    """
    if spreads is None:
        return MARKS.none
    length = sum(abs(spreads) >= step for step in STEPS)
    return (MARKS.worse if spreads > 0 else MARKS.better) * length or MARKS.near


def years(families: Sequence[Row]) -> str:
    """Write the year of each family's oldest figure: "25 25 24'23'23'", with a sign where it is carried forward."""
    return "".join(
        f"{one['outturn_year'][2:4] or '–':<2}{'*' if one['second_hand'] else chr(39) if one['carried'] else ' '}"
        for one in families
    )


def form_for(rows: Sequence[Row], width: int) -> Form:
    """Choose the widest form that a terminal has room for."""
    longest = max((len(row["council"]) for row in rows), default=_USUAL_NAME)
    band = max((len(row["band"]) for row in rows), default=4)
    wide = tuple(len(name) for name in _names(rows)) or (3,) * 5
    for reserves, families, least in ((8, wide, min(longest, _USUAL_NAME)), (6, (3,) * len(wide), _NARROWEST_NAME)):
        name = width - _fixed(reserves, families, band)
        if name >= least:
            return Form(min(name, longest), reserves, families, band)
    return Form(max(_NARROWEST_NAME, width - 9 - band), 0, (), band)


def _fixed(reserves: int, families: Sequence[int], band: int) -> int:
    """Return what a line takes besides the council's name: rank, class and a space before each column."""
    return 4 + 1 + 1 + 2 + 1 + reserves + sum(families) + len(families) + 1 + band + 1 + _YEARS


def _names(rows: Sequence[Row]) -> list[str]:
    """Return the families' names, a word each."""
    return [one["label"].split()[0] for one in rows[0]["families"]] if rows else []


def head(form: Form, rows: Sequence[Row]) -> list[str]:
    """Return the heads of the columns, in two lines."""
    names = _names(rows)
    legend = f"{MARKS.worse} worse   {MARKS.better} better"
    listing = ", ".join([*names[:1], *(name.lower() for name in names[1:])])
    if not form.families:
        explained = filled(f"Under it: rank by plain reserves; {listing.lower()}.", form.name + form.band + 9)
        return [*explained.splitlines(), f"Rank {'Council':<{form.name}} Cl Band", f"     {legend:<19} Year of each"]
    start = f"{'':>4} {'':<{form.name}}   "
    second = f"Rank {'Council':<{form.name}} Cl "
    if form.reserves < len("reserves"):
        first = f"{start} {'By re-':>{form.reserves}} {listing}"
        return [first, f"{second}{'serves':>{form.reserves}} {legend:<19} {'Band':<{form.band}} Year of each"]
    across = sum(form.families) + len(form.families) - 1
    over = f"{MARKS.worse} worse, {MARKS.better} better than tier's median"
    first = f"{start} {'By plain':>{form.reserves}} {over:<{across}} {'':<{form.band}} Year of"
    heads = " ".join(f"{name:<{size}}" for name, size in zip(names, form.families, strict=True))
    return [first, f"{second}{'reserves':>{form.reserves}} {heads} {'Band':<{form.band}} each"]


def row_of(form: Form, row: Row) -> list[str]:
    """Return a council's line, or its two lines."""
    council, bars = _short(row["council"], form.name), [bar(one["spreads"]) for one in row["families"]]
    start = f"{row['rank']:>4} {council:<{form.name}} {row['class']}"
    if not form.families:
        under = " ".join(f"{one:<3}" for one in bars)
        return [f"{start} {row['band']}", f"{row['reserves_rank']:>4} {under} {years(row['families'])}".rstrip()]
    cells = " ".join(f"{one:<{size}}" for one, size in zip(bars, form.families, strict=True))
    reserves = f"{row['reserves_rank']:>{form.reserves}}"
    return [f"{start} {reserves} {cells} {row['band']:<{form.band}} {years(row['families'])}".rstrip()]


def _short(name: str, width: int) -> str:
    return name if len(name) <= width else f"{name[: width - 1].rstrip(' ,')}."
