"""Words of the static API: what it is, what each document is, and what readers may rely on."""

from __future__ import annotations

WHAT = (
    "The watch list of English councils and every figure behind it, as files that need no key. "
    "Chances stand beside what followed for past councils in the same band, and are to be shown with it."
)
PROMISE = (
    "Under v1 no address goes away, no column or key is taken away or changes its meaning, and columns keep their "
    "order; new columns come last and new keys may come anywhere. A change that would break this gets a v2 beside it, "
    "and v1 stays until the release after. The figures themselves change with each list: as_of says of which day they "
    "are."
)
#: Address within the API's folder, the schema it keeps to, what it is. A council's own stand under its ONS code.
DOCUMENTS = (
    ("index.json", "schemas/api_index.schema.json", "What there is, and every council with its addresses."),
    ("list.json", "schemas/watchlist.schema.json", "The watch list, for programs."),
    ("list.csv", "datapackage.json", "The watch list as a table, one row a council."),
    (
        "council/{ons_code}.json",
        "schemas/assessment.schema.json",
        "One council's assessment, as `resilience assess COUNCIL --format json` writes it: its score in parts, "
        "history, indicators, events, neighbours, replies.",
    ),
    (
        "council/{ons_code}.csv",
        "schemas/figures.table.json",
        "One council's figures, one row an indicator and financial year since 2007-08.",
    ),
    ("indicators.csv", "datapackage.json", "The dictionary of indicators: meaning, formula, breaks, caveats."),
    ("lines.csv", "datapackage.json", "The lines of forms that indicators read, with MHCLG's numbers and codes."),
    (
        "datapackage.json",
        "",
        "A Frictionless data package: every CSV file with its fields, the licences, and each publication by file, "
        "size, SHA-256 and day of release.",
    ),
)
#: What a line of another publication than the forms is.
COLUMNS_OF_OTHERS = {
    "cor_external_debt": "Borrowing and other long-term liabilities at 31 March (capital outturn)",
    "cor_cfr": "Capital financing requirement at 31 March (capital outturn)",
    "ct_band_d_own": "The council's own average band D tax without parishes",
    "ct_tax_base": "Tax base: band D equivalents for tax setting",
    "rsx_totsx_tot_exp": "Total service expenditure, gross (RSX)",
    "rsx_totsx_sfc": "Sales, fees and charges of all services (RSX)",
    "ro4_homelessness_net_exp": "All homelessness, net (RO4)",
    "judgement": "Ofsted: overall effectiveness of children's services, 1 (outstanding) to 4 (inadequate)",
    "ehc_plans_share": "Pupils with an education, health and care plan over all pupils (DfE)",
    "looked_after_per_10000": "Children looked after at 31 March per 10,000 under 18 (DfE)",
    "imd_average_score": "English Indices of Deprivation 2025, average score",
    "int_reserves_unallocated_and_earmarked": "Unallocated and other earmarked reserves, from a second-hand table",
    "int_dsg_deficit": "DSG deficit at 31 March, from a second-hand table",
    "int_dsg_deficit_at_least": "DSG deficit at 31 March, or the least it can be, from a second-hand table",
}
#: What the kinds of source mean to a reader.
KIND_MEANINGS = {
    "original": "read from the publisher's own file",
    "transcribed": "exact figures, transcribed from a republication until the original file is read",
    "interim": "second-hand: rounded, or worked out from a published share",
}
