"""Does a row of a publication say of itself one thing only? E-code, ONS code, name and class against each other.

A row whose codes and name belong to two councils is no council's: the publication is refused. A row that is plainly one
council's, but has a damaged code or another class than that council, is left unread, and is known for that: what was
not read must never pass for "not returned".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from resilience import paths
from resilience.councils import council
from resilience.councils.register import named
from resilience.errors import PublicationError

_NOTE = re.compile(r"\s*[\[(]\s*(?:see )?(?:foot)?note[^\])]*[\])]|\s*\*+$|(?<=[a-z])\s*\d+$", re.IGNORECASE)
_ECODE = re.compile(r"E\d{4}")
_GSS = re.compile(r"E\d{8}")
#: Classes of principal councils.
PRINCIPAL = ("UA", "MD", "LB", "SC", "SD")


@dataclass(frozen=True)
class Named:
    """How one row of a publication names an authority.

    Attributes
    ----------
    where : str
        The row, for a person: "sheet 'RS_LA_Data', row 45".
    ecode, ons_code, name : str
        As printed, "" where nothing stands there.
    class_ : str
        As normalised by the reader, "O" for what is no principal council's.
    printed_class : str
    """

    where: str
    ecode: str
    ons_code: str
    name: str
    class_: str
    printed_class: str = ""


@dataclass(frozen=True)
class Unread:
    """A council's row that was not read.

    Attributes
    ----------
    ecode, class_ : str
        The council's own, whatever the row says.
    name, why : str
    """

    ecode: str
    class_: str
    name: str
    why: str


def check_names(file: str, rows: Iterable[Named]) -> dict[int, Unread]:
    """Check how rows name their councils.

    Parameters
    ----------
    file : str
        The publication, for messages.
    rows : iterable of Named
        In the publication's order.

    Returns
    -------
    dict
        By place among the rows: those that are not to be read, and why.

    Raises
    ------
    PublicationError
        If a row's codes and name are of two councils, or its E-code is nobody's while its name is a council's.
    """
    unread, register = {}, paths.processed() / "councils.csv"
    for place, row in enumerate(rows):
        found = _check(file, row, register)
        if found is not None:
            unread[place] = found
    return unread


def _check(file: str, row: Named, register: Path) -> Unread | None:
    name = _NOTE.sub("", row.name).strip()
    by_code = named(row.ecode, path=register) if _ECODE.fullmatch(row.ecode) else frozenset()
    by_ons = named(row.ons_code, path=register) if _GSS.fullmatch(row.ons_code) else frozenset()
    by_name = (
        named(name, path=register) if name and not _ECODE.fullmatch(name) and not _GSS.fullmatch(name) else frozenset()
    )
    if _ECODE.fullmatch(row.ecode) and not by_code:
        # Not a council's code: another authority, a council not yet in the register, or a council's with a slip in it.
        if by_ons or (by_name and row.class_ in PRINCIPAL):
            _refuse(file, row, f"E-code {row.ecode} is no council's", by_ons or by_name)
        return None
    if by_code and by_ons and by_code != by_ons:
        _refuse(file, row, f"E-code {row.ecode} is of {_who(by_code)}", by_ons, f"ONS code {row.ons_code}")
    own = by_code or by_ons
    if own and by_name and not own & by_name:
        _refuse(file, row, f"the codes are of {_who(own)}", by_name, f"the name '{name}'")
    if not by_code and not (own or (len(by_name) == 1 and row.class_ in PRINCIPAL)):
        return None
    mine = council(next(iter(own or by_name)), path=register)
    if not by_code:
        return Unread(mine.ecode, mine.class_, mine.council, f"{row.where}: its E-code is '{row.ecode[:20]}'")
    if row.class_ != mine.class_:
        why = f"{row.where}: its class is '{row.printed_class or row.class_}', not {mine.class_}"
        return Unread(mine.ecode, mine.class_, mine.council, why)
    return None


def _who(codes: frozenset[str]) -> str:
    return " or ".join(sorted(council(code).council for code in codes))


def _refuse(file: str, row: Named, first: str, other: frozenset[str], what: str = "name or ONS code") -> None:
    raise PublicationError(
        f"{file}, {row.where}: {first}, but {what} of {_who(other)}; whose figures these are cannot be told, so "
        "download the file again or correct the row."
    )
