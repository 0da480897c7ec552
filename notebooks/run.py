"""Run every notebook: ``python -m notebooks.run``.

Each is kept twice: as text (``NN_name.py``, jupytext's percent format, which is what is written and reviewed) and as
``NN_name.ipynb`` with its tables and charts, which can be read without running. This makes the second from the first,
executes it, takes out what would differ at the next run, and writes HTML to ``reports/notebooks/``.

``--check`` writes nothing and says whether the kept notebooks are what a run gives now.
"""

from __future__ import annotations

import argparse
import base64
import io
import json
import re
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from html import escape
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPORTS = HERE.parent / "reports" / "notebooks"
#: A cell may take this many seconds.
LONGEST = 300
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
    "jupytext": {"formats": "ipynb,py:percent"},
}
_CSS = """
body{max-width:60rem;margin:0 auto;padding:1rem;font:16px/1.5 system-ui,'Segoe UI',Roboto,Arial,sans-serif;color:#1b1b1b}
h1,h2{line-height:1.25}h2{margin-top:2.2rem}a{color:#005ea5}img{max-width:100%;height:auto}
.jp-InputPrompt,.jp-OutputPrompt,.prompt,.anchor-link,.jp-Collapser{display:none}
.highlight pre,pre{background:#f6f6f6;padding:.6rem .8rem;overflow:auto;font-size:.73rem;line-height:1.4}
table{border-collapse:collapse;font-size:.85rem;font-variant-numeric:tabular-nums}
td{min-width:3.2rem}th,td{padding:.25rem .6rem;border-bottom:1px solid #ddd;text-align:left;vertical-align:top}
div.output_subarea,.jp-OutputArea-output{overflow-x:auto}small{color:#555}
@media print{.highlight{display:none}body{max-width:none}}
"""


def notebooks() -> list[Path]:
    """Return the notebooks' text files in reading order."""
    return sorted(HERE.glob("[0-9][0-9]_*.py"))


def read(path: Path) -> object:
    """Return the notebook that a text file stands for, with cell names and metadata that never change."""
    import jupytext
    from nbformat import from_dict

    notebook = jupytext.read(path)
    notebook.metadata = from_dict(METADATA)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    for number, cell in enumerate(notebook.cells, 1):
        cell.id = f"cell-{number:02d}"
        cell.metadata = {}
    return notebook


def execute(path: Path) -> object:
    """Execute a notebook in a fresh kernel and return it cleaned; a warning counts as a failure.

    Raises
    ------
    RuntimeError
        Naming the notebook and what went wrong.
    """
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    notebook = read(path)
    client = NotebookClient(
        notebook,
        # Errors only: it is no news here that kernels talk over the machine's own loopback device.
        extra_arguments=["--IPKernelApp.log_level=40"],
        timeout=LONGEST,
        kernel_name="python3",
        coalesce_streams=True,
        resources={"metadata": {"path": str(HERE)}},
    )
    try:
        try:
            client.execute()
        except RuntimeError as error:
            # On a busy machine a kernel may die before a cell has run (two ask for one port): once more is fair then.
            if "kernel_info" not in str(error):
                raise
            client.execute()
    except CellExecutionError as error:
        said = re.sub(r"\x1b\[[0-9;]*m", "", str(error))
        raise RuntimeError(f"{path.name}: {said.strip().splitlines()[-1]}\n{said}") from None
    return clean(notebook, path.name)


def clean(notebook: object, name: str) -> object:
    """Take out what differs from run to run: counts, progress bars; refuse warnings and memory addresses."""
    from nbformat import from_dict

    notebook.metadata = from_dict(METADATA)  # type: ignore[attr-defined]
    for cell in notebook.cells:  # type: ignore[attr-defined]
        cell.metadata = {}
        if cell.cell_type != "code":
            continue
        cell.execution_count = None
        kept = []
        for output in cell.outputs:
            if output.get("data", {}).get("text/html", "").startswith("<progress"):
                continue
            if output.output_type == "stream":
                text = output.text.strip()
                if output.name == "stderr" and text:
                    raise RuntimeError(f"{name}, {cell.id}: something was written to stderr: {text}")
                if not text:
                    continue
            if output.output_type == "execute_result":
                output.execution_count = None
            for kind, text in output.get("data", {}).items():
                if kind.startswith("text/") and re.search(r"0x[0-9a-f]{6,}", text):
                    raise RuntimeError(f"{name}, {cell.id}: a memory address is in the output")
            kept.append(output)
        cell.outputs = kept
    return notebook


def to_text(notebook: object) -> str:
    """Return a notebook as the text of its ``.ipynb`` file."""
    import nbformat

    nbformat.validate(notebook)
    return nbformat.writes(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def to_html(notebook: object, title: str) -> str:
    """Return a notebook as one HTML page that loads nothing from elsewhere."""
    from nbconvert import HTMLExporter
    from pygments.formatters import HtmlFormatter

    body, _ = HTMLExporter(template_name="basic").from_notebook_node(notebook)
    style = _CSS + HtmlFormatter(style="default").get_style_defs(".highlight")
    return (
        f'<!doctype html>\n<html lang="en-GB">\n<head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><title>{escape(title)}</title>'
        f"<style>{style}</style></head>\n"
        f'<body>\n<p><a href="index.html">All notebooks</a></p>\n<main>{body}</main>\n</body>\n</html>\n'
    )


def title_of(notebook: object) -> str:
    """Return a notebook's own heading."""
    return notebook.cells[0].source.splitlines()[0].removeprefix("# ")  # type: ignore[attr-defined]


def difference(kept: dict, made: dict) -> str:
    """Say where two notebooks differ first, or nothing.

    Words and tables must be the same; a chart may differ by what another release of the drawing library does to it.
    """
    if len(kept["cells"]) != len(made["cells"]):
        return f"{len(kept['cells'])} cells are kept and {len(made['cells'])} are in the text"
    for old, new in zip(kept["cells"], made["cells"], strict=True):
        if _joined(old["source"]) != _joined(new["source"]) or old["cell_type"] != new["cell_type"]:
            return f"{new['id']}: the text of the cell is another"
        before, after = old.get("outputs", []), new.get("outputs", [])
        if len(before) != len(after):
            return f"{new['id']}: {len(before)} outputs are kept and {len(after)} come out"
        for one, other in zip(before, after, strict=True):
            if one["output_type"] != other["output_type"] or _joined(one.get("text", "")) != _joined(
                other.get("text", "")
            ):
                return f"{new['id']}: the output is another"
            was, now = one.get("data", {}), other.get("data", {})
            if was.keys() != now.keys():
                return f"{new['id']}: the output is of another kind"
            for kind in was:
                same = _alike if kind == "image/png" else lambda a, b: _joined(a) == _joined(b)
                if not same(was[kind], now[kind]):
                    return f"{new['id']}: the {'chart' if kind == 'image/png' else 'words or figures'} shown differ"
    return ""


def _joined(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "".join(text)


def _alike(one: str | list[str], other: str | list[str]) -> bool:
    """Say whether two pictures are about the same: nine pixels in ten within a few shades."""
    import numpy as np
    from PIL import Image

    first, second = (
        np.asarray(Image.open(io.BytesIO(base64.b64decode(_joined(data)))).convert("L"), dtype=float)
        for data in (one, other)
    )
    if abs(first.shape[0] - second.shape[0]) > 8 or abs(first.shape[1] - second.shape[1]) > 8:
        return False
    rows, columns = min(first.shape[0], second.shape[0]), min(first.shape[1], second.shape[1])
    return float((np.abs(first[:rows, :columns] - second[:rows, :columns]) < 48).mean()) > 0.9


def one(path: Path, check: bool, reports: Path) -> tuple[str, str, str, float]:
    """Run one notebook; return its file name, its title, what is wrong (nothing where all is well) and the seconds."""
    start = time.monotonic()
    try:
        notebook = execute(path)
        kept = path.with_suffix(".ipynb")
        wrong = ""
        if check:
            there = kept.is_file()
            wrong = difference(json.loads(kept.read_text("utf-8")), json.loads(to_text(notebook))) if there else "none"
            wrong = f"{kept.name} is out of date ({wrong}); run 'make notebooks'" if wrong else ""
        else:
            from resilience.files import write_atomically

            write_atomically(kept, to_text(notebook))
            reports.mkdir(parents=True, exist_ok=True)
            write_atomically(reports / f"{path.stem}.html", to_html(notebook, title_of(notebook)))
        return path.name, title_of(notebook), wrong, time.monotonic() - start
    except RuntimeError as error:
        return path.name, path.stem, str(error), time.monotonic() - start


def main(words: list[str] | None = None) -> int:
    """Run what is asked for; return 1 where something was wrong."""
    parser = argparse.ArgumentParser(prog="python -m notebooks.run", description="Run every notebook.")
    parser.add_argument(
        "--check", action="store_true", help="write nothing; say whether the kept notebooks are current"
    )
    parser.add_argument("--only", nargs="*", default=[], metavar="NN", help="only these, by number, e.g. 05")
    parser.add_argument("--jobs", type=int, default=2, help="how many at once (2)")
    parser.add_argument("--reports", type=Path, default=REPORTS, help="where the HTML goes")
    asked = parser.parse_args(words)
    paths = [path for path in notebooks() if not asked.only or path.name[:2] in asked.only]
    start, results = time.monotonic(), {}
    # The last ones take longest: begun first, they leave no core idle at the end.
    with ProcessPoolExecutor(max_workers=max(1, asked.jobs)) as pool:
        running = [pool.submit(one, path, asked.check, asked.reports) for path in reversed(paths)]
        for number, done in enumerate(as_completed(running), 1):
            name, title, wrong, seconds = done.result()
            results[name] = (title, wrong)
            print(f"[{number}/{len(paths)}] {name}  {seconds:.0f} s  {wrong or 'ok'}", flush=True)
    if not asked.check:
        _index(asked.reports)
        print(f"HTML: {asked.reports / 'index.html'}")
    print(f"{len(paths)} notebooks in {time.monotonic() - start:.0f} s")
    return int(any(wrong for _, wrong in results.values()))


def _index(reports: Path) -> None:
    """Write the page that lists those that are there."""
    from resilience.files import write_atomically

    items = [
        f'<li><a href="{path.stem}.html">{escape(title_of(read(path)))}</a></li>'
        for path in notebooks()
        if (reports / f"{path.stem}.html").is_file()
    ]
    write_atomically(
        reports / "index.html",
        '<!doctype html>\n<html lang="en-GB">\n<head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1"><title>Notebooks</title>'
        f"<style>{_CSS}</style></head>\n<body>\n<main><h1>Notebooks, in reading order</h1>\n<ul>\n"
        + "\n".join(items)
        + "\n</ul></main>\n</body>\n</html>\n",
    )


if __name__ == "__main__":
    sys.exit(main())
