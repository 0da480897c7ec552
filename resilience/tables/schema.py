"""Every column of every table the project ships, once: name, type, unit, allowed values, one sentence.

`load_panel` checks the shipped panel against it, pandera's schema of a freshly built panel is made of it, and the
data package's description is generated from it. Columns that stand for a line of MHCLG's forms or a measure of DfE's
are described where their line is (`lines.toml`, `publications`): `columns_of` joins them in.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from resilience.tables.event_words import load_words

Type = Literal["string", "list", "integer", "number", "boolean", "date"]

CLASSES = ("UA", "MD", "LB", "SC", "SD")
STATUSES = ("returned", "partial", "not returned", "not read")
#: The best first: a line stands on the first of these that holds it.
SOURCE_KINDS = ("original", "transcribed", "interim")
NOT_RETURNED = "not returned"
FIRST_YEAR, LAST_YEAR = 2008, 2100
THOUSANDS = "£ thousand"

_CODE = r"E\d{4}(\d{4})?"
_GSS = r"E\d{8}"
_OUTTURN_YEAR = r"\d{4}-\d{2}"
_DAY = r"\d{4}-\d{2}-\d{2}"
_GRADES = ("Outstanding", "Good", "Requires improvement to be good", "Inadequate")


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes
    ----------
    name : str
    type : str
        As in the Table Schema of Frictionless Data; a list is text separated by semicolons.
    sentence : str
        What it holds, for a person.
    unit : str
        "" where it is no quantity.
    allowed : tuple of str
        The only values it may have; empty where it may have any.
    pattern : str
        What a whole value looks like, as a regular expression; "" where anything goes.
    shortest : int
        How many characters a value has at least.
    least, most : float or None
        Bounds, both included.
    required : bool
        Whether every row has a value.
    """

    name: str
    type: Type
    sentence: str
    unit: str = ""
    allowed: tuple[str, ...] = ()
    pattern: str = ""
    shortest: int = 0
    least: float | None = None
    most: float | None = None
    required: bool = False


@dataclass(frozen=True)
class Table:
    """One table.

    Attributes
    ----------
    file : str
        Its place below the project's root.
    sentence : str
        One row is what.
    key : tuple of str
        Columns that together name a row; empty where no two rows need differ in them.
    columns : tuple of Column
        Those described here.
    amounts : tuple of str
        Prefixes of further columns, each a number or missing, that `columns_of` describes.
    """

    file: str
    sentence: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    amounts: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The file's name alone."""
        return self.file.rpartition("/")[2]


def _amount(name: str, sentence: str, unit: str = THOUSANDS) -> Column:
    return Column(name, "number", sentence, unit)


ONS_CODE = Column(
    "ons_code",
    "string",
    "The council's newest GSS code, or its E-code where it has none (44 councils abolished in 2009).",
    pattern=_CODE,
    required=True,
)
ECODE = Column("ecode", "string", "MHCLG's own code of the council.", pattern=r"E\d{4}", required=True)
COUNCIL = Column("council", "string", "The council's short name.", shortest=2, required=True)
CLASS = Column(
    "class",
    "string",
    "Unitary authority, metropolitan district, London borough (City of London too), shire county or shire district.",
    allowed=CLASSES,
    required=True,
)
REGION = Column("region", "string", "The English region.", shortest=4, required=True)
OUTTURN_YEAR = Column(
    "outturn_year", "string", "The financial year, such as 2023-24.", pattern=_OUTTURN_YEAR, required=True
)
YEAR = Column(
    "year",
    "integer",
    "The calendar year in which the financial year ends (2024 for 2023-24).",
    least=FIRST_YEAR,
    most=LAST_YEAR,
    required=True,
)
SOURCE_FILE = Column("source_file", "string", "The publication the row was read from.")
KNOWN_FROM = Column(
    "known_from", "date", "The day the figures came out; they are known on the days after it.", required=True
)

PANEL = Table(
    "data/processed/panel.csv",
    "A principal council in being at the end of a financial year, and its amounts of that year as published.",
    ("ons_code", "year"),
    (
        *(ONS_CODE, ECODE, COUNCIL, CLASS, REGION, OUTTURN_YEAR, YEAR),
        Column(
            "source_kind",
            "string",
            "What the core lines are: of the original publication, transcribed from a republication, or second-hand.",
            allowed=SOURCE_KINDS,
            required=True,
        ),
        *(SOURCE_FILE, KNOWN_FROM),
        Column(
            "status",
            "string",
            "Whether the lines every ratio needs are all there, in part, not returned, or there but could not be read.",
            allowed=STATUSES,
            required=True,
        ),
        Column("flags", "list", "Codes of the checks that the row raised, with the amount in question: code=amount."),
        Column("int_ctrtot_from_share", "boolean", "Whether the council tax requirement was worked out from a share."),
        _amount("int_ctrtot_plus_minus", "How far the rounding of that share can move the requirement."),
        Column("int_dsg_capped", "boolean", "Whether the source cut the DSG deficit off at 200% of reserves."),
        _amount("int_dsg_deficit_at_least", "The DSG deficit, or where it was cut off the least it can be."),
        _amount("int_reserves_unallocated_and_earmarked", "Unallocated and other earmarked reserves at 31 March."),
        _amount("int_reserves_plus_minus", "How far the rounding of the published ratio can move these reserves."),
        _amount("int_dsg_deficit", "The DSG (Dedicated Schools Grant) deficit at 31 March, positive where overdrawn."),
        _amount("int_gross_debt", "External debt at 31 March: borrowing and other long-term liabilities."),
        _amount("int_capital_financing_requirement", "The capital financing requirement at 31 March."),
        Column("int_population", "number", "Residents of the council.", "people", least=1),
        _amount("int_band_d_next_year", "The council's own average band D tax of the year after.", "£"),
        _amount("int_reserves_to_nre", "These reserves over net revenue expenditure.", "fraction"),
        _amount("int_interest_to_nre", "Interest payable over net revenue expenditure.", "fraction"),
        _amount("int_social_care_share", "Social care over revenue expenditure, upper tier only.", "fraction"),
        _amount(
            "int_budgeted_reserves_to_nre_next_year",
            "Reserves budgeted for the year after over net revenue expenditure.",
            "fraction",
        ),
        Column("int_note", "string", "A remark of whoever compiled the second-hand figures."),
    ),
    amounts=("rs_", "ra_"),
)

VINTAGES = Table(
    "data/processed/vintages.csv",
    "A figure of an earlier release that differs from the panel's, and the days on which it stood.",
    ("ons_code", "year", "line", "since"),
    (
        *(ONS_CODE, YEAR),
        Column("line", "string", "The panel's column.", pattern=r"rs_\w+", required=True),
        _amount("amount", "What the earlier release had; missing where it had nothing."),
        Column("since", "string", "The day the release came out; empty for the oldest held.", pattern=_DAY),
        Column("until", "string", "The day the next release came out.", pattern=_DAY, required=True),
        SOURCE_FILE,
    ),
)

_LINE = Column("line", "string", "The panel's column.", pattern=r"rs_\w+", required=True)

LINE_SOURCES = Table(
    "data/processed/line_sources.csv",
    "A figure of the panel that is not of its row's own kind, and where it was read.",
    ("ons_code", "year", "line"),
    (
        *(ONS_CODE, OUTTURN_YEAR, YEAR, _LINE),
        Column(
            "source_kind",
            "string",
            "What the line is; 'not returned' is a published nil that stands for nothing and is missing in the panel.",
            allowed=(*SOURCE_KINDS, NOT_RETURNED),
            required=True,
        ),
        Column("source", "string", "The file the line was read from.", required=True),
    ),
)

TRANSCRIBED = Table(
    "data/processed/transcribed.csv",
    "An exact line transcribed from a republication, whether it stands in the panel or another source goes before it.",
    ("ons_code", "year", "line"),
    (
        *(ONS_CODE, OUTTURN_YEAR, YEAR, _LINE),
        _amount("amount", "As transcribed; a nil may have been taken for not returned in the panel."),
        Column("source", "string", "The file the line was read from.", required=True),
    ),
)

CONFLICTS = Table(
    "data/processed/conflicts.csv",
    "A line that two sources hold and that differs by more than their rounding; the first of the two stands.",
    ("ons_code", "year", "line", "other_kind"),
    (
        *(ONS_CODE, OUTTURN_YEAR, YEAR),
        Column(
            "line",
            "string",
            "The panel's column, or several added up.",
            pattern=r"rs_\w+(\+rs_\w+)*",
            required=True,
        ),
        _amount("amount", "The figure that stands."),
        Column("source_kind", "string", "What it is.", allowed=SOURCE_KINDS, required=True),
        Column("source", "string", "Where it was read.", required=True),
        _amount("other_amount", "The figure that gave way."),
        Column("other_kind", "string", "What that is.", allowed=SOURCE_KINDS, required=True),
        Column("other_source", "string", "Where that was read.", required=True),
        _amount("difference", "The figure that gave way less the one that stands."),
    ),
)

COUNCILS = Table(
    "data/processed/councils.csv",
    "An English principal council that has been in being at some time since April 2007.",
    ("ons_code",),
    (
        ONS_CODE,
        Column("former_ons_codes", "list", "Its older GSS codes."),
        ECODE,
        Column("former_ecodes", "list", "Its older E-codes."),
        COUNCIL,
        Column("official_name", "string", "The name it bears in full.", required=True),
        CLASS,
        Column(
            "tier",
            "string",
            "Whether it has social care (upper) or is a district within a county (lower).",
            allowed=("upper", "lower"),
            required=True,
        ),
        REGION,
        Column("county", "string", "The code of a district's county.", pattern=_CODE),
        Column("start_date", "date", "Its first day, where it began after April 2007."),
        Column("end_date", "date", "Its last day, where it has been abolished."),
        Column("successors", "list", "Codes of the councils that took it over, wholly or in part."),
        Column("predecessors", "list", "Codes of the councils it took over, wholly or in part."),
        Column("alt_names", "list", "Other names it goes by."),
        Column("code_note", "string", "What is odd about its codes."),
    ),
)

AREAS = Table(
    "data/processed/areas.csv",
    "A council in being, its area and its people.",
    ("ons_code",),
    (
        *(ONS_CODE, COUNCIL),
        Column("area_km2", "integer", "Area, rounded.", "km²", least=1, required=True),
        Column("population_2020", "integer", "Residents in mid-2020.", "people", least=1, required=True),
    ),
)

PROPOSALS = Table(
    "data/processed/proposals.csv",
    "A predecessor of a new unitary council that is decided or proposed, or an area whose make-up is not stated.",
    (),
    (
        Column("area", "string", "The area that is to be reorganised.", required=True),
        Column("new_authority", "string", "The new council.", required=True),
        Column("predecessor", "string", "The predecessor, or several in words.", required=True),
        Column("ons_code", "string", "Its code, where it is one council.", pattern=_GSS),
        Column("status", "string", "How far the decision has come.", required=True),
        Column("decision_date", "string", "When it was decided, in the source's words."),
        Column("vesting_date", "string", "When the new council takes over, in the source's words.", required=True),
        Column("shadow_election", "string", "When its first council is elected, in the source's words."),
        Column("note", "string", "What is not clear."),
        Column("source", "string", "Where it was read.", required=True),
    ),
)

COUNCIL_TAX = Table(
    "data/processed/council_tax.csv",
    "A council and the council tax it set for a year.",
    ("ons_code", "year"),
    (
        *(ONS_CODE, COUNCIL, CLASS, OUTTURN_YEAR, YEAR, KNOWN_FROM),
        _amount("ct_requirement", "Council tax requirement with parish precepts."),
        _amount("ct_parish_precepts", "Precepts of parishes, charter trustees and temples; missing for counties."),
        _amount("ct_requirement_own", "Council tax requirement without parish precepts."),
        _amount("ct_levies", "Levies that other bodies raise through the council."),
        Column("ct_collection_rate", "number", "Estimated collection rate; missing for counties.", "fraction", least=0),
        Column("ct_tax_base", "number", "Band D equivalents for tax setting.", "dwellings", least=0),
        _amount("ct_band_d_with_parishes", "The council's own average band D tax with parishes.", "£"),
        _amount("ct_band_d_own", "The council's own average band D tax without parishes.", "£"),
        _amount("ct_band_d_area", "Band D tax of the whole area; billing authorities only.", "£"),
        _amount("ct_asc_precept", "Adult social care precept of the year's own increase, upper tier."),
        SOURCE_FILE,
    ),
)

SERVICE_OUTTURN = Table(
    "data/processed/service_outturn.csv",
    "A council and its gross spending and income by service in a year (RSX), with homelessness where available (RO4).",
    ("ons_code", "year"),
    (
        *(ONS_CODE, COUNCIL, CLASS, OUTTURN_YEAR, YEAR, KNOWN_FROM),
        Column("rsx_certified", "string", "Had the finance officer certified the return?", allowed=("Y", "N")),
        SOURCE_FILE,
        Column("ro4_known_from", "date", "The day the housing outturn came out."),
        _amount("ro4_ta_nightly_paid_gross_exp", "Temporary accommodation paid by the night, gross."),
        _amount("ro4_ta_nightly_paid_net_exp", "Temporary accommodation paid by the night, net."),
        _amount("ro4_ta_hostels_gross_exp", "Temporary accommodation in hostels, gross."),
        _amount("ro4_ta_hostels_net_exp", "Temporary accommodation in hostels, net."),
        _amount("ro4_ta_bed_and_breakfast_gross_exp", "Temporary accommodation in bed and breakfast, gross."),
        _amount("ro4_ta_bed_and_breakfast_net_exp", "Temporary accommodation in bed and breakfast, net."),
        _amount("ro4_homelessness_administration_net_exp", "Homelessness: administration, prevention, relief; net."),
        _amount("ro4_homelessness_gross_exp", "All homelessness, gross."),
        _amount("ro4_homelessness_net_exp", "All homelessness, net."),
        _amount("ro4_housing_gross_exp", "All housing in the General Fund, gross."),
        _amount("ro4_housing_net_exp", "All housing in the General Fund, net."),
    ),
    amounts=("rsx_",),
)

CAPITAL = Table(
    "data/processed/capital.csv",
    "A council, its debt and capital financing requirement at the end of a year (Capital Outturn).",
    ("ons_code", "year"),
    (
        *(ONS_CODE, COUNCIL, OUTTURN_YEAR, replace(YEAR, least=2005), KNOWN_FROM),
        Column("cor_known_from_stated", "boolean", "Whether that day is stated anywhere.", required=True),
        _amount("cor_mrp", "Minimum revenue provision of the year."),
        _amount("cor_cfr", "Capital financing requirement at 31 March."),
        _amount("cor_gross_borrowing", "Borrowing at 31 March."),
        _amount("cor_other_long_term_liabilities", "Private finance and leases at 31 March."),
        _amount("cor_external_debt", "Borrowing and other long-term liabilities together."),
        _amount("cor_investments", "Investments at 31 March."),
        _amount("cor_authorised_limit", "The council's own legal limit on external debt."),
        Column("cor_flags", "list", "What was put right or is doubtful."),
        SOURCE_FILE,
    ),
)

CONTEXT_MEASURES = Table(
    "data/processed/context_measures.csv",
    "One of DfE's measures of children's services for an upper-tier council and year.",
    ("ons_code", "year", "measure"),
    (
        *(ONS_CODE, YEAR),
        Column("measure", "string", "Which measure; publications' MEASURES has its unit and period.", required=True),
        Column("value", "number", "Its value, money in £ as DfE prints it.", "as the measure", required=True),
    ),
)


def _grade(name: str, sentence: str) -> Column:
    return Column(name, "string", sentence, allowed=_GRADES)


OFSTED = Table(
    "data/processed/ofsted.csv",
    "An inspection of a council's services for children by Ofsted.",
    ("ons_code", "inspected"),
    (
        *(ONS_CODE, COUNCIL),
        Column("inspected", "date", "The day of the inspection.", required=True),
        KNOWN_FROM,
        Column("inspection_type", "string", "Standard or short inspection.", required=True),
        _grade("overall", "Overall effectiveness."),
        _grade("leaders", "The impact of leaders on social work practice."),
        _grade("help_and_protection", "Children who need help and protection."),
        _grade("in_care", "Children in care."),
        _grade("care_leavers", "Care leavers; judged from January 2023."),
    ),
)

DEPRIVATION = Table(
    "data/processed/deprivation.csv",
    "A council and its English Indices of Deprivation 2025.",
    ("ons_code",),
    (
        ONS_CODE,
        Column("council", "string", "The council's name as printed; empty for counties."),
        Column(
            "imd_level",
            "string",
            "Whether the figures are the council's own or a county's, its districts' weighted by people.",
            allowed=("council", "aggregated"),
            required=True,
        ),
        KNOWN_FROM,
        Column("imd_average_score", "number", "Average score; higher is more deprived.", "score", required=True),
        Column("imd_rank_of_average_score", "number", "Rank of that score; 1 is the most deprived.", "rank", least=1),
        Column("imd_average_rank", "number", "Average rank of its neighbourhoods.", "rank", least=1),
        Column(
            "imd_proportion_most_deprived_10pct",
            "number",
            "Share of its neighbourhoods in the most deprived tenth.",
            "fraction",
            least=0,
            most=1,
        ),
        Column(
            "imd_extent", "number", "Share of people in the most deprived areas, graded.", "fraction", least=0, most=1
        ),
        Column("imd_local_concentration", "number", "How deprived its most deprived tenth of people is.", "rank"),
    ),
)

GDP_DEFLATOR = Table(
    "data/processed/gdp_deflator.csv",
    "A financial year and its prices.",
    ("year",),
    (
        *(OUTTURN_YEAR, YEAR),
        Column("gdp_deflator", "number", "GDP deflator at market prices.", "2024-25 = 100", least=0, required=True),
        Column("kind", "string", "Outturn or forecast.", allowed=("outturn", "forecast"), required=True),
    ),
)

EVENTS = Table(
    "data/raw/events.csv",
    "A section 114 notice, a grant of exceptional financial support, or an intervention.",
    (),
    (
        Column("council", "string", "The body, by one of the names of its code.", shortest=2, required=True),
        Column("ons_code", "string", "The code of the body.", pattern=_GSS, required=True),
        Column("event_type", "string", "What kind of event.", allowed=tuple(load_words().types), required=True),
        Column(
            "subtype",
            "string",
            "What kind within that: a word of resilience/tables/event_words.toml.",
            pattern=r"[A-Za-z0-9_-]+",
            required=True,
        ),
        Column(
            "date",
            "string",
            "The day, month or year it was announced, or two years for one of them.",
            pattern=r"\d{4}(-\d{2}){0,2}|\d{4}/\d{4}",
        ),
        Column("date_precision", "string", "How exact the date is, in words.", required=True),
        Column(
            "financial_year",
            "string",
            "The financial year or years that support is for.",
            pattern=rf"{_OUTTURN_YEAR}( (to|and) {_OUTTURN_YEAR})?",
        ),
        Column("amount_gbp_m", "number", "The amount of support.", "£ million", least=0, most=5000),
        Column("cause", "string", "The cause, in a word.", allowed=tuple(load_words().causes), required=True),
        Column("basis", "string", "The power it rests on."),
        Column("certainty", "string", "How sure the row is, and why."),
        Column("source", "string", "Where it was read."),
    ),
)

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        *(
            PANEL,
            VINTAGES,
            LINE_SOURCES,
            TRANSCRIBED,
            CONFLICTS,
            COUNCILS,
            AREAS,
            PROPOSALS,
            COUNCIL_TAX,
            SERVICE_OUTTURN,
            CAPITAL,
        ),
        CONTEXT_MEASURES,
        *(OFSTED, DEPRIVATION, GDP_DEFLATOR, EVENTS),
    )
}


def columns_of(table: Table, names: list[str]) -> list[Column]:
    """Return the columns of a file of a table, in its own order, those that stand for a form's line among them.

    Raises
    ------
    KeyError
        If a column is not described anywhere.
    """
    described = {column.name: column for column in table.columns} | (_lines() if table.amounts else {})
    return [described[name] for name in names]


@cache
def _lines() -> dict[str, Column]:
    """Return a column for every line of the RS and RA forms and of the service outturn."""
    from resilience.publications.lines import load_lines
    from resilience.publications.others.services import KINDS, SERVICES

    kinds = {
        "tot-exp": "total expenditure",
        "sfc": "sales, fees and charges",
        "oth-inc": "other income",
        "tot-inc": "total income",
        "net-cur-exp": "net current expenditure",
    }
    found = {}
    for line in (*load_lines().of_form("RS"), *load_lines().of_form("RA")):
        unit = THOUSANDS if line.unit == "GBP thousand" else line.unit
        budget = "Budgeted: " if line.form == "RA" else ""
        found[line.name] = Column(line.name, "number", f"{budget}{line.label} (line {line.row}; {line.sign}).", unit)
    for service, words in SERVICES.items():
        for kind in KINDS:
            name = f"rsx_{service}_{kind.replace('-', '_')}"
            found[name] = _amount(name, f"{words}: {kinds[kind]}.")
    return found
