"""``python -m benchmarks.docs``: write what the README quotes, so that no figure in it is typed by hand.

``make docs`` runs this after ``resilience backtest`` has written ``docs/record.json``.
"""

from __future__ import annotations

import json
import re
import sys
from datetime import date
from pathlib import Path

from resilience import method
from resilience.files import write_atomically
from resilience.report.formats.text import record
from resilience.report.formats.text import watchlist as terminal
from resilience.report.views import watchlist

ROOT = Path(__file__).resolve().parent.parent
#: The day for which the README shows the list (`make screen` shows today's).
SHOWN_ON = date(2026, 11, 22)
LINES = 12


def screen_block() -> str:
    """Return the first lines of the watch list as the README shows them."""
    text = terminal.text(watchlist.view(method.run(SHOWN_ON)), width=100)
    lines = [line.rstrip() for line in text.splitlines()][:LINES]
    return "```\n" + "\n".join([*lines, "…"]) + "\n```"


def record_block(root: Path = ROOT) -> str:
    """Return the targets table from ``docs/record.json`` as Markdown."""
    content = json.loads((root / "docs" / "record.json").read_text("utf-8"))

    def shown(entry: dict, digits: int = 2) -> str:
        return f"{entry['value']:.{digits}f} ({entry['low']:.{digits}f} to {entry['high']:.{digits}f})"

    lines = ["| measure | first look | must | goal | reached (90 % interval) |", "| --- | --- | --- | --- | --- |"]
    for measure, (label, first, must, goal) in record.TARGETS.items():
        lines.append(f"| {label} | {first:.2f} | {must:.2f} | {goal:.2f} | {shown(content['model'][measure])} |")
    others = {name: found for name, found in content["rivals"].items() if name != "prior alone"}
    best = max(others, key=lambda name: others[name]["auc"]["value"])
    difference = content["differences"][best]["auc"]
    lines.append(f"| AUC above the best other rule (`{best}`), paired | 0 | > 0 | > 0.04 | {shown(difference, 3)} |")
    lines.append(f"| observed ÷ expected | – | 0.7–1.4 | 0.85–1.15 | {shown(content['model']['observed_expected'])} |")
    precision = content["model"]["precision_at_30"]["value"]
    lines.append("")
    lines.append(
        f"Of thirty councils rung at a January, {30 * precision:.0f} went on to an event within the time observed; "
        f"{30 - 30 * precision:.0f} were false alarms. The prior alone, with nothing learnt from events, ranks "
        f"about as well (AUC {content['rivals']['prior alone']['auc']['value']:.2f}): what the project adds is "
        "mostly which figures are looked at together, less the fit."
    )
    return "\n".join(lines)


def filled(text: str, root: Path = ROOT) -> str:
    """Return the README with its two blocks written anew."""
    for name, block in (("screen", screen_block()), ("record", record_block(root))):
        pattern = re.compile(rf"(<!-- {name}:begin -->\n).*?(<!-- {name}:end -->)", re.DOTALL)
        text = pattern.sub(lambda match, block=block: match[1] + block + "\n" + match[2], text)
    return text


def main() -> None:
    """Write the README, or with ``--check`` say whether it is stale."""
    path = ROOT / "README.md"
    before = path.read_text("utf-8")
    after = filled(before)
    if "--check" in sys.argv:
        raise SystemExit(0 if before == after else "README.md is stale; run 'make docs'.")
    write_atomically(path, after)
    print(f"Written to {path.name}.")


if __name__ == "__main__":
    main()
