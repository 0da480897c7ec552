"""docs/reliability.md: what was tried and what was met, written by the suite itself."""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import resilience
from resilience.files import write_atomically
from tests import wrong_registers
from tests.fuzz.targets import READ, TARGETS

INTRODUCTION = """# Reliability

Written by `make fuzz` (`python -m tests.fuzz.run`); the inputs are the same every time for the same code.

Whatever comes in, two things must hold: nothing but one printable sentence that names the file reaches the user, and
no figure is taken from a file that failed a check. Where cells were replaced and the input is accepted, every figure
read is compared with the cell it stands in; where rows and columns were moved, with the figures there were; where bytes
were overwritten, with the whole of the sound file. An archive whose parts were altered and soundly packed again, and a
register or a file of one's own with another figure in it, is another file: there only the first must hold.
"""


@cache
def _modules() -> dict[str, list[str]]:
    """Return the package's modules by their last name, those that read publications first."""
    names = [found.name for found in pkgutil.walk_packages(resilience.__path__, "resilience.")]
    modules: dict[str, list[str]] = {}
    for name in sorted(names, key=lambda each: not each.startswith("resilience.publications.")):
        modules.setdefault(name.rpartition(".")[2], []).append(name)
    return modules


def _meaning(where: str) -> str:
    """Return what the function that refused an input does, from its own docstring."""
    module, _, function = where.partition(".")
    for name in _modules().get(module, ()):
        found = getattr(importlib.import_module(name), function, None)
        text = inspect.getdoc(found) or ""
        if text:
            return text.partition("\n")[0].rstrip(".")
    return f"({function.strip('_').replace('_', ' ')})"


def write(
    found: Mapping[str, Counter[str]], path: Path, *, kills: Mapping[str, tuple[int, int]], coverage: Path | None
) -> None:
    """Write the page.

    Parameters
    ----------
    found : mapping of str to Counter
        How often each outcome was met, by target.
    path : Path
        Where to.
    kills : mapping of str to (int, int)
        Of each piece of work, how often it was stopped at a random moment and how often that killed it midway.
    coverage : Path, optional
        What ``pytest --cov-report=json`` wrote; without it that paragraph stays as it is on the page.
    """
    total = Counter()
    for tally in found.values():
        total += tally
    refused = total.total() - total[READ]
    what = {target.name: target.what for target in TARGETS}
    parts = [INTRODUCTION]
    parts.append(
        f"## Inputs\n\n{total.total():,} inputs: {total[READ]:,} accepted, {refused:,} refused in one sentence, "
        f"none that did anything else. {len(total) - 1} kinds of refusal were met.\n"
    )
    table = ["| tried | changed | inputs | accepted | refused | kinds of refusal |", "|---|---|---:|---:|---:|---:|"]
    for name, tally in found.items():
        kinds = len([kind for kind in tally if kind != READ])
        numbers = (tally.total(), tally[READ], tally.total() - tally[READ])
        table.append(f"| {name} | {what[name]} | {' | '.join(f'{n:,}' for n in numbers)} | {kinds} |")
    parts.append("\n".join(table) + "\n")
    parts.append("## Kinds of fault met\n\nBy the function that refused the input.\n")
    table = ["| function | what it does | times |", "|---|---|---:|"]
    for kind, times in sorted(total.items(), key=lambda item: (-item[1], item[0])):
        if kind != READ:
            table.append(f"| `{kind}` | {_meaning(kind).replace('|', '/')} | {times:,} |")
    parts.append("\n".join(table) + "\n")
    parts.append(
        f"## Wrong registers of events\n\n<!-- registers -->\n{wrong_registers.block()}\n<!-- /registers -->\n"
    )
    parts.append(_kills(kills))
    parts.append(_tampered(path))
    parts.append(_coverage(coverage, path))
    write_atomically(path, "\n".join(parts))


def _kills(kills: Mapping[str, tuple[int, int]]) -> str:
    lines = [
        "## Killed at random moments\n",
        "A build and a fetch are stopped with SIGKILL, in turn after a random time and at a random file operation. "
        "After each, the panel loads, every table is the old one or the new one whole, and every file named in the "
        "manifest has its checksum; after some, the list is drawn up. The next run ends with the same bytes as one "
        "that was never stopped, from every state between two renames.\n",
    ]
    lines += [f"- {work}: {times} moments, none that left anything unusable" for work, (times, _) in kills.items()]
    return "\n".join(lines) + "\n"


def _tampered(page: Path) -> str:
    """Return the section that ``python -m tests.tables.tampering`` writes, as it stands on the page."""
    heading, after = "## Well formed and wrong\n", "## Branches covered\n"
    before = page.read_text("utf-8") if page.is_file() else ""
    return heading + before.partition(heading)[2].partition(after)[0].rstrip() + "\n" if heading in before else ""


def _coverage(coverage: Path | None, page: Path) -> str:
    heading = "## Branches covered\n"
    if coverage is None:
        before = page.read_text("utf-8") if page.is_file() else ""
        return heading + before.partition(heading)[2] if heading in before else ""
    totals = json.loads(coverage.read_text("utf-8"))["totals"]
    share = 100 * totals["covered_branches"] / totals["num_branches"]
    return (
        f"{heading}\n`resilience/publications/`: {share:.1f}% of {totals['num_branches']:,} branches, by\n\n"
        "```\npython -m pytest --cov=resilience.publications --cov-branch --cov-report=json:build/coverage.json "
        "tests/publications tests/fuzz\n```\n"
    )
