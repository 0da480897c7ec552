"""Words that stand on every page: what the score is, what it cannot see, and the names of the classes."""

from __future__ import annotations

CLASS_NAMES = {
    "UA": "unitary authority",
    "MD": "metropolitan district",
    "LB": "London borough",
    "SC": "shire county",
    "SD": "shire district",
}
#: What a year's figures are called that are not read from the original publication.
KIND_WORDS = {"transcribed": "transcribed", "interim": "second-hand"}
CLASS_PLURALS = {
    "UA": "unitary authorities",
    "MD": "metropolitan districts",
    "LB": "London boroughs",
    "SC": "shire counties",
    "SD": "shire districts",
}

SCORE_IS = (
    "how closely a council's published figures resemble those of councils that went on to a first section 114(3) "
    "notice, exceptional financial support or financial intervention within 24 months; no verdict on a council or its "
    "officers"
)
#: What the chance is where only the gravest events count (``--outcome severe``).
SEVERE_IS = (
    "the chance of a section 114(3) notice, or of commissioners for a financial cause, within 24 months, judged from "
    "published figures; no verdict on a council or its officers"
)
CANNOT_SEE = (
    "Published figures cannot see governance, a single failed investment, an equal-pay claim, or anything since the "
    "year they cover."
)
