"""All indicators of all councils and years, under chosen definitions."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from resilience.councils import resolve
from resilience.councils.lineage import with_lineage
from resilience.errors import DataError
from resilience.indicators import formulas
from resilience.indicators.definitions import load_definitions
from resilience.indicators.formulas.companions import LOADERS
from resilience.years import outturn_year_of

#: The definitions that can be chosen, each with its default and what it means when on.
SWITCHES: dict[str, tuple[bool, str]] = {
    "adjusted_earmarked": (True, "earmarked reserves as adjusted by MHCLG (915b) where published"),
    "covid_relief_out": (
        True,
        "2020-21 earmarked reserves without business rates relief and COVID grants held over",
    ),
    "dsg_deficit": (
        False,
        "the DSG deficit is taken off usable reserves (no value where it is not published)",
    ),
    "hra_interest_out": (
        False,
        "interest charged on to the Housing Revenue Account is left out of debt servicing",
    ),
}

#: What stands beside the indicators in every row.
KEYS = (
    "ons_code",
    "council",
    "class",
    "tier",
    "region",
    "outturn_year",
    "year",
    "source_kind",
    "known_from",
    "status",
    "built",
    "flags",
)


def chosen(switches: Mapping[str, bool] | None = None) -> dict[str, bool]:
    """Return every switch's setting, the defaults filled in.

    Parameters
    ----------
    switches : mapping of str to bool, optional
        Only those that differ from the default need be given.

    Raises
    ------
    DataError
        If a name is not a switch.
    """
    result = {name: default for name, (default, _) in SWITCHES.items()}
    for name, value in (switches or {}).items():
        if name not in result:
            raise DataError(f"'{name}' is not a switch; choose among {', '.join(SWITCHES)}.")
        result[name] = bool(value)
    return result


def tiers(classes: pd.Series) -> pd.Series:
    """Return "lower" for shire districts and "upper" for every other class."""
    return pd.Series(np.where(classes == "SD", "lower", "upper"), index=classes.index)


def compute_indicators(panel: pd.DataFrame, *, switches: Mapping[str, bool] | None = None) -> pd.DataFrame:
    """Compute every indicator for every council and year.

    Parameters
    ----------
    panel : DataFrame
        From ``load_panel()``: one row a council and year, amounts in £ thousand. Histories of councils formed by
        reorganisation are carried across first, where the panel does not hold them yet.
    switches : mapping of str to bool, optional
        Definitions that differ from the default; see ``SWITCHES``.

    Returns
    -------
    DataFrame
        One row a council and year on a fresh index: the columns of ``KEYS``, ``known_from_<source>`` for each
        publication beside the outturn (the day its figures in this row were public), and one column an indicator, a
        fraction unless definitions.toml gives another unit. Missing stays missing; where net revenue expenditure is
        too small to divide by, ``flags`` says ``small_denominator``.

    Raises
    ------
    DataError
        If a switch is unknown, or a council has two rows for one year.
    """
    setting = chosen(switches)
    if "built" not in panel.columns:
        panel = with_lineage(panel)
    frame = panel.reset_index(drop=True)
    twice = frame.duplicated(["ons_code", "year"])
    if twice.any():
        row = frame[twice].iloc[0]
        raise DataError(f"{row['council']} has two rows for {row['outturn_year']} in the panel; keep one.")
    books = formulas.Books(frame, setting)
    values = {name: formulas.REGISTRY[name](books) for name in load_definitions()}
    known = {f"known_from_{source}": books.known_from(source) for source in LOADERS}
    keys = frame.assign(tier=tiers(frame["class"]), flags=_flags(frame))
    return pd.concat([keys[list(KEYS)], pd.DataFrame({**known, **values}, index=frame.index)], axis=1)


def _flags(frame: pd.DataFrame) -> pd.Series:
    """Return the panel's flags with ours added where there is nothing to divide by."""
    spending = frame["rs_netrevexp_net_exp"]
    small = spending.notna() & (spending < formulas.SMALLEST_DENOMINATOR)
    flags = frame["flags"].fillna("").astype(str)
    joined = flags.where(flags == "", flags + ";") + "small_denominator"
    return joined.where(small, flags)


def switch_effects(panel: pd.DataFrame, ons_code: str, year: int) -> pd.DataFrame:
    """Show how far each choice of definition moves each indicator of one council.

    Parameters
    ----------
    panel : DataFrame
        From ``load_panel()``.
    ons_code : str
        The council, by any code or name of its own.
    year : int
        The calendar year in which the outturn year ends.

    Returns
    -------
    DataFrame
        One row a switch and indicator that it moves: ``switch``, ``set_to`` (the setting that is not the default),
        ``indicator``, ``default``, ``switched``, ``change``. An indicator that the other definition leaves without
        a value has a missing ``switched``. Without any row where no switch moves anything.

    Raises
    ------
    DataError
        If the panel has no row of the council for that year.
    UnknownCouncilError
        If no council is known by that code or name.
    """
    code = resolve(ons_code)
    if "built" not in panel.columns:
        panel = with_lineage(panel)
    own = panel[panel["ons_code"] == code]
    if not (own["year"] == year).any():
        raise DataError(f"The panel has no row of {ons_code} for {outturn_year_of(year)}; choose another year.")

    def values(switches: Mapping[str, bool]) -> pd.Series:
        table = compute_indicators(own, switches=switches)
        return table[table["year"] == year].iloc[0][list(formulas.REGISTRY)].astype(float)

    default = values({})
    rows = []
    for name, (setting, _) in SWITCHES.items():
        switched = values({name: not setting})
        moved = (switched != default) & ~(switched.isna() & default.isna())
        rows += [
            (name, not setting, one, default[one], switched[one], switched[one] - default[one])
            for one in default.index[moved]
        ]
    return pd.DataFrame(rows, columns=["switch", "set_to", "indicator", "default", "switched", "change"])
