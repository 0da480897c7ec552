"""Write the generated pages: ``python -m resilience.indicators.documents`` after the figures or definitions change."""

from __future__ import annotations

import pandas as pd

from resilience import paths
from resilience.files import write_atomically
from resilience.indicators import coverage, dictionary, directions
from resilience.indicators.compute import compute_indicators
from resilience.tables.events import EventRegister


def pages(panel: pd.DataFrame, events: EventRegister) -> dict[str, str]:
    """Return each generated page's name below docs/ and its text."""
    return {
        "data_dictionary.md": dictionary.render(),
        "coverage.md": coverage.render(compute_indicators(panel)),
        "capitalisation_directions.md": directions.render(panel, events),
    }


def main() -> None:
    """Write the pages of the shipped figures."""
    from resilience.tables.events import load_events
    from resilience.tables.panel import load_panel

    for name, text in pages(load_panel(), load_events()).items():
        write_atomically(paths.home() / "docs" / name, text)


if __name__ == "__main__":
    main()
