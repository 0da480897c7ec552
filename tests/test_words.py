"""What people read keeps to docs/style.md: words that must not come back, looked for wherever a sentence is kept."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "resilience"

#: What must not come back → what docs/style.md says instead.
AVOID = {
    r"(?<=[0-9}>])(?:[ \u00a0\u202f]|&nbsp;)%(?![}\-])": "no space before %",
    r"(?<![\d.−-])-0\.0+\b(?!\.)": "no minus before what rounds to zero",
    r"\bnoughts?\b": "zero, or nil for what a return holds",
    r"\byardsticks?\b": "one model throughout, today's model",
    r"out of reach alone": "not achievable by this alone",
    r"nobody foresaw": "an unexpected error",
    r"asset sales|sell(?:ing)? assets": "flexible use of capital receipts",
    r"cannot be what they say": "do not look like what they are labelled as",
    r"interest (?:heavy|light|heavier|lighter)\b": "high interest bill against reserves",
    r"\b(?:thin|thick|weak) reserves?\b": "low reserves",
    r"\bnet (?:spending|budget)\b": "net revenue expenditure",
    r"\bleaves? slack\b": "high revenue contribution to capital",
    r"9[05]% (?:range|of them)\b": "90% interval",
    r"\bthe middle (?:one|council|district|unitary)\b": "the median",
    r"\bschools? grant deficit|\bSEND def": "DSG deficit",
    r"\bthe eve\b": "the 1 January before",
    r"\bat hand\b(?!: its E-code)": "held, or available",  # councils.csv says it; the model's checksum covers it
    r"\btold apart\b": "shown separately",
    r"\bof late\b": "in recent years",
    r"\bfor want of\b": "because there is no",
    r"\bbankrupt": "section 114(3) notice",
    r"\bfail(?:ed|ing) councils?\b": "no verdicts",
}


def kept(node: Any) -> Iterator[str]:
    """Give every text of a TOML file or JSON value."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for value in node.values():
            yield from kept(value)
    elif isinstance(node, list):
        for value in node:
            yield from kept(value)


def texts_of_code(source: str, *, docstrings: bool) -> Iterator[str]:
    """Give every text of a module that is more than a name; what a format fills in stands as {}."""
    tree = ast.parse(source)
    alone = set() if docstrings else {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if id(node) in alone | inside:
            continue
        if isinstance(node, ast.JoinedStr):
            text = "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        else:
            continue
        if " " in text or "%" in text:
            yield text


def markdown_of_notebook(source: str) -> str:
    """Give what a notebook says: its markdown cells and the texts of its code."""
    said = [line for line in source.splitlines() if line.startswith("# ")]
    return "\n".join([*said, *texts_of_code(source, docstrings=True)])


def read(path: Path) -> str:
    """Give what a person may read of a file."""
    source = path.read_text("utf-8")
    if path.suffix == ".toml":
        return "\n".join(kept(tomllib.loads(source)))
    if path.suffix == ".py":
        if path.parent.name == "notebooks":
            return markdown_of_notebook(source)
        return "\n".join(texts_of_code(source, docstrings=path.name == "cli.py"))  # there they are the help texts
    return source


def faults(text: str) -> list[str]:
    """Say which words to avoid a text has, with what stands around them."""
    found = []
    for pattern, instead in AVOID.items():
        for match in re.finditer(pattern, text, flags=re.IGNORECASE):
            around = " ".join(text[max(0, match.start() - 40) : match.end() + 40].split())
            found.append(f"“{around}”: write {instead}")
    return found


def files() -> Iterator[Path]:
    """Give every file that holds what a person reads."""
    for pattern in ("*.py", "*.toml", "*.j2", "*.js"):
        yield from PACKAGE.rglob(pattern)
    if (ROOT / "docs").is_dir():
        yield from (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "notebooks").glob("*.py"))
        yield from (path for path in (ROOT / "docs").iterdir() if path.suffix in (".md", ".txt"))


#: docs/style.md names what to avoid.
PATHS = sorted({path.relative_to(ROOT).as_posix() for path in files()} - {"docs/style.md"})


@pytest.mark.parametrize("path", PATHS)
def test_no_word_to_avoid_is_shown(path):
    assert faults(read(ROOT / path)) == []


@pytest.mark.parametrize(
    "text",
    [
        "It stood at 9.0 % of net revenue expenditure.",
        "a share of {} % of it",
        "0.042 (-0.000 to 0.082)",
        "Lines fallen to nought",
        "thin reserves (9.0% of net spending)",
        "interest heavy against reserves",
        "out of reach alone",
        "an error nobody foresaw",
        "asset sales pay for running costs",
        "The figures read cannot be what they say they are",
        "by one fixed yardstick",
        "27%, 90% range 19–36%",
        "on the eve",
    ],
)
def test_a_word_to_avoid_is_found(text):
    assert faults(text)


@pytest.mark.parametrize(
    "text",
    [
        "low reserves (9.0% of net revenue expenditure, 2023-24)",
        "flexible use of capital receipts (£5.7m, 2023-24)",
        "ranked 1 of 273; 90% interval 19–36%; 0.000 (0.000 to 0.082)",
        "newly returned as nil",
        "{% if row.share > 0 %}{{ row.share|percent }}{% endif %}",
        "f-string with a remainder: {year} %} and 3 %}",
    ],
)
def test_a_word_to_write_is_no_fault(text):
    assert faults(text) == []


def test_what_a_module_says_is_read_and_its_notes_are_not():
    source = 'def f(x):\n    """Notes on nought."""\n    return f"{x} % of it", "a plain text"\n'
    assert sorted(texts_of_code(source, docstrings=False)) == ["a plain text", "{} % of it"]
    assert "Notes on nought." in list(texts_of_code(source, docstrings=True))


@pytest.mark.skipif(not (ROOT / "docs").is_dir(), reason="the documents are not shipped with the package")
@pytest.mark.parametrize("pattern", AVOID)
def test_the_page_of_words_names_what_the_test_looks_for(pattern):
    assert re.search(pattern, (ROOT / "docs" / "style.md").read_text("utf-8"), flags=re.IGNORECASE)
