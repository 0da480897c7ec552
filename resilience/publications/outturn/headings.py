"""Do a column's code, row code and heading stand for one line? A heading that contradicts its code is refused.

A code alone would be enough to know a column by; but where two code cells were swapped, only the heading knows.
"""

from __future__ import annotations

import re

from resilience.publications.lines import Line, load_lines, normalise

_ROW_CODE = re.compile(r"C\d+R(\d+[a-z]?)", re.IGNORECASE)
#: Words that tell nothing about a line.
_COMMON = frozenset(("the", "and", "for", "from", "with", "net", "total", "other", "level"))


def contradiction(line: Line, heading: str, above: list[str]) -> str | None:
    """Return what contradicts a column's code, or None.

    Parameters
    ----------
    line : Line
        The line that the column's code stands for.
    heading : str
        The column's heading.
    above : list of str
        The other cells of the column's head: the form's row code, row number, section.

    Returns
    -------
    str or None
        "the heading 'Adult Social Care'" or "the row code C1R360".
    """
    rows = _rows_of(line)
    for text in above:
        found = _ROW_CODE.fullmatch(text)
        if found and found[1].lower() not in rows and found[1].lower() in _every_row(line.form):
            return f"the row code {text}"
    if not normalise(heading) or _is_worded(line, heading):
        return None
    if _others(line, heading) or not _shares_words(line, heading):
        return f"the heading '{heading[:80]}'"
    return None


def _rows_of(line: Line) -> set[str]:
    return {line.row.lower()}


def _every_row(form: str) -> set[str]:
    return {line.row.lower() for line in load_lines().of_form(form)}


def _worded(line: Line) -> set[str]:
    return {normalise(line.label), *(normalise(word.text) for word in line.wordings)}


def _is_worded(line: Line, heading: str) -> bool:
    return normalise(heading) in _worded(line)


def _others(line: Line, heading: str) -> bool:
    """Say whether the heading is another line's, by its words in any year."""
    words = normalise(heading)
    return any(words in _worded(other) for other in load_lines().of_form(line.form) if other is not line)


def _shares_words(line: Line, heading: str) -> bool:
    """Say whether a heading has a telling word in common with any wording of its line."""
    told = {word for text in (line.label, *(each.text for each in line.wordings)) for word in _words(text)}
    return not told or bool(told & _words(heading))


def _words(text: str) -> set[str]:
    return {word[:5] for word in re.findall(r"[a-z]{3,}", text.lower()) if word not in _COMMON}
