"""One place across its tiers: where the pound is spent, held and owed, and how each council stands.

A place is a county with its districts, or a council of a single tier by itself. Amounts are each council's own last
published figures; a council that has not returned says so and is not counted as nought.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from resilience.councils import council, load_councils, resolve
from resilience.errors import DataError
from resilience.indicators.known import last_known, published_before, recent
from resilience.method import run as run_pipeline
from resilience.model.scoring import ScoredDay
from resilience.publications.others.capital import load_capital

#: Services by line, in the order in which a place's pound is shown.
SERVICES = {
    "edu": "Education",
    "asc": "Adult social care",
    "csc": "Children's social care",
    "phs": "Public health",
    "trans": "Highways and transport",
    "hous": "Housing and homelessness",
    "env": "Environment and waste",
    "cul": "Culture and leisure",
    "plan": "Planning and development",
    "cen": "Central and other",
}
AMOUNTS = ("spending", "council_tax", "reserves", "unallocated", "interest", "debt", "dsg_deficit")


@dataclass(frozen=True)
class Place:
    """A county and its districts, or one council of a single tier.

    Attributes
    ----------
    name : str
    county : str
        The county's code; "" for a single tier.
    councils : DataFrame
        Index code, the county first: ``council, class, status, risk, band, event_date`` and £ thousand for each of
        `AMOUNTS` with ``…_year``, the calendar year in which the outturn year of the figure ends.
    services : DataFrame
        Index service; one column a council's code: net current expenditure, £ thousand, of ``services_year``.
    services_year : dict of str to int
    """

    name: str
    county: str
    councils: pd.DataFrame
    services: pd.DataFrame
    services_year: dict[str, int]

    @property
    def single(self) -> bool:
        """Whether one council does everything."""
        return not self.county

    def totals(self) -> pd.Series:
        """Return the sums of `AMOUNTS` over the councils that have published them."""
        return self.councils[list(AMOUNTS)].sum(min_count=1)


def place(code: str, *, run: ScoredDay | None = None) -> Place:
    """Put a place's councils together.

    Parameters
    ----------
    code : str
        A county, any of its districts, or a council of a single tier, by any code or name.
    run : ScoredDay, optional
        By default today's; only figures known on its day are looked at.

    Raises
    ------
    DataError
        If the council was not in being on the day.
    UnknownCouncilError
        If no council is known by that name.
    """
    day = run_pipeline() if run is None else run
    own = council(resolve(code, on=day.as_of))
    if not own.exists_on(day.as_of):
        after = " and ".join(council(one).council for one in own.successors)
        ended = f"was abolished on {own.end_date}; ask for {after}"
        raise DataError(f"{own.council} {ended if own.end_date else f'did not exist on {day.as_of}'}.")
    county = own.ons_code if own.class_ == "SC" else own.county
    members = [own.ons_code]
    if county:
        table = load_councils()
        inside = table[table["county"] == county].sort_values("council")["ons_code"]
        members = [county, *(one for one in inside if council(one).exists_on(day.as_of))]
    name = council(county).council if county else own.council
    rows = council_amounts(day, members)
    services, years = _services(day, members)
    return Place(name, county, rows, services, years)


def council_amounts(day: ScoredDay, members: list[str]) -> pd.DataFrame:
    """Return each council's last published amounts and how it stands; the ``councils`` of a `Place`."""
    known = recent(day.indicators[day.indicators["ons_code"].isin(members)], day.as_of)
    panel = day.panel[day.panel["ons_code"].isin(members)].set_index(["ons_code", "year"])
    capital = day.once("capital known", lambda: _capital_known(day))
    out = []
    for code in members:
        rows = known[known["ons_code"] == code].sort_values("year").set_index("year")
        own = panel.loc[code] if code in panel.index.levels[0] else panel.iloc[:0].droplevel("ons_code")
        lines = own.reindex(rows.index)
        size = rows["net_revenue_expenditure"]
        ratio = rows["reserves_ratio"] * size
        stated = lines["int_reserves_unallocated_and_earmarked"].astype(float)
        series = {
            "spending": size,
            "council_tax": lines["rs_ctrtot_net_exp"].astype(float),
            "reserves": ratio.where(ratio.notna(), stated),
            "unallocated": lines["rs_resunall_end_cy"].astype(float),
            "interest": lines["rs_intextpay_net_exp"].astype(float),
            "debt": capital[capital["ons_code"] == code].set_index("year")["cor_external_debt"].astype(float),
            "dsg_deficit": rows["dsg_deficit_ratio"] * size,
        }
        one = day.table.loc[code]
        row: dict[str, object] = {"ons_code": code}
        row |= {
            name: one[name]
            for name in ("council", "class", "status", "not_scored_because", "risk", "band", "event_date")
        }
        for name, values in series.items():
            row[name], row[f"{name}_year"] = last_known(values)
        out.append(row)
    return pd.DataFrame(out).set_index("ons_code")


def _capital_known(day: ScoredDay) -> pd.DataFrame:
    capital = load_capital()
    return capital[published_before(capital, day.as_of)]


def _services(day: ScoredDay, members: list[str]) -> tuple[pd.DataFrame, dict[str, int]]:
    rows = recent(day.panel[day.panel["ons_code"].isin(members) & day.panel["rs_totsx_net_exp"].notna()], day.as_of)
    newest = rows.sort_values("year").drop_duplicates("ons_code", keep="last").set_index("ons_code")
    table = pd.DataFrame(index=list(SERVICES.values()), columns=members, dtype=float)
    for code in members:
        if code in newest.index:
            for short, label in SERVICES.items():
                table.at[label, code] = float(newest.at[code, f"rs_{short}_net_exp"])
    return table, {code: int(newest.at[code, "year"]) for code in members if code in newest.index}
