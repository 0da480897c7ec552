"""The dictionary of indicators in words: units, directions, sources."""

from __future__ import annotations

#: How a unit's figures are kept in the files.
UNITS = {
    "ratio": "a fraction, shown as %",
    "years": "years",
    "£ thousand": "£ thousand",
    "count": "a count",
    "flag": "0 or 1",
    "grade": "1 to 4",
    "rate": "per 10,000",
    "score": "a score",
}
#: How they are shown.
SHOWN_AS = {
    "ratio": "%",
    "years": "years",
    "£ thousand": "£ thousand",
    "count": "number",
    "flag": "yes or no",
    "grade": "grade",
    "rate": "rate",
    "score": "score",
}
WORSE = {"higher": "higher is worse", "lower": "lower is worse", "neither": "neither direction is worse"}
SOURCES = {
    "outturn": "Revenue Outturn Summary (RS)",
    "budget": "Revenue Outturn Summary (RS) and Revenue Account budget (RA)",
    "council_tax": "council tax requirements and levels (CTR)",
    "service_outturn": "service outturn (RSX)",
    "housing_outturn": "housing outturn (RO4), extract",
    "capital": "capital outturn (COR), second-hand",
    "dfe": "DfE",
    "ofsted": "Ofsted",
    "deprivation": "Indices of Deprivation",
}
CLASSES = {
    "UA": "Unitary authorities",
    "MD": "Metropolitan districts",
    "LB": "London boroughs",
    "SC": "Shire counties",
    "SD": "Shire districts",
}
