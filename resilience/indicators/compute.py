"""All indicators of all councils and years, under chosen definitions."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from resilience.errors import DataError
from resilience.indicators import formulas

#: The definitions that can be chosen, each with its default and what it means when on.
SWITCHES: dict[str, tuple[bool, str]] = {
    "adjusted_earmarked": (True, "earmarked reserves as adjusted by MHCLG (915b) where published"),
    "covid_relief_out": (
        True,
        "2020-21 earmarked reserves without business rates relief and COVID grants held over",
    ),
    "dsg_deficit": (False, "the dedicated schools grant deficit is taken off usable reserves"),
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
        If a name is no switch.
    """
    result = {name: default for name, (default, _) in SWITCHES.items()}
    for name, value in (switches or {}).items():
        if name not in result:
            raise DataError(f"'{name}' is no switch; choose among {', '.join(SWITCHES)}.")
        result[name] = bool(value)
    return result


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
        One row a council and year on a fresh index: the columns of ``KEYS`` and one column an indicator, a fraction
        unless definitions.toml gives another unit. Missing stays missing. ``attrs["switches"]`` holds the choice.

    Raises
    ------
    DataError
        If a switch is unknown, or a council has two rows for one year.
    """
    setting = chosen(switches)
    if "built" not in panel.columns:
        from resilience.lineage import with_lineage

        panel = with_lineage(panel)
    frame = panel.reset_index(drop=True)
    twice = frame.duplicated(["ons_code", "year"])
    if twice.any():
        row = frame[twice].iloc[0]
        raise DataError(f"{row['council']} has two rows for {row['outturn_year']} in the panel; keep one.")
    books = formulas.Books(frame, setting)
    values = {name: formula(books) for name, formula in formulas.REGISTRY.items()}
    keys = frame.assign(tier=np.where(frame["class"] == "SD", "lower", "upper"))[list(KEYS)]
    result = pd.concat([keys, pd.DataFrame(values, index=frame.index)], axis=1)
    result.attrs["switches"] = setting
    return result
