"""The notebooks: every one runs on the shipped figures, says what is kept, and its two files agree."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "notebooks"
TEXTS = sorted(FOLDER.glob("[0-9][0-9]_*.py"))
NAMES = [path.stem for path in TEXTS]


@pytest.fixture(scope="module")
def verdicts() -> dict[str, str]:
    """Run all of them once, two at a time, in processes of their own; return what was said of each."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "notebooks.run", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=550,
        check=False,
    )
    found = re.findall(
        r"^\[\d+/\d+\] (\S+)\.py  \d+ s  (.*(?:\n(?!\[|\d+ notebooks).*)*)", done.stdout, flags=re.MULTILINE
    )
    assert found, done.stderr
    return dict(found)


def test_there_are_eight() -> None:
    assert [name[:2] for name in NAMES] == [f"{number:02d}" for number in range(1, 9)]
    assert sorted(path.stem for path in FOLDER.glob("*.ipynb")) == NAMES


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_runs_without_a_warning_and_says_what_is_kept(verdicts: dict[str, str], name: str) -> None:
    assert verdicts[name].strip() == "ok"


@pytest.mark.parametrize("path", TEXTS, ids=NAMES)
def test_text_and_notebook_are_one(path: Path) -> None:
    import jupytext

    text, kept = jupytext.read(path), json.loads(path.with_suffix(".ipynb").read_text("utf-8"))
    assert [(cell.cell_type, cell.source) for cell in text.cells] == [
        (cell["cell_type"], "".join(cell["source"])) for cell in kept["cells"]
    ]


@pytest.mark.parametrize("path", TEXTS, ids=NAMES)
def test_kept_outputs_hold_no_noise(path: Path) -> None:
    kept = json.loads(path.with_suffix(".ipynb").read_text("utf-8"))
    assert set(kept["metadata"]) == {"jupytext", "kernelspec", "language_info"}
    assert kept["metadata"]["language_info"] == {"name": "python"}
    for number, cell in enumerate(kept["cells"], 1):
        assert cell["id"] == f"cell-{number:02d}"
        assert cell["metadata"] == {}
        if cell["cell_type"] != "code":
            continue
        assert cell["execution_count"] is None
        for output in cell["outputs"]:
            assert output["output_type"] == "display_data", "show things with notebooks/shown.py"
            text = json.dumps(output["data"].get("text/html", ""))
            assert not re.search(r"0x[0-9a-f]{6,}", text)
            assert str(ROOT) not in text


@pytest.mark.parametrize("path", TEXTS, ids=NAMES)
def test_every_chart_has_words(path: Path) -> None:
    kept = json.loads(path.with_suffix(".ipynb").read_text("utf-8"))
    pictures = [
        output for cell in kept["cells"] for output in cell.get("outputs", []) if "image/png" in output.get("data", {})
    ]
    assert pictures
    for picture in pictures:
        assert len(picture["metadata"]["image/png"]["alt"]) > 30


@pytest.mark.parametrize("path", TEXTS, ids=NAMES)
def test_holds_no_logic(path: Path) -> None:
    """Notebooks call the library: no functions, no classes, and nothing of the method's own."""
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        assert not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.While | ast.Try)
        if isinstance(node, ast.ImportFrom):
            assert (node.module or "").split(".")[0] in {"resilience", "shown", "datetime", "matplotlib", "dataclasses"}
        if isinstance(node, ast.Import):
            assert all(one.name in {"pandas", "numpy", "resilience"} for one in node.names)


@pytest.mark.parametrize("path", TEXTS, ids=NAMES)
def test_two_runs_would_write_the_same(path: Path) -> None:
    """What is kept is written by one writer: reading it and writing it again gives the same bytes."""
    sys.path.insert(0, str(ROOT))
    try:
        from notebooks.run import to_text
    finally:
        sys.path.remove(str(ROOT))
    import nbformat

    text = path.with_suffix(".ipynb").read_text("utf-8")
    assert to_text(nbformat.reads(text, as_version=4)) == text


def test_the_comparison_sees_a_changed_figure() -> None:
    sys.path.insert(0, str(ROOT))
    try:
        from notebooks.run import difference
    finally:
        sys.path.remove(str(ROOT))
    kept = json.loads(TEXTS[0].with_suffix(".ipynb").read_text("utf-8"))
    assert difference(kept, json.loads(json.dumps(kept))) == ""
    changed = json.loads(json.dumps(kept))
    for cell in changed["cells"]:
        for output in cell.get("outputs", []):
            if "text/markdown" in output["data"]:
                output["data"]["text/markdown"] = ["Another figure"]
    assert "words or figures" in difference(kept, changed)


def test_readme_lists_them_in_order() -> None:
    text = (FOLDER / "README.md").read_text("utf-8")
    assert re.findall(r"\((\d\d_\w+)\.ipynb\)", text) == NAMES
