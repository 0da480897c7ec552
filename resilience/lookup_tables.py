"""Two small tables the project ships from the lookups at hand: areas, and the unitaries decided or proposed.

``python -m resilience.lookup_tables FOLDER`` writes both to ``data/processed``. Areas and population come from
mySociety's register (CC BY 4.0; after ONS); the new unitaries are the project's own compilation, a source a row.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

from resilience import paths
from resilience.councils import load_councils, resolve
from resilience.errors import PublicationError, UnknownCouncilError
from resilience.files import write_atomically

AREAS = "areas.csv"
PROPOSALS = "proposals.csv"
PROPOSAL_COLUMNS = (
    "area",
    "new_authority",
    "predecessor",
    "ons_code",
    "status",
    "decision_date",
    "vesting_date",
    "shadow_election",
    "note",
    "source",
)


def build_areas(lookups: Path) -> pd.DataFrame:
    """Return area (km²) and mid-2020 population of every council in being, from the register of authorities.

    Parameters
    ----------
    lookups : Path
        The folder of ``uk_local_authorities_current.csv``.

    Raises
    ------
    PublicationError
        If the register lacks a council or its area.
    """
    register = pd.read_csv(lookups / "uk_local_authorities_current.csv", dtype=str, keep_default_na=False)
    register = register[(register["nation"] == "England") & (register["area"] != "")].set_index("gss-code")
    councils = load_councils()
    rows = []
    for one in councils[councils["end_date"] == ""].to_dict("records"):
        codes = [one["ons_code"], *one["former_ons_codes"].split(";")]
        found = next((code for code in codes if code in register.index), None)
        if found is None:
            raise PublicationError(f"uk_local_authorities_current.csv gives no area for {one['council']}; add it.")
        area, people = register.loc[found, ["area", "pop-2020"]].astype(float).round().astype(int)
        rows.append((one["ons_code"], one["council"], area, people))
    table = pd.DataFrame(rows, columns=["ons_code", "council", "area_km2", "population_2020"])
    return table.sort_values("ons_code", ignore_index=True)


def build_proposals(lookups: Path) -> pd.DataFrame:
    """Return the new unitaries decided or proposed, one row a predecessor, with its code where it is one council.

    Parameters
    ----------
    lookups : Path
        The folder of ``lgr_new_unitaries.csv``.
    """
    table = pd.read_csv(lookups / "lgr_new_unitaries.csv", dtype=str, keep_default_na=False)

    def code(name: str) -> str:
        try:
            return resolve(name)
        except UnknownCouncilError:
            return ""

    table["ons_code"] = table["predecessor"].map(code)
    return table[list(PROPOSAL_COLUMNS)].sort_values(["area", "new_authority", "predecessor"], ignore_index=True)


def load_areas() -> pd.DataFrame:
    """Read the shipped areas, indexed by code."""
    return pd.read_csv(paths.processed() / AREAS).set_index("ons_code")


def load_proposals() -> pd.DataFrame:
    """Read the shipped table of new unitaries; every column is text, "" means not stated."""
    return pd.read_csv(paths.processed() / PROPOSALS, dtype=str, keep_default_na=False)


def main(folder: Path) -> None:
    """Write both tables."""
    for name, table in ((AREAS, build_areas(folder)), (PROPOSALS, build_proposals(folder))):
        write_atomically(paths.processed() / name, table.to_csv(index=False, lineterminator="\n"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
