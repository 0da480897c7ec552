"""What a console shows that cannot write every sign: one it can stands for each that it cannot."""

from __future__ import annotations

import codecs
import os
import re
import unicodedata
from collections.abc import Mapping
from typing import TextIO

#: The name under which Python knows the way of writing that `readable` sets.
PLAINER = "resilience-plainer"
_PLAIN = {
    **dict.fromkeys("▲", "+"),
    **dict.fromkeys("▼–—−", "-"),
    **dict.fromkeys("·•", "*"),
    **dict.fromkeys("“”", '"'),
    **dict.fromkeys("‘’", "'"),
    **dict.fromkeys("─━", "-"),
    **dict.fromkeys("│┃", "|"),
    "…": "...",
    "→": "->",
    "↑": "^",
    "×": "x",
    "÷": "/",
    "≥": ">=",
    "≤": "<=",
    "½": "1/2",
    "£": "GBP ",
}
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
#: The C locale by either of its names: only ASCII is sure to be shown.
_ASCII_LOCALES = ("C", "POSIX")


def readable(stream: TextIO, environment: Mapping[str, str] = os.environ) -> None:
    """Have a stream write what its encoding lacks in plainer signs, rather than fail.

    A terminal in the C locale gets ASCII, whatever Python makes of it; a pipe and a file keep their encoding.

    Parameters
    ----------
    stream : text stream
        One that cannot be set so (not a console's, a pipe's or a file's) is left as it is.
    environment : mapping
        Where the locale is named.
    """
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        codecs.register_error(PLAINER, _plainer)
        ascii_only = stream.isatty() and _locale(environment) in _ASCII_LOCALES
        reconfigure(encoding="ascii" if ascii_only else None, errors=PLAINER)


def without_colour(text: str) -> str:
    """Return a text made for a terminal as a file keeps it."""
    return _COLOUR.sub("", text)


def plain(text: str) -> str:
    """Write a text in ASCII."""
    return "".join(_sign(sign) for sign in text)


def _plainer(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return plain(error.object[error.start : error.end]), error.end


def _sign(sign: str) -> str:
    if sign.isascii():
        return sign
    if "\u2500" <= sign <= "\u257f":  # the corners of a table
        return _PLAIN.get(sign, "+")
    return _PLAIN.get(sign) or unicodedata.normalize("NFKD", sign).encode("ascii", "ignore").decode() or "?"


def _locale(environment: Mapping[str, str]) -> str:
    """Return the locale that characters go by; Python itself sets ``LC_CTYPE`` to C.UTF-8 where the locale is C."""
    named = ("LC_ALL", "LANG") if environment.get("LC_CTYPE") == "C.UTF-8" else ("LC_ALL", "LC_CTYPE", "LANG")
    return next((environment[name] for name in named if environment.get(name)), "")
