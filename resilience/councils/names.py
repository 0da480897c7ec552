"""How councils' names are written: what two ways of writing one name have in common, and short forms."""

from __future__ import annotations

import re
import unicodedata

# What people write and no publication at hand prints.
# A name given to two councils makes it ambiguous on purpose.
ALIASES = {
    "E06000010": ("Hull", "Kingston"),
    "E06000020": ("The Wrekin", "Wrekin", "Telford"),
    "E06000022": ("BANES", "B&NES", "Bath"),
    "E06000028": ("Bournemouth (Pre LG)",),
    "E06000029": ("Poole (Pre LG)",),
    "E06000033": ("Southend",),
    "E06000040": ("RBWM",),
    "E06000047": ("Durham",),
    "E06000050": ("Cheshire West", "CWaC"),
    "E06000058": ("BCP",),
    "E07000195": ("Newcastle",),
    "E08000021": ("Newcastle",),
    "E09000001": ("Corporation of London", "City of London Corporation"),
    "E09000002": ("LBBD",),
    "E09000007": ("LB Camden",),
    "E09000010": ("LB Enfield",),
    "E09000013": ("LBHF",),
    "E09000020": ("RBKC",),
    "E09000021": ("RBK", "Kingston"),
    "E09000033": ("Westminster City Council",),
    "E10000009": ("Dorset (Pre LG)",),
    "E1334": ("Durham City Council",),
}


_PREFIXES = (
    (r"(london borough( of)?|lb( of)?) (?=.)", {"LB"}),
    (r"metropolitan borough of (?=.)", {"MD"}),
    (r"(the|(council|corporation) of( the)?|city and county of( the)?) (?=.)", None),
    (r"(city|(royal )?borough|county) of (?=.)", None),
)
_SUFFIXES = (
    (r" (metropolitan (borough|district)( council)?|mbc|mdc)", {"MD"}),
    (r" (london boro(ugh)?( council)?|lbc|lb)", {"LB"}),
    (r" (county( council)?)", {"SC", "county"}),
    (r" ((city and )?(borough|district|city)( council)?|bc|dc)", {"UA", "MD", "LB", "SD"}),
    (r" (unitary( authority)?|ua)", {"UA"}),
    (r" (council|corporation|cc|city of|county of)", None),
)

#: Every form as a pattern, with the classes of council that bear it (nothing: any), in the order they are taken off.
FORMS = (
    *(("^" + rule, kind) for rule, kind in _PREFIXES),
    *((rule + "$", kind) for rule, kind in _SUFFIXES),
)


def plain(name: str) -> str:
    """Write a name without case, accents and punctuation: "St. Helens" → "st helens"."""
    text = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    text = re.sub(r"[.'’`]", "", text.replace("&", " and "))
    return re.sub(r"^saint ", "st ", re.sub(r"[^a-z0-9]+", " ", text).strip())


def strip_form(name: str) -> tuple[str, list[set[str]]]:
    """Take the form ("London Borough of", "City Council", …) off a plain name.

    Returns
    -------
    tuple
        What is left, and for each form taken off the classes of council that bear it ("county" stands for a
        unitary council that goes by its county's name).
    """
    kinds: list[set[str]] = []
    changed = True
    while changed:
        changed = False
        for rule, kind in FORMS:
            shorter = re.sub(rule, "", name)
            if shorter and shorter != name:
                name, changed = shorter, True
                kinds += [kind] if kind else []
    return re.sub("^county ", "", name), kinds


def bare(council: str) -> str:
    """Take the note off a short name that needed one: "Somerset (county to 2023)" → "Somerset"."""
    return re.sub(r" \((county|district) to \d{4}\)$", "", council)
